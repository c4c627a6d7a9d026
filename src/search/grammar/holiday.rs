//! Days that have a name: "on thanksgiving", "new year's eve", "labor day weekend", "over christmas break", "this summer".
//! A name that is also what a lesson is about ("christmas carols", "easter cakes") is a day only in company.
// rule: 40§15 dates

use super::calendar::{self, plus};
use super::date::bounded;
use super::piece::{Candidate, DateWish, Piece};
use super::scan::{Scan, push};
use jiff::civil::{Date, Weekday};

/// How the date of a named day is found in a year.
#[derive(Clone, Copy)]
enum Rule {
    Fixed(i8, i8),
    /// The nth such weekday of a month (−1 is its last), and so many days later.
    Nth(i8, Weekday, i8, i64),
    /// So many days after Easter Sunday.
    Easter(i64),
}

use Rule::{Easter, Fixed, Nth};
use Weekday::{Monday, Sunday, Thursday};

/// Names that are surely days.
const DAYS: &[(&str, Rule)] = &[
    ("new years eve", Fixed(12, 31)),
    ("new years day", Fixed(1, 1)),
    ("mlk day", Nth(1, Monday, 3, 0)),
    ("martin luther king day", Nth(1, Monday, 3, 0)),
    ("valentines day", Fixed(2, 14)),
    ("presidents day", Nth(2, Monday, 3, 0)),
    ("st patricks day", Fixed(3, 17)),
    ("good friday", Easter(-2)),
    ("easter sunday", Easter(0)),
    ("easter monday", Easter(1)),
    ("mothers day", Nth(5, Sunday, 2, 0)),
    ("memorial day", Nth(5, Monday, -1, 0)),
    ("fathers day", Nth(6, Sunday, 3, 0)),
    ("july 4 th", Fixed(7, 4)),
    ("4 th of july", Fixed(7, 4)),
    ("fourth of july", Fixed(7, 4)),
    ("independence day", Fixed(7, 4)),
    ("labor day", Nth(9, Monday, 1, 0)),
    ("labour day", Nth(9, Monday, 1, 0)),
    ("columbus day", Nth(10, Monday, 2, 0)),
    ("indigenous peoples day", Nth(10, Monday, 2, 0)),
    ("election day", Nth(11, Monday, 1, 1)),
    ("veterans day", Fixed(11, 11)),
    ("thanksgiving day", Nth(11, Thursday, 4, 0)),
    ("black friday", Nth(11, Thursday, 4, 1)),
    ("christmas eve", Fixed(12, 24)),
    ("christmas day", Fixed(12, 25)),
    ("xmas eve", Fixed(12, 24)),
];
/// Names that need company to be days.
const NAMES: &[(&str, Rule)] = &[
    ("new year", Fixed(1, 1)),
    ("new years", Fixed(1, 1)),
    ("the new year", Fixed(1, 1)),
    ("valentines", Fixed(2, 14)),
    ("easter", Easter(0)),
    ("juneteenth", Fixed(6, 19)),
    ("halloween", Fixed(10, 31)),
    ("thanksgiving", Nth(11, Thursday, 4, 0)),
    ("christmas", Fixed(12, 25)),
    ("xmas", Fixed(12, 25)),
];
const COMPANY: &[&str] = &["on", "over", "during", "around", "at", "this", "next", "the day of"];
const FREE: &[&str] = &["christmas", "xmas", "winter", "holiday"];

/// Proposes the named days that begin at `at`.
pub fn recognise_at(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    days_off(scan, at, out);
    season(scan, at, out);
    let named = |names: &'static [(&str, Rule)]| {
        let here = names.iter().filter_map(|(name, rule)| Some((scan.phrase(at, name)?, *rule)));
        here.max_by_key(|(len, _)| *len)
    };
    let (sure, name) = (named(DAYS), named(NAMES));
    let Some((len, rule)) = sure.or(name) else { return };
    let end = at + len;
    let Some(date) = coming(scan.today, rule) else { return };
    let lead = scan.lead(at, COMPANY);
    if scan.is(end, &["weekend"]) {
        let (from, to) = weekend_of(date);
        let wish = DateWish::Range(from.max(scan.today), to);
        push(out, scan.lead(lead, &["on", "over"]), end + 1, 14, Piece::Date(wish.clone()));
        return bounded(scan, at, end + 1, wish, out);
    }
    // "between thanksgiving and christmas": either end of a span.
    let span = scan.is(at.wrapping_sub(1), &["between"])
        || scan.is(at.wrapping_sub(1), &["and", "to", "until", "till", "through"])
            && (at.saturating_sub(6)..at).any(|index| scan.is(index, &["between", "from"]));
    let followed = scan.is(end, &["morning", "afternoon", "evening", "night", "itself"]);
    let wish = DateWish::Day(date);
    if sure.is_some() {
        push(out, scan.lead(lead, &["for"]).min(lead), end, 10, Piece::Date(wish.clone()));
    } else if lead < at || followed || span || end == scan.len() && scan.topic_elsewhere(at, end) {
        push(out, lead, end, 10, Piece::Date(wish.clone()));
    }
    bounded(scan, at, end, wish, out);
}

/// The coming day of that name.
fn coming(today: Date, rule: Rule) -> Option<Date> {
    let on = |year: i16| match rule {
        Fixed(month, day) => Date::new(year, month, day).ok(),
        Nth(month, day, nth, later) => {
            let first = Date::new(year, month, 1).ok()?;
            first.nth_weekday_of_month(nth, day).ok().map(|date| plus(date, later))
        }
        Easter(later) => easter(year).map(|date| plus(date, later)),
    };
    [today.year(), today.year() + 1].into_iter().filter_map(on).find(|date| *date >= today)
}

/// Easter Sunday of a year, by the rule of Gauss as Butcher wrote it down.
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let n = h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114;
    Date::new(i16::try_from(year).ok()?, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

/// The weekend a named day makes long, or the one nearest to it.
fn weekend_of(date: Date) -> (Date, Date) {
    match date.weekday() {
        Weekday::Thursday => (date, plus(date, 3)),
        Weekday::Friday => (date, plus(date, 2)),
        Weekday::Saturday => (date, plus(date, 1)),
        Weekday::Sunday => (plus(date, -1), date),
        Weekday::Monday => (plus(date, -2), date),
        Weekday::Tuesday => (plus(date, -3), plus(date, -2)),
        Weekday::Wednesday => (plus(date, 3), plus(date, 4)),
    }
}

/// "christmas break", "over the holidays": the days schools are closed around Christmas.
fn days_off(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let lead = scan.lead(at, &["over", "over the", "during", "during the", "on", "in the", "for", "for the"]);
    let named = scan.is(at, FREE) && scan.is(at + 1, &["break", "holidays", "vacation", "recess", "hols"]);
    let len = match named {
        true => 2,
        false if scan.is(at, &["holidays"]) && lead < at => 1,
        false => return,
    };
    // They reach into the new year: on the second of them they are these, not those of a year later.
    let first = coming(plus(scan.today, -8), Fixed(12, 24));
    let Some(first) = first else { return };
    let wish = DateWish::Range(first.max(scan.today), plus(first, 8));
    push(out, lead, at + len, 12, Piece::Date(wish.clone()));
    bounded(scan, at, at + len, wish, out);
}

/// "this summer", "in the fall": what is left of the season, by whole months.
fn season(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let first = match scan.word(at) {
        "spring" => 3,
        "summer" => 6,
        "fall" | "autumn" => 9,
        "winter" => 12,
        _ => return,
    };
    let lead = scan.lead(at, &["this", "next", "in the", "over the", "during the", "this coming"]);
    if lead == at || scan.is(at + 1, &["break", "camp", "camps", "school", "semester", "term", "olympics", "squash"]) {
        return;
    }
    let seasons = [scan.today.year() - 1, scan.today.year(), scan.today.year() + 1].into_iter().filter_map(|year| {
        let begin = Date::new(year, first, 1).ok()?;
        let last = begin.checked_add(jiff::Span::new().months(2)).ok()?.last_of_month();
        (last >= scan.today).then_some((begin, last))
    });
    // Of a season that has begun "next" is the one after.
    let next = scan.is(at.wrapping_sub(1), &["next"]);
    let mut seasons = seasons.filter(|(begin, _)| !next || *begin > scan.today);
    if let Some((from, to)) = seasons.next().map(|(begin, last)| (begin.max(scan.today), last)) {
        push(out, lead, at + 1, 10, Piece::Date(DateWish::Range(from, to)));
    }
}

/// "the week of": Monday to Sunday around a day.
pub fn week_of(today: Date, day: Date) -> (Date, Date) {
    let monday = calendar::monday(day);
    (monday.max(today.min(day)), plus(monday, 6))
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    DAYS.iter().chain(NAMES).map(|(name, _)| *name).chain(["break", "vacation", "summer", "winter", "spring", "autumn"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_days_fall_where_the_calendar_says() {
        let on = |name: &str, today: &str| {
            let all = DAYS.iter().chain(NAMES);
            let rule = all.clone().find(|(known, _)| *known == name).unwrap().1;
            coming(today.parse().unwrap(), rule).unwrap().to_string()
        };
        for (name, today, expected) in [
            ("thanksgiving", "2026-11-10", "2026-11-26"),
            ("thanksgiving", "2026-11-26", "2026-11-26"),
            ("thanksgiving", "2026-11-27", "2027-11-25"),
            ("black friday", "2024-01-01", "2024-11-29"),
            ("labor day", "2026-11-10", "2027-09-06"),
            ("memorial day", "2026-01-01", "2026-05-25"),
            ("mlk day", "2026-01-01", "2026-01-19"),
            ("election day", "2027-01-01", "2027-11-02"),
            ("easter", "2026-01-01", "2026-04-05"),
            ("easter", "2024-01-01", "2024-03-31"),
            ("easter", "2038-01-01", "2038-04-25"),
            ("good friday", "2027-01-01", "2027-03-26"),
            ("new years day", "2026-11-10", "2027-01-01"),
        ] {
            assert_eq!(on(name, today), expected, "{name} from {today}");
        }
    }
}
