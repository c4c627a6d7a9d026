//! Where availability rests, and the loaders over it. All work on a snapshot and inside a write.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Blackout, CalendarSettings, Entry, PublishedDay, Revision};
use super::rules::calendar::Calendar;
use super::rules::gate::MAX_LESSON_MINUTES;
use super::rules::open::Busy;
use super::rules::sheet::Sheet;
use super::rules::week::Days;
use crate::base::id::{BlackoutId, BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, plus_days, plus_minutes};
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static DAYS: Table<(UserId, Date), PublishedDay> = Table::new(0x1501, "instructorid_date_publishedday");

pub static BLACKOUTS: Table<(UserId, Date), Blackout> =
    Table::new(0x1502, "instructorid_date_blackout").indexed(&[&BLACKOUT_BY_ID]);

pub static BLACKOUT_BY_ID: Index<(UserId, Date), Blackout, BlackoutId> =
    Index::new(0x1503, "blackoutid_instructorid_date", |_, b| vec![b.id]);

pub static ENTRIES: Table<BookingId, Entry> =
    Table::new(0x1504, "bookingid_entry").indexed(&[&ENTRY_BY_INSTRUCTOR, &ENTRY_BY_STUDENT]);

pub static ENTRY_BY_INSTRUCTOR: Index<BookingId, Entry, (UserId, Timestamp)> =
    Index::new(0x1505, "instructorid_startutc_bookingid", |_, e| vec![(e.busy.instructor_id, e.busy.start_utc)]);

pub static ENTRY_BY_STUDENT: Index<BookingId, Entry, (UserId, Timestamp)> =
    Index::new(0x1506, "studentid_startutc_bookingid", |_, e| vec![(e.busy.student_id, e.busy.start_utc)]);

pub static REVISIONS: Table<UserId, Revision> = Table::new(0x1507, "instructorid_revision");

pub static CALENDAR_SETTINGS: Table<UserId, CalendarSettings> = Table::new(0x1508, "instructorid_calendarsettings");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&DAYS, &BLACKOUTS, &ENTRIES, &REVISIONS, &CALENDAR_SETTINGS]
}

/// Dates that one question may span: a year and its edge weeks.
const MAX_DATES: usize = 400;
/// Lessons that one person can have in such a span.
const MAX_ENTRIES: usize = 20_000;
/// The widest buffer (rule: 30§2.1); a lesson that ended this long before a day can still reach into it.
const MAX_BUFFER_MINUTES: i64 = 120;

fn days_span(who: UserId, from: Date, to: Date) -> Span {
    Span::from_to(&(who, from), &(who, plus_days(to, 1)))
}

/// The rows of `[from, to]`.
pub fn published(r: &dyn Read, who: UserId, from: Date, to: Date) -> Outcome<BTreeMap<Date, PublishedDay>> {
    let rows = r.scan(&DAYS, days_span(who, from, to), MAX_DATES, Dir::Up)?;
    Ok(rows.into_iter().map(|((_, date), row)| (date, row)).collect())
}

pub fn days(r: &dyn Read, who: UserId, from: Date, to: Date) -> Outcome<Days> {
    Ok(published(r, who, from, to)?.into_iter().map(|(date, row)| (date, row.day)).collect())
}

/// Days off in `[from, to]`, ascending.
pub fn blackouts(r: &dyn Read, who: UserId, from: Date, to: Date) -> Outcome<Vec<Blackout>> {
    let rows = r.scan(&BLACKOUTS, days_span(who, from, to), MAX_DATES, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Days off from `from` on, ascending.
pub fn blackouts_from(r: &dyn Read, who: UserId, from: Date, limit: usize) -> Outcome<Vec<Blackout>> {
    let span = Span::from_to(&(who, from), &(who, Date::MAX));
    Ok(r.scan(&BLACKOUTS, span, limit, Dir::Up)?.into_iter().map(|(_, row)| row).collect())
}

/// An instructor's lessons that touch `[from, to)`, earliest first.
pub fn entries_of_instructor(r: &dyn Read, who: UserId, from: Timestamp, to: Timestamp) -> Outcome<Vec<Entry>> {
    overlapping(r, &ENTRY_BY_INSTRUCTOR, who, from, to)
}

/// The same of a student.
pub fn entries_of_student(r: &dyn Read, who: UserId, from: Timestamp, to: Timestamp) -> Outcome<Vec<Entry>> {
    overlapping(r, &ENTRY_BY_STUDENT, who, from, to)
}

fn overlapping(
    r: &dyn Read,
    index: &Index<BookingId, Entry, (UserId, Timestamp)>,
    who: UserId,
    from: Timestamp,
    to: Timestamp,
) -> Outcome<Vec<Entry>> {
    let span = Span::from_to(&(who, plus_minutes(from, -i64::from(MAX_LESSON_MINUTES))), &(who, to));
    let rows = r.by_index(&ENTRIES, index, span, MAX_ENTRIES, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).filter(|entry| from < entry.busy.end_utc).collect())
}

/// The instants that dates `[from, to]` span in a zone.
pub fn instants_of(calendar: &Calendar, from: Date, to: Date) -> (Timestamp, Timestamp) {
    let line = |date| super::rules::dayline::DayLine::of(date, &calendar.zone);
    (line(from).start(), line(to).end())
}

/// Everything about `[from, to]`; `without` leaves one booking out, as if it were gone already (a reschedule).
pub fn sheet(
    r: &dyn Read,
    calendar: Calendar,
    who: UserId,
    from: Date,
    to: Date,
    without: Option<BookingId>,
) -> Outcome<Sheet> {
    let (start, end) = instants_of(&calendar, from, to);
    let (start, end) = (plus_minutes(start, -MAX_BUFFER_MINUTES), plus_minutes(end, MAX_BUFFER_MINUTES));
    let entries = entries_of_instructor(r, who, start, end)?;
    let busy: Vec<Busy> = entries.into_iter().map(|e| e.busy).filter(|b| Some(b.booking_id) != without).collect();
    let blackouts: BTreeSet<Date> = blackouts(r, who, from, to)?.into_iter().map(|b| b.date).collect();
    Ok(Sheet { days: days(r, who, from, to)?, blackouts, busy, calendar })
}

pub fn revision(r: &dyn Read, who: UserId) -> Outcome<u64> {
    Ok(r.get(&REVISIONS, &who)?.unwrap_or_default().rev)
}

/// What must hold across the tables: every entry describes the booking it is kept under.
pub fn check(r: &dyn Read) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    r.each(&ENTRIES, |id, entry| {
        if entry.busy.booking_id != id || entry.busy.start_utc >= entry.busy.end_utc {
            wrong.push(format!("calendar entry {id} does not describe its booking"));
        }
        Ok(())
    })?;
    Ok(wrong)
}
