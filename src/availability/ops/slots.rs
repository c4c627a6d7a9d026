//! Questions about real slots, asked by bookings, search and pages through the one set of rules.

use crate::availability::rules::calendar::Calendar;
use crate::availability::rules::gate::check_slot;
use crate::availability::rules::open::Opening;
use crate::availability::tables::{entries_of_student, instants_of, sheet};
use crate::base::id::{BookingId, UserId};
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, WallTime, plus_days, today_in};
use crate::store::Read;

/// A lesson somebody wants at a certain time.
#[derive(Clone, Debug)]
pub struct Ask {
    pub instructor: UserId,
    /// Whose own lessons count as conflicts too; nobody's for a guest.
    pub student: Option<UserId>,
    /// The instructor's local date and wall time.
    pub date: Date,
    pub start: WallTime,
    pub minutes: u16,
    pub place: Place,
    /// The booking being moved: its old time is free for its new one.
    pub without: Option<BookingId>,
}

/// May this lesson be booked at `now`? The time part of contract §7's refusals, from CROSSES_MIDNIGHT to
/// OVERNIGHT_PROTECTION; inside a write it and the insert are one step (rule: 30§2.8).
pub fn gate(r: &dyn Read, calendar: Calendar, now: Timestamp, ask: &Ask) -> Outcome<Opening> {
    let terms = calendar.terms(Some(ask.place), now);
    let (from, to) = instants_of(&calendar, ask.date, ask.date);
    let own = match ask.student {
        Some(student) => entries_of_student(r, student, from, to)?,
        None => Vec::new(),
    };
    let own: Vec<_> = own.into_iter().map(|e| e.busy).filter(|b| Some(b.booking_id) != ask.without).collect();
    let sheet = sheet(r, calendar, ask.instructor, ask.date, ask.date, ask.without)?;
    sheet.on(ask.date, |facts| check_slot(facts, &terms, &own, ask.start, ask.minutes))
}

/// The next true departures of an instructor: starts within `days` days at which `minutes` fit.
pub fn next_openings(
    r: &dyn Read,
    calendar: Calendar,
    now: Timestamp,
    instructor: UserId,
    wish: (Option<Place>, u16),
    days: i64,
    limit: usize,
) -> Outcome<Vec<Opening>> {
    let (terms, today) = (calendar.terms(wish.0, now), today_in(now, &calendar.zone));
    let last = plus_days(today, days);
    let sheet = sheet(r, calendar, instructor, today, last, None)?;
    Ok(sheet.openings(&terms, today, last, wish.1, limit))
}
