//! What Stripe tells us by itself. Each event is taken once; it never moves money, it only makes us look.

use tokio::sync::Mutex;

use super::actions::nothing_pending;
use super::{accounts, disputes, jobs, payouts, run};
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::outside::stripe::{BankPayout, Stripe, WebhookEvent, WebhookRefused};
use crate::payments::desk::{IdentityDesk, desk};
use crate::payments::events::ReviewNeeded;
use crate::payments::model::{BookingPayment, TipStatus, WebhookRow};
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
const NEEDED: [&str; 14] = [
    "payment_intent.amount_capturable_updated",
    "payment_intent.payment_failed",
    "payment_intent.succeeded",
    "account.updated",
    "charge.dispute.created",
    "charge.dispute.closed",
    "payout.created",
    "payout.updated",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
    "identity.verification_session.verified",
    "identity.verification_session.requires_input",
    "identity.verification_session.canceled",
];

/// Events that are handled side by side; one that is delivered twice at once is handled once, the second time it waits.
static LANES: [Mutex<()>; 64] = [const { Mutex::const_new(()) }; 64];

fn lane(event: &str) -> &'static Mutex<()> {
    let sum: usize = event.bytes().map(usize::from).sum();
    &LANES[sum % LANES.len()]
}

/// rule: 10§2.11: bad signature 400, no secret 500, duplicate ignored, transient 503, permanent 200.
pub async fn take_webhook(site: &Site, payload: &str, signature: Option<&str>) -> Outcome<Taken> {
    let bad = || Refusal::bad_request("INVALID_SIGNATURE", "The event is not signed by the provider.");
    let signature = signature.ok_or_else(bad)?;
    let event = site.part::<Stripe>()?.webhook(payload, signature, site.now()).map_err(|refused| match refused {
        WebhookRefused::NoSecret => Refusal::internal("no webhook secret is configured"),
        WebhookRefused::BadSignature => bad(),
        WebhookRefused::Unreadable => Refusal::bad_request("INVALID_EVENT", "The event cannot be read."),
    })?;
    if !NEEDED.contains(&event.kind.as_str()) {
        return Ok(Taken::Ignored);
    }
    let _alone = lane(&event.id).lock().await;
    if !claim(site, &event).await? {
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
    let note = match &outcome {
        Ok(Taken::Processed) => "done".to_owned(),
        Ok(Taken::Ignored) => "nothing to do".to_owned(),
        Err(refusal) => refusal.detail.clone(),
    };
    site.write(move |tx| {
        let Some(mut row) = tx.get(&WEBHOOKS, &id)? else { return Ok(()) };
        row.processed = true;
        row.note.clone_from(&note);
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
            note: String::new(),
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
        kind if kind.starts_with("charge.dispute.") => disputed(site, event).await,
        kind if kind.starts_with("payout.") => paid_out(site, event).await,
        kind if kind.starts_with("identity.") => {
            let Ok(desk) = site.part::<IdentityDesk>() else { return Ok(Taken::Ignored) };
            let known = (desk.0)(site.clone(), object).await?;
            Ok(if known { Taken::Processed } else { Taken::Ignored })
        }
        "account.updated" => {
            let key = (object,);
            let Some((user, _)) = site.read(|r| r.find(&ACCOUNTS, &ACCOUNTS_BY_PROVIDER, &key))? else {
                return Ok(Taken::Ignored);
            };
            accounts::reload_account(site, user).await?;
            Ok(Taken::Processed)
        }
        _ => {
            let key = (object,);
            let found = site.read(|r| r.find(&PAYMENTS, &PAYMENTS_BY_INTENT, &key))?;
            let Some((booking, payment)) = found else { return unheard_of(site, event) };
            // Only what waits for its card holder can be moved from outside; a settled payment never goes back.
            let tip_waits = payment.tip.as_ref().is_some_and(|tip| tip.status == TipStatus::RequiresAction);
            if payment.awaiting.is_none() && !tip_waits {
                return Ok(Taken::Ignored);
            }
            run::look(site, booking).await?;
            run::run(site, booking).await?;
            Ok(Taken::Processed)
        }
    }
}

/// The payment an intent belongs to, the lesson's own or its tip.
fn payment_of(site: &Site, intent: &str) -> Outcome<Option<(BookingId, BookingPayment)>> {
    site.read(|r| r.find(&PAYMENTS, &PAYMENTS_BY_INTENT, &(intent.to_owned(),)))
}

/// A bank disputes, or has judged. The event says what happened; an unknown payment is none of ours.
async fn disputed(site: &Site, event: &WebhookEvent) -> Outcome<Taken> {
    let text = |field: &str| event.object[field].as_str().unwrap_or_default().to_owned();
    let (id, intent, status) = (text("id"), text("payment_intent"), text("status"));
    // A bank that only inquires has not taken anything.
    if status.starts_with("warning_") {
        return Ok(Taken::Ignored);
    }
    let Some((booking, payment)) = payment_of(site, &intent)? else { return Ok(Taken::Ignored) };
    let amount = Cents(event.object["amount"].as_i64().unwrap_or_default());
    let desk = desk(site)?;
    let kind = event.kind.clone();
    if payment.intent.as_deref() != Some(intent.as_str()) {
        // A tip was passed on whole; a person decides what becomes of it.
        site.write(move |tx| tx.emit(&ReviewNeeded::of(&payment, "tip_disputed".into()))).await?;
        return Ok(Taken::Processed);
    }
    // Events come in any order: an end opens what it ends, if nobody told of the beginning.
    let opened = id.clone();
    site.write(move |tx| disputes::open_dispute(tx, booking, &opened, amount)).await?;
    run::run(site, booking).await?;
    if kind == "charge.dispute.closed" && matches!(status.as_str(), "won" | "lost") {
        let won = status == "won";
        site.write(move |tx| disputes::close_dispute(tx, desk.as_ref(), booking, &id, won)).await?;
        run::run(site, booking).await?;
        jobs::capture_if_overdue(site, booking).await?;
    }
    Ok(Taken::Processed)
}

/// rule: 10§2.11: payouts belong to the event's account.
async fn paid_out(site: &Site, event: &WebhookEvent) -> Outcome<Taken> {
    let Some(account) = event.account.clone() else { return Ok(Taken::Ignored) };
    let Some((_, account)) = site.read(|r| r.find(&ACCOUNTS, &ACCOUNTS_BY_PROVIDER, &(account,)))? else {
        return Ok(Taken::Ignored);
    };
    // What the event says, then what Stripe says of all of them by now.
    if let Some(told) = BankPayout::read(&event.object, site.now()) {
        let account = account.clone();
        site.write(move |tx| payouts::hear(tx, &account, &told)).await?;
    }
    payouts::sync_payouts(site, &account).await?;
    Ok(Taken::Processed)
}

/// A payment we do not know. If we are asking Stripe about its booking right now, its answer is on the way to us and the
/// event has to come again after it.
fn unheard_of(site: &Site, event: &WebhookEvent) -> Outcome<Taken> {
    let named = event.object["metadata"]["booking_id"].as_str().and_then(|id| id.parse().ok());
    if let Some(booking) = named {
        site.read(|r| nothing_pending(r, booking))?;
    }
    Ok(Taken::Ignored)
}
