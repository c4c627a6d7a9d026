//! Tables and properties for the pure rules; the journeys over HTTP are in `tests/it/bookings.rs`.

mod cancel;
mod create;
mod lifecycle;
mod lists;
mod reschedule;

use crate::base::id::{AnyId, BookingId, OfferingId, ServiceId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::Place;
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Status};
use crate::payments::model::PriceQuote;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Emma's confirmed piano hour with Sarah, Thu Nov 12 2026, 4:30 pm in New York.
pub fn booking() -> Booking {
    Booking {
        id: BookingId::from_bits(7),
        student_id: UserId::of_name("emma"),
        instructor_id: UserId::of_name("sarah"),
        offering_id: OfferingId::of_name("piano"),
        service_id: ServiceId::of_name("piano"),
        service_name: "Piano".into(),
        date: "2026-11-12".parse().unwrap(),
        start_time: "16:30".parse().unwrap(),
        end_time: "17:30".parse().unwrap(),
        start: at("2026-11-12T21:30:00Z"),
        end: at("2026-11-12T22:30:00Z"),
        zone: "America/New_York".into(),
        minutes: 60,
        place: Place::InstructorLocation,
        meeting_location: None,
        service_area: None,
        hourly_rate: Cents(8000),
        quote: PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1500), 1),
        student_note: None,
        instructor_note: None,
        status: Status::Confirmed,
        created_at: at("2026-11-10T19:05:00Z"),
        confirmed_at: Some(at("2026-11-10T19:12:00Z")),
        completed_at: None,
        cancelled_at: None,
        cancelled_by: None,
        cancellation_reason: None,
        rescheduled_from: None,
        rescheduled_to: None,
        late_reschedule_used: false,
        hold_expires_at: None,
        holds_slot: true,
        no_show: None,
        contested: None,
        version: 1,
    }
}
