//! Ending all of somebody's sessions.

use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use crate::accounts::{must_user, ops};
use crate::base::id::UserId;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::console::pages::confirm::{Confirm, ask, correctable};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::Button;
use crate::web::{Answer, Chrome, Form, Id, see_other};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
}

pub async fn ask_sign_out(State(site): State<Site>, chrome: Chrome, Id(id): Id<UserId>) -> Answer<Response> {
    asking(&site, &chrome, id, &Typed::default(), None)
}

pub async fn sign_out(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<UserId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let own = by.actor == Some(id);
    let done = match by.because(&typed.reason) {
        Ok(by) => ops::roles::force_sign_out(&site, by, id).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) if own => Ok(see_other("/login")),
        Ok(ended) => Ok(see_other(&format!("/admin/users/{id}?ended={ended}"))),
        Err(refusal) => asking(&site, &chrome, id, &typed, Some(correctable(refusal)?)),
    }
}

fn asking(site: &Site, chrome: &Chrome, id: UserId, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let user = site.read(|r| must_user(r, id))?;
    let sessions = ops::session::list(site, id)?.len();
    let back = format!("/admin/users/{id}");
    let effects = html! {
        ul.prose {
            li { b { (count(sessions, "session", "sessions")) } " of " (user.full_name()) " end at once, in browsers and programs." }
            li { "The account stays as it is: signing in again works with the same password." }
        }
    };
    let view = Confirm {
        title: format!("Sign {} out everywhere?", user.full_name()),
        back: ("Back to the person", &back),
        action: &format!("{back}/sign-out"),
        effects,
        fields: html! {},
        button: Button::bad("Sign out everywhere").busy("Signing out…"),
        keep: "Leave them signed in",
        reason: &typed.reason,
        unchanged: "Nobody is signed out yet.",
    };
    ask(site, chrome, &view, refused.as_ref())
}
