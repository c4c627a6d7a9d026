//! Times of day: clock times, windows and parts of the day.
// rule: 40§15 dates

use super::piece::{Candidate, ClockSaid, Half, Piece, TimeWish};
use super::scan::{BETWEEN, Scan, push};

const AFTER: &[&str] = &[
    "after",
    "past",
    "from",
    "since",
    "later than",
    "starting at",
    "starting from",
    "any time after",
    "anytime after",
    "beginning at",
    "not before",
    "starting after",
    "from after",
    "no earlier than",
    "not earlier than",
    "no sooner than",
    "nothing before",
    "nothing earlier than",
    "not until",
];
const BEFORE: &[&str] = &[
    "before",
    "until",
    "till",
    "by",
    "no later than",
    "done by",
    "earlier than",
    "ending by",
    "any time before",
    "anytime before",
    "finish by",
    "finished by",
    "ending before",
    "not after",
    "not later than",
    "nothing after",
    "nothing later than",
    "end by",
    "to be done by",
];
const AT: &[&str] = &["at", "@", "starting at exactly", "at exactly", "exactly at"];
const AROUND: &[&str] = &[
    "around",
    "about",
    "approximately",
    "approx",
    "roughly",
    "~",
    "circa",
    "at around",
    "at about",
    "close to",
    "sometime around",
];
/// Words after a bare number that make it something other than an hour.
const NOT_HOUR: &[&str] = &[
    "min", "mins", "minute", "minutes", "hour", "hours", "hr", "hrs", "year", "years", "yr", "yrs", "yo", "week",
    "weeks", "day", "days", "month", "months", "mile", "miles", "mi", "km", "people", "persons", "kids", "students",
    "children", "dollars", "bucks", "th", "st", "nd", "rd", "lessons", "sessions", "classes", "times", "blocks",
    "grade", "$", "usd", "/", "stars", "star", "or", "of",
];

/// A clock time as found in the text.
struct Found {
    said: ClockSaid,
    end: usize,
    /// Nobody would write it so if it were not a time.
    certain: bool,
}

/// Proposes times.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        if let Some(found) = clock(scan, at) {
            single(scan, at, &found, out);
            window(scan, at, &found, out);
        }
        part(scan, at, out);
    }
}

fn clock(scan: &Scan, at: usize) -> Option<Found> {
    let found = |hour: u16, minute, half, end, certain| Found { said: ClockSaid { hour, minute, half }, end, certain };
    match scan.word(at) {
        "noon" | "midday" => return Some(found(12, 0, Some(Half::Pm), at + 1, true)),
        "midnight" => return Some(found(24, 0, None, at + 1, true)),
        _ => {}
    }
    if let Some(len) = scan.longest(at, &["half past", "half", "quarter past", "quarter to", "quarter after"]) {
        return spelt_quarter(scan, at, len);
    }
    if at > 0 && scan.is(at - 1, &["$", "/", ":"]) {
        return None;
    }
    let (value, len) = scan.number(at)?;
    let (mut hour, mut minute) = (value / 100, value % 100);
    let mut end = at + len;
    let mut certain = false;
    if scan.is(end, &[":"])
        && let Some(typed) = scan.digits(end + 1).filter(|_| scan.word(end + 1).len() == 2)
    {
        (minute, certain) = (typed, true);
        end += 2;
    }
    if minute > 59 || hour > 24 {
        // "1530" and "930" without a colon, only with am/pm beside it.
        (hour, minute) = (value / 100 / 100, value / 100 % 100);
        let four_digits = scan.word(at).len() == 4 && behind_a_word_of_time(scan, at);
        if !(minute <= 59 && hour <= 24 && value % 100 == 0 && (scan.is(end, &["am", "pm"]) || four_digits)) {
            return None;
        }
        certain |= four_digits;
    }
    let half = meridiem(scan, end).or_else(|| part_of_day(scan, end, hour));
    let dotted = value % 100 != 0 && half.is_none() && !certain;
    end += half.map_or(0, |(_, len)| len);
    if let Some(len) = scan.longest(end, &["oclock", "o clock"]) {
        end += len;
        certain = true;
    } else if scan.is(end, &["h"]) && (hour >= 5 || behind_a_word_of_time(scan, at)) {
        // "18h" and "18h30" are times, "2h" is a length.
        end += 1;
        certain = true;
        if let Some(typed) = scan.digits(end).filter(|typed| *typed < 60 && scan.tokens[end].glued) {
            minute = typed;
            end += 1;
        }
    }
    let half = half.map(|(half, _)| half);
    if dotted
        || (half.is_some() && (hour > 12 || hour == 0))
        || (scan.is(end, NOT_HOUR) && half.is_none() && !certain && !or_another(scan, at, end))
    {
        return None;
    }
    Some(found(hour as u16, minute as u16, half, end, certain || half.is_some()))
}

/// "at 5 or 6", "7 or 8pm": behind "or" stands another hour.
fn or_another(scan: &Scan, at: usize, end: usize) -> bool {
    let hour = |found: Found| found.certain || behind_a_word_of_time(scan, at);
    scan.is(end, &["or"]) && clock(scan, end + 1).is_some_and(hour)
}

fn meridiem(scan: &Scan, at: usize) -> Option<(Half, usize)> {
    let glued = scan.tokens.get(at).is_some_and(|token| token.glued);
    match (scan.word(at), scan.word(at + 1)) {
        ("am", _) => Some((Half::Am, 1)),
        ("pm", _) => Some((Half::Pm, 1)),
        ("a", "m") => Some((Half::Am, 2)),
        ("p", "m") => Some((Half::Pm, 2)),
        ("a", _) if glued => Some((Half::Am, 1)),
        ("p", _) if glued => Some((Half::Pm, 1)),
        _ => None,
    }
}

/// "7 in the evening", "6 in the morning", "9 at night": the half of the day in words, where the hour is one of it.
fn part_of_day(scan: &Scan, at: usize, hour: i64) -> Option<(Half, usize)> {
    const PARTS: [(&str, Half, std::ops::RangeInclusive<i64>); 4] = [
        ("in the morning", Half::Am, 4..=11),
        ("in the afternoon", Half::Pm, 1..=6),
        ("in the evening", Half::Pm, 4..=11),
        ("at night", Half::Pm, 6..=11),
    ];
    let said = PARTS.into_iter().find_map(|(phrase, half, hours)| Some((scan.phrase(at, phrase)?, half, hours)));
    said.filter(|(.., hours)| hours.contains(&hour)).map(|(len, half, _)| (half, len))
}

/// Whether a word stands before `at` that is followed by a time.
fn behind_a_word_of_time(scan: &Scan, at: usize) -> bool {
    [AFTER, BEFORE, AT, AROUND].iter().any(|words| scan.lead(at, words) < at)
}

fn spelt_quarter(scan: &Scan, at: usize, len: usize) -> Option<Found> {
    let (hour, digits) = scan.integer(at + len)?;
    let hour = u16::try_from(hour).ok().filter(|hour| (1..=12).contains(hour))?;
    let (hour, minute) = match (scan.word(at), scan.word(at + 1)) {
        ("half", "past") => (hour, 30),
        // "at half five" is half past it.
        ("half", _) if len == 1 && (behind_a_word_of_time(scan, at) || scan.is(at + len + digits, DAY_WORDS)) => {
            (hour, 30)
        }
        ("quarter", "to") => (if hour == 1 { 12 } else { hour - 1 }, 45),
        ("quarter", _) => (hour, 15),
        _ => return None,
    };
    let end = at + len + digits;
    let half = meridiem(scan, end);
    Some(Found {
        said: ClockSaid { hour, minute, half: half.map(|(half, _)| half) },
        end: end + half.map_or(0, |(_, len)| len),
        certain: true,
    })
}

fn hour_like(said: &ClockSaid) -> bool {
    (1..=12).contains(&said.hour) || (said.half.is_none() && said.hour <= 24)
}

fn single(scan: &Scan, at: usize, found: &Found, out: &mut Vec<Candidate>) {
    let bonus = if found.certain { 10 } else { 0 };
    let small = found.certain || (1..=12).contains(&found.said.hour);
    if !hour_like(&found.said) || !small {
        return;
    }
    let mut end = found.end;
    if scan.is(end, &["ish"]) {
        push(out, scan.lead(at, AT), end + 1, bonus, Piece::Time(TimeWish::Around(found.said)));
    }
    let later = scan.longest(
        end,
        &["or later", "onwards", "onward", "and later", "and after", "on", "or after", "or so and later"],
    );
    if let Some(len) = later.filter(|_| found.certain || scan.lead(at, AFTER) < at || scan.lead(at, AT) < at) {
        end += len;
        let from = scan.lead(at, AFTER).min(scan.lead(at, AT));
        push(out, from, end, bonus, Piece::Time(TimeWish::After(found.said)));
        end = found.end;
    }
    if let Some(len) = scan.longest(end, &["or earlier", "at the latest", "latest"]).filter(|_| found.certain) {
        push(out, scan.lead(at, BEFORE), end + len, bonus, Piece::Time(TimeWish::Before(found.said)));
    }
    type Wish = fn(ClockSaid) -> TimeWish;
    let wishes: [(&[&str], Wish); 4] =
        [(AFTER, TimeWish::After), (BEFORE, TimeWish::Before), (AT, TimeWish::At), (AROUND, TimeWish::Around)];
    for (words, wish) in wishes {
        let from = scan.lead(at, words);
        if from < at {
            push(out, from, end, bonus, Piece::Time(wish(found.said)));
        }
    }
    if found.certain {
        push(out, scan.lead(at, &["for"]), end, bonus - 2, Piece::Time(TimeWish::At(found.said)));
    }
}

/// "6–8pm", "between 3 and 5", "from 4 to 7".
fn window(scan: &Scan, at: usize, first: &Found, out: &mut Vec<Candidate>) {
    let between = scan.is(at.wrapping_sub(1), BETWEEN);
    let from = at > 0 && scan.is(at - 1, &["from"]);
    let joint: &[&str] = if between {
        &["and", "-", "to", "&"]
    } else if from {
        &["-", "to", "until", "till", "through"]
    } else {
        &["-", "to", "until", "till"]
    };
    // "10am-noon": between two words the hyphen leaves nothing but a missing space.
    let hyphen = scan.is(first.end, &["noon", "midday", "midnight"]) && scan.tokens[first.end].glued;
    let either = scan.is(first.end, &["or"]);
    let joined = scan.longest(first.end, joint).or(hyphen.then_some(0)).or(either.then_some(1));
    let Some(len) = joined else { return };
    let Some(last) = clock(scan, first.end + len) else { return };
    if !hour_like(&first.said) || !hour_like(&last.said) {
        return;
    }
    let sure = first.certain || last.certain;
    let hours = (1..=12).contains(&first.said.hour) && (1..=12).contains(&last.said.hour);
    let beside_day = DAY_WORDS.contains(&scan.before(at))
        || scan.is(last.end, DAY_WORDS)
        || scan.is(last.end, &["in", "on"]) && scan.is(last.end + 2, DAY_WORDS);
    if !sure && !(hours && (between || from || beside_day || either && scan.lead(at, AT) < at)) {
        return;
    }
    let lead = scan.lead(
        at,
        &[
            "between",
            "btw",
            "btwn",
            "from",
            "at",
            "for",
            "anytime between",
            "any time between",
            "anytime from",
            "sometime between",
        ],
    );
    let wish = if either { TimeWish::Either } else { TimeWish::Between };
    push(out, lead, last.end, if sure { 12 } else { 4 }, Piece::Time(wish(first.said, last.said)));
}

const DAY_WORDS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "today",
    "tomorrow",
    "tonight",
    "weekend",
    "weekends",
    "weekdays",
    "evening",
    "evenings",
    "morning",
    "mornings",
    "afternoon",
    "afternoons",
    "night",
];

/// Parts of the day and their minutes after midnight.
const PARTS: &[(&str, u16, u16)] = &[
    ("morning", 360, 720),
    ("mornings", 360, 720),
    ("afternoon", 720, 1020),
    ("afternoons", 720, 1020),
    ("arvo", 720, 1020),
    ("evening", 1020, 1260),
    ("evenings", 1020, 1260),
    ("night", 1020, 1260),
    ("nights", 1020, 1260),
    ("eve", 1020, 1260),
    ("eves", 1020, 1260),
    ("lunchtime", 690, 810),
    ("lunchtimes", 690, 810),
    ("lunch time", 690, 810),
    ("lunch", 690, 810),
    ("lunch hour", 690, 810),
    ("lunch break", 690, 810),
    ("before work", 300, 540),
    ("after school", 900, 1080),
    ("afterschool", 900, 1080),
    ("after work", 1050, 1260),
    ("late", 1200, 1380),
    ("late evening", 1200, 1380),
    ("late night", 1200, 1380),
    ("late nights", 1200, 1380),
    ("late at night", 1200, 1380),
    ("late evenings", 1200, 1380),
    ("early morning", 300, 540),
    ("early mornings", 300, 540),
    ("early in the morning", 300, 540),
    ("late morning", 600, 720),
    ("early afternoon", 720, 900),
    ("late afternoon", 900, 1020),
    ("early evening", 1020, 1140),
    ("before school", 360, 510),
    ("daytime", 540, 1020),
    ("during the day", 540, 1020),
    ("mid morning", 540, 660),
    ("after dinner", 1140, 1320),
    ("around lunchtime", 690, 810),
    ("around lunch", 690, 810),
    ("midmorning", 540, 660),
    ("first thing in the morning", 360, 540),
    ("first thing", 360, 540),
];

fn part(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    // "thurs pm", "sat a.m.": half of a day that was named.
    if scan.is(at.wrapping_sub(1), DAY_WORDS)
        && let Some((half, len)) = meridiem(scan, at).filter(|_| scan.integer(at + 1).is_none())
        && !(scan.word(at) == "a" && len == 1)
    {
        let (from, to) = if half == Half::Am { (360, 720) } else { (720, 1260) };
        push(out, at, at + len, 6, Piece::Time(TimeWish::Part { from, to, today: false }));
    }
    if scan.is(at, &["lunch", "lunchtime"]) && at > 0 {
        let said = |hour, half| ClockSaid { hour, minute: 30, half: Some(half) };
        match scan.word(at - 1) {
            "after" => push(out, at - 1, at + 1, 8, Piece::Time(TimeWish::After(said(13, Half::Pm)))),
            "before" => push(out, at - 1, at + 1, 8, Piece::Time(TimeWish::Before(said(11, Half::Am)))),
            _ => {}
        }
    }
    let Some((phrase, from, to)) =
        PARTS.iter().filter(|(phrase, ..)| scan.phrase(at, phrase).is_some()).max_by_key(|(phrase, ..)| phrase.len())
    else {
        return;
    };
    // "late for class" is a worry, not a wish; a service may hold the word ("after school program").
    if *phrase == "late" && scan.is(at + 1, &["for", "teens", "to", "intermediate"])
        || *phrase == "lunch" && scan.is(at + 1, &["ideas", "recipes"])
        || *phrase == "eve" && scan.is(at.wrapping_sub(1), &["christmas", "year", "years"])
    {
        return;
    }
    let end = at + phrase.split(' ').count();
    let wish = |today| Piece::Time(TimeWish::Part { from: *from, to: *to, today });
    let lead = scan.lead(
        at,
        &[
            "in the",
            "during the",
            "on",
            "for the",
            "at",
            "in",
            "the",
            "during",
            "around",
            "this is for the",
            "only",
            "during my",
            "on my",
            "at my",
        ],
    );
    push(out, lead, scan.skip(end, &["time", "hours", "slot", "slots"]), 0, wish(false));
    if at > 0 && scan.is(at - 1, &["this"]) {
        push(out, at - 1, end, 0, wish(true));
    }
}

/// The minute after midnight a said time means, given what the rest of the query says of the day.
/// Without am or pm, and with nothing to borrow from, 1–6 is afternoon and the rest as it stands.
pub fn minute(said: ClockSaid, borrowed: Option<Half>) -> u16 {
    let hour = match said.half.or(borrowed) {
        Some(Half::Am) => said.hour % 12,
        Some(Half::Pm) if said.hour < 12 => said.hour + 12,
        Some(Half::Pm) => said.hour,
        None if (1..=6).contains(&said.hour) => said.hour + 12,
        None => said.hour,
    };
    (hour * 60 + said.minute).min(1440)
}

/// A window between two said times; the half of the day missing at one end is the other end's,
/// unless that would turn the window round.
pub fn window_minutes(first: ClockSaid, last: ClockSaid, borrowed: Option<Half>) -> (u16, u16) {
    let mut start = minute(first, last.half.or(borrowed));
    let mut end = minute(last, first.half.or(borrowed));
    let open = first.half.is_none() && last.half.is_none();
    if open && end < start && (1..=6).contains(&first.hour) && (1..=6).contains(&last.hour) {
        // "between 5 and 3" was said from its other end.
        return (end, start);
    }
    if start >= end && first.half.is_none() && last.half.is_some() && start >= 720 {
        start = start.saturating_sub(720);
    }
    if end <= start && last.half.is_none() {
        end = if end + 720 > start { (end + 720).min(1440) } else { 1440 };
    }
    if end <= start {
        end = 1440;
    }
    (start, end)
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [AFTER, BEFORE, AT, AROUND, DAY_WORDS]
        .into_iter()
        .flatten()
        .copied()
        .chain(PARTS.iter().map(|(phrase, ..)| *phrase))
}
