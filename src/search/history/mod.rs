//! Recent and saved searches: one row per person and sentence, which its owner can take away.
//!
//! Guarantees
//! - An owner is an account or a browser that asked to be remembered, never both; nobody sees another's list.
//! - Typing the same thing again counts it, however it was spaced or capitalised; at most as many as the setting says
//!   are kept, the oldest go first, saved ones stay.
//! - What is taken away is hidden at once and destroyed after 90 days. Guests' rows go after 90 days too, or after 120
//!   when nobody ever signed in there (rule: 40§10).
//! - Who signs up or in finds what they searched before; who opts out leaves nothing behind.

pub mod api;
mod jobs;
mod model;
pub mod ops;
pub mod pages;
pub mod tables;

pub use jobs::{cleanup, job};
pub use model::{Choices, Kind, Recent, normal};
pub use tables::{choices, recent, saved};
