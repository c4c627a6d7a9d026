//! Reviews: what students say after a lesson, what instructors answer, and the rating that follows from it.
//!
//! Guarantees
//! - A review belongs to a lesson that took place; there is one per booking, for ever.
//! - One estimator gives every rating, overall and per service; nobody sees a number below three reviews.
//! - The stored sums are rebuilt in the write that changes a review; `check` compares them.
//! - Reviewers are named by first name and initial, looked up when shown, so that a closed account leaves no name.
//!
//! It does not send mail (`notify` follows its events) and moves no money: a tip given with a review is planned in the
//! same write and charged by `payments`; the review stands whatever becomes of it. A closed account's reviews stay.
//!
//! Tables: `REVIEWS`, `STANDINGS`. Events: `review.created`, `review.responded`, `review.moderated`.

pub mod api;
pub mod events;
pub mod model;
pub mod ops;
pub mod pages;
pub mod rules;
pub mod tables;

#[cfg(test)]
mod tests;

pub use ops::{rating_of, standing_of};
pub use pages::parts::{beside_lesson, on_lesson, on_profile};
