//! When an instructor teaches: published weeks, days off, and what of it is really free.
pub mod rules;
