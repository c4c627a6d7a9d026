//! Calendar dates: "march 20", "3/28", "2026-04-01", "april 1–5", "in may", "the 5th".
// rule: 40§15 dates

use super::calendar;
use super::date::{bounded, day_name};
use super::piece::{Candidate, DateWish, Piece};
use super::scan::{Scan, push};
use super::token::TokenKind;
use jiff::ToSpan;
use jiff::civil::Date;

/// Years ahead that a date may be meant for.
const FARTHEST_YEARS: i16 = 5;
const LEAD: &[&str] = &["on", "for", "on the", "the", "for the"];

/// Proposes the calendar dates that begin at `at`.
pub fn recognise_at(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    slashed(scan, at, out);
    dotted(scan, at, out);
    iso(scan, at, out);
    named(scan, at, out);
    day_first(scan, at, out);
    whole_month(scan, at, out);
    ordinal_only(scan, at, out);
    nth_weekday(scan, at, out);
    if scan.phrase(at, "next month").is_some() || scan.phrase(at, "this month").is_some() {
        let ahead = i8::from(scan.is(at, &["next"]));
        part_of_month(scan, at, at + 2, (scan.today.month() + ahead - 1) % 12 + 1, out);
    }
}

/// "20.11.2026": dots stand between day and month wherever the day comes first.
fn dotted(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let joined: String = scan.tokens[at..].iter().take(5).map(|token| token.text.as_str()).collect();
    let typed = joined.split(|letter: char| !(letter.is_ascii_digit() || letter == '.')).next().unwrap_or_default();
    let parts: Vec<i64> = typed.split('.').filter_map(|part| part.parse().ok()).collect();
    let ([day, month, year], true) = (parts.as_slice(), scan.is_kind(at, TokenKind::Number)) else { return };
    let mut end = at;
    while end < scan.len() && scan.tokens[end].end <= scan.tokens[at].start + typed.chars().count() {
        end += 1;
    }
    if (2000..=2100).contains(year) {
        propose(scan, at, end, calendar::coming(scan.today, Some(*year as i16), *month, *day), out);
    }
}

/// "the first saturday of december", "last friday of the month".
fn nth_weekday(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const WHICH: [(&str, i8); 9] = [
        ("first", 1),
        ("second", 2),
        ("third", 3),
        ("fourth", 4),
        ("last", -1),
        ("1 st", 1),
        ("2 nd", 2),
        ("3 rd", 3),
        ("4 th", 4),
    ];
    let Some((len, nth)) = WHICH.iter().find_map(|(word, nth)| Some((scan.phrase(at, word)?, *nth))) else { return };
    let Some((day, false, _)) = day_name(scan.word(at + len)) else { return };
    let start = at + len + 1;
    let Some(of) = scan.longest(start, &["of", "in"]) else { return };
    let month = start + of;
    let first = scan.today.first_of_month();
    let in_month = |ahead: i64| first.checked_add(ahead.months()).ok()?.nth_weekday_of_month(nth, day).ok();
    let (end, date) = if let Some(len) = scan.longest(month, &["the month", "this month", "month"]) {
        (month + len, (0..=1).filter_map(in_month).find(|date| *date >= scan.today))
    } else if let Some(len) = scan.longest(month, &["next month", "the next month"]) {
        (month + len, in_month(1))
    } else if let Some(number) = month_number(scan.word(month)) {
        let years = [scan.today.year(), scan.today.year() + 1].into_iter();
        let days = years.filter_map(|year| Date::new(year, number, 1).ok()?.nth_weekday_of_month(nth, day).ok());
        (month + 1, days.into_iter().find(|date| *date >= scan.today))
    } else {
        return;
    };
    propose(scan, at, end, date, out);
}

fn month_number(word: &str) -> Option<i8> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "jan"],
        &["february", "feb"],
        &["march", "mar"],
        &["april", "apr"],
        &["may"],
        &["june", "jun"],
        &["july", "jul"],
        &["august", "aug"],
        &["september", "sep", "sept"],
        &["october", "oct"],
        &["november", "nov"],
        &["december", "dec"],
    ];
    MONTHS.iter().position(|names| names.contains(&word)).map(|index| index as i8 + 1)
}

/// A day of the month at `at` with its optional ordinal ending, and where it ends.
fn day(scan: &Scan, at: usize) -> Option<(i64, usize)> {
    let value = scan.digits(at).filter(|value| (1..=99).contains(value))?;
    Some((value, scan.skip(at + 1, &["st", "nd", "rd", "th"])))
}

fn year(scan: &Scan, at: usize) -> Option<(i16, usize)> {
    let at = scan.skip(at, &[","]);
    let value = scan.digits(at).filter(|value| (2020..=2100).contains(value))?;
    Some((value as i16, at + 1))
}

fn propose(scan: &Scan, at: usize, end: usize, date: Option<Date>, out: &mut Vec<Candidate>) {
    // Nobody books that far ahead.
    let date = date.filter(|date| date.year() <= scan.today.year() + FARTHEST_YEARS);
    let wish = date.map_or(DateWish::Impossible, DateWish::Day);
    push(out, scan.lead(at, LEAD), end, 10, Piece::Date(wish.clone()));
    if date.is_some() {
        bounded(scan, at, end, wish, out);
    }
}

fn slashed(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let (Some(month), true, Some(day)) = (scan.digits(at), scan.is(at + 1, &["/"]), scan.digits(at + 2)) else {
        return;
    };
    if scan.before(at) == "/" || scan.before(at) == "$" {
        return;
    }
    let glued = scan.tokens[at + 1].glued && scan.tokens[at + 2].glued;
    // "1/2 hour" is a length, "24/7" a habit.
    let fraction = scan.is(at + 3, &["hour", "hr", "an", "hours"]) || (month, day) == (24, 7);
    if fraction || !glued || !(0..=99).contains(&month) || !(0..=99).contains(&day) {
        return;
    }
    let mut end = at + 3;
    let mut year = None;
    if scan.is(end, &["/"])
        && let Some(typed) = scan.digits(end + 1)
    {
        year = Some(if typed < 100 { 2000 + typed } else { typed }).and_then(|year| i16::try_from(year).ok());
        end += 2;
    }
    // A month beyond twelve is a day: most of the world says the day first.
    let (month, day) = if month > 12 && (1..=12).contains(&day) { (day, month) } else { (month, day) };
    propose(scan, at, end, calendar::coming(scan.today, year, month, day), out);
}

fn iso(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let part = |index: usize| scan.digits(at + index);
    let (Some(year), Some(month), Some(day)) = (part(0), part(2), part(4)) else { return };
    if scan.is(at + 1, &["-"]) && scan.is(at + 3, &["-"]) && (2000..=2100).contains(&year) {
        propose(scan, at, at + 5, calendar::coming(scan.today, Some(year as i16), month, day), out);
    }
}

/// "march 20", "april 1-5", "april 28 to may 3".
fn named(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(month) = month_number(scan.word(at)) else { return };
    let Some((first, end)) = day(scan, scan.skip(at + 1, &["the"])) else { return };
    // "may 5 people come" and "march 30 minutes" are not dates.
    if scan.is(end, &["minutes", "min", "people", "pm", "am", "$", "dollars"])
        && scan.word(end - 1).parse::<i64>().is_ok()
    {
        return;
    }
    if scan.is(end, &["-", "to", "through", "thru", "until", "and"]) {
        let (second_month, at_day) =
            month_number(scan.word(end + 1)).map_or((month, end + 1), |month| (month, end + 2));
        if let Some((last, stop)) = day(scan, at_day)
            && let (Some(from), Some(to)) = (
                calendar::coming(scan.today, None, i64::from(month), first),
                calendar::coming(scan.today, None, i64::from(second_month), last),
            )
            && from <= to
        {
            push(
                out,
                scan.lead(at, &["from", "between", "for", "on"]),
                stop,
                14,
                Piece::Date(DateWish::Range(from, to)),
            );
        }
    }
    // "nov 20 or 21": the month is said once.
    if scan.is(end, &["or", "&"])
        && let Some((other, stop)) = day(scan, end + 1).filter(|(_, stop)| !scan.is(*stop, &["am", "pm", ":", "/"]))
        && let Some(date) = calendar::coming(scan.today, None, i64::from(month), other)
    {
        push(out, end, stop, 4, Piece::Date(DateWish::Day(date)));
    }
    let (year, end) = year(scan, end).map_or((None, end), |(year, end)| (Some(year), end));
    propose(scan, at, end, calendar::coming(scan.today, year, i64::from(month), first), out);
}

/// "20 march", "5th of may".
fn day_first(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some((value, end)) = day(scan, at) else { return };
    let end = scan.skip(end, &["of"]);
    let Some(month) = month_number(scan.word(end)) else { return };
    if scan.is(end + 1, &["madness"]) || (at > 0 && month_number(scan.word(at - 1)).is_some()) {
        return;
    }
    let (year, stop) = year(scan, end + 1).map_or((None, end + 1), |(year, stop)| (Some(year), stop));
    propose(scan, at, stop, calendar::coming(scan.today, year, i64::from(month), value), out);
}

/// "in may": the month needs its preposition, for "may" and "march" are verbs as well.
fn whole_month(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(month) = month_number(scan.word(at)) else { return };
    let lead = scan.lead(at, &["in", "during", "this", "next", "for", "sometime in", "all of", "over"]);
    let plain = scan.word(at).len() > 4 && scan.word(at) != "march";
    part_of_month(scan, at, at + 1, month, out);
    if lead == at && !plain || scan.digits(at + 1).is_some_and(|value| value < 100) {
        return;
    }
    let year = year(scan, at + 1);
    let end = year.map_or(at + 1, |(_, end)| end);
    // In May, "next may" is a year away.
    let begun = month == scan.today.month() && scan.is(at.wrapping_sub(1), &["next"]);
    let year = year.map(|(year, _)| year).or(begun.then_some(scan.today.year() + 1));
    if let Some((from, to)) = calendar::month(scan.today, year, month) {
        push(out, lead, end, 4, Piece::Date(DateWish::Range(from, to)));
        // "starting in january", "after june": only where the month itself is sure.
        bounded(scan, lead, end, DateWish::Range(from, to), out);
    }
}

/// "early december", "mid june", "the last week of march".
fn part_of_month(scan: &Scan, at: usize, stop: usize, month: i8, out: &mut Vec<Candidate>) {
    const PARTS: &[(&[&str], i8, i8)] = &[
        (&["early", "early in", "in early"], 1, 10),
        (&["start of", "beginning of", "first week of", "first week in", "first of"], 1, 7),
        (&["mid", "in mid", "middle of"], 11, 20),
        (&["late", "late in", "in late"], 21, 31),
        (&["end of", "last week of", "last week in"], 25, 31),
    ];
    for (words, first, last) in PARTS {
        let from = scan.lead(at, words);
        let Some((begin, end)) = calendar::part_of_month(scan.today, month, *first, *last).filter(|_| from < at) else {
            continue;
        };
        let lead = scan.lead(from, &["in", "at", "the", "at the", "by the", "in the", "towards the", "during the"]);
        push(out, lead, stop, 10, Piece::Date(DateWish::Range(begin, end)));
    }
}

/// "the 5th": the next day of the month with that number.
fn ordinal_only(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some((value, end)) = day(scan, at).filter(|(_, end)| *end == at + 2) else { return };
    let lead = scan.lead(at, &["the", "on the", "by the", "for the"]);
    // "wed 18th" needs no article.
    let of_day = at > 0 && day_name(scan.word(at - 1)).is_some();
    if (lead < at || of_day)
        && !scan.is(end, &["grade", "grader", "street", "st", "avenue", "ave", "floor", "birthday", "of"])
    {
        let date = calendar::coming_day(scan.today, value);
        propose(scan, at, end, date, out);
    }
}

/// Short names of months, which a speller must not take for mistakes.
pub const SHORT_MONTHS: &[&str] =
    &["jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"];
