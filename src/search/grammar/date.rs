//! Days: names, dates, ranges, weekday sets, distances from now.
// rule: 40§15 dates

use super::calendar;
use super::exam;
use super::piece::{Candidate, DateWish, Piece, Which};
use super::scan::{Scan, push};
use jiff::civil::Weekday;

const LEAD: &[&str] = &[
    "on",
    "for",
    "this is for",
    "on the",
    "for the",
    "starting on",
    "the",
    "of",
    "available",
    "free",
    "free on",
    "available on",
    "anytime",
    "any time",
    "anytime on",
    "sometime",
    "only on",
    "either",
];

/// Proposes dates.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        relative(scan, at, out);
        distance(scan, at, out);
        weekday(scan, at, out);
        weekday_set(scan, at, out);
        weekend(scan, at, out);
        super::month::recognise_at(scan, at, out);
        super::holiday::recognise_at(scan, at, out);
        super::past::recognise_at(scan, at, out);
        super::shorthand::recognise_at(scan, at, out);
        soft(scan, at, out);
    }
    spans(scan, out);
}

/// "between thanksgiving and christmas", "from now until friday", "12/1 - 12/5": from one day to another.
fn spans(scan: &Scan, out: &mut Vec<Candidate>) {
    let day = |candidate: &Candidate| match &candidate.piece {
        Piece::Date(
            wish @ (DateWish::Day(_)
            | DateWish::Today
            | DateWish::Now
            | DateWish::InDays(_)
            | DateWish::Weekday { .. }
            | DateWish::Weekend { .. }),
        ) => Some((candidate.from, candidate.to, wish.clone())),
        _ => None,
    };
    let days: Vec<_> = out.iter().filter_map(day).collect();
    for (from, to, first) in &days {
        let lead = scan.lead(*from, &["between", "from", "starting", "any time between", "sometime between"]);
        let between = lead < *from && scan.is(from.wrapping_sub(1), &["between"]);
        let joints: &[&str] =
            if between { &["and", "&", "to"] } else { &["to", "-", "until", "till", "through", "thru"] };
        let Some(len) = scan.longest(*to, joints) else { continue };
        for (.., end, last) in days.iter().filter(|(start, ..)| *start == to + len) {
            // Of two weekdays a set is meant: "monday to friday".
            let set = |wish: &DateWish| matches!(wish, DateWish::Weekday { which: Which::Bare, .. });
            if !(set(first) && set(last)) {
                let wish = DateWish::Span(Box::new(first.clone()), Box::new(last.clone()));
                push(out, lead, *end, 14, Piece::Date(wish));
            }
        }
    }
}

fn relative(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const PHRASES: &[(&str, DateWish)] = &[
        ("today", DateWish::Today),
        ("right now", DateWish::Now),
        ("now", DateWish::Now),
        ("available now", DateWish::Now),
        ("rn", DateWish::Now),
        ("this minute", DateWish::Now),
        ("this very minute", DateWish::Now),
        ("tonight", DateWish::Tonight),
        ("tonite", DateWish::Tonight),
        ("tomorrow", DateWish::InDays(1)),
        ("tmrw", DateWish::InDays(1)),
        ("tmr", DateWish::InDays(1)),
        ("tomorow", DateWish::InDays(1)),
        ("tmw", DateWish::InDays(1)),
        ("2 moro", DateWish::InDays(1)),
        ("2 morrow", DateWish::InDays(1)),
        ("2 mrw", DateWish::InDays(1)),
        ("day after tomorrow", DateWish::InDays(2)),
        ("the day after tomorrow", DateWish::InDays(2)),
        ("this week", DateWish::ThisWeek),
        ("later this week", DateWish::LaterThisWeek),
        ("rest of the week", DateWish::LaterThisWeek),
        ("later in the week", DateWish::LaterThisWeek),
        ("next week", DateWish::NextWeek { weeks: 1 }),
        ("week after next", DateWish::NextWeek { weeks: 2 }),
        ("the week after next", DateWish::NextWeek { weeks: 2 }),
        ("the following week", DateWish::NextWeek { weeks: 1 }),
        ("end of month", DateWish::EndOfMonth),
        ("end of the month", DateWish::EndOfMonth),
        ("this month", DateWish::Month { ahead: 0 }),
        ("next month", DateWish::Month { ahead: 1 }),
        ("end of the week", DateWish::EndOfWeek { weeks: 0 }),
        ("end of this week", DateWish::EndOfWeek { weeks: 0 }),
        ("end of next week", DateWish::EndOfWeek { weeks: 1 }),
        ("late next week", DateWish::EndOfWeek { weeks: 1 }),
        ("early next week", DateWish::StartOfWeek { weeks: 1 }),
        ("start of next week", DateWish::StartOfWeek { weeks: 1 }),
        ("beginning of next week", DateWish::StartOfWeek { weeks: 1 }),
        ("end of this month", DateWish::EndOfMonth),
        ("end of week", DateWish::EndOfWeek { weeks: 0 }),
        ("this coming week", DateWish::NextWeek { weeks: 1 }),
        ("same day", DateWish::Today),
    ];
    // "2day" is a number and a word to us; "2-day" is a length.
    if scan.phrase(at, "2 day").is_some() && scan.one_word(at, at + 2) {
        push(out, scan.lead(at, LEAD), at + 2, 8, Piece::Date(DateWish::Today));
    }
    let Some((phrase, wish)) =
        PHRASES.iter().filter(|(phrase, _)| scan.phrase(at, phrase).is_some()).max_by_key(|(phrase, _)| phrase.len())
    else {
        return;
    };
    let end = at + phrase.split(' ').count();
    if *phrase == "now" && scan.is(end, &["and"]) {
        return;
    }
    push(out, scan.lead(at, LEAD), end, 8, Piece::Date(wish.clone()));
    bounded(scan, at, end, wish.clone(), out);
}

/// "before friday", "by friday", "after friday", "starting monday".
pub fn bounded(scan: &Scan, at: usize, end: usize, wish: DateWish, out: &mut Vec<Candidate>) {
    later(scan, at, end, &wish, out);
    let week = scan.lead(at, &["week of", "week beginning", "week commencing", "week starting", "week starting on"]);
    if week < at {
        let from = scan.lead(week, &["the", "in the", "during the", "for the"]);
        push(out, from, end, 14, Piece::Date(DateWish::WeekOf(Box::new(wish.clone()))));
    }
    let not = scan.lead(at, NOT);
    if not < at && !matches!(wish, DateWish::Weekday { .. }) {
        push(out, not, end, 14, Piece::Date(DateWish::Not(Box::new(wish.clone()))));
    }
    let until = |inclusive| Piece::Date(DateWish::Before { day: Box::new(wish.clone()), inclusive });
    let before = scan.lead(at, &["before", "before the", "earlier than"]);
    let by = scan.lead(at, &["by", "by the", "until", "until the", "till", "till the", "no later than", "through"]);
    const FROM: &[&str] = &[
        "from",
        "from the",
        "after",
        "after the",
        "starting",
        "starting the",
        "starting from",
        "starting from the",
        "beginning",
        "beginning the",
        "starting on",
        "starting on the",
        "as of",
        "as of the",
        "since",
        "since the",
    ];
    let from = scan.lead(at, FROM);
    if before < at {
        push(out, before, end, 8, until(false));
    }
    if by < at {
        push(out, by, end, 8, until(true));
    }
    if from < at {
        let later = if scan.is(from, &["after"]) {
            DateWish::Before { day: Box::new(wish.clone()), inclusive: false }
        } else {
            wish.clone()
        };
        let wish = match later {
            DateWish::Before { day, .. } => DateWish::From(Box::new(DateWish::From(day))),
            other => DateWish::From(Box::new(other)),
        };
        push(out, from, scan.skip(end, &["on", "onwards", "onward"]), 8, Piece::Date(wish));
    }
}

/// "a week from friday", "two weeks from today", "tuesday week".
fn later(scan: &Scan, at: usize, end: usize, wish: &DateWish, out: &mut Vec<Candidate>) {
    const AWAY: &[(&str, i64)] = &[
        ("a week from", 7),
        ("one week from", 7),
        ("1 week from", 7),
        ("a week on", 7),
        ("a week after", 7),
        ("in a week from", 7),
        ("two weeks from", 14),
        ("2 weeks from", 14),
        ("two weeks on", 14),
        ("a fortnight from", 14),
        ("a fortnight on", 14),
        ("three weeks from", 21),
        ("3 weeks from", 21),
    ];
    let away = |days| Piece::Date(DateWish::Later { day: Box::new(wish.clone()), days });
    for (phrase, days) in AWAY {
        let from = scan.lead(at, &[*phrase]);
        if from < at {
            push(out, from, end, 12, away(*days));
        }
    }
    if scan.is(end, &["week", "fortnight"]) {
        let days = if scan.is(end, &["week"]) { 7 } else { 14 };
        push(out, scan.lead(at, LEAD), end + 1, 10, away(days));
    }
}

/// "in 3 days", "in two weeks", "in an hour", "within the next 5 days".
fn distance(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let inside = scan.longest(
        at,
        &["in the next", "within the next", "within", "over the next", "next", "in the coming", "sometime in the next"],
    );
    let ahead = scan.longest(at, &["in", "in about", "in around"]);
    // "a month from now": what follows says what "in" would.
    let Some(lead) = inside.or(ahead).or(from_now(scan, at).then_some(0)) else { return };
    let start = at + lead;
    let (count, len) = match scan
        .longest(start, &["a couple of", "a couple", "a few", "couple of", "couple", "few", "an", "a", "the"])
    {
        Some(len) if scan.word(start + len - 1) == "few" => (3, len),
        Some(len) if scan.phrase(start, "a couple").is_some() || scan.is(start, &["couple"]) => (2, len),
        Some(len) => (1, len),
        None => match scan.integer(start) {
            Some(number) => number,
            None if scan.is(start, &["half", "hour"]) => (1, 0),
            None => return,
        },
    };
    let end = start + len;
    let hour = scan.is(end, &["hour"]).then_some((60, end + 1));
    if let Some((minutes, stop)) = super::duration::length(scan, start)
        .or_else(|| super::duration::length(scan, end))
        .or(hour)
        .filter(|_| !scan.is(end, &["years", "year"]))
    {
        if inside.is_some() && minutes > 24 * 60 {
            push(out, at, stop, 10, Piece::Date(DateWish::Within((minutes + 24 * 60 - 1) / (24 * 60))));
        } else if inside.is_none() && minutes > 24 * 60 {
            push(out, at, scan.skip(stop, &["from now"]), 10, Piece::Date(DateWish::InDays(minutes / (24 * 60))));
        } else if scan.phrase(stop, "from now").is_some()
            || !scan.is(stop, &["of", "drive", "walk", "away", "from"]) && minutes <= 24 * 60
        {
            let wish = if inside.is_some() { DateWish::Now } else { DateWish::InMinutes(minutes) };
            push(out, at, scan.skip(stop, &["from now"]), 10, Piece::Date(wish));
        }
        return;
    }
    let days = match scan.word(end) {
        "day" | "days" => count,
        "week" | "weeks" => count * 7,
        "fortnight" | "fortnights" => count * 14,
        "month" | "months" => count * 30,
        _ => return,
    };
    if !(1..=366).contains(&days) {
        return;
    }
    let stop = scan.skip(end + 1, &["from now", "time"]);
    // Of "the next seven days" today is the first; "within seven days" ends a week from now.
    let counted = scan.word(start - 1) != "within";
    let wish = match inside {
        Some(_) => DateWish::Within(if counted { days - 1 } else { days }),
        None => DateWish::InDays(days),
    };
    let from = scan.lead(at, &["starting", "beginning", "start"]);
    if from < at && inside.is_none() {
        push(out, from, stop, 10, Piece::Date(DateWish::From(Box::new(wish.clone()))));
    }
    push(out, at, stop, 8, Piece::Date(wish));
}

/// Whether a count of days, weeks or months stands at `at` with "from now" behind it.
fn from_now(scan: &Scan, at: usize) -> bool {
    const UNITS: &[&str] = &["day", "days", "week", "weeks", "month", "months", "hour", "hours", "minutes"];
    let units = (at + 1..at + 4).find(|index| scan.is(*index, UNITS));
    let counted = scan.is(at, &["a", "an", "one", "couple"]) || scan.integer(at).is_some();
    counted && units.is_some_and(|unit| scan.phrase(unit + 1, "from now").is_some())
}

/// A weekday by name or abbreviation; plural when a habit is meant.
pub fn day_name(word: &str) -> Option<(Weekday, bool, bool)> {
    let (full, plural) = match word.strip_suffix('s') {
        Some(stem) if stem.ends_with("day") => (stem, true),
        _ => (word, false),
    };
    let day = match full {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" | "wensday" | "wednsday" | "wendsday" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    };
    Some((day, plural, full.ends_with("day")))
}

/// Whether a day is named beside the word at `at`: "sat and sun".
pub fn beside_day(scan: &Scan, at: usize) -> bool {
    let day = |index: usize| day_name(scan.word(index)).is_some() || scan.is(index, &["today", "tomorrow"]);
    let joint = |index: usize| scan.is(index, &["and", "or", "/", "-", ",", "&"]);
    day(at + 1)
        || day(at.wrapping_sub(1))
        || joint(at + 1) && day(at + 2)
        || joint(at.wrapping_sub(1)) && day(at.wrapping_sub(2))
}

/// Whether the word at `at` is a day here. Abbreviations that are also English words need company.
fn is_day(scan: &Scan, at: usize) -> Option<(Weekday, bool)> {
    let (day, plural, spelt) = day_name(scan.word(at))?;
    let doubtful = !spelt && matches!(day, Weekday::Saturday | Weekday::Sunday | Weekday::Monday | Weekday::Wednesday);
    if !doubtful {
        return Some((day, plural));
    }
    const COMPANY: &[&str] = &["on", "this", "next", "every", "by", "coming", "until", "before", "each", "from"];
    const FOLLOW: &[&str] = &[
        "morning",
        "mornings",
        "afternoon",
        "afternoons",
        "evening",
        "evenings",
        "night",
        "nights",
        "at",
        "after",
        "before",
        "around",
        "between",
        "from",
        "lunchtime",
        "noon",
        "early",
        "late",
    ];
    let listed = beside_day(scan, at);
    let company = at > 0 && scan.is(at - 1, COMPANY);
    let clock = scan.is(at + 1, FOLLOW)
        || (scan.integer(at + 1).is_some() && scan.is(at + 2, &["am", "pm", ":", "-", "p", "a"]));
    // "sun salutations" are yoga.
    let behind = scan.is(at + 1, exam::BEHIND) || scan.is(at + 1, &["salutation", "salutations"]);
    let shouted = scan.tokens[at].caps && !scan.shouting && day == Weekday::Saturday && !company && !clock && !listed;
    let exam = day == Weekday::Saturday && exam::beside_another(scan, at);
    if exam || behind || shouted {
        return None;
    }
    (listed || company || clock || scan.topic_elsewhere(at, at + 1)).then_some((day, plural))
}

/// What turns a day into every other day.
const NOT: &[&str] = &[
    "not on",
    "not",
    "except",
    "except on",
    "except for",
    "but not",
    "but not on",
    "no",
    "never on",
    "other than",
    "apart from",
    "excluding",
    "cant do",
    "cant make",
    "dont do",
    "any day but",
    "any day except",
    "any day other than",
    "every day but",
    "every day except",
    "anytime but",
    "any time but",
    "anytime except",
    "weekdays but",
    "avoid",
];

fn weekday(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some((day, plural)) = is_day(scan, at) else { return };
    let end = at + 1;
    let not = scan.lead(at, NOT);
    if not < at {
        push(out, not, end, 12, Piece::Date(DateWish::NotWeekdays(vec![day])));
    }
    let every = scan.lead(at, &["every", "each", "on every", "any", "every other", "every second", "on a"]);
    // "sunday mornings" are a habit as much as "sundays".
    let parts = scan.is(end, &["mornings", "afternoons", "evenings", "nights"]);
    // "before friday's exam" is said of one friday.
    if plural && scan.lead(at, &["before", "by", "until", "till"]) < at {
        return bounded(scan, at, end, DateWish::Weekday { day, which: Which::Bare }, out);
    }
    let one = scan.is(at.wrapping_sub(1), &["this", "next", "coming", "following"]);
    if let Some(len) = scan.phrase(end, "after next") {
        let wish = DateWish::Later { day: Box::new(DateWish::Weekday { day, which: Which::Next }), days: 7 };
        push(out, scan.lead(at, LEAD), end + len, 12, Piece::Date(wish));
    }
    if plural || every < at || parts && !one {
        let from = every.min(scan.lead(at, LEAD));
        push(out, from, end, 8, Piece::Date(DateWish::Weekdays(vec![day])));
        return;
    }
    let which = match scan.before(at) {
        "next" => Which::Next,
        "this" | "coming" => Which::This,
        _ => Which::Bare,
    };
    let named = scan.lead(at, &["this", "next", "this coming", "coming", "the coming", "upcoming", "this upcoming"]);
    let wish = DateWish::Weekday { day, which };
    push(out, scan.lead(named, LEAD), end, 8, Piece::Date(wish.clone()));
    bounded(scan, named, end, wish, out);
}

/// "mon and wed", "tuesday or thursday", "monday to friday", "weekdays".
fn weekday_set(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const WORKING: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    if let Some(len) = scan.longest(
        at,
        &["weekdays", "weekday", "during the week", "school days", "school nights", "weeknights", "weeknight"],
    ) {
        let from = scan.lead(at, &["on", "on the", "any", "on a", "every", "during", "only on", "for"]);
        let nights = scan.word(at).starts_with("weeknight") || scan.phrase(at, "school nights").is_some();
        let wish = if nights { DateWish::Weeknights } else { DateWish::Weekdays(WORKING.to_vec()) };
        push(out, from, at + len, 8, Piece::Date(wish));
    }
    let Some((first, ..)) = is_day(scan, at) else { return };
    let mut days = vec![first];
    let mut end = at + 1;
    let between = scan.is(at.wrapping_sub(1), &["between"]);
    loop {
        let mut next = end;
        while scan.is(next, &["and", "or", ",", "/", "&", "plus", "-", "to", "through", "thru"]) {
            next += 1;
        }
        let dashed = next == end && scan.tokens.get(next).is_some_and(|token| token.glued);
        let through = dashed
            || (next > end && scan.is(next - 1, &["-", "to", "through", "thru"]))
            || (between && next > end && scan.is(next - 1, &["and"]));
        let next = scan.skip(next, &["on", "every"]);
        let Some((day, ..)) = is_day(scan, next)
            .filter(|_| next > end || scan.is(end, &["and", "or", ","]) || day_name(scan.word(end)).is_some())
        else {
            break;
        };
        if through {
            days.extend(calendar::days_between(days[days.len() - 1], day));
        } else {
            days.push(day);
        }
        end = next + 1;
    }
    if days.len() > 1 {
        let not = scan.lead(at, NOT);
        if not < at {
            push(out, not, end, 16, Piece::Date(DateWish::NotWeekdays(days.clone())));
        }
        push(
            out,
            scan.lead(at, &["on", "every", "from", "either", "for", "available", "between"]),
            end,
            12,
            Piece::Date(DateWish::Weekdays(days)),
        );
    }
}

fn weekend(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let lead = |phrases| scan.lead(at, phrases);
    match scan.word(at) {
        "weekends" | "wkends" | "wknds" => {
            let days = vec![Weekday::Saturday, Weekday::Sunday];
            push(
                out,
                lead(&["on", "on the", "only on", "during", "during the", "for"]),
                at + 1,
                8,
                Piece::Date(DateWish::Weekdays(days.clone())),
            );
            let not = lead(&["no", "not on", "not", "except", "except on"]);
            if not < at {
                push(out, not, at + 1, 10, Piece::Date(DateWish::NotWeekdays(days)));
            }
        }
        "weekend" | "wkend" | "wknd" if scan.phrase(at + 1, "after next").is_some() => {
            let (from, to) = calendar::weekend(scan.today, true);
            let wish = DateWish::Range(calendar::plus(from, 7), calendar::plus(to, 7));
            push(out, scan.lead(at, &["the", "on the", "for the"]), at + 3, 12, Piece::Date(wish));
        }
        "weekend" | "wkend" | "wknd" => {
            let which = if at > 0 && scan.is(at - 1, &["next"]) { Which::Next } else { Which::This };
            let from = lead(&[
                "this",
                "next",
                "the",
                "over the",
                "on the",
                "this coming",
                "coming",
                "during the",
                "for the",
                "on",
            ]);
            push(out, scan.lead(from, LEAD), at + 1, 8, Piece::Date(DateWish::Weekend { which }));
        }
        _ => {}
    }
}

/// "preferably", "if possible": the date is a wish, not a wall.
fn soft(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const SOFT: &[&str] = &[
        "preferably",
        "ideally",
        "if possible",
        "flexible",
        "im flexible",
        "i am flexible",
        "pref",
        "preferred",
        "would be great",
        "would be ideal",
    ];
    if let Some(len) = scan.longest(at, SOFT) {
        push(out, at, at + len, 2, Piece::Soft);
    }
}

/// Short names of days, which a speller must not take for mistakes.
pub const SHORT_DAYS: &[&str] =
    &["mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun", "tmrw", "tmr", "tmw", "tonite"];

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [LEAD, SHORT_DAYS].into_iter().flatten().copied().chain(super::holiday::phrases())
}
