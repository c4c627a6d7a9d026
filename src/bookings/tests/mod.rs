//! Tables and properties for the pure rules; the journeys over HTTP are in `tests/it/bookings.rs`.

mod cancel;
mod create;
mod lifecycle;
mod lists;
mod reschedule;

use crate::base::id::{AnyId, BookingId, UserId};
use crate::base::time::Timestamp;
use crate::bookings::model::Booking;
use crate::bookings::sample;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Emma's confirmed piano hour with Sarah, Thu Nov 12 2026, 4:30 pm in New York.
pub fn booking() -> Booking {
    let (booked, start) = (at("2026-11-10T19:05:00Z"), at("2026-11-12T21:30:00Z"));
    Booking {
        id: BookingId::from_bits(7),
        confirmed_at: Some(at("2026-11-10T19:12:00Z")),
        meeting_location: None,
        student_note: None,
        ..sample::booking(UserId::of_name("emma"), UserId::of_name("sarah"), booked, start)
    }
}
