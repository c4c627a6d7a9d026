//! Money that moves once a payment has ended: planned in one write, then call after call like a settlement.

use super::actions::{begin, nothing_pending};
use super::credits;
use super::milestones;
use super::settle::{about, review};
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::desk::{LessonDesk, News};
use crate::payments::events::{PaymentRefunded, PayoutSent};
use crate::payments::later::{Correction, Part, Purpose, Wanted};
use crate::payments::ledger::{self, Account, EntryKind};
use crate::payments::model::{ActionKind, BookingPayment, MoneyAction, PaymentStatus, SettlementOutcome};
use crate::payments::rules::corrections::{self as rules, Next, next};
use crate::payments::rules::credits as credit_rules;
use crate::payments::tables::{self, PAYMENTS};
use crate::store::Tx;

/// An admin gives back all or part of the card's money; `ops::run` does it (rule: 10§2.8).
pub fn plan_refund(
    tx: &mut Tx,
    booking: BookingId,
    wanted: Wanted,
    amount: Option<Cents>,
    reverse_payout: bool,
) -> Outcome<Cents> {
    nothing_pending(tx, booking)?;
    let payment = tables::payment(tx, booking)?;
    let correction = Correction { wanted: Some(wanted), ..rules::refund(&payment, amount, reverse_payout)? };
    let total = correction.total;
    start(tx, payment, correction)?;
    Ok(total)
}

/// Writes a correction down with the first call it needs; one that needs none ends in this write.
pub(super) fn start(tx: &mut Tx, mut payment: BookingPayment, correction: Correction) -> Outcome<()> {
    if payment.correcting.is_some() {
        return Err(Refusal::too_many("OPERATION_IN_PROGRESS", "This payment is being corrected right now.", 5));
    }
    payment.corrections += 1;
    payment.version += 1;
    payment.correcting = Some(correction);
    advance(tx, None, payment)
}

/// The next call, or the end.
fn advance(tx: &mut Tx, desk: Option<&dyn LessonDesk>, payment: BookingPayment) -> Outcome<()> {
    let (kind, amount) = match next(&payment) {
        Next::Refund(amount) => (ActionKind::Refund, amount),
        Next::Reverse(_, amount) => (ActionKind::Reverse, amount),
        Next::Restore(amount) => (ActionKind::Restore, amount),
        Next::Done => return finish(tx, desk, payment),
    };
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    begin(tx, &payment, kind, amount)
}

/// A call of a correction went through.
pub(super) fn moved(
    tx: &mut Tx,
    desk: &dyn LessonDesk,
    mut payment: BookingPayment,
    action: &MoneyAction,
    id: Option<String>,
) -> Outcome<()> {
    let (about, amount) = (about(&payment), action.amount);
    let Some(mut correction) = payment.correcting.clone() else { return Ok(()) };
    if correction.why == Purpose::Refund {
        // A person may have been called because nobody answered; this is the answer.
        payment.status = correction.before;
    }
    match action.kind {
        ActionKind::Refund => {
            correction.refund -= amount;
            payment.refunded_to_card += amount;
            payment.refund = id.or(payment.refund);
            ledger::post(tx, EntryKind::Refund, about, Account::Lessons, Account::Cash, amount)?;
        }
        ActionKind::Reverse => {
            if let Next::Reverse(at, _) = next(&payment)
                && let Some(part) = payment.transfers.get_mut(at)
            {
                part.reversed += amount;
            }
            correction.reverse -= amount;
            payment.reversed += amount;
            payment.instructor_payout -= amount;
            if let Some(dispute) = payment.dispute.as_mut().filter(|_| correction.why == Purpose::DisputeOpened) {
                dispute.reversed += amount;
            }
            ledger::post(tx, EntryKind::PayoutReversed, about, Account::Cash, Account::Lessons, amount)?;
        }
        _ => {
            correction.restore -= amount;
            payment.instructor_payout += amount;
            payment.reversed = (payment.reversed - amount).max_zero();
            payment.transfers.push(Part { id: id.unwrap_or_default(), amount, reversed: Cents::ZERO });
            ledger::post(tx, EntryKind::Payout, about, Account::Lessons, Account::Cash, amount)?;
            tx.emit(&PayoutSent::of(&payment, amount))?;
        }
    }
    payment.correcting = Some(correction);
    advance(tx, Some(desk), payment)
}

/// A call of a correction was refused for good: what has moved stays, a person has to look (rule: 10§2.8).
pub(super) fn failed(tx: &mut Tx, mut payment: BookingPayment, reason: &str) -> Outcome<()> {
    payment.correcting = None;
    review(tx, payment, reason)
}

fn finish(tx: &mut Tx, desk: Option<&dyn LessonDesk>, mut payment: BookingPayment) -> Outcome<()> {
    let Some(correction) = payment.correcting.take() else { return Ok(()) };
    match correction.why {
        Purpose::Refund => refunded(tx, desk, payment, &correction),
        // The dispute itself is open: the payment stays with a person.
        Purpose::DisputeOpened => tx.put(&PAYMENTS, &payment.booking_id, &payment),
        Purpose::DisputeWon => {
            payment.status = PaymentStatus::Settled;
            payment.outcome = Some(SettlementOutcome::DisputeWon);
            tx.put(&PAYMENTS, &payment.booking_id, &payment)
        }
    }
}

fn refunded(
    tx: &mut Tx,
    desk: Option<&dyn LessonDesk>,
    mut payment: BookingPayment,
    correction: &Correction,
) -> Outcome<()> {
    let about = about(&payment);
    let full = payment.refunded_to_card >= payment.captured;
    if full {
        let reserved = tables::reserved_lots(tx, payment.booking_id)?;
        let back = credit_rules::release(&reserved, tx.now());
        credits::put_released(tx, payment.student_id, Some(payment.booking_id), &back)?;
        milestones::undo(tx, payment.student_id, payment.booking_id)?;
        payment.outcome = Some(SettlementOutcome::AdminRefund);
        payment.status = PaymentStatus::Settled;
        payment.parked = None;
        payment.settled_at.get_or_insert(tx.now());
    }
    if payment.is_settled() {
        // What the refund took beyond the payout that came back is the platform's to bear.
        let left = ledger::balance_of_booking(tx, payment.booking_id, Account::Lessons)?;
        ledger::post(tx, EntryKind::FeesReturned, about, Account::Fees, Account::Lessons, left)?;
    }
    tx.emit(&PaymentRefunded::of(&payment, correction.total, full))?;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    match desk.filter(|_| full) {
        Some(desk) => desk.hear(tx, &payment, &News::RefundedInFull { wanted: correction.wanted.clone() }).map(drop),
        None => Ok(()),
    }
}
