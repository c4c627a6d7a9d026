//! The log: every search with what it showed, and everything that came of it.
//!
//! Guarantees
//! - A search and all that is counted of it are written in one write; acting on a result likewise.
//! - Somebody who opted out is not in it: their searches are counted without them (rule: 40§15 History).
//! - Rows are gone after 365 days, in the job that says so ([`super::history`]).
//!
//! Read by `analytics` (figures), `learning` (what nobody understood), `recommend`. Nothing leaves this room.

mod model;
mod ops;
pub mod tables;

pub use model::{Action, Candidate, Deed, LogRow};
pub use ops::{Act, act, begin, label, note};
