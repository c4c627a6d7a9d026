//! A past that was never lived: payments of lessons long over, for a marketplace that is filled rather than grown.
//!
//! Rows and ledger are what real calls would have left; the provider never heard of them, and nobody is told anything.

use super::credits::{NewLot, write_lot_quietly};
use super::settle::about;
use crate::base::id::MethodId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::payments::ledger::{self, Account, EntryKind};
use crate::payments::model::{BookingMoney, BookingPayment, PaymentStatus, Settling};
use crate::payments::rules::settle::{Cause, CreditEnd, Step, next_step, terms};
use crate::payments::tables::PAYMENTS;
use crate::store::{ReadExt, Tx};

/// Writes the money of a booking that ended with `cause` at `at`, paid by card without credit.
pub fn plant_settled(
    tx: &mut Tx,
    sale: &BookingMoney,
    cause: Cause,
    card: Option<MethodId>,
    at: Timestamp,
) -> Outcome<()> {
    if tx.has(&PAYMENTS, &sale.booking_id)? {
        return Err(Refusal::internal("this booking has its money already"));
    }
    let mut payment = BookingPayment::open(sale);
    payment.method_id = card;
    payment.promised = !matches!(cause, Cause::Unpaid | Cause::PaymentFailed);
    let terms = terms(cause, &sale.quote);
    payment.settling = Some(Settling::begun(terms));
    walk(tx, &mut payment, at)?;
    if let CreditEnd::Target(amount) = terms.credit {
        let about = about(&payment);
        ledger::post_at(tx, at, EntryKind::CreditIssued, about, Account::Lessons, Account::StudentCredit, amount)?;
        write_lot_quietly(tx, NewLot::of_cancellation(payment.student_id, payment.booking_id, amount, at))?;
        payment.student_credit = amount;
    }
    let left = ledger::balance_of_booking(tx, payment.booking_id, Account::Lessons)?;
    ledger::post_at(tx, at, EntryKind::FeesEarned, about(&payment), Account::Lessons, Account::Fees, -left)?;
    payment.settling = None;
    payment.held = false;
    payment.status = PaymentStatus::Settled;
    payment.outcome = Some(terms.outcome);
    payment.settled_at = Some(at);
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// Step by step, as if the bank had said yes to everything.
fn walk(tx: &mut Tx, payment: &mut BookingPayment, at: Timestamp) -> Outcome<()> {
    loop {
        let about = about(payment);
        match next_step(payment) {
            Step::Finish => return Ok(()),
            Step::Authorize => payment.held = true,
            Step::Release => payment.intent = None,
            Step::Capture(amount) => {
                payment.captured = amount;
                ledger::post_at(tx, at, EntryKind::Capture, about, Account::Cash, Account::Lessons, amount)?;
            }
            Step::Refund(amount) => {
                payment.refunded_to_card += amount;
                ledger::post_at(tx, at, EntryKind::Refund, about, Account::Lessons, Account::Cash, amount)?;
            }
            Step::Transfer(amount) | Step::TopUp(amount) => {
                payment.instructor_payout += amount;
                if let Some(settling) = payment.settling.as_mut() {
                    settling.paid_from_charge += amount.min(payment.captured);
                    settling.topped_up += (amount - payment.captured).max_zero();
                }
                ledger::post_at(tx, at, EntryKind::Payout, about, Account::Lessons, Account::Cash, amount)?;
            }
        }
    }
}
