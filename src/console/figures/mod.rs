//! What the console's pages show, read from the rooms below in one consistent state each: numbers and words, no markup.

pub mod attention;
pub mod explained;
pub mod funnel;
pub mod health;
pub mod story;
pub mod today;
