//! Wishes that wait: what somebody searched in vain, until an instructor fits all of it.
//!
//! Guarantees
//! - A wish is stored only when nobody fits everything; it keeps the words and the moment they were said, so that
//!   "tomorrow" stays the day it was.
//! - The first time somebody fits, one mail goes out (`notify`, template `demand_match`), at most one a day to a person;
//!   then the wish is fulfilled. A wish whose days are over ends without a mail.
//! - Whoever has the link of the mail can end the wish without signing in.
//!
//! Job `demand_match`. Event `search.demand_matched`.
// rule: 40§15 Relaxation

pub mod api;
mod events;
mod jobs;
mod model;
pub mod ops;
pub mod pages;
pub mod tables;

pub use events::DemandMatched;
pub use jobs::job;
pub use model::{Demand, State};
