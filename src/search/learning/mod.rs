//! Learning: names for places and lessons that people use and nobody wrote down.
//!
//! Guarantees
//! - What is learned follows from distinct people only: an account, or a browser with our mark in its network; whoever
//!   votes twice counts once, three guests of one network at most, and nothing goes live without two accounts.
//! - A click is one vote, a booking three; a vote is spread over the areas of whoever was chosen, so somebody who covers
//!   everything says little. Votes older than 90 days are gone, and so is what nobody used meanwhile.
//! - Everything that changes is in the audit trail and can be undone; search knows it as soon as the journal is read.
//!
//! Owns the tables below and the event `search.names_changed`. What the pack and the catalogue know is never touched.
// rule: 40§9, 40§15 Learning

pub mod api;
mod desk;
mod events;
mod jobs;
mod model;
mod names;
pub mod ops;
mod preview;
mod rules;
pub mod tables;
mod view;

pub use desk::{Wish, approve, create, dismiss, many, reject, undo};
pub use events::NamesChanged;
pub use jobs::{job, process};
pub use model::{Alias, AliasStatus, Named, Source, Unheard, UnheardStatus};
pub use names::{Live, Names};
pub use preview::{Impact, impact};
pub use view::{AliasView, Share, UnheardView, aliases, regions, unheard, voted};
