//! The words of every mail, one function each, named as the template (contract §7 "Mail templates").
//!
//! Short, warm, exact: what happened, what it means for the reader, the one thing to do. Times name their zone.

pub mod account;
pub mod desk;
pub mod lesson;
pub mod money;
pub mod operations;
pub mod review;
pub mod trust;
pub mod wish;

use crate::accounts;
use crate::accounts::model::User;
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::base::text::first_last_initial;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, fmt_range, fmt_zone, utc_to_local, zone};
use crate::bookings::model::{Booking, Side};
use crate::bookings::tables::BOOKINGS;
use crate::store::{Read, ReadExt};

/// A lesson and the two people in it.
pub struct Lesson {
    pub booking: Booking,
    pub student: User,
    pub instructor: User,
}

/// `None` when the lesson or one of its people is gone: then nobody is left to be told.
pub fn lesson(read: &dyn Read, id: BookingId) -> Outcome<Option<Lesson>> {
    let Some(booking) = read.get(&BOOKINGS, &id)? else { return Ok(None) };
    let person = |id: UserId| accounts::user(read, id);
    let (Some(student), Some(instructor)) = (person(booking.student_id)?, person(booking.instructor_id)?) else {
        return Ok(None);
    };
    Ok(Some(Lesson { booking, student, instructor }))
}

impl Lesson {
    pub fn reader(&self, side: Side) -> &User {
        if side == Side::Instructor { &self.instructor } else { &self.student }
    }

    /// "Sarah C.": whom the reader meets.
    pub fn other(&self, side: Side) -> String {
        let user = if side == Side::Instructor { &self.student } else { &self.instructor };
        first_last_initial(&user.first_name, &user.last_name)
    }

    /// "Thu Nov 12, 4:30 to 5:30 pm EST", and the reader's own time where it differs.
    pub fn when(&self, side: Side) -> String {
        let b = &self.booking;
        let tz = zone(&b.zone).unwrap_or(TimeZone::UTC);
        let there = format!("{}, {} {}", fmt_date(b.date), fmt_range(b.start_time, b.end_time), fmt_zone(b.start, &tz));
        let own = zone(&self.reader(side).timezone);
        match own.filter(|own| own.to_offset(b.start) != tz.to_offset(b.start)) {
            Some(own) => format!("{there} (your time: {})", moment(b.start, &own)),
            None => there,
        }
    }

    /// "Thu Nov 12, 4:30 pm": short, for subjects.
    pub fn starts(&self) -> String {
        format!("{}, {}", fmt_date(self.booking.date), fmt_clock(self.booking.start_time))
    }

    pub fn path(&self, side: Side) -> String {
        match side {
            Side::Instructor => format!("/instructor/bookings/{}", self.booking.id),
            Side::Student | Side::Admin => format!("/student/lessons/{}", self.booking.id),
        }
    }
}

/// "Thu Nov 12, 4:30 pm EST".
pub fn moment(at: Timestamp, tz: &TimeZone) -> String {
    let (date, wall) = utc_to_local(at, tz);
    format!("{}, {} {}", fmt_date(date), fmt_clock(wall), fmt_zone(at, tz))
}
