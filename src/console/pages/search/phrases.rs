//! `/admin/search/phrases`: words that nobody understood, what people chose after them, and what to make of that.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::way;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::console::pages::shell::{address, heading, moments, show};
use crate::search::learning::{self, Named, UnheardStatus, UnheardView, dismiss as dismiss_phrase};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{
    Button, Col, Row, Tab, Table, Tone, badge, empty, link_button, notice, post_button, table, tabs,
};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/search/phrases";
const SHOWN: usize = 200;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    show: String,
    done: String,
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let (now, times) = (site.now(), moments(&site));
    let rejected = filter.show == "dismissed";
    let open = [UnheardStatus::Pending, UnheardStatus::ManualReview];
    let statuses: &[UnheardStatus] = if rejected { &[UnheardStatus::Rejected] } else { &open };
    let (all, rows) = site.read(|r| {
        let rows = learning::unheard(r, statuses, None)?;
        let shown: Outcome<Vec<_>> = rows.iter().take(SHOWN).map(|row| learning::voted(r, row.clone(), now)).collect();
        Ok((rows.len(), shown?))
    })?;
    let row = |one: &UnheardView| {
        let kind = if one.kind == Named::Place { "place" } else { "lesson" };
        let give = address("/admin/search/names", &[("phrase", &one.query_normalized), ("kind", one.kind.name())]);
        Row::new(vec![
            html! {
                b { (one.query_normalized) } " " (badge(Tone::Plain, kind))
                @if one.status == UnheardStatus::ManualReview { " " (badge(Tone::Warn, "people disagree")) }
                @if let Some(sample) = one.sample_queries.first() { br; small { "“" (sample) "”" } }
            },
            html! { (one.unique_searchers) },
            html! { (format!("{:.0}", one.vote_count)) },
            html! { @for share in one.votes.iter().take(3) { span { (share.name) " " b.fig { (format!("{:.0}%", share.share * 100.0)) } } br; } },
            html! { (times.at(one.last_seen_at)) },
            html! {
                div.row {
                    (link_button(&give, &Button::line("Give it a meaning").small().says(&format!("Give it a meaning: “{}”", one.query_normalized))))
                    @if !rejected {
                        (post_button("/admin/search/phrases/dismiss", &[("phrase", &one.query_normalized), ("kind", one.kind.name())], &Button::link("Dismiss").says(&format!("Dismiss “{}”", one.query_normalized))))
                    }
                }
            },
        ])
    };
    let cols = vec![
        Col::new("Phrase"),
        Col::end("People"),
        Col::end("Votes"),
        Col::new("They chose"),
        Col::new("Last"),
        Col::new(""),
    ];
    let body = html! {
        (heading("Phrases nobody understood", html! { (post_button("/admin/search/phrases/process", &[], &Button::line("Count votes now").small())) }))
        (way(PATH))
        (tabs("Phrases", &[Tab::new("Open", PATH, !rejected), Tab::new("Dismissed", "/admin/search/phrases?show=dismissed", rejected)]))
        @match filter.done.as_str() {
            "dismissed" => (notice(Tone::Ok, "Dismissed: it is neither shown nor learned any more.")),
            "processed" => (notice(Tone::Ok, "All votes are counted again.")),
            _ => {}
        }
        p.small.muted { "Learned by itself: five people searched it, three votes for one meaning with 70 of 100; at 90 of 100, five votes and two accounts it goes live, below that it waits under Names." }
        @if rows.is_empty() { (empty("Nothing here", "Places and lessons that people name and search does not know stand here.", None)) }
        @else {
            p.small.muted {
                @if all > rows.len() { "The " (rows.len()) " most wanted of " (all) " phrases." }
                @else { (count(all, "phrase", "phrases")) "." }
            }
            (table(&Table { caption: "Phrases".into(), caption_hidden: true, cols, rows: rows.iter().map(row).collect(), foot: None }))
        }
    };
    Ok(show(&site, &chrome, "Phrases", body)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    phrase: String,
    kind: String,
}

pub async fn dismiss(State(site): State<Site>, by: By, Form(typed): Form<Typed>) -> Answer<Response> {
    let kind = if typed.kind == Named::Service.name() { Named::Service } else { Named::Place };
    site.write(move |tx| dismiss_phrase(tx, &by, Some(kind), &typed.phrase)).await?;
    Ok(see_other("/admin/search/phrases?done=dismissed"))
}

pub async fn process_now(State(site): State<Site>) -> Answer<Response> {
    learning::process(&site).await?;
    Ok(see_other("/admin/search/phrases?done=processed"))
}
