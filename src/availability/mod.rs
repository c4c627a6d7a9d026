//! When an instructor teaches: published weeks, days off, and what of it is really free.
//!
//! Guarantees
//! - One function says what is free ([`rules::open`]); public availability, next departures, search, check and
//!   booking all ask it, so what is shown can be booked and what is booked was shown.
//! - A slot is judged and taken in one serial write: `bookings` calls [`ops::gate`] and [`ops::occupy`] together.
//! - An unpaid hold stops blocking at its own end, without a job having to run.
//! - A week is compared and written in one transaction; nobody overwrites an edit they have not seen.
//! - Hours are real hours: a day has 23, 24 or 25 of them, and a skipped one cannot be published into existence.
//!
//! It does not know what a booking costs or in which state it is, only what time it takes from whom. Removing
//! published time never touches lessons booked in it.
//!
//! Tables: `DAYS`, `BLACKOUTS`, `ENTRIES` (lessons in calendars, written by `bookings`), `REVISIONS`.
//! Events: `availability.week_saved`, `.week_copied`, `.range_applied`, `.blackout_changed`.

pub mod api;
pub mod events;
pub mod jobs;
pub mod model;
pub mod ops;
pub mod pages;
pub mod rules;
pub mod settings;
pub mod tables;
pub mod wire;

#[cfg(test)]
mod tests;
