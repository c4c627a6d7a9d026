//! Hearing phrases, taking votes, and acting on what they come to.

use serde_json::json;

use super::events::NamesChanged;
use super::model::{Alias, AliasStatus, Named, Source, Unheard, UnheardStatus, Vote};
use super::names::normal;
use super::rules::{self, BOOKING, CLICK, Decision, Part, Tally, decide, tally};
use super::tables::{ALIASES, UNHEARD, UNHEARD_BY_WHO, VOTES, VOTES_BY_WHO, alias_for, key, votes};
use crate::base::id::{AliasId, NeighborhoodId, ServiceId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{TimeZone, Timestamp, today_in};
use crate::bookings::model::Booking;
use crate::instructors;
use crate::places::{Gazetteer, RegionIx};
use crate::search::log::tables::of_identity;
use crate::search::log::{Deed, LogRow};
use crate::search::understand::knowledge;
use crate::search::visitor::{may_vote, owner_of_user};
use crate::site::audit::{self, By};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

const SAMPLES: usize = 10;
/// Searchers remembered by name; more change nothing.
const SEARCHERS: usize = 200;
/// A choice within this time of a search for words nobody knows says what they meant.
const SAME_WISH_SECONDS: i64 = 1800;
/// A booking within this time of a search came of it.
const LED_TO_BOOKING_HOURS: i64 = 7 * 24;
/// Searches of one person that are looked through.
const LOOKED_AT: usize = 50;
const LONGEST_PHRASE: usize = 60;

/// A search was made: whatever it could not understand is counted, and whatever names it needed were used.
pub fn hear(tx: &mut Tx, row: &LogRow) -> Outcome<()> {
    for id in &row.names {
        if let Some(mut alias) = tx.get(&ALIASES, id)? {
            (alias.uses, alias.last_used_at) = (alias.uses + 1, Some(row.at));
            tx.put(&ALIASES, id, &alias)?;
        }
    }
    for (kind, phrase) in phrases(row) {
        count(tx, row, kind, phrase)?;
    }
    Ok(())
}

/// What a search could not understand.
fn phrases(row: &LogRow) -> Vec<(Named, String)> {
    let all = [(Named::Place, &row.unknown_place), (Named::Service, &row.unknown_service)];
    let fits = |phrase: &String| (2..=LONGEST_PHRASE).contains(&phrase.chars().count());
    all.into_iter()
        .filter_map(|(kind, said)| said.as_ref().map(|said| (kind, normal(said))))
        .filter(|(_, phrase)| fits(phrase))
        .collect()
}

fn count(tx: &mut Tx, row: &LogRow, kind: Named, phrase: String) -> Outcome<()> {
    if row.identity.is_empty() {
        return Ok(());
    }
    let at = key(kind, &phrase);
    let mut unheard = tx.get(&UNHEARD, &at)?.unwrap_or_else(|| Unheard {
        kind,
        phrase,
        searchers: Default::default(),
        searches: 0,
        samples: Vec::new(),
        first_at: row.at,
        last_at: row.at,
        status: UnheardStatus::Pending,
    });
    let today = today_in(row.at, &TimeZone::UTC);
    unheard.last_at = row.at;
    if unheard.searchers.get(&row.identity) != Some(&today) {
        unheard.searches += 1;
        if unheard.searchers.len() < SEARCHERS || unheard.searchers.contains_key(&row.identity) {
            unheard.searchers.insert(row.identity.clone(), today);
        }
    }
    if unheard.samples.len() < SAMPLES && !unheard.samples.contains(&row.query) {
        unheard.samples.push(row.query.clone());
    }
    tx.put(&UNHEARD, &at, &unheard)
}

/// Somebody chose a result: what they had searched for may mean where, or what, that instructor teaches.
pub fn chosen(tx: &mut Tx, row: &LogRow, deed: &Deed) -> Outcome<()> {
    if !may_vote(&deed.identity) {
        return Ok(());
    }
    for (kind, phrase) in phrases(row) {
        let targets = match kind {
            Named::Place => areas_of(tx, deed.instructor)?,
            Named::Service => lessons_of(tx, deed, &row.services)?,
        };
        vote(tx, kind, &phrase, &deed.identity, CLICK, targets)?;
    }
    for earlier in of_identity(tx, &deed.identity, LOOKED_AT)? {
        let soon = (0..=SAME_WISH_SECONDS).contains(&deed.at.duration_since(earlier.at).as_secs());
        if earlier.id == row.id || !soon || earlier.acted {
            continue;
        }
        // Nothing came of the other words, then these led somewhere: the same was meant.
        for (kind, phrase) in phrases(&earlier).into_iter().filter(|(kind, _)| *kind == Named::Service) {
            let targets = lessons_of(tx, deed, &row.services)?;
            vote(tx, kind, &phrase, &deed.identity, CLICK, targets)?;
        }
    }
    Ok(())
}

/// A lesson was booked: it says three times as much. Answers the search that led to it.
pub fn booked(tx: &mut Tx, booking: &Booking) -> Outcome<Option<LogRow>> {
    let who = owner_of_user(booking.student_id);
    let recent = of_identity(tx, &who, LOOKED_AT)?;
    let led = |row: &&LogRow| {
        let hours = booking.created_at.duration_since(row.at).as_hours();
        (0..=LED_TO_BOOKING_HOURS).contains(&hours) && row.at <= booking.created_at
    };
    let recent: Vec<&LogRow> = recent.iter().filter(led).collect();
    let shown = recent.iter().find(|row| row.shown.contains(&booking.instructor_id)).copied();
    for row in &recent {
        for (kind, phrase) in phrases(row) {
            let targets = match kind {
                // Only who was shown for the words can be what they meant.
                Named::Place if row.shown.contains(&booking.instructor_id) => lesson_areas(tx, booking)?,
                // Only if the search that led to the lesson put the same wish differently.
                Named::Service if shown.is_some_and(|led| turned_to(row, led)) => vec![booking.service_id.to_string()],
                Named::Place | Named::Service => Vec::new(),
            };
            vote(tx, kind, &phrase, &who, BOOKING, targets)?;
        }
    }
    Ok(shown.cloned())
}

/// Whether a search followed so soon that it can be another word for the same.
fn turned_to(unheard: &LogRow, led: &LogRow) -> bool {
    (0..=SAME_WISH_SECONDS).contains(&led.at.duration_since(unheard.at).as_secs())
}

/// One vote a day; a booking outweighs the click before it.
fn vote(tx: &mut Tx, kind: Named, phrase: &str, who: &str, weight: u32, targets: Vec<String>) -> Outcome<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let (kind_name, phrase_key) = key(kind, phrase);
    let at = (kind_name, phrase_key, who.to_owned(), today_in(tx.now(), &TimeZone::UTC));
    if tx.get(&VOTES, &at)?.is_some_and(|old| old.weight >= weight) {
        return Ok(());
    }
    let vote = Vote { at: tx.now(), weight, targets };
    tx.put(&VOTES, &at, &vote)?;
    settle(tx, kind, phrase).map(drop)
}

/// Where somebody teaches, in the names people use.
fn areas_of(read: &dyn Read, instructor: UserId) -> Outcome<Vec<String>> {
    let places = &knowledge().places;
    let regions = instructors::areas(read, instructor)?.neighborhoods;
    Ok(names_of(places, regions.into_iter().filter_map(|id| places.by_id(id))))
}

/// The area a lesson takes place in, if it says so; else where its instructor teaches.
fn lesson_areas(read: &dyn Read, booking: &Booking) -> Outcome<Vec<String>> {
    let places = &knowledge().places;
    let said = booking.service_area.as_deref().map(|area| places.resolve(area)).filter(|place| place.is_known());
    match said {
        Some(place) => Ok(names_of(places, place.regions.into_iter())),
        None => areas_of(read, booking.instructor_id),
    }
}

fn names_of(places: &Gazetteer, regions: impl Iterator<Item = RegionIx>) -> Vec<String> {
    let mut names: Vec<String> = regions.filter_map(|ix| name_of(places, ix)).collect();
    names.sort();
    names.dedup();
    names
}

pub(super) fn name_of(places: &Gazetteer, ix: RegionIx) -> Option<String> {
    Some(rules::area_name(&places.region(ix)?.display, places.borough_name(ix)))
}

/// All regions that people call by one name.
fn regions_called(places: &Gazetteer, name: &str) -> Vec<NeighborhoodId> {
    let same = places.regions().filter(|(ix, _)| name_of(places, *ix).as_deref() == Some(name));
    same.map(|(_, region)| region.id).collect()
}

/// What a chosen result teaches: the lesson that was opened, else what was searched for of what they teach.
fn lessons_of(read: &dyn Read, deed: &Deed, asked: &[ServiceId]) -> Outcome<Vec<String>> {
    let offered = instructors::active_offerings_of(read, deed.instructor)?;
    let opened = deed.offering.and_then(|id| offered.iter().find(|offering| offering.id == id));
    if let Some(offering) = opened {
        return Ok(vec![offering.service_id.to_string()]);
    }
    let taught = || offered.iter().map(|offering| offering.service_id);
    let mut both: Vec<String> = taught().filter(|id| asked.contains(id)).map(|id| id.to_string()).collect();
    if both.is_empty() {
        both = taught().map(|id| id.to_string()).collect();
    }
    Ok(both)
}

/// What the votes on a phrase came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    Nothing,
    Learned,
    Proposed,
    Review,
}

/// Counts the votes on a phrase and acts on them.
pub fn settle(tx: &mut Tx, kind: Named, phrase: &str) -> Outcome<Settled> {
    let at = key(kind, phrase);
    let Some(mut unheard) = tx.get(&UNHEARD, &at)? else { return Ok(Settled::Nothing) };
    let open = matches!(unheard.status, UnheardStatus::Pending | UnheardStatus::ManualReview);
    let counted = tally(&votes(tx, kind, phrase)?, tx.now());
    let decision = decide(&counted, unheard.searchers.len());
    if let Some(alias) = alias_for(tx, kind, phrase)? {
        return strengthen(tx, alias, &counted, &decision);
    }
    if !open {
        return Ok(Settled::Nothing);
    }
    let (status, settled) = match decision {
        Decision::Wait => return Ok(Settled::Nothing),
        Decision::Review if unheard.status == UnheardStatus::ManualReview => return Ok(Settled::Review),
        Decision::Review => (UnheardStatus::ManualReview, Settled::Review),
        Decision::Propose(part) => {
            learn(tx, kind, phrase, &part, &counted, AliasStatus::PendingReview)?;
            (UnheardStatus::Learned, Settled::Proposed)
        }
        Decision::Activate(part) => {
            learn(tx, kind, phrase, &part, &counted, AliasStatus::Active)?;
            (UnheardStatus::Learned, Settled::Learned)
        }
    };
    unheard.status = status;
    tx.put(&UNHEARD, &at, &unheard)?;
    Ok(settled)
}

/// A name that waits may become sure by itself as more people vote; nothing else changes by votes alone.
fn strengthen(tx: &mut Tx, mut alias: Alias, counted: &Tally, decision: &Decision) -> Outcome<Settled> {
    let Decision::Activate(part) = decision else { return Ok(Settled::Nothing) };
    if alias.status != AliasStatus::PendingReview || alias.source != Source::UserLearning {
        return Ok(Settled::Nothing);
    }
    if targets_of(alias.kind, &part.target) != alias.targets {
        return Ok(Settled::Nothing);
    }
    (alias.confidence, alias.votes, alias.voters) = (part.share, counted.votes, counted.voters as u64);
    change(tx, &By::default(), alias, AliasStatus::Active, "search_name.learned")?;
    Ok(Settled::Learned)
}

fn targets_of(kind: Named, target: &str) -> Vec<String> {
    match kind {
        Named::Place => regions_called(&knowledge().places, target).iter().map(ToString::to_string).collect(),
        Named::Service => vec![target.to_owned()],
    }
}

fn learn(tx: &mut Tx, kind: Named, phrase: &str, part: &Part, counted: &Tally, status: AliasStatus) -> Outcome<()> {
    let now: Timestamp = tx.now();
    let alias = Alias {
        id: tx.new_id::<AliasId>(),
        kind,
        phrase: phrase.to_owned(),
        targets: targets_of(kind, &part.target),
        source: Source::UserLearning,
        status: AliasStatus::Deprecated,
        confidence: part.share,
        votes: counted.votes,
        voters: counted.voters as u64,
        created_at: now,
        created_by: None,
        decided_at: None,
        decided_by: None,
        uses: 0,
        last_used_at: None,
        before: None,
    };
    change(tx, &By::default(), alias, status, "search_name.learned").map(drop)
}

/// Gives a name another state, writes that down, and tells search when it matters there.
pub(super) fn change(
    tx: &mut Tx,
    by: &By,
    mut alias: Alias,
    status: AliasStatus,
    action: &'static str,
) -> Outcome<Alias> {
    let before = alias.status;
    let was_new = tx.get(&ALIASES, &alias.id)?.is_none();
    alias.status = status;
    alias.before = (!was_new).then_some(before);
    alias.decided_at = by.actor.map(|_| tx.now()).or(alias.decided_at);
    alias.decided_by = by.actor.or(alias.decided_by);
    tx.put(&ALIASES, &alias.id, &alias)?;
    let told = |status: AliasStatus| json!({ "status": status.name() });
    let after =
        json!({ "status": status.name(), "phrase": alias.phrase, "kind": alias.kind.name(), "means": alias.targets });
    let old = if was_new { serde_json::Value::Null } else { told(before) };
    audit::record(tx, by, audit::Deed::on(action, "search_name", alias.id).change(old, after))?;
    if status == AliasStatus::Active || before == AliasStatus::Active {
        tx.emit(&NamesChanged { alias_id: alias.id })?;
    }
    Ok(alias)
}

/// Takes somebody out of everything that was learned; names already in force stay, they name nobody.
pub fn forget(tx: &mut Tx, owner: &str) -> Outcome<()> {
    let theirs = |who: &str| who == owner || who.strip_prefix(owner).is_some_and(|rest| rest.starts_with(':'));
    // A guest's identity is the owner, a colon and the network; the sign behind the colon ends the span.
    let alone = || Span::prefix(&(owner.to_owned(),));
    let with_network = || Span::from_to(&(format!("{owner}:"),), &(format!("{owner};"),));
    for span in [alone(), with_network()] {
        for (_, at) in tx.index_keys(&VOTES_BY_WHO, span, SCAN_ROWS, Dir::Up)? {
            tx.delete(&VOTES, &at)?;
        }
    }
    for span in [alone(), with_network()] {
        for (_, at) in tx.index_keys(&UNHEARD_BY_WHO, span, SCAN_ROWS, Dir::Up)? {
            if let Some(mut row) = tx.get(&UNHEARD, &at)? {
                row.searchers.retain(|who, _| !theirs(who));
                tx.put(&UNHEARD, &at, &row)?;
            }
        }
    }
    Ok(())
}
