//! What an admin changes about somebody's account itself: pausing it, giving it back, and letting them in before the
//! doors open.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use crate::accounts::model::User;
use crate::accounts::rules::lifecycle::Move;
use crate::accounts::{must_user, ops};
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::Refusal;
use crate::console::pages::confirm::{Confirm, ask, correctable, impossible};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Choice, Pick, pick};
use crate::web::{Answer, Chrome, Form, Id, see_other};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    /// Ticked where somebody is let in to search and book.
    student: String,
    /// Ticked where somebody is let in to teach.
    instructor: String,
}

impl Typed {
    fn roles(&self) -> BTreeSet<Role> {
        let sides = [(&self.student, Role::Student), (&self.instructor, Role::Instructor)];
        sides.into_iter().filter(|(ticked, _)| !ticked.is_empty()).map(|(_, role)| role).collect()
    }
}

/// A change of standing, as its address names it.
struct Wish {
    step: Move,
    title: String,
    effects: Markup,
    button: Button<'static>,
    keep: &'static str,
}

impl Wish {
    fn named(name: &str, user: &User) -> Result<Self, Refusal> {
        let first = &user.first_name;
        Ok(match name {
            "pause" => Self {
                step: Move::Suspend,
                title: format!("Pause {}?", user.full_name()),
                effects: html! { ul.prose {
                    li { "Students do not find " (first) " any more and cannot book." }
                    li { "Lessons already booked stay, and " (first) " can still sign in and resume." }
                    li { "A mail tells them." }
                } },
                button: Button::bad("Pause the account").busy("Pausing…"),
                keep: "Leave it",
            },
            "resume" => Self {
                step: Move::Reactivate,
                title: format!("Resume {}?", user.full_name()),
                effects: html! { p { "Students find and book " (first) " again. A mail tells them." } },
                button: Button::primary("Resume the account").busy("Resuming…"),
                keep: "Leave it paused",
            },
            "reopen" => Self {
                step: Move::Reopen,
                title: format!("Open {}’s account again?", first),
                effects: html! { ul.prose {
                    li { (first) " can sign in again with the password there was." }
                    li { "Profile and services are shown as before the account was closed." }
                } },
                button: Button::primary("Open it again").busy("Opening…"),
                keep: "Leave it closed",
            },
            _ => return Err(Refusal::not_found("NOT_FOUND", "There is nothing at this address.")),
        })
    }
}

fn known(id: &str) -> Result<UserId, Refusal> {
    id.parse().map_err(|_| Refusal::not_found("NOT_FOUND", "There is nothing at this address."))
}

pub async fn ask_status(
    State(site): State<Site>,
    chrome: Chrome,
    Path((id, wish)): Path<(String, String)>,
) -> Answer<Response> {
    let id = known(&id)?;
    asking(&site, &chrome, id, &wish, &Typed::default(), None)
}

pub async fn change_status(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Path((id, wish)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let id = known(&id)?;
    let step = Wish::named(&wish, &site.read(|r| must_user(r, id))?)?.step;
    let done = match by.because(&typed.reason) {
        Ok(by) => ops::lifecycle::change_status(&site, by, id, step).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/admin/users/{id}"))),
        // It is in that state already, since somebody else looked at it too.
        Err(refusal) if refusal.status == 400 => Ok(see_other(&format!("/admin/users/{id}"))),
        Err(refusal) => asking(&site, &chrome, id, &wish, &typed, Some(correctable(refusal)?)),
    }
}

fn asking(
    site: &Site,
    chrome: &Chrome,
    id: UserId,
    wish: &str,
    typed: &Typed,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let (user, ahead) = ops::lifecycle::standing(site, id)?;
    let Wish { step, title, effects, button, keep } = Wish::named(wish, &user)?;
    let (back, action) = (format!("/admin/users/{id}"), format!("/admin/users/{id}/account/{wish}"));
    let view = Confirm {
        title,
        back: ("Back to the person", &back),
        action: &action,
        effects,
        fields: html! {},
        button,
        keep,
        reason: &typed.reason,
        unchanged: "Nothing is changed yet.",
    };
    match ops::lifecycle::possible(&user, step, ahead) {
        Err(why) => impossible(site, chrome, &view, &why),
        Ok(()) => ask(site, chrome, &view, refused.as_ref()),
    }
}

pub async fn ask_let_in(State(site): State<Site>, chrome: Chrome, Id(id): Id<UserId>) -> Answer<Response> {
    letting_in(&site, &chrome, id, None, None)
}

pub async fn let_in(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<UserId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let done = match by.because(&typed.reason) {
        Ok(by) => ops::beta::let_in(&site, by, id, typed.roles()).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/users/{id}"))),
        Err(refusal) => letting_in(&site, &chrome, id, Some(&typed), Some(correctable(refusal)?)),
    }
}

fn letting_in(
    site: &Site,
    chrome: &Chrome,
    id: UserId,
    typed: Option<&Typed>,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let user = site.read(|r| must_user(r, id))?;
    let chosen = typed.map_or_else(|| user.let_in(), Typed::roles);
    let back = format!("/admin/users/{id}");
    let learn = Choice::new("on", "Searching and booking", chosen.contains(&Role::Student));
    let teach = Choice::new("on", "Teaching", chosen.contains(&Role::Instructor));
    let view = Confirm {
        title: format!("Let {} in early?", user.full_name()),
        back: ("Back to the person", &back),
        action: &format!("{back}/let-in"),
        effects: html! { ul.prose {
            li { "It counts while the launch state keeps a side shut; once that side is open, everybody may." }
            li { "Nothing ticked takes it back." }
        } },
        fields: html! { div { (pick(Pick::Many, "student", &learn)) (pick(Pick::Many, "instructor", &teach)) } },
        button: Button::primary("Save").busy("Saving…"),
        keep: "Leave it",
        reason: typed.map_or("", |typed| typed.reason.as_str()),
        unchanged: "Nothing is changed yet.",
    };
    ask(site, chrome, &view, refused.as_ref())
}
