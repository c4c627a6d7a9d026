//! The pages of a lesson: the instructor's profile, choosing a time, paying, the diary of either side.

pub mod book;
pub mod checkout;
pub mod lessons;
pub mod profile;
pub mod teaching;
mod words;
