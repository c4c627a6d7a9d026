//! Money that people look at: nothing moves by itself until somebody decides (part 10 §2.9).

use super::actions::nothing_pending;
use super::credits;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_hours};
use crate::jobs::{self, Job};
use crate::payments::events::ReviewNeeded;
use crate::payments::model::{BookingPayment, PaymentStatus, Settling};
use crate::payments::rules::credits as rules;
use crate::payments::tables::{self, PAYMENTS};
use crate::store::Tx;

/// Keeps automation away. Possible until the money begins to be settled.
pub fn freeze(tx: &mut Tx, booking: BookingId, reason: &str) -> Outcome<()> {
    nothing_pending(tx, booking)?;
    let mut payment = tables::payment(tx, booking)?;
    let begun = payment.settling.is_some() || payment.parked.is_some();
    if payment.outcome.is_some() || payment.is_settled() || begun {
        let words = "The payment of this lesson is already settled, so it can no longer be held back.";
        return Err(Refusal::unprocessable("PAYMENT_SETTLED", words));
    }
    payment.status = PaymentStatus::ManualReview;
    payment.version += 1;
    tx.emit(&ReviewNeeded::of(&payment, reason.to_owned()))?;
    tx.put(&PAYMENTS, &booking, &payment)
}

/// Decided that all goes on as if nothing had been said: the lesson is captured when it would have been, or now.
pub fn thaw(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    // What stands still for another reason than somebody's word does not go on with it.
    let disputed = payment.dispute.as_ref().is_some_and(|dispute| dispute.is_open());
    let ending = payment.settling.is_some() || payment.parked.is_some() || payment.outcome.is_some();
    if !payment.in_review() || ending || disputed {
        return Ok(());
    }
    let now = tx.now();
    payment.status = before_review(&payment, now);
    payment.version += 1;
    tx.put(&PAYMENTS, &booking, &payment)?;
    jobs::enqueue(tx, Job::new("capture", booking).due(plus_hours(payment.end, 24).max(now)))
}

/// Somebody has looked: the settlement that stood still goes on where it stopped, its calls under new keys.
pub fn resume(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    nothing_pending(tx, booking)?;
    let mut payment = tables::payment(tx, booking)?;
    let parked = payment.parked.take().filter(|_| payment.in_review());
    let settling = parked.ok_or_else(|| {
        Refusal::unprocessable("NOTHING_TO_RESUME", "No settlement of this payment is standing still.")
    })?;
    payment.status = before_review(&payment, tx.now());
    payment.outcome = None;
    payment.settling = Some(reserved_again(tx, &payment, settling)?);
    payment.resumed += 1;
    payment.version += 1;
    super::settle::advance(tx, payment)
}

/// The card pays only what credit does not: credit that went back while the settlement stood still is reserved again, and
/// what of it was used meanwhile is owed in the end (rule: 10§2.5).
fn reserved_again(tx: &mut Tx, payment: &BookingPayment, mut settling: Settling) -> Outcome<Settling> {
    let (now, booking) = (tx.now(), payment.booking_id);
    if settling.returned.is_empty() || !tables::reserved_lots(tx, booking)?.is_empty() {
        return Ok(settling);
    }
    let (lots, wanted) = (tables::lots(tx, payment.student_id)?, payment.credits_reserved);
    let (changed, gone) = rules::reserve_again(&lots, &settling.returned, wanted, booking, now, || tx.new_id());
    credits::put_all(tx, &changed)?;
    settling.gone = gone;
    Ok(settling)
}

/// Where the money stands, read from what has happened to it.
fn before_review(payment: &BookingPayment, now: Timestamp) -> PaymentStatus {
    if payment.locked_at.is_some() {
        PaymentStatus::Locked
    } else if payment.held || payment.captured.is_positive() || payment.card_amount() == Cents::ZERO {
        PaymentStatus::Authorized
    } else if payment.auth_scheduled_for.is_some_and(|at| now < at) {
        PaymentStatus::Scheduled
    } else {
        PaymentStatus::PaymentMethodRequired
    }
}
