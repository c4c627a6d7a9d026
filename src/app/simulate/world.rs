//! A small marketplace in memory: real rooms, real jobs, the real adapter to Stripe, on a machine that may die.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::life::{Cable, Disk, Life};
use super::people::{self, People};
use super::post::Post;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::Entropy;
use crate::base::time::{Clock, TimeZone, Timestamp};
use crate::bookings;
use crate::jobs::{self, JobKind, Runner};
use crate::outside::sandbox::stripe::{FaultOrder, StandIn, StandInSettings};
use crate::outside::stripe::Stripe;
use crate::payments;
use crate::places::Gazetteer;
use crate::site::{Mode, Parts, Site, SiteParts};
use crate::store::Store;

const WEBHOOK_SECRET: &str = "whsec_simulated";

/// Things that happened and that a long run must have seen.
#[derive(Default)]
pub(super) struct Log {
    pub reached: std::collections::BTreeSet<String>,
    pub wrong: Vec<String>,
}

#[derive(Clone)]
pub(super) struct SharedLog(Arc<Mutex<Log>>);

impl SharedLog {
    pub fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reach(&self, what: impl Into<String>) {
        self.lock().reached.insert(what.into());
    }

    /// What somebody was answered. A fault of ours is a violation; a dead machine's last words are not heard.
    pub fn answered<T>(&self, life: &Life, deed: &str, answer: &Outcome<T>) {
        match answer {
            Err(_) if life.is_dead() => {}
            Err(refusal) if refusal.status == 500 => {
                self.lock().wrong.push(format!("{deed} was answered {refusal}"));
            }
            Err(refusal) => self.reach(format!("refusal {}", refusal.code)),
            Ok(_) => self.reach(format!("deed {deed}")),
        }
    }
}

pub(super) struct World {
    pub site: Site,
    pub runner: Runner,
    pub stand_in: StandIn,
    pub life: Arc<Life>,
    pub clock: Clock,
    pub log: SharedLog,
    pub people: People,
    pub post: Post,
    /// What an outage that is met counts as.
    pub outage: &'static str,
    /// The ordered faults after the last step.
    pub faults_before: Vec<FaultOrder>,
    pub platform_rules_held: bool,
    /// A kind of timer that does not run, as if its process were down, and until when.
    pub held: Option<(&'static str, Timestamp)>,
    entropy: Entropy,
}

impl World {
    pub async fn open(seed: u64, at: Timestamp) -> Outcome<Self> {
        let clock = Clock::standing_at(at);
        let life = Life::new(clock.clone());
        let settings = StandInSettings {
            public_url: "http://localhost".into(),
            webhook_url: String::new(),
            webhook_secret: WEBHOOK_SECRET.into(),
        };
        let stand_in = StandIn::in_memory(clock.clone(), Entropy::seeded(seed ^ 0x5742_1BE5), settings);
        let entropy = Entropy::seeded(seed);
        let (site, runner) = boot(&life, &clock, &entropy, &stand_in)?;
        runner.prepare().await?;
        let people = people::move_in(&site, &stand_in, seed).await?;
        let log = SharedLog(Arc::default());
        let mut post = Post::default();
        post.collect(&stand_in);
        let (outage, faults_before) = ("fault stripe_down.hours", Vec::new());
        Ok(Self {
            site,
            runner,
            stand_in,
            life,
            clock,
            log,
            people,
            post,
            outage,
            faults_before,
            platform_rules_held: false,
            held: None,
            entropy,
        })
    }

    /// The machine died: a new one is started over what the old one had committed.
    pub async fn reopen(&mut self) -> Outcome<()> {
        let last = self.life.revive();
        self.log.reach(format!("fault crash.{last}"));
        self.site.store.close();
        (self.site, self.runner) = boot(&self.life, &self.clock, &self.entropy, &self.stand_in)?;
        self.runner.prepare().await
    }

    /// Time passes; everything due meanwhile happens at its own instant, whatever the machine goes through.
    pub async fn wait_until(&mut self, at: Timestamp) -> Outcome<()> {
        const MOST_DEATHS: usize = 3;
        for _ in 0..MOST_DEATHS {
            let ran = self.runner.run_until(at, true).await;
            if !self.life.is_dead() {
                ran?;
                self.clock.advance_to(at);
                return Ok(());
            }
            self.reopen().await?;
        }
        Err(Refusal::internal("the machine does not stay up"))
    }

    /// A kind of timer stands still until an instant; what was held before goes on.
    pub async fn hold(&mut self, held: Option<(&'static str, Timestamp)>) -> Outcome<()> {
        let (before, after) = (self.held.map(|(name, _)| name), held.map(|(name, _)| name));
        self.held = held;
        self.site
            .write(move |tx| {
                before.map_or(Ok(()), |name| jobs::set_held(tx, name, false))?;
                after.map_or(Ok(()), |name| jobs::set_held(tx, name, true))
            })
            .await
    }

    /// Runs what is due now.
    pub async fn settle(&mut self) -> Outcome<()> {
        self.wait_until(self.clock.now()).await
    }
}

fn jobs() -> Vec<JobKind> {
    let mut jobs = bookings::jobs();
    jobs.extend(payments::jobs());
    jobs
}

fn boot(life: &Arc<Life>, clock: &Clock, entropy: &Entropy, stand_in: &StandIn) -> Outcome<(Site, Runner)> {
    let site = Site::new(SiteParts {
        store: Store::over(Arc::new(Disk(life.clone())), "the simulated disk")?,
        clock: clock.clone(),
        entropy: entropy.clone(),
        order: crate::base::id::Order::default(),
        mode: Mode::Sandbox,
        base_url: "http://localhost".into(),
        zone: TimeZone::UTC,
        zone_name: "UTC".into(),
        data_dir: std::env::temp_dir(),
        parts: Parts::default(),
    });
    let cable = Cable { life: life.clone(), stand_in: stand_in.clone() };
    site.parts.put(Stripe::inside(Arc::new(cable), vec![WEBHOOK_SECRET.into()]));
    site.parts.share(Gazetteer::builtin());
    site.parts.put(bookings::desk());
    let runner = Runner::new(site.clone(), jobs(), Vec::new());
    Ok((site, runner))
}
