//! Work that happens later: timers at exact instants, sweeps on a schedule, consumers that follow the journal.
//!
//! Guarantees
//! - A job is enqueued in the transaction that wants it, unique by (kind, key); enqueuing again moves it.
//! - It runs at least once: a crash while it runs lets it run again, so handlers are idempotent.
//! - Failures are retried with growing pauses; what cannot succeed is kept as a dead letter with its reason.
//! - Nothing polls: commits and the clock wake the runner.
//! - Each kind has its own number of places, so a slow one never holds up the others; what a crash interrupted is due
//!   again at the next start.
//! - When the sandbox clock is moved, everything due runs in time order, each at its own due instant.
//!
//! It deliberately knows no room: handlers are handed in by name.

mod consumers;
mod kinds;
mod queue;
mod runner;

#[cfg(test)]
mod tests;

pub use consumers::Consumer;
pub use kinds::{Every, JobCall, JobKind, JobReport};
pub use queue::{
    Job, JobRow, JobRun, JobState, agenda, cancel, dead, enqueue, find, held, last_runs, pending, revive, set_held,
};
pub use runner::Runner;

use crate::store::AnyTable;

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&queue::JOBS, &queue::RUNS, &queue::HELD]
}
