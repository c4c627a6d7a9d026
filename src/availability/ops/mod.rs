//! Use cases of availability: load, decide, write, all in the caller's one transaction.

pub mod blackouts;
pub mod calendar;
pub mod slots;
pub mod week;

pub use calendar::{occupy, release};
pub use slots::{Ask, gate, next_openings};
