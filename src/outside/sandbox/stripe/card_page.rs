//! The data behind the two hosted pages: typing in a card, and proving to the bank that it is yours.
//!
//! On Stripe these pages are Stripe's. In the sandbox the marketplace serves them under `/sandbox/…` from what this
//! file answers; nobody types a number, they choose a test card.

use serde_json::{Value, json};

use super::StandIn;
use super::answer::{Answer, Problem};
use super::form::Form;
use super::routes::Draft;
use super::{customers, intents};
use crate::base::refusal::Outcome;

/// Seconds a visit to the card page stays open.
const OPEN_SECONDS: i64 = 24 * 3600;

/// A test card that the sandbox's card page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardChoice {
    pub token: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
}

const CHOICES: [CardChoice; 5] = [
    CardChoice { token: "pm_card_visa", label: "Visa ending 4242", hint: "Every payment goes through." },
    CardChoice { token: "pm_card_mastercard", label: "Mastercard ending 4444", hint: "Every payment goes through." },
    CardChoice { token: "pm_card_chargeDeclined", label: "Visa ending 0002", hint: "The bank declines every payment." },
    CardChoice {
        token: "pm_card_chargeDeclinedInsufficientFunds",
        label: "Visa ending 9995",
        hint: "There is never enough money on it.",
    },
    CardChoice {
        token: "pm_card_authenticationRequired",
        label: "Visa ending 3184",
        hint: "The bank asks you to confirm each payment (3-D Secure).",
    },
];

/// What the card page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardPage {
    pub session: String,
    /// `open`, `complete` or `expired`.
    pub status: String,
    pub cancel_url: Option<String>,
    pub choices: &'static [CardChoice],
}

/// What the bank's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationPage {
    pub intent: String,
    pub amount: i64,
    pub description: Option<String>,
    pub waiting: bool,
    pub return_url: Option<String>,
}

pub(super) fn create(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    if form.needed("mode")? != "setup" {
        return Err(Problem::invalid("Only setup mode is offered here.", Some("mode")));
    }
    let success = form.needed("success_url")?.to_owned();
    if let Some(customer) = form.text("customer") {
        draft.of_kind("customer", customer)?;
    }
    let setup = customers::setup_object(draft, form.text("customer"), form.metadata());
    draft.put(&setup);
    let id = draft.new_id("cs_test");
    let session = json!({
        "id": id, "object": "checkout.session", "mode": "setup", "status": "open", "payment_status": "no_payment_required",
        "url": draft.page(&format!("checkout/{id}")), "success_url": success, "cancel_url": form.text("cancel_url"),
        "created": draft.now, "expires_at": draft.now + OPEN_SECONDS, "livemode": false,
        "currency": form.text("currency"), "customer": form.text("customer"), "setup_intent": setup["id"],
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
        "custom_fields": [], "shipping_options": [], "payment_method_types": ["card"],
        "custom_text": {"after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null},
        "metadata": form.metadata(), "payment_intent": null, "amount_total": null, "amount_subtotal": null,
    });
    draft.put(&session);
    Ok(session)
}

impl StandIn {
    pub fn card_page(&self, session: &str) -> Outcome<CardPage> {
        let found = self.act(|draft| draft.of_kind("checkout.session", session))?;
        let expired = found["expires_at"].as_i64().unwrap_or_default() <= self.inner.clock.now().as_second();
        let status = match found["status"].as_str() {
            Some("open") if expired => "expired",
            Some(status) => status,
            None => "expired",
        };
        Ok(CardPage {
            session: session.to_owned(),
            status: status.to_owned(),
            cancel_url: found["cancel_url"].as_str().map(str::to_owned),
            choices: &CHOICES,
        })
    }

    /// The visitor chose a card: it is saved, the visit is complete; answers where to send them.
    pub fn complete_card_page(&self, session: &str, token: &str) -> Outcome<String> {
        self.act(|draft| {
            let mut visit = draft.of_kind("checkout.session", session)?;
            let open = visit["status"] == "open" && visit["expires_at"].as_i64().unwrap_or_default() > draft.now;
            if visit["status"] != "complete" {
                if !open {
                    return Err(Problem::invalid("This card page has expired.", None));
                }
                let setup = draft.of_kind("setup_intent", visit["setup_intent"].as_str().unwrap_or_default())?;
                customers::set_up(draft, setup, token)?;
                visit["status"] = "complete".into();
                visit["url"] = Value::Null;
                draft.put(&visit);
                draft.event("checkout.session.completed", &visit);
            }
            Ok(json!(visit["success_url"].as_str().unwrap_or_default().replace("{CHECKOUT_SESSION_ID}", session)))
        })
        .map(|url| url.as_str().unwrap_or_default().to_owned())
    }

    pub fn authentication_page(&self, intent: &str) -> Outcome<AuthenticationPage> {
        let found = self.act(|draft| draft.of_kind("payment_intent", intent))?;
        Ok(AuthenticationPage {
            intent: intent.to_owned(),
            amount: found["amount"].as_i64().unwrap_or_default(),
            description: found["description"].as_str().map(str::to_owned),
            waiting: found["status"] == "requires_action",
            return_url: found["next_action"]["redirect_to_url"]["return_url"].as_str().map(str::to_owned),
        })
    }

    /// The visitor proved, or failed to prove, that the card is theirs; answers where to send them.
    pub fn finish_authentication(&self, intent: &str, proved: bool) -> Outcome<String> {
        self.act(|draft| {
            let intent = draft.of_kind("payment_intent", intent)?;
            if intent["status"] != "requires_action" {
                return Err(Problem::invalid("This payment is not waiting for you.", None));
            }
            let back = intent["next_action"]["redirect_to_url"]["return_url"].clone();
            if proved {
                intents::hold(draft, intent);
            } else {
                let message = "We are unable to authenticate your payment method.";
                let code = "payment_intent_authentication_failure";
                intents::decline_intent(draft, intent, code, "authentication_not_handled", message);
            }
            Ok(back)
        })
        .map(|url| url.as_str().unwrap_or_default().to_owned())
    }
}
