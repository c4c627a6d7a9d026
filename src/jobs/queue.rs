//! The durable queue: what waits, what runs under a lease, what ran, what died.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_seconds};
use crate::store::{Dir, Index, Read, ReadExt, Span, Table, Tx};

/// Seconds a run may take before somebody else may try.
pub(super) const LEASE_SECONDS: i64 = 120;
const MAX_ATTEMPTS: u32 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Waiting,
    Running,
    Done,
    Failed,
    /// Will not be tried again by itself.
    Dead,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobRow {
    pub kind: String,
    pub key: String,
    /// The instant it is meant for.
    pub due: Timestamp,
    /// The earliest instant of the next try: `due`, the end of a lease, or the end of a pause after a failure.
    pub ready_at: Timestamp,
    pub state: JobState,
    pub attempts: u32,
    pub last_error: Option<String>,
    #[serde(default)]
    pub payload: Value,
    /// Grows with every enqueue, so that a run notices it was superseded while it ran.
    pub revision: u32,
}

impl JobRow {
    /// Will be tried (again) by itself.
    fn is_open(&self) -> bool {
        matches!(self.state, JobState::Waiting | JobState::Running | JobState::Failed)
    }
}

/// One finished try.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobRun {
    pub job: String,
    pub key: String,
    pub scheduled_for: Timestamp,
    pub ran_at: Timestamp,
    pub state: JobState,
    pub attempts: u32,
    pub last_error: Option<String>,
}

pub static JOBS: Table<(String, String), JobRow> =
    Table::new(0x0301, "kind_key_job").indexed(&[&BY_READY, &BY_KIND, &DEAD]);
pub(super) static BY_READY: Index<(String, String), JobRow, (Timestamp,)> =
    Index::new(0x0302, "readyat_kind_key", |_, job| if job.is_open() { vec![(job.ready_at,)] } else { Vec::new() });
/// The same, kind by kind: what a kind with a free place runs next.
static BY_KIND: Index<(String, String), JobRow, (String, Timestamp)> =
    Index::new(0x0306, "kind_readyat_key", |_, job| {
        if job.is_open() { vec![(job.kind.clone(), job.ready_at)] } else { Vec::new() }
    });
/// Dead letters, by the instant they were meant for.
static DEAD: Index<(String, String), JobRow, (Timestamp,)> =
    Index::new(0x0305, "due_kind_key", |_, job| match job.state {
        JobState::Dead => vec![(job.due,)],
        JobState::Waiting | JobState::Running | JobState::Done | JobState::Failed => Vec::new(),
    });
/// The ledger of runs, by when they ran and a number that keeps equal instants apart.
pub static RUNS: Table<(Timestamp, u32), JobRun> = Table::new(0x0303, "ranat_number_run");
/// Kinds that stay due while time passes (sandbox).
pub static HELD: Table<String, bool> = Table::new(0x0304, "kind_held");

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub struct Job {
    kind: &'static str,
    key: String,
    due: Option<Timestamp>,
    payload: Value,
}

impl Job {
    /// Due at once, unless [`Job::due`] says otherwise.
    pub fn new(kind: &'static str, key: impl ToString) -> Self {
        Self { kind, key: key.to_string(), due: None, payload: Value::Null }
    }
    #[must_use]
    pub fn due(mut self, at: Timestamp) -> Self {
        self.due = Some(at);
        self
    }
    pub fn payload(mut self, payload: &impl Serialize) -> Outcome<Self> {
        self.payload = serde_json::to_value(payload).map_err(Refusal::internal)?;
        Ok(self)
    }
}

/// Puts a job into the queue, or moves the one already there.
pub fn enqueue(tx: &mut Tx, job: Job) -> Outcome<()> {
    let id = (job.kind.to_owned(), job.key.clone());
    let due = job.due.unwrap_or_else(|| tx.now());
    let revision = tx.get(&JOBS, &id)?.map_or(0, |old| old.revision + 1);
    let row = JobRow {
        kind: id.0.clone(),
        key: job.key,
        due,
        ready_at: due,
        state: JobState::Waiting,
        attempts: 0,
        last_error: None,
        payload: job.payload,
        revision,
    };
    tx.put(&JOBS, &id, &row)
}

/// Takes a job out of the queue, if it is there.
pub fn cancel(tx: &mut Tx, kind: &str, key: impl ToString) -> Outcome<()> {
    tx.delete(&JOBS, &(kind.to_owned(), key.to_string()))
}

pub fn held(read: &dyn Read, kind: &str) -> Outcome<bool> {
    Ok(read.get(&HELD, &kind.to_owned())?.unwrap_or(false))
}

pub fn set_held(tx: &mut Tx, kind: &str, hold: bool) -> Outcome<()> {
    if hold { tx.put(&HELD, &kind.to_owned(), &true) } else { tx.delete(&HELD, &kind.to_owned()) }
}

/// One job, if it is in the queue.
pub fn find(read: &dyn Read, kind: &str, key: &str) -> Outcome<Option<JobRow>> {
    read.get(&JOBS, &(kind.to_owned(), key.to_owned()))
}

/// What will not be tried again by itself, the latest first.
pub fn dead(read: &dyn Read, limit: usize) -> Outcome<Vec<JobRow>> {
    let rows = read.by_index(&JOBS, &DEAD, Span::all(), limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What waits, runs or is tried again, soonest first.
pub fn pending(read: &dyn Read, limit: usize) -> Outcome<Vec<JobRow>> {
    let rows = read.by_index(&JOBS, &BY_READY, Span::all(), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The kinds of everything that waits, with the instant each is ready at; reads no row.
pub fn agenda(read: &dyn Read, limit: usize) -> Outcome<Vec<(Timestamp, String)>> {
    let keys = read.index_keys(&BY_READY, Span::all(), limit, Dir::Up)?;
    Ok(keys.into_iter().map(|((at,), (kind, _))| (at, kind)).collect())
}

/// The last finished tries, newest first.
pub fn last_runs(read: &dyn Read, limit: usize) -> Outcome<Vec<JobRun>> {
    Ok(read.scan(&RUNS, Span::all(), limit, Dir::Down)?.into_iter().map(|(_, run)| run).collect())
}

/// Puts a dead letter back into the queue, due now, with all its tries ahead.
pub fn revive(tx: &mut Tx, kind: &str, key: &str) -> Outcome<JobRow> {
    let id = (kind.to_owned(), key.to_owned());
    let Some(mut row) = tx.get(&JOBS, &id)?.filter(|row| row.state == JobState::Dead) else {
        return Err(Refusal::not_found("DEAD_JOB_NOT_FOUND", "There is no such dead job; it may have been retried."));
    };
    let dead = row.clone();
    row.ready_at = tx.now();
    row.state = JobState::Waiting;
    row.attempts = 0;
    row.revision += 1;
    tx.put(&JOBS, &id, &row)?;
    Ok(dead)
}

/// What may run now, soonest first, and when the next is ready that may not run yet.
#[derive(Debug, Default)]
pub(super) struct Ready {
    pub rows: Vec<JobRow>,
    pub next: Option<Timestamp>,
}

/// The jobs that may run up to `until`: of each kind as many as have a `free` place, held kinds and `busy` jobs left out.
pub(super) fn ready(
    read: &dyn Read,
    until: Timestamp,
    limit: usize,
    free: impl Fn(&str) -> usize,
    busy: &BTreeSet<(String, String)>,
) -> Outcome<Ready> {
    let mut found: Vec<(Timestamp, (String, String))> = Vec::new();
    let mut next: Option<Timestamp> = None;
    for kind in kinds(read)? {
        let (places, mut taken) = (free(&kind), 0);
        if places == 0 || held(read, &kind)? {
            continue;
        }
        let of_it = busy.iter().filter(|(busy, _)| *busy == kind).count();
        for ((_, at), id) in read.index_keys(&BY_KIND, Span::prefix(&(kind,)), places + of_it + 1, Dir::Up)? {
            if busy.contains(&id) {
                continue;
            }
            if at > until || taken == places {
                next = Some(next.map_or(at, |next| next.min(at)));
                break;
            }
            taken += 1;
            found.push((at, id));
        }
    }
    found.sort_unstable();
    if let Some((at, _)) = found.get(limit) {
        next = Some(next.map_or(*at, |next| next.min(*at)));
    }
    found.truncate(limit);
    let rows: Outcome<Vec<_>> = found.iter().map(|(_, id)| read.get(&JOBS, id)).collect();
    Ok(Ready { rows: rows?.into_iter().flatten().collect(), next })
}

/// The kinds that have something to do, now or later; looks at one entry of each.
fn kinds(read: &dyn Read) -> Outcome<Vec<String>> {
    let (mut kinds, mut span) = (Vec::new(), Span::all());
    while let Some(((kind, _), _)) = read.index_keys(&BY_KIND, span, 1, Dir::Up)?.pop() {
        span = Span::after(&(kind.clone(),));
        kinds.push(kind);
    }
    Ok(kinds)
}

/// What is due of one kind, in the order of time.
pub(super) fn due_of(read: &dyn Read, kind: &str, now: Timestamp) -> Outcome<Vec<JobRow>> {
    let first = (kind.to_owned(), Timestamp::MIN);
    let due = Span::from_to(&first, &(kind.to_owned(), plus_seconds(now, 1)));
    let rows = read.by_index(&JOBS, &BY_KIND, due, SCAN_ROWS, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, row)| row).filter(|row| row.ready_at <= now).collect())
}

/// Takes back the leases of a program that is no more: what it ran is due again at once.
pub(super) fn release_leases(tx: &mut Tx) -> Outcome<()> {
    let span = Span::from_to(&(Timestamp::MIN,), &(plus_seconds(tx.now(), LEASE_SECONDS + 1),));
    for (_, id) in tx.index_keys(&BY_READY, span, crate::base::limits::SCAN_ROWS, Dir::Up)? {
        if let Some(row) = tx.get(&JOBS, &id)?.filter(|row| row.state == JobState::Running) {
            let ready_at = tx.now();
            tx.put(&JOBS, &id, &JobRow { state: JobState::Waiting, ready_at, ..row })?;
        }
    }
    Ok(())
}

/// Takes the lease of one try. `None` when somebody else has it or it is gone.
pub(super) fn claim(tx: &mut Tx, seen: &JobRow) -> Outcome<Option<JobRow>> {
    let id = (seen.kind.clone(), seen.key.clone());
    let Some(mut row) = tx.get(&JOBS, &id)? else { return Ok(None) };
    if row.revision != seen.revision || row.ready_at != seen.ready_at || row.state == JobState::Dead {
        return Ok(None);
    }
    row.state = JobState::Running;
    row.attempts += 1;
    row.ready_at = plus_seconds(tx.now(), LEASE_SECONDS);
    tx.put(&JOBS, &id, &row)?;
    Ok(Some(row))
}

/// Records how a try ended. `next` is the next due instant of a sweep.
pub(super) fn finish(
    tx: &mut Tx,
    ran: &JobRow,
    ran_at: Timestamp,
    outcome: &Result<(), Refusal>,
    next: Option<Timestamp>,
) -> Outcome<()> {
    let id = (ran.kind.clone(), ran.key.clone());
    let mut state = JobState::Done;
    if let Err(refusal) = outcome {
        let hopeless = !refusal.is_transient() || ran.attempts >= MAX_ATTEMPTS;
        state = if hopeless && next.is_none() { JobState::Dead } else { JobState::Failed };
    }
    let last_error = outcome.as_ref().err().map(ToString::to_string);
    // One that was cancelled and enqueued again meanwhile begins at the same numbers, but it waits.
    let claimed = |row: &JobRow| (row.state, row.revision, row.ready_at) == (ran.state, ran.revision, ran.ready_at);
    if let Some(mut row) = tx.get(&JOBS, &id)?.filter(claimed) {
        row.last_error.clone_from(&last_error);
        row.state = state;
        match (state, next) {
            (JobState::Done, None) => tx.delete(&JOBS, &id)?,
            (JobState::Done, Some(next)) => {
                let waiting = JobState::Waiting;
                tx.put(&JOBS, &id, &JobRow { due: next, ready_at: next, attempts: 0, state: waiting, ..row })?;
            }
            (JobState::Dead, _) => tx.put(&JOBS, &id, &row)?,
            _ => {
                row.ready_at = plus_seconds(tx.now(), pause_seconds(tx, ran.attempts));
                tx.put(&JOBS, &id, &row)?;
            }
        }
    }
    let number = u32::from_be_bytes(tx.random_bytes());
    let run = JobRun {
        job: ran.kind.clone(),
        key: ran.key.clone(),
        scheduled_for: ran.due,
        ran_at,
        state,
        attempts: ran.attempts,
        last_error,
    };
    tx.put(&RUNS, &(ran_at, number), &run)
}

/// 30·2ⁿ⁻¹ seconds, at most half an hour, ±10 % so that failures do not march in step.
fn pause_seconds(tx: &mut Tx, attempts: u32) -> i64 {
    let base = (30i64 << attempts.saturating_sub(1).min(6)).min(1800);
    let jitter = i64::from(tx.random_bytes::<1>()[0]) - 128;
    base + base * jitter / 1280
}
