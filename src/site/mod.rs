//! One running marketplace: the parts that ops, jobs and pages of every room share.
//!
//! The architecture's first sketch had no place for this. Jobs, handlers and pages all need the store, the clock and
//! the adapters together, while rooms of one rank may not see each other; so the bundle is a room of its own below
//! them. It holds values and settings only: no rules, no HTTP.

pub mod audit;
pub mod figures;
mod parts;
mod private_file;
mod seal;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod upkeep;

use std::ops::Deref;
use std::sync::{Arc, Weak};

pub use parts::Parts;
pub use private_file::write_private;
pub use seal::{GUEST_MARK, Seal};
pub use settings::{AnySetting, Setting, SettingRow};

use crate::base::id::Order;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::Entropy;
use crate::base::time::{Clock, TimeZone, Timestamp};
use crate::store::{AnyTable, Read, Stamp, Store, Tx};

/// Whether strangers' money is real here (contract §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Local stand-ins, an outbox, a clock that can be moved.
    Sandbox,
    Live,
}

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub struct Site(Arc<SiteParts>);

pub struct SiteParts {
    pub store: Store,
    pub clock: Clock,
    pub entropy: Entropy,
    pub order: Order,
    pub mode: Mode,
    /// Scheme, host and port under which people reach us, without a trailing slash.
    pub base_url: String,
    /// The marketplace's own zone.
    pub zone: TimeZone,
    pub zone_name: String,
    /// Where blobs, the index and the sandbox's books live.
    pub data_dir: std::path::PathBuf,
    /// What higher rooms contribute at wiring.
    pub parts: Parts,
}

impl Deref for Site {
    type Target = SiteParts;
    fn deref(&self) -> &SiteParts {
        &self.0
    }
}

/// A handle that does not keep the site alive.
#[derive(Clone)]
pub struct WeakSite(Weak<SiteParts>);

impl WeakSite {
    pub fn upgrade(&self) -> Option<Site> {
        self.0.upgrade().map(Site)
    }
}

impl Site {
    pub fn new(parts: SiteParts) -> Self {
        Self(Arc::new(parts))
    }

    /// For what hangs on the site itself.
    pub fn downgrade(&self) -> WeakSite {
        WeakSite(Arc::downgrade(&self.0))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn is_sandbox(&self) -> bool {
        self.mode == Mode::Sandbox
    }

    /// Time and randomness for one write.
    pub fn stamp(&self) -> Stamp {
        Stamp::draw(self.clock.now(), &self.entropy, &self.order)
    }

    pub async fn write<T, F>(&self, f: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    {
        // Who asked goes along, so that the trail can say it (`audit::By`).
        let origin = audit::ORIGIN.try_with(Clone::clone).unwrap_or_default();
        let mut f = f;
        self.store.write(self.stamp(), move |tx| audit::ORIGIN.sync_scope(origin.clone(), || f(tx))).await
    }

    pub fn read<T>(&self, f: impl FnOnce(&dyn Read) -> Outcome<T>) -> Outcome<T> {
        self.store.read(f)
    }

    /// A look at much of the store, away from the threads that answer everybody.
    pub async fn look<T: Send + 'static>(
        &self,
        f: impl FnOnce(&dyn Read) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let site = self.clone();
        tokio::task::spawn_blocking(move || site.read(f)).await.map_err(Refusal::internal)?
    }

    /// A part that a room put in at wiring.
    pub fn part<T: Send + Sync + 'static>(&self) -> Outcome<Arc<T>> {
        self.parts.get::<T>()
    }

    /// An absolute link; the host is always the configured one, never the request's.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&settings::SETTINGS, &audit::AUDIT]
}
