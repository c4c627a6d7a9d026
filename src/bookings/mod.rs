//! Bookings: a promise about one hour of two people's time, from the hold to the lesson that took place.

pub mod model;
pub mod rules;
#[cfg(test)]
mod tests;
