//! What an admin says of an instructor by hand: that a background check is on file, that it is not after all, that the
//! names on document and account are one person's. Each is asked for with a reason. // rule: 50§3 level R

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use crate::accounts::model::User;
use crate::accounts::must_user;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, local_to_utc, today_in};
use crate::console::pages::confirm::{Confirm, ask, correctable, impossible};
use crate::instructors::Profile;
use crate::instructors::must_profile;
use crate::instructors::ops::{check, identity};
use crate::instructors::rules::check::{may_clear_mismatch, may_reset};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Choice, Field, Pick, field, pick};
use crate::web::{Answer, Chrome, Form, see_other};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    /// The day on the report.
    completed_on: String,
    /// Ticked where the instructor agreed in writing and the report is at hand.
    consented: String,
}

/// What is said, as its address names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Passed,
    TakenBack,
    SamePerson,
}

impl Word {
    fn named(name: &str) -> Outcome<Self> {
        match name {
            "background-check" => Ok(Self::Passed),
            "check-reset" => Ok(Self::TakenBack),
            "same-person" => Ok(Self::SamePerson),
            _ => Err(absent()),
        }
    }

    fn possible(self, profile: &Profile) -> Outcome<()> {
        match self {
            Self::Passed => Ok(()),
            Self::TakenBack => may_reset(profile),
            Self::SamePerson => may_clear_mismatch(profile),
        }
    }
}

fn absent() -> Refusal {
    Refusal::not_found("NOT_FOUND", "There is nothing at this address.")
}

fn known(id: &str, word: &str) -> Outcome<(UserId, Word)> {
    Ok((id.parse().map_err(|_| absent())?, Word::named(word)?))
}

pub async fn ask_vouch(
    State(site): State<Site>,
    chrome: Chrome,
    Path((id, word)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, kind) = known(&id, &word)?;
    let typed = Typed { completed_on: today_in(site.now(), &site.zone).to_string(), ..Typed::default() };
    asking(&site, &chrome, id, (kind, &word), &typed, None)
}

pub async fn vouch(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Path((id, word)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let (id, kind) = known(&id, &word)?;
    match said(&site, by, id, kind, &typed).await {
        Ok(()) => Ok(see_other(&format!("/admin/users/{id}"))),
        // Somebody else did it meanwhile: the page says what is in the way.
        Err(refusal) if refusal.status == 400 => asking(&site, &chrome, id, (kind, &word), &typed, None),
        Err(refusal) => asking(&site, &chrome, id, (kind, &word), &typed, Some(correctable(refusal)?)),
    }
}

async fn said(site: &Site, by: By, id: UserId, word: Word, typed: &Typed) -> Outcome<()> {
    let by = by.because(&typed.reason)?;
    match word {
        Word::Passed if typed.consented.is_empty() => {
            Err(Refusal::invalid("consented", "Without consent and report nothing may be entered."))
        }
        Word::Passed => check::pass(site, by, id, completed(site, &typed.completed_on)?).await.map(drop),
        Word::TakenBack => check::reset(site, by, id).await,
        Word::SamePerson => identity::clear_mismatch(site, by, id).await,
    }
}

/// Today is now; an earlier day counts from its beginning here.
fn completed(site: &Site, typed: &str) -> Outcome<Timestamp> {
    let wrong = || Refusal::invalid("completed_on", "A day, such as 2026-11-10.");
    let day: Date = typed.trim().parse().map_err(|_| wrong())?;
    if day == today_in(site.now(), &site.zone) {
        return Ok(site.now());
    }
    let midnight = WallTime::from_minutes(0).ok_or_else(wrong)?;
    local_to_utc(day, midnight, &site.zone).instant().ok_or_else(wrong)
}

fn asking(
    site: &Site,
    chrome: &Chrome,
    id: UserId,
    (word, name): (Word, &str),
    typed: &Typed,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let (user, profile) = site.read(|r| Ok((must_user(r, id)?, must_profile(r, id)?)))?;
    let back = format!("/admin/users/{id}");
    let (title, effects, button, keep) = words(word, &user, &profile);
    let view = Confirm {
        title,
        back: ("Back to the person", &back),
        action: &format!("{back}/trust/{name}"),
        effects,
        fields: if word == Word::Passed {
            result(typed, refused.as_ref())
        } else {
            html! {}
        },
        button,
        keep,
        reason: &typed.reason,
        unchanged: "Nothing is changed yet.",
    };
    match word.possible(&profile) {
        Err(why) => impossible(site, chrome, &view, &why),
        Ok(()) => ask(site, chrome, &view, refused.as_ref()),
    }
}

fn words(word: Word, user: &User, profile: &Profile) -> (String, Markup, Button<'static>, &'static str) {
    let (first, whole) = (&user.first_name, user.full_name());
    match word {
        Word::Passed => (
            format!("Enter a background check for {first}?"),
            html! { ul.prose {
                li { "The check of " (whole) " counts as passed for 365 days from the day on the report." }
                li { (first) " can go live once nothing else is missing; profiles of live instructors say “Background checked”." }
                li { "Only a clear result is entered here. A report that is not clear needs letters that this version does not write." }
            } },
            Button::primary("Enter the clear result").busy("Entering…"),
            "Enter nothing",
        ),
        Word::TakenBack => (
            format!("Take {first}’s background check back?"),
            html! { ul.prose {
                li { "Nothing is on file any more; " (first) " cannot go live before a new result is entered." }
                li { "What was on file stays in the audit trail." }
            } },
            Button::bad("Take it back").busy("Taking it back…"),
            "Leave it on file",
        ),
        Word::SamePerson => (
            format!("Is this {first}?"),
            html! {
                p { "The document says " b { (profile.identity.verified_last_name.as_deref().unwrap_or("another last name")) }
                    ", the account says " b { (user.last_name) } "." }
                p { "If both are one person’s, " (first) " is no longer kept from going live." }
            },
            Button::primary("They are one person").busy("Saving…"),
            "Leave it",
        ),
    }
}

fn result(typed: &Typed, refused: Option<&Refusal>) -> Markup {
    let at = |name: &str| refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let consent = Choice::new(
        "yes",
        "The instructor agreed to the check in writing, and I have the report before me.",
        !typed.consented.is_empty(),
    );
    html! {
        (field(&Field {
            name: "completed_on",
            label: "Day on the report",
            kind: "date",
            value: &typed.completed_on,
            error: at("completed_on"),
            required: true,
            ..Field::default()
        }))
        div.field id="consented" {
            (pick(Pick::Many, "consented", &consent))
            @if let Some(error) = at("consented") { span.err { (error) } }
        }
    }
}
