//! One's passkeys. The only page of an account that needs scripts: browsers hand out passkeys to nothing else.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::own::{Asked, Sheet, is_fresh, last_used, list_of, moment, or_prove, own_zone, prove_first};
use super::{Refused, correctable};
use crate::accounts::model::PasskeyRow;
use crate::accounts::ops::passkeys as ops;
use crate::base::access::Actor;
use crate::base::id::PasskeyId;
use crate::base::refusal::Refusal;
use crate::base::time::TimeZone;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, Row, Tone, button, empty, field, notice, post_button, section};
use crate::web::{Answer, Chrome, Id, Params, see_other};

const HERE: &str = "/account/passkeys";

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = match asked.done.as_str() {
        "added" => "Your passkey is ready. It signs you in without a password.",
        "removed" => "That passkey opens nothing any more. Delete it on the device too.",
        _ => "",
    };
    Ok(render(&site, &chrome, &actor, &Refused::default(), said)?)
}

pub(super) async fn remove(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Id(id): Id<PasskeyId>,
) -> Answer<Response> {
    match ops::remove(&site, &actor, by, id).await {
        Ok(()) => Ok(see_other("/account/passkeys?done=removed")),
        Err(refusal) if refusal.code == "REAUTH_REQUIRED" => Ok(or_prove(refusal, HERE)?),
        Err(refusal) => Ok(render(&site, &chrome, &actor, &correctable(refusal)?, "")?),
    }
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, refused: &Refused, said: &str) -> Result<Response, Refusal> {
    let rows = site.read(|r| ops::of(r, actor.user_id))?;
    let sheet = Sheet {
        title: "Passkeys",
        lead: "Your phone, computer or security key signs you in: nothing to remember, nothing to be stolen from us.",
        tab: super::security::HERE,
        said,
        refused,
        catch_all: "passkeys",
    };
    let body = html! {
        (section("passkeys", "Your passkeys", "One on each device is best.", list(&rows, &own_zone(actor))))
        @if is_fresh(site, actor) {
            (section("new", "A new passkey", "The browser asks for your fingerprint, face or PIN.", form(site)))
        } @else {
            (prove_first(HERE, "Adding a passkey takes a fresh proof that it is you."))
        }
    };
    Ok(sheet.answer(chrome, body))
}

fn list(rows: &[PasskeyRow], tz: &TimeZone) -> Markup {
    if rows.is_empty() {
        return empty("No passkeys yet", "Your password is the only way in.", None);
    }
    let rows = rows.iter().map(|row| {
        Row::new(vec![
            html! { (row.name) },
            html! { (moment(row.created_at, tz)) },
            last_used(row.last_used_at, tz),
            post_button(&format!("{HERE}/{}/remove", row.id), &[], &Button::link("Remove")),
        ])
    });
    list_of("Passkeys", ["Name", "Since", "Last used", ""], rows)
}

fn form(site: &Site) -> Markup {
    let Some(origin) = ops::page_origin(site) else {
        return notice(Tone::Info, "Passkeys need a site with a name. This one is reached by a number only.");
    };
    make_form(&origin)
}

fn make_form(origin: &str) -> Markup {
    let name = Field {
        name: "name",
        label: "What is it called?",
        placeholder: "My phone",
        maxlength: Some(60),
        required: true,
        ..Field::default()
    };
    html! {
        noscript { (notice(Tone::Warn, "Browsers hand out passkeys to scripts only, and yours are off.")) }
        form.stack data-needs-script data-passkey="register" data-origin=(origin) data-next="/account/passkeys?done=added" {
            (field(&name))
            div data-passkey-says role="alert" {}
            div.row { (button(&Button::primary("Add a passkey").busy("Ask your device…"))) }
        }
    }
}

/// On the pages of the door: sign in with a passkey. Hidden until the script that makes it work is there.
pub(super) fn sign_in_form(site: &Site, temp_token: &str, next: &str) -> Markup {
    let Some(origin) = ops::page_origin(site) else { return Markup::default() };
    html! {
        form.stack data-needs-script data-passkey="login" data-origin=(origin) data-token=(temp_token) data-next=(next) {
            div data-passkey-says role="alert" {}
            (button(&Button::line("Use a passkey").wide().busy("Ask your device…")))
        }
    }
}
