//! What a change of money asks besides a reason: words typed out, and who really sits there (rule: 50§3, level T).

use maud::{Markup, html};
use serde::Deserialize;

use crate::accounts;
use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::web::components::{Field, field};

/// The typed answer, part of every such form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Proof {
    pub phrase: String,
    pub password: String,
    /// The authenticator's, where one is on.
    pub code: String,
}

/// Somebody who proved themselves within the last ten minutes is not asked again.
fn is_fresh(site: &Site, actor: &Actor) -> bool {
    actor.elevated_until.is_some_and(|until| site.now() < until)
}

/// The fields of the proof; `phrase` is what has to be typed.
pub fn fields(site: &Site, actor: &Actor, phrase: &str, refused: Option<&Refusal>) -> Markup {
    let at = |name: &str| refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let hint = format!("Type: {phrase}");
    html! {
        (field(&Field {
            name: "phrase",
            label: "To be sure",
            hint: &hint,
            error: at("phrase"),
            autocomplete: "off",
            required: true,
            ..Field::default()
        }))
        @if !is_fresh(site, actor) {
            (field(&Field {
                name: "password",
                label: "Your password",
                kind: "password",
                error: at("password"),
                autocomplete: "current-password",
                required: true,
                ..Field::default()
            }))
            (field(&Field {
                name: "code",
                label: "Your authenticator’s code",
                hint: "Only if you sign in with one.",
                error: at("code"),
                inputmode: "numeric",
                autocomplete: "one-time-code",
                optional: true,
                ..Field::default()
            }))
        }
    }
}

/// Judges the proof. A password that fits counts for ten minutes.
pub async fn prove(site: &Site, actor: &Actor, phrase: &str, proof: &Proof) -> Outcome<()> {
    if proof.phrase.trim() != phrase {
        return Err(Refusal::invalid("phrase", format!("Type exactly: {phrase}")));
    }
    if is_fresh(site, actor) {
        return Ok(());
    }
    let code = Some(proof.code.trim()).filter(|code| !code.is_empty());
    match accounts::ops::step_up::reauth(site, actor, &proof.password, code).await {
        Ok(_) => Ok(()),
        Err(refusal) if refusal.status == 401 && refusal.errors.is_empty() => {
            Err(Refusal::invalid("password", "The password is not right."))
        }
        Err(refusal) if refusal.status == 401 => Err(Refusal { status: 422, ..refusal }),
        Err(refusal) => Err(refusal),
    }
}
