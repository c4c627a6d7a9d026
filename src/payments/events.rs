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
    /// Money went back to the card after the payment had ended.
    PaymentRefunded "payment.refunded" { amount_cents: Cents, full: bool }
    /// The card holder's bank asks for the money back.
    DisputeOpened "payment.dispute_opened" { amount_cents: Cents }
    DisputeClosed "payment.dispute_closed" { amount_cents: Cents, won: bool }
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

/// The nightly comparison found what nobody had noticed yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BooksDiffer {
    pub found: usize,
}
impl Event for BooksDiffer {
    const KIND: &'static str = "payment.books_differ";
}

/// Authorisations pile up, or fail, or stand still.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentsUnwell {
    pub words: String,
}
impl Event for PaymentsUnwell {
    const KIND: &'static str = "payment.unwell";
}

/// Stripe paid an instructor's balance to their bank.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BankPayoutSent {
    pub user_id: UserId,
    pub amount_cents: Cents,
    pub payout_id: String,
    pub instant: bool,
}
impl Event for BankPayoutSent {
    const KIND: &'static str = "payout.paid";
}

/// The bank did not take it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BankPayoutFailed {
    pub user_id: UserId,
    pub amount_cents: Cents,
    pub payout_id: String,
    pub reason: String,
}
impl Event for BankPayoutFailed {
    const KIND: &'static str = "payout.failed";
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
