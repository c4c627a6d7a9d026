//! A site for the unit tests of every room.

use super::{Mode, Parts, SiteParts};
use crate::base::id::Order;
use crate::base::secret::Entropy;
use crate::base::time::{Clock, TimeZone};
use crate::store::Store;

impl SiteParts {
    /// For unit tests: nothing on the disk, dice that always fall alike, a clock that stands still at `now`.
    pub fn at(now: &str) -> Self {
        let clock = Clock::starting_at(now.parse().unwrap());
        clock.freeze(true);
        Self {
            store: Store::in_memory().unwrap(),
            clock,
            entropy: Entropy::seeded(1),
            order: Order::default(),
            mode: Mode::Sandbox,
            base_url: "http://localhost:8080".into(),
            zone: TimeZone::UTC,
            zone_name: "UTC".into(),
            data_dir: std::env::temp_dir(),
            parts: Parts::default(),
        }
    }
}
