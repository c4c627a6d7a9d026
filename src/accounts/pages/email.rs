//! Changing one's address: the new one is proven by a code, the old one agrees by a link.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::own::{Sheet, is_fresh, or_prove, prove_first};
use super::{Refused, correctable};
use crate::accounts::model::EmailChangeStage;
use crate::accounts::must_user;
use crate::accounts::ops::{change_email as ops, email_code};
use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, Tone, button, field, link_button, notice, section};
use crate::web::{Answer, Chrome, Form, Head, Params, page, see_other};

const HERE: &str = "/account/email";

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    Ok(render(&site, &chrome, &actor, &Refused::default(), None)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    email: String,
    code: String,
}

/// Sends a code to the new address.
pub(super) async fn send_code(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Input>,
) -> Answer<Response> {
    if !is_fresh(&site, &actor) {
        return Ok(see_other("/account/prove?next=%2Faccount%2Femail"));
    }
    match email_code::send(&site, &input.email).await {
        Ok(()) => Ok(render(&site, &chrome, &actor, &Refused::default(), Some(&input.email))?),
        Err(refusal) => Ok(render(&site, &chrome, &actor, &correctable(refusal)?, None)?),
    }
}

/// Trades the code for a proof and asks the old address.
pub(super) async fn ask(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(input): Form<Input>,
) -> Answer<Response> {
    let asked = match email_code::verify(&site, &input.email, &input.code).await {
        Ok(proof) => ops::ask(&site, &actor, by, &input.email, &proof).await,
        Err(refusal) => Err(refusal),
    };
    match asked {
        Ok(()) => Ok(see_other("/account/security?done=email")),
        Err(refusal) if refusal.code == "REAUTH_REQUIRED" => Ok(or_prove(refusal, HERE)?),
        Err(refusal) => {
            let again = (refusal.code != "EMAIL_TAKEN").then_some(input.email.as_str());
            Ok(render(&site, &chrome, &actor, &correctable(refusal)?, again)?)
        }
    }
}

fn render(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    refused: &Refused,
    new: Option<&str>,
) -> Result<Response, Refusal> {
    let user = site.read(|r| must_user(r, actor.user_id))?;
    let sheet = Sheet {
        title: "Your e-mail address",
        lead: &format!("Now: {}", user.email),
        tab: super::security::HERE,
        said: "",
        refused,
        catch_all: if new.is_some() { "code" } else { "email" },
    };
    let body = match new {
        _ if !is_fresh(site, actor) => prove_first(HERE, "Another address takes a fresh proof that it is you."),
        None => section(
            "new",
            "The new address",
            "We send it a code, so that nobody's mistake gets your mail.",
            address_form(refused),
        ),
        Some(new) => section("code-part", "The code", "It works for five minutes.", code_form(site, new, refused)?),
    };
    Ok(sheet.answer(chrome, body))
}

fn address_form(refused: &Refused) -> Markup {
    let email = Field {
        name: "email",
        label: "New e-mail address",
        kind: "email",
        autocomplete: "email",
        error: refused.at("email", "email").or(refused.at("new_email", "")),
        required: true,
        maxlength: Some(254),
        ..Field::default()
    };
    html! {
        form.stack method="post" action="/account/email/code" {
            (field(&email))
            div.row { (button(&Button::primary("Send the code").busy("Sending…"))) }
        }
        p.small.muted { "Your old address must agree by a link, and can take the change back for three days." }
    }
}

fn code_form(site: &Site, new: &str, refused: &Refused) -> Result<Markup, Refusal> {
    let code = Field {
        name: "code",
        label: "The six digits",
        inputmode: "numeric",
        autocomplete: "one-time-code",
        class: "in--code",
        error: refused.at("code", "code"),
        required: true,
        maxlength: Some(6),
        ..Field::default()
    };
    let peek = email_code::sandbox_code(site, &crate::base::text::normal_email(new))?;
    Ok(html! {
        p { "We sent six digits to " b { (new) } "." }
        @if let Some(code) = peek { (notice(Tone::Info, html! { "Sandbox: no mail leaves this machine. The code is " b { (code) } "." })) }
        form.stack method="post" action="/account/email" {
            input type="hidden" name="email" value=(new);
            (field(&code))
            div.row { (button(&Button::primary("Ask my old address").busy("Checking…"))) (link_button(HERE, &Button::line("Another address"))) }
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    token: String,
}

pub(super) async fn show_link(
    State(site): State<Site>,
    chrome: Chrome,
    Params(link): Params<Link>,
) -> Answer<Response> {
    Ok(link_page(&site, &chrome, &link.token))
}

fn link_page(site: &Site, chrome: &Chrome, token: &str) -> Response {
    let (title, words, verb) = match ops::of_link(site, token) {
        Err(refusal) => return said(chrome, "This link does not work", &refusal.detail, Tone::Warn),
        Ok(change) if change.stage == EmailChangeStage::Asked => (
            "Another address for your account?",
            format!("From then on you sign in with {}. You can take it back for three days.", change.new_email),
            "Yes, change it",
        ),
        Ok(change) => (
            "Take the change back?",
            format!(
                "Your account gets {} back. Everybody is signed out, and you set a new password by mail.",
                change.old_email
            ),
            "Take it back",
        ),
    };
    let body = html! {
        div.wrap { div.narrow.stack {
            h1 { (title) }
            p { (words) }
            form.stack method="post" action="/account/email/link" {
                input type="hidden" name="token" value=(token);
                (button(&Button::primary(verb).wide().busy("One moment…")))
            }
        } }
    };
    page(chrome, Head { robots: Some("noindex".into()), ..Head::from(title) }, body).into_response()
}

pub(super) async fn follow_link(State(site): State<Site>, chrome: Chrome, Form(link): Form<Link>) -> Answer<Response> {
    let wanted = ops::of_link(&site, &link.token).map(|change| change.stage);
    let followed = match wanted {
        Ok(stage) => ops::follow(&site, &link.token, stage).await,
        Err(refusal) => Err(refusal),
    };
    Ok(match followed {
        Ok(change) if change.stage == EmailChangeStage::Asked => said(
            &chrome,
            "Your address is changed",
            &format!("Sign in with {} from now on.", change.new_email),
            Tone::Ok,
        ),
        Ok(_) => said(
            &chrome,
            "Your old address is back",
            "Everybody is signed out. A link for a new password is on its way to you.",
            Tone::Ok,
        ),
        Err(refusal) => said(&chrome, "This link does not work", &refusal.detail, Tone::Warn),
    })
}

fn said(chrome: &Chrome, title: &str, words: &str, tone: Tone) -> Response {
    let body = html! {
        div.wrap { div.narrow.stack {
            h1 { (title) }
            (notice(tone, words))
            p { (link_button("/account/security", &Button::line("Go on"))) }
        } }
    };
    page(chrome, Head { robots: Some("noindex".into()), ..Head::from(title) }, body).into_response()
}
