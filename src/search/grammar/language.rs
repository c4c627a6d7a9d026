//! The language a lesson is given in: "who speaks Spanish", "in French", "Mandarin-speaking". Learning
//! a language is a topic, not this.
// rule: 40§15 grammar

use super::piece::{Candidate, Piece};
use super::scan::{Scan, push};

const SPEAKS: &[&str] = &[
    "who speaks",
    "that speaks",
    "who speak",
    "speaks",
    "who can speak",
    "speaking",
    "fluent in",
    "who is fluent in",
    "taught in",
    "instruction in",
    "given in",
    "who teaches in",
    "teaching in",
    "conducted in",
    "who also speaks",
    "must speak",
    "should speak",
    "able to speak",
    "native in",
    "lessons given in",
    "in fluent",
    "that can speak",
    "who knows",
    "can speak",
    "speak",
];

/// Proposes languages of instruction.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        if let Some(len) = scan.longest(at, SPEAKS) {
            let learner = scan.phrase(at, "speak").is_some()
                && !scan.is(at.wrapping_sub(1), &["who", "that", "must", "can", "and", "also"]);
            if !learner {
                // What somebody speaks is no wish to learn it.
                listed(scan, at, at + len, 22, out);
            }
        }
        before_speaking(scan, at, out);
        bilingual(scan, at, out);
        if scan.is(at, &["in"]) && teaching_in(scan, at) {
            listed(scan, at, at + 1, 12, out);
        }
    }
}

/// One or two languages from `start` on; each is a reading of its own so both reach the wish.
fn listed(scan: &Scan, from: usize, start: usize, bonus: i32, out: &mut Vec<Candidate>) {
    let start = scan.skip(start, &["both", "fluent", "native", "some"]);
    let Some(first) = scan.lexicon.language(scan.word(start)) else { return };
    push(out, from, scan.skip(start + 1, &["fluently", "natively", "well"]), bonus, Piece::Language(first));
    if scan.is(start + 1, &["and", "or", "/", "&"])
        && let Some(second) = scan.lexicon.language(scan.word(start + 2))
    {
        push(out, start + 1, start + 3, bonus, Piece::Language(second));
    }
}

/// "Spanish-speaking teacher", "bilingual".
fn before_speaking(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(language) = scan.lexicon.language(scan.word(at)) else { return };
    if let Some(len) = scan.longest(
        at + 1,
        &["speaking", "speaker", "speakers", "speaking teacher", "speaking instructor", "speaking tutor"],
    ) {
        let speaker = scan.is(at + 1, &["speaker", "speakers"]);
        if !speaker || scan.is(at.wrapping_sub(1), &["native", "a"]) || scan.topic_elsewhere(at, at + 1) {
            push(
                out,
                scan.lead(at, &["a", "native", "with a", "fluent"]),
                at + 1 + len.min(1),
                12,
                Piece::Language(language),
            );
        }
    }
}

/// "bilingual in Spanish and English", "Spanish-English bilingual teacher", "guitar with a Russian teacher".
fn bilingual(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(first) = scan.lexicon.language(scan.word(at)) else { return };
    let next = scan.skip(at + 1, &["and", "/", "-", "&", "or"]);
    let second = scan.lexicon.language(scan.word(next));
    let end = if second.is_some() { next + 1 } else { at + 1 };
    let lead = scan.lead(at, &["bilingual", "bilingual in", "trilingual in", "multilingual in"]);
    let said = lead < at || scan.is(end, &["bilingual"]);
    // "bengali or hindi speaking tutor": both are spoken.
    if second.is_some() && scan.is(end, &["speaking"]) {
        push(out, at, at + 1, 16, Piece::Language(first.clone()));
    }
    // One language beside "bilingual" is what is learnt, unless something else is.
    if said && (second.is_some() || scan.topic_elsewhere(at, at + 1)) {
        push(out, lead, at + 1, 14, Piece::Language(first));
        if let Some(second) = second {
            push(out, at + 1, scan.skip(end, &["bilingual"]), 14, Piece::Language(second));
        }
        return;
    }
    let with = scan.lead(at, &["with a", "with an", "from a", "by a"]);
    if with < at && scan.is(at + 1, &["teacher", "tutor", "instructor", "coach"]) && scan.topic_elsewhere(at, at + 2) {
        push(out, with, at + 1, 12, Piece::Language(first));
    }
}

/// "piano in Spanish" is given in Spanish; "lessons in Spanish" may well be Spanish lessons.
fn teaching_in(scan: &Scan, at: usize) -> bool {
    let language = at + 1;
    let named = scan.topics.iter().any(|(start, end, topic)| !topic.weak && !(*start..*end).contains(&language));
    named && !scan.is(at.wrapping_sub(1), &["conversation", "fluency", "conversational"])
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [SPEAKS].into_iter().flatten().copied()
}
