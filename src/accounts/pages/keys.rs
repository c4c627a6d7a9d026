//! Keys for one's own programs: made, shown once, ended.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::own::{Asked, Sheet, is_fresh, last_used, list_of, moment, or_prove, own_zone, prove_first};
use super::{Refused, correctable};
use crate::accounts::model::ApiKey;
use crate::accounts::ops::api_keys as ops;
use crate::base::access::{Actor, KeyScope};
use crate::base::id::ApiKeyId;
use crate::base::refusal::Refusal;
use crate::base::time::TimeZone;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{
    Button, Choice, Field, Pick, Row, Tone, button, empty, field, link_button, notice, picks, post_button, section,
};
use crate::web::{Answer, Chrome, Form, Id, Params, page, see_other};

const HERE: &str = "/account/keys";

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = if asked.done == "ended" { "That key is ended. Programs that use it are turned away." } else { "" };
    Ok(render(&site, &chrome, &actor, &Refused::default(), said)?)
}

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scope: String,
}

/// Makes a key. It stands on this answer and nowhere else.
pub(super) async fn make(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(input): Form<Input>,
) -> Answer<Response> {
    let scope = if input.scope == KeyScope::All.name() { KeyScope::All } else { KeyScope::Read };
    match ops::make(&site, &actor, by, &input.name, scope).await {
        Ok((key, token)) => Ok(told_once(&chrome, &key, &token).into_response()),
        Err(refusal) if refusal.code == "REAUTH_REQUIRED" => Ok(or_prove(refusal, HERE)?),
        Err(refusal) => Ok(render(&site, &chrome, &actor, &correctable(refusal)?, "")?),
    }
}

pub(super) async fn end(State(site): State<Site>, actor: Actor, by: By, Id(id): Id<ApiKeyId>) -> Answer<Response> {
    match ops::revoke(&site, &actor, by, id).await {
        Ok(()) => Ok(see_other("/account/keys?done=ended")),
        Err(refusal) => Ok(or_prove(refusal, HERE)?),
    }
}

fn told_once(chrome: &Chrome, key: &ApiKey, token: &str) -> Markup {
    page(
        chrome,
        "Your new key",
        html! {
            div.wrap { div.narrow.stack {
                h1 { "Your new key" }
                (notice(Tone::Ok, html! { "The key " b { (key.name) } " works from now on. It is shown only here." }))
                p { code.fig.wrap-anywhere id="key" { (token) } }
                p { "Send it as " code { "Authorization: Bearer …" } ". Whoever has it acts as you: keep it like a password." }
                div.row {
                    (link_button(HERE, &Button::primary("I stored it")))
                    button.btn.btn--line type="button" data-needs-script data-copy="#key" { span.btn__word { "Copy" } }
                }
            } }
        },
    )
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, refused: &Refused, said: &str) -> Result<Response, Refusal> {
    let keys = site.read(|r| ops::of(r, actor.user_id))?;
    let sheet = Sheet {
        title: "Keys for programs",
        lead: "A key lets a program of yours use this site as you. It never does more than you may.",
        tab: super::security::HERE,
        said,
        refused,
        catch_all: "name",
    };
    let body = html! {
        (section("keys", "Your keys", "", list(&keys, &own_zone(actor))))
        @if is_fresh(site, actor) {
            (section("new", "A new key", "Give each program its own, so that one can be ended alone.", form(refused)))
        } @else {
            (prove_first(HERE, "Making a key takes a fresh proof that it is you."))
        }
    };
    Ok(sheet.answer(chrome, body))
}

fn list(keys: &[ApiKey], tz: &TimeZone) -> Markup {
    if keys.is_empty() {
        return empty("No keys", "Programs of yours have no way in.", None);
    }
    let rows = keys.iter().map(|key| {
        Row::new(vec![
            html! { (key.name) },
            html! { @if key.scope == KeyScope::Read { "Look only" } @else { "All you may" } },
            html! { code { "…" (key.ending) } },
            html! { (moment(key.created_at, tz)) },
            last_used(key.last_used_at, tz),
            post_button(&format!("{HERE}/{}/end", key.id), &[], &Button::link("End")),
        ])
    });
    list_of("Keys", ["Name", "May", "Ends in", "Made", "Last used", ""], rows)
}

fn form(refused: &Refused) -> Markup {
    let name = Field {
        name: "name",
        label: "What is it for?",
        placeholder: "My calendar",
        error: refused.at("name", "name"),
        required: true,
        maxlength: Some(ops::NAME_CHARS),
        ..Field::default()
    };
    let scope = Field { name: "scope", label: "What may it do?", ..Field::default() };
    let choices = [
        Choice::new(KeyScope::Read.name(), "Look only", true).note("Your lessons, lists and figures can be read."),
        Choice::new(KeyScope::All.name(), "All you may", false)
            .note("Book, cancel and change in your name; never your password, your rights or your leaving."),
    ];
    html! {
        form.stack method="post" action=(HERE) {
            (field(&name))
            (picks(Pick::One, &scope, &choices))
            div.row { (button(&Button::primary("Make the key").busy("Making…"))) }
        }
    }
}
