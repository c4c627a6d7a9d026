//! Search: from a sentence to bookable lessons.

pub mod grammar;
mod lexicon;
#[cfg(test)]
mod tests;
