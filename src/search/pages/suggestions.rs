//! `/search/suggestions`: links under the search box while somebody types. A fragment, nothing more.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::params::SearchParams;
use crate::search::grammar;
use crate::search::knowledge;
use crate::site::Site;
use crate::web::{Answer, Params};

const SERVICES: usize = 5;
const PLACES: usize = 3;
const LONGEST: usize = 60;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Typed {
    q: String,
}

pub async fn suggestions(State(_): State<Site>, Params(typed): Params<Typed>) -> Answer<Markup> {
    let text: String = typed.q.trim().chars().take(LONGEST).collect();
    let (before, last) = last_words(&text);
    let services = if before.is_empty() { services(&text) } else { Vec::new() };
    let places = if before.is_empty() { Vec::new() } else { places(&last) };
    Ok(html! {
        @for name in services { a href=(SearchParams::of(&name)) { (name) } }
        @for name in places { @let whole = format!("{before} {name}"); a href=(SearchParams::of(&whole)) { (whole) } }
    })
}

/// Services one of whose names or terms begins like what was typed, names first.
fn services(text: &str) -> Vec<String> {
    let typed = grammar::words(text).join(" ");
    if typed.is_empty() {
        return Vec::new();
    }
    let begins = |phrase: &str| grammar::words(phrase).join(" ").starts_with(&typed);
    let all = knowledge().catalogue.services();
    let by_name = all.iter().filter(|service| begins(&service.name));
    let by_term = all.iter().filter(|service| !begins(&service.name) && service.terms.iter().any(|term| begins(term)));
    by_name.chain(by_term).take(SERVICES).map(|service| service.name.clone()).collect()
}

/// Places the last words may become.
fn places(last: &str) -> Vec<String> {
    if last.chars().count() < 2 {
        return Vec::new();
    }
    knowledge()
        .places
        .complete(last, PLACES)
        .into_iter()
        .filter(|place| place.is_known())
        .map(|place| place.label)
        .collect()
}

/// "piano in up" → ("piano in", "up"); the place being typed stands behind its preposition.
fn last_words(text: &str) -> (String, String) {
    for joint in [" in ", " near ", " around ", ", "] {
        if let Some((before, last)) = text.rsplit_once(joint) {
            return (format!("{before}{}", joint.trim_end()), last.to_owned());
        }
    }
    (String::new(), text.to_owned())
}
