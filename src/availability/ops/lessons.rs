//! Lessons that stand in a calendar, as its instructor looks at them.

use crate::accounts;
use crate::availability::model::Entry;
use crate::availability::rules::calendar::Calendar;
use crate::availability::rules::diff::{self, Step};
use crate::availability::rules::week::Days;
use crate::availability::tables::{days, entries_of_instructor, instants_of};
use crate::availability::wire::{BookedSlot, Validation};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::text::initial;
use crate::base::time::{Date, Timestamp, local_to_utc, plus_days, utc_to_local};
use crate::store::Read;

/// Confirmed and completed lessons on `[from, to]`, earliest first: neither unpaid holds nor no-shows.
pub fn lessons(r: &dyn Read, calendar: &Calendar, who: UserId, from: Date, to: Date) -> Outcome<Vec<Entry>> {
    let (start, end) = instants_of(calendar, from, to);
    let entries = entries_of_instructor(r, who, start, end)?;
    Ok(entries.into_iter().filter(|e| e.busy.hold_expires_at.is_none() && !e.no_show).collect())
}

pub fn booked_slot(r: &dyn Read, entry: Entry) -> Outcome<BookedSlot> {
    let student = accounts::user(r, entry.busy.student_id)?;
    let (first, last) = student.map(|user| (user.first_name, user.last_name)).unwrap_or_default();
    Ok(BookedSlot {
        booking_id: entry.busy.booking_id,
        date: entry.date,
        start_time: entry.start,
        end_time: entry.end,
        student_first_name: first,
        student_last_initial: initial(&last).map(String::from).unwrap_or_default(),
        service_name: entry.service_name,
        service_area_short: entry.area,
        duration_minutes: entry.busy.end_utc.duration_since(entry.busy.start_utc).as_mins(),
        location_type: entry.place,
    })
}

/// The dry run of a save: what it would add and take back, and whose lessons lie in the time taken back.
pub fn validate(
    r: &dyn Read,
    calendar: &Calendar,
    now: Timestamp,
    who: UserId,
    (monday, edited, saved): (Date, &Days, &Days),
) -> Outcome<Validation> {
    let last = plus_days(monday, 7);
    let stored = days(r, who, monday, last)?;
    let lessons = lessons(r, calendar, who, monday, last)?;
    let inside = |step: &Step| {
        let from = local_to_utc(step.date, step.start, &calendar.zone).instant();
        let to = local_to_utc(step.date, step.end, &calendar.zone).instant();
        let touched = lessons.iter().map(|e| e.busy).filter(|b| {
            from.is_none_or(|from| from < b.end_utc) && to.is_none_or(|to| b.start_utc < to) && b.end_utc > now
        });
        touched.map(|b| b.booking_id).collect()
    };
    let steps = diff::steps(edited, saved, &stored, utc_to_local(now, &calendar.zone));
    Ok(Validation::of(steps, inside))
}
