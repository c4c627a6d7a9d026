//! `/admin/settings/pricing`: the prices, a change tried on the last 90 days, the history (rule: 50§3, level T).
//!
//! `typed` reads what a person typed, `show` draws the form and the question before a change, `history` the versions.

mod history;
mod show;
mod typed;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::confirm::correctable;
use super::proof::prove;
use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::ops::{self, PricingPatch};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Chrome, Form, Params, see_other};
use show::{confirming, form};
use typed::Typed;

const PATH: &str = "/admin/settings/pricing";
const PHRASE: &str = "change the prices";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    saved: bool,
    /// A version whose prices shall fill the form.
    from: Option<u64>,
}

pub async fn prices(State(site): State<Site>, chrome: Chrome, Params(done): Params<Done>) -> Answer<Response> {
    let typed = site.read(|r| {
        let (config, floors, _) = ops::pricing(r)?;
        let earlier = ops::pricing_history(r)?.into_iter().find(|version| Some(version.config.version) == done.from);
        Ok(match earlier {
            Some(earlier) => {
                Typed { version: config.version.to_string(), ..Typed::of(&earlier.config, &earlier.floors) }
            }
            None => Typed::of(&config, &floors),
        })
    })?;
    form(&site, &chrome, &typed, None, done.saved)
}

/// Tries a change, and once it was seen, makes it.
pub async fn change(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let patch = match typed.patch() {
        Ok(patch) => patch,
        Err(refusal) => return form(&site, &chrome, &typed, Some(correctable(refusal)?), false),
    };
    let now = site.now();
    let tried = site.read(|r| ops::rehearse_pricing(r, now, &patch));
    let rehearsal = match tried {
        Ok((_, rehearsal)) => rehearsal,
        Err(refusal) => return form(&site, &chrome, &typed, Some(correctable(refusal)?), false),
    };
    if typed.go != "save" {
        return confirming(&site, &chrome, &actor, &typed, &rehearsal, None);
    }
    match save(&site, &actor, by, &typed, patch).await {
        Ok(()) => Ok(see_other(&format!("{PATH}?saved=true"))),
        Err(refusal) => confirming(&site, &chrome, &actor, &typed, &rehearsal, Some(correctable(refusal)?)),
    }
}

async fn save(site: &Site, actor: &Actor, by: By, typed: &Typed, patch: PricingPatch) -> Outcome<()> {
    let by = by.because(&typed.reason)?;
    prove(site, actor, PHRASE, &typed.proof).await?;
    let version = site.read(|r| Ok(ops::pricing(r)?.0.version))?;
    if version.to_string() != typed.version {
        return Err(Refusal::conflict(
            "PRICING_CHANGED",
            "Somebody changed the prices meanwhile. Begin again from them.",
        ));
    }
    ops::change_pricing(site, by, patch).await
}
