//! What Stripe tells us by itself. Each event is taken once; it never moves money, it only makes us look.

use super::{accounts, run};
use crate::base::refusal::{Outcome, Refusal};
use crate::outside::stripe::{Stripe, WebhookEvent, WebhookRefused};
use crate::payments::model::{TipStatus, WebhookRow};
use crate::payments::tables::{ACCOUNTS, ACCOUNTS_BY_PROVIDER, PAYMENTS, PAYMENTS_BY_INTENT, WEBHOOKS};
use crate::site::Site;
use crate::store::ReadExt;

/// How an event was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Processed,
    /// Seen before, or of a kind we do not need.
    Ignored,
}

/// The kinds we look at; others are not even remembered.
const NEEDED: [&str; 4] = [
    "payment_intent.amount_capturable_updated",
    "payment_intent.payment_failed",
    "payment_intent.succeeded",
    "account.updated",
];

/// rule: 10§2.11: bad signature 400, no secret 500, duplicate ignored, transient 503, permanent 200.
pub async fn take_webhook(site: &Site, payload: &str, signature: Option<&str>) -> Outcome<Taken> {
    let bad = || Refusal::bad_request("INVALID_SIGNATURE", "The event is not signed by the provider.");
    let signature = signature.ok_or_else(bad)?;
    let event = site.part::<Stripe>()?.webhook(payload, signature, site.now()).map_err(|refused| match refused {
        WebhookRefused::NoSecret => Refusal::internal("no webhook secret is configured"),
        WebhookRefused::BadSignature => bad(),
        WebhookRefused::Unreadable => Refusal::bad_request("INVALID_EVENT", "The event cannot be read."),
    })?;
    if !NEEDED.contains(&event.kind.as_str()) || !claim(site, &event).await? {
        return Ok(Taken::Ignored);
    }
    let outcome = handle(site, &event).await;
    if let Err(refusal) = &outcome {
        tracing::warn!(event = %event.id, kind = %event.kind, %refusal, "a provider event could not be handled");
        if refusal.is_transient() {
            return Err(Refusal::unavailable("WEBHOOK_RETRY", "Send this event again later."));
        }
    }
    let id = event.id.clone();
    site.write(move |tx| {
        let Some(mut row) = tx.get(&WEBHOOKS, &id)? else { return Ok(()) };
        row.processed = true;
        tx.put(&WEBHOOKS, &id, &row)
    })
    .await?;
    Ok(outcome.unwrap_or(Taken::Ignored))
}

/// Whether this event is ours to handle now: new, or known and never finished.
async fn claim(site: &Site, event: &WebhookEvent) -> Outcome<bool> {
    let (id, kind) = (event.id.clone(), event.kind.clone());
    site.write(move |tx| {
        let mut row = tx.get(&WEBHOOKS, &id)?.unwrap_or(WebhookRow {
            source: "stripe".into(),
            kind: kind.clone(),
            received_at: tx.now(),
            retry_count: 0,
            processed: false,
        });
        if row.processed {
            return Ok(false);
        }
        row.retry_count += 1;
        tx.put(&WEBHOOKS, &id, &row)?;
        Ok(true)
    })
    .await
}

async fn handle(site: &Site, event: &WebhookEvent) -> Outcome<Taken> {
    let object = event.object["id"].as_str().unwrap_or_default().to_owned();
    match event.kind.as_str() {
        "account.updated" => {
            let key = (object,);
            let Some((user, _)) = site.read(|r| r.find(&ACCOUNTS, &ACCOUNTS_BY_PROVIDER, &key))? else {
                return Ok(Taken::Ignored);
            };
            accounts::refresh_account(site, user).await?;
            Ok(Taken::Processed)
        }
        _ => {
            let key = (object,);
            let found = site.read(|r| r.find(&PAYMENTS, &PAYMENTS_BY_INTENT, &key))?;
            let Some((booking, payment)) = found else { return Ok(Taken::Ignored) };
            // Only what waits for its card holder can be moved from outside; a settled payment never goes back.
            let tip_waits = payment.tip.as_ref().is_some_and(|tip| tip.status == TipStatus::RequiresAction);
            if payment.awaiting.is_none() && !tip_waits {
                return Ok(Taken::Ignored);
            }
            run::refresh(site, booking).await?;
            Ok(Taken::Processed)
        }
    }
}
