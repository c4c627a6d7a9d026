//! The running part of this room: the supply in memory, and who may search at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::departures::Cached;
use super::supply::Supply;
use crate::base::refusal::{Outcome, Refusal};
use crate::jobs::Consumer;
use crate::site::Site;

/// Searches at once; more are turned away instead of making all of them slow.
const AT_ONCE: usize = 64;
const RETRY_AFTER_S: u64 = 2;

/// The search room of one marketplace.
pub struct Search {
    pub supply: Supply,
    pub departures: Cached,
    permits: Arc<Semaphore>,
    down: AtomicBool,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            supply: Supply::default(),
            departures: Cached::default(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            down: AtomicBool::new(false),
        }
    }
}

impl Search {
    /// A place among those who search now, or 503.
    pub fn admit(&self) -> Outcome<OwnedSemaphorePermit> {
        self.permits.clone().try_acquire_owned().map_err(|_| {
            Refusal::unavailable("SEARCH_BUSY", "Many people are searching right now. Try again in a moment.")
                .extra("retry_after", RETRY_AFTER_S.into())
        })
    }

    /// Searches under way.
    pub fn in_flight(&self) -> usize {
        AT_ONCE - self.permits.available_permits()
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

/// Reads the words and the model while nobody waits for them.
pub fn warm() {
    drop(std::thread::spawn(|| {
        let places = &super::knowledge().places;
        // How far apart any two regions are: too slow to be worth it in an unoptimised build.
        if !cfg!(debug_assertions) {
            for (region, _) in places.regions() {
                places.neighbors(region);
            }
        }
    }));
}

/// Keeps the supply as the journal goes on.
pub fn consumers() -> Vec<Consumer> {
    vec![Consumer::new("search", |site: Site, events| async move {
        let search = site.part::<Search>()?;
        let follower = site.clone();
        let followed = tokio::task::spawn_blocking(move || search.supply.follow(&follower, &events)).await;
        followed.map_err(Refusal::internal)?
    })]
}
