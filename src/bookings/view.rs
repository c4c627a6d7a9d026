//! A booking on the wire, trimmed for the one who looks (contract §7, *Booking*).

use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Booking, Side, Status};
use super::ops::facts::person;
use crate::base::id::{BookingId, OfferingId, UserId};
use crate::base::money::{Cents, Decimal};
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::text::initial;
use crate::base::time::{Date, Timestamp, WallTime};
use crate::payments;
use crate::payments::view::{PaymentSummary, PaymentView, PayoutSummary};
use crate::store::Read;

/// A person as the other side sees them: never a surname or an address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonView {
    pub id: UserId,
    pub first_name: String,
    pub last_initial: String,
}

impl PersonView {
    pub fn new(id: UserId, first: &str, last: &str) -> Self {
        Self { id, first_name: first.to_owned(), last_initial: initial(last).map(String::from).unwrap_or_default() }
    }

    /// "Sarah C."
    pub fn short(&self) -> String {
        if self.last_initial.is_empty() {
            return self.first_name.clone();
        }
        format!("{} {}.", self.first_name, self.last_initial)
    }
}

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Booking)]
pub struct BookingView {
    pub id: BookingId,
    pub status: Status,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub instructor_service_id: OfferingId,
    pub service_name: String,
    #[schema(value_type = String, format = Date)]
    pub booking_date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    pub duration_minutes: u16,
    pub start_utc: Timestamp,
    pub end_utc: Timestamp,
    pub lesson_timezone: String,
    pub location_type: Place,
    pub meeting_location: Option<String>,
    pub service_area: Option<String>,
    #[schema(value_type = f64)]
    pub hourly_rate: Decimal,
    pub hourly_rate_cents: Cents,
    #[schema(value_type = f64)]
    pub total_price: Decimal,
    pub total_price_cents: Cents,
    pub student_note: Option<String>,
    pub instructor_note: Option<String>,
    pub student: PersonView,
    pub instructor: PersonView,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub cancelled_by_id: Option<UserId>,
    pub cancellation_reason: Option<String>,
    pub rescheduled_from_id: Option<BookingId>,
    pub rescheduled_to_id: Option<BookingId>,
    pub hold_expires_at: Option<Timestamp>,
    pub version: u32,
    pub payment: PaymentView,
    /// For the student and admins.
    pub payment_summary: Option<PaymentSummary>,
    /// For the instructor and admins.
    pub payout_summary: Option<PayoutSummary>,
}

/// What one side may see of a booking, as the store has it.
pub fn view(r: &dyn Read, booking: &Booking, side: Side) -> Outcome<BookingView> {
    let payment = payments::ops::payment(r, booking.id)?;
    let for_student = matches!(side, Side::Student | Side::Admin);
    let for_instructor = matches!(side, Side::Instructor | Side::Admin);
    Ok(BookingView {
        id: booking.id,
        status: booking.status,
        student_id: booking.student_id,
        instructor_id: booking.instructor_id,
        instructor_service_id: booking.offering_id,
        service_name: booking.service_name.clone(),
        booking_date: booking.date,
        start_time: booking.start_time,
        end_time: booking.end_time,
        duration_minutes: booking.minutes,
        start_utc: booking.start,
        end_utc: booking.end,
        lesson_timezone: booking.zone.clone(),
        location_type: booking.place,
        meeting_location: booking.meeting_location.clone(),
        service_area: booking.service_area.clone(),
        hourly_rate: booking.hourly_rate.decimal(),
        hourly_rate_cents: booking.hourly_rate,
        total_price: booking.quote.lesson.decimal(),
        total_price_cents: booking.quote.lesson,
        student_note: booking.student_note.clone(),
        instructor_note: booking.instructor_note.clone(),
        student: person(r, booking.student_id)?,
        instructor: person(r, booking.instructor_id)?,
        created_at: booking.created_at,
        confirmed_at: booking.confirmed_at,
        completed_at: booking.completed_at,
        cancelled_at: booking.cancelled_at,
        cancelled_by_id: booking.cancelled_by,
        cancellation_reason: booking.cancellation_reason.clone(),
        rescheduled_from_id: booking.rescheduled_from,
        rescheduled_to_id: booking.rescheduled_to,
        hold_expires_at: booking.hold_expires_at,
        version: booking.version,
        payment: PaymentView::of(&payment),
        payment_summary: for_student.then(|| PaymentSummary::of(&payment)),
        payout_summary: for_instructor.then(|| PayoutSummary::of(&payment)),
    })
}
