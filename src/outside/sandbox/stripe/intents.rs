//! Payment intents: Stripe's states with manual capture, and the charge behind them.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::cards::{self, Bank};
use super::form::Form;
use super::routes::Draft;

/// The least Stripe charges, and the days a bank holds money for us.
const MINIMUM: i64 = 50;
const HOLD_SECONDS: i64 = 7 * 24 * 3600;

pub(super) fn create(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let amount = form.amount("amount")?.ok_or_else(|| Problem::missing("amount"))?;
    let currency = form.needed("currency")?;
    if amount < MINIMUM {
        return Err(Problem::coded("amount_too_small", "Amount must be at least 50 cents"));
    }
    if let Some(customer) = form.text("customer") {
        draft.of_kind("customer", customer)?;
    }
    let id = draft.new_id("pi");
    let mut intent = json!({
        "id": id, "object": "payment_intent", "amount": amount, "amount_capturable": 0, "amount_received": 0,
        "amount_details": {"tip": {}}, "application": null, "application_fee_amount": null,
        "automatic_payment_methods": null, "canceled_at": null, "cancellation_reason": null,
        "capture_method": form.text("capture_method").unwrap_or("automatic_async"),
        "client_secret": format!("{id}_secret_{}", &draft.new_id("s")[2..14]),
        "confirmation_method": form.text("confirmation_method").unwrap_or("automatic"),
        "created": draft.now, "currency": currency, "customer": form.text("customer"),
        "description": form.text("description"), "last_payment_error": null, "latest_charge": null,
        "livemode": false, "metadata": form.metadata(), "next_action": null, "on_behalf_of": null,
        "payment_method": null, "payment_method_options": {}, "payment_method_types": ["card"],
        "processing": null, "receipt_email": null, "review": null, "setup_future_usage": form.text("setup_future_usage"),
        "shipping": null, "source": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": "requires_payment_method", "transfer_data": null, "transfer_group": form.text("transfer_group"),
    });
    if let Some(method) = form.text("payment_method") {
        let method = super::customers::usable_method(draft, method, form.text("customer"))?;
        intent["payment_method"] = method["id"].clone();
        intent["status"] = "requires_confirmation".into();
    }
    draft.put(&intent);
    draft.event("payment_intent.created", &intent);
    match form.flag("confirm") {
        true => ask_the_bank(draft, intent, form),
        false => Ok(intent),
    }
}

pub(super) fn confirm(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let mut intent = draft.of_kind("payment_intent", ids.first().copied().unwrap_or_default())?;
    in_state(&intent, &["requires_payment_method", "requires_confirmation", "requires_action"], "confirmed")?;
    if let Some(method) = form.text("payment_method") {
        let method = super::customers::usable_method(draft, method, intent["customer"].as_str())?;
        intent["payment_method"] = method["id"].clone();
    }
    ask_the_bank(draft, intent, form)
}

fn ask_the_bank(draft: &mut Draft<'_>, mut intent: Value, form: &Form) -> Answer {
    let Some(method) = intent["payment_method"].as_str().and_then(|id| draft.find(id)).cloned() else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(Problem::coded("payment_intent_unexpected_state", message));
    };
    let off_session = form.flag("off_session");
    match draft.forced.unwrap_or_else(|| cards::bank_of(&method)) {
        Bank::Approves | Bank::AuthenticatesOnSetup => Ok(hold(draft, intent)),
        Bank::Declines(code, decline, message) => Err(decline_intent(draft, intent, code, decline, message)),
        Bank::Authenticates if off_session => {
            let message = "Your card was declined. This transaction requires authentication.";
            Err(decline_intent(draft, intent, "authentication_required", "authentication_required", message))
        }
        Bank::Authenticates => {
            intent["status"] = "requires_action".into();
            intent["last_payment_error"] = Value::Null;
            let id = intent["id"].as_str().unwrap_or_default();
            intent["next_action"] = match form.text("return_url") {
                Some(back) => json!({
                    "type": "redirect_to_url",
                    "redirect_to_url": {"url": draft.page(&format!("authentication/{id}")), "return_url": back}
                }),
                None => json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}),
            };
            draft.put(&intent);
            draft.event("payment_intent.requires_action", &intent);
            Ok(intent)
        }
    }
}

/// The bank approves: the money is held, or taken at once where capture is automatic.
pub(super) fn hold(draft: &mut Draft<'_>, mut intent: Value) -> Value {
    let manual = intent["capture_method"].as_str() == Some("manual");
    let amount = intent["amount"].clone();
    let charge = json!({
        "id": draft.new_id("ch"), "object": "charge", "amount": amount, "amount_refunded": 0,
        "amount_captured": if manual { json!(0) } else { amount.clone() }, "captured": !manual,
        "application": null, "application_fee": null, "application_fee_amount": null, "balance_transaction": null,
        "billing_details": {"address": null, "email": null, "name": null, "phone": null},
        "created": draft.now, "currency": intent["currency"], "customer": intent["customer"],
        "description": intent["description"], "disputed": false, "failure_code": null, "failure_message": null,
        "livemode": false, "metadata": intent["metadata"], "paid": true, "payment_intent": intent["id"],
        "payment_method": intent["payment_method"], "refunded": false, "status": "succeeded",
        "transfer_group": intent["transfer_group"],
    });
    draft.put(&charge);
    intent["latest_charge"] = charge["id"].clone();
    intent["next_action"] = Value::Null;
    intent["last_payment_error"] = Value::Null;
    if manual {
        intent["status"] = "requires_capture".into();
        intent["amount_capturable"] = amount;
    } else {
        intent["status"] = "succeeded".into();
        intent["amount_received"] = amount;
    }
    draft.put(&intent);
    let kind = if manual { "payment_intent.amount_capturable_updated" } else { "payment_intent.succeeded" };
    draft.event(kind, &intent);
    intent
}

/// The bank refuses: the intent waits for another card, and the caller is told so.
pub(super) fn decline_intent(
    draft: &mut Draft<'_>,
    mut intent: Value,
    code: &str,
    decline: &str,
    message: &str,
) -> Problem {
    intent["payment_method"] = Value::Null;
    intent["status"] = "requires_payment_method".into();
    intent["next_action"] = Value::Null;
    intent["last_payment_error"] =
        json!({"type": "card_error", "code": code, "decline_code": decline, "message": message});
    draft.put(&intent);
    draft.event("payment_intent.payment_failed", &intent);
    Problem::card(code, decline, message, Some(&intent))
}

pub(super) fn capture(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let mut intent = draft.of_kind("payment_intent", ids.first().copied().unwrap_or_default())?;
    in_state(&intent, &["requires_capture"], "captured")?;
    let charge_id = intent["latest_charge"].as_str().unwrap_or_default().to_owned();
    let mut charge = draft.of_kind("charge", &charge_id)?;
    if draft.now - charge["created"].as_i64().unwrap_or_default() > HOLD_SECONDS {
        release(draft, &mut intent, "automatic");
        return Err(Problem::coded("charge_expired_for_capture", "The authorization for this charge has expired."));
    }
    let held = intent["amount_capturable"].as_i64().unwrap_or_default();
    let amount = form.amount("amount_to_capture")?.unwrap_or(held);
    if amount > held {
        return Err(Problem::coded("amount_too_large", "The amount to capture is greater than the amount held."));
    }
    charge["captured"] = true.into();
    charge["amount_captured"] = amount.into();
    // What is not captured is given back, as Stripe books it.
    charge["amount_refunded"] = (held - amount).into();
    draft.put(&charge);
    intent["status"] = "succeeded".into();
    intent["amount_capturable"] = 0.into();
    intent["amount_received"] = amount.into();
    draft.put(&intent);
    draft.event("payment_intent.succeeded", &intent);
    Ok(intent)
}

pub(super) fn cancel(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let mut intent = draft.of_kind("payment_intent", ids.first().copied().unwrap_or_default())?;
    let open = ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"];
    in_state(&intent, &open, "canceled")?;
    release(draft, &mut intent, form.text("cancellation_reason").unwrap_or("requested_by_customer"));
    Ok(intent)
}

fn release(draft: &mut Draft<'_>, intent: &mut Value, reason: &str) {
    if let Some(mut charge) = intent["latest_charge"].as_str().and_then(|id| draft.find(id)).cloned() {
        charge["refunded"] = true.into();
        charge["amount_refunded"] = charge["amount"].clone();
        draft.put(&charge);
    }
    intent["status"] = "canceled".into();
    intent["amount_capturable"] = 0.into();
    intent["canceled_at"] = draft.now.into();
    intent["cancellation_reason"] = reason.into();
    intent["next_action"] = Value::Null;
    draft.put(intent);
    draft.event("payment_intent.canceled", intent);
}

fn in_state(intent: &Value, wanted: &[&str], verb: &str) -> Result<(), Problem> {
    let status = intent["status"].as_str().unwrap_or_default();
    if wanted.contains(&status) {
        return Ok(());
    }
    let message = format!("This PaymentIntent could not be {verb} because it has a status of {status}.");
    Err(Problem::coded("payment_intent_unexpected_state", &message))
}
