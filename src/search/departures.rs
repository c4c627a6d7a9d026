//! The next true departures of the whole marketplace, and the shelves' next free times: what the home
//! page shows. Computed from live data, and kept only until the journal or the minute moves on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::part::Search;
use super::supply::{Index, Offer, Row};
use super::understand::knowledge;
use crate::availability::rules::calendar::Calendar;
use crate::availability::rules::dayline::DayLine;
use crate::availability::rules::free::{Answer, Soonest, Window, starts_between};
use crate::availability::rules::open::Opening;
use crate::base::id::{CategoryId, OfferingId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Place, lesson_price};
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, WallTime, plus_days, today_in};
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

/// The next start of one person on one shelf, not yet in words.
struct Start<'a> {
    row: &'a Arc<Row>,
    offer: &'a Offer,
    place: Place,
    minutes: u16,
    opening: Opening,
    today: bool,
}

fn compute(search: &Search, read: &dyn Read, index: &Index, now: Timestamp) -> Outcome<Departures> {
    let fee = student_fee(read)?;
    let mut clocks = Clocks::of(index, now);
    let mut found: Vec<Start> = Vec::new();
    let mut shelves: BTreeMap<CategoryId, Shelf> = BTreeMap::new();
    for row in index.rows().filter(|row| row.is_public(now)) {
        let mut told: Vec<CategoryId> = Vec::new();
        for offer in &row.offers {
            let Some(service) = knowledge().catalogue.services().get(offer.service) else { continue };
            if told.contains(&service.category_id) {
                continue;
            }
            told.push(service.category_id);
            let Some(start) = start(search, read, &mut clocks, row, offer, now)? else { continue };
            let shelf = shelves.entry(service.category_id).or_default();
            shelf.people += 1;
            if shelf.first.as_ref().is_none_or(|(opening, _)| start.opening.start_utc < opening.start_utc) {
                shelf.first = Some((start.opening, start.today));
            }
            found.push(start);
        }
    }
    found.sort_unstable_by_key(|start| (start.opening.start_utc, start.row.id, start.offer.id));
    let board = varied(&found).into_iter().map(|start| start.told(fee)).collect();
    Ok(Departures { board, shelves })
}

/// One row a person, and no service twice before every other had its turn.
fn varied<'a, 'r>(found: &'a [Start<'r>]) -> Vec<&'a Start<'r>> {
    let mut people = HashSet::new();
    let mut services: HashMap<usize, usize> = HashMap::new();
    let mut kept: Vec<&Start> = Vec::new();
    for most in 1..=BOARD {
        for start in found {
            if kept.len() >= BOARD {
                break;
            }
            let taken = services.get(&start.offer.service).copied().unwrap_or(0);
            if taken < most && people.insert(start.row.id) {
                *services.entry(start.offer.service).or_default() += 1;
                kept.push(start);
            }
        }
    }
    kept.sort_by_key(|start| (start.opening.start_utc, start.row.id));
    kept
}

impl Start<'_> {
    fn told(&self, fee: Bp) -> Next {
        let (row, offer) = (self.row, self.offer);
        Next {
            instructor: row.id,
            offering: offer.id,
            what: knowledge().service_name(offer.service),
            who: row.name(),
            place: self.place,
            area: row.area_names(&knowledge().places).into_iter().next(),
            minutes: self.minutes,
            pay: all_in(fee, offer.rate_at(self.place), self.minutes),
            today: self.today,
            opening: self.opening,
        }
    }
}

/// What "today" and "now" mean under each of the index's calendars, worked out once for everybody, and how long the
/// days are.
struct Clocks {
    now: Vec<(Date, [Soonest; 4])>,
    lines: HashMap<(u16, Date), DayLine>,
}

impl Clocks {
    fn of(index: &Index, now: Timestamp) -> Self {
        let of = |calendar: &Calendar| {
            (today_in(now, &calendar.zone), Place::ALL.map(|place| Soonest::of(calendar, place, now)))
        };
        Self { now: index.calendars().iter().map(of).collect(), lines: HashMap::new() }
    }
}

fn start<'a>(
    search: &Search,
    read: &dyn Read,
    clocks: &mut Clocks,
    row: &'a Arc<Row>,
    offer: &'a Offer,
    now: Timestamp,
) -> Outcome<Option<Start<'a>>> {
    let there = offer.places.iter().copied().find(|place| *place != Place::Remote);
    let (Some(place), Some((today, soonest))) =
        (there.or(offer.places.first().copied()), clocks.now.get(usize::from(row.terms)).copied())
    else {
        return Ok(None);
    };
    let (minutes, last) = (offer.usual(), plus_days(today, BOARD_DAYS));
    let starts = starts_between(0, WallTime::END.minutes(), minutes);
    let window = Window { from: today, to: last, on: &|_| true, starts, minutes };
    let opening = match row.free.first(place, &soonest[place as usize], &window) {
        Answer::None => None,
        Answer::At(date, minute) => {
            let line = clocks.lines.entry((row.terms, date)).or_insert_with(|| DayLine::of(date, &row.zone));
            line.opening(WallTime::clamped(minute.into()), minutes)
        }
        Answer::Ask => {
            let sheet = search.supply.sheet(read, row, today, last)?;
            let terms = sheet.calendar.terms(Some(place), now);
            sheet.openings(&terms, today, last, minutes, 1).into_iter().next()
        }
    };
    Ok(opening.map(|opening| Start { row, offer, place, minutes, today: opening.date == today, opening }))
}
