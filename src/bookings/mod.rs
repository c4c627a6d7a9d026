//! Bookings: a promise about one hour of two people's time, from the hold to the lesson that took place.

pub mod events;
pub mod ics;
pub mod model;
pub mod pages;
pub mod rules;
pub mod tables;
pub mod view;

#[cfg(test)]
mod tests;
