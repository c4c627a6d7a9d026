//! The next true departures of the whole marketplace, and the shelves' next free times: what the home
//! page shows. Computed from live data, and kept only until the journal or the minute moves on.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::part::Search;
use super::supply::{Index, Offer, Row};
use super::understand::knowledge;
use crate::availability::rules::open::Opening;
use crate::base::id::{CategoryId, OfferingId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Place, lesson_price};
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_days, today_in};
use crate::payments::rules::pricing::PRICING;
use crate::site::Site;
use crate::store::Read;

/// Rows of the board.
const BOARD: usize = 7;
/// Days the board and the shelves look ahead.
const BOARD_DAYS: i64 = 7;

/// One row of the board.
#[derive(Clone, Debug)]
pub struct Next {
    pub instructor: UserId,
    pub offering: OfferingId,
    pub what: String,
    pub who: String,
    pub place: Place,
    pub area: Option<String>,
    pub minutes: u16,
    /// With booking protection: the whole sum.
    pub pay: Cents,
    pub opening: Opening,
    /// Starts today where the instructor is.
    pub today: bool,
}

/// A shelf's next free time.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    pub first: Option<(Opening, bool)>,
    /// People with a free time within a week.
    pub people: usize,
}

/// Everything the home page takes from live data.
#[derive(Clone, Debug, Default)]
pub struct Departures {
    pub board: Vec<Next>,
    pub shelves: BTreeMap<CategoryId, Shelf>,
}

/// The last answer and what it was true for.
#[derive(Default)]
pub struct Cached(Mutex<Option<(Moment, Arc<Departures>)>>);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Moment {
    minute: i64,
    generation: u64,
    down: bool,
}

/// What leaves next.
pub fn departures(site: &Site) -> Outcome<Arc<Departures>> {
    let search = site.part::<Search>()?;
    let read = site.store.snapshot()?;
    let now = site.now();
    let down = search.is_down();
    let index = if down { search.supply.index_from_store(site, &read)? } else { search.supply.index(site, &read)? };
    let moment = Moment { minute: now.as_second().div_euclid(60), generation: index.generation, down };
    if let Some((known, kept)) = search.departures.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
        && *known == moment
    {
        return Ok(kept.clone());
    }
    let made = Arc::new(compute(&search, &read, &index, now)?);
    *search.departures.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((moment, made.clone()));
    Ok(made)
}

/// What a student pays for a lesson, booking protection included.
pub fn all_in(fee: Bp, hourly: Cents, minutes: u16) -> Cents {
    let lesson = lesson_price(hourly, minutes);
    lesson + lesson.share(fee)
}

/// The student's fee as it stands.
pub fn student_fee(read: &dyn Read) -> Outcome<Bp> {
    Ok(PRICING.read(read)?.student_fee)
}

fn compute(search: &Search, read: &dyn Read, index: &Index, now: Timestamp) -> Outcome<Departures> {
    let fee = student_fee(read)?;
    let mut found: Vec<Next> = Vec::new();
    let mut shelves: BTreeMap<CategoryId, Shelf> = BTreeMap::new();
    for row in index.rows().filter(|row| row.is_public(now)) {
        let mut told = HashSet::new();
        for offer in &row.offers {
            let Some(service) = knowledge().catalogue.services().get(offer.service) else { continue };
            let first_of_shelf = told.insert(service.category_id);
            if !first_of_shelf {
                continue;
            }
            let Some(next) = next(search, read, row, offer, now, fee)? else { continue };
            let shelf = shelves.entry(service.category_id).or_default();
            shelf.people += 1;
            if shelf.first.as_ref().is_none_or(|(opening, _)| next.opening.start_utc < opening.start_utc) {
                shelf.first = Some((next.opening, next.today));
            }
            found.push(next);
        }
    }
    found.sort_by(|a, b| a.opening.start_utc.cmp(&b.opening.start_utc).then(a.instructor.cmp(&b.instructor)));
    Ok(Departures { board: varied(found), shelves })
}

/// One row a person, and no service twice before every other had its turn.
fn varied(found: Vec<Next>) -> Vec<Next> {
    let mut people = HashSet::new();
    let mut services: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Next> = Vec::new();
    for most in 1..=BOARD {
        for next in &found {
            if kept.len() >= BOARD {
                break;
            }
            let taken = services.get(&next.what).copied().unwrap_or(0);
            if taken < most && people.insert(next.instructor) {
                *services.entry(next.what.clone()).or_default() += 1;
                kept.push(next.clone());
            }
        }
    }
    kept.sort_by(|a, b| a.opening.start_utc.cmp(&b.opening.start_utc).then(a.instructor.cmp(&b.instructor)));
    kept
}

fn next(
    search: &Search,
    read: &dyn Read,
    row: &Arc<Row>,
    offer: &Offer,
    now: Timestamp,
    fee: Bp,
) -> Outcome<Option<Next>> {
    let today = today_in(now, &row.zone);
    let Some(place) =
        offer.places.iter().copied().find(|place| *place != Place::Remote).or(offer.places.first().copied())
    else {
        return Ok(None);
    };
    let minutes = offer.usual();
    let sheet = search.supply.sheet(read, row, today, plus_days(today, BOARD_DAYS))?;
    let terms = sheet.calendar.terms(Some(place), now);
    let Some(opening) = sheet.openings(&terms, today, plus_days(today, BOARD_DAYS), minutes, 1).into_iter().next()
    else {
        return Ok(None);
    };
    Ok(Some(Next {
        instructor: row.id,
        offering: offer.id,
        what: knowledge().service_name(offer.service),
        who: row.name(),
        place,
        area: row.area_names(&knowledge().places).into_iter().next(),
        minutes,
        pay: all_in(fee, offer.rate_at(place), minutes),
        today: opening.date == today,
        opening,
    }))
}
