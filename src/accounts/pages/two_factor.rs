//! One's second step: turning it on with an authenticator, recovery codes, trusted browsers, turning it off.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use serde::Deserialize;

use super::own::{Asked, Password, Sheet, list_of, or_prove, own_zone, password_field};
use super::{Refused, correctable, with_session};
use crate::accounts::api::qr_data_url;
use crate::accounts::model::{TrustedDevice, TwoFactor};
use crate::accounts::ops::devices;
use crate::accounts::ops::step_up::by_password;
use crate::accounts::ops::two_factor::{self as ops, Setup};
use crate::base::access::Actor;
use crate::base::id::TrustedDeviceId;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::base::time::{fmt_date, utc_to_local};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, Row, Tone, button, field, notice, post_button, section};
use crate::web::{Answer, BRAND, Chrome, Form, Id, Params, page, see_other};

const HERE: &str = "/account/two-factor";

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

/// Codes are shown once, on the answer that made them; whoever comes back to its address sees how things stand.
pub(super) async fn back() -> Response {
    see_other(HERE)
}

fn answer(site: &Site, chrome: &Chrome, actor: &Actor, refused: Refused, said: &str) -> Answer<Response> {
    Ok(render(site, chrome, actor, &refused, said)?)
}

pub(super) async fn start(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Password>,
) -> Answer<Response> {
    let begun = match by_password(&site, &actor, &input.current_password).await {
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
    by: By,
    Form(input): Form<Code>,
) -> Answer<Response> {
    match ops::turn_on(&site, &actor, by, &input.code, true).await {
        Ok(on) => {
            let shown = codes_page(&chrome, &on.backup_codes, "Your second step is on. Other browsers are signed out.")
                .into_response();
            Ok(with_session(shown, &site, on.rotated))
        }
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

pub(super) async fn new_codes(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(input): Form<Password>,
) -> Answer<Response> {
    let codes = match by_password(&site, &actor, &input.current_password).await {
        Ok(fresh) => ops::regenerate(&site, &fresh, by).await,
        Err(refusal) => Err(refusal),
    };
    match codes {
        Ok(codes) => {
            Ok(codes_page(&chrome, &codes, "Your new codes work from now on; the old ones do not.").into_response())
        }
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

pub(super) async fn turn_off(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(input): Form<Password>,
) -> Answer<Response> {
    match ops::turn_off(&site, &actor, by, &input.current_password, true).await {
        Ok(rotated) => Ok(with_session(see_other("/account/two-factor?done=off"), &site, rotated)),
        Err(refusal) => answer(&site, &chrome, &actor, correctable(refusal)?, ""),
    }
}

pub(super) async fn distrust(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<TrustedDeviceId>,
) -> Answer<Response> {
    match devices::distrust(&site, &actor, by, id).await {
        Ok(()) => Ok(see_other("/account/two-factor?done=device")),
        Err(refusal) => Ok(or_prove(refusal, HERE)?),
    }
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, refused: &Refused, said: &str) -> Result<Response, Refusal> {
    let row = ops::status(site, actor.user_id)?;
    let body = match &row {
        Some(row) => when_on(row, &site.read(|r| devices::trusted(r, actor.user_id))?, actor, refused),
        None => match ops::pending(site, actor, BRAND)? {
            Some(setup) => when_pending(&setup, refused),
            None => when_off(refused),
        },
    };
    let sheet = Sheet {
        title: "Second step",
        lead: "A code from your phone beside the password: a stolen password alone opens nothing.",
        tab: super::security::HERE,
        said,
        refused,
        catch_all: "current_password",
    };
    Ok(sheet.answer(chrome, body))
}

fn when_off(refused: &Refused) -> Markup {
    section(
        "start",
        "Turn it on",
        "You need an authenticator app on your phone; any will do.",
        html! {
            form.stack method="post" action="/account/two-factor/start" {
                (field(&password_field("current_password", refused)))
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
    let tz = own_zone(actor);
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
    html! {
        (notice(Tone::Ok, html! { "On since " (day(row.enabled_at)) ". You have " (left) " left." }))
        (section("codes", "Recovery codes", "For the day your phone is lost. New ones replace all old ones.", html! {
            form.stack method="post" action="/account/two-factor/codes" {
                (field(&password_field("current_password", refused)))
                div.row { (button(&Button::line("Make new codes").busy("Making…"))) }
            }
        }))
        @if !devices.is_empty() {
            (section("devices", "Trusted browsers", "They skip the second step.", list_of("Trusted browsers", ["Browser", "Since", "Until", ""], rows)))
        }
        (section("off", "Turn it off", "Other sessions end; the password alone opens your account again.", html! {
            form.stack method="post" action="/account/two-factor/off" {
                (field(&password_field("password_off", refused)))
                div.row { (button(&Button::bad("Turn it off").busy("Turning off…"))) }
            }
        }))
    }
}

/// Shown once, so that it can be kept at once: copied, saved as a file, printed.
fn codes_page(chrome: &Chrome, codes: &[String], said: &str) -> Markup {
    let text = format!("Recovery codes for {BRAND}. Each works once.\r\n\r\n{}\r\n", codes.join("\r\n"));
    let file = format!("data:text/plain;base64,{}", STANDARD.encode(text));
    page(
        chrome,
        "Your recovery codes",
        html! {
            div.wrap { div.narrow.stack {
                h1 { "Your recovery codes" }
                (notice(Tone::Ok, said))
                p { "Each of these opens your account once when your phone is lost. They are shown only now: keep them where your phone is not." }
                ul.codes id="codes" { @for code in codes { li.fig { (code) "\n" } } }
                div.row {
                    button.btn.btn--line type="button" data-needs-script data-copy="#codes" { span.btn__word { "Copy" } }
                    a.btn.btn--line href=(file) download="recovery-codes.txt" { span.btn__word { "Save as a file" } }
                    button.btn.btn--line type="button" data-needs-script data-print { span.btn__word { "Print" } }
                }
                form.stack method="get" action=(HERE) {
                    label.pick { input type="checkbox" required; span { "I stored them in a safe place" } }
                    (button(&Button::primary("Done").wide()))
                }
            } }
        },
    )
}
