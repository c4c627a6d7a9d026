//! `/admin/search/golden`: searches whose lesson is beyond doubt, how many are understood, and what other weights would
//! change about their answers.

use axum::extract::State;
use maud::{Markup, html};

use super::bench::{PATH as BENCH, Wish};
use super::way;
use crate::base::refusal::Refusal;
use crate::console::pages::shell::{address, heading, show};
use crate::search::golden::{self, Judged};
use crate::search::tuning::{TUNING, Tuning};
use crate::site::Site;
use crate::web::components::{Col, Row, Stat, Table, Tone, badge, notice, stats, table};
use crate::web::{Answer, Chrome, Params};

pub const PATH: &str = "/admin/search/golden";

pub async fn golden(State(site): State<Site>, chrome: Chrome, Params(wish): Params<Wish>) -> Answer<Markup> {
    let now = site.read(|r| TUNING.read(r))?;
    let weights = wish.weights(now.weights);
    let other = (weights != now.weights).then_some(Tuning { weights, ..now });
    let inside = site.clone();
    let judged =
        tokio::task::spawn_blocking(move || golden::run(&inside, other)).await.map_err(Refusal::internal)??;
    let body = html! {
        (heading("Golden searches", html! {}))
        (way(PATH))
        p.small.muted { "Sentences whose lesson is beyond doubt, answered as for a guest and counted nowhere. Weights to compare with come from the " a href=(BENCH) { "test bench" } "." }
        @if other.is_some() { (notice(Tone::Info, "A is what is in force, B the weights that are tried.")) }
        (figures(&judged))
        (rows(&judged, other.is_some()))
    };
    Ok(show(&site, &chrome, "Golden searches", body)?)
}

fn figures(judged: &[Judged]) -> Markup {
    let percent = |first| format!("{:.0}%", golden::recall(judged, first) * 100.0);
    let found = judged.iter().filter(|one| one.found > 0).count();
    let mut all = vec![
        Stat::new("Recall at 1", percent(1), format!("of {} searches", judged.len())),
        Stat::new("Recall at 5", percent(5), "the lesson is among the first five".to_owned()),
        Stat::new("Somebody found", found.to_string(), "searches with a result".to_owned()),
    ];
    let same: Vec<usize> = judged.iter().filter_map(|one| one.other.as_ref().map(|(_, same)| *same)).collect();
    if !same.is_empty() {
        let moved =
            judged.iter().filter(|one| one.other.as_ref().is_some_and(|(first, _)| *first != one.first)).count();
        all.push(Stat::new("Another first by B", moved.to_string(), "searches led by somebody else".to_owned()));
    }
    stats(&all)
}

fn rows(judged: &[Judged], compared: bool) -> Markup {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "nobody".to_owned());
    let row = |one: &Judged| {
        let mut cells = vec![
            html! { a href=(address(BENCH, &[("q", one.query)])) { (one.query) } },
            html! {
                (one.wanted) " "
                @match one.place {
                    Some(1) => (badge(Tone::Ok, "first")),
                    Some(place) => (badge(Tone::Plain, format!("{place}."))),
                    None => { (badge(Tone::Bad, "missed")) br; small { (one.understood.join(", ")) } }
                }
            },
            html! { (one.found) },
            html! { (name(&one.first)) },
        ];
        if let Some((first, same)) = &one.other {
            let moved = *first != one.first;
            cells.push(html! { (name(first)) @if moved { " " (badge(Tone::Warn, "other")) } });
            cells.push(html! { (same) });
        }
        Row::new(cells)
    };
    let mut cols = vec![
        Col::new("Search"),
        Col::new("Lesson"),
        Col::end("Found"),
        Col::new(if compared { "First by A" } else { "First" }),
    ];
    if compared {
        cols.push(Col::new("First by B"));
        cols.push(Col::end("Same of ten"));
    }
    table(&Table {
        caption: "Golden searches".into(),
        caption_hidden: true,
        cols,
        rows: judged.iter().map(row).collect(),
        foot: None,
    })
}
