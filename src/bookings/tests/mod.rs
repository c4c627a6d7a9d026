//! Tables and properties for the pure rules; the journeys over HTTP are in `tests/it/bookings.rs`.

mod cancel;
mod create;
mod lifecycle;

use crate::base::time::Timestamp;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
