//! A capture that nobody answers: Stripe fails, not the card. The instructor waits no longer for it than for a card that
//! is refused (part 10 §2.7).

use super::actions::{REPEAT_JOB, begin};
use super::record::{Reached, record};
use super::run;
use super::settle::{CAPTURE_ESCALATION_HOURS, advance};
use crate::base::id::{BookingId, MoneyActionId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours};
use crate::jobs;
use crate::outside::stripe::{Call, Intent, IntentStatus, Stripe};
use crate::payments::desk::desk;
use crate::payments::model::{ActionKind, ActionState, BookingPayment, MoneyAction};
use crate::payments::rules::settle::CardEnd;
use crate::payments::tables::{self, ACTIONS, CUSTOMERS, PAYMENTS};
use crate::site::Site;
use crate::store::{Read, ReadExt, Tx};

/// Whether a call asks for the money of a lesson that took place.
fn asks_for_the_lesson(payment: &BookingPayment, kind: ActionKind) -> bool {
    let owed = payment
        .settling
        .as_ref()
        .is_some_and(|settling| settling.terms.cause.owes_the_lesson() && settling.terms.card == CardEnd::Take);
    owed && matches!(kind, ActionKind::Capture | ActionKind::Authorize { .. })
}

/// rule: 10§2.7: the 72 hours begin with the first failure, whosever it was.
pub(super) fn note(tx: &mut Tx, action: &MoneyAction) -> Outcome<()> {
    let mut payment = tables::payment(tx, action.booking_id)?;
    if !asks_for_the_lesson(&payment, action.kind) || payment.first_capture_failed_at.is_some() {
        return Ok(());
    }
    payment.first_capture_failed_at = Some(tx.now());
    payment.version += 1;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// After 72 hours the instructor is paid from platform funds, and the hold is let go so that it cannot be taken as well.
/// While Stripe answers nothing at all nobody can be paid either: it goes on as soon as it does.
pub(super) async fn escalate(site: &Site, booking: BookingId) -> Outcome<()> {
    let now = site.now();
    let Some((action, payment, customer)) = site.read(|r| overdue(r, now, booking))? else { return Ok(()) };
    let seen = match looked_up(site, &action, &payment, customer.as_deref()).await {
        Ok(seen) => seen,
        Err(fault) if fault.is_transient() => return Ok(()),
        Err(_) => None,
    };
    let arrived = seen.filter(|intent| !(action.kind == ActionKind::Capture && is_held(intent)));
    let (desk, id) = (desk(site)?, action.id);
    site.write(move |tx| match &arrived {
        Some(intent) => record(tx, desk.as_ref(), id, &Ok(Reached::Intent(intent.clone()))),
        None => without_card(tx, id),
    })
    .await?;
    run::run(site, booking).await.map(drop)
}

fn is_held(intent: &Intent) -> bool {
    intent.status == IntentStatus::RequiresCapture
}

type Overdue = (MoneyAction, BookingPayment, Option<String>);

fn overdue(r: &dyn Read, now: Timestamp, booking: BookingId) -> Outcome<Option<Overdue>> {
    let Some(action) = tables::pending(r, booking)?.filter(|action| action.error.is_some()) else { return Ok(None) };
    let payment = tables::payment(r, booking)?;
    let over = payment.first_capture_failed_at.is_some_and(|at| now >= plus_hours(at, CAPTURE_ESCALATION_HOURS));
    if !over || !asks_for_the_lesson(&payment, action.kind) {
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
    let stripe = site.part::<Stripe>().map_err(|e| crate::outside::stripe::StripeFault::Transient(e.to_string()))?;
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
    advance(tx, payment)
}
