//! The small recognisers: radius, order, urgency, course filters.
// rule: 40§15 grammar

use super::piece::{Candidate, Piece, Sort, Urgency};
use super::scan::{Scan, push};
use super::token::TokenKind;

/// Proposes radii, sort orders, urgencies and filters.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        radius(scan, at, out);
        sort(scan, at, out);
        urgency(scan, at, out);
        filter(scan, at, out);
        filler(scan, at, out);
        measure(scan, at, out);
    }
}

/// "0 minutes", "grade 99", "group of 999999": a number no recogniser takes leaves its unit behind, and a unit alone is
/// no lesson.
fn measure(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const BEHIND: &[&str] = &[
        "minutes",
        "minute",
        "mins",
        "min",
        "hours",
        "hour",
        "hrs",
        "hr",
        "days",
        "day",
        "weeks",
        "week",
        "months",
        "month",
        "years",
        "year",
        "miles",
        "mile",
        "mi",
        "km",
        "kilometers",
        "blocks",
        "people",
        "persons",
        "students",
        "stars",
        "star",
        "dollars",
        "bucks",
        "usd",
        "euros",
        "percent",
        "grade",
        "grader",
        "reviews",
        "meters",
        "feet",
    ];
    const BEFORE: &[&str] =
        &["grade", "grades", "age", "ages", "aged", "group of", "party of", "class of", "year", "level"];
    let mut number = |from: usize, to: usize| out.push(Candidate { from, to, weight: 1, piece: Piece::Filler });
    if scan.is_kind(at, TokenKind::Number) && scan.is(at + 1, BEHIND) {
        number(scan.lead(at, &["in", "for", "within"]), at + 2);
    }
    if let Some(len) = scan.longest(at, BEFORE).filter(|len| scan.is_kind(at + len, TokenKind::Number)) {
        number(at, at + len + 1);
    }
}

/// "within 5 miles", "3 km radius", "no more than 2 miles from".
fn radius(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let lead = scan.lead(
        at,
        &[
            "within",
            "in a",
            "within a",
            "no more than",
            "less than",
            "up to",
            "under",
            "max",
            "at most",
            "not more than",
            "inside",
        ],
    );
    let (value, len) = match scan.longest(at, &["a", "half a"]) {
        Some(1) if scan.is(at + 1, &["mile"]) && lead < at => (100, 1),
        Some(2) if scan.is(at + 2, &["mile"]) => (50, 2),
        _ => match scan.number(at) {
            Some(number) => number,
            None => return,
        },
    };
    let unit = at + len;
    let hundredth_miles = match scan.word(unit) {
        "mile" | "miles" | "mi" => value,
        "km" | "kms" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => value * 621 / 1000,
        "block" | "blocks" => value / 20,
        _ => return,
    };
    let end = scan.skip(
        unit + 1,
        &[
            "radius",
            "or less",
            "away",
            "from",
            "of",
            "away from",
            "radius of",
            "max",
            "around",
            "radius around",
            "from here",
            "or so",
        ],
    );
    // "within 5 miles of me": where from is said by the same breath.
    let around = end;
    let end = scan.skip(end, &["me", "my place", "my home", "home", "here"]);
    if let Ok(hundredth_miles) = u32::try_from(hundredth_miles)
        && (1..=10_000).contains(&hundredth_miles)
    {
        push(out, lead, end, 8, Piece::Radius { hundredth_miles, of_me: end > around });
    }
}

/// How people ask for an order.
const ORDERS: &[(&[&str], Sort)] = &[
    (
        &[
            "cheapest",
            "lowest price",
            "lowest priced",
            "cheapest first",
            "sort by price",
            "price low to high",
            "by price",
            "lowest cost",
            "least expensive",
            "low to high",
            "lowest rate",
            "cheapest price",
            "sorted by price",
            "order by price",
            "lowest price first",
            "lowest rates",
        ],
        Sort::PriceAsc,
    ),
    (
        &[
            "most expensive",
            "price high to low",
            "highest price",
            "most expensive first",
            "high to low",
            "priciest",
            "highest price first",
        ],
        Sort::PriceDesc,
    ),
    (
        &[
            "best rated",
            "top rated",
            "highest rated",
            "best reviewed",
            "best",
            "by rating",
            "sort by rating",
            "highly rated",
            "best ratings",
            "great reviews",
            "good reviews",
            "best reviews",
            "top reviewed",
            "highest ratings",
            "highly reviewed",
            "well reviewed",
            "most reviewed",
            "sorted by rating",
            "best rating",
            "5 star",
            "five star",
            "with good reviews",
            "with great reviews",
            "highest rating",
            "well rated",
            "good ratings",
            "excellent reviews",
        ],
        Sort::RatingDesc,
    ),
    (
        &[
            "closest",
            "nearest",
            "sort by distance",
            "by distance",
            "closest first",
            "nearest first",
            "sorted by distance",
        ],
        Sort::Distance,
    ),
    (
        &[
            "soonest",
            "earliest",
            "soonest available",
            "first available",
            "earliest available",
            "next available",
            "soonest first",
            "earliest first",
            "by availability",
            "earliest possible",
            "soonest possible",
            "first opening",
            "next opening",
            "earliest opening",
            "earliest slot",
            "next slot",
            "earliest time",
            "earliest appointment",
        ],
        Sort::Soonest,
    ),
];

fn sort(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    for (phrases, order) in ORDERS {
        if let Some(len) = scan.longest(at, phrases) {
            push(
                out,
                scan.lead(at, &["the", "with the", "order by", "sort by", "by", "sorted by", "with"]),
                at + len,
                0,
                Piece::Sort(*order),
            );
        }
    }
}

fn urgency(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const HIGH: &[&str] = &[
        "urgent",
        "urgently",
        "asap",
        "immediately",
        "as soon as possible",
        "right away",
        "emergency",
        "immediate",
        "last minute",
        "straight away",
        "a s a p",
        "this instant",
        "quickly",
        "at once",
        "its urgent",
        "urgently needed",
        "starting immediately",
        "starting now",
        "as soon as you can",
        "as soon as we can",
        "as soon as i can",
        "straightaway",
        "pronto",
    ];
    const MEDIUM: &[&str] = &[
        "soon",
        "as early as possible",
        "pretty soon",
        "sometime soon",
        "fairly soon",
        "soonish",
        "in the near future",
        "the sooner the better",
        "sooner the better",
        "sooner rather than later",
        "before long",
    ];
    for (phrases, urgency) in [(HIGH, Urgency::High), (MEDIUM, Urgency::Medium)] {
        if let Some(len) = scan.longest(at, phrases) {
            push(out, at, at + len, 2, Piece::Urgency(urgency));
        }
    }
}

/// The course filter a phrase at `at` names, and its length in tokens.
pub fn filter_at(word: impl Fn(usize) -> String, at: usize) -> Option<(&'static str, &'static str, usize)> {
    let stands = |phrase: &str| phrase.split(' ').enumerate().all(|(offset, part)| word(at + offset) == part);
    FILTERS
        .iter()
        .find(|(phrase, ..)| stands(phrase))
        .map(|(phrase, key, value)| (*key, *value, phrase.split(' ').count()))
}

fn filter(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    if let Some((key, value, len)) = filter_at(|index| scan.word(index).to_owned(), at) {
        // Lighter than a topic of the same words: "test prep" alone is what is wanted.
        push(out, at, at + len, -4, Piece::Filter { key, value });
    }
}

const FILTERS: &[(&str, &str, &str)] = &[
    ("ap", "course_level", "ap"),
    ("honors", "course_level", "honors"),
    ("ib", "course_level", "ib"),
    ("advanced placement", "course_level", "ap"),
    ("college prep", "goal", "college_prep"),
    ("test prep", "goal", "test_prep"),
    ("exam prep", "goal", "test_prep"),
    ("audition prep", "goal", "audition_prep"),
    ("college level", "course_level", "college"),
    ("competition", "goal", "competition"),
];

const COURTESIES: &[&str] = &[
    "i am looking for",
    "im looking for",
    "looking for",
    "looking to",
    "i want to",
    "i would like to",
    "id like to",
    "i need",
    "i want",
    "can you find",
    "find me",
    "show me",
    "help me find",
    "where can i",
    "who can teach",
    "someone to teach",
    "somebody to teach",
    "someone who can teach",
    "i wanna",
    "i would like",
    "id like",
    "we are looking for",
    "were looking for",
    "how much",
    "do you have",
    "is there",
    "are there",
    "sign up for",
    "to learn",
    "learn to",
    "learn how to",
    "teach me",
    "want to learn",
    "help with",
    "in need of",
    "interested in",
    "wanting to",
    "searching for",
    "search for",
    "can someone teach",
    "someone who teaches",
    "take",
    "book",
    "find",
    "trying to find",
    "please find",
    "available",
    "availability",
    "is available",
    "whos available",
    "who is available",
    "thats available",
    "that is available",
    "with availability",
    "at a time",
    "any time",
    "anytime",
    "at any time",
    "any day",
    "sometime",
    "some time",
    "i can only do",
    "we can only do",
    "i can do",
    "works for me",
    "either works",
    "works best",
    "for a change",
    "for fun",
    "as a hobby",
    "for beginners and up",
    "at a cafe",
    "in a cafe",
    "at the library",
    "at a library",
    "in the library",
    "in a public place",
    "in public",
    "at a public library",
    "at the public library",
    "in a public library",
    "public library",
    "in a public space",
    "in a coffee shop",
    "at a coffee shop",
    "in a park",
    "in the park",
    "open slots",
    "open slot",
    "with openings",
    "has openings",
    "free time",
    "free slots",
    "has time",
    "have time",
    "is free",
    "for me",
    "for myself",
    "me",
    "my usual",
    "for a friend",
    "as a gift",
    "for a gift",
    "gift",
    "thats trending",
    "that are trending",
    "trending",
    "popular",
];

/// Openings and courtesies that would otherwise look like words about the lesson.
fn filler(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    if let Some(len) = scan.longest(at, COURTESIES) {
        let weight = 3 * len as i32;
        out.push(Candidate { from: at, to: at + len, weight, piece: Piece::Filler });
    }
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    ORDERS.iter().flat_map(|(phrases, _)| phrases.iter()).copied().chain(FILTERS.iter().map(|(phrase, ..)| *phrase))
}
