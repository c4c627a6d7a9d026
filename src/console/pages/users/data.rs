//! What is held about a person, on their request: taken out as an archive, or erased (rule: 50§3, level T).

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::accounts::{must_user, ops};
use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::count;
use crate::console::pages::confirm::{Confirm, ask, correctable};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Choice, Field, Pick, field, picks};
use crate::web::{Answer, BRAND, Chrome, Form, Id, see_other};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    /// `delete` or `anonymise`.
    what: String,
    word: String,
    password: String,
    code: String,
}

pub async fn ask_export(State(site): State<Site>, chrome: Chrome, Id(id): Id<UserId>) -> Answer<Response> {
    export_form(&site, &chrome, id, &Typed::default(), None)
}

pub async fn export(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<UserId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let data = match by.because(&typed.reason) {
        Ok(by) => ops::privacy::export(&site, by, id).await,
        Err(refusal) => Err(refusal),
    };
    match data {
        Ok(data) => {
            let bytes = ops::archive::zip(&data, BRAND, site.now())?;
            let name = format!("attachment; filename=\"person-{id}.zip\"");
            let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
            Ok((headers, bytes).into_response())
        }
        Err(refusal) => export_form(&site, &chrome, id, &typed, Some(correctable(refusal)?)),
    }
}

fn export_form(site: &Site, chrome: &Chrome, id: UserId, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let user = site.read(|r| must_user(r, id))?;
    let back = format!("/admin/users/{id}");
    let view = Confirm {
        title: format!("Take out what is held about {}?", user.full_name()),
        back: ("Back to the person", &back),
        action: &format!("{back}/export"),
        effects: html! {
            ul.prose {
                li { "You get a zip archive with everything about them: a page to read, and the same for programs." }
                li { "It is theirs: hand it over and keep no copy. That you took it is written down." }
            }
        },
        fields: html! {},
        button: Button::primary("Take it out"),
        keep: "Leave it",
        reason: &typed.reason,
        unchanged: "Nothing was taken out.",
    };
    ask(site, chrome, &view, refused.as_ref())
}

pub async fn ask_erase(State(site): State<Site>, chrome: Chrome, Id(id): Id<UserId>) -> Answer<Response> {
    erase_form(&site, &chrome, id, &Typed::default(), None)
}

pub async fn erase(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Id(id): Id<UserId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    match erased(&site, &actor, by, id, &typed).await {
        Ok(()) => Ok(see_other(&format!("/admin/users/{id}"))),
        Err(refusal) if matches!(refusal.status, 400 | 401) => {
            let refusal = Refusal { status: 422, ..refusal };
            erase_form(&site, &chrome, id, &typed, Some(refusal))
        }
        Err(refusal) => erase_form(&site, &chrome, id, &typed, Some(correctable(refusal)?)),
    }
}

async fn erased(site: &Site, actor: &Actor, by: By, id: UserId, typed: &Typed) -> Outcome<()> {
    let by = by.because(&typed.reason)?;
    if typed.word.trim() != "ERASE" {
        return Err(Refusal::invalid("word", "Type ERASE in capital letters."));
    }
    let code = Some(typed.code.trim()).filter(|code| !code.is_empty());
    ops::step_up::reauth(site, actor, &typed.password, code).await.map_err(|refusal| match refusal.status {
        401 if refusal.errors.is_empty() => Refusal::invalid("password", "The password is not right."),
        _ => refusal,
    })?;
    ops::privacy::erase(site, by, id, typed.what != "anonymise").await
}

fn erase_form(site: &Site, chrome: &Chrome, id: UserId, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let (user, ahead) = ops::lifecycle::standing(site, id)?;
    let back = format!("/admin/users/{id}");
    let effects = html! {
        ul.prose {
            li { "Name, address, contact data, photo, devices and messages of " (user.full_name()) " are erased. There is no way back." }
            li { "Lessons, books and reviews stay without the name, as the law wants." }
            li { "They have " (count(ahead, "lesson", "lessons")) " ahead." @if ahead > 0 { " Those must be cancelled first." } }
        }
    };
    let view = Confirm {
        title: format!("Erase {} for good?", user.full_name()),
        back: ("Back to the person", &back),
        action: &format!("{back}/erase"),
        effects,
        fields: erase_fields(typed, refused.as_ref()),
        button: Button::bad("Erase for good").busy("Erasing…"),
        keep: "Keep the account",
        reason: &typed.reason,
        unchanged: "Nothing was erased.",
    };
    ask(site, chrome, &view, refused.as_ref())
}

fn erase_fields(typed: &Typed, refused: Option<&Refusal>) -> Markup {
    let at = |name: &str| refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let what = Field { name: "what", label: "What happens to the account?", ..Field::default() };
    let anonymous = typed.what == "anonymise";
    let choices =
        [Choice::new("delete", "Delete it", !anonymous), Choice::new("anonymise", "Make it anonymous", anonymous)];
    let own = |name, label, kind, error| Field { name, label, kind, error, ..Field::default() };
    html! {
        (picks(Pick::One, &what, &choices))
        (field(&Field { required: true, ..own("word", "Type ERASE", "text", at("word")) }))
        (field(&Field { required: true, autocomplete: "current-password", ..own("password", "Your own password", "password", at("password")) }))
        (field(&Field { optional: true, autocomplete: "one-time-code", inputmode: "numeric", ..own("code", "Your authenticator’s code", "text", at("code")) }))
    }
}
