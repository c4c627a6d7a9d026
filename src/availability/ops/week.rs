//! Publishing time: save, copy and repeat weeks, add a window. Compare and write happen in one transaction.

use std::collections::BTreeSet;

use serde_json::json;

use super::calendar::{bump, calendar_of};
use super::trail;
use crate::availability::events::{Edit, RangeApplied, WeekCopied, WeekSaved};
use crate::availability::model::PublishedDay;
use crate::availability::rules::bits::{Day, Tag, Window};
use crate::availability::rules::week::{
    Days, Guard, Plan, Wanted, copied_days, monday, plan, repeated_days, stretch, version, wanted_days, week_of,
};
use crate::availability::settings::{EditPolicy, edit_policy};
use crate::availability::tables::{DAYS, days, published};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, fmt_date, fmt_range, monday_of, plus_days, utc_to_local};
use crate::site::Mode;
use crate::site::audit::By;
use crate::store::{Event, Read, ReadExt, Tx};

/// Whose week, who edits it, and what the marketplace lets them touch.
#[derive(Clone, Debug)]
pub struct Editor {
    pub instructor: UserId,
    pub by: By,
    pub guard: Guard,
    /// An edit of past dates alone is news to nobody (rule: 30§2.4.5).
    pub quiet_past: bool,
    /// Copies leave the past alone, whatever editing may do.
    pub clamp_copy: bool,
}

impl Editor {
    /// Of an instructor at work on their own calendar.
    pub fn of(r: &dyn Read, mode: Mode, now: Timestamp, who: UserId, by: &By) -> Outcome<Self> {
        let (calendar, policy) = (calendar_of(r, who)?, edit_policy(r, mode)?);
        let (today, wall) = utc_to_local(now, &calendar.zone);
        let EditPolicy { allow_past, edit_window_days, quiet_past, .. } = policy;
        let guard = Guard { today, now: wall, allow_past, edit_window_days };
        Ok(Self { instructor: who, by: by.clone(), guard, quiet_past, clamp_copy: policy.clamp_copy })
    }

    /// What copies may touch (rule: 30§2.5 clamp_copy_to_future).
    fn copy_guard(&self) -> Guard {
        Guard { allow_past: self.guard.allow_past && !self.clamp_copy, ..self.guard }
    }
}

#[derive(Clone, Debug)]
pub struct SaveWeek {
    pub week_start: Option<Date>,
    pub windows: Vec<Wanted>,
    pub clear_existing: bool,
    /// What the editor saw; without it the last writer wins.
    pub version: Option<String>,
    /// Write although the week is another one by now.
    pub force: bool,
}

#[derive(Clone, Debug)]
pub struct Saved {
    pub week_start: Date,
    pub plan: Plan,
    pub version: String,
}

/// A week with its version and the newest change in it.
#[derive(Clone, Debug)]
pub struct Week {
    pub monday: Date,
    pub days: Days,
    pub version: String,
    pub updated_at: Option<Timestamp>,
}

pub fn read_week(r: &dyn Read, who: UserId, date: Date) -> Outcome<Week> {
    let monday = monday_of(date);
    let rows = published(r, who, monday, plus_days(monday, 6))?;
    let updated_at = rows.values().map(|row| row.updated_at).max();
    let days: Days = rows.into_iter().map(|(date, row)| (date, row.day)).collect();
    Ok(Week { monday, version: version(monday, &days), days, updated_at })
}

pub fn save_week(tx: &mut Tx, editor: &Editor, save: &SaveWeek) -> Outcome<Saved> {
    let week_start = week_of(save.week_start, &save.windows)?;
    let seen = save.version.as_deref().filter(|_| !save.force);
    put_week(tx, editor, week_start, seen, save.clear_existing, |current| {
        wanted_days(week_start, &save.windows, save.clear_existing, current)
    })
}

/// Compares the version that was seen, asks what the days shall be, writes what differs.
pub(super) fn put_week(
    tx: &mut Tx,
    editor: &Editor,
    week_start: Date,
    seen: Option<&str>,
    clear_existing: bool,
    wanted: impl FnOnce(&Days) -> Outcome<Days>,
) -> Outcome<Saved> {
    // The following Monday too: a Sunday night reaches into it.
    let current = days(tx, editor.instructor, week_start, plus_days(week_start, 7))?;
    let wanted = wanted(&current)?;
    same_version(seen, week_start, &current)?;
    let plan = plan(wanted, &current, &editor.guard);
    let version = version(week_start, &plan.applied_to(&current));
    write(tx, editor, "save_week", &plan, week_start, |edit| WeekSaved {
        edit,
        clear_existing,
        version: version.clone(),
    })?;
    Ok(Saved { week_start, plan, version })
}

/// Accepts `"abc"`, `W/"abc"` and `abc` alike (rule: 30§2.4.1).
pub fn plain_version(text: &str) -> &str {
    text.trim().trim_start_matches("W/").trim_matches('"')
}

fn same_version(seen: Option<&str>, week_start: Date, current: &Days) -> Outcome<()> {
    let now = version(week_start, current);
    match seen.map(plain_version) {
        Some(seen) if seen != now && seen != "*" => Err(stale(week_start, &now, current)),
        _ => Ok(()),
    }
}

/// Says what the week is now, so that an editor can show the differences.
fn stale(week_start: Date, now: &str, current: &Days) -> Refusal {
    let windows = |day: &Day| -> Vec<_> {
        day.windows().iter().map(|w| json!({ "start_time": w.start, "end_time": w.end })).collect()
    };
    let week: serde_json::Map<String, serde_json::Value> = current
        .range(week_start..=plus_days(week_start, 6))
        .filter(|(_, day)| !day.is_empty())
        .map(|(date, day)| (date.to_string(), windows(day).into()))
        .collect();
    let sentence = "The week was changed meanwhile. Look at it again, or save yours over it.";
    Refusal::conflict("VERSION_CONFLICT", sentence)
        .details(json!({ "week_start": week_start, "current_week": week }))
        .extra("error", "version_conflict".into())
        .extra("current_version", now.into())
}

#[derive(Clone, Debug)]
pub struct CopyWeek {
    pub from: Date,
    pub to: Date,
    /// What the target week is believed to be.
    pub version: Option<String>,
}

/// A copied week: its plan, and how many days of the source had windows.
#[derive(Clone, Debug)]
pub struct Copied {
    pub plan: Plan,
    pub windows_copied: usize,
    pub version: String,
}

pub fn copy_week(tx: &mut Tx, editor: &Editor, copy: &CopyWeek) -> Outcome<Copied> {
    let (from, to) = (monday(copy.from, "from_week_start")?, monday(copy.to, "to_week_start")?);
    if from == to {
        return Err(Refusal::invalid("to_week_start", "Choose another week than the one you copy."));
    }
    let current = days(tx, editor.instructor, to, plus_days(to, 6))?;
    same_version(copy.version.as_deref(), to, &current)?;
    let wanted = copied_days(from, to, &days(tx, editor.instructor, from, plus_days(from, 6))?);
    let windows_copied = wanted.values().filter(|day| !day.is_empty()).count();
    let plan = plan(wanted, &current, &editor.copy_guard());
    write(tx, editor, "copy_week", &plan, to, |edit| WeekCopied { edit, from_week_start: from })?;
    Ok(Copied { version: version(to, &plan.applied_to(&current)), windows_copied, plan })
}

#[derive(Clone, Copy, Debug)]
pub struct ApplyRange {
    pub from: Date,
    pub start: Date,
    pub end: Date,
}

#[derive(Clone, Debug)]
pub struct Applied {
    pub plan: Plan,
    pub weeks_applied: usize,
    pub dates_processed: usize,
    pub dates_with_windows: usize,
}

/// Repeats the week of `from` over a range, in one step (rule: 30§2.5).
pub fn apply_range(tx: &mut Tx, editor: &Editor, apply: &ApplyRange) -> Outcome<Applied> {
    let (who, from) = (editor.instructor, monday(apply.from, "from_week_start")?);
    let source = days(tx, who, from, plus_days(from, 6))?;
    let wanted = repeated_days(from, apply.start, apply.end, &source)?;
    let dates_with_windows = wanted.values().filter(|day| !day.is_empty()).count();
    let dates_processed = wanted.len();
    let weeks_applied = wanted.keys().map(|date| monday_of(*date)).collect::<BTreeSet<_>>().len();
    let plan = plan(wanted, &days(tx, who, apply.start, apply.end)?, &editor.copy_guard());
    write(tx, editor, "apply_range", &plan, apply.start, |edit| RangeApplied {
        edit,
        from_week_start: from,
        end_date: apply.end,
    })?;
    Ok(Applied { plan, weeks_applied, dates_processed, dates_with_windows })
}

/// Adds one window to a date; the answer is the window it has become part of.
pub fn add_window(tx: &mut Tx, editor: &Editor, wanted: Wanted) -> Outcome<Window> {
    let next = plus_days(wanted.date, 1);
    let current = days(tx, editor.instructor, wanted.date, next)?;
    let (end, spill) = stretch(wanted.start, wanted.end, "")?;
    let mut days = Days::new();
    add(&mut days, &current, wanted.date, (wanted.start, end), wanted.tag)?;
    if let Some(end) = spill {
        add(&mut days, &current, next, (WallTime::START, end), wanted.tag)?;
    }
    let plan = plan(days.clone(), &current, &editor.guard);
    if plan.writes.len() < days.len() {
        return Err(Refusal::unprocessable("DATE_IN_PAST", "That time has passed. Choose a coming date."));
    }
    let version = version(monday_of(wanted.date), &plan.applied_to(&current));
    write(tx, editor, "add_window", &plan, monday_of(wanted.date), |edit| WeekSaved {
        edit,
        clear_existing: false,
        version,
    })?;
    let windows = days.get(&wanted.date).map(Day::windows).unwrap_or_default();
    let merged = windows.into_iter().find(|w| w.start <= wanted.start && wanted.start < w.end);
    Ok(merged.unwrap_or(Window { start: wanted.start, end, tag: wanted.tag }))
}

fn add(days: &mut Days, current: &Days, date: Date, (start, end): (WallTime, WallTime), tag: Tag) -> Outcome<()> {
    let mut day = current.get(&date).cloned().unwrap_or_default();
    if let Some(there) = day.windows().into_iter().find(|w| w.start < end && start < w.end) {
        let (new, old) = (fmt_range(start, end), fmt_range(there.start, there.end));
        let sentence = format!("{new} overlaps {old} on {}, which is published already.", fmt_date(date));
        let range = |a, b| json!({ "start_time": a, "end_time": b });
        let details = json!({ "new": range(start, end), "existing": range(there.start, there.end) });
        return Err(Refusal::conflict("AVAILABILITY_OVERLAP", sentence).details(details));
    }
    day.open(start, end, tag);
    days.insert(date, day);
    Ok(())
}

/// Writes the changed days, the revision, the trail and the event; a plan without changes leaves none.
fn write<E: Event>(
    tx: &mut Tx,
    editor: &Editor,
    action: &'static str,
    plan: &Plan,
    start: Date,
    event: impl FnOnce(Edit) -> E,
) -> Outcome<()> {
    let Some(newest) = plan.writes.keys().next_back().copied() else { return Ok(()) };
    let mut was = Days::new();
    for (date, day) in &plan.writes {
        let key = (editor.instructor, *date);
        let before = tx.get(&DAYS, &key)?;
        was.insert(*date, before.as_ref().map(|before| before.day.clone()).unwrap_or_default());
        let row = PublishedDay {
            day: day.clone(),
            revision: before.as_ref().map_or(1, |b| b.revision + 1),
            updated_at: tx.now(),
            booked: before.is_some_and(|b| b.booked),
        };
        tx.put(&DAYS, &key, &row)?;
    }
    let revision = bump(tx, editor.instructor)?;
    if editor.quiet_past && newest < editor.guard.today {
        return Ok(());
    }
    trail::edited(tx, editor, action, start, (&was, plan))?;
    tx.emit(&event(Edit {
        instructor_id: editor.instructor,
        actor_id: editor.by.actor.unwrap_or(editor.instructor),
        week_start: start,
        affected_dates: plan.writes.keys().copied().collect(),
        created: plan.windows_created,
        deleted: plan.windows_removed,
        revision,
    }))
}
