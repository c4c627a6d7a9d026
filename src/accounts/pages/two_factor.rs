//! One's second step: turning it on with an authenticator, recovery codes, trusted browsers, turning it off.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Refused, correctable, with_cookie};
use crate::accounts::api::qr_data_url;
use crate::accounts::model::{TrustedDevice, TwoFactor};
use crate::accounts::must_user;
use crate::accounts::ops::two_factor::{self as ops, Setup};
use crate::accounts::ops::{self as account_ops};
use crate::base::access::Actor;
use crate::base::id::TrustedDeviceId;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::base::time::{TimeZone, fmt_date, utc_to_local, zone};
use crate::site::Site;
use crate::web::components::{
    Button, Col, Field, Row, Table, Tone, button, crumb, field, notice, page_head, post_button, section, table,
};
use crate::web::{Answer, BRAND, Chrome, Form, Id, Params, page, see_other, session_cookie};

const HERE: &str = "/account/two-factor";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done: `off`, `device`.
    done: String,
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = match asked.done.as_str() {
        "off" => "Your second step is off.",
        "device" => "That browser is not trusted any more.",
        _ => "",
    };
    answer(&site, &chrome, &actor, Refused::default(), said)
}

fn answer(site: &Site, chrome: &Chrome, actor: &Actor, refused: Refused, said: &str) -> Answer<Response> {
    Ok(refused.answer(render(site, chrome, actor, &refused, said)?))
}

#[derive(Deserialize)]
pub(super) struct Password {
    current_password: String,
}

/// The password once more, as the fresh proof that a set-up and new recovery codes need.
async fn proven(site: &Site, actor: &Actor, password: &str) -> Result<Actor, Refusal> {
    let user = site.read(|r| must_user(r, actor.user_id))?;
    let until = account_ops::sign_in::reauth(site, &user, actor.session_id, password).await.map_err(|refusal| {
        if refusal.status == 401 { Refusal::invalid("current_password", "The password is not right.") } else { refusal }
    })?;
    Ok(Actor { elevated_until: Some(until), ..actor.clone() })
}

pub(super) async fn start(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Password>,
) -> Answer<Response> {
    let begun = match proven(&site, &actor, &input.current_password).await {
        Ok(fresh) => ops::initiate(&site, &fresh, BRAND).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    match begun {
        Ok(()) => Ok(see_other(HERE)),
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// Turns it on. The recovery codes stand on this answer and nowhere else.
pub(super) async fn turn_on(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Code>,
) -> Answer<Response> {
    match ops::turn_on(&site, &actor, &input.code, true).await {
        Ok(on) => {
            let shown = codes_page(&chrome, &on.backup_codes).into_response();
            Ok(match on.rotated {
                Some(opened) => with_cookie(shown, session_cookie(&site, &opened.token)),
                None => shown,
            })
        }
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

pub(super) async fn new_codes(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Password>,
) -> Answer<Response> {
    let codes = match proven(&site, &actor, &input.current_password).await {
        Ok(fresh) => ops::regenerate(&site, &fresh).await,
        Err(refusal) => Err(refusal),
    };
    match codes {
        Ok(codes) => Ok(codes_page(&chrome, &codes).into_response()),
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

pub(super) async fn turn_off(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Password>,
) -> Answer<Response> {
    match ops::turn_off(&site, &actor, &input.current_password, true).await {
        Ok(rotated) => {
            let on = see_other("/account/two-factor?done=off");
            Ok(match rotated {
                Some(opened) => with_cookie(on, session_cookie(&site, &opened.token)),
                None => on,
            })
        }
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

pub(super) async fn distrust(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<TrustedDeviceId>,
) -> Answer<Response> {
    match ops::distrust(&site, &actor, id).await {
        Ok(()) => Ok(see_other("/account/two-factor?done=device")),
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, refused: &Refused, said: &str) -> Result<Markup, Refusal> {
    let row = ops::status(site, actor.user_id)?;
    let body = match &row {
        Some(row) => when_on(row, &site.read(|r| ops::trusted(r, actor.user_id))?, actor, refused),
        None => match ops::pending(site, actor, BRAND)? {
            Some(setup) => when_pending(&setup, refused),
            None => when_off(refused),
        },
    };
    Ok(page(
        chrome,
        "Second step",
        html! {
            div.wrap.stack.stack--l {
                (crumb("Your account", "/account"))
                (page_head("Second step", "A code from your phone beside the password: a stolen password alone opens nothing.", html! {}))
                @if !said.is_empty() { (notice(Tone::Ok, said)) }
                (refused.summary("current_password", "Nothing was changed."))
                (body)
            }
        },
    ))
}

fn password<'a>(id: &'a str, refused: &'a Refused) -> Field<'a> {
    Field {
        name: "current_password",
        label: "Your password",
        kind: "password",
        id: Some(id),
        autocomplete: "current-password",
        error: refused.at("current_password", "current_password"),
        required: true,
        ..Field::default()
    }
}

fn when_off(refused: &Refused) -> Markup {
    section(
        "start",
        "Turn it on",
        "You need an authenticator app on your phone; any will do.",
        html! {
            form.stack method="post" action="/account/two-factor/start" {
                (field(&password("current_password", refused)))
                div.row { (button(&Button::primary("Begin").busy("Preparing…"))) }
            }
        },
    )
}

fn when_pending(setup: &Setup, refused: &Refused) -> Markup {
    let grouped: Vec<String> =
        setup.secret.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    let code = Field {
        name: "code",
        label: "The code it shows now",
        inputmode: "numeric",
        autocomplete: "one-time-code",
        class: "in--code",
        error: refused.at("code", "code"),
        required: true,
        maxlength: Some(10),
        ..Field::default()
    };
    section(
        "scan",
        "Scan this",
        "With the camera of your authenticator, or type the secret.",
        html! {
            p { img.qr src=(qr_data_url(&setup.otpauth_url)) alt="QR code with the secret below" width="220" height="220"; }
            p { "Secret: " b.fig { (grouped.join(" ")) } }
            form.stack method="post" action="/account/two-factor/on" {
                (field(&code))
                div.row { (button(&Button::primary("Turn it on").busy("Checking…"))) }
            }
        },
    )
}

fn when_on(row: &TwoFactor, devices: &[TrustedDevice], actor: &Actor, refused: &Refused) -> Markup {
    let tz = zone(&actor.timezone).unwrap_or(TimeZone::UTC);
    let day = |at| fmt_date(utc_to_local(at, &tz).0);
    let left = count(row.backup_codes.len(), "recovery code", "recovery codes");
    let rows = devices.iter().map(|device| {
        let end = format!("/account/two-factor/devices/{}/end", device.id);
        Row::new(vec![
            html! { (device.name) },
            html! { (day(device.created_at)) },
            html! { (day(device.expires_at)) },
            html! { (post_button(&end, &[], &Button::link("Trust no more"))) },
        ])
    });
    let trusted = Table {
        caption: "Trusted browsers".into(),
        caption_hidden: true,
        cols: ["Browser", "Since", "Until", ""].map(Col::new).into(),
        rows: rows.collect(),
        foot: None,
    };
    html! {
        (notice(Tone::Ok, html! { "On since " (day(row.enabled_at)) ". You have " (left) " left." }))
        (section("codes", "Recovery codes", "For the day your phone is lost. New ones replace all old ones.", html! {
            form.stack method="post" action="/account/two-factor/codes" {
                (field(&password("current_password", refused)))
                div.row { (button(&Button::line("Make new codes").busy("Making…"))) }
            }
        }))
        @if !devices.is_empty() {
            (section("devices", "Trusted browsers", "They skip the second step.", table(&trusted)))
        }
        (section("off", "Turn it off", "Other sessions end; the password alone opens your account again.", html! {
            form.stack method="post" action="/account/two-factor/off" {
                (field(&password("password_off", refused)))
                div.row { (button(&Button::bad("Turn it off").busy("Turning off…"))) }
            }
        }))
    }
}

fn codes_page(chrome: &Chrome, codes: &[String]) -> Markup {
    page(
        chrome,
        "Your recovery codes",
        html! {
            div.wrap { div.narrow.stack {
                h1 { "Your recovery codes" }
                (notice(Tone::Ok, "Your second step is on. Other browsers are signed out."))
                p { "Each of these opens your account once when your phone is lost. They are shown only now: print them or write them down." }
                ul.stack { @for code in codes { li { b.fig { (code) } } } }
                form.stack method="get" action=(HERE) {
                    label.pick { input type="checkbox" required; span { "I stored them in a safe place" } }
                    (button(&Button::primary("Done").wide()))
                }
            } }
        },
    )
}
