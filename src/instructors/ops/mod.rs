//! What can be done with a profile: one write each.

pub mod areas;
pub mod check;
pub mod create;
pub mod drop;
pub mod identity;
pub mod live;
pub mod offerings;
pub mod read;
pub mod revise;
pub mod update;

pub use drop::erase;
