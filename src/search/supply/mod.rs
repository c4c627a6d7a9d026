//! Supply: every live offering, in memory.
//!
//! Rows are built from the store at the first question and kept by a follower of the journal: whatever
//! event names a person, that person is read anew. Truth stays in the store; throwing all of this away
//! and building it again gives the same answers.

mod bios;
mod row;
mod sheets;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use row::{Offer, Row};

use self::bios::Bios;
use self::sheets::Sheets;
use super::meaning::Embedder;
use super::understand::knowledge;
use crate::availability::rules::sheet::Sheet;
use crate::availability::settings::platform;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::Date;
use crate::instructors::tables::BY_LIVE;
use crate::site::Site;
use crate::store::{Dir, EventRecord, Read, ReadExt, Span};

/// Instructors read at once.
const BATCH: usize = 10_000;
/// Where events say whom they are about.
const PERSON_FIELDS: [&str; 3] = ["instructor_id", "user_id", "id"];

/// The index of live instructors.
pub struct Supply {
    rows: RwLock<Option<Rows>>,
    bios: Bios,
    sheets: Sheets,
    /// One rebuilder or follower at a time, so an older reading never replaces a newer one.
    turn: Mutex<()>,
}

type Rows = Arc<BTreeMap<UserId, Arc<Row>>>;

impl Default for Supply {
    fn default() -> Self {
        Self {
            rows: RwLock::default(),
            bios: Bios::new(Embedder::built_in().dimensions()),
            sheets: Sheets::default(),
            turn: Mutex::default(),
        }
    }
}

impl Supply {
    /// Every row; built first if nobody has asked yet.
    pub fn rows(&self, site: &Site) -> Outcome<Rows> {
        if let Some(rows) = self.rows.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            return Ok(rows.clone());
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = self.rows.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            return Ok(rows.clone());
        }
        let rows = site.read(|read| self.build(site, read))?;
        *self.rows.write().unwrap_or_else(PoisonError::into_inner) = Some(rows.clone());
        Ok(rows)
    }

    /// Everybody straight from the store: the answer while the index is out of order.
    pub fn rows_from_store(&self, site: &Site, read: &dyn Read) -> Outcome<Rows> {
        let places = &knowledge().places;
        let mut rows = BTreeMap::new();
        for id in live(read)? {
            if let Some((row, _)) = row::load(site, read, places, id)? {
                rows.insert(row.id, Arc::new(row));
            }
        }
        Ok(Arc::new(rows))
    }

    fn build(&self, site: &Site, read: &dyn Read) -> Outcome<Rows> {
        let places = &knowledge().places;
        let mut rows = BTreeMap::new();
        for id in live(read)? {
            if let Some((row, bio)) = row::load(site, read, places, id)? {
                self.bios.put(row.id, &knowledge().embedder.encode(&bio));
                rows.insert(row.id, Arc::new(row));
            }
        }
        Ok(Arc::new(rows))
    }

    /// Throws everything away; the next question builds it anew.
    pub fn forget(&self) {
        *self.rows.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Follows the journal: reads anew whoever an event is about.
    pub fn follow(&self, site: &Site, events: &[EventRecord]) -> Outcome<()> {
        let mut people: Vec<UserId> = events.iter().flat_map(people_of).collect();
        people.sort();
        people.dedup();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rows) = self.rows.read().unwrap_or_else(PoisonError::into_inner).clone() else { return Ok(()) };
        let changed = site.read(|read| {
            people
                .iter()
                .map(|id| Ok((*id, row::load(site, read, &knowledge().places, *id)?)))
                .collect::<Outcome<Vec<_>>>()
        })?;
        let mut next = (*rows).clone();
        for (id, loaded) in changed {
            match loaded {
                Some((row, bio)) => {
                    self.bios.put(id, &knowledge().embedder.encode(&bio));
                    self.sheets.forget(id);
                    next.insert(id, Arc::new(row));
                }
                None => {
                    self.bios.remove(id);
                    next.remove(&id);
                }
            }
        }
        *self.rows.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(next));
        Ok(())
    }

    /// Says under which booking rules the next calendars are read.
    pub fn keep_for(&self, read: &dyn Read) -> Outcome<()> {
        self.sheets.keep_for(platform(read)?);
        Ok(())
    }

    /// The calendar of a row over `from..=to`, exactly as the store has it now.
    pub fn sheet(&self, read: &dyn Read, row: &Row, from: Date, to: Date) -> Outcome<Arc<Sheet>> {
        self.sheets.get(read, row, from, to)
    }

    /// The people whose own words are nearest to a text.
    pub fn nearest_bios(&self, text: &str, count: usize) -> Vec<(UserId, f64)> {
        self.bios.nearest(&knowledge().embedder.encode(text), count)
    }
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
    let named = PERSON_FIELDS.iter().filter_map(|field| event.data.get(field)?.as_str()?.parse().ok());
    named.collect()
}
