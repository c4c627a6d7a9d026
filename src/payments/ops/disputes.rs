//! A bank disputes a payment for its card holder: opened, won or lost (part 10 §2.9, Chargeback).
//!
//! Each step is taken once: a dispute that is known is not opened again, one that is closed not closed again. An end
//! whose beginning was never heard of is the caller's to open first.

use super::actions::nothing_pending;
use super::corrections::start;
use super::credits;
use super::settle::about;
use super::{review, standings};
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_hours;
use crate::jobs::{self, Job};
use crate::payments::desk::{LessonDesk, News};
use crate::payments::events::{DisputeClosed, DisputeOpened, ReviewNeeded};
use crate::payments::later::{Correction, Dispute, DisputeState, Purpose};
use crate::payments::ledger::{self, Account, EntryKind};
use crate::payments::model::{BookingPayment, CreditLot, PaymentStatus, SettlementOutcome};
use crate::payments::rules::corrections::reversible;
use crate::payments::rules::credits as rules;
use crate::payments::tables::{self, LOTS, PAYMENTS};
use crate::store::Tx;

/// Freezes everything that came of the payment and takes the payout back as far as it can be.
pub fn open_dispute(tx: &mut Tx, booking: BookingId, id: &str, amount: Cents) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    if payment.dispute.as_ref().is_some_and(|dispute| dispute.id == id) {
        return Ok(());
    }
    at_rest(tx, &payment)?;
    let (now, about) = (tx.now(), about(&payment));
    let judged = rules::freeze(&issued_from(tx, &payment)?);
    credits::put_all(tx, &judged.lots)?;
    standings::owe(tx, payment.student_id, about, judged.debt)?;
    ledger::post(tx, EntryKind::DisputeOpened, about, Account::Disputes, Account::Cash, amount)?;
    let before = payment.status;
    let (state, closed_at, reversed) = (DisputeState::Open, None, Cents::ZERO);
    let dispute =
        Dispute { id: id.to_owned(), amount, opened_at: now, state, closed_at, before, reversed, debt: judged.debt };
    payment.dispute = Some(dispute);
    payment.status = PaymentStatus::ManualReview;
    if payment.settling.is_some() {
        payment.parked = payment.settling.take();
    }
    tx.emit(&DisputeOpened::of(&payment, amount))?;
    tx.emit(&ReviewNeeded::of(&payment, "dispute_opened".into()))?;
    let reverse = reversible(&payment);
    let (refund, restore, total) = (Cents::ZERO, Cents::ZERO, Cents::ZERO);
    start(
        tx,
        payment,
        Correction { why: Purpose::DisputeOpened, before, refund, reverse, restore, total, wanted: None },
    )
}

/// The bank has judged.
pub fn close_dispute(tx: &mut Tx, desk: &dyn LessonDesk, booking: BookingId, id: &str, won: bool) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    let known = payment.dispute.clone().filter(|dispute| dispute.id == id && dispute.is_open());
    let Some(mut dispute) = known else { return Ok(()) };
    at_rest(tx, &payment)?;
    dispute.state = if won { DisputeState::Won } else { DisputeState::Lost };
    dispute.closed_at = Some(tx.now());
    payment.dispute = Some(dispute.clone());
    payment.version += 1;
    tx.emit(&DisputeClosed::of(&payment, dispute.amount, won))?;
    if won { was_won(tx, payment, &dispute) } else { was_lost(tx, desk, payment, &dispute) }
}

/// One thing at a time; the event is sent again later.
fn at_rest(tx: &Tx, payment: &BookingPayment) -> Outcome<()> {
    nothing_pending(tx, payment.booking_id)?;
    match payment.correcting {
        Some(_) => Err(Refusal::too_many("OPERATION_IN_PROGRESS", "This payment is being corrected right now.", 5)),
        None => Ok(()),
    }
}

/// Every lot that this booking brought its student.
fn issued_from(tx: &Tx, payment: &BookingPayment) -> Outcome<Vec<CreditLot>> {
    let mut lots = tables::lots(tx, payment.student_id)?;
    lots.retain(|lot| lot.source_booking_id == Some(payment.booking_id));
    Ok(lots)
}

fn was_won(tx: &mut Tx, mut payment: BookingPayment, dispute: &Dispute) -> Outcome<()> {
    let (now, about) = (tx.now(), about(&payment));
    let thawed = rules::thaw(&issued_from(tx, &payment)?, now).lots;
    credits::put_released(tx, payment.student_id, Some(payment.booking_id), &thawed)?;
    let forgiven = standings::forgive(tx, payment.student_id, about, dispute.debt)?;
    let paid_meanwhile = dispute.debt - forgiven;
    if paid_meanwhile.is_positive() {
        let reason = Some("Paid for a dispute that was won.".to_owned());
        credits::issue(tx, payment.student_id, paid_meanwhile, "dispute_won", reason, None)?;
    }
    ledger::post(tx, EntryKind::DisputeWon, about, Account::Cash, Account::Disputes, dispute.amount)?;
    let goes_on = payment.parked.is_some() || dispute.before != PaymentStatus::Settled;
    if goes_on {
        // It had not ended yet: all goes on as if the bank had never asked.
        payment.settling = payment.parked.take();
        tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
        return match payment.settling {
            Some(_) => super::settle::advance(tx, payment),
            None => review::thaw(tx, payment.booking_id),
        };
    }
    let (refund, reverse, total) = (Cents::ZERO, Cents::ZERO, Cents::ZERO);
    let (before, restore) = (dispute.before, dispute.reversed);
    start(tx, payment, Correction { why: Purpose::DisputeWon, before, refund, reverse, restore, total, wanted: None })
}

fn was_lost(tx: &mut Tx, desk: &dyn LessonDesk, mut payment: BookingPayment, dispute: &Dispute) -> Outcome<()> {
    let (booking, about) = (payment.booking_id, about(&payment));
    let judged = rules::revoke(&issued_from(tx, &payment)?, dispute.debt);
    credits::put_all(tx, &judged.lots)?;
    ledger::post(tx, EntryKind::CreditRevoked, about, Account::StudentCredit, Account::Losses, judged.revoked)?;
    standings::owe(tx, payment.student_id, about, judged.debt)?;
    standings::restrict(tx, payment.student_id)?;
    for lot in tables::reserved_lots(tx, booking)? {
        // Credit used for the disputed lesson itself goes back to nobody.
        let spent = rules::consume(std::slice::from_ref(&lot), booking, tx.now());
        spent.iter().try_for_each(|lot| tx.put(&LOTS, &lot.id, lot))?;
        ledger::post(tx, EntryKind::CreditUsed, about, Account::StudentCredit, Account::Lessons, lot.amount)?;
    }
    ledger::post(tx, EntryKind::DisputeLost, about, Account::Losses, Account::Disputes, dispute.amount)?;
    let left = ledger::balance_of_booking(tx, booking, Account::Lessons)?;
    ledger::post(tx, EntryKind::DisputeLost, about, Account::Losses, Account::Lessons, left)?;
    let upcoming = dispute.before != PaymentStatus::Settled && tx.now() < payment.start;
    payment.status = PaymentStatus::Settled;
    payment.outcome = Some(SettlementOutcome::StudentWinsDisputeFullRefund);
    payment.refunded_to_card = (payment.refunded_to_card + dispute.amount).min(payment.captured);
    payment.settled_at = Some(tx.now());
    payment.parked = None;
    payment.held = false;
    jobs::cancel(tx, "capture_retry", booking)?;
    tx.put(&PAYMENTS, &booking, &payment)?;
    if upcoming {
        jobs::cancel(tx, "capture", booking)?;
        return desk.hear(tx, &payment, &News::GaveUp).map(drop);
    }
    // Nothing is left to capture, but the lesson still has to end.
    jobs::enqueue(tx, Job::new("capture", booking).due(plus_hours(payment.end, 24).max(tx.now())))
}
