//! Search: from a sentence to bookable lessons.

pub mod grammar;
