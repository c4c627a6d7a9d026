//! Intended calls: written down with their key before they are made (rule: 10§2.11).

use crate::base::id::{BookingId, MoneyActionId};
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_minutes;
use crate::jobs::{self, Job};
use crate::payments::model::{ActionKind, ActionState, BookingPayment, MoneyAction};
use crate::payments::rules::corrections::{Next, next};
use crate::payments::rules::settle::CardEnd;
use crate::payments::tables::{self, ACTIONS};
use crate::store::{Read, Tx};

/// Repeats calls whose outcome is unknown; also what picks them up after a crash.
pub const REPEAT_JOB: &str = "payment_health";
pub const REPEAT_MINUTES: i64 = 5;

/// Said to whoever wants a second call of a booking before the first has ended.
pub const BUSY: &str = "OPERATION_IN_PROGRESS";

/// rule: 10§2.11: one money action per booking at a time.
pub fn nothing_pending(r: &dyn Read, booking: BookingId) -> Outcome<()> {
    match tables::pending(r, booking)? {
        None => Ok(()),
        Some(_) => Err(Refusal::too_many(
            BUSY,
            "A payment for this booking is being worked on. Try again in a few seconds.",
            5,
        )),
    }
}

/// Whether the bank was asked for somebody who was there, and its answer never came: no call is on its way now.
pub fn is_unheard(r: &dyn Read, booking: BookingId) -> Outcome<bool> {
    let pending = tables::pending(r, booking)?;
    Ok(pending.is_some_and(|action| {
        matches!(action.kind, ActionKind::Authorize { on_session: true }) && action.error.is_some()
    }))
}

/// Writes the intent; whoever is awake runs it now, the job later if nobody does.
pub fn begin(tx: &mut Tx, payment: &BookingPayment, kind: ActionKind, amount: Cents) -> Outcome<()> {
    nothing_pending(tx, payment.booking_id)?;
    let id: MoneyActionId = tx.new_id();
    let action = MoneyAction {
        id,
        booking_id: payment.booking_id,
        kind,
        amount,
        idempotency_key: key(payment, kind),
        state: ActionState::Pending,
        created_at: tx.now(),
        done_at: None,
        provider_id: None,
        error: None,
    };
    tx.put(&ACTIONS, &id, &action)?;
    repeat_later(tx, payment.booking_id)
}

pub fn repeat_later(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    let due = plus_minutes(tx.now(), REPEAT_MINUTES);
    jobs::enqueue(tx, Job::new(REPEAT_JOB, booking).due(due))
}

/// The keys of the contract; a number follows where the same thing is tried again after a definite failure.
fn key(payment: &BookingPayment, kind: ActionKind) -> String {
    let booking = payment.booking_id;
    let terms = payment.settling.as_ref().map(|settling| settling.terms);
    match kind {
        ActionKind::Authorize { .. } => format!("pi_{booking}_{}", payment.attempt),
        ActionKind::Capture => {
            let word = terms.map_or("lock_capture", |terms| terms.cause.capture_word());
            numbered(format!("{word}_{booking}"), payment.capture_retry_count)
        }
        ActionKind::Release => numbered(format!("cancel_{booking}"), payment.attempt.saturating_sub(1)),
        ActionKind::Refund if payment.correcting.is_some() => {
            // A settlement that stood still may have asked under the plain words.
            let more = if payment.parked.is_some() || payment.resumed > 0 { "_more" } else { "" };
            numbered(format!("refund_admin_refund_{booking}{more}"), payment.corrections.saturating_sub(1))
        }
        ActionKind::Refund => {
            let reason = terms.map_or("admin_refund", |terms| terms.outcome.name());
            // Given back before in part, by a correction: its key may be of the same words, and this is another refund.
            let rest = if payment.corrections == 0 { "" } else { "_rest" };
            numbered(format!("refund_{reason}_{booking}{rest}"), payment.resumed)
        }
        ActionKind::Transfer => {
            let word = terms.map_or("payout", |terms| terms.payout_word());
            numbered(format!("{word}_{booking}"), payment.resumed)
        }
        ActionKind::TopUp if terms.is_some_and(|terms| terms.card == CardEnd::Waive) => {
            numbered(format!("payout_cf_{booking}"), payment.resumed)
        }
        ActionKind::TopUp => match &payment.intent {
            Some(intent) => numbered(format!("topup:{intent}"), payment.resumed),
            None => numbered(format!("topup:{booking}"), payment.resumed),
        },
        // Several transfers may be taken back in one correction, each once.
        ActionKind::Reverse => match next(payment) {
            Next::Reverse(at, _) => format!("reverse_{booking}_{}_{at}", payment.corrections),
            _ => format!("reverse_{booking}_{}", payment.corrections),
        },
        ActionKind::Restore => format!("restore_{booking}_{}", payment.corrections),
        ActionKind::Tip | ActionKind::TipTransfer => {
            let review = payment.tip.as_ref().map(|tip| tip.review_id.to_string()).unwrap_or_default();
            let word = if kind == ActionKind::Tip { "tip" } else { "tip_payout" };
            format!("{word}_{review}")
        }
    }
}

fn numbered(key: String, again: u32) -> String {
    if again == 0 { key } else { format!("{key}_{again}") }
}
