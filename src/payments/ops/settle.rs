//! A booking's money ends: the terms are fixed in one write, then step follows step until everything is where it
//! belongs. Whatever is interrupted goes on from what has really happened.

use super::actions::{begin, nothing_pending};
use super::credits::{self, NewLot};
use super::{milestones, standings};
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_hours;
use crate::jobs::{self, Job};
use crate::payments::events::{CaptureFailed, PaymentSettled, ReviewNeeded};
use crate::payments::later::{Dispute, DisputeState};
use crate::payments::ledger::{self, About, Account, EntryKind};
use crate::payments::model::{ActionKind, BookingPayment, PaymentStatus, SettlementOutcome, Settling};
use crate::payments::rules::credits as credit_rules;
use crate::payments::rules::settle::{CardEnd, Cause, CreditEnd, Step, next_step, terms};
use crate::payments::tables::{self, PAYMENTS, STANDINGS};
use crate::store::{ReadExt, Tx};

/// Hours between tries of a failed capture, and until the platform pays the instructor itself (rule: 10§2.7).
const CAPTURE_RETRY_HOURS: i64 = 4;
pub const CAPTURE_ESCALATION_HOURS: i64 = 72;

/// Fixes how this booking's money ends. What needs no bank is done in this write; `ops::run` does the rest.
pub fn settle(tx: &mut Tx, booking: BookingId, cause: Cause) -> Outcome<()> {
    nothing_pending(tx, booking)?;
    let payment = begun(tx, booking, cause)?;
    advance(tx, payment)
}

/// The hold of an unpaid booking is over. A bank that was asked and has not answered yet is heard when it does; what it
/// holds then is let go.
pub fn lapse(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    if !tables::pending(tx, booking)?.is_some_and(|call| matches!(call.kind, ActionKind::Authorize { .. })) {
        return settle(tx, booking, Cause::PaymentFailed);
    }
    let payment = begun(tx, booking, Cause::PaymentFailed)?;
    tx.put(&PAYMENTS, &booking, &payment)
}

fn begun(tx: &mut Tx, booking: BookingId, cause: Cause) -> Outcome<BookingPayment> {
    let mut payment = tables::payment(tx, booking)?;
    payment.parked = None;
    // One with an outcome has ended, also while a person looks at it: what was paid is not paid again.
    if payment.outcome.is_some() || payment.is_settled() || payment.settling.is_some() {
        return Err(Refusal::conflict("PAYMENT_SETTLED", "The payment of this booking is already being settled."));
    }
    let terms = terms(cause, &payment.quote);
    payment.settling = Some(Settling::begun(terms));
    payment.awaiting = None;
    if std::mem::take(&mut payment.borrowed) {
        payment.credits_reserved = Cents::ZERO;
    }
    payment.version += 1;
    for job in ["authorize", "auth_retry", "capture"] {
        jobs::cancel(tx, job, booking)?;
    }
    if terms.credit == CreditEnd::Release {
        release_credit(tx, &mut payment)?;
    }
    if terms.card == CardEnd::GiveBack {
        // rule: 10§2.5: a lesson that was complete already and is paid back earns nothing.
        milestones::undo(tx, payment.student_id, booking)?;
    }
    Ok(payment)
}

/// Writes the next intended call, or the end.
pub fn advance(tx: &mut Tx, mut payment: BookingPayment) -> Outcome<()> {
    let step = next_step(&payment);
    if matches!(step, Step::Transfer(_) | Step::TopUp(_)) {
        credit_student(tx, &mut payment)?;
    }
    let (kind, amount) = match step {
        Step::Finish => return finish(tx, payment),
        Step::Authorize => {
            let asked = payment.settling.as_ref().is_some_and(|settling| settling.reauthorized);
            if asked || payment.method_id.is_none() {
                payment.capture_retry_count += 1;
                return card_failed(tx, payment, "authorization_missing");
            }
            (ActionKind::Authorize { on_session: false }, payment.card_amount())
        }
        Step::Capture(amount) => (ActionKind::Capture, amount),
        Step::Release => (ActionKind::Release, Cents::ZERO),
        Step::Refund(amount) => (ActionKind::Refund, amount),
        Step::Transfer(amount) => (ActionKind::Transfer, amount),
        Step::TopUp(amount) => (ActionKind::TopUp, amount),
    };
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    begin(tx, &payment, kind, amount)
}

/// The card gave nothing: a lesson that took place is asked for again, a cancellation goes to a person.
pub fn card_failed(tx: &mut Tx, mut payment: BookingPayment, reason: &str) -> Outcome<()> {
    let Some(mut settling) = payment.settling.clone() else {
        return tx.put(&PAYMENTS, &payment.booking_id, &payment);
    };
    if !settling.terms.cause.owes_the_lesson() {
        // rule: 10§2.8: cancelled anyway; credit back, no payout.
        let reserved = tables::reserved_lots(tx, payment.booking_id)?;
        settling.returned.extend(reserved.iter().map(|lot| lot.id));
        let gone = settling.gone.total();
        payment.settling = Some(settling);
        release_credit(tx, &mut payment)?;
        payment.student_credit += gone;
        return review(tx, payment, reason);
    }
    let now = tx.now();
    let first = *payment.first_capture_failed_at.get_or_insert(now);
    let failures = payment.capture_retry_count;
    tx.emit(&CaptureFailed::of(&payment, reason.into(), failures))?;
    if now >= plus_hours(first, CAPTURE_ESCALATION_HOURS) {
        settling.terms = settling.terms.without_card();
        payment.settling = Some(settling);
        return advance(tx, payment);
    }
    settling.reauthorized = false;
    payment.settling = Some(settling);
    payment.status = PaymentStatus::PaymentMethodRequired;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    let due = plus_hours(now, CAPTURE_RETRY_HOURS).min(plus_hours(first, CAPTURE_ESCALATION_HOURS));
    jobs::enqueue(tx, Job::new("capture_retry", payment.booking_id).due(due))
}

/// A person has to look; automation is frozen (rule: 10§2.8).
pub fn review(tx: &mut Tx, mut payment: BookingPayment, reason: &str) -> Outcome<()> {
    if let Some(settling) = payment.settling.take() {
        let waived = settling.terms.card == CardEnd::Waive;
        payment.outcome = waived.then_some(SettlementOutcome::CaptureFailureEscalated);
        if waived && !settling.unanswered {
            // rule: 10§2.7: whoever's card gave nothing for three days books nothing, paid instructor or not.
            lock_account(tx, &payment)?;
        }
        payment.parked = Some(settling);
    }
    payment.status = PaymentStatus::ManualReview;
    tx.emit(&ReviewNeeded::of(&payment, reason.into()))?;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

fn release_credit(tx: &mut Tx, payment: &mut BookingPayment) -> Outcome<()> {
    let reserved = tables::reserved_lots(tx, payment.booking_id)?;
    let back = credit_rules::release(&reserved, tx.now());
    payment.student_credit = back.iter().map(|lot| lot.amount).sum();
    credits::put_released(tx, payment.student_id, Some(payment.booking_id), &back)
}

/// The card has given what it gives: what the student is owed as credit waits for no transfer.
fn credit_student(tx: &mut Tx, payment: &mut BookingPayment) -> Outcome<()> {
    let owed = |settling: &Settling| !settling.credited && matches!(settling.terms.credit, CreditEnd::Target(_));
    let Some(mut settling) = payment.settling.clone().filter(owed) else { return Ok(()) };
    let about = about(payment);
    close_credit(tx, payment, &settling, about)?;
    settling.credited = true;
    payment.settling = Some(settling);
    Ok(())
}

/// Everything from the card and to the instructor has happened: credit, fees, the end.
fn finish(tx: &mut Tx, mut payment: BookingPayment) -> Outcome<()> {
    let Some(settling) = payment.settling.take() else { return Ok(()) };
    let about = about(&payment);
    if !settling.credited {
        close_credit(tx, &mut payment, &settling, about)?;
    }
    let undistributed = ledger::balance_of_booking(tx, payment.booking_id, Account::Lessons)?;
    ledger::post(tx, EntryKind::FeesEarned, about, Account::Lessons, Account::Fees, -undistributed)?;
    let outcome = outcome_of(&payment, &settling);
    payment.outcome = Some(outcome);
    payment.settled_at = Some(tx.now());
    payment.held = false;
    jobs::cancel(tx, "capture_retry", payment.booking_id)?;
    if settling.terms.card == CardEnd::Waive {
        let reason = match settling.unanswered {
            true => "capture_unanswered_for_72_hours",
            false => "capture_failed_for_72_hours",
        };
        if !settling.unanswered {
            lock_account(tx, &payment)?;
        }
        payment.status = PaymentStatus::ManualReview;
        tx.emit(&ReviewNeeded::of(&payment, reason.into()))?;
    } else {
        payment.status = PaymentStatus::Settled;
    }
    tx.emit(&PaymentSettled::of(
        &payment,
        outcome,
        payment.captured,
        payment.refunded_to_card,
        payment.instructor_payout,
        payment.student_credit,
    ))?;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// rule: 10§2.9: a dispute over a lesson paid early, won after its money was due, is what brings it to its end.
fn outcome_of(payment: &BookingPayment, settling: &Settling) -> SettlementOutcome {
    let due = plus_hours(payment.end, 24);
    let won =
        |dispute: &Dispute| dispute.state == DisputeState::Won && dispute.closed_at.is_some_and(|closed| closed >= due);
    let by_dispute = payment.dispute.as_ref().is_some_and(won);
    match settling.terms.outcome {
        SettlementOutcome::LessonCompletedFullPayout if by_dispute => SettlementOutcome::DisputeWon,
        outcome => outcome,
    }
}

fn close_credit(tx: &mut Tx, payment: &mut BookingPayment, settling: &Settling, about: About) -> Outcome<()> {
    let (now, booking, student, gone) = (tx.now(), payment.booking_id, payment.student_id, settling.gone);
    let reserved = tables::reserved_lots(tx, booking)?;
    match settling.terms.credit {
        // Already done when the settlement began.
        CreditEnd::Release => Ok(()),
        CreditEnd::Consume => {
            let used: Cents = reserved.iter().map(|lot| lot.amount).sum();
            credits::put_all(tx, &credit_rules::consume(&reserved, booking, now))?;
            ledger::post(tx, EntryKind::CreditUsed, about, Account::StudentCredit, Account::Lessons, used)?;
            payment.student_credit = Cents::ZERO;
            standings::owe_for_lesson(tx, student, about, gone.spent)
        }
        CreditEnd::Target(target) => {
            // What went back before is part of what comes back; what of it was too much is owed.
            let had = gone.total().min(target);
            standings::owe_for_lesson(tx, student, about, gone.spent.min(gone.total() - had))?;
            let back = credit_rules::return_on_cancel(&reserved, target - had, now, || tx.new_id());
            credits::put_released(tx, student, Some(booking), &back.lots)?;
            let (lost, given) = (back.forfeited, back.issued);
            ledger::post(tx, EntryKind::CreditForfeited, about, Account::StudentCredit, Account::Lessons, lost)?;
            if given.is_positive() {
                credits::write_lot(tx, NewLot::of_cancellation(student, booking, given, now))?;
                ledger::post(tx, EntryKind::CreditIssued, about, Account::Lessons, Account::StudentCredit, given)?;
            }
            payment.student_credit = had + back.released + back.issued;
            Ok(())
        }
    }
}

pub(super) fn lock_account(tx: &mut Tx, payment: &BookingPayment) -> Outcome<()> {
    let mut standing = tx.get(&STANDINGS, &payment.student_id)?.unwrap_or_default();
    standing.locked = true;
    tx.put(&STANDINGS, &payment.student_id, &standing)
}

/// Whom the entries of a payment are about.
pub fn about(payment: &BookingPayment) -> About {
    About {
        booking: Some(payment.booking_id),
        student: Some(payment.student_id),
        instructor: Some(payment.instructor_id),
    }
}
