//! `/admin/reviews`: what looks like noise waits here for a person; anything can be taken down, with a reason.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask, correctable};
use super::shell::{address, heading, moments, person, show, state};
use crate::accounts;
use crate::base::id::ReviewId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::count;
use crate::console::words::{Moments, Mood};
use crate::reviews::model::{Review, Status};
use crate::reviews::{ops, tables};
use crate::site::Site;
use crate::site::audit::By;
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Col, Field, Pick, Row, Tab, Table, empty, link_button, picks, table, tabs,
};
use crate::web::{Answer, Chrome, Form, Id, Params, see_other};

const PATH: &str = "/admin/reviews";
/// Reviews a list shows, newest first.
const SHOWN: usize = 100;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    status: String,
}

/// Without a choice, those that wait.
fn chosen(name: &str) -> Status {
    Status::ALL.into_iter().find(|status| status.name() == name).unwrap_or(Status::Flagged)
}

fn words(status: Status) -> (Mood, &'static str) {
    match status {
        Status::Published => (Mood::Good, "Published"),
        Status::Flagged => (Mood::Wait, "Held back"),
        Status::Removed => (Mood::Bad, "Taken down"),
    }
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let (times, status) = (moments(&site), chosen(&filter.status));
    let rows = site.read(|r| {
        let found = tables::with_status(r, status, SHOWN)?;
        found.iter().map(|review| row(r, review, &times)).collect::<Outcome<Vec<Row>>>()
    })?;
    let tab = |one: Status| Tab::new(words(one).1, address(PATH, &[("status", one.name())]), one == status);
    let body = html! {
        div.stack {
            (heading("Reviews", html! { span.muted { (count(rows.len(), "review", "reviews")) } }))
            (tabs("How they stand", &Status::ALL.map(tab)))
            @if rows.is_empty() {
                (empty("None", "Reviews that look like noise are held back and wait here.", None))
            } @else {
                (table(&Table {
                    caption: "Reviews".to_owned(),
                    caption_hidden: true,
                    cols: ["Written", "About", "Stars", "What it says", "State", ""].map(Col::new).into(),
                    rows,
                    foot: None,
                }))
            }
        }
    };
    Ok(show(&site, &chrome, "Reviews", body)?)
}

fn row(r: &dyn Read, review: &Review, times: &Moments) -> Outcome<Row> {
    let about = accounts::user(r, review.instructor_id)?;
    let says = format!("Decide about the review of {}", review.service_name);
    Ok(Row::new(vec![
        html! { time datetime=(review.created_at) { (times.second(review.created_at)) } },
        html! { (person(about.as_ref(), review.instructor_id)) br; small { (review.service_name) } },
        html! { (review.rating) },
        html! { @match &review.text { Some(text) => (text), None => span.muted { "No words" } } },
        state(words(review.status)),
        link_button(&format!("{PATH}/{}", review.id), &Button::line("Decide").small().says(&says)),
    ]))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    status: String,
}

pub async fn ask_moderate(State(site): State<Site>, chrome: Chrome, Id(id): Id<ReviewId>) -> Answer<Response> {
    asking(&site, &chrome, id, &Typed::default(), None)
}

pub async fn moderate(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<ReviewId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let wanted = [Status::Published, Status::Removed].into_iter().find(|status| status.name() == typed.status);
    let wish = by
        .because(&typed.reason)
        .and_then(|by| Ok((by, wanted.ok_or_else(|| Refusal::invalid("status", "Say what becomes of it."))?)));
    let done = match wish {
        Ok((by, status)) => ops::decide(&site, by, id, status).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(review) => Ok(see_other(&address(PATH, &[("status", review.status.name())]))),
        Err(refusal) => asking(&site, &chrome, id, &typed, Some(correctable(refusal)?)),
    }
}

fn asking(site: &Site, chrome: &Chrome, id: ReviewId, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let review = site.read(|r| tables::must(r, id))?;
    let error = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == "status"));
    let choices = [
        Choice::new("published", "Publish it", typed.status == "published").note("Listed on the profile."),
        Choice::new("removed", "Take it down", typed.status == "removed").note("Neither listed nor counted."),
    ];
    let question = Field {
        name: "status",
        label: "What becomes of it?",
        error: error.map(|e| e.message.as_str()),
        ..Field::default()
    };
    let view = Confirm {
        title: format!("Decide about a review of {}", review.service_name),
        back: ("All reviews", PATH),
        action: &format!("{PATH}/{id}"),
        effects: html! {
            p { b { (review.rating) " of 5. " } @match &review.text { Some(text) => { "“" (text) "”" }, None => "No words." } }
            p { "It is " (words(review.status).1.to_lowercase()) ". A review may not go because it is unfavourable, only because it is abusive or not about the lesson." }
        },
        fields: picks(Pick::One, &question, &choices),
        button: Button::primary("Decide").busy("Deciding…"),
        keep: "Leave it",
        reason: &typed.reason,
        unchanged: "Nothing is decided yet.",
    };
    ask(site, chrome, &view, refused.as_ref())
}
