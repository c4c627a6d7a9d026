//! What money tells the other rooms, in the journal.

use serde::{Deserialize, Serialize};

use super::model::{BookingPayment, SettlementOutcome};
use crate::base::id::{BookingId, LotId, UserId};
use crate::base::money::Cents;
use crate::base::time::Timestamp;
use crate::store::Event;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $kind:literal { $($field:ident: $ty:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $name {
            pub booking_id: BookingId,
            pub student_id: UserId,
            pub instructor_id: UserId,
            $(pub $field: $ty,)*
        }
        impl Event for $name {
            const KIND: &'static str = $kind;
        }
        impl $name {
            pub fn of(payment: &BookingPayment, $($field: $ty),*) -> Self {
                Self {
                    booking_id: payment.booking_id,
                    student_id: payment.student_id,
                    instructor_id: payment.instructor_id,
                    $($field,)*
                }
            }
        }
    )+};
}

events! {
    /// The bank holds the money.
    PaymentAuthorized "payment.authorized" { amount_cents: Cents }
    /// The card of a promised lesson was refused; `first` is told by mail, once.
    AuthorizationFailed "payment.authorization_failed" { first: bool, reason: String, starts_at: Timestamp }
    /// Thirteen hours before the lesson and still no card.
    AuthorizationWarning "payment.authorization_warning" { cancelled_at: Timestamp }
    CaptureFailed "payment.capture_failed" { reason: String, failures: u32 }
    /// A person has to look; automation stays away.
    ReviewNeeded "payment.review_needed" { reason: String }
    PaymentSettled "payment.settled" {
        outcome: SettlementOutcome,
        captured_cents: Cents,
        refunded_cents: Cents,
        payout_cents: Cents,
        credit_cents: Cents,
    }
    PayoutSent "payout.sent" { amount_cents: Cents }
}

/// A student was given credit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreditIssued {
    pub lot_id: LotId,
    pub user_id: UserId,
    pub amount_cents: Cents,
    pub source_type: String,
    pub expires_at: Option<Timestamp>,
}
impl Event for CreditIssued {
    const KIND: &'static str = "credit.issued";
}

/// An instructor's account at Stripe changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PayoutAccountChanged {
    pub user_id: UserId,
    pub onboarded: bool,
    pub payouts_enabled: bool,
}
impl Event for PayoutAccountChanged {
    const KIND: &'static str = "payout.account_changed";
}
