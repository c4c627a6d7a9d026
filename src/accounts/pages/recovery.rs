//! The way back in for somebody whose phone and recovery codes are gone.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::second_step::{LATE, Waiting, entered, too_late};
use super::{Refused, correctable};
use crate::accounts::api::visitor;
use crate::accounts::ops::recovery as ops;
use crate::accounts::rules::recovery::{Stand, WAIT_HOURS};
use crate::base::time::{fmt_clock, fmt_date, fmt_zone, utc_to_local};
use crate::site::Site;
use crate::web::components::{Button, Tone, button, link_button, notice};
use crate::web::{Answer, Chrome, ClientIp, Form, Head, Params, away, page, see_other};

/// Reads what is known; Stripe is only asked when the person presses the button.
pub(super) async fn show(State(site): State<Site>, chrome: Chrome, headers: HeaderMap) -> Answer<Response> {
    let stand = match Waiting::of(&headers).map(|waiting| ops::known(&site, &waiting.temp_token)) {
        None => None,
        Some(Err(refusal)) if refusal.code == LATE => None,
        Some(known) => Some(known?),
    };
    let body = match stand {
        Some(stand) => at(&site, stand),
        None => html! {
            p { "Sign in with your password first; the way back in goes on from there, where you left it." }
            p { (link_button("/login", &Button::primary("Sign in").wide())) }
        },
    };
    Ok(frame(&chrome, "Back in without your phone", &Refused::default(), &body))
}

/// What there is to do where somebody stands.
fn at(site: &Site, stand: Option<Stand>) -> Markup {
    let onward = |verb: &str| {
        html! {
            form.stack method="post" action="/login/recover" { (button(&Button::primary(verb).wide().busy("One moment…"))) }
        }
    };
    match stand {
        None => html! {
            p { "Three things instead of the code:" }
            ol.numbered {
                li { "your password, which you have just given;" }
                li { "your identity document: Stripe compares it with your face. We learn the name on it, nothing else;" }
                li { (WAIT_HOURS) " hours of waiting, in which we write to you and you can stop it." }
            }
            p { "After that your second step, passkeys and trusted browsers are gone, and you set them up anew." }
            (onward("Show my document"))
        },
        Some(Stand::Document) => html! {
            p { "Stripe has not finished with your document yet." }
            (onward("Go on at Stripe"))
        },
        Some(Stand::Waiting(opens_at)) => {
            let (date, wall) = utc_to_local(opens_at, &site.zone);
            html! {
                (notice(Tone::Ok, "Your document bears your name."))
                p { "Your account opens on " b { (fmt_date(date)) ", " (fmt_clock(wall)) " " (fmt_zone(opens_at, &site.zone)) } "." }
                p { "Sign in with your password then, and come back to this page." }
            }
        }
        Some(Stand::Open) => html! {
            (notice(Tone::Ok, "The wait is over."))
            p { "Your second step, passkeys and trusted browsers go; everybody else is signed out." }
            form.stack method="post" action="/login/recover/finish" {
                (button(&Button::primary("Open my account").wide().busy("Opening…")))
            }
        },
        Some(Stand::Refused) => html! {
            (notice(Tone::Warn, "The name on the document is not the one of this account, so it stays closed."))
            p { "You can show another document in a day. Nobody here can open the account in your place." }
        },
    }
}

fn frame(chrome: &Chrome, title: &str, refused: &Refused, body: &Markup) -> Response {
    let whole = html! {
        div.wrap { div.narrow.stack {
            h1 { (title) }
            (refused.summary("", "Nothing was changed."))
            (body)
            p { a href="/login/code" { "I have a code after all" } }
        } }
    };
    let head = Head { robots: Some("noindex".into()), ..Head::from(title) };
    refused.answer(page(chrome, head, whole))
}

/// To Stripe, or to what came of it.
pub(super) async fn go_on(State(site): State<Site>, headers: HeaderMap) -> Answer<Response> {
    let Some(waiting) = Waiting::of(&headers) else { return Ok(see_other("/login")) };
    match ops::go_on(&site, &waiting.temp_token).await {
        Ok(standing) => Ok(match standing.check.and_then(|check| check.url) {
            Some(there) => away(&there)?,
            None => see_other("/login/recover"),
        }),
        Err(refusal) if refusal.code == LATE => Ok(too_late(&site)),
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) async fn finish(
    State(site): State<Site>,
    chrome: Chrome,
    ip: ClientIp,
    headers: HeaderMap,
) -> Answer<Response> {
    let Some(waiting) = Waiting::of(&headers) else { return Ok(see_other("/login")) };
    match ops::finish(&site, &waiting.temp_token, visitor(ip, &headers)).await {
        Ok(passed) => entered(&site, &headers, &waiting, passed).await,
        Err(refusal) if refusal.code == LATE => Ok(too_late(&site)),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(frame(&chrome, "Back in without your phone", &refused, &html! {}))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    token: String,
}

pub(super) async fn show_stop(
    State(site): State<Site>,
    chrome: Chrome,
    Params(link): Params<Link>,
) -> Answer<Response> {
    if !ops::can_stop(&site, &link.token)? {
        return Ok(said(&chrome, "Nothing to stop", Tone::Info, "This link is used or too old: nothing is under way."));
    }
    let body = html! {
        div.wrap { div.narrow.stack {
            h1 { "Stop it?" }
            p { "Then nobody gets into your account without your second step. Do it unless it was you." }
            form.stack method="post" action="/login/recover/stop" {
                input type="hidden" name="token" value=(link.token);
                (button(&Button::primary("Stop it").wide().busy("Stopping…")))
            }
        } }
    };
    Ok(page(&chrome, Head { robots: Some("noindex".into()), ..Head::from("Stop it?") }, body).into_response())
}

pub(super) async fn stop(State(site): State<Site>, chrome: Chrome, Form(link): Form<Link>) -> Answer<Response> {
    Ok(match ops::stop(&site, &link.token).await {
        Ok(()) => said(&chrome, "Stopped", Tone::Ok, "Set a new password now: somebody knows yours."),
        Err(refusal) => said(&chrome, "Nothing to stop", Tone::Info, &correctable(refusal)?.words()),
    })
}

fn said(chrome: &Chrome, title: &str, tone: Tone, words: &str) -> Response {
    let body = html! {
        div.wrap { div.narrow.stack {
            h1 { (title) }
            (notice(tone, words))
            p { (link_button("/forgot-password", &Button::line("Set a new password"))) }
        } }
    };
    page(chrome, Head { robots: Some("noindex".into()), ..Head::from(title) }, body).into_response()
}
