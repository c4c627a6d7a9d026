//! Where the demo's past is played: a marketplace of its own in memory, whose clock starts months ago.
//!
//! It is the production program: the same operations, jobs, consumers and Stripe adapter, so whatever it leaves behind
//! is consistent by itself. Only the letters of the past are not written, and search reads the result when it starts.

use std::path::Path;
use std::sync::Arc;

use crate::app::config::Config;
use crate::app::rooms;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::Entropy;
use crate::base::time::{Clock, SignedDuration, Timestamp, zone};
use crate::jobs::{Consumer, JobKind, Runner};
use crate::outside::sandbox::stripe::{StandIn, StandInSettings};
use crate::outside::stripe::Stripe;
use crate::site::{Mode, Parts, Site, SiteParts};
use crate::store::{Store, journal};

use super::dice::SEED;

/// Consumers that do not work on the past: what they would do is a letter long since read.
const SILENT: [&str; 1] = ["notify"];
/// Nightly jobs that only compare with Stripe: the past they would find in order is a hundred nights long.
const ONLY_LOOK: [&str; 2] = ["payout_audit", "reconcile"];
/// Consumers whose work lies outside the store; they begin when the marketplace does.
const LATER: [&str; 1] = ["search"];

pub struct Stage {
    pub site: Site,
    pub stand_in: StandIn,
    runner: Runner,
    /// Files that rooms may want to keep beside the store.
    _dir: ScratchDir,
}

impl Stage {
    /// Sets the stage at an instant of the past.
    pub async fn open(config: &Config, at: Timestamp) -> Outcome<Self> {
        let clock = Clock::starting_at(at);
        clock.freeze(true);
        let dir = ScratchDir::new()?;
        let zone_of = || zone(&config.timezone).ok_or_else(|| Refusal::internal("the marketplace has no time zone"));
        let site = Site::new(SiteParts {
            store: Store::in_memory()?,
            clock: clock.clone(),
            entropy: Entropy::seeded(SEED),
            order: crate::base::id::Order::default(),
            mode: Mode::Sandbox,
            base_url: config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.bind)),
            zone: zone_of()?,
            zone_name: config.timezone.clone(),
            data_dir: dir.0.clone(),
            parts: Parts::default(),
        });
        rooms::wire(&site)?;
        let settings = StandInSettings {
            public_url: site.base_url.clone(),
            webhook_url: String::new(),
            webhook_secret: "nobody listens".into(),
        };
        let entropy = Entropy::seeded(SEED + 1);
        let stand_in = StandIn::in_memory(clock, entropy, settings);
        site.parts.put(Stripe::inside(Arc::new(stand_in.clone()), Vec::new()));
        site.parts.put(stand_in.clone());
        let at_work = |consumer: &Consumer| !SILENT.contains(&consumer.name) && !LATER.contains(&consumer.name);
        let consumers = rooms::consumers().into_iter().filter(at_work).collect();
        // Sweeps only catch up after the timers; here nothing is ever missed.
        let exact = |kind: &JobKind| {
            kind.every.is_none_or(|every| !every.is_frequent(SignedDuration::ZERO)) && !ONLY_LOOK.contains(&kind.name)
        };
        let jobs = rooms::jobs().into_iter().filter(exact).collect();
        let runner = Runner::new(site.clone(), jobs, consumers);
        runner.prepare().await?;
        Ok(Self { site, stand_in, runner, _dir: dir })
    }

    /// Lets time pass; everything due meanwhile happens at its own instant.
    pub async fn wait_until(&self, at: Timestamp) -> Outcome<()> {
        self.runner.run_until(at, true).await?;
        self.site.clock.advance_to(at);
        Ok(())
    }

    /// Leaves what has come about in a data directory, where the marketplace will open it.
    pub async fn save(self, dir: &Path) -> Outcome<()> {
        self.runner.catch_up().await?;
        self.site
            .write(|tx| {
                let end = journal::last_seq(tx)?;
                SILENT.iter().try_for_each(|name| journal::set_cursor(tx, name, end))
            })
            .await?;
        Runner::forget_runs(&self.site, Timestamp::MAX).await?;
        self.stand_in.save_objects(&dir.join("sandbox")).map_err(Refusal::internal)?;
        self.site.store.save_copy(dir)?;
        self.site.store.close();
        Ok(())
    }
}

/// A directory that is gone with the stage.
struct ScratchDir(std::path::PathBuf);

impl ScratchDir {
    fn new() -> Outcome<Self> {
        let unique = Entropy::system().token();
        let path = std::env::temp_dir().join(format!("instainstru-stage-{unique}"));
        std::fs::create_dir_all(&path).map_err(Refusal::internal)?;
        Ok(Self(path))
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
