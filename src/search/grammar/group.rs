//! How many people take the lesson.
// rule: 40§15 grammar

use super::piece::{Candidate, Piece};
use super::scan::{Scan, push};

const ONE: &[&str] = &[
    "one on one",
    "1 on 1",
    "one to one",
    "1 to 1",
    "1 : 1",
    "private",
    "individual",
    "solo",
    "just me",
    "one on 1",
    "1 on one",
    "personalized",
    "privately",
];
const TWO: &[&str] = &[
    "couple",
    "couples",
    "for two",
    "for 2",
    "two of us",
    "the two of us",
    "2 of us",
    "for us two",
    "me and my friend",
    "me and a friend",
    "my friend and i",
    "for me and my friend",
    "me and my partner",
    "me and my wife",
    "me and my husband",
    "me and my girlfriend",
    "me and my boyfriend",
    "semi private",
    "for my wife and me",
    "for my husband and me",
    "duo",
    "me and my son",
    "me and my daughter",
    "my wife and i",
    "my husband and i",
    "me and my sister",
    "me and my brother",
    "me and my mom",
    "me and my kid",
    "two people",
    "with a friend",
    "my partner and i",
    "for a couple",
    "for couples",
];
const PEOPLE: &[&str] = &[
    "people",
    "persons",
    "students",
    "kids",
    "children",
    "adults",
    "friends",
    "teens",
    "boys",
    "girls",
    "of us",
    "siblings",
    "participants",
    "learners",
    "teenagers",
    "sons",
    "daughters",
    "toddlers",
    "colleagues",
    "coworkers",
    "guests",
    "women",
    "men",
    "beginners",
];

const ANYBODY: &[&str] = &["people", "persons", "of us", "participants", "guests", "friends", "students", "learners"];

/// Proposes group sizes.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        let lead = scan.lead(at, &["for", "a", "for a", "with"]);
        if let Some(len) = scan.longest(at, ONE) {
            push(out, lead, at + len, 2, Piece::Group(1));
        }
        // "for two years" is no company.
        const LENGTH: &[&str] =
            &["years", "hours", "hour", "weeks", "months", "days", "minutes", "lessons", "sessions"];
        if let Some(len) = scan.longest(at, TWO).filter(|len| !scan.is(at + len, LENGTH)) {
            push(out, lead, at + len, 2, Piece::Group(2));
        }
        counted(scan, at, out);
        for_a_party(scan, at, out);
        of_so_many(scan, at, out);
    }
}

/// "birthday party for 12": where people meet, the bare number counts them.
fn for_a_party(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const MEETING: &[&str] = &[
        "party",
        "parties",
        "birthday",
        "bachelorette",
        "bachelor",
        "hen",
        "offsite",
        "teambuilding",
        "celebration",
        "event",
        "shower",
        "outing",
        "reunion",
        "group",
        "workshop",
    ];
    const OTHERWISE: &[&str] = &[
        "year", "years", "yr", "yo", "y", "hour", "hours", "minutes", "min", "am", "pm", "weeks", "days", "months",
        "dollars", "bucks", "$", ":", "/", "-", "lessons", "sessions", "th", "st", "nd", "rd", "oclock", "to",
    ];
    let Some((count, len)) = scan.integer(at).filter(|_| scan.is(at.wrapping_sub(1), &["for", "of"])) else { return };
    let met = (0..scan.len()).any(|index| scan.is(index, MEETING));
    if let Some(size) = size(count).filter(|size| met && *size > 1 && !scan.is(at + len, OTHERWISE)) {
        push(out, at - 1, at + len, 4, Piece::Group(size));
    }
}

/// "group of 4", "a party of six".
fn of_so_many(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(len) =
        scan.longest(at, &["group of", "groups of", "party of", "small group of", "class of", "family of", "team of"])
    else {
        return;
    };
    let Some((count, digits)) = scan.integer(at + len) else { return };
    let end = scan.skip(at + len + digits, PEOPLE);
    let Some(size) = size(count) else { return };
    // Only a word that says nothing of age is taken along: "kids" still says who they are.
    let end = if scan.longest(at + len + digits, ANYBODY).is_some() { end } else { at + len + digits };
    push(out, scan.lead(at, &["for a", "for", "a"]), end, 8, Piece::Group(size));
}

/// "2 kids", "for my three children", "4 of us".
fn counted(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some((count, len)) = scan.integer(at) else { return };
    let Some(word) = scan.longest(at + len, PEOPLE) else { return };
    let Some(size) = size(count) else { return };
    let lead = scan.lead(at, &["for", "for my", "my", "for our", "the", "for the", "us"]);
    // "me and two friends" are three.
    let company = scan.lead(lead, &["me and", "myself and", "for me and", "for myself and"]);
    if company < lead {
        push(out, company, at + len + word, 12, Piece::Group(size + 1));
    }
    // Only the number is claimed: "kids" still says who they are.
    push(out, lead, at + len, 3, Piece::Group(size));
    if scan.is(at + len, &["people", "persons", "of", "participants", "guests", "friends", "students"]) {
        push(out, lead, at + len + word, 3, Piece::Group(size));
    }
}

fn size(count: i64) -> Option<u16> {
    u16::try_from(count).ok().filter(|count| (1..=50).contains(count))
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [ONE, TWO, PEOPLE].into_iter().flatten().copied()
}
