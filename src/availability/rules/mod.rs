//! Pure decisions about time: no storage, no clock.

pub mod bits;
pub mod calendar;
pub mod dayline;
pub mod diff;
pub mod free;
pub mod gate;
pub mod open;
pub mod paint;
pub mod ranges;
pub mod sheet;
pub mod spans;
pub mod week;

#[cfg(test)]
mod tests;
