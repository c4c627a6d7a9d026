//! Supply: every live offering, in memory.
//!
//! The [`Index`] is built from the store when the program starts and kept by following the journal: whatever event
//! names a person, that person is read anew. A search first follows to the end of the journal as its own snapshot has
//! it, so what was committed before is in its answer, with no delay of any follower in between. Truth stays in the
//! store; throwing all of this away and building it again gives the same answers.

mod bios;
mod index;
mod jobs;
mod row;
mod sheets;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

pub use index::{Chunk, Index, Places};
pub use jobs::job;
pub use row::{Offer, Row};

use self::bios::Bios;
use self::row::Loaded;
use self::sheets::Sheets;
use super::meaning::Embedder;
use super::understand::knowledge;
use crate::availability::rules::calendar::Platform;
use crate::availability::rules::sheet::Sheet;
use crate::availability::settings::platform;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, plus_days, today_in};
use crate::instructors::tables::BY_LIVE;
use crate::site::Site;
use crate::store::{Dir, EventRecord, Read, ReadExt, Span, journal};

/// Instructors read at once.
const BATCH: usize = 10_000;
/// Events read at once.
const EVENTS: usize = 1_000;
/// So far behind, reading everybody anew is the shorter way.
const TOO_FAR_BEHIND: u64 = 20_000;
/// Where events say whom they are about.
const PERSON_FIELDS: [&str; 3] = ["instructor_id", "user_id", "id"];
/// Events that name people and change nothing a search could notice.
const QUIET: [&str; 2] = ["session.", "search."];

/// The index of live instructors.
pub struct Supply {
    index: RwLock<Arc<Index>>,
    bios: Bios,
    sheets: Sheets,
    /// One builder or follower at a time, so an older reading never replaces a newer one.
    keeper: Mutex<Keeper>,
}

/// What following needs to know.
#[derive(Default)]
struct Keeper {
    built: bool,
    /// The last event that is in the index.
    seq: u64,
    /// The marketplace's own booking rules when the calendars were read.
    platform: Option<Platform>,
    places: HashMap<UserId, u32>,
    empty: Vec<u32>,
    took: Duration,
}

/// What the index costs.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub instructors: usize,
    pub row_bytes: usize,
    pub list_bytes: usize,
    pub build: Duration,
    pub bios: usize,
    pub bio_bytes: usize,
}

impl Default for Supply {
    fn default() -> Self {
        Self {
            index: RwLock::default(),
            bios: Bios::new(Embedder::built_in().dimensions()),
            sheets: Sheets::default(),
            keeper: Mutex::default(),
        }
    }
}

impl Supply {
    /// The index as of `read`, or later: built first if nobody has asked yet.
    pub fn index(&self, site: &Site, read: &dyn Read) -> Outcome<Arc<Index>> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = platform(read)?;
        let last = journal::last_seq(read)?;
        if !keeper.built || keeper.platform != rules || last.saturating_sub(keeper.seq) > TOO_FAR_BEHIND {
            self.build(site, &mut keeper)?;
        }
        if keeper.seq < last {
            self.catch_up(site, read, &mut keeper, last)?;
        }
        drop(keeper);
        Ok(self.index.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Everybody straight from the store: the answer while the index is out of order.
    pub fn index_from_store(&self, site: &Site, read: &dyn Read) -> Outcome<Arc<Index>> {
        let mut index = Index::new(knowledge().places.region_count());
        for (place, loaded) in load_all(site, read, &live(read)?)?.into_iter().enumerate() {
            index.put(place as u32, Some((loaded.row, &loaded.calendar)));
        }
        Ok(Arc::new(index))
    }

    fn build(&self, site: &Site, keeper: &mut Keeper) -> Outcome<()> {
        let begun = Instant::now();
        let read = site.store.snapshot()?;
        let (seq, rules) = (journal::last_seq(&read)?, platform(&read)?);
        let everybody = live(&read)?;
        // Two halves at once: decoding is most of the work.
        let (first, second) = everybody.split_at(everybody.len() / 2);
        let read: &dyn Read = &read;
        let loaded = if second.len() < BATCH / 10 {
            load_all(site, read, &everybody)?
        } else {
            let store = site.store.snapshot()?;
            std::thread::scope(|scope| {
                let other = scope.spawn(move || load_all(site, &store, second));
                let mut loaded = load_all(site, read, first)?;
                loaded.extend(other.join().map_err(|_| Refusal::internal("reading the supply failed"))??);
                Ok::<_, Refusal>(loaded)
            })?
        };
        let mut index = Index::new(knowledge().places.region_count());
        // Whoever is in the one before and not in this one has changed as well.
        index.all_changed(self.index.read().unwrap_or_else(PoisonError::into_inner).generation);
        *keeper = Keeper { built: true, seq, platform: rules, ..Keeper::default() };
        let mut bios = Vec::with_capacity(loaded.len());
        for (place, Loaded { row, calendar, bio }) in (0u32..).zip(loaded) {
            keeper.places.insert(row.id, place);
            bios.push((row.id, bio));
            index.put(place, Some((row, &calendar)));
        }
        keeper.took = begun.elapsed();
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
        self.bios.replace(bios);
        Ok(())
    }

    /// Reads anew whoever the events up to `last` are about.
    fn catch_up(&self, site: &Site, read: &dyn Read, keeper: &mut Keeper, last: u64) -> Outcome<()> {
        let mut people: Vec<UserId> = Vec::new();
        let mut seen = keeper.seq;
        while seen < last {
            let events = journal::events_after(read, seen, EVENTS)?;
            seen = events.last().map_or(last, |event| event.seq);
            people.extend(events.iter().flat_map(people_of));
        }
        people.sort_unstable();
        people.dedup();
        if !people.is_empty() {
            let mut next = (**self.index.read().unwrap_or_else(PoisonError::into_inner)).clone();
            for id in people {
                self.follow(site, read, keeper, &mut next, id)?;
            }
            *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        }
        keeper.seq = seen;
        Ok(())
    }

    fn follow(&self, site: &Site, read: &dyn Read, keeper: &mut Keeper, index: &mut Index, id: UserId) -> Outcome<()> {
        let known = keeper.places.get(&id).copied();
        match row::load(site, read, &knowledge().places, id, first_day(site))? {
            Some(Loaded { row, calendar, bio }) => {
                let next = || keeper.empty.pop().unwrap_or(keeper.places.len() as u32);
                let place = known.unwrap_or_else(next);
                keeper.places.insert(id, place);
                index.put(place, Some((row, &calendar)));
                self.bios.put(id, &bio);
                self.sheets.forget(id);
            }
            None => {
                let Some(place) = known else { return Ok(()) };
                keeper.places.remove(&id);
                keeper.empty.push(place);
                index.put(place, None);
                self.bios.remove(id);
            }
        }
        Ok(())
    }

    /// Throws everything away; the next question builds it anew.
    pub fn forget(&self) {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner).built = false;
    }

    /// Where people stand in the index.
    pub fn places(&self, people: impl Iterator<Item = UserId>) -> Places {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        people.filter_map(|id| keeper.places.get(&id)).collect()
    }

    /// The calendar of a row over `from..=to`, exactly as the store has it now.
    pub fn sheet(&self, read: &dyn Read, row: &Row, from: Date, to: Date) -> Outcome<Arc<Sheet>> {
        self.sheets.get(read, row, from, to)
    }

    /// The people whose own words are nearest to a text.
    pub fn nearest_bios(&self, text: &str, count: usize) -> Vec<(UserId, f64)> {
        self.bios.nearest(&knowledge().embedder.encode(text), count)
    }

    /// Reads into the vector index what is not in it yet, for at most so long; says whether anything is left.
    pub fn read_bios(&self, at_most: Duration) -> bool {
        self.bios.read(at_most)
    }

    pub fn figures(&self) -> Figures {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (row_bytes, list_bytes) = index.bytes();
        let build = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).took;
        Figures {
            instructors: index.instructors(),
            row_bytes,
            list_bytes,
            build,
            bios: self.bios.count(),
            bio_bytes: self.bios.bytes(),
        }
    }
}

/// Nobody asks about an earlier day, wherever they live.
fn first_day(site: &Site) -> Date {
    plus_days(today_in(site.now(), &site.zone), -1)
}

fn load_all(site: &Site, read: &dyn Read, people: &[UserId]) -> Outcome<Vec<Loaded>> {
    let today = first_day(site);
    let load = |id: &UserId| row::load(site, read, &knowledge().places, *id, today).transpose();
    people.iter().filter_map(load).collect()
}

/// Everybody who is live, however many.
fn live(read: &dyn Read) -> Outcome<Vec<UserId>> {
    let mut all: Vec<UserId> = Vec::new();
    let mut span = Span::prefix(&(true,));
    loop {
        let batch = read.index_keys(&BY_LIVE, span, BATCH, Dir::Up)?;
        all.extend(batch.iter().map(|(_, id)| *id));
        match batch.last() {
            // Those who are live stand last in the index, so what follows one of them is live too.
            Some((_, last)) if batch.len() == BATCH => span = Span::after(&(true, *last)),
            _ => return Ok(all),
        }
    }
}

fn people_of(event: &EventRecord) -> Vec<UserId> {
    if QUIET.iter().any(|quiet| event.kind.starts_with(quiet)) {
        return Vec::new();
    }
    PERSON_FIELDS.iter().filter_map(|field| event.data.get(field)?.as_str()?.parse().ok()).collect()
}
