//! The frame that the pages of one's own account share: tabs, what was just done, what was refused, and the password
//! once more where something needs a fresh proof.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Refused, correctable, own_path};
use crate::accounts::ops::step_up;
use crate::accounts::rules::sessions;
use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, fmt_zone, utc_to_local, zone};
use crate::site::Site;
use crate::web::components::{
    Button, Col, Field, Row, Table, Tone, account_tabs, button, field, notice, page_head, section, table,
};
use crate::web::{Answer, Chrome, Form, Params, page, see_other};

/// What stands above the body of such a page.
pub(super) struct Sheet<'a> {
    pub title: &'a str,
    pub lead: &'a str,
    /// Which tab it belongs to.
    pub tab: &'a str,
    /// What was just done.
    pub said: &'a str,
    pub refused: &'a Refused,
    /// The field that a refusal without fields belongs to.
    pub catch_all: &'a str,
}

impl Sheet<'_> {
    pub fn answer(&self, chrome: &Chrome, body: Markup) -> Response {
        let whole = page(
            chrome,
            self.title,
            html! {
                div.wrap.stack.stack--l {
                    (page_head(self.title, self.lead, html! {}))
                    (account_tabs(self.tab))
                    @if !self.said.is_empty() { (notice(Tone::Ok, self.said)) }
                    (self.refused.summary(self.catch_all, "Nothing was changed."))
                    (body)
                }
            },
        );
        self.refused.answer(whole)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done.
    pub done: String,
}

/// The password, as the fresh proof something needs.
#[derive(Deserialize)]
pub(super) struct Password {
    pub current_password: String,
}

pub(super) fn password_field<'a>(id: &'a str, refused: &'a Refused) -> Field<'a> {
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

/// Whether the last proof of identity is still fresh.
pub(super) fn is_fresh(site: &Site, actor: &Actor) -> bool {
    sessions::require_elevated(actor.elevated_until, site.now()).is_ok()
}

/// In place of what needs a fresh proof: the way to give one and come back.
pub(super) fn prove_first(next: &str, what: &str) -> Markup {
    section(
        "prove",
        "Your password first",
        what,
        html! {
            form.stack method="post" action="/account/prove" {
                input type="hidden" name="next" value=(next);
                (field(&password_field("current_password", &Refused::default())))
                div.row { (button(&Button::primary("Go on").busy("Checking…"))) }
            }
        },
    )
}

/// A refusal that only wants a fresh proof leads to the page that takes it.
pub(super) fn or_prove(refusal: Refusal, next: &str) -> Result<Response, Refusal> {
    if refusal.code == "REAUTH_REQUIRED" {
        return Ok(see_other(&format!("/account/prove?{}", query("next", next))));
    }
    Err(refusal)
}

fn query(name: &str, value: &str) -> String {
    serde_urlencoded::to_string([(name, value)]).unwrap_or_default()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Proving {
    next: String,
    current_password: String,
}

pub(super) async fn ask_proof(chrome: Chrome, Params(input): Params<Proving>) -> Response {
    proof_page(&chrome, &input.next, &Refused::default())
}

pub(super) async fn take_proof(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<Proving>,
) -> Answer<Response> {
    match step_up::by_password(&site, &actor, &input.current_password).await {
        Ok(_) => Ok(see_other(own_path(&input.next).unwrap_or("/account/security"))),
        Err(refusal) => Ok(proof_page(&chrome, &input.next, &correctable(refusal)?)),
    }
}

fn proof_page(chrome: &Chrome, next: &str, refused: &Refused) -> Response {
    let body = html! {
        div.wrap { div.narrow.stack {
            h1 { "Your password first" }
            p { "What you are about to do cannot be done with a browser that was left open. Your password counts for ten minutes." }
            (refused.summary("current_password", "Nothing was changed."))
            form.stack method="post" action="/account/prove" {
                input type="hidden" name="next" value=(next);
                (field(&password_field("current_password", refused)))
                (button(&Button::primary("Go on").wide().busy("Checking…")))
            }
        } }
    };
    refused.answer(page(chrome, "Your password first", body)).into_response()
}

/// What somebody has of one kind, one a line, under a caption that only readers of the page's structure need.
pub(super) fn list_of<const N: usize>(
    caption: &str,
    cols: [&'static str; N],
    rows: impl Iterator<Item = Row>,
) -> Markup {
    let cols = cols.map(Col::new).into();
    table(&Table { caption: caption.into(), caption_hidden: true, cols, rows: rows.collect(), foot: None })
}

/// When something was used last.
pub(super) fn last_used(at: Option<Timestamp>, tz: &TimeZone) -> Markup {
    html! { @match at { Some(at) => (moment(at, tz)), None => "Never" } }
}

/// The reader's own zone.
pub(super) fn own_zone(actor: &Actor) -> TimeZone {
    zone(&actor.timezone).unwrap_or(TimeZone::UTC)
}

/// "Thu Nov 12, 4:30 pm EST".
pub(super) fn moment(at: Timestamp, tz: &TimeZone) -> String {
    let (date, wall) = utc_to_local(at, tz);
    format!("{}, {} {}", fmt_date(date), fmt_clock(wall), fmt_zone(at, tz))
}
