//! Pure parts: the shelves, finding a service by what was typed, and what is most taught.

mod matching;
mod popular;
mod shelves;

pub use matching::matches;
pub use popular::most_taught;
pub use shelves::{Catalogue, catalogue};
