//! A booking on the wire, trimmed for the one who looks (contract §7, *Booking*).

use serde::Serialize;
use utoipa::ToSchema;

use super::model::Status;
use crate::base::id::{BookingId, OfferingId, UserId};
use crate::base::money::{Cents, Decimal, Fraction};
use crate::base::price::Place;
use crate::base::text::initial;
use crate::base::time::{Date, Timestamp, WallTime};

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

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentView {
    pub payment_status: String,
    pub settlement_outcome: Option<String>,
    pub auth_scheduled_for: Option<Timestamp>,
    pub has_locked_funds: bool,
}

/// What the student pays and got back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentSummary {
    pub lesson_amount_cents: Cents,
    pub service_fee_cents: Cents,
    pub credit_applied_cents: Cents,
    pub subtotal_cents: Cents,
    pub tip_amount_cents: Cents,
    pub tip_status: Option<String>,
    pub total_paid_cents: Cents,
    pub refunded_to_card_cents: Cents,
    pub student_credit_cents: Cents,
}

/// What the instructor earns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PayoutSummary {
    pub lesson_amount_cents: Cents,
    pub platform_fee_cents: Cents,
    #[schema(value_type = f64)]
    pub tier_pct: Fraction,
    pub payout_cents: Cents,
    pub tip_cents: Cents,
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
