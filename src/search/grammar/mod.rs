//! The query grammar: a sentence in, an understood query out.
//!
//! Guarantees: it is pure (no clock, no store, no network), never fails on any text, reads every token
//! at most once, and gives the same answer whatever order the recognisers run in. What the catalogue
//! and the gazetteer know reaches it through [`Lexicon`]. It does not guess: words it can make nothing
//! of are handed on as `leftover`.

mod assemble;
mod audience;
mod calendar;
mod chips;
mod choose;
mod clock;
mod date;
mod duration;
mod extras;
mod group;
mod language;
mod lesson;
mod level;
mod month;
mod parsed;
mod piece;
mod place;
mod price;
mod scan;
mod token;
mod topic;
mod topics;
mod when;
mod words;

pub use assemble::Reading;
pub use parsed::{Chip, Parsed};
pub use piece::{
    Audience, DateType, LessonType, Level, LocationKind, PriceIntent, PriceUnit, Sort, Topic, TopicKind, Urgency, Venue,
};
pub use scan::{KnownPlace, Lexicon};
pub use token::{Token, TokenKind, tokenize, words};
pub use topics::{Mode, Wanted};
pub use words::{is_filler, is_generic, spoken, vocabulary};

use jiff::Zoned;

/// Every recogniser. The order is that of the alphabet and means nothing.
const RECOGNISERS: &[scan::Recogniser] = &[
    audience::recognise,
    clock::recognise,
    date::recognise,
    duration::recognise,
    extras::recognise,
    group::recognise,
    language::recognise,
    lesson::recognise,
    level::recognise,
    place::recognise,
    price::recognise,
    topic::recognise,
];

/// Reads `tokens`, judged at `now` in its zone.
pub fn read(tokens: &[Token], lexicon: &dyn Lexicon, now: &Zoned) -> Reading {
    let chosen = choose::choose(tokens.len(), readings(tokens, lexicon, now));
    assemble::assemble(tokens, &chosen, lexicon, now)
}

/// Everything the recognisers propose.
fn readings(tokens: &[Token], lexicon: &dyn Lexicon, now: &Zoned) -> Vec<piece::Candidate> {
    let scan = scan::Scan::new(tokens, lexicon, now.date());
    let mut candidates = Vec::new();
    for recogniser in RECOGNISERS {
        recogniser(&scan, &mut candidates);
    }
    let bare = candidates.iter().filter_map(|candidate| candidate.without_lead(tokens)).collect::<Vec<_>>();
    candidates.extend(bare);
    candidates
}

#[cfg(test)]
pub mod testing {
    //! The parts that tests look at one by one.
    pub use super::choose::choose;
    pub use super::piece::{Candidate, Piece};

    /// How many readings are proposed of these tokens.
    pub fn readings(tokens: &[super::Token], lexicon: &dyn super::Lexicon, now: &jiff::Zoned) -> usize {
        super::readings(tokens, lexicon, now).len()
    }
}
