//! The running part of this room: the supply in memory, and who may search at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::departures::Cached;
use super::find::Kept;
use super::learning::Live;
use super::recommend::Everybody;
use super::supply::{Places, Supply};
use super::understand::knowledge;
use crate::base::id::CategoryId;
use crate::base::refusal::{Outcome, Refusal};
use crate::catalog::{self, Teachers};
use crate::jobs::Consumer;
use crate::site::Site;

/// Biographies are read for so long before searches and events have their turn again.
const READING: Duration = Duration::from_millis(50);
const RETRY_AFTER_S: u64 = 2;

/// The search room of one marketplace.
#[derive(Default)]
pub struct Search {
    pub supply: Supply,
    pub departures: Cached,
    /// What the home page says of everybody.
    pub everybody: Everybody,
    /// Answers of this minute.
    pub kept: Kept,
    /// Learned names in force.
    pub names: Live,
    taught: Mutex<Option<(u64, Arc<catalog::Supply>)>>,
    under_way: Arc<AtomicUsize>,
    down: AtomicBool,
}

/// A place among those who search now; gone when it is dropped.
pub struct Permit(Arc<AtomicUsize>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Search {
    /// A place among those who search now, or 503: turning some away beats making all of them slow.
    pub fn admit(&self, most: usize) -> Outcome<Permit> {
        let permit = Permit(self.under_way.clone());
        if self.under_way.fetch_add(1, Ordering::Relaxed) < most {
            return Ok(permit);
        }
        drop(permit);
        Err(Refusal::unavailable("SEARCH_BUSY", "Many people are searching right now. Try again in a moment.")
            .extra("retry_after", RETRY_AFTER_S.into()))
    }

    /// Searches under way.
    pub fn in_flight(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Takes the index out of order, or puts it back: answers then come straight from the store.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
        if !down {
            self.supply.forget();
        }
    }

    pub fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }
}

/// Reads the words, the model and everybody who teaches while nobody waits for them.
pub fn warm(site: &Site) {
    let site = site.clone();
    drop(std::thread::spawn(move || {
        let Ok(search) = site.part::<Search>() else { return };
        let built = site.store.snapshot().and_then(|read| search.supply.index(&site, &read));
        if let Err(refusal) = built {
            tracing::warn!(%refusal, "the search index could not be built; the first search tries again");
            return;
        }
        while search.supply.read_bios(READING) {}
        let places = &knowledge().places;
        // How far apart any two regions are: too slow to be worth it in an unoptimised build.
        if !cfg!(debug_assertions) {
            for (region, _) in places.regions() {
                places.neighbors(region);
            }
        }
    }));
}

/// How many people teach what: counted from the index, again only when somebody in it changed.
pub fn taught(site: &Site) -> Outcome<Arc<catalog::Supply>> {
    let search = site.part::<Search>()?;
    let index = search.supply.index(site, &site.store.snapshot()?)?;
    let mut known = search.taught.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((generation, supply)) = known.as_ref()
        && *generation == index.generation
    {
        return Ok(supply.clone());
    }
    let mut services = HashMap::new();
    let mut categories: HashMap<CategoryId, Places> = HashMap::new();
    for (at, service) in knowledge().catalogue.services().iter().enumerate() {
        let teaching = index.teaching(std::iter::once(at));
        let count = |places: &Places| u32::try_from(places.len()).unwrap_or(u32::MAX);
        let teachers = Teachers { all: count(&teaching), of_children: count(&index.teaching_children(at)) };
        services.insert(service.id, teachers);
        *categories.entry(service.category_id).or_default() |= teaching;
    }
    let categories = categories.into_iter().map(|(id, places)| (id, places.len() as u32)).collect();
    let supply = Arc::new(catalog::Supply::of_counts(services, categories));
    *known = Some((index.generation, supply.clone()));
    Ok(supply)
}

/// Keeps the supply as the journal goes on.
pub fn consumers() -> Vec<Consumer> {
    let supply = Consumer::new("search", |site: Site, _| async move {
        let search = site.part::<Search>()?;
        let followed = tokio::task::spawn_blocking(move || {
            let read = site.store.snapshot()?;
            search.supply.index(&site, &read)?;
            search.supply.read_bios(READING);
            Ok(())
        });
        followed.await.map_err(Refusal::internal)?
    });
    let supply = supply.rebuilt_by(|site: Site| async move {
        let search = site.part::<Search>()?;
        let rebuilt = tokio::task::spawn_blocking(move || {
            let read = site.store.snapshot()?;
            search.supply.forget();
            let instructors = search.supply.index(&site, &read)?.instructors() as u64;
            while search.supply.read_bios(READING) {}
            Ok(instructors)
        });
        rebuilt.await.map_err(Refusal::internal)?
    });
    vec![supply, super::follow::consumer()]
}
