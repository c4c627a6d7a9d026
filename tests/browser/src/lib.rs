//! The kit of the browser journeys: the real program, a real Chromium, a person who types and clicks.

mod page;
mod shop;

pub use page::{Browser, Scripts, Sheet, pictures};
pub use shop::Shop;
