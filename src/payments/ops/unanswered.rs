//! Calls that nobody answers: Stripe fails, not the card.
//!
//! - A lesson that took place: the instructor waits no longer for it than for a card that is refused (part 10 §2.7).
//! - Money on its way back or to the instructor, and what a cancellation takes: a person hears of it at once
//!   (part 10 §2.8). The call goes on being asked about under its key, for nobody may make it a second time; once Stripe
//!   answers, the payment leaves the review by itself. An answer that Stripe failed is one: then a person decides.

use super::actions::{REPEAT_JOB, begin};
use super::record::{Reached, record};
use super::settle::{CAPTURE_ESCALATION_HOURS, advance, lock_account};
use super::{run, tips};
use crate::base::id::{BookingId, MoneyActionId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours};
use crate::jobs;
use crate::outside::stripe::{Call, Intent, IntentStatus, Stripe, StripeFault};
use crate::payments::desk::desk;
use crate::payments::events::ReviewNeeded;
use crate::payments::model::{ActionKind, ActionState, BookingPayment, MoneyAction, PaymentStatus, SettlementOutcome};
use crate::payments::rules::settle::CardEnd;
use crate::payments::tables::{self, ACTIONS, CUSTOMERS, PAYMENTS};
use crate::site::Site;
use crate::store::{Read, ReadExt, Tx};

/// Hours after which a cancellation no longer waits for its card.
const CANCELLATION_WAITS_HOURS: i64 = 1;

/// Whether a call asks for the money of a lesson that took place.
fn asks_for_the_lesson(payment: &BookingPayment, kind: ActionKind) -> bool {
    let owed = payment
        .settling
        .as_ref()
        .is_some_and(|settling| settling.terms.cause.owes_the_lesson() && settling.terms.card == CardEnd::Take);
    owed && matches!(kind, ActionKind::Capture | ActionKind::Authorize { .. })
}

/// Whether a call takes money for a lesson that did not take place.
fn is_of_cancellation(payment: &BookingPayment, kind: ActionKind) -> bool {
    let takes = matches!(kind, ActionKind::Capture | ActionKind::Authorize { on_session: false });
    takes && payment.settling.is_some() && !asks_for_the_lesson(payment, kind)
}

/// Whether a call that comes to nothing is a person's matter.
fn needs_a_person(payment: &BookingPayment, kind: ActionKind) -> bool {
    match kind {
        ActionKind::Refund | ActionKind::Transfer | ActionKind::TopUp | ActionKind::Reverse | ActionKind::Restore => {
            true
        }
        ActionKind::Release => payment.settling.is_some(),
        ActionKind::Capture | ActionKind::Authorize { .. } => is_of_cancellation(payment, kind),
        ActionKind::Tip | ActionKind::TipTransfer => false,
    }
}

/// Whether Stripe's answer that it failed is the end of a call: nobody's wish waits for it, or a person decides. A hold
/// is let go whenever Stripe can.
pub(super) fn ends_by_answer(payment: &BookingPayment, kind: ActionKind) -> bool {
    let of_lock = payment.locking && matches!(kind, ActionKind::Capture | ActionKind::Authorize { .. });
    of_lock || (needs_a_person(payment, kind) && kind != ActionKind::Release)
}

/// A call was not answered.
pub(super) fn note(tx: &mut Tx, action: &MoneyAction) -> Outcome<()> {
    let payment = tables::payment(tx, action.booking_id)?;
    match needs_a_person(&payment, action.kind) {
        true => unheard(tx, payment, action.kind),
        false => count_from_here(tx, payment, action),
    }
}

/// rule: 10§2.8: a person hears of it. What the call came to, whenever it is known, goes on from here.
fn unheard(tx: &mut Tx, mut payment: BookingPayment, kind: ActionKind) -> Outcome<()> {
    let pays = matches!(kind, ActionKind::Transfer | ActionKind::TopUp);
    let settling = payment.settling.as_ref();
    let escalated = settling.filter(|settling| pays && settling.terms.card == CardEnd::Waive);
    let told = payment.in_review();
    if told && (escalated.is_none() || payment.outcome.is_some()) {
        return Ok(());
    }
    if let Some(settling) = escalated {
        // rule: 10§2.7: neither the card nor the platform has paid the instructor by now.
        if !settling.unanswered {
            lock_account(tx, &payment)?;
        }
        payment.outcome = Some(SettlementOutcome::CaptureFailureEscalated);
    }
    payment.status = PaymentStatus::ManualReview;
    payment.version += 1;
    if !told {
        tx.emit(&ReviewNeeded::of(&payment, "provider_unanswered".into()))?;
    }
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// rule: 10§2.7: the 72 hours begin with the first failure, whosever it was.
fn count_from_here(tx: &mut Tx, mut payment: BookingPayment, action: &MoneyAction) -> Outcome<()> {
    if !asks_for_the_lesson(&payment, action.kind) || payment.first_capture_failed_at.is_some() {
        return Ok(());
    }
    payment.first_capture_failed_at = Some(tx.now());
    payment.version += 1;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// After 72 hours the instructor is paid from platform funds, and the hold is let go so that it cannot be taken as well;
/// a cancellation is told much sooner that its card gave nothing. While Stripe answers nothing at all nobody can be paid either: it goes on as soon as it does.
pub(super) async fn escalate(site: &Site, booking: BookingId) -> Outcome<()> {
    let now = site.now();
    let Some((action, payment, customer)) = site.read(|r| overdue(r, now, booking))? else { return Ok(()) };
    let seen = match looked_up(site, &action, &payment, customer.as_deref()).await {
        Ok(seen) => seen,
        Err(fault) if fault.is_transient() => return Ok(()),
        Err(_) => None,
    };
    let owed = asks_for_the_lesson(&payment, action.kind);
    let arrived = seen.filter(|intent| !(action.kind == ActionKind::Capture && is_held(intent)));
    let (desk, id) = (desk(site)?, action.id);
    site.write(move |tx| match &arrived {
        Some(intent) => record(tx, desk.as_ref(), id, &Ok(Reached::Intent(intent.clone()))),
        None if owed => without_card(tx, id),
        None => record(tx, desk.as_ref(), id, &Err(no_answer())),
    })
    .await?;
    run::run(site, booking).await.map(drop)
}

/// rule: 10§2.8: cancelled anyway.
fn no_answer() -> StripeFault {
    StripeFault::Permanent { status: 0, code: Some("provider_unanswered".into()), message: String::new() }
}

fn is_held(intent: &Intent) -> bool {
    intent.status == IntentStatus::RequiresCapture
}

type Overdue = (MoneyAction, BookingPayment, Option<String>);

fn overdue(r: &dyn Read, now: Timestamp, booking: BookingId) -> Outcome<Option<Overdue>> {
    let Some(action) = tables::pending(r, booking)?.filter(|action| action.error.is_some()) else { return Ok(None) };
    let payment = tables::payment(r, booking)?;
    let first_failed = payment.first_capture_failed_at.filter(|_| asks_for_the_lesson(&payment, action.kind));
    let over = match first_failed {
        Some(at) => now >= plus_hours(at, CAPTURE_ESCALATION_HOURS),
        None => {
            let waited = now >= plus_hours(action.created_at, CANCELLATION_WAITS_HOURS);
            waited && is_of_cancellation(&payment, action.kind)
        }
    };
    if !over {
        return Ok(None);
    }
    let customer = r.get(&CUSTOMERS, &payment.student_id)?;
    Ok(Some((action, payment, customer)))
}

/// What the call that was never answered came to.
async fn looked_up(
    site: &Site,
    action: &MoneyAction,
    payment: &BookingPayment,
    customer: Option<&str>,
) -> Call<Option<Intent>> {
    let stripe = site.part::<Stripe>().map_err(|e| StripeFault::Transient(e.to_string()))?;
    match (action.kind, payment.intent.as_deref(), customer) {
        (ActionKind::Capture, Some(intent), _) => stripe.intent(intent).await.map(Some),
        (ActionKind::Authorize { .. }, _, Some(customer)) => {
            stripe.find_intent(customer, &action.idempotency_key).await
        }
        _ => Ok(None),
    }
}

fn without_card(tx: &mut Tx, id: MoneyActionId) -> Outcome<()> {
    let Some(mut action) = tx.get(&ACTIONS, &id)?.filter(|action| action.state == ActionState::Pending) else {
        return Ok(());
    };
    action.done_at = Some(tx.now());
    action.state = ActionState::Failed;
    tx.put(&ACTIONS, &id, &action)?;
    jobs::cancel(tx, REPEAT_JOB, action.booking_id)?;
    let mut payment = tables::payment(tx, action.booking_id)?;
    payment.version += 1;
    if let Some(settling) = payment.settling.as_mut() {
        (settling.terms, settling.unanswered) = (settling.terms.without_card(), true);
    }
    if payment.held {
        tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
        return begin(tx, &payment, ActionKind::Release, Cents::ZERO);
    }
    advance(tx, payment)?;
    tips::begin_waiting(tx, action.booking_id)
}
