//! `/admin/privacy`: how many people there are, what is kept how long, and letting go of what is over.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask, correctable};
use super::shell::{heading, show};
use crate::accounts::ops::retention::{self, Applied};
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Col, Row, Stat, Table, Tone, link_button, notice, section, stats, table};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/privacy";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// Records that were just let go.
    gone: Option<usize>,
}

pub async fn overview(State(site): State<Site>, chrome: Chrome, Params(done): Params<Done>) -> Answer<Markup> {
    let (people, due) = (retention::people(&site)?, retention::due(&site, None)?);
    let number = |label: &str, n: usize| Stat::new(label, n.to_string(), "");
    let body = html! {
        div.stack.stack--l {
            (heading("Privacy", html! { span.muted { "What is held about people, and for how long." } }))
            @if let Some(gone) = done.gone { (notice(Tone::Ok, format!("{} let go.", count(gone, "record was", "records were")))) }
            (stats(&[
                number("People", people.total),
                number("Active", people.active),
                number("Paused", people.paused),
                number("Closed or erased", people.closed),
            ]))
            (section("kept", "Kept for so long", "Every night at 02:00 and 04:00 UTC what is over goes by itself.", html! {
                (rules(&due))
                p { (link_button("/admin/privacy/retention", &Button::line("Let go of what is over now"))) }
            }))
            (section("one", "One person", "", html! {
                p { "To hand somebody their data, or to erase them, open them under " a href="/admin/users" { "Users" } "." }
            }))
        }
    };
    Ok(show(&site, &chrome, "Privacy", body)?)
}

fn rules(due: &[Applied]) -> Markup {
    let row = |one: &Applied| {
        Row::new(vec![
            html! { (one.name.replace('_', " ")) },
            html! { (count(usize::try_from(one.days).unwrap_or_default(), "day", "days")) },
            html! { (one.rows) },
        ])
    };
    table(&Table {
        caption: "Retention".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("What"), Col::end("Kept"), Col::end("Over now")],
        rows: due.iter().map(row).collect(),
        foot: None,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Why {
    reason: String,
}

pub async fn ask_retention(State(site): State<Site>, chrome: Chrome) -> Answer<Response> {
    asking(&site, &chrome, "", None)
}

pub async fn apply_retention(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Form(why): Form<Why>,
) -> Answer<Response> {
    let done = match by.because(&why.reason) {
        Ok(by) => retention::apply_by(&site, by).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(done) => {
            let gone: usize = done.iter().map(|one| one.rows).sum();
            Ok(see_other(&format!("{PATH}?gone={gone}")))
        }
        Err(refusal) => asking(&site, &chrome, &why.reason, Some(correctable(refusal)?)),
    }
}

fn asking(site: &Site, chrome: &Chrome, reason: &str, refused: Option<Refusal>) -> Answer<Response> {
    let due = retention::due(site, None)?;
    let view = Confirm {
        title: "Let go of what is over now?".to_owned(),
        back: ("Privacy", PATH),
        action: "/admin/privacy/retention",
        effects: html! { p { "These records go for good:" } (rules(&due)) },
        fields: html! {},
        button: Button::bad("Let it go").busy("Letting go…"),
        keep: "Wait for the night",
        reason,
        unchanged: "Everything is still there.",
    };
    ask(site, chrome, &view, refused.as_ref())
}
