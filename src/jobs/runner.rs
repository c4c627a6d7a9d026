//! The runner: wakes on commits and on the clock, runs what is due, keeps consumers at the journal's end.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{RwLock, watch};
use tokio::task::JoinSet;

use super::consumers::Consumer;
use super::kinds::{JobCall, JobKind, JobReport};
use super::queue::{self, JOBS, Job, JobRow, JobRun, JobState, RUNS};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_seconds};
use crate::site::Site;
use crate::store::{Dir, ReadExt, Span};

/// Jobs that run side by side.
const AT_ONCE: usize = 8;
/// The longest sleep; a safety net, not a poll.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Runner {
    site: Site,
    timers: Arc<HashMap<&'static str, JobKind>>,
    sweeps: Arc<HashMap<&'static str, JobKind>>,
    consumers: Arc<Vec<Consumer>>,
    /// Jobs run side by side in the background, or one after another by a hand that moves the clock; never both.
    turn: Arc<RwLock<()>>,
}

impl Runner {
    pub fn new(site: Site, kinds: Vec<JobKind>, consumers: Vec<Consumer>) -> Self {
        let (sweeps, timers): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|kind| kind.every.is_some());
        let by_name = |kinds: Vec<JobKind>| Arc::new(kinds.into_iter().map(|kind| (kind.name, kind)).collect());
        Self {
            site,
            timers: by_name(timers),
            sweeps: by_name(sweeps),
            consumers: Arc::new(consumers),
            turn: Arc::default(),
        }
    }

    /// Every public job name.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.timers.keys().chain(self.sweeps.keys()).copied().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Puts sweeps that are not in the queue yet into it, and takes up what a crash interrupted. Call once at the start.
    pub async fn prepare(&self) -> Outcome<()> {
        let zone = self.site.zone.clone();
        let sweeps: Vec<_> = self.sweeps.values().filter_map(|k| Some((k.name, k.every?))).collect();
        self.site
            .write(move |tx| {
                queue::release_leases(tx)?;
                for (name, every) in &sweeps {
                    if tx.get(&JOBS, &((*name).to_owned(), String::new()))?.is_none() {
                        let due = every.next_after(tx.now(), &zone);
                        queue::enqueue(tx, Job::new(name, "").due(due))?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Runs until `stop` turns true; started once. What is running then comes to its end.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut followers = JoinSet::new();
        for consumer in self.consumers.iter().cloned() {
            followers.spawn(follow(self.site.clone(), consumer, stop.clone()));
        }
        let mut commits = self.site.store.commits();
        let mut moved = self.site.clock.watch();
        let mut hands = Hands::default();
        while !*stop.borrow() {
            commits.mark_unchanged();
            moved.mark_unchanged();
            let sleep = match self.hand_out(&mut hands).await {
                Ok(Some(next)) => until(&self.site, next),
                Ok(None) => LONGEST_SLEEP,
                Err(refusal) => troubled(&refusal),
            };
            let pause = tokio::select! {
                _ = stop.changed() => None,
                _ = commits.changed() => None,
                _ = moved.changed() => None,
                ended = hands.ended() => ended.err().map(|refusal| troubled(&refusal)),
                () = tokio::time::sleep(sleep) => None,
            };
            // The store refused: trying at once again would only turn in circles.
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
        }
        while hands.tasks.join_next().await.is_some() {}
        while followers.join_next().await.is_some() {}
    }

    /// Starts what is due and has a place; answers when the next job is due.
    async fn hand_out(&self, hands: &mut Hands) -> Outcome<Option<Timestamp>> {
        // Shared by all that start now; whoever moves the clock waits until they are done.
        let turn = Arc::new(self.turn.clone().read_owned().await);
        let now = self.site.now();
        let places = AT_ONCE.saturating_sub(hands.busy.len());
        let free = |kind: &str| self.at_once(kind).saturating_sub(hands.of(kind));
        let ready = self.site.read(|r| queue::ready(r, now, places, free, &hands.busy))?;
        for row in ready.rows {
            let (runner, turn, id) = (self.clone(), turn.clone(), (row.kind.clone(), row.key.clone()));
            hands.busy.insert(id.clone());
            hands.tasks.spawn(async move {
                let ran = runner.run_one(row, false).await;
                drop(turn);
                (id, ran)
            });
        }
        // What is due already waits for a place, not for a time.
        Ok(ready.next.filter(|next| *next > now))
    }

    fn at_once(&self, kind: &str) -> usize {
        self.timers.get(kind).or_else(|| self.sweeps.get(kind)).map_or(1, |kind| kind.at_once)
    }

    /// Runs everything due up to `until` in time order. With `move_clock` each job sees its own due instant as now.
    /// Answers how many jobs ran.
    pub async fn run_until(&self, until: Timestamp, move_clock: bool) -> Outcome<u64> {
        let _turn = self.turn.write().await;
        if move_clock {
            self.coalesce(until).await?;
        }
        let mut ran = 0;
        loop {
            self.catch_up().await?;
            let ready = self.site.read(|r| queue::ready(r, until, 1, |_| 1, &BTreeSet::new()))?;
            let Some(row) = ready.rows.into_iter().next() else { return Ok(ran) };
            if move_clock {
                self.site.clock.advance_to(row.ready_at);
            }
            self.run_one(row, false).await?;
            ran += 1;
        }
    }

    /// Runs a kind's sweep once now, held or not; with `dry_run` it only counts.
    pub async fn run_named(&self, name: &str, dry_run: bool) -> Outcome<(u64, JobReport)> {
        let _turn = self.turn.write().await;
        self.catch_up().await?;
        let unknown = || Refusal::unprocessable("UNKNOWN_JOB", format!("There is no job named {name:?}."));
        let mut ran = 0;
        let mut report = JobReport::from(());
        if let Some(kind) = self.sweeps.get(name) {
            let now = self.site.now();
            let call = JobCall { key: String::new(), due: now, attempt: 1, dry_run, payload: serde_json::Value::Null };
            report = (kind.handler)(self.site.clone(), call).await?;
            ran += 1;
            self.record_by_hand(kind.name, now, dry_run).await?;
        } else if !self.timers.contains_key(name) {
            return Err(unknown());
        }
        if !dry_run && let Some(kind) = self.timers.get(name) {
            ran += self.run_due_timers(kind.name).await?;
        }
        self.catch_up().await?;
        Ok((ran, report))
    }

    async fn run_due_timers(&self, name: &'static str) -> Outcome<u64> {
        let now = self.site.now();
        let due = self.site.read(|r| queue::due_of(r, name, now))?;
        let mut ran = 0;
        for row in due.into_iter().filter(|row| !row.key.is_empty()) {
            self.run_one(row, true).await?;
            ran += 1;
        }
        Ok(ran)
    }

    async fn record_by_hand(&self, name: &'static str, at: Timestamp, dry_run: bool) -> Outcome<()> {
        if dry_run {
            return Ok(());
        }
        self.site
            .write(move |tx| {
                let number = u32::from_be_bytes(tx.random_bytes());
                let run = JobRun {
                    job: name.to_owned(),
                    key: String::new(),
                    scheduled_for: at,
                    ran_at: tx.now(),
                    state: JobState::Done,
                    attempts: 1,
                    last_error: None,
                };
                tx.put(&RUNS, &(tx.now(), number), &run)
            })
            .await
    }

    /// All consumers to the end of the journal.
    pub async fn catch_up(&self) -> Outcome<()> {
        loop {
            let mut dealt = 0;
            for consumer in self.consumers.iter() {
                dealt += consumer.catch_up(&self.site).await?;
            }
            if dealt == 0 {
                return Ok(());
            }
        }
    }

    /// Makes anew what consumers keep outside the store; answers who made how many entries.
    pub async fn reindex(&self) -> Outcome<Vec<(&'static str, u64)>> {
        let mut made = Vec::new();
        for consumer in self.consumers.iter() {
            if let Some(entries) = consumer.start_over(&self.site).await? {
                made.push((consumer.name, entries));
            }
        }
        Ok(made)
    }

    /// Frequent sweeps would run thousands of times while a clock is moved by days: each runs once, at the end.
    async fn coalesce(&self, until: Timestamp) -> Outcome<()> {
        let moved = until.duration_since(self.site.now());
        let frequent: Vec<&'static str> =
            self.sweeps.values().filter(|k| k.every.is_some_and(|e| e.is_frequent(moved))).map(|k| k.name).collect();
        self.site
            .write(move |tx| {
                for name in &frequent {
                    let id = ((*name).to_owned(), String::new());
                    if let Some(row) = tx.get(&JOBS, &id)?.filter(|row| row.ready_at < until) {
                        tx.put(&JOBS, &id, &JobRow { due: until, ready_at: until, ..row })?;
                    }
                }
                Ok(())
            })
            .await
    }

    async fn run_one(&self, seen: JobRow, by_hand: bool) -> Outcome<()> {
        let Some(row) = self.site.write(move |tx| queue::claim(tx, &seen)).await? else { return Ok(()) };
        let registry = if row.key.is_empty() { &self.sweeps } else { &self.timers };
        let kind = registry.get(row.kind.as_str());
        let ran_at = self.site.now();
        let outcome = match kind {
            Some(kind) => self.attempt(kind, &row).await,
            None => Err(Refusal::unprocessable("UNKNOWN_JOB", format!("no room handles {}", row.kind))),
        };
        if let Err(refusal) = &outcome {
            tracing::warn!(job.kind = %row.kind, job.key = %row.key, job.attempt = row.attempts, by_hand, %refusal, "a job failed");
        }
        let now = self.site.now();
        let next = kind.and_then(|kind| kind.every).map(|every| every.next_after(now.max(row.due), &self.site.zone));
        self.site.write(move |tx| queue::finish(tx, &row, ran_at, &outcome, next)).await
    }

    /// A handler that panics fails like any other.
    async fn attempt(&self, kind: &JobKind, row: &JobRow) -> Outcome<()> {
        let call = JobCall {
            key: row.key.clone(),
            due: row.due,
            attempt: row.attempts,
            dry_run: false,
            payload: row.payload.clone(),
        };
        let running = std::panic::AssertUnwindSafe((kind.handler)(self.site.clone(), call)).catch_unwind();
        running.await.unwrap_or_else(|_| Err(Refusal::internal("the handler panicked"))).map(drop)
    }

    /// Runs, newest first.
    pub fn runs(&self, job: Option<&str>, since: Option<Timestamp>, limit: usize) -> Outcome<Vec<JobRun>> {
        self.site.read(|r| {
            let span = Span::starting(&(since.unwrap_or(Timestamp::MIN),));
            let rows = r.scan(&RUNS, span, crate::base::limits::SCAN_ROWS, Dir::Down)?;
            Ok(rows
                .into_iter()
                .map(|(_, run)| run)
                .filter(|run| job.is_none_or(|j| run.job == j))
                .take(limit)
                .collect())
        })
    }

    /// What will not be tried again by itself.
    pub fn dead(&self) -> Outcome<Vec<JobRow>> {
        self.site.read(|r| queue::dead(r, crate::base::limits::SCAN_ROWS))
    }

    /// Forgets runs older than `before`; part of the nightly clean-up.
    pub async fn forget_runs(site: &Site, before: Timestamp) -> Outcome<()> {
        const CHUNK: usize = 5000;
        loop {
            let gone = site.write(move |tx| {
                let old = tx.scan(&RUNS, Span::from_to(&(Timestamp::MIN,), &(before,)), CHUNK, Dir::Up)?;
                for (key, _) in &old {
                    tx.delete(&RUNS, key)?;
                }
                Ok(old.len())
            });
            if gone.await? < CHUNK {
                return Ok(());
            }
        }
    }
}

/// What runs in the background right now.
#[derive(Default)]
struct Hands {
    tasks: JoinSet<((String, String), Outcome<()>)>,
    busy: BTreeSet<(String, String)>,
}

impl Hands {
    fn of(&self, kind: &str) -> usize {
        self.busy.iter().filter(|(busy, _)| busy == kind).count()
    }

    /// Waits until one has ended; for ever when nothing runs.
    async fn ended(&mut self) -> Outcome<()> {
        match self.tasks.join_next().await {
            Some(Ok((id, ran))) => {
                self.busy.remove(&id);
                ran
            }
            // Handlers' panics are caught where they run; this would be one of our own.
            Some(Err(error)) => Err(Refusal::internal(error)),
            None => std::future::pending().await,
        }
    }
}

fn troubled(refusal: &Refusal) -> Duration {
    tracing::error!(%refusal, "the job runner could not work; trying again in a second");
    Duration::from_secs(1)
}

async fn follow(site: Site, consumer: Consumer, mut stop: watch::Receiver<bool>) {
    let mut commits = site.store.commits();
    while !*stop.borrow() {
        commits.mark_unchanged();
        let failed = match consumer.catch_up(&site).await {
            Ok(_) => false,
            Err(refusal) => {
                tracing::error!(consumer = consumer.name, %refusal, "a consumer could not go on; trying again");
                true
            }
        };
        let retry = tokio::time::sleep(if failed { Duration::from_secs(1) } else { LONGEST_SLEEP });
        tokio::select! {
            _ = stop.changed() => {}
            _ = commits.changed() => {}
            () = retry => {}
        }
    }
}

/// Real time until the clock shows `at`; a frozen clock wakes us when it moves.
fn until(site: &Site, at: Timestamp) -> Duration {
    if site.clock.is_frozen() {
        return LONGEST_SLEEP;
    }
    // A millisecond more, since the clock shows whole milliseconds.
    let wait = plus_seconds(at, 0).duration_since(site.now()) + crate::base::time::SignedDuration::from_millis(1);
    Duration::try_from(wait).unwrap_or(Duration::ZERO).min(LONGEST_SLEEP)
}
