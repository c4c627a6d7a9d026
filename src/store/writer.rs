//! The writer thread: takes what waits, runs it one after another, makes it durable in one commit, then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::engine::Engine;
use super::journal::{EventRecord, JOURNAL};
use super::tx::{Changes, Overlay, Stamp, Tx};
use super::{StoreError, value};
use crate::base::limits::WRITE_BATCH;
use crate::base::refusal::{Outcome, Refusal};

/// Whoever has not written for so long is resting.
const REST: Duration = Duration::from_secs(5);
/// The longest a group waits for more.
const LONGEST_WAIT: Duration = Duration::from_millis(2);

type Run = Box<dyn FnMut(&mut Tx) -> Outcome<()> + Send>;
type Done = Box<dyn FnOnce(Outcome<()>) + Send>;

/// A queued write: what to run, and whom to tell once it is durable or refused.
pub(super) struct Write {
    pub stamp: Stamp,
    pub run: Run,
    pub done: Done,
}

/// Counters a health page can show.
#[derive(Default)]
pub(super) struct Figures {
    pub queued: AtomicU64,
    pub commits: AtomicU64,
    pub writes: AtomicU64,
    pub commit_micros: AtomicU64,
    pub largest_batch: AtomicU64,
    pub slowest_commit_micros: AtomicU64,
}

impl Figures {
    fn committed(&self, batch: u64, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(batch, Ordering::Relaxed);
        self.commit_micros.fetch_add(micros, Ordering::Relaxed);
        self.largest_batch.fetch_max(batch, Ordering::Relaxed);
        self.slowest_commit_micros.fetch_max(micros, Ordering::Relaxed);
    }
}

pub(super) struct Writer {
    pub engine: Arc<dyn Engine>,
    pub queue: Receiver<Write>,
    pub committed: Arc<watch::Sender<u64>>,
    pub broken: Arc<watch::Sender<Option<String>>>,
    pub figures: Arc<Figures>,
    pub next_seq: u64,
    /// Something was committed since the engine could rest.
    pub restless: bool,
}

impl Writer {
    /// Runs until every sender is gone and the queue is empty.
    pub fn run(mut self) {
        let (mut last, mut patience) = (1, Duration::ZERO);
        while let Some(first) = self.next() {
            let batch = self.gather(first, last, Instant::now() + patience);
            self.figures.queued.fetch_sub(batch.len() as u64, Ordering::Relaxed);
            last = batch.len();
            let began = Instant::now();
            self.group(batch);
            patience = (began.elapsed() / 4).min(LONGEST_WAIT);
        }
    }

    /// The next write; the engine may rest before it comes.
    fn next(&mut self) -> Option<Write> {
        if self.restless {
            match self.queue.recv_timeout(REST) {
                Ok(write) => return Some(write),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.rest(),
            }
        }
        self.queue.recv().ok()
    }

    fn rest(&mut self) {
        self.restless = false;
        if self.broken.borrow().is_none()
            && let Err(error) = self.engine.rest()
        {
            self.broken.send_replace(Some(error.to_string()));
        }
    }

    /// What waits, up to a group. Those just answered tend to ask again at once: as many as last time are waited for a
    /// moment, much shorter than the sync it saves. Whoever writes alone never waits.
    fn gather(&self, first: Write, last: usize, until: Instant) -> Vec<Write> {
        let mut batch = vec![first];
        while batch.len() < WRITE_BATCH {
            let next = match self.queue.try_recv() {
                Ok(write) => Some(write),
                Err(_) if batch.len() < last => {
                    self.queue.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
                }
                Err(_) => None,
            };
            match next {
                Some(write) => batch.push(write),
                None => break,
            }
        }
        batch
    }

    fn group(&mut self, batch: Vec<Write>) {
        if let Some(why) = self.broken.borrow().clone() {
            return answer_all(batch.into_iter().map(|w| w.done), &why);
        }
        let base = match self.engine.snapshot() {
            Ok(base) => base,
            Err(error) => return answer_all(batch.into_iter().map(|w| w.done), &error.to_string()),
        };
        let mut group = Overlay::new();
        let mut seq = self.next_seq;
        let mut answers = Vec::new();
        for Write { stamp, mut run, done } in batch {
            let mut decide = || decided(&mut run, Tx::new(base.as_ref(), &group, stamp));
            let rehearsed = self.engine.rehearses().then(&mut decide);
            let mut decision = decide();
            if rehearsed.is_some_and(|rehearsed| rehearsed != decision) {
                decision = Err(Refusal::internal("a write did something else when it ran again; it may not"));
            }
            match decision.and_then(|changes| Ok(journalled(changes, &mut seq)?)) {
                Ok(overlay) => {
                    group.extend(overlay);
                    answers.push((done, Ok(())));
                }
                // A refusal may rest on what the group wrote before it: it too is true only once that is durable.
                Err(refusal) => answers.push((done, Err(refusal))),
            }
        }
        drop(base);
        if !group.is_empty() {
            let started = Instant::now();
            if let Err(error) = self.engine.commit(&group) {
                tracing::error!(%error, writes = answers.len(), "a commit failed; nothing of the group was kept");
                self.broken.send_replace(Some(error.to_string()));
                return answer_all(answers.into_iter().map(|(done, _)| done), &error.to_string());
            }
            (self.next_seq, self.restless) = (seq, true);
            let kept = answers.iter().filter(|(_, answer)| answer.is_ok()).count();
            self.figures.committed(kept as u64, started.elapsed());
            self.committed.send_modify(|n| *n += 1);
        }
        for (done, answer) in answers {
            done(answer);
        }
    }
}

/// Runs a closure to its end: what it wants written, or why not.
fn decided(run: &mut Run, mut tx: Tx) -> Outcome<Changes> {
    let ran = catch_unwind(AssertUnwindSafe(|| run(&mut tx)))
        .unwrap_or_else(|panic| Err(Refusal::internal(format!("a write panicked: {}", panic_text(&*panic)))));
    ran.map(|()| tx.into_changes())
}

/// The write's changes plus its events with their numbers.
fn journalled(changes: Changes, seq: &mut u64) -> Result<Overlay, StoreError> {
    let Changes { mut overlay, events, at } = changes;
    for (kind, data) in events {
        let record = EventRecord { seq: *seq, at, kind: kind.to_owned(), data };
        overlay.insert(JOURNAL.physical(seq), Some(value::encode(JOURNAL.name(), &record)?));
        *seq += 1;
    }
    Ok(overlay)
}

fn answer_all(waiting: impl Iterator<Item = Done>, why: &str) {
    for done in waiting {
        let mut refusal = Refusal::unavailable(
            "STORE_UNAVAILABLE",
            "Your change could not be saved just now. Nothing was changed; please try again in a moment.",
        )
        .extra("retry_after", 5.into());
        refusal.cause = Some(why.to_owned());
        done(Err(refusal));
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
