//! Instructors' accounts and identity checks; a person finishes both on pages that are not ours.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::form::Form;
use super::routes::Draft;

/// Seconds an onboarding link is good for.
const LINK_SECONDS: i64 = 300;

pub(super) fn create(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let account = json!({
        "id": draft.new_id("acct"), "object": "account", "type": form.text("type").unwrap_or("express"),
        "business_type": null, "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "charges_enabled": false, "payouts_enabled": false, "details_submitted": false, "country": "US",
        "created": draft.now, "default_currency": "usd", "email": form.text("email"), "metadata": form.metadata(),
        "requirements": requirements(&["external_account", "individual.verification.document", "tos_acceptance.date"]),
        "settings": {
            "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
            "card_payments": {"decline_on": {"avs_failure": false, "cvc_failure": false}},
            "dashboard": {"display_name": null, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": null},
            "payouts": {"debit_negative_balances": true, "schedule": {"delay_days": 2, "interval": "daily"}}
        },
    });
    draft.put(&account);
    Ok(account)
}

fn requirements(due: &[&str]) -> Value {
    json!({"alternatives": [], "current_deadline": null, "currently_due": due, "disabled_reason": null, "errors": [],
           "eventually_due": due, "past_due": [], "pending_verification": []})
}

pub(super) fn update(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    // A new schedule holds from now on.
    super::paydays::catch_up(draft, ids.first().copied().unwrap_or_default());
    let mut account = draft.of_kind("account", ids.first().copied().unwrap_or_default())?;
    let settings = Value::Object(form.group("settings"));
    if let Some(schedule) = settings["payouts"]["schedule"].as_object() {
        for (name, value) in schedule {
            account["settings"]["payouts"]["schedule"][name] = value.clone();
        }
    }
    draft.put(&account);
    Ok(account)
}

pub(super) fn link(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let id = form.needed("account")?.to_owned();
    let mut account = draft.of_kind("account", &id)?;
    account["stand_in_return_url"] = form.text("return_url").into();
    draft.put(&account);
    let url = draft.page(&format!("connect/{id}"));
    Ok(json!({"object": "account_link", "created": draft.now, "expires_at": draft.now + LINK_SECONDS, "url": url}))
}

pub(super) fn login_link(draft: &mut Draft<'_>, _: &Form, ids: &[&str]) -> Answer {
    let account = draft.of_kind("account", ids.first().copied().unwrap_or_default())?;
    let url = draft.page(&format!("connect/{}", account["id"].as_str().unwrap_or_default()));
    Ok(json!({"object": "login_link", "created": draft.now, "url": url}))
}

/// Everything Stripe asked for is filled in.
pub(super) fn finish(draft: &mut Draft<'_>, id: &str) -> Answer {
    let mut account = draft.of_kind("account", id)?;
    for done in ["charges_enabled", "payouts_enabled", "details_submitted"] {
        account[done] = true.into();
    }
    // Paydays count from here.
    account["stand_in_paid_until"] = draft.now.into();
    account["capabilities"] = json!({"card_payments": "active", "transfers": "active"});
    account["requirements"] = requirements(&[]);
    draft.put(&account);
    draft.event("account.updated", &account);
    Ok(account)
}

pub(super) fn create_identity(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let id = draft.new_id("vs");
    let session = json!({
        "client_secret": format!("{id}_secret_{}", &draft.new_id("s")[2..14]), "url": draft.page(&format!("identity/{id}")),
        "id": id, "object": "identity.verification_session", "created": draft.now, "livemode": false,
        "last_error": null, "last_verification_report": null, "metadata": form.metadata(), "options": {},
        "status": "requires_input", "type": form.text("type").unwrap_or("document"),
        "stand_in_return_url": form.text("return_url"),
    });
    draft.put(&session);
    Ok(session)
}

/// A document was shown; with a name where somebody says which stands on it.
pub(super) fn verify_identity(draft: &mut Draft<'_>, id: &str, name: Option<(&str, &str)>) -> Answer {
    let mut session = draft.of_kind("identity.verification_session", id)?;
    if session["status"] == "canceled" {
        return Err(Problem::invalid("This session was canceled.", None));
    }
    session["status"] = "verified".into();
    if let Some((first_name, last_name)) = name {
        session["verified_outputs"] = json!({
            "address": null, "dob": null, "email": null, "first_name": first_name, "id_number": null,
            "id_number_type": null, "last_name": last_name, "phone": null, "sex": null,
            "unparsed_place_of_birth": null, "unparsed_sex": null,
        });
    }
    draft.put(&session);
    draft.event("identity.verification_session.verified", &session);
    Ok(session)
}
