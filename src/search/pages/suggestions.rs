//! `/search/suggestions`: links under the search box while somebody types: what they searched before, lessons, places, and
//! people. A fragment, nothing more.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::params::SearchParams;
use crate::base::refusal::Outcome;
use crate::search::grammar;
use crate::search::history;
use crate::search::knowledge;
use crate::search::part::Search;
use crate::search::visitor::Visitor;
use crate::site::Site;
use crate::web::{Answer, Params};

const RECENT: usize = 2;
const SERVICES: usize = 4;
const PLACES: usize = 3;
const PEOPLE: usize = 2;
const LONGEST: usize = 60;
/// Recent searches looked through.
const LOOKED_AT: usize = 200;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Typed {
    q: String,
}

pub async fn suggestions(State(site): State<Site>, visitor: Visitor, Params(typed): Params<Typed>) -> Answer<Markup> {
    let text: String = crate::base::text::shown_line(&typed.q).chars().take(LONGEST).collect();
    let (before, last) = last_words(&text);
    let recent = recent(&site, &visitor, &text)?;
    let alone = before.is_empty();
    let services = if alone { services(&text) } else { Vec::new() };
    let people = if alone { people(&site, &text)? } else { Vec::new() };
    let places = places(&last, alone);
    Ok(html! {
        @for query in &recent { a href=(SearchParams::of(query)) { (query) } }
        @for name in services.iter().filter(|name| !recent.contains(&history::normal(name))) { a href=(SearchParams::of(name)) { (name) } }
        @for name in places { @let whole = if alone { format!("lessons in {name}") } else { format!("{before} {name}") }; a href=(SearchParams::of(&whole)) { (whole) } }
        @for (name, href) in people { a href=(href) { (name) } }
    })
}

/// What the person searched before that begins like this.
fn recent(site: &Site, visitor: &Visitor, text: &str) -> Outcome<Vec<String>> {
    let Some(owner) = visitor.owner().filter(|_| !text.is_empty()) else { return Ok(Vec::new()) };
    let typed = history::normal(text);
    let rows = site.read(|r| history::recent(r, &owner, LOOKED_AT))?;
    let begins = rows.into_iter().map(|row| row.query).filter(|query| query.starts_with(&typed) && *query != typed);
    Ok(begins.take(RECENT).collect())
}

/// Services one of whose names or terms begins like what was typed, names first; "math tu" becomes a math tutor.
fn services(text: &str) -> Vec<String> {
    let mut words = grammar::words(text);
    let found = beginning(&words.join(" "));
    let for_a_lesson = found.is_empty() && words.pop().is_some_and(|last| grammar::begins_generic(&last));
    if for_a_lesson { beginning(&words.join(" ")) } else { found }
}

fn beginning(typed: &str) -> Vec<String> {
    if typed.is_empty() {
        return Vec::new();
    }
    let begins = |phrase: &str| grammar::words(phrase).join(" ").starts_with(typed);
    let all = knowledge().catalogue.services();
    let by_name = all.iter().filter(|service| begins(&service.name));
    let by_term = all.iter().filter(|service| !begins(&service.name) && service.terms.iter().any(|term| begins(term)));
    by_name.chain(by_term).take(SERVICES).map(|service| service.name.clone()).collect()
}

/// Places the last words may become. With nothing before them only what begins so: a guess would be in the way.
fn places(last: &str, alone: bool) -> Vec<String> {
    if last.chars().count() < if alone { 3 } else { 2 } {
        return Vec::new();
    }
    let typed = last.to_lowercase();
    knowledge()
        .places
        .complete(last, PLACES)
        .into_iter()
        .filter(|place| place.is_known() && (!alone || place.label.to_lowercase().starts_with(&typed)))
        .map(|place| place.label)
        .collect()
}

/// Instructors whose name begins like this: "sarah", "sarah c". Their page, not a search.
fn people(site: &Site, text: &str) -> Outcome<Vec<(String, String)>> {
    let typed = history::normal(text);
    if typed.chars().count() < 3 {
        return Ok(Vec::new());
    }
    let index = site.part::<Search>()?.supply.index(site, &site.store.snapshot()?)?;
    let now = site.now();
    // Most names are told apart by their first letter, without writing them anew.
    let first = typed.chars().next();
    let begins = |name: &str| name.chars().next().and_then(|letter| letter.to_lowercase().next()) == first;
    let fits = index
        .rows()
        .filter(|row| begins(&row.first_name) && row.is_public(now) && row.name().to_lowercase().starts_with(&typed));
    let link = |row: &std::sync::Arc<crate::search::supply::Row>| {
        let taught = row.offers.first().map(|offer| knowledge().service_name(offer.service)).unwrap_or_default();
        (format!("{}, {taught}", row.name()), format!("/instructors/{}", row.id))
    };
    Ok(fits.take(PEOPLE).map(link).collect())
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
