//! Recommendations: whom to book again, what to learn next, who is like whom, what is asked for more and more.
//!
//! Guarantees: everything comes from lessons that took place, searches that were made, and what instructors offer now;
//! each suggestion says why it is there; who does not want any gets none; nothing rests on fewer than five people
//! unless it is the reader's own past.
//!
//! Deliberately not here: guesses from who somebody is or where they are; and nothing is mailed.

mod kept;
mod ops;
mod rules;

pub use kept::Everybody;
pub use ops::{Again, Next, Similar, again, next, rising, similar};
