//! One made-up lesson: what previews of mails talk about and what unit tests change to their needs.

use crate::base::id::{BookingId, OfferingId, ServiceId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::Place;
use crate::base::time::{TimeZone, Timestamp, plus_hours, utc_to_local, zone};
use crate::payments::model::PriceQuote;

use super::model::{Booking, Status};

/// A confirmed piano hour at the instructor's in New York, booked at `now` for `start`.
pub fn booking(student_id: UserId, instructor_id: UserId, now: Timestamp, start: Timestamp) -> Booking {
    let home = "America/New_York";
    let tz = zone(home).unwrap_or(TimeZone::UTC);
    let end = plus_hours(start, 1);
    let (date, start_time) = utc_to_local(start, &tz);
    let (_, end_time) = utc_to_local(end, &tz);
    Booking {
        id: BookingId::of_name("sample"),
        student_id,
        instructor_id,
        offering_id: OfferingId::of_name("piano"),
        service_id: ServiceId::of_name("piano"),
        service_name: "Piano".to_owned(),
        date,
        start_time,
        end_time,
        start,
        end,
        zone: home.to_owned(),
        minutes: 60,
        place: Place::InstructorLocation,
        meeting_location: Some("41 W 83rd St".to_owned()),
        service_area: None,
        hourly_rate: Cents(8000),
        quote: PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1500), 1),
        student_note: Some("Chopin, please.".to_owned()),
        instructor_note: None,
        status: Status::Confirmed,
        created_at: now,
        confirmed_at: Some(now),
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
