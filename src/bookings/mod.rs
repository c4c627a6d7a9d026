//! Bookings: a promise about one hour of two people's time, from the hold to the lesson that took place.
//!
//! Guarantees
//! - A slot is judged and taken in one serial write: of many who want the same time exactly one gets it.
//! - Every change of status passes through [`rules::lifecycle`]; there is one completion and one cancellation routine.
//! - What a lesson was sold under (price quote, zone, instants, names of services) is frozen on the booking.
//! - An unpaid hold ends by itself, at its own instant.
//!
//! The border with money: `payments` keeps one row per booking, the ledger, the cards and every call to Stripe, and
//! does not know this room. The write that makes a booking opens its row there; checkout, cancelling and refunds are
//! three steps (a write that judges and records the intent, the call, a write that re-reads and records the outcome),
//! and both writes change booking and payment together. At fixed instants (T−24 h, T−12 h, end+24 h) money asks this
//! room back through a part of the site whether the lesson stands, and tells it when the card could not be charged.
//!
//! Tables: `BOOKINGS`. Events: [`events`]. Jobs: `hold_sweep` and `no_show` (each also
//! a timer at the exact instant), `tier_sweep`.

pub mod api;
pub mod events;
pub mod ics;
pub mod model;
pub mod ops;
pub mod pages;
pub mod rules;
pub mod sample;
pub mod tables;
pub mod view;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use ops::HOLD_MINUTES;
pub use ops::read::lessons_ahead;
pub use pages::additions::Additions;
pub use tables::tables;

use crate::jobs::JobKind;
use crate::payments::Lessons;

/// Timers and sweeps of this room.
pub fn jobs() -> Vec<JobKind> {
    let mut jobs = ops::holds::jobs();
    jobs.extend(ops::no_show::jobs());
    jobs.push(ops::tiers::job());
    jobs
}

/// What money asks this room through; a part of the site.
pub fn desk() -> Lessons {
    Lessons(Arc::new(ops::desk::Desk))
}
