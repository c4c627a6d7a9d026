//! Calls that nobody heard the answer of for so long that Stripe has forgotten their keys: sent again they would charge
//! or pay a second time, so Stripe is asked first what they came to (rule: 10§2.11, a crash repeats, never doubles).
//! Calls that Stripe itself made fail are asked about the same way: what failed may have happened all the same.

use super::record::Reached;
use super::run::Work;
use crate::base::time::plus_hours;
use crate::outside::stripe::{Call, IntentStatus, KEY_HOURS, Stripe, StripeFault};
use crate::payments::model::ActionKind;
use crate::payments::rules::corrections::{Next, next};
use crate::site::Site;

/// What an old call did, if it did anything. Captures and releases need no question: a hold ends only once.
pub(super) async fn found(site: &Site, stripe: &Stripe, work: &Work) -> Call<Option<Reached>> {
    let once = matches!(work.action.kind, ActionKind::Capture | ActionKind::Release);
    if once || site.now() < plus_hours(work.action.created_at, KEY_HOURS) {
        return Ok(None);
    }
    came_to(stripe, work).await
}

/// Stripe failed as often as it was asked: what was asked is done, or it has failed for good.
pub(super) async fn unless_done(stripe: &Stripe, work: &Work, message: String) -> Call<Reached> {
    let failed = StripeFault::Permanent { status: 500, code: Some("provider_failed".into()), message };
    came_to(stripe, work).await?.ok_or(failed)
}

async fn came_to(stripe: &Stripe, work: &Work) -> Call<Option<Reached>> {
    let action = &work.action;
    let (key, booking) = (action.idempotency_key.as_str(), action.booking_id.to_string());
    match (action.kind, &work.customer) {
        (ActionKind::Authorize { .. } | ActionKind::Tip, Some(customer)) => {
            Ok(stripe.find_intent(customer, key).await?.map(Reached::Intent))
        }
        (ActionKind::Transfer | ActionKind::TopUp | ActionKind::TipTransfer | ActionKind::Restore, _) => {
            Ok(stripe.find_transfer(&booking, key).await?.map(Reached::Moved))
        }
        (ActionKind::Refund, _) => match &work.payment.intent {
            Some(intent) => Ok(stripe.find_refund(intent, key).await?.map(Reached::Moved)),
            None => Ok(None),
        },
        (ActionKind::Capture, _) => match &work.payment.intent {
            Some(intent) => {
                let intent = stripe.intent(intent).await?;
                Ok((intent.status != IntentStatus::RequiresCapture).then_some(Reached::Intent(intent)))
            }
            None => Ok(None),
        },
        (ActionKind::Reverse, _) => match next(&work.payment) {
            Next::Reverse(at, _) => match work.payment.transfers.get(at) {
                Some(part) => Ok(stripe.find_reversal(&part.id, key).await?.map(Reached::Moved)),
                None => Ok(None),
            },
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}
