//! Writing searches and deeds down.

use super::model::{Action, Candidate, Deed, LogRow};
use super::tables::{DEEDS, LOG, deeds, of_identity};
use crate::base::id::{OfferingId, SearchId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp};
use crate::instructors;
use crate::search::analytics::rollup;
use crate::search::grammar::{Audience, LessonType, Parsed};
use crate::search::history;
use crate::search::learning;
use crate::search::ops::Answered;
use crate::search::understand::knowledge;
use crate::search::visitor::Visitor;
use crate::store::{ReadExt, Tx};

/// A further search within this time puts the last one differently.
const SAME_WISH_SECONDS: i64 = 600;
const CANDIDATES: usize = 10;
const SHOWN: usize = 50;
/// From here on the words were understood by phrase.
const BY_PHRASE: f64 = 0.99;

/// The row of a search that was just answered. The write that keeps it fills in what the past tells.
pub fn begin(answered: &Answered, visitor: &Visitor, offset: usize, now: Timestamp) -> LogRow {
    let (understood, parsed) = (&answered.understood, &answered.understood.parsed);
    let services = knowledge().catalogue.services();
    let candidates: Vec<Candidate> = understood
        .services
        .iter()
        .take(CANDIDATES)
        .filter_map(|(at, score)| {
            let source = if *score >= BY_PHRASE { "phrase" } else { "meaning" };
            Some(Candidate { service: services.get(*at)?.id, score: *score, source: source.to_owned() })
        })
        .collect();
    let label = label(parsed, &understood.query);
    let unknown = !parsed.flags.iter().any(|flag| flag == "garbage" || flag == "too_short");
    LogRow {
        id: answered.id,
        at: now,
        viewer: visitor.user,
        guest: visitor.guest.as_ref().map(|guest| guest.id.clone()),
        identity: visitor.identity(),
        query: history::normal(&understood.query),
        key: label.to_lowercase(),
        label,
        services: candidates.iter().map(|candidate| candidate.service).collect(),
        mode: understood.mode.name().to_owned(),
        places: parsed.location.clone(),
        total: answered.found.total as u64,
        exact: answered.exact() as u64,
        shown: answered.cards().iter().take(SHOWN).map(|card| card.row.id).collect(),
        offset: offset as u64,
        relaxed: answered.found.relaxed.clone(),
        unknown_place: parsed.location_text.clone().filter(|_| answered.location_not_found),
        unknown_service: Some(understood.free_text.clone())
            .filter(|text| understood.nothing_fits && unknown && !text.is_empty()),
        degraded: !answered.degraded.is_empty(),
        corrected: understood.corrected_query.is_some(),
        kept: answered.found.kept,
        latency_us: answered.latency_us,
        origin: visitor.referrer.clone().unwrap_or_else(|| "direct".to_owned()),
        device: visitor.device.to_owned(),
        browser: visitor.browser.to_owned(),
        returning: false,
        follows: None,
        refined: false,
        acted: false,
        names: answered.names.clone(),
        candidates,
    }
}

/// What was understood in words: services (or category), place, for whom, where. Days and prices come and go, so two
/// searches for piano in Harlem are one wish (rule: 40§15 popular queries grouped by parse).
pub fn label(parsed: &Parsed, query: &str) -> String {
    let mut said: Vec<String> = match (parsed.services.as_slice(), &parsed.subcategory, &parsed.category) {
        ([], Some(shelf), _) => vec![shelf.clone()],
        ([], None, Some(category)) => vec![category.clone()],
        (services, ..) => {
            let mut services = services.to_vec();
            services.sort();
            vec![services.join(" or ")].into_iter().filter(|text| !text.is_empty()).collect()
        }
    };
    if !parsed.location.is_empty() {
        let mut places = parsed.location.clone();
        places.sort();
        places.truncate(3);
        said.push(places.join(" or "));
    }
    said.extend(parsed.audience.map(|audience| Audience::name(audience).to_owned()));
    said.extend(parsed.lesson_type.filter(|lesson| *lesson != LessonType::Any).map(|it| it.name().replace('_', " ")));
    if said.is_empty() {
        said.push(history::normal(query));
    }
    // Of signs that cannot be shown nothing is left.
    said.retain(|said| !said.is_empty());
    if said.is_empty() { "signs only".to_owned() } else { said.join(", ") }
}

/// Keeps a search, and counts it everywhere it counts.
pub fn note(
    tx: &mut Tx,
    mut row: LogRow,
    owner: Option<&str>,
    remembered: Option<history::Kind>,
    zone: &TimeZone,
) -> Outcome<()> {
    let opted_out = owner.map(|owner| history::choices(tx, owner)).transpose()?.is_some_and(|it| it.no_history);
    if opted_out {
        (row.viewer, row.guest, row.identity) = (None, None, String::new());
    }
    if row.is_first_page() {
        if let Some(mut last) = of_identity(tx, &row.identity, 1)?.pop().filter(|_| !row.identity.is_empty()) {
            row.returning = true;
            let soon = row.at.duration_since(last.at).as_secs() <= SAME_WISH_SECONDS;
            if soon && last.key != row.key && !last.acted {
                row.follows = Some(last.id);
                last.refined = true;
                tx.put(&LOG, &last.id, &last)?;
            }
        }
        rollup::search(tx, &row, zone)?;
        learning::ops::hear(tx, &row)?;
        if let (Some(owner), Some(kind), false) = (owner, remembered, opted_out) {
            history::ops::remember(tx, owner, &row.query, kind, row.total)?;
        }
    }
    tx.put(&LOG, &row.id, &row)
}

/// What somebody did with a result of a search.
pub struct Act {
    pub search: SearchId,
    pub action: Action,
    pub instructor: UserId,
    pub offering: Option<OfferingId>,
    pub position: u32,
}

/// Writes a deed down and lets learning hear of it. An unknown search is nobody's fault: its row may still be on its
/// way, or gone with its year.
pub fn act(tx: &mut Tx, wish: &Act, identity: &str, zone: &TimeZone) -> Outcome<Option<Deed>> {
    if instructors::profile(tx, wish.instructor)?.is_none() {
        return Err(Refusal::not_found("INSTRUCTOR_NOT_FOUND", "There is no such instructor."));
    }
    let Some(mut row) = tx.get(&LOG, &wish.search)? else { return Ok(None) };
    let before = deeds(tx, wish.search)?;
    let elapsed = u64::try_from(tx.now().duration_since(row.at).as_millis()).unwrap_or(0);
    let deed = Deed {
        at: tx.now(),
        action: wish.action,
        instructor: wish.instructor,
        offering: wish.offering,
        position: wish.position,
        // Strictly growing, so that the order is plain even within a millisecond.
        after_ms: before.last().map_or(elapsed, |last| elapsed.max(last.after_ms + 1)),
        identity: if row.identity.is_empty() { String::new() } else { identity.to_owned() },
    };
    let number = u32::try_from(before.len()).unwrap_or(u32::MAX);
    tx.put(&DEEDS, &(wish.search, number), &deed)?;
    rollup::deed(tx, &row, &deed, before.is_empty(), zone)?;
    if deed.action.is_choice() && !row.acted {
        row.acted = true;
        tx.put(&LOG, &row.id, &row)?;
    }
    if deed.action.is_choice() {
        learning::ops::chosen(tx, &row, &deed)?;
    }
    Ok(Some(deed))
}
