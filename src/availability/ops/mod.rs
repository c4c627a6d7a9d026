//! Use cases of availability: load, decide, write, all in the caller's one transaction.

pub mod blackouts;
pub mod calendar;
pub mod editor;
pub mod lessons;
pub mod public;
pub mod slots;
mod trail;
pub mod week;

pub use calendar::{calendar, calendar_of, occupy, release};
pub use slots::{Ask, gate, next_openings};
