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
mod exam;
mod extras;
mod group;
mod holiday;
mod language;
mod lesson;
mod level;
mod month;
mod parsed;
mod past;
mod piece;
mod place;
mod price;
mod scan;
mod shorthand;
mod token;
mod topic;
mod topics;
mod when;
mod words;

pub use assemble::Reading;
pub use chips::audience_label;
pub use parsed::{Chip, Parsed};
pub use piece::{
    Audience, DateType, LessonType, Level, LocationKind, PriceIntent, PriceUnit, Sort, Topic, TopicKind, Urgency, Venue,
};
pub use place::is_studied;
pub use scan::{KnownPlace, Lexicon};
pub use token::{Token, TokenKind, tokenize, words};
pub use topics::{Mode, Wanted};
pub use words::{begins_generic, is_filler, is_foreign, is_generic, query_language, spoken, vocabulary};

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
    let all = readings(tokens, lexicon, now);
    let chosen = choose::choose(tokens.len(), all.clone());
    let inside = within(&chosen, all, tokens.len());
    assemble::assemble(tokens, &chosen, &inside, lexicon, now)
}

/// What the phrases of the catalogue say beside the lesson: "first grade reading" tells a grade, "private yoga" a group.
fn within(chosen: &[piece::Candidate], all: Vec<piece::Candidate>, tokens: usize) -> Vec<piece::Candidate> {
    use piece::Piece;
    // Most lessons are for adults and may be for several: only what narrows that down is told by a name.
    let tells = |it: &piece::Candidate| match &it.piece {
        Piece::Audience(audience) => *audience != Audience::Adults,
        Piece::Group(size) => *size == 1,
        piece => matches!(piece, Piece::Grade(_) | Piece::Age { .. }),
    };
    let covered = |it: &piece::Candidate| {
        let topics = chosen.iter().filter(|topic| matches!(topic.piece, Piece::Topic(_)));
        topics.into_iter().any(|topic| topic.from <= it.from && it.to <= topic.to && topic.to - topic.from > 1)
    };
    choose::choose(tokens, all.into_iter().filter(|it| tells(it) && covered(it)).collect())
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
    pub use super::scan::asked;
    pub use super::words::markers;

    /// How many readings are proposed of these tokens.
    pub fn readings(tokens: &[super::Token], lexicon: &dyn super::Lexicon, now: &jiff::Zoned) -> usize {
        super::readings(tokens, lexicon, now).len()
    }
}
