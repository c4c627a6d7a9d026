//! Calls that nobody heard the answer of for so long that Stripe has forgotten their keys: sent again they would charge
//! or pay a second time, so Stripe is asked first what they came to (rule: 10§2.11, a crash repeats, never doubles).

use super::record::Reached;
use super::run::Work;
use crate::base::time::plus_hours;
use crate::outside::stripe::{Call, KEY_HOURS, Stripe};
use crate::payments::model::ActionKind;
use crate::site::Site;

/// What an old call did, if it did anything. Captures, releases and refunds need no question: what they move can move
/// only once.
pub(super) async fn found(site: &Site, stripe: &Stripe, work: &Work) -> Call<Option<Reached>> {
    let action = &work.action;
    if site.now() < plus_hours(action.created_at, KEY_HOURS) {
        return Ok(None);
    }
    let (key, booking) = (action.idempotency_key.as_str(), action.booking_id.to_string());
    match (action.kind, &work.customer) {
        (ActionKind::Authorize { .. } | ActionKind::Tip, Some(customer)) => {
            Ok(stripe.find_intent(customer, key).await?.map(Reached::Intent))
        }
        (ActionKind::Transfer | ActionKind::TopUp | ActionKind::TipTransfer, _) => {
            Ok(stripe.find_transfer(&booking, key).await?.map(Reached::Moved))
        }
        _ => Ok(None),
    }
}
