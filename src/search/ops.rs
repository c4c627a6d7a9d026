//! The use cases: answer a search, note what came of it.

use std::sync::Arc;
use std::time::Instant;

use jiff::Zoned;

use super::find::{Card, Criteria, Found, Group, Overrides, View, find};
use super::grammar::LocationKind;
use super::history::Kind;
use super::learning::Names;
use super::log;
use super::part::Search;
use super::supply::Index;
use super::tuning::{TUNING, Tuning};
use super::understand::{Understood, knowledge};
use super::visitor::Visitor;
use crate::base::access::Actor;
use crate::base::geo::Point;
use crate::base::id::{AliasId, SearchId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text;
use crate::base::time::{Date, TimeZone, Timestamp, zone};
use crate::payments::rules::pricing::PRICING;
use crate::places;
use crate::site::Site;
use crate::store::Read;

/// Nothing anybody means is longer (rule: 40§2).
pub const LONGEST_QUERY: usize = 500;
pub const MOST_RESULTS: usize = 50;

/// A search as it reaches us.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub query: String,
    pub overrides: Overrides,
    pub spot: Option<Point>,
    pub offset: usize,
    pub limit: usize,
    pub viewer: Option<Viewer>,
    /// When the words were said, if not now: "tomorrow" is counted from there.
    pub said_at: Option<Timestamp>,
    /// Learned names to use in place of those in force.
    pub names: Option<Arc<Names>>,
    /// Weights to try in place of those in force.
    pub tuning: Option<Tuning>,
    /// Whether to count who stands behind further filters.
    pub facets: bool,
    pub drill: Drill,
}

/// What an operator may have go wrong on purpose, to see the answer that is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drill {
    /// Words that name no service are not read by meaning.
    pub no_meaning: bool,
    /// As if too many searched at once.
    pub high_load: bool,
    /// As if the index were gone.
    pub no_index: bool,
}

/// Who asks, as far as it matters.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub id: UserId,
    pub timezone: String,
}

impl From<&Actor> for Viewer {
    fn from(actor: &Actor) -> Self {
        Self { id: actor.user_id, timezone: actor.timezone.clone() }
    }
}

/// So many places are offered where a word may mean any of them.
const MOST_CHOICES: usize = 10;

/// A search with its answer.
#[derive(Clone, Debug)]
pub struct Answered {
    pub id: SearchId,
    pub understood: Understood,
    pub found: Found,
    pub applied: Vec<String>,
    pub message: Option<String>,
    pub location_resolved: Option<String>,
    pub location_not_found: bool,
    pub location_suggestions: Vec<String>,
    pub degraded: Vec<String>,
    pub parse_us: u64,
    /// Following to the end of the journal.
    pub index_us: u64,
    pub latency_us: u64,
    /// Where the person is, if that was needed and is known.
    pub here: Option<Point>,
    /// Learned names that were needed.
    pub names: Vec<AliasId>,
    /// The day it was asked on, where the asker lives.
    pub today: Date,
}

/// The query itself, or why it is none (400 empty, 422 too long).
pub fn checked_query(query: Option<String>) -> Outcome<String> {
    let query = query.unwrap_or_default();
    if query.trim().is_empty() {
        return Err(Refusal::bad_request("EMPTY_QUERY", "Say what you would like to learn, where, and when."));
    }
    if query.chars().count() > LONGEST_QUERY {
        return Err(Refusal::invalid("q", format!("At most {LONGEST_QUERY} characters.")));
    }
    Ok(query)
}

/// Answers a search. Blocking work runs beside the server's own threads.
pub async fn search(site: &Site, ask: Ask) -> Outcome<Answered> {
    let most = site.read(|read| TUNING.read(read))?.max_concurrent;
    let permit = site.part::<Search>()?.admit(most)?;
    let inside = site.clone();
    let answered = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        answer(&inside, ask)
    });
    answered.await.map_err(Refusal::internal)?
}

/// Now, where the asker lives if they said, else where the marketplace is.
pub fn now_for(site: &Site, viewer: Option<&Viewer>) -> Zoned {
    let own: Option<TimeZone> = viewer.and_then(|viewer| zone(&viewer.timezone));
    site.now().to_zoned(own.unwrap_or_else(|| site.zone.clone()))
}

/// The same where one may block, without asking for admission.
pub fn answer(site: &Site, ask: Ask) -> Outcome<Answered> {
    let begun = Instant::now();
    let search = site.part::<Search>()?;
    let now = now_for(site, ask.viewer.as_ref());
    let snapshot = site.store.snapshot()?;
    let tuning = ask.tuning.map_or_else(|| TUNING.read(&snapshot), Ok)?;
    let mut degraded = Vec::new();
    let busy = ask.drill.high_load || search.in_flight() >= tuning.high_load;
    if busy {
        degraded.push("high_load".to_owned());
    }
    if ask.drill.no_meaning {
        degraded.push("embedding_skipped".to_owned());
    }
    let by_meaning = !busy && !ask.drill.no_meaning;
    let said = ask.said_at.map_or_else(|| now.clone(), |at| at.to_zoned(now.time_zone().clone()));
    let mut understood = knowledge().understand_as(&ask.query, &said, &tuning.thresholds, by_meaning);
    let names = ask.names.clone().map_or_else(|| search.names.get(site), Ok)?.apply(&mut understood);
    let parse_us = micros(begun);
    ask.overrides.apply(&mut understood.parsed);
    understood.chips.retain(|chip| !ask.overrides.replaces(&chip.kind));
    let here = here(&snapshot, &ask, &understood)?;
    let mut criteria = Criteria::new(&understood, &knowledge().places, here, now.date());
    criteria.rating = ask.overrides.rating.map(|tenths| f64::from(tenths) / 10.0);
    let founding = f64::from(PRICING.read(&snapshot)?.founding_search_boost) / 100.0;
    let before = Instant::now();
    let indexed = if search.is_down() || ask.drill.no_index { None } else { search.supply.index(site, &snapshot).ok() };
    let index_us = micros(before);
    let seek = |index: &Index, kept: bool| {
        let view = View {
            read: &snapshot,
            supply: &search.supply,
            index,
            now: site.now(),
            founding,
            tuning,
            facets: ask.facets,
        };
        let page = (ask.offset, ask.limit);
        // Weights to try are tried; what was read past the index is of no generation.
        if kept && ask.tuning.is_none() {
            return search.kept.find(&view, &criteria, understood.nothing_fits, page);
        }
        find(&view, &criteria, understood.nothing_fits, page)
    };
    // Without the index, or should it fail, the store itself answers: slower, and never nothing.
    let found = match indexed.map(|index| seek(&index, true)) {
        Some(Ok(found)) => found,
        _ => {
            degraded.push("search_index".to_owned());
            seek(&*search.supply.index_from_store(site, &snapshot)?, false)?
        }
    };
    let applied = criteria.applied(&understood.parsed);
    let mut answered = Answered {
        id: site.stamp().id(),
        message: None,
        location_resolved: None,
        location_not_found: understood.parsed.location_kind == Some(LocationKind::Unknown),
        location_suggestions: Vec::new(),
        understood,
        found,
        applied,
        degraded,
        parse_us,
        index_us,
        latency_us: 0,
        here,
        names,
        today: now.date(),
    };
    answered.place();
    answered.message = message(&answered);
    answered.latency_us = micros(begun);
    Ok(answered)
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Coordinates, else the saved address; nobody's place is guessed (rule: 40§15 near me).
fn here(read: &dyn Read, ask: &Ask, understood: &Understood) -> Outcome<Option<Point>> {
    let wanted = understood.parsed.location_kind == Some(LocationKind::NearMe) || understood.parsed.radius_mi.is_some();
    match (&ask.viewer, ask.spot) {
        (_, Some(spot)) => Ok(Some(spot)),
        (Some(viewer), None) if wanted => {
            let Some(address) = places::default_address(read, viewer.id)? else { return Ok(None) };
            Ok(address
                .located
                .point
                .or_else(|| knowledge().places.zip(&address.parts.postal_code).map(|zip| zip.point)))
        }
        _ => Ok(None),
    }
}

impl Answered {
    fn place(&mut self) {
        let parsed = &self.understood.parsed;
        let gazetteer = &knowledge().places;
        match parsed.location_kind {
            Some(LocationKind::Unknown) => {
                self.location_suggestions =
                    gazetteer.resolve(parsed.location_text.as_deref().unwrap_or_default()).suggestions;
            }
            Some(LocationKind::NearMe) => {
                let region =
                    self.here.and_then(|point| gazetteer.at(point)).and_then(|region| gazetteer.region(region));
                self.location_resolved = region.map(|region| region.display.clone());
            }
            Some(_) => {
                self.location_resolved = Some(parsed.location.join(" or "));
                if parsed.location_ambiguous {
                    let choices = gazetteer.resolve(parsed.location_text.as_deref().unwrap_or_default()).suggestions;
                    let choices = if choices.is_empty() { parsed.location.clone() } else { choices };
                    self.location_suggestions = choices.into_iter().take(MOST_CHOICES).collect();
                }
            }
            None => {}
        }
    }

    /// Results that fit every wish.
    pub fn exact(&self) -> usize {
        self.count(Group::Exact)
    }

    pub fn count(&self, group: Group) -> usize {
        self.found.groups.iter().find(|(known, _)| *known == group).map_or(0, |(_, count)| *count)
    }

    pub fn cards(&self) -> &[Card] {
        &self.found.cards
    }
}

/// One sentence or two on what could not be had and what is shown instead.
fn message(answered: &Answered) -> Option<String> {
    let parsed = &answered.understood.parsed;
    let mut said: Vec<String> = Vec::new();
    if answered.location_not_found {
        said.push(format!(
            "We do not know “{}”, so this shows every place.",
            parsed.location_text.as_deref().unwrap_or_default()
        ));
    }
    if parsed.location_kind == Some(LocationKind::NearMe) && answered.here.is_none() {
        said.push("We do not know where you are. Add a neighborhood or a ZIP code to your search.".to_owned());
    }
    if parsed.flags.iter().any(|flag| flag == "invalid_date") {
        said.push("That date does not exist, so any day is shown.".to_owned());
    }
    let unread = ["garbage", "too_short"].iter().any(|unread| parsed.flags.iter().any(|flag| flag == unread));
    if answered.understood.nothing_fits && unread {
        said.push("We could not make out what you would like to learn.".to_owned());
    } else if answered.understood.nothing_fits {
        said.push(format!("Nobody teaches “{}” here.", parsed.service_query));
    }
    said.extend(let_go(answered));
    (!said.is_empty()).then(|| said.join(" "))
}

/// How many fit, what the others do not, and what nobody does (rule: 40§6 message).
fn let_go(answered: &Answered) -> Option<String> {
    let parsed = &answered.understood.parsed;
    let what =
        if parsed.service_query.is_empty() { "this".to_owned() } else { format!("“{}”", parsed.service_query) };
    if answered.found.total == 0 {
        let wishes: Vec<String> = answered
            .understood
            .chips
            .iter()
            .filter(|chip| chip.kind != "service")
            .map(|chip| chip.label.clone())
            .collect();
        let unfit = !answered.understood.nothing_fits && !wishes.is_empty();
        return unfit.then(|| format!("Nobody offers {what} with all of it: {}.", wishes.join(", ")));
    }
    let others = answered.found.total - answered.exact();
    if answered.found.relaxed.is_empty() || others == 0 {
        return None;
    }
    let failed: Vec<&str> = answered
        .found
        .relaxed
        .iter()
        .map(|wish| match wish.as_str() {
            "time" => "at another time",
            "date" => "on another day",
            "location" => "from nearby areas",
            _ => "for a little more money",
        })
        .collect();
    Some(match answered.exact() {
        0 => format!(
            "Nobody fits all of it. {} {}.",
            text::count(others, "instructor comes closest", "instructors come closest"),
            either(&failed)
        ),
        exact => format!(
            "{} all of it, and {} {}.",
            text::count(exact, "instructor fits", "instructors fit"),
            text::count(others, "more does", "more do"),
            either(&failed)
        ),
    })
}

fn either(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

/// Writes down that a search was made, without anybody waiting for it; `remembered` puts it on the person's list too.
pub fn record(site: &Site, answered: &Answered, visitor: &Visitor, offset: usize, remembered: Option<Kind>) {
    let row = log::begin(answered, visitor, offset, site.now());
    // A browser that asks not to be followed is treated as one whose owner opted out.
    let owner = visitor.owner().filter(|_| !visitor.private);
    let row = if visitor.private { log::LogRow { identity: String::new(), guest: None, ..row } } else { row };
    let (site, zone) = (site.clone(), site.zone.clone());
    tokio::spawn(async move {
        let kept = site.write(move |tx| log::note(tx, row.clone(), owner.as_deref(), remembered, &zone)).await;
        if let Err(refusal) = kept {
            tracing::warn!(code = refusal.code, "a search was not written down");
        }
    });
}
