//! What a call came to, written down with everything that follows from it, in one write.

use super::actions::repeat_later;
use super::{checkout, corrections, lock, settle, tips, unanswered};
use crate::base::id::{BookingId, MoneyActionId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::jobs::{self, Job};
use crate::outside::stripe::{Call, Intent, IntentStatus, Moved, StripeFault};
use crate::payments::desk::{LessonDesk, News, Stand};
use crate::payments::events::{AuthorizationFailed, PaymentAuthorized, PayoutSent};
use crate::payments::later::Part;
use crate::payments::ledger::{self, Account, EntryKind};
use crate::payments::model::{ActionKind, ActionState, Awaiting, BookingPayment, MoneyAction, PaymentStatus};
use crate::payments::rules::authorize::Failed;
use crate::payments::rules::settle::{CardEnd, Cause, terms};
use crate::payments::tables::{self, ACTIONS, PAYMENTS};
use crate::store::{ReadExt, Tx};

/// What a successful call answers.
#[derive(Clone, Debug)]
pub enum Reached {
    Intent(Intent),
    Moved(Moved),
}

/// Records one call's outcome. Asked twice, it does nothing the second time.
pub fn record(tx: &mut Tx, desk: &dyn LessonDesk, id: MoneyActionId, answer: &Call<Reached>) -> Outcome<()> {
    let Some(mut action) = tx.get(&ACTIONS, &id)?.filter(|action| action.state == ActionState::Pending) else {
        return Ok(());
    };
    if let Err(fault) = answer
        && fault.is_transient()
    {
        action.error = Some(fault.to_string());
        tx.put(&ACTIONS, &id, &action)?;
        unanswered::note(tx, &action)?;
        return repeat_later(tx, action.booking_id);
    }
    action.done_at = Some(tx.now());
    action.state = if answer.is_ok() { ActionState::Done } else { ActionState::Failed };
    action.error = answer.as_ref().err().map(ToString::to_string);
    action.provider_id = answer.as_ref().ok().map(|reached| match reached {
        Reached::Intent(intent) => intent.id.clone(),
        Reached::Moved(moved) => moved.id.clone(),
    });
    tx.put(&ACTIONS, &id, &action)?;
    jobs::cancel(tx, super::actions::REPEAT_JOB, action.booking_id)?;
    let booking = action.booking_id;
    follow(tx, desk, action, answer)?;
    tips::begin_waiting(tx, booking)
}

/// What a definite answer brings about.
fn follow(tx: &mut Tx, desk: &dyn LessonDesk, action: MoneyAction, answer: &Call<Reached>) -> Outcome<()> {
    let mut payment = tables::payment(tx, action.booking_id)?;
    payment.version += 1;
    match (action.kind, answer) {
        (ActionKind::Authorize { .. }, _) => authorized(tx, desk, payment, answer),
        (ActionKind::Tip, _) => tips::charged(tx, payment, answer),
        (ActionKind::TipTransfer, _) => tips::passed_on(tx, payment, answer),
        (kind, Ok(Reached::Intent(intent))) => intent_moved(tx, payment, kind, intent),
        (_, Ok(Reached::Moved(moved))) if payment.correcting.is_some() => {
            let id = Some(moved.id.clone()).filter(|id| !id.is_empty());
            corrections::moved(tx, desk, payment, &action, id)
        }
        (_, Ok(Reached::Moved(moved))) => money_moved(tx, payment, &action, moved),
        (ActionKind::Capture, Err(fault)) => capture_refused(tx, payment, fault),
        (_, Err(fault)) if payment.correcting.is_some() => corrections::failed(tx, payment, &fault.word()),
        (_, Err(fault)) => settle::review(tx, payment, &fault.word()),
    }
}

/// Records where an intent stands that was waiting for its card holder.
pub fn record_intent(tx: &mut Tx, desk: &dyn LessonDesk, booking: BookingId, intent: &Intent) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    let same = payment.intent.as_deref() == Some(&intent.id);
    if !same || payment.awaiting.is_none() || intent.status == IntentStatus::RequiresAction {
        return Ok(());
    }
    payment.version += 1;
    authorized(tx, desk, payment, &Ok(Reached::Intent(intent.clone())))
}

fn authorized(tx: &mut Tx, desk: &dyn LessonDesk, mut payment: BookingPayment, answer: &Call<Reached>) -> Outcome<()> {
    payment.auth_attempted_at = Some(tx.now());
    payment.attempt += 1;
    payment.awaiting = None;
    let refused = match answer {
        Ok(Reached::Intent(intent)) => {
            payment.intent = Some(intent.id.clone());
            payment.charge.clone_from(&intent.charge);
            match intent.status {
                IntentStatus::RequiresCapture => return held(tx, desk, payment),
                IntentStatus::RequiresAction if payment.settling.is_none() && !payment.locking => {
                    return awaiting(tx, desk, payment, intent);
                }
                _ => intent.last_error.clone().unwrap_or_else(|| "card_declined".into()),
            }
        }
        Ok(Reached::Moved(_)) => "provider_refused".into(),
        Err(fault) => {
            if let StripeFault::Declined { intent, .. } | StripeFault::RequiresAction { intent } = fault {
                payment.intent.clone_from(intent);
            }
            fault.word()
        }
    };
    declined(tx, desk, payment, refused)
}

/// The bank holds the money.
fn held(tx: &mut Tx, desk: &dyn LessonDesk, mut payment: BookingPayment) -> Outcome<()> {
    payment.held = true;
    payment.auth_last_error = None;
    if payment.settling.is_some() {
        return settle::advance(tx, payment);
    }
    if payment.locking {
        return lock::held(tx, payment);
    }
    payment.status = PaymentStatus::Authorized;
    checkout::promise(tx, &mut payment)?;
    jobs::cancel(tx, "auth_retry", payment.booking_id)?;
    match desk.hear(tx, &payment, &News::Authorized)? {
        Stand::Stands => tx.emit(&PaymentAuthorized::of(&payment, payment.card_amount())),
        // rule: 10§2.11: cancelled meanwhile, or the slot is gone: the hold is released again.
        Stand::Gone => settle::settle(tx, payment.booking_id, Cause::PaymentFailed),
    }
}

fn awaiting(tx: &mut Tx, desk: &dyn LessonDesk, mut payment: BookingPayment, intent: &Intent) -> Outcome<()> {
    payment.status = PaymentStatus::PaymentMethodRequired;
    payment.awaiting = Some(Awaiting { client_secret: intent.client_secret.clone(), url: intent.action_url.clone() });
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    desk.hear(tx, &payment, &News::AwaitingAction).map(drop)
}

fn declined(tx: &mut Tx, desk: &dyn LessonDesk, mut payment: BookingPayment, reason: String) -> Outcome<()> {
    payment.auth_last_error = Some(reason.clone());
    payment.held = false;
    if payment.locking {
        return lock::refused(tx, payment, &reason);
    }
    if payment.settling.as_ref().is_some_and(|settling| settling.terms.card == CardEnd::GiveBack) {
        // The hold had run out before the bank answered: there is nothing to ask for any more.
        return settle::advance(tx, payment);
    }
    if let Some(settling) = payment.settling.as_mut() {
        settling.reauthorized = true;
        payment.capture_retry_count += 1;
        return settle::card_failed(tx, payment, &reason);
    }
    let now = tx.now();
    payment.status = PaymentStatus::PaymentMethodRequired;
    payment.auth_failure_count += 1;
    let first = payment.auth_first_failed_at.is_none();
    let first_failed = *payment.auth_first_failed_at.get_or_insert(now);
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    if payment.promised {
        let failed = Failed { start: payment.start, first_failed, last_attempt: now, warned: payment.auth_warned };
        jobs::enqueue(tx, Job::new("auth_retry", payment.booking_id).due(failed.next()))?;
        tx.emit(&AuthorizationFailed::of(&payment, first, reason.clone(), payment.start))?;
    }
    desk.hear(tx, &payment, &News::Declined { reason }).map(drop)
}

/// A capture or a release went through, or the intent's own state says what happened instead.
fn intent_moved(tx: &mut Tx, mut payment: BookingPayment, kind: ActionKind, intent: &Intent) -> Outcome<()> {
    match intent.status {
        IntentStatus::Succeeded => {
            let taken = intent.received - payment.captured;
            payment.captured = intent.received;
            payment.held = false;
            payment.charge = intent.charge.clone().or(payment.charge);
            let about = settle::about(&payment);
            ledger::post(tx, EntryKind::Capture, about, Account::Cash, Account::Lessons, taken)?;
            let Some(settling) = payment.settling.as_mut() else { return lock::locked(tx, payment) };
            if settling.terms.card == CardEnd::Waive {
                // Given up, and taken all the same: it ends as any other.
                (settling.terms, settling.unanswered) = (terms(settling.terms.cause, &payment.quote), false);
            }
        }
        _ => {
            // Released, or expired before it could be taken.
            payment.held = false;
            payment.intent = None;
            payment.charge = None;
            // Another hold is taken under another key: with other parameters Stripe would refuse the old one.
            payment.capture_retry_count += u32::from(kind == ActionKind::Capture);
            if payment.settling.is_none() {
                return tx.put(&PAYMENTS, &payment.booking_id, &payment);
            }
        }
    }
    settle::advance(tx, payment)
}

/// What was refused for good is asked again under another key: under its own, Stripe would only repeat itself.
fn capture_refused(tx: &mut Tx, mut payment: BookingPayment, fault: &StripeFault) -> Outcome<()> {
    payment.capture_retry_count += 1;
    if fault.says("charge_expired_for_capture") {
        // rule: 10§2.7: an expired hold is authorised anew, once, and captured.
        payment.held = false;
        payment.intent = None;
        payment.charge = None;
        if payment.locking {
            return lock::refused(tx, payment, &fault.word());
        }
        return settle::advance(tx, payment);
    }
    payment.auth_last_error = Some(fault.word());
    if payment.locking {
        return lock::refused(tx, payment, &fault.word());
    }
    settle::card_failed(tx, payment, &fault.word())
}

fn money_moved(tx: &mut Tx, mut payment: BookingPayment, action: &MoneyAction, moved: &Moved) -> Outcome<()> {
    let about = settle::about(&payment);
    let id = Some(moved.id.clone()).filter(|id| !id.is_empty());
    if action.kind == ActionKind::Refund {
        payment.refunded_to_card += action.amount;
        payment.refund = id;
        ledger::post(tx, EntryKind::Refund, about, Account::Lessons, Account::Cash, action.amount)?;
        return settle::advance(tx, payment);
    }
    payment.instructor_payout += action.amount;
    if let Some(settling) = payment.settling.as_mut() {
        match action.kind {
            ActionKind::TopUp => settling.topped_up += action.amount,
            _ => settling.paid_from_charge += action.amount,
        }
    }
    payment.transfers.push(Part { id: id.clone().unwrap_or_default(), amount: action.amount, reversed: Cents::ZERO });
    match action.kind {
        ActionKind::TopUp => payment.top_up = id,
        _ => payment.transfer = id,
    }
    ledger::post(tx, EntryKind::Payout, about, Account::Lessons, Account::Cash, action.amount)?;
    tx.emit(&PayoutSent::of(&payment, action.amount))?;
    settle::advance(tx, payment)
}
