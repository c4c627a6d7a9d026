//! The console: what the people who run the marketplace see and do.
//!
//! Guarantees
//! - Only admins get in; every page says so where it is registered.
//! - Looking changes nothing. What is changed goes through the same ops as everywhere else, with a reason of at least
//!   ten characters where it has consequences for somebody, and is written down in the audit trail by that very op.
//! - Every filter, order and page is in the address; a list can be taken away as CSV that no spreadsheet runs.
//!
//! It owns no table and no rule: what it shows belongs to the rooms below, and so does what it decides.

mod api;
mod figures;
mod limits;
mod pages;
mod settings;
mod words;

pub use api::routes;
pub use limits::ReloadSecret;
pub use pages::pages;
