//! Where: places the gazetteer knows, "near me", and places nobody knows.
// rule: 40§15 location

use super::piece::{Candidate, LocationKind, Piece, PlaceWish};
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
    "around the corner",
    "round the corner",
];
const NOT: &[&str] = &[
    "not",
    "not in",
    "but not",
    "but not in",
    "except",
    "except for",
    "except in",
    "no",
    "anywhere but",
    "anywhere but in",
    "anywhere except",
    "anywhere except in",
    "anywhere other than",
    "other than",
    "everywhere but",
    "everywhere except",
    "not near",
    "outside",
    "outside of",
    "avoid",
    "excluding",
    "isnt in",
    "thats not in",
    "cant get to",
    "not around",
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
    "world",
    "globe",
    "clock",
    "public",
    "touch",
    "shape",
];

/// Words behind the name of a school: where somebody studied is not where the lesson is.
const STUDIED: &[&str] = &[
    "trained",
    "educated",
    "graduate",
    "graduates",
    "graduated",
    "grad",
    "grads",
    "alum",
    "alumni",
    "alumna",
    "alumnus",
    "degree",
    "professor",
    "faculty",
];

/// Whether this word says of a school before it that somebody studied there.
pub fn is_studied(word: &str) -> bool {
    STUDIED.contains(&word)
}

/// Proposes places.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        // "closest yoga instructor to me"
        let to_me = scan.phrase(at, "to me").filter(|_| (0..at).any(|before| scan.is(before, &["closest", "nearest"])));
        if let Some(len) = scan.longest(at, NEAR_ME).or(to_me) {
            push(out, at, at + len, 6, Piece::Place(PlaceWish::NearMe));
        }
        city(scan, at, out);
        known(scan, at, out);
        unknown(scan, at, out);
        street(scan, at, out);
        railway(scan, at, out);
        far_zip(scan, at, out);
    }
}

/// "by the L train", "near the subway": a line is no place, and its words say nothing of the lesson.
fn railway(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const RAILWAY: &[&str] = &["train", "trains", "subway", "metro", "train station", "subway station", "subway stop"];
    let lead =
        scan.lead(at, &["near the", "by the", "off the", "on the", "along the", "close to the", "near", "near a"]);
    if lead == at {
        return;
    }
    let mut end = at;
    while scan.word(end).len() == 1 && end < at + 6 {
        end += 1;
    }
    let end = scan.skip(end, &["line"]);
    if let Some(len) = scan.longest(end, RAILWAY).or((end > at && scan.is(end - 1, &["line"])).then_some(0)) {
        push(out, lead, scan.skip(end + len, &["line", "stop", "station"]), 6, Piece::Filler);
    }
}

/// Five digits that are no ZIP of this city are a place nobody here serves, and it is better to say so.
fn far_zip(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let beside_money = at > 0 && scan.is(at - 1, &["$", "€", "£", "-", "/"]);
    let zip = scan.word(at).len() == 5 && scan.digits(at).is_some() && !beside_money;
    if zip && !scan.is(at + 1, &["dollars", "usd", "$"]) && scan.lexicon.place_at(scan.tokens, at).is_none() {
        let wish = PlaceWish::Unknown { said: scan.word(at).to_owned(), sure: true };
        push(out, scan.lead(at, LEAD), at + 1, 0, Piece::Place(wish));
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
    if place.kind == LocationKind::Landmark && scan.is(end, STUDIED) {
        return;
    }
    let lead = scan.lead(at, LEAD);
    let said = said(scan, at, end);
    // A word that is both a lesson and a corner of the city is a place only behind "in" or "near".
    let doubtful = scan.in_topic(at) && lead == at && place.len == 1;
    let bare_short = place.len == 1 && lead == at && scan.word(at).chars().count() < 3;
    let bonus = if doubtful {
        -12
    } else if bare_short {
        -6
    } else if lead < at || place.len > 1 {
        // A name of several words outweighs a lesson that is one of them: "alphabet city".
        8 + 4 * (place.len as i32 - 2).max(0)
    } else {
        2
    };
    let wish = PlaceWish::Known { said, names: place.names, kind: place.kind, ambiguous: place.ambiguous };
    let not = scan.lead(lead, NOT);
    let not = if not == lead && lead < at { scan.lead(at, NOT) } else { not };
    if not < at && not < lead.max(at) {
        against(scan, not, at, end, out);
    }
    push(out, lead, scan.skip(end, TRAIL), bonus, Piece::Place(wish));
}

/// "not in manhattan or queens": what is said against a place is no wish for it. Of boroughs the others are left; a
/// neighbourhood less narrows nothing down.
fn against(scan: &Scan, not: usize, at: usize, first_end: usize, out: &mut Vec<Candidate>) {
    let mut end = first_end;
    let mut names = Vec::new();
    let mut boroughs = true;
    let mut next = at;
    while let Some(place) = scan.lexicon.place_at(scan.tokens, next).filter(|place| place.len > 0) {
        boroughs &= place.kind == LocationKind::Borough;
        names.extend(place.names);
        end = next + place.len;
        let joint = scan.skip(end, &["or", "and", "nor", ",", "or in", "and in", "nor in", "or the", "and the"]);
        if joint == end {
            break;
        }
        next = joint;
    }
    let piece = if boroughs { Piece::Place(PlaceWish::Not { names }) } else { Piece::Filler };
    push(out, not, scan.skip(end, TRAIL), 24, piece);
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
    let glued =
        |index: usize| scan.tokens[index].glued && (scan.digits(index - 1).is_some() || scan.digits(index).is_some());
    let space = |index: usize| if index == from || glued(index) { "" } else { " " };
    (from..to).map(|index| format!("{}{}", space(index), scan.word(index))).collect()
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
    [LEAD, NEAR_ME, NOT, TRAIL].into_iter().flatten().copied()
}
