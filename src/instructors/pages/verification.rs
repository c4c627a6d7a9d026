//! Proving who one is, at Stripe, and how the background check stands.
//!
//! The way back from Stripe is a GET because Stripe chooses it; it only reads what happened there, so that coming back
//! twice changes nothing.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Faults;
use super::frame::Sheet;
use super::own::{DASHBOARD, Own};
use super::payment;
use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp, fmt_date, utc_to_local, zone};
use crate::instructors::model::{Check, CheckStatus, Identity};
use crate::instructors::ops::identity;
use crate::site::Site;
use crate::web::components::{Button, Tone, link_button, notice, post_button, section};
use crate::web::{Answer, Chrome, Params, away, see_other};

pub(super) const PATH: &str = "/instructor/onboarding/verification";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Set by Stripe's way back.
    identity_return: String,
    /// How Stripe said the check stands.
    identity: String,
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    if !asked.identity_return.is_empty() {
        return Ok(read_anew(&site, &actor).await?);
    }
    let own = Own::load(&site, &actor)?;
    if own.through {
        return Ok(see_other(DASHBOARD));
    }
    let profile = &own.facts.profile;
    let tz = zone(&own.facts.user.timezone).unwrap_or_else(|| site.zone.clone());
    let body = html! {
        (section("identity", "Who you are", "Stripe looks at a document and at your face. The document never reaches us.",
            who(&profile.identity, &asked.identity)))
        (section("check", "Background check", "Nobody is listed without a check that is on file and not a year old.",
            check(&profile.check, site.now(), &tz)))
        div.row {
            @if own.lacks("identity") { (link_button(payment::PATH, &Button::line("Skip for now"))) }
            @else { (link_button(payment::PATH, &Button::primary("Go on"))) }
        }
    };
    let faults = Faults::default();
    let (title, lead) = ("Verification", "Families let you into their homes. This is how they can.");
    Ok(Sheet { title, lead, here: PATH, said: "", faults: &faults }.answer(&chrome, &own, body))
}

/// Opens the check at Stripe, or the one that is open already.
pub(super) async fn to_stripe(State(site): State<Site>, actor: Actor) -> Answer<Response> {
    match identity::open(&site, actor.user_id).await {
        Ok(session) => {
            let url = session.url.ok_or_else(|| Refusal::internal("an identity check without an address"))?;
            Ok(away(&url)?)
        }
        // Done meanwhile: the page says so.
        Err(refusal) if refusal.status == 400 => Ok(see_other(PATH)),
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) async fn refresh(State(site): State<Site>, actor: Actor) -> Answer<Response> {
    Ok(read_anew(&site, &actor).await?)
}

async fn read_anew(site: &Site, actor: &Actor) -> Outcome<Response> {
    let found = identity::refresh(site, actor.user_id).await?;
    Ok(see_other(&format!("{PATH}?identity={}", found.status)))
}

fn who(identity: &Identity, heard: &str) -> Markup {
    let open = |label| post_button(&format!("{PATH}/identity"), &[], &Button::primary(label).busy("Opening Stripe…"));
    html! {
        @if identity.verified_at.is_some() {
            (notice(Tone::Ok, "Your identity is verified."))
            @if identity.name_mismatch {
                (notice(Tone::Warn, html! {
                    "The last name on your document is not the one of your account. Correct " a href="/account" { "your name" }
                    " if it was misspelt, and " a href="/contact" { "write to us" } " so that we look at it; until then you cannot go live."
                }))
            }
        } @else if identity.session_id.is_some() {
            (notice(Tone::Info, match heard {
                "processing" => "Stripe is looking at your document. That takes a few minutes.",
                "canceled" => "The check was cancelled. Begin it again when you are ready.",
                "error" => "Stripe could not read your document. Try again with better light, or another document.",
                _ => "The check is open at Stripe and waits for your document.",
            }))
            div.row {
                (open("Go on at Stripe"))
                (post_button(&format!("{PATH}/refresh"), &[], &Button::line("Ask Stripe how it stands")))
            }
        } @else {
            p { "Have a passport, a driving licence or an identity card at hand. It takes about five minutes." }
            (open("Show a document"))
        }
    }
}

/// How the check stands, and what comes next, in the words of part 50 §2 B.
fn check(check: &Check, now: Timestamp, tz: &TimeZone) -> Markup {
    let day = |at: Timestamp| fmt_date(utc_to_local(at, tz).0);
    let year = |at: Timestamp| utc_to_local(at, tz).0.year();
    if let Some(until) = check.valid_until.filter(|until| now < *until) {
        return notice(
            Tone::Ok,
            html! { "Verified. It is on file and counts until " (day(until)) ", " (year(until)) "." },
        );
    }
    let (tone, words) = match check.status {
        CheckStatus::NotStarted => (Tone::Info, "Not started. Nothing is on file yet."),
        CheckStatus::Pending => (Tone::Info, "Pending. The check is being made."),
        CheckStatus::Review => (Tone::Info, "Under review. A person reads the report."),
        CheckStatus::Consider => {
            (Tone::Warn, "Needs attention. The report holds something to talk about; we write to you.")
        }
        CheckStatus::Passed => (Tone::Warn, "Run out. A check counts for a year; a new one is needed."),
        CheckStatus::Failed => (Tone::Bad, "Not passed. We wrote to you why, and what you can do."),
        CheckStatus::Canceled => (Tone::Warn, "Cancelled. A new check is needed."),
    };
    let asks = matches!(check.status, CheckStatus::NotStarted | CheckStatus::Passed | CheckStatus::Canceled);
    html! {
        (notice(tone, words))
        @if asks {
            p { "You cannot order it on this page. We have it made with your written consent and enter the result ourselves. "
                a href="/contact" { "Write to us" } " once everything else is done." }
        }
        p.muted { "You can finish all other steps meanwhile." }
    }
}
