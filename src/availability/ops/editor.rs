//! What the week editor's page does: painted half hours, and hours written as text for one week or several.

use std::collections::BTreeMap;

use super::week::{ApplyRange, Editor, Saved, apply_range, put_week};
use crate::availability::rules::bits::Day;
use crate::availability::rules::paint::Painted;
use crate::availability::rules::week::{Days, Plan, monday, plan};
use crate::availability::tables::days;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, plus_days};
use crate::store::{Read, Tx};

/// How often a written week may be repeated (rule: 50§2 repeat for).
pub const REPEATS: [u8; 7] = [1, 2, 3, 4, 6, 8, 12];

/// Writes painted half hours. `seen` is the version that was painted over; none writes over whatever is there.
pub fn paint_week(
    tx: &mut Tx,
    editor: &Editor,
    week_start: Date,
    painted: &Painted,
    seen: Option<&str>,
) -> Outcome<Saved> {
    put_week(tx, editor, monday(week_start, "week")?, seen, false, |current| Ok(painted.over(current)))
}

/// Hours written for some days of a week, for so many weeks in a row.
#[derive(Clone, Debug)]
pub struct Written {
    pub week_start: Date,
    pub days: BTreeMap<Date, Day>,
    pub weeks: u8,
    pub seen: Option<String>,
}

/// Writes the first week against its version, then repeats it: weekdays that were not written repeat as published.
pub fn write_weeks(tx: &mut Tx, editor: &Editor, written: &Written) -> Outcome<Saved> {
    let (first, weeks) = (monday(written.week_start, "week")?, repeats(written.weeks)?);
    let saved = put_week(tx, editor, first, written.seen.as_deref(), false, |_| Ok(written.days.clone()))?;
    if weeks > 1 {
        let apply = ApplyRange { from: first, start: plus_days(first, 7), end: plus_days(first, 7 * weeks - 1) };
        apply_range(tx, editor, &apply)?;
    }
    Ok(saved)
}

fn repeats(weeks: u8) -> Outcome<i64> {
    if REPEATS.contains(&weeks) {
        return Ok(weeks.into());
    }
    Err(Refusal::invalid("weeks", "A week repeats 1, 2, 3, 4, 6, 8 or 12 times."))
}

/// What [`write_weeks`] would change, day by day, with the days as they are.
pub fn preview(r: &dyn Read, editor: &Editor, who: UserId, written: &Written) -> Outcome<(Plan, Days)> {
    let (first, weeks) = (monday(written.week_start, "week")?, repeats(written.weeks)?);
    let current = days(r, who, first, plus_days(first, 7 * weeks - 1))?;
    let mut pattern: Days = current.range(..plus_days(first, 7)).map(|(date, day)| (*date, day.clone())).collect();
    pattern.extend(written.days.iter().map(|(date, day)| (*date, day.clone())));
    // An empty pattern is repeated by nobody (rule: 30§2.5), only its own week is written.
    let last = if pattern.values().all(Day::is_empty) { 1 } else { weeks };
    let mut wanted = written.days.clone();
    for (week, i) in (1..last).flat_map(|week| (0..7).map(move |i| (week, i))) {
        let day = pattern.get(&plus_days(first, i)).cloned().unwrap_or_default();
        wanted.insert(plus_days(first, 7 * week + i), day);
    }
    Ok((plan(wanted, &current, &editor.guard), current))
}
