//! `/admin/bookings`: all of them, one of them, and what can be done about it.

mod change;
mod export;
mod file;
mod filter;
mod list;
mod parts;

pub use change::{ask_cancel, ask_complete, cancel, complete};
pub use export::csv;
pub use file::file;
pub use list::list;
