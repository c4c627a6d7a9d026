//! Search: from a sentence to bookable lessons.

pub mod grammar;
mod lexicon;
mod meaning;
mod spelling;
#[cfg(test)]
mod tests;
mod understand;

pub use understand::{Knowledge, Understood, knowledge};
