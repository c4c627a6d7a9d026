//! Giving somebody credit, and letting somebody book again.

use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use crate::accounts::must_user;
use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::console::pages::confirm::{Confirm, ask, correctable, impossible};
use crate::console::pages::proof::{self, Proof, prove};
use crate::payments::ops;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, field};
use crate::web::{Answer, Chrome, Form, Id, see_other};

const PHRASE: &str = "give credit";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    /// Whole dollars.
    amount: String,
    /// The person's newest credit when the page was shown: a second click finds another.
    seen: String,
    #[serde(flatten)]
    proof: Proof,
}

pub async fn ask_credit(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<UserId>,
) -> Answer<Response> {
    giving(&site, &chrome, &actor, id, &Typed::default(), None)
}

pub async fn give_credit(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Id(id): Id<UserId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    match given(&site, &actor, by, id, &typed).await {
        Ok(()) => Ok(see_other(&format!("/admin/users/{id}"))),
        Err(refusal) => giving(&site, &chrome, &actor, id, &typed, Some(correctable(refusal)?)),
    }
}

async fn given(site: &Site, actor: &Actor, by: By, id: UserId, typed: &Typed) -> Outcome<()> {
    let by = by.because(&typed.reason)?;
    let wrong = || Refusal::invalid("amount", "Whole dollars, from 1 to 1000.");
    let dollars: i64 = typed.amount.trim().trim_start_matches('$').parse().map_err(|_| wrong())?;
    if !(1..=1000).contains(&dollars) {
        return Err(wrong());
    }
    prove(site, actor, PHRASE, &typed.proof).await?;
    let gift = ops::Gift { seen: Some(typed.seen.clone()), ..ops::Gift::of(Cents(dollars * 100)) };
    ops::give_credit(site, id, by, gift).await.map(drop)
}

fn giving(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    id: UserId,
    typed: &Typed,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let now = site.now();
    let (user, held, standing, seen) = site.read(|r| {
        Ok((must_user(r, id)?, ops::holdings(r, id, now)?, ops::standing(r, id)?, ops::newest_lot(r, id)?))
    })?;
    let back = format!("/admin/users/{id}");
    let error = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == "amount"));
    let view = Confirm {
        title: format!("Give {} credit?", user.first_name),
        back: ("Back to the person", &back),
        action: &format!("{back}/credit"),
        effects: html! {
            p { (user.first_name) " has " b { (held.available.dollars()) } " to spend. What you give is good for a year and costs the marketplace." }
            @if standing.balance < Cents::ZERO { p { "It first pays the " b { ((-standing.balance).dollars()) } " that " (user.first_name) " owes." } }
        },
        fields: html! {
            input type="hidden" name="seen" value=(seen);
            (field(&Field {
                name: "amount",
                label: "How many dollars",
                value: &typed.amount,
                error: error.map(|e| e.message.as_str()),
                inputmode: "numeric",
                required: true,
                ..Field::default()
            }))
            (proof::fields(site, actor, PHRASE, refused.as_ref()))
        },
        button: Button::primary("Give the credit").busy("Giving…"),
        keep: "Give nothing",
        reason: &typed.reason,
        unchanged: "No credit is given yet.",
    };
    ask(site, chrome, &view, refused.as_ref())
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Why {
    reason: String,
}

pub async fn ask_lift(State(site): State<Site>, chrome: Chrome, Id(id): Id<UserId>) -> Answer<Response> {
    lifting(&site, &chrome, id, &Why::default(), None)
}

pub async fn lift(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<UserId>,
    Form(typed): Form<Why>,
) -> Answer<Response> {
    let done = match by.because(&typed.reason) {
        Ok(by) => ops::lift_bar(&site, id, by).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/users/{id}"))),
        Err(refusal) => lifting(&site, &chrome, id, &typed, Some(correctable(refusal)?)),
    }
}

fn lifting(site: &Site, chrome: &Chrome, id: UserId, typed: &Why, refused: Option<Refusal>) -> Answer<Response> {
    let (user, standing) = site.read(|r| Ok((must_user(r, id)?, ops::standing(r, id)?)))?;
    let back = format!("/admin/users/{id}");
    let view = Confirm {
        title: format!("Let {} book again?", user.full_name()),
        back: ("Back to the person", &back),
        action: &format!("{back}/lift"),
        effects: html! {
            ul.prose {
                li { "Locks for failed charges and lost disputes end." }
                li { "The " b { ((-standing.balance).dollars()) } " owed are written off, at our cost." }
            }
        },
        fields: html! {},
        button: Button::primary("Let them book again").busy("Lifting…"),
        keep: "Leave it",
        reason: &typed.reason,
        unchanged: "Nothing is lifted yet.",
    };
    if !standing.is_barred() {
        let why = Refusal::unprocessable("NOT_BARRED", "Nothing keeps this person from booking.");
        return impossible(site, chrome, &view, &why);
    }
    ask(site, chrome, &view, refused.as_ref())
}
