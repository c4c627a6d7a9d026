//! Figures about searching: how often, how fast, what for, what was not found, what came of it.
//!
//! Guarantees
//! - Every figure is counted, none is made up: medians and percentiles come from histograms that are kept by day.
//! - Nothing is shown as popular that fewer than five people searched for (rule: 40§15 k-anonymity).
//! - A day's figures are written with the search itself; no job has to have run for them to be right.
//! - Rows by day are gone after 400 days, so that a year can be compared with the one before.
//!
//! Jobs: `search_metrics` (twice an hour, the last 24 hours), `search_insights` (chains and unmet demand of seven days),
//! `analytics` (services over 90 days), `daily_report` (yesterday).

pub mod api;
mod export;
mod histogram;
mod insights;
mod jobs;
mod model;
pub mod report;
pub mod rollup;
mod services;
pub mod tables;

pub use export::{TABLES, Taken, export};
pub use histogram::Histogram;
pub use insights::{Insights, insights};
pub use jobs::jobs;
pub use model::{DayRow, PhraseDay, ServiceDay};
pub use services::{Standing, standings, trending};
