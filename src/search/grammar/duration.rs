//! How long a lesson should be.
// rule: 40§15 grammar

use super::piece::{Candidate, Piece};
use super::scan::{Scan, push};

const MINUTES: &[&str] = &["min", "mins", "minute", "minutes", "m"];
const HOURS: &[&str] = &["hour", "hours", "hr", "hrs", "h"];
const LESSON: &[&str] = &["long", "lesson", "lessons", "session", "sessions", "class", "classes"];

/// Proposes lesson lengths.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        if let Some((minutes, end)) = length(scan, at) {
            propose(scan, at, end, minutes, out);
        }
    }
}

fn propose(scan: &Scan, at: usize, end: usize, minutes: i64, out: &mut Vec<Candidate>) {
    // "per hour" is a price, "in 2 hours" a time, "30 minutes away" a distance.
    if scan.is(at.wrapping_sub(1), &["per", "/", "in", "within", "next", "every"])
        || scan.is(end, &["away", "from", "walk", "drive", "ago", "old", "notice"])
    {
        return;
    }
    let single_article = scan.is(at, &["an", "a"]);
    let said_long = scan.is(end, LESSON) || scan.is(at.wrapping_sub(1), &["for", "of", "only", "just"]);
    let money_before = scan.is(at.wrapping_sub(2), &["$"]) || scan.is(at.wrapping_sub(1), &["dollars", "bucks"]);
    if single_article && (!said_long || money_before) {
        return;
    }
    let Ok(minutes) = u16::try_from(minutes) else { return };
    if !(10..=480).contains(&minutes) {
        return;
    }
    let from = scan.lead(at, &["for", "for a", "for an", "a", "an", "of", "/", "lasting", "for only"]);
    push(out, from, scan.skip(end, &["long"]), 6, Piece::Duration(minutes));
}

/// A length of time in minutes that begins at `at`, and where it ends.
pub fn length(scan: &Scan, at: usize) -> Option<(i64, usize)> {
    const SPELT: &[(&str, i64)] = &[
        ("half an hour", 30),
        ("half hour", 30),
        ("a half hour", 30),
        ("an hour and a half", 90),
        ("one and a half hours", 90),
        ("one and a half hour", 90),
        ("hour and a half", 90),
        ("an hour and a quarter", 75),
        ("hour and a quarter", 75),
        ("quarter hour", 15),
        ("quarter of an hour", 15),
        ("three quarters of an hour", 45),
        ("an hour", 60),
        ("hour long", 60),
        ("full hour", 60),
        ("two and a half hours", 150),
        ("a couple of hours", 120),
        ("couple hours", 120),
        ("half day", 240),
        ("1 / 2 hour", 30),
        ("1 / 2 an hour", 30),
    ];
    // "30 or 45 minutes", "45-60 min": the shorter is long enough.
    if let Some((value, len)) = scan.integer(at)
        && scan.is(at + len, &["or", "-", "to", "/"])
        && let Some((other, more)) = scan.integer(at + len + 1)
        && scan.is(at + len + 1 + more, MINUTES)
    {
        return Some((value.min(other), at + len + 2 + more));
    }
    if let Some((phrase, minutes)) =
        SPELT.iter().filter(|(phrase, _)| scan.phrase(at, phrase).is_some()).max_by_key(|(phrase, _)| phrase.len())
    {
        return Some((*minutes, at + phrase.split(' ').count()));
    }
    let (value, len) = scan.number(at)?;
    let end = at + len;
    if scan.is(end, MINUTES) {
        return Some((value / 100, end + 1));
    }
    if !scan.is(end, HOURS) {
        return None;
    }
    let mut minutes = value * 60 / 100;
    let mut end = end + 1;
    if let Some((more, len)) = scan.integer(scan.skip(end, &["and"]))
        && scan.is(scan.skip(end, &["and"]) + len, MINUTES)
    {
        minutes += more;
        end = scan.skip(end, &["and"]) + len + 1;
    } else if let Some(len) = scan.longest(end, &["and a half"]) {
        minutes += 30;
        end += len;
    }
    Some((minutes, end))
}
