//! `/admin/search/bench`: one search taken apart. What was understood, how long each step took, who was left after it, and
//! how every score came about; the weights can be tried out without changing them for anybody.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::{scores, way};
use crate::base::refusal::Refusal;
use crate::base::text;
use crate::console::pages::shell::{address, heading, show};
use crate::search::analytics::report;
use crate::search::analytics::rollup::day_of;
use crate::search::analytics::tables::Days;
use crate::search::find::Funnel;
use crate::search::knowledge;
use crate::search::ops::{self, Answered, Ask, Drill};
use crate::search::tuning::{self, TUNING, Tuning, Weights};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, Tone, badge, button, empty, field, meter, notice, post_button};
use crate::web::{Answer, Chrome, Form, Params, see_other};

pub const PATH: &str = "/admin/search/bench";
const SAVE: &str = "/admin/search/bench/save";
const RESET: &str = "/admin/search/bench/reset";
const SHOWN: usize = 20;
/// Stored wishes offered for a replay.
const REPLAYS: usize = 8;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    q: String,
    relevance: String,
    quality: String,
    distance: String,
    price: String,
    freshness: String,
    completeness: String,
    /// What is to go wrong on purpose: each a ticked box.
    force_skip_embedding: String,
    force_high_load: String,
    force_no_index: String,
}

impl Wish {
    fn drill(&self) -> Drill {
        let on = |text: &str| matches!(text, "true" | "on" | "1");
        Drill {
            no_meaning: on(&self.force_skip_embedding),
            high_load: on(&self.force_high_load),
            no_index: on(&self.force_no_index),
        }
    }

    /// The weights to try, in percent as the sliders send them; what is left out is as in force.
    pub(super) fn weights(&self, now: Weights) -> Weights {
        let of = |text: &str, now: f64| {
            // The slider shows no more than a tenth of a percent: what it gives back unmoved is what is in force.
            let moved = |percent: &f64| (0.0..=100.0).contains(percent) && *percent != percent_of(now);
            text.parse::<f64>().ok().filter(moved).map_or(now, |it| it / 100.0)
        };
        Weights {
            relevance: of(&self.relevance, now.relevance),
            quality: of(&self.quality, now.quality),
            distance: of(&self.distance, now.distance),
            price: of(&self.price, now.price),
            freshness: of(&self.freshness, now.freshness),
            completeness: of(&self.completeness, now.completeness),
        }
    }
}

/// A search as answered, and the same by the weights in force when others are tried.
pub struct Tried {
    pub answered: Answered,
    pub tuning: Tuning,
    /// Places by the weights in force.
    pub before: Option<Vec<crate::base::id::UserId>>,
}

pub async fn bench(State(site): State<Site>, chrome: Chrome, Params(mut wish): Params<Wish>) -> Answer<Markup> {
    wish.q = text::shown_line(&wish.q);
    let now = site.read(|r| TUNING.read(r))?;
    let weights = wish.weights(now.weights);
    let tuning = Tuning { weights, ..now };
    let other = weights != now.weights;
    let drill = wish.drill();
    let query = wish.q.clone();
    let tried = if query.is_empty() {
        None
    } else {
        let (inside, query) = (site.clone(), ops::checked_query(Some(query))?);
        let run = move || -> Result<Tried, Refusal> {
            let ask =
                |tuning| Ask { query: query.clone(), limit: SHOWN, tuning: Some(tuning), drill, ..Ask::default() };
            let answered = ops::answer(&inside, ask(tuning))?;
            let usual = if other { Some(ops::answer(&inside, ask(now))?) } else { None };
            let before = usual.map(|usual| usual.cards().iter().map(|card| card.row.id).collect());
            Ok(Tried { answered, tuning, before })
        };
        Some(tokio::task::spawn_blocking(run).await.map_err(Refusal::internal)??)
    };
    let span = Days::ending(day_of(site.now(), &site.zone), 30);
    let stored: Vec<String> = site
        .read(|r| report::wishes(r, span))?
        .into_iter()
        .map(|wish| wish.sample)
        .filter(|sample| !sample.is_empty())
        .take(REPLAYS)
        .collect();
    let body = html! {
        (heading("Test bench", html! {}))
        (way(PATH))
        (form(&wish, weights))
        (keep(&wish, weights, other, now != Tuning::default()))
        @if !stored.is_empty() {
            p.small.row { span.muted { "Stored searches:" } @for query in &stored { a href=(replay(query, &wish)) { (query) } } }
        }
        @if other { (notice(Tone::Info, "Tried with other weights. Nobody else is searched for by them until they are saved.")) }
        @match &tried {
            None => (empty("Type a search", "It is answered as for a guest and not counted anywhere.", None)),
            Some(tried) => {
                (understood(&tried.answered))
                div.bench { (timeline(&tried.answered)) (funnel(&tried.answered.found.funnel)) }
                (scores::results(tried))
            }
        }
    };
    Ok(show(&site, &chrome, "Test bench", body)?)
}

/// The same weights for another sentence.
fn replay(query: &str, wish: &Wish) -> String {
    let all = [
        ("q", query),
        ("relevance", &wish.relevance),
        ("quality", &wish.quality),
        ("distance", &wish.distance),
        ("price", &wish.price),
        ("freshness", &wish.freshness),
        ("completeness", &wish.completeness),
        ("force_skip_embedding", &wish.force_skip_embedding),
        ("force_high_load", &wish.force_high_load),
        ("force_no_index", &wish.force_no_index),
    ];
    address(PATH, &all)
}

fn form(wish: &Wish, weights: Weights) -> Markup {
    html! {
        form.stack action=(PATH) {
            (field(&Field { name: "q", label: "Search", value: &wish.q, kind: "search", maxlength: Some(500), ..Field::default() }))
            fieldset.weights {
                legend.small.muted { "Weights, in percent" }
                @for (name, weight) in named(weights) {
                    @let percent = percent_of(weight);
                    label.small { (name) " " output.fig { (percent) } input type="range" name=(name) min="0" max="100" step="0.1" value=(percent); }
                }
            }
            fieldset.row {
                legend.small.muted { "Have go wrong" }
                (toggle("force_skip_embedding", "Words read by meaning", &wish.force_skip_embedding))
                (toggle("force_high_load", "Too many searches at once", &wish.force_high_load))
                (toggle("force_no_index", "The index", &wish.force_no_index))
            }
            div.row { (button(&Button::primary("Search").busy("Searching…"))) a.small href={ (PATH) "?" (serde_urlencoded::to_string([("q", &wish.q)]).unwrap_or_default()) } { "Weights in force" } }
        }
    }
}

fn toggle(name: &str, label: &str, value: &str) -> Markup {
    html! { label.small.row { input type="checkbox" name=(name) value="true" checked[!value.is_empty()]; (label) } }
}

/// Makes the weights that are tried everybody's, or puts the defaults back.
fn keep(wish: &Wish, weights: Weights, other: bool, changed: bool) -> Markup {
    let values = named(weights).map(|(name, weight)| (name, percent_of(weight).to_string()));
    let mut fields: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("q", &wish.q));
    html! {
        div.row {
            @if other {
                (post_button(SAVE, &fields, &Button::line("Save these weights for everybody")))
                a.small href=(address(super::golden::PATH, &fields[..6])) { "Compare them over the golden searches" }
            }
            @if changed { (post_button(RESET, &[("q", &wish.q)], &Button::line("Back to the defaults"))) }
        }
    }
}

/// Saves the weights of the form; the change stands in the audit trail with who made it.
pub async fn save(State(site): State<Site>, by: By, Form(wish): Form<Wish>) -> Answer<Response> {
    let now = site.read(|r| TUNING.read(r))?;
    tuning::change(&site, by, json!({ "weights": wish.weights(now.weights) })).await?;
    Ok(see_other(&address(PATH, &[("q", &wish.q)])))
}

/// Puts everything that can be turned back to its default.
pub async fn reset(State(site): State<Site>, by: By, Form(wish): Form<Wish>) -> Answer<Response> {
    tuning::reset(&site, by).await?;
    Ok(see_other(&address(PATH, &[("q", &wish.q)])))
}

/// A weight as the sliders show it.
fn percent_of(weight: f64) -> f64 {
    (weight * 1000.0).round() / 10.0
}

fn named(weights: Weights) -> [(&'static str, f64); 6] {
    [
        ("relevance", weights.relevance),
        ("quality", weights.quality),
        ("distance", weights.distance),
        ("price", weights.price),
        ("freshness", weights.freshness),
        ("completeness", weights.completeness),
    ]
}

fn understood(answered: &Answered) -> Markup {
    let understood = &answered.understood;
    let parsed = serde_json::to_string_pretty(&understood.parsed).unwrap_or_default();
    let services: Vec<String> = understood
        .services
        .iter()
        .take(12)
        .map(|(at, score)| format!("{} {:.2}", knowledge().service_name(*at), score))
        .collect();
    html! {
        section.stack.stack--s {
            h2.h3 { "Understood" }
            div.row {
                (badge(Tone::Plain, understood.mode.name()))
                @if understood.nothing_fits { (badge(Tone::Warn, "nobody teaches it")) }
                @if answered.location_not_found { (badge(Tone::Warn, "place not known")) }
                @for reason in &answered.degraded { (badge(Tone::Bad, reason)) }
                @if !answered.names.is_empty() { (badge(Tone::Ok, "learned name used")) }
            }
            @if let Some(corrected) = &understood.corrected_query { p.small { "Read as “" (corrected) "”." } }
            @if !understood.chips.is_empty() {
                div.row.chips { @for one in &understood.chips { (badge(Tone::Plain, format!("{}: {} ({:.0}%)", one.kind, one.label, one.confidence * 100.0))) } }
            }
            @if !services.is_empty() { p.small { (services.join(", ")) } }
            details { summary.small { "Everything that was read" } pre.small { (parsed) } }
        }
    }
}

/// Steps with their microseconds, as bars of one length of time.
fn timeline(answered: &Answered) -> Markup {
    let found = &answered.found.funnel;
    let known =
        answered.parse_us + answered.index_us + found.narrow_us + found.judge_us + found.rank_us + found.cards_us;
    let steps = [
        ("Understand", answered.parse_us),
        ("Follow the journal", answered.index_us),
        ("Narrow", found.narrow_us),
        ("Judge, with free times", found.judge_us),
        ("Rank", found.rank_us),
        ("Cards", found.cards_us),
        ("The rest", answered.latency_us.saturating_sub(known)),
    ];
    html! {
        section.stack.stack--s {
            h2.h3 { "Time: " (format!("{:.2} ms", answered.latency_us as f64 / 1000.0)) }
            div.funnel.small { @for (name, us) in steps { span { (name) } (meter(us, answered.latency_us)) b.fig { (format!("{:.2} ms", us as f64 / 1000.0)) } } }
        }
    }
}

fn funnel(found: &Funnel) -> Markup {
    let steps = [
        ("Live instructors", found.instructors),
        ("Teach it", found.teaching),
        ("Within reach", found.within_reach),
        ("Fit everything", found.exact),
        ("Shown, near misses too", found.shown),
    ];
    html! {
        section.stack.stack--s {
            h2.h3 { "Who is left" }
            div.funnel.small { @for (name, count) in steps { span { (name) } (meter(count as u64, found.instructors as u64)) b.fig { (count) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_come_back_from_their_own_form_unchanged() {
        let odd = Weights { relevance: 0.333_33, quality: 0.125, distance: 0.1, ..Tuning::default().weights };
        let [relevance, quality, distance, price, freshness, completeness] =
            named(odd).map(|(_, weight)| percent_of(weight).to_string());
        let sent = Wish { relevance, quality, distance, price, freshness, completeness, ..Wish::default() };
        assert_eq!(sent.weights(odd), odd);
        let moved = Wish { quality: "13".to_owned(), ..sent };
        assert_eq!(moved.weights(odd), Weights { quality: 0.13, ..odd });
        assert_eq!(Wish { quality: "-1".to_owned(), ..moved }.weights(odd), odd);
    }
}
