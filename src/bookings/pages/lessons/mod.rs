//! `/student/lessons`: the diary, one lesson, cancelling it, another card for it, its calendar file.

pub mod cancelling;
pub mod card;
pub mod detail;
pub mod list;
pub mod load;
mod notices;
pub mod objecting;
pub mod one;
pub mod rows;
pub mod show;
pub mod statement;
mod sums;
