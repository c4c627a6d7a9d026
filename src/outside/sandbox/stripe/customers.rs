//! Customers, the cards they keep, and setting a card up for later use.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::cards;
use super::form::Form;
use super::routes::{self, Draft};

pub(super) fn create(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let customer = json!({
        "id": draft.new_id("cus"), "object": "customer", "created": draft.now, "livemode": false,
        "email": form.text("email"), "name": form.text("name"), "metadata": form.metadata(),
        "balance": 0, "delinquent": false, "default_source": null, "address": null, "phone": null,
    });
    draft.put(&customer);
    Ok(customer)
}

/// The saved card `id` names; a test token makes a new one. A card of another customer is refused.
pub(super) fn usable_method(draft: &mut Draft<'_>, id: &str, customer: Option<&str>) -> Answer {
    if let Some(card) = cards::by_token(id) {
        let method = cards::method_object(&draft.new_id("pm"), card, draft.now, draft.year());
        draft.put(&method);
        return Ok(method);
    }
    let method = draft.find(id).filter(|o| o["object"] == "payment_method").cloned();
    let method = method.ok_or_else(|| {
        let mut problem = Problem::absent("PaymentMethod", id);
        problem.status = 400;
        problem
    })?;
    match method["customer"].as_str() {
        Some(owner) if customer != Some(owner) => {
            Err(Problem::invalid("The payment method belongs to a different customer.", Some("payment_method")))
        }
        _ => Ok(method),
    }
}

pub(super) fn attach(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let customer = form.needed("customer")?.to_owned();
    draft.of_kind("customer", &customer)?;
    let mut method = usable_method(draft, ids.first().copied().unwrap_or_default(), Some(&customer))?;
    method["customer"] = customer.into();
    draft.put(&method);
    draft.event("payment_method.attached", &method);
    Ok(method)
}

pub(super) fn detach(draft: &mut Draft<'_>, _: &Form, ids: &[&str]) -> Answer {
    let mut method = draft.of_kind("payment_method", ids.first().copied().unwrap_or_default())?;
    if method["customer"].is_null() {
        return Err(Problem::invalid("The payment method you provided is not attached to a customer.", None));
    }
    method["customer"] = Value::Null;
    draft.put(&method);
    draft.event("payment_method.detached", &method);
    Ok(method)
}

pub(super) fn list_methods(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let customer = match ids.first() {
        Some(id) => (*id).to_owned(),
        None => form.needed("customer")?.to_owned(),
    };
    draft.of_kind("customer", &customer)?;
    let owned: Vec<Value> =
        draft.all("payment_method").filter(|m| m["customer"].as_str() == Some(&customer)).cloned().collect();
    Ok(routes::page_of(owned, form, "/v1/payment_methods"))
}

pub(super) fn create_setup(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    if let Some(customer) = form.text("customer") {
        draft.of_kind("customer", customer)?;
    }
    let setup = setup_object(draft, form.text("customer"), form.metadata());
    draft.put(&setup);
    match form.text("payment_method") {
        Some(method) if form.flag("confirm") => set_up(draft, setup, method),
        _ => Ok(setup),
    }
}

pub(super) fn setup_object(draft: &Draft<'_>, customer: Option<&str>, metadata: Value) -> Value {
    let id = draft.new_id("seti");
    json!({
        "client_secret": format!("{id}_secret_{}", &draft.new_id("s")[2..14]),
        "id": id, "object": "setup_intent", "created": draft.now, "customer": customer, "livemode": false,
        "application": null, "cancellation_reason": null, "description": null, "last_setup_error": null,
        "latest_attempt": null, "mandate": null, "metadata": metadata, "next_action": null, "on_behalf_of": null,
        "payment_method": null, "payment_method_options": null, "payment_method_types": ["card"],
        "single_use_mandate": null, "status": "requires_payment_method", "usage": "off_session",
    })
}

pub(super) fn confirm_setup(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let setup = draft.of_kind("setup_intent", ids.first().copied().unwrap_or_default())?;
    let method = form.needed("payment_method")?.to_owned();
    set_up(draft, setup, &method)
}

/// The card is kept for later: attached to the customer, the intent done.
pub(super) fn set_up(draft: &mut Draft<'_>, mut setup: Value, method: &str) -> Answer {
    if setup["status"].as_str() == Some("succeeded") {
        let message = "This SetupIntent has already succeeded.";
        return Err(Problem::coded("setup_intent_unexpected_state", message));
    }
    let customer = setup["customer"].as_str().map(str::to_owned);
    let mut method = usable_method(draft, method, customer.as_deref())?;
    method["customer"] = customer.into();
    draft.put(&method);
    setup["payment_method"] = method["id"].clone();
    setup["status"] = "succeeded".into();
    draft.put(&setup);
    draft.event("payment_method.attached", &method);
    draft.event("setup_intent.succeeded", &setup);
    Ok(setup)
}
