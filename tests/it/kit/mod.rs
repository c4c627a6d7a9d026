//! The kit: the real program on a free port with a directory of its own, people who use it, a clock to move.

mod app;
mod people;
mod stage;

pub use app::{Answered, TestApp, answered};
pub use stage::{Person, Stage};
