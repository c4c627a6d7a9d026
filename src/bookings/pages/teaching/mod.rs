//! The instructor's pages: today, the lessons, and what is done with one of them.

pub mod dashboard;
mod home;
mod list;
mod marking;

pub use home::dashboard_page;
pub use list::bookings_page;
pub use marking::{complete, save_note};
