//! Weekdays by their first letters, as timetables write them: "m/w/f", "tu/th", "mwf", "m-f".
// rule: 40§15 dates

use super::calendar;
use super::date::day_name;
use super::piece::{Candidate, DateWish, Piece};
use super::scan::{Scan, push};
use super::token::TokenKind;
use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

const WORDS: &[(&str, &[Weekday])] = &[
    ("mwf", &[Monday, Wednesday, Friday]),
    ("mw", &[Monday, Wednesday]),
    ("tth", &[Tuesday, Thursday]),
    ("tuth", &[Tuesday, Thursday]),
    ("mtwthf", &[Monday, Tuesday, Wednesday, Thursday, Friday]),
    ("mtwrf", &[Monday, Tuesday, Wednesday, Thursday, Friday]),
];

/// Proposes the weekdays written so at `at`.
pub fn recognise_at(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let beside_number = at > 0 && scan.tokens[at].glued && scan.is_kind(at - 1, TokenKind::Number);
    if beside_number || scan.before(at) == "/" {
        return;
    }
    let word = WORDS.iter().find(|(word, _)| *word == scan.word(at)).map(|(_, days)| (days.to_vec(), at + 1));
    if let Some((days, end)) = word.or_else(|| slashed(scan, at)).or_else(|| dashed(scan, at)) {
        let lead = scan.lead(at, &["on", "every", "for", "available", "only", "each"]);
        push(out, lead, end, 12, Piece::Date(DateWish::Weekdays(days)));
    }
}

fn letter(word: &str) -> Option<Weekday> {
    Some(match word {
        "m" => Monday,
        "t" | "tu" => Tuesday,
        "w" => Wednesday,
        "th" => Thursday,
        "f" => Friday,
        "sa" => Saturday,
        "su" => Sunday,
        _ => return day_name(word).map(|(day, ..)| day),
    })
}

/// "m/w/f": two days or more, in the order of the week, the first by its letter.
fn slashed(scan: &Scan, at: usize) -> Option<(Vec<Weekday>, usize)> {
    let mut days = vec![letter(scan.word(at)).filter(|_| scan.word(at).len() < 3)?];
    let mut end = at + 1;
    while scan.is(end, &["/", "&"])
        && let Some(day) = letter(scan.word(end + 1))
    {
        days.push(day);
        end += 2;
    }
    let ordered = days.windows(2).all(|pair| pair[0].to_monday_zero_offset() < pair[1].to_monday_zero_offset());
    // "m/f" alone asks for men or women.
    (days.len() > 1 && ordered && days != [Monday, Friday]).then_some((days, end))
}

/// "m-f": the hyphen leaves two words without a space.
fn dashed(scan: &Scan, at: usize) -> Option<(Vec<Weekday>, usize)> {
    let first = letter(scan.word(at)).filter(|_| scan.word(at).len() < 3)?;
    let last = letter(scan.word(at + 1)).filter(|_| scan.tokens[at + 1].glued)?;
    let mut days = vec![first];
    days.extend(calendar::days_between(first, last));
    (first.to_monday_zero_offset() < last.to_monday_zero_offset()).then_some((days, at + 2))
}
