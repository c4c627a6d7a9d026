//! Where: places the gazetteer knows, "near me", and places nobody knows.
// rule: 40§15 location

use super::piece::{Candidate, Piece, PlaceWish};
use super::scan::{Scan, push};
use super::token::TokenKind;
use super::words::is_filler;

const LEAD: &[&str] = &[
    "in",
    "near",
    "around",
    "on",
    "by",
    "at",
    "from",
    "close to",
    "next to",
    "near to",
    "close by",
    "somewhere in",
    "somewhere near",
    "located in",
    "based in",
    "around the",
    "in the",
    "near the",
    "on the",
    "by the",
    "at the",
    "close to the",
    "next to the",
    "from the",
    "in or near",
    "in and around",
    "the",
    "of",
    "within",
    "of the",
    "nearby",
    "near by",
    "en",
    "a",
    "à",
    "em",
    "in der",
    "live in",
    "i live in",
    "im in",
    "i am in",
    "were in",
    "we are in",
    "not far from",
    "here in",
    "over in",
    "up in",
    "down in",
    "nearest to",
    "closest to",
    "north",
    "south",
    "east",
    "west",
    "in north",
    "in south",
    "in east",
    "in west",
    "anywhere in",
    "anywhere near",
    "me in",
    "across",
    "throughout",
    "out in",
    "for",
    "zip",
    "zip code",
    "zipcode",
    "in zip",
    "in zip code",
    "in zipcode",
    "postal code",
    "walking distance of",
    "walking distance to",
    "walking distance from",
];
const NEAR_ME: &[&str] = &[
    "near me",
    "nearby",
    "close by",
    "close to me",
    "around me",
    "in my area",
    "in my neighborhood",
    "in my neighbourhood",
    "near my place",
    "near my home",
    "near my house",
    "close to home",
    "near home",
    "around here",
    "near here",
    "my area",
    "next to me",
    "by me",
    "local",
    "locally",
    "in the area",
    "within walking distance",
    "walking distance",
    "in the neighborhood",
    "near my apartment",
    "where i live",
    "near where i live",
    "close to my home",
    "close to my house",
    "close to my place",
    "close to where i live",
    "my neighborhood",
    "not far from me",
    "in my part of town",
    "near us",
    "closest to me",
    "nearest to me",
    "close to us",
    "within walking distance of me",
    "driving distance",
    "within driving distance",
    "in my hood",
    "round here",
    "round my way",
    "around my way",
    "in my town",
    "near my office",
    "near my work",
    "near work",
    "near my job",
    "in our area",
    "in our neighborhood",
    "near our home",
    "near our place",
    "near our apartment",
    "by my house",
    "by my place",
    "by my apartment",
    "near my flat",
    "near my school",
    "near by me",
];
const TRAIL: &[&str] = &[
    "area",
    "neighborhood",
    "neighbourhood",
    "district",
    "nyc",
    "ny",
    "new york",
    "manhattan only",
    "vicinity",
    "region",
];
/// Words no place name begins with after "in", "near" or "around".
const NO_PLACE: &[&str] = &[
    "a",
    "an",
    "the",
    "my",
    "me",
    "our",
    "your",
    "their",
    "his",
    "her",
    "person",
    "home",
    "house",
    "place",
    "group",
    "groups",
    "private",
    "general",
    "total",
    "advance",
    "school",
    "college",
    "class",
    "classes",
    "life",
    "need",
    "front",
    "order",
    "english",
    "time",
    "days",
    "weeks",
    "week",
    "day",
    "month",
    "morning",
    "evening",
    "afternoon",
    "and",
    "or",
    "for",
    "with",
    "to",
    "of",
    "hours",
    "minutes",
    "half",
    "two",
    "three",
    "one",
    "late",
    "early",
    "mid",
    "summer",
    "winter",
    "spring",
    "fall",
    "next",
    "this",
    "coming",
    "terms",
    "high",
    "public",
    "lessons",
    "studio",
    "studios",
    "depth",
    "all",
    "any",
    "which",
    "what",
    "sessions",
    "between",
    "case",
    "exchange",
    "it",
    "being",
    "learning",
    "something",
    "studying",
    "about",
    "small",
    "large",
    "both",
    "either",
    "detail",
    "touch",
    "shape",
];

/// Proposes places.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        if let Some(len) = scan.longest(at, NEAR_ME) {
            push(out, at, at + len, 6, Piece::Place(PlaceWish::NearMe));
        }
        city(scan, at, out);
        known(scan, at, out);
        unknown(scan, at, out);
        street(scan, at, out);
    }
}

/// The whole city narrows nothing down.
fn city(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    if let Some(len) =
        scan.longest(at, &["nyc", "new york city", "new york", "ny", "new york ny", "nyc ny", "the city", "big apple"])
        && (len > 1 || scan.word(at) != "ny" || at + 1 == scan.len())
        && !scan.is(at + len, &["university", "public", "hall", "botanical", "historical", "times"])
    {
        push(out, scan.lead(at, LEAD), at + len, 0, Piece::Filler);
    }
}

fn known(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(place) = scan.lexicon.place_at(scan.tokens, at).filter(|place| place.len > 0) else { return };
    let end = at + place.len;
    let lead = scan.lead(at, LEAD);
    let said = said(scan, at, end);
    // A word that is both a lesson and a corner of the city is a place only behind "in" or "near".
    let doubtful = scan.in_topic(at) && lead == at;
    let bare_short = place.len == 1 && lead == at && scan.word(at).chars().count() < 3;
    let bonus = if doubtful {
        -12
    } else if bare_short {
        -6
    } else if lead < at {
        8
    } else {
        2
    };
    let wish = PlaceWish::Known { said, names: place.names, kind: place.kind, ambiguous: place.ambiguous };
    let not = scan.lead(lead, &["not", "but not", "except", "except for", "no", "anywhere but", "not near"]);
    let not = if not == lead && lead < at { scan.lead(at, &["not in", "but not in", "not"]) } else { not };
    if not < lead {
        // What is said against a place is no wish for it.
        push(out, not, scan.skip(end, TRAIL), bonus + 16, Piece::Filler);
    }
    push(out, lead, scan.skip(end, TRAIL), bonus, Piece::Place(wish));
}

/// "around 14th street", "on 5th avenue": a street is no place we know, and it is better to say so than to overlook it.
fn street(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(len) = scan.longest(at, &["in", "on", "near", "around", "close to", "by", "at", "off", "near the"]) else {
        return;
    };
    let start = at + len;
    let number = scan.skip(start, &["east", "west", "e", "w"]);
    if scan.digits(number).is_none() {
        return;
    }
    let name = scan.skip(number + 1, &["st", "nd", "rd", "th"]);
    if scan.is(name, &["street", "st", "str", "avenue", "ave", "av"]) {
        let ordinal = if name > number + 1 { scan.word(number + 1) } else { "" };
        let before = if number > start { format!("{} ", scan.word(start)) } else { String::new() };
        let said = format!("{before}{}{ordinal} {}", scan.word(number), scan.word(name));
        push(out, at, name + 1, 6, Piece::Place(PlaceWish::Unknown { said, sure: true }));
    }
}

/// The place as typed, folded, without its article.
fn said(scan: &Scan, from: usize, to: usize) -> String {
    let from = if to - from > 1 && scan.is(from, &["the"]) { from + 1 } else { from };
    let from = scan.skip(from, &["zip", "zip code", "zipcode"]).min(to - 1);
    (from..to).map(|index| scan.word(index)).collect::<Vec<_>>().join(" ")
}

/// "near X": up to three words that mean nothing else. After a bare "in" it is only a guess, because
/// people also want "lessons in" something.
fn unknown(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(len) = scan.longest(
        at,
        &["in", "near", "around", "close to", "near to", "next to", "in the", "near the", "around the", "close to the"],
    ) else {
        return;
    };
    let sure = !scan.is(at, &["in"]) || scan.topic_elsewhere(at, at + len);
    let start = at + len;
    for end in start + 1..=(start + 3).min(scan.len()) {
        if !place_word(scan, end - 1, end - 1 == start) {
            return;
        }
        let said = said(scan, start, end);
        // Lighter than any real reading of the same words.
        let weight = 6 + 3 * (end - start) as i32;
        out.push(Candidate { from: at, to: end, weight, piece: Piece::Place(PlaceWish::Unknown { said, sure }) });
    }
}

fn place_word(scan: &Scan, at: usize, first: bool) -> bool {
    let letters = scan.is_kind(at, TokenKind::Word) && scan.word(at).chars().count() > 2;
    let free = !scan.in_topic(at) && super::date::day_name(scan.word(at)).is_none();
    letters
        && free
        && !(first && scan.is(at, NO_PLACE))
        && (first || !is_filler(scan.word(at)) && !scan.is(at, NO_PLACE))
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [LEAD, NEAR_ME, TRAIL].into_iter().flatten().copied()
}
