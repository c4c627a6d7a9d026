//! Tips: charged at once to the student's card, passed on whole to the instructor (rule: 10§2.10).
//!
//! A tip never stands in the way of the review it comes with: whatever goes wrong is its status, not a refusal.

use super::actions::{begin, nothing_pending};
use super::record::Reached;
use super::run::{Work, missing};
use super::settle::about;
use crate::base::id::{BookingId, ReviewId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::outside::stripe::{Authorization, Call, Intent, IntentStatus, Stripe, StripeFault};
use crate::payments::events::{PayoutSent, ReviewNeeded};
use crate::payments::ledger::{self, Account, EntryKind};
use crate::payments::model::{ActionKind, BookingPayment, Tip, TipStatus};
use crate::payments::tables::{self, PAYMENTS};
use crate::site::Site;
use crate::store::Tx;

/// Records the wish, in the write of the review; `ops::run` charges. Once per booking: a second wish changes nothing.
pub fn plan_tip(tx: &mut Tx, booking: BookingId, review_id: ReviewId, amount: Cents) -> Outcome<TipStatus> {
    let mut payment = tables::payment(tx, booking)?;
    if let Some(tip) = &payment.tip {
        return Ok(tip.status);
    }
    let default = super::cards::cards(tx, payment.student_id)?.into_iter().find(|card| card.is_default);
    let Some(method_id) = default.map(|card| card.id).or(payment.method_id) else {
        return Ok(TipStatus::RequiresPaymentMethod);
    };
    let onboarded = tables::account(tx, payment.instructor_id)?.is_some_and(|account| account.onboarded());
    let waiting = onboarded && tables::pending(tx, booking)?.is_some();
    let status = if onboarded { TipStatus::Processing } else { TipStatus::Failed };
    let (intent, charge, client_secret, action_url) = (None, None, None, None);
    payment.tip =
        Some(Tip { review_id, amount, status, method_id, intent, charge, client_secret, action_url, waiting });
    payment.version += 1;
    tx.put(&PAYMENTS, &booking, &payment)?;
    if onboarded && !waiting {
        begin(tx, &payment, ActionKind::Tip, amount)?;
    }
    Ok(status)
}

/// The call that a tip waited for has ended, and none follows it.
pub(super) fn begin_waiting(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    let Some(tip) = payment.tip.as_mut().filter(|tip| tip.waiting) else { return Ok(()) };
    if tables::pending(tx, booking)?.is_some() {
        return Ok(());
    }
    tip.waiting = false;
    let amount = tip.amount;
    payment.version += 1;
    tx.put(&PAYMENTS, &booking, &payment)?;
    begin(tx, &payment, ActionKind::Tip, amount)
}

pub(super) async fn charge(site: &Site, stripe: &Stripe, work: &Work) -> Call<Reached> {
    let booking = work.action.booking_id.to_string();
    let back = site.url(&format!("/payments/return/{booking}"));
    let wanted = Authorization {
        amount: work.action.amount,
        customer: work.customer.as_deref().ok_or_else(|| missing("customer_missing"))?,
        method: work.card.as_deref().ok_or_else(|| missing("card_missing"))?,
        return_url: Some(&back),
        capture_now: true,
        description: &format!("Tip: {}", work.payment.description),
        booking: &booking,
    };
    stripe.authorize(&wanted, &work.action.idempotency_key).await.map(Reached::Intent)
}

/// What the bank said to a tip.
pub(super) fn charged(tx: &mut Tx, mut payment: BookingPayment, answer: &Call<Reached>) -> Outcome<()> {
    let Some(tip) = payment.tip.as_mut() else { return Ok(()) };
    tip.client_secret = None;
    tip.action_url = None;
    tip.status = match answer {
        Ok(Reached::Intent(intent)) => {
            tip.intent = Some(intent.id.clone());
            tip.charge.clone_from(&intent.charge);
            match intent.status {
                IntentStatus::Succeeded => TipStatus::Processing,
                IntentStatus::RequiresAction => {
                    tip.client_secret.clone_from(&intent.client_secret);
                    tip.action_url.clone_from(&intent.action_url);
                    TipStatus::RequiresAction
                }
                _ => TipStatus::RequiresPaymentMethod,
            }
        }
        Err(StripeFault::Declined { .. } | StripeFault::RequiresAction { .. }) => TipStatus::RequiresPaymentMethod,
        Ok(Reached::Moved(_)) | Err(_) => TipStatus::Failed,
    };
    let (amount, taken) = (tip.amount, tip.status == TipStatus::Processing);
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    if !taken {
        return Ok(());
    }
    ledger::post(tx, EntryKind::TipCharged, about(&payment), Account::Cash, Account::Tips, amount)?;
    begin(tx, &payment, ActionKind::TipTransfer, amount)
}

/// Where a tip stands that waited for its card holder.
pub(super) fn record_waiting(tx: &mut Tx, booking: BookingId, intent: &Intent) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    let waits = payment.tip.as_ref().is_some_and(|tip| {
        tip.status == TipStatus::RequiresAction && tip.intent.as_deref() == Some(intent.id.as_str())
    });
    if !waits || intent.status == IntentStatus::RequiresAction {
        return Ok(());
    }
    nothing_pending(tx, booking)?;
    payment.version += 1;
    charged(tx, payment, &Ok(Reached::Intent(intent.clone())))
}

pub(super) fn passed_on(tx: &mut Tx, mut payment: BookingPayment, answer: &Call<Reached>) -> Outcome<()> {
    let Some(tip) = payment.tip.as_mut() else { return Ok(()) };
    let amount = tip.amount;
    if answer.is_ok() {
        tip.status = TipStatus::Succeeded;
        tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
        tx.emit(&PayoutSent::of(&payment, amount))?;
        return ledger::post(tx, EntryKind::Tip, about(&payment), Account::Tips, Account::Cash, amount);
    }
    // The student has paid; a person has to see that the instructor gets it. The lesson's own money is untouched.
    tx.emit(&ReviewNeeded::of(&payment, "tip_not_passed_on".into()))?;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}
