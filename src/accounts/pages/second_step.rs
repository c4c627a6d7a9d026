//! The second step of signing in. The token of the first travels in a cookie of its own, for five minutes.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::{Refused, correctable, home_of, own_path, passkeys, with_cookie};
use crate::accounts::api::{device_cookie, trust_cookie, visitor};
use crate::accounts::ops::second_step::{self as ops, Passed, Proof};
use crate::accounts::ops::sign_in::adopt_guest;
use crate::accounts::rules::totp;
use crate::base::access::Role;
use crate::site::Site;
use crate::web::components::{Button, Field, button, field};
use crate::web::{Answer, Chrome, ClientIp, Form, Head, cookie, guest_id, is_secure, page, see_other, session_cookie};

const COOKIE: &str = "second_step";
/// What a spent or late first step is refused with.
pub(super) const LATE: &str = "TEMP_TOKEN_INVALID";

/// What has to be remembered between the two steps.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub temp_token: String,
    pub redirect: String,
}

impl Waiting {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = cookie(headers, COOKIE)?;
        crate::base::paging::decode_cursor(&text).ok()
    }
}

fn set_cookie(site: &Site, text: &str, seconds: i64) -> HeaderValue {
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let line = format!("{COOKIE}={text}; Path=/login; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static(""))
}

/// From the first step to this one.
pub(super) fn go_on(site: &Site, temp_token: String, redirect: &str) -> Response {
    let waiting = Waiting { temp_token, redirect: redirect.to_owned() };
    let text = crate::base::paging::encode_cursor(&waiting);
    with_cookie(see_other("/login/code"), set_cookie(site, &text, totp::LOGIN_SECONDS))
}

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, headers: HeaderMap) -> Response {
    let Some(waiting) = Waiting::of(&headers) else { return see_other("/login") };
    let refused = Refused::default();
    refused.answer(render(&site, &chrome, &waiting, &refused))
}

#[derive(Deserialize)]
pub(super) struct Input {
    code: String,
    trust: Option<String>,
}

pub(super) async fn enter(
    State(site): State<Site>,
    chrome: Chrome,
    ip: ClientIp,
    headers: HeaderMap,
    Form(input): Form<Input>,
) -> Answer<Response> {
    let Some(waiting) = Waiting::of(&headers) else { return Ok(see_other("/login")) };
    let proof = match totp::normal_backup(&input.code) {
        Some(_) => Proof::Backup(input.code),
        None => Proof::Code(input.code),
    };
    let trust = input.trust.is_some();
    match ops::pass(&site, &waiting.temp_token, proof, visitor(ip, &headers), trust).await {
        Ok(passed) => entered(&site, &headers, &waiting, passed).await,
        Err(refusal) if refusal.code == LATE => Ok(too_late(&site)),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(refused.answer(render(&site, &chrome, &waiting, &refused)))
        }
    }
}

/// Signed in: on to where they wanted to go.
pub(super) async fn entered(site: &Site, headers: &HeaderMap, waiting: &Waiting, passed: Passed) -> Answer<Response> {
    adopt_guest(site, passed.user.id, guest_id(headers)).await;
    let role = passed.user.roles.first().copied().unwrap_or(Role::Student);
    let on = see_other(own_path(&waiting.redirect).unwrap_or(home_of(role)));
    let on = with_cookie(on, set_cookie(site, "", 0));
    let on = with_cookie(on, session_cookie(site, &passed.opened.token));
    let on = with_cookie(on, device_cookie(site, &passed.user.email)?);
    Ok(match passed.device_token {
        Some(token) => with_cookie(on, trust_cookie(site, &token)),
        None => on,
    })
}

/// The first step is spent or too old: from the start.
pub(super) fn too_late(site: &Site) -> Response {
    with_cookie(see_other("/login?done=late"), set_cookie(site, "", 0))
}

fn render(site: &Site, chrome: &Chrome, waiting: &Waiting, refused: &Refused) -> Markup {
    let code = Field {
        name: "code",
        label: "Code",
        hint: "Six digits, or one of your recovery codes.",
        autocomplete: "one-time-code",
        class: "in--code",
        error: refused.at("code", "code"),
        required: true,
        maxlength: Some(20),
        ..Field::default()
    };
    let head = Head { robots: Some("noindex".into()), ..Head::from("Second step") };
    page(
        chrome,
        head,
        html! {
            div.wrap { div.narrow.stack {
                h1 { "Second step" }
                p { "Open your authenticator and type the code it shows." }
                (refused.summary("code", "You are not signed in yet."))
                form.stack method="post" action="/login/code" {
                    (field(&code))
                    label.pick { input type="checkbox" name="trust" value="yes"; span { "Trust this browser for 30 days" } }
                    (button(&Button::primary("Sign in").wide().busy("Signing in…")))
                }
                (passkeys::sign_in_form(site, &waiting.temp_token, own_path(&waiting.redirect).unwrap_or("/dashboard")))
                p { a href="/login/recover" { "Phone and recovery codes lost?" } }
                p { a href="/login" { "Start again" } }
            } }
        },
    )
}
