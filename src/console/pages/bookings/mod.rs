//! `/admin/bookings`: all of them, one of them, and what can be done about it.

mod change;
mod explained;
mod export;
mod file;
mod filter;
mod list;
mod parts;
mod refund;

pub use change::{ask_cancel, ask_complete, cancel, complete};
pub use explained::explained;
pub use export::csv;
pub use file::file;
pub use list::list;
pub use refund::{ask_decide, ask_refund, ask_resume, decide, refund, resume};
