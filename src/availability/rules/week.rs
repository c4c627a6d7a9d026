//! A week as its instructor edits it: version, what a save means day by day, and what may not be touched any more.

use std::collections::{BTreeMap, BTreeSet};

use sha1::{Digest, Sha1};

use super::bits::{Day, SLOT_MINUTES, Tag};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime, dates, days_between, monday_of, plus_days};

pub type Days = BTreeMap<Date, Day>;

/// Windows that one save may list.
pub const MAX_WINDOWS: usize = 1000;
/// Days that a pattern may be repeated over (rule: 30§2.5).
pub const MAX_RANGE_DAYS: i64 = 365;

/// The content of a week as a short text: equal weeks, equal versions (rule: 30§2.4.1).
/// Tags count only where there are any, so a plain week hashes its 7 × 36 bytes.
pub fn version(monday: Date, days: &Days) -> String {
    let week: Vec<&Day> = dates(monday, plus_days(monday, 6)).map(|d| days.get(&d).unwrap_or(&Day::EMPTY)).collect();
    let mut hash = Sha1::new();
    week.iter().for_each(|day| hash.update(day.bits()));
    if week.iter().any(|day| day.is_tagged()) {
        week.iter().for_each(|day| hash.update(day.tags()));
    }
    hex::encode(hash.finalize())
}

/// One window as asked for; an end at or before the start reaches into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub tag: Tag,
}

/// Past days are history, today's past hours too, unless the marketplace allows editing them (rule: 30§2.4.4).
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The instructor's date and wall time.
    pub today: Date,
    pub now: WallTime,
    pub allow_past: bool,
    /// 0: any age.
    pub edit_window_days: u32,
}

/// What a change comes to: only days that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub writes: Days,
    pub windows_created: usize,
    pub windows_removed: usize,
    pub skipped_dates: Vec<Date>,
    pub skipped_past_window: usize,
}

impl Plan {
    pub fn weeks_affected(&self) -> usize {
        self.writes.keys().map(|date| monday_of(*date)).collect::<BTreeSet<_>>().len()
    }

    /// `days` as they are once the plan is written.
    pub fn applied_to(&self, days: &Days) -> Days {
        let mut after = days.clone();
        after.extend(self.writes.iter().map(|(date, day)| (*date, day.clone())));
        after
    }
}

/// Compares what is wanted with what is there, under the guard.
pub fn plan(wanted: Days, current: &Days, guard: &Guard) -> Plan {
    let mut plan = Plan::default();
    for (date, mut day) in wanted {
        let before = current.get(&date).unwrap_or(&Day::EMPTY);
        if guard.edit_window_days > 0 && days_between(date, guard.today) > i64::from(guard.edit_window_days) {
            if day != *before {
                plan.skipped_past_window += 1;
                plan.skipped_dates.push(date);
            }
            continue;
        }
        if !guard.allow_past && date == guard.today {
            let slot = guard.now.minutes() / SLOT_MINUTES * SLOT_MINUTES;
            day = day.after(WallTime::clamped(slot.into()), before);
        }
        if day == *before {
            continue;
        }
        if !guard.allow_past && date < guard.today {
            plan.skipped_dates.push(date);
            continue;
        }
        let (had, has) = (before.windows().len(), day.windows().len());
        plan.windows_created += has.saturating_sub(had);
        plan.windows_removed += had.saturating_sub(has);
        plan.writes.insert(date, day);
    }
    plan
}

/// The Monday a save is about: named, or that of the earliest window.
pub fn week_of(named: Option<Date>, windows: &[Wanted]) -> Outcome<Date> {
    match named {
        Some(date) => monday(date, "week_start"),
        None => windows.iter().map(|w| monday_of(w.date)).min().ok_or_else(|| {
            Refusal::invalid("week_start", "Name the Monday of the week, or at least one window in it.")
        }),
    }
}

/// `date` if it is a Monday.
pub fn monday(date: Date, field: &str) -> Outcome<Date> {
    if monday_of(date) == date { Ok(date) } else { Err(Refusal::invalid(field, "This has to be a Monday.")) }
}

/// The days that a save asks for (rules: 30§2.4.2, 30§2.4.3): listed days become their windows, the others are
/// cleared or left alone, and what runs past midnight is added to the following day, whatever else happens to it.
pub fn wanted_days(monday: Date, windows: &[Wanted], clear_existing: bool, current: &Days) -> Outcome<Days> {
    if windows.len() > MAX_WINDOWS {
        return Err(Refusal::invalid("schedule", format!("At most {MAX_WINDOWS} windows in one save.")));
    }
    let (sunday, mut days, mut spill) = (plus_days(monday, 6), Days::new(), Days::new());
    if clear_existing {
        days.extend(dates(monday, sunday).map(|date| (date, Day::EMPTY)));
    }
    for (i, window) in windows.iter().enumerate() {
        if !(monday..=sunday).contains(&window.date) {
            let message = format!("This date is not in the week of {monday}.");
            return Err(Refusal::invalid(&format!("schedule[{i}].date"), message));
        }
        let (end, next_day_end) = stretch(window.start, window.end, &format!("schedule[{i}]."))?;
        days.entry(window.date).or_default().open(window.start, end, window.tag);
        if let Some(end) = next_day_end {
            spill.entry(plus_days(window.date, 1)).or_default().open(WallTime::START, end, window.tag);
        }
    }
    for (date, extra) in spill {
        let base = || current.get(&date).cloned().unwrap_or_default();
        days.entry(date).or_insert_with(base).add(&extra);
    }
    Ok(days)
}

/// Checks the times of a window: its end on its own day, and where it ends on the next if it runs past midnight.
pub fn stretch(start: WallTime, end: WallTime, at: &str) -> Outcome<(WallTime, Option<WallTime>)> {
    for (field, time) in [("start_time", start), ("end_time", end)] {
        if !time.minutes().is_multiple_of(SLOT_MINUTES) {
            let message = format!("Times go in steps of {SLOT_MINUTES} minutes.");
            return Err(Refusal::invalid(&format!("{at}{field}"), message));
        }
    }
    let end = end.as_end();
    if start == WallTime::END || start == end {
        return Err(Refusal::invalid(&format!("{at}end_time"), "The end has to differ from the start."));
    }
    Ok(if end < start { (WallTime::END, Some(end)) } else { (end, None) })
}

/// A whole week onto another; an empty source changes nothing (rule: 30§2.5).
pub fn copied_days(from: Date, to: Date, source: &Days) -> Days {
    let week: Vec<Day> = (0..7).map(|i| source.get(&plus_days(from, i)).cloned().unwrap_or_default()).collect();
    if week.iter().all(Day::is_empty) {
        return Days::new();
    }
    week.into_iter().enumerate().map(|(i, day)| (plus_days(to, i as i64), day)).collect()
}

/// The week of `from` over every date of a range, its free weekdays included; an empty source changes nothing.
pub fn repeated_days(from: Date, start: Date, end: Date, source: &Days) -> Outcome<Days> {
    if end < start {
        return Err(Refusal::invalid("end_date", "The range has to end on or after its start."));
    }
    if days_between(start, end) > MAX_RANGE_DAYS {
        return Err(Refusal::invalid("end_date", format!("A range covers at most {MAX_RANGE_DAYS} days.")));
    }
    let week: Vec<Day> = (0..7).map(|i| source.get(&plus_days(from, i)).cloned().unwrap_or_default()).collect();
    if week.iter().all(Day::is_empty) {
        return Ok(Days::new());
    }
    let weekday = |date: Date| usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    Ok(dates(start, end).map(|date| (date, week[weekday(date)].clone())).collect())
}
