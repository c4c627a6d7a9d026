//! Between two writes: the call to Stripe that the first one wanted and the second one records.

use std::pin::Pin;

use super::record::{Reached, record, record_intent};
use super::{lost, tips, unanswered};
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::outside::stripe::{Authorization, Call, Moved, Stripe, StripeFault};
use crate::payments::desk::desk;
use crate::payments::model::{ActionKind, BookingPayment, MoneyAction, TipStatus};
use crate::payments::rules::corrections::{Next, next};
use crate::payments::tables::{self, CUSTOMERS, METHODS};
use crate::site::Site;
use crate::store::{Read, ReadExt};

/// Calls that one booking's money can need in a row; more means a circle.
const MOST_STEPS: usize = 12;
/// Tries of one call while somebody waits; both carry the same key.
const TRIES: usize = 2;

/// Does everything that is pending for a booking, one call after another, and answers how its money stands.
pub async fn run(site: &Site, booking: BookingId) -> Outcome<BookingPayment> {
    for _ in 0..MOST_STEPS {
        let Some(work) = site.read(|r| load(r, booking))? else { break };
        // Behind a name of its own: Stripe's types are too deep for every handler to look through them.
        let calling: Pin<Box<dyn Future<Output = Call<Reached>> + Send + '_>> = Box::pin(call(site, &work));
        let answer = calling.await;
        let unknown = matches!(&answer, Err(fault) if fault.is_transient());
        let (desk, action) = (desk(site)?, work.action.id);
        site.write(move |tx| record(tx, desk.as_ref(), action, &answer)).await?;
        if unknown && matches!(work.action.kind, ActionKind::Authorize { on_session: true }) {
            return Err(Refusal::unavailable(
                "PAYMENT_PROVIDER_UNAVAILABLE",
                "The bank could not be reached. Nothing is charged twice: we keep asking, look again in a few minutes.",
            ));
        }
        if unknown {
            break;
        }
    }
    site.read(|r| tables::payment(r, booking))
}

/// Reads a payment that waited for its card holder, and records where it stands now. While Stripe cannot be reached it
/// stands where it stood.
pub async fn refresh(site: &Site, booking: BookingId) -> Outcome<BookingPayment> {
    match look(site, booking).await {
        Err(refusal) if !refusal.is_transient() => return Err(refusal),
        _ => {}
    }
    run(site, booking).await
}

/// The same for whoever must know that it was looked at: an event is not sent again once it was taken.
pub async fn look(site: &Site, booking: BookingId) -> Outcome<()> {
    let payment = site.read(|r| tables::payment(r, booking))?;
    if let (Some(_), Some(intent)) = (&payment.awaiting, &payment.intent) {
        let found = site.part::<Stripe>()?.intent(intent).await.map_err(|fault| stripe_refusal(&fault))?;
        let desk = desk(site)?;
        site.write(move |tx| record_intent(tx, desk.as_ref(), booking, &found)).await?;
    }
    if let Some(tip) = payment.tip.filter(|tip| tip.status == TipStatus::RequiresAction)
        && let Some(intent) = &tip.intent
    {
        let found = site.part::<Stripe>()?.intent(intent).await.map_err(|fault| stripe_refusal(&fault))?;
        site.write(move |tx| tips::record_waiting(tx, booking, &found)).await?;
    }
    Ok(())
}

/// A call nobody's booking hangs on failed: what the person is told.
pub fn stripe_refusal(fault: &StripeFault) -> Refusal {
    match fault {
        StripeFault::Transient(_) | StripeFault::Broken(_) => Refusal::unavailable(
            "PAYMENT_PROVIDER_UNAVAILABLE",
            "The payment provider cannot be reached. Nothing was changed; try again in a minute.",
        ),
        StripeFault::Declined { .. } | StripeFault::RequiresAction { .. } => {
            Refusal::unprocessable("CARD_DECLINED", "The bank declined this card. Try another one.")
        }
        StripeFault::Permanent { status: 400 | 404, .. } => {
            Refusal::unprocessable("PAYMENT_PROVIDER_REFUSED", "The payment provider refused this. Try another way.")
        }
        StripeFault::Permanent { .. } => Refusal::internal(fault),
    }
}

/// Everything one call needs, read at once.
pub(super) struct Work {
    pub action: MoneyAction,
    pub payment: BookingPayment,
    pub customer: Option<String>,
    pub card: Option<String>,
    pub account: Option<String>,
}

fn load(r: &dyn Read, booking: BookingId) -> Outcome<Option<Work>> {
    let Some(action) = tables::pending(r, booking)? else { return Ok(None) };
    let payment = tables::payment(r, booking)?;
    let tipping = payment.tip.as_ref().filter(|_| action.kind == ActionKind::Tip).map(|tip| tip.method_id);
    let card = match tipping.or(payment.method_id) {
        Some(id) => r.get(&METHODS, &id)?.map(|method| method.provider_id),
        None => None,
    };
    let customer = r.get(&CUSTOMERS, &payment.student_id)?;
    let account = onboarded(r, payment.instructor_id)?;
    Ok(Some(Work { action, payment, customer, card, account }))
}

fn onboarded(r: &dyn Read, instructor: UserId) -> Outcome<Option<String>> {
    Ok(tables::account(r, instructor)?.filter(|account| account.onboarded()).map(|account| account.account_id))
}

async fn call(site: &Site, work: &Work) -> Call<Reached> {
    let stripe = site.part::<Stripe>().map_err(|e| StripeFault::Transient(e.to_string()))?;
    let mut answer = once(site, &stripe, work).await;
    for _ in 1..TRIES {
        if !matches!(&answer, Err(fault) if fault.is_transient()) {
            break;
        }
        answer = once(site, &stripe, work).await;
    }
    if let Err(fault) = &answer {
        tracing::warn!(booking = %work.action.booking_id, kind = ?work.action.kind, %fault, "a money action failed");
    }
    match answer {
        Err(StripeFault::Broken(message)) if unanswered::ends_by_answer(&work.payment, work.action.kind) => {
            lost::unless_done(&stripe, work, message).await
        }
        answer => answer,
    }
}

async fn once(site: &Site, stripe: &Stripe, work: &Work) -> Call<Reached> {
    let (action, payment) = (&work.action, &work.payment);
    let (key, booking) = (action.idempotency_key.as_str(), action.booking_id.to_string());
    let intent = payment.intent.as_deref();
    if let Some(before) = lost::found(site, stripe, work).await? {
        return Ok(before);
    }
    match action.kind {
        ActionKind::Authorize { on_session } => authorize(site, stripe, work, on_session).await,
        ActionKind::Capture => {
            let intent = intent.ok_or_else(|| missing("intent_missing"))?;
            match stripe.capture(intent, action.amount, key).await {
                Err(fault) if fault.says("payment_intent_unexpected_state") => found(stripe, intent).await,
                answer => answer.map(Reached::Intent),
            }
        }
        ActionKind::Release => {
            let intent = intent.ok_or_else(|| missing("intent_missing"))?;
            match stripe.cancel(intent, key).await {
                Err(fault) if fault.says("payment_intent_unexpected_state") => found(stripe, intent).await,
                answer => answer.map(Reached::Intent),
            }
        }
        ActionKind::Refund => {
            let intent = intent.ok_or_else(|| missing("intent_missing"))?;
            match stripe.refund(intent, action.amount, &booking, key).await {
                Err(fault) if fault.says("charge_already_refunded") => {
                    Ok(Reached::Moved(Moved { id: String::new(), amount: action.amount }))
                }
                answer => answer.map(Reached::Moved),
            }
        }
        ActionKind::Tip => tips::charge(site, stripe, work).await,
        ActionKind::Reverse => {
            let part = match next(payment) {
                Next::Reverse(at, _) => payment.transfers.get(at),
                _ => None,
            };
            let transfer = part.map(|part| part.id.as_str()).ok_or_else(|| missing("transfer_missing"))?;
            match stripe.reverse_transfer(transfer, action.amount, &booking, key).await {
                // rule: 10§2.9: already reversed is success.
                Err(StripeFault::Permanent { message, .. }) if message.contains("already fully reversed") => {
                    Ok(Reached::Moved(Moved { id: String::new(), amount: action.amount }))
                }
                answer => answer.map(Reached::Moved),
            }
        }
        ActionKind::Transfer | ActionKind::TopUp | ActionKind::TipTransfer | ActionKind::Restore => {
            let account = work.account.as_deref().ok_or_else(|| missing("account_not_onboarded"))?;
            let charge = match action.kind {
                ActionKind::Transfer => payment.charge.as_deref(),
                ActionKind::TipTransfer => payment.tip.as_ref().and_then(|tip| tip.charge.as_deref()),
                _ => None,
            };
            stripe.transfer(account, action.amount, charge, &booking, key).await.map(Reached::Moved)
        }
    }
}

/// The intent was not in the state we thought: its own state says what really happened.
async fn found(stripe: &Stripe, intent: &str) -> Call<Reached> {
    stripe.intent(intent).await.map(Reached::Intent)
}

async fn authorize(site: &Site, stripe: &Stripe, work: &Work, on_session: bool) -> Call<Reached> {
    let (action, payment) = (&work.action, &work.payment);
    // An earlier attempt that still waits for its card holder must not come alive beside this one.
    if let Some(old) = payment.intent.as_deref().filter(|_| !payment.held) {
        match stripe.cancel(old, &format!("drop_{old}")).await {
            Err(fault) if fault.is_transient() => return Err(fault),
            _ => {}
        }
    }
    let back = site.url(&format!("/payments/return/{}", action.booking_id));
    let wanted = Authorization {
        amount: action.amount,
        customer: work.customer.as_deref().ok_or_else(|| missing("customer_missing"))?,
        method: work.card.as_deref().ok_or_else(|| missing("card_missing"))?,
        return_url: on_session.then_some(back.as_str()),
        capture_now: false,
        description: &payment.description,
        booking: &action.booking_id.to_string(),
    };
    stripe.authorize(&wanted, &action.idempotency_key).await.map(Reached::Intent)
}

/// Something of ours that the call needs is not there.
pub(super) fn missing(what: &str) -> StripeFault {
    StripeFault::Permanent { status: 0, code: Some(what.into()), message: String::new() }
}
