//! Forgotten passwords: ask for a link, set a new one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::login::show_password;
use super::{Refused, correctable};
use crate::accounts::ops;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::web::components::{Button, Field, Tone, button, field, link_button, notice};
use crate::web::{Answer, Chrome, Form, Head, Params, page, see_other};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    sent: bool,
    token: String,
}

pub(super) async fn show_request(chrome: Chrome, Params(asked): Params<Asked>) -> Response {
    let refused = Refused::default();
    refused.answer(request_page(&chrome, "", asked.sent, &refused))
}

#[derive(Deserialize)]
pub(super) struct Request {
    email: String,
}

pub(super) async fn request(State(site): State<Site>, chrome: Chrome, Form(input): Form<Request>) -> Answer<Response> {
    match ops::password::request_link(&site, &input.email).await {
        Ok(()) => Ok(see_other("/forgot-password?sent=true")),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(refused.answer(request_page(&chrome, &input.email, false, &refused)))
        }
    }
}

fn narrow(chrome: &Chrome, title: &str, body: Markup) -> Markup {
    let head = Head { robots: Some("noindex".into()), ..Head::from(title) };
    page(chrome, head, html! { div.wrap { div.narrow.stack { h1 { (title) } (body) } } })
}

fn request_page(chrome: &Chrome, email: &str, sent: bool, refused: &Refused) -> Markup {
    let address = Field {
        name: "email",
        label: "E-mail",
        kind: "email",
        value: email,
        error: refused.at("email", "email"),
        autocomplete: "username",
        required: true,
        maxlength: Some(254),
        ..Field::default()
    };
    narrow(
        chrome,
        "Forgot the password",
        html! {
            @if sent {
                (notice(Tone::Ok, "If this address has an account, a link is on its way. It works for an hour."))
            }
            p { "Tell us the address of your account. We mail you a link to set a new password." }
            (refused.summary("email", "Nothing was sent."))
            form.stack method="post" action="/forgot-password" {
                (field(&address))
                (button(&Button::primary("Mail me a link").wide().busy("Sending…")))
            }
            p { a href="/login" { "Back to sign in" } }
        },
    )
}

pub(super) async fn show_reset(
    State(site): State<Site>,
    chrome: Chrome,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let refused = Refused::default();
    Ok(refused.answer(match ops::password::link_owner(&site, &asked.token)? {
        Some(owner) => reset_page(&chrome, &asked.token, &owner, least(&site)?, &refused),
        None => return Ok((StatusCode::GONE, gone_page(&chrome)).into_response()),
    }))
}

/// Characters a password has at least.
fn least(site: &Site) -> Outcome<usize> {
    Ok(ops::settings::joining(site)?.password_min)
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    token: String,
    password: String,
    password_again: String,
}

pub(super) async fn reset(
    State(site): State<Site>,
    chrome: Chrome,
    Form(input): Form<NewPassword>,
) -> Answer<Response> {
    let set = if input.password == input.password_again {
        ops::password::confirm_link(&site, &input.token, &input.password).await
    } else {
        Err(Refusal::invalid("password_again", "This is not the same as above."))
    };
    let Err(refusal) = set else { return Ok(see_other("/login?done=reset")) };
    let refused = correctable(refusal)?;
    Ok(refused.answer(match ops::password::link_owner(&site, &input.token)? {
        Some(owner) => reset_page(&chrome, &input.token, &owner, least(&site)?, &refused),
        None => return Ok((StatusCode::GONE, gone_page(&chrome)).into_response()),
    }))
}

fn reset_page(chrome: &Chrome, token: &str, owner: &str, least: usize, refused: &Refused) -> Markup {
    let password = Field {
        name: "password",
        label: "New password",
        kind: "password",
        hint: "A few words in a row are easy to keep in mind.",
        error: refused.at("password", "password"),
        autocomplete: "new-password",
        required: true,
        ..Field::default()
    };
    let again = Field {
        name: "password_again",
        label: "The same password again",
        hint: "",
        error: refused.at("password_again", ""),
        ..password
    };
    narrow(
        chrome,
        "Set a new password",
        html! {
            p { "For the account of " b { (owner) } ". You will be signed out everywhere." }
            (refused.summary("password", "The old password still holds."))
            form.stack method="post" action="/reset-password" {
                input type="hidden" name="token" value=(token);
                (field(&password)) (field(&again))
                (password_rules(least))
                (show_password("#password, #password_again"))
                (button(&Button::primary("Set the password").wide().busy("Setting…")))
            }
        },
    )
}

/// What a password has to be; a script ticks off what it can tell while one types, the rest is judged when it is sent.
fn password_rules(least: usize) -> Markup {
    html! {
        ul.checks.small aria-label="What the password has to be" data-checks="#password" {
            li data-least=(least) { "At least " (least) " characters" }
            li data-same="#password_again" { "Twice the same" }
            li { "Not on the lists of common passwords, and not your name or address" }
        }
    }
}

fn gone_page(chrome: &Chrome) -> Markup {
    narrow(
        chrome,
        "This link does not work any more",
        html! {
            p { "Links to set a password work once and for an hour. Your password was not changed." }
            p { (link_button("/forgot-password", &Button::primary("Ask for a new link").wide())) }
        },
    )
}
