//! Giving up teaching and staying a student (journey J): asked first, with what follows.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::instructors::ops;
use crate::instructors::parts::Instructors;
use crate::site::Site;
use crate::web::components::{Button, Tone, account_tabs, button, link_button, notice, page_head, section};
use crate::web::{Answer, Chrome, Form, page, see_other};

pub(super) const PATH: &str = "/account/stop-teaching";
const BACK: &str = "/account/leave";

pub(super) async fn ask(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    Ok(asking(&site, &chrome, &actor, None)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn stop(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(Nothing {}): Form<Nothing>,
) -> Answer<Response> {
    match ops::drop::drop_own(&site, actor.user_id).await {
        Ok(()) => Ok(see_other("/account/leave?done=student")),
        Err(refusal) if refusal.status == 409 => Ok(asking(&site, &chrome, &actor, Some(&refusal))?),
        Err(refusal) => Err(refusal.into()),
    }
}

fn asking(site: &Site, chrome: &Chrome, actor: &Actor, refused: Option<&Refusal>) -> Outcome<Response> {
    let (parts, now) = (site.part::<Instructors>()?, site.now());
    let ahead = site.read(|r| parts.has_lessons_ahead(r, actor.user_id, now))?;
    let body = html! {
        div.wrap.stack.stack--l {
            (page_head("Give up teaching?", "You stay with us as a student, with the same address and password.", html! {}))
            (account_tabs(BACK))
            @if let Some(refusal) = refused { (notice(Tone::Bad, &refusal.detail)) }
            (section("what", "What will happen", "", html! {
                ul.prose {
                    li { "Your profile, your services and your areas go; students do not find you any more." }
                    li { "Lessons you taught, their money and their reviews stay in the books." }
                    li { "You can search and book as a student at once, and begin to teach anew later." }
                }
                @if ahead {
                    (notice(Tone::Warn, "You have lessons ahead. Teach or cancel them first; until then you can pause."))
                    p { (link_button(BACK, &Button::line("Back"))) }
                } @else {
                    form.row method="post" action=(PATH) {
                        (button(&Button::bad("Give up teaching").busy("One moment…")))
                        (link_button(BACK, &Button::line("Keep teaching")))
                    }
                }
            }))
        }
    };
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok((status, page(chrome, "Give up teaching?", body)).into_response())
}
