//! Where bookings rest: one row each, ordered for the people in it and for the sweeps.

use super::model::{Booking, Status};
use crate::availability::tables::ENTRIES;
use crate::base::id::{AnyId as _, BookingId, UserId, bits_of_draw};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_minutes};
use crate::payments::tables::PAYMENTS;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static BOOKINGS: Table<BookingId, Booking> =
    Table::new(0x1601, "bookingid_booking").indexed(&[&BY_STUDENT, &BY_INSTRUCTOR, &BY_STATUS, &TOLD]);

pub static BY_STUDENT: Index<BookingId, Booking, (UserId, Timestamp)> =
    Index::new(0x1602, "studentid_startutc_bookingid", |_, b| vec![(b.student_id, b.start)]);

pub static BY_INSTRUCTOR: Index<BookingId, Booking, (UserId, Timestamp)> =
    Index::new(0x1603, "instructorid_startutc_bookingid", |_, b| vec![(b.instructor_id, b.start)]);

pub static BY_STATUS: Index<BookingId, Booking, (u8, Timestamp)> =
    Index::new(0x1604, "status_startutc_bookingid", |_, b| vec![(b.status as u8, b.start)]);

/// Lessons that have ended one way or another and still hold words about places and people.
static TOLD: Index<BookingId, Booking, (Timestamp,)> = Index::new(0x1610, "told_startutc_bookingid", |_, b| {
    if b.status.is_terminal() && b.is_told() { vec![(b.start,)] } else { Vec::new() }
});

/// When an instructor's tier last got worse; once in 30 days at most (rule: 10§2.2).
pub static DEMOTIONS: Table<UserId, Timestamp> = Table::new(0x1605, "instructorid_demotedat");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&BOOKINGS, &DEMOTIONS]
}

/// The longest lesson there can be (part 10 §2.1); bounds how far back a running lesson may have begun.
const LONGEST_MINUTES: i64 = 720;

pub fn absent() -> Refusal {
    Refusal::not_found("BOOKING_NOT_FOUND", "There is no such booking.")
}

pub fn load(r: &dyn Read, id: BookingId) -> Outcome<Booking> {
    r.get(&BOOKINGS, &id)?.ok_or_else(absent)
}

/// The latest lessons of one person as student, at most `limit`, in the order of their start.
pub fn diary_of_student(r: &dyn Read, student: UserId, limit: usize) -> Outcome<Vec<Booking>> {
    let mut latest = of_student(r, student, limit, Dir::Down)?;
    latest.retain(|booking| !booking.is_dropped_move());
    latest.reverse();
    Ok(latest)
}

/// The same as instructor.
pub fn diary_of_instructor(r: &dyn Read, instructor: UserId, limit: usize) -> Outcome<Vec<Booking>> {
    let mut latest = of_instructor(r, instructor, limit, Dir::Down)?;
    latest.retain(|booking| !booking.is_dropped_move());
    latest.reverse();
    Ok(latest)
}

/// All bookings of one person as student, or as instructor, in the order of their start.
pub fn of_student(r: &dyn Read, student: UserId, limit: usize, dir: Dir) -> Outcome<Vec<Booking>> {
    rows(r.by_index(&BOOKINGS, &BY_STUDENT, Span::prefix(&(student,)), limit, dir)?)
}

pub fn of_instructor(r: &dyn Read, instructor: UserId, limit: usize, dir: Dir) -> Outcome<Vec<Booking>> {
    rows(r.by_index(&BOOKINGS, &BY_INSTRUCTOR, Span::prefix(&(instructor,)), limit, dir)?)
}

/// How many bookings somebody has, of whatever status; reads no booking.
pub fn count_of_student(r: &dyn Read, student: UserId) -> Outcome<usize> {
    Ok(r.index_keys(&BY_STUDENT, Span::prefix(&(student,)), SCAN_ROWS, Dir::Up)?.len())
}

pub fn count_of_instructor(r: &dyn Read, instructor: UserId) -> Outcome<usize> {
    Ok(r.index_keys(&BY_INSTRUCTOR, Span::prefix(&(instructor,)), SCAN_ROWS, Dir::Up)?.len())
}

/// The instructor's lessons that begin in `[from, to)`.
pub fn of_instructor_between(r: &dyn Read, who: UserId, from: Timestamp, to: Timestamp) -> Outcome<Vec<Booking>> {
    let span = Span::from_to(&(who, from), &(who, to));
    rows(r.by_index(&BOOKINGS, &BY_INSTRUCTOR, span, SCAN_ROWS, Dir::Up)?)
}

/// Somebody's lessons, on either side, that may not be over yet, of whatever status.
pub fn of_either_from(r: &dyn Read, who: UserId, now: Timestamp) -> Outcome<Vec<Booking>> {
    let span = || Span::from_to(&(who, plus_minutes(now, -LONGEST_MINUTES)), &(who, Timestamp::MAX));
    let mut found = rows(r.by_index(&BOOKINGS, &BY_STUDENT, span(), SCAN_ROWS, Dir::Up)?)?;
    found.extend(rows(r.by_index(&BOOKINGS, &BY_INSTRUCTOR, span(), SCAN_ROWS, Dir::Up)?)?);
    Ok(found)
}

/// Lessons that began before an instant and still say where they were and what was said about them.
pub fn told_before(r: &dyn Read, before: Timestamp, limit: usize) -> Outcome<Vec<Booking>> {
    let span = Span::from_to(&(Timestamp::MIN,), &(before,));
    rows(r.by_index(&BOOKINGS, &TOLD, span, limit, Dir::Up)?)
}

/// Bookings of one status whose lesson begins before `until`, earliest first.
pub fn with_status(r: &dyn Read, status: Status, until: Timestamp, limit: usize) -> Outcome<Vec<Booking>> {
    let span = Span::from_to(&(status as u8,), &(status as u8, until));
    rows(r.by_index(&BOOKINGS, &BY_STATUS, span, limit, Dir::Up)?)
}

/// Bookings made in `[from, to)`, oldest first; ids begin with their time.
pub fn made_between(r: &dyn Read, from: Timestamp, to: Timestamp) -> Outcome<Vec<Booking>> {
    let first = |at: Timestamp| BookingId::from_bits(bits_of_draw(at.as_millisecond(), [0; 10]));
    rows(r.scan(&BOOKINGS, Span::from_to(&first(from), &first(to)), SCAN_ROWS, Dir::Up)?)
}

/// Lessons of one status that begin in `[from, to)`, earliest first.
pub fn starting_between(r: &dyn Read, status: Status, from: Timestamp, to: Timestamp) -> Outcome<Vec<Booking>> {
    let span = Span::from_to(&(status as u8, from), &(status as u8, to));
    rows(r.by_index(&BOOKINGS, &BY_STATUS, span, SCAN_ROWS, Dir::Up)?)
}

/// When lessons of one status begin in `[from, to)`; reads no booking.
pub fn starts_between(r: &dyn Read, status: Status, from: Timestamp, to: Timestamp) -> Outcome<Vec<Timestamp>> {
    let span = Span::from_to(&(status as u8, from), &(status as u8, to));
    Ok(r.index_keys(&BY_STATUS, span, SCAN_ROWS, Dir::Up)?.into_iter().map(|((_, start), _)| start).collect())
}

fn rows(pairs: Vec<(BookingId, Booking)>) -> Outcome<Vec<Booking>> {
    Ok(pairs.into_iter().map(|(_, booking)| booking).collect())
}

/// What must hold across the tables: every booking has its money, and stands in the calendars exactly while it holds
/// its slot.
pub fn check(r: &dyn Read) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    r.each(&BOOKINGS, |id, booking| {
        if !r.has(&PAYMENTS, &id)? {
            wrong.push(format!("booking {id} has no payment"));
        }
        if r.has(&ENTRIES, &id)? != booking.holds_slot {
            wrong.push(format!("booking {id} and the calendars disagree about its slot"));
        }
        Ok(())
    })?;
    Ok(wrong)
}
