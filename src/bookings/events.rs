//! What bookings tell the other rooms, in the journal (`room.happened`).
//!
//! Each event carries what a consumer needs to decide whether it cares; details are read from the booking itself.

use serde::{Deserialize, Serialize};

use super::model::{Accused, Booking};
use crate::base::id::{BookingId, OfferingId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::time::Timestamp;
use crate::store::Event;

/// The lesson an event is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lesson {
    pub booking_id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub offering_id: OfferingId,
    pub service_id: ServiceId,
    pub service_name: String,
    pub start_utc: Timestamp,
    pub end_utc: Timestamp,
    pub lesson_price_cents: Cents,
    pub version: u32,
}

impl Lesson {
    pub fn of(booking: &Booking) -> Self {
        Self {
            booking_id: booking.id,
            student_id: booking.student_id,
            instructor_id: booking.instructor_id,
            offering_id: booking.offering_id,
            service_id: booking.service_id,
            service_name: booking.service_name.clone(),
            start_utc: booking.start,
            end_utc: booking.end,
            lesson_price_cents: booking.quote.lesson,
            version: booking.version,
        }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $kind:literal { $($field:ident: $ty:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $name {
            #[serde(flatten)]
            pub lesson: Lesson,
            $(pub $field: $ty,)*
        }
        impl Event for $name {
            const KIND: &'static str = $kind;
        }
    )+};
}

events! {
    /// A slot is held, nothing is paid yet.
    BookingCreated "booking.created" { hold_expires_at: Timestamp }
    /// The lesson will take place: both parties are told. A moved lesson is told as `booking.rescheduled` instead.
    BookingConfirmed "booking.confirmed" {}
    /// A hold ended without payment; nobody but the student was ever told of it.
    BookingPaymentFailed "booking.payment_failed" {}
    /// `by` is student, instructor, admin or system (the card failed until 12 hours before the start).
    BookingCancelled "booking.cancelled" {
        by: String,
        cancelled_by_id: Option<UserId>,
        reason: String,
        was_confirmed: bool,
        rescheduled_to_id: Option<BookingId>,
    }
    /// `lesson` is the new one.
    BookingRescheduled "booking.rescheduled" { from_booking_id: BookingId, from_start_utc: Timestamp }
    /// The one completion, however it came about.
    BookingCompleted "booking.completed" { completed_at: Timestamp, automatic: bool }
    /// Somebody is said not to have come.
    BookingNoShow "booking.no_show" { accused: Accused, reported_by: UserId }
    /// The instructor changed the note or the meeting place.
    BookingUpdated "booking.updated" {}
}
