//! The next true departures of the whole marketplace, and the shelves' next free times: what the home
//! page shows. Computed from live data, and kept only until the journal or the minute moves on; then those are judged
//! anew for whom something changed ([`starts`]), however many people there are.

mod starts;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use self::starts::{Start, Starts};
use super::part::Search;
use super::supply::Row;
use super::understand::knowledge;
use crate::availability::rules::open::Opening;
use crate::base::id::{AnyId, CategoryId, OfferingId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Place, lesson_price};
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::payments::rules::pricing::PRICING;
use crate::site::Site;
use crate::store::Read;

/// Rows of the board.
const BOARD: usize = 7;
/// The earliest starts of a service that can come onto the board: as many as have room there, were as many of the same
/// people already on it with something else.
const ENOUGH: usize = 2 * BOARD;

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
pub struct Cached(Mutex<Last>);

#[derive(Default)]
struct Last {
    answer: Option<(Moment, Arc<Departures>)>,
    starts: Starts,
}

impl Cached {
    /// How many people have been judged for the home page so far.
    pub fn judged(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).starts.judged()
    }
}

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
    // One computes, and whoever else asks at that moment takes what comes of it.
    let mut last = search.departures.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, kept)) = last.answer.as_ref()
        && *known == moment
    {
        return Ok(kept.clone());
    }
    last.starts.follow(&search.supply, &read, &index, now)?;
    let made = Arc::new(told(&last.starts, student_fee(&read)?));
    last.answer = Some((moment, made.clone()));
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

/// When a start begins, and among equals who and what comes first.
type Turn = (Timestamp, UserId, OfferingId);

fn turn((row, start): &(&Arc<Row>, &Start)) -> Turn {
    let offering = row.offers.get(usize::from(start.offer)).map_or(OfferingId::from_bits(0), |offer| offer.id);
    (start.opening.start_utc, row.id, offering)
}

/// The shelves, and the board of the earliest starts.
fn told(starts: &Starts, fee: Bp) -> Departures {
    let mut shelves: BTreeMap<CategoryId, Shelf> = BTreeMap::new();
    let mut earliest: HashMap<u16, BinaryHeap<(Turn, Reverse<usize>)>> = HashMap::new();
    let all: Vec<(&Arc<Row>, &Start)> = starts.all().collect();
    for (at, (row, start)) in all.iter().enumerate() {
        let Some(service) = knowledge().catalogue.services().get(usize::from(start.service)) else { continue };
        let shelf = shelves.entry(service.category_id).or_default();
        shelf.people += 1;
        if shelf.first.as_ref().is_none_or(|(opening, _)| start.opening.start_utc < opening.start_utc) {
            shelf.first = Some((start.opening, start.today));
        }
        let of_service = earliest.entry(start.service).or_default();
        let full = of_service.len() >= ENOUGH;
        if !full || of_service.peek().is_some_and(|((last, ..), _)| start.opening.start_utc <= *last) {
            of_service.push((turn(&(row, start)), Reverse(at)));
            if full {
                of_service.pop();
            }
        }
    }
    let kept = earliest.into_values().flatten().filter_map(|(_, Reverse(at))| all.get(at).copied());
    let mut found: Vec<(&Arc<Row>, &Start)> = kept.collect();
    found.sort_unstable_by_key(turn);
    let board = varied(&found).into_iter().map(|(row, start)| next(row, start, fee)).collect();
    Departures { board, shelves }
}

/// One row a person, and no service twice before every other had its turn.
fn varied<'a>(found: &[(&'a Arc<Row>, &'a Start)]) -> Vec<(&'a Arc<Row>, &'a Start)> {
    let mut people = HashSet::new();
    let mut services: HashMap<u16, usize> = HashMap::new();
    let mut kept: Vec<(&Arc<Row>, &Start)> = Vec::new();
    for most in 1..=BOARD {
        for (row, start) in found {
            if kept.len() >= BOARD {
                break;
            }
            let taken = services.get(&start.service).copied().unwrap_or(0);
            if taken < most && people.insert(row.id) {
                *services.entry(start.service).or_default() += 1;
                kept.push((row, start));
            }
        }
    }
    kept.sort_by_key(|(row, start)| (start.opening.start_utc, row.id));
    kept
}

fn next(row: &Row, start: &Start, fee: Bp) -> Next {
    let offer = row.offers.get(usize::from(start.offer));
    Next {
        instructor: row.id,
        offering: offer.map_or(OfferingId::from_bits(0), |offer| offer.id),
        what: knowledge().service_name(usize::from(start.service)),
        who: row.name(),
        place: start.place,
        area: row.area_names(&knowledge().places).into_iter().next(),
        minutes: start.minutes,
        pay: offer.map_or(Cents(0), |offer| all_in(fee, offer.rate_at(start.place), start.minutes)),
        today: start.today,
        opening: start.opening,
    }
}
