//! Meaning: which services a text that no phrase of the catalogue names is about.
//!
//! Lexical hits decide when every word is found; otherwise the nearest phrases by static embedding do: a service's name and
//! terms, and what people say who mean it (`assets/search/said.txt`). Everything is in memory and computed from data of the
//! program; the same text always gets the same answer.
//!
//! Not promised: other languages than English, and the order of words. Whether a likeness is enough is decided by who asks.

mod embedder;
mod lexical;
mod nearest;
mod whereabouts;

pub use embedder::{Embedder, common_words, commonest_words};
pub use lexical::Lexical;
pub use nearest::Nearest;
pub use whereabouts::Whereabouts;
