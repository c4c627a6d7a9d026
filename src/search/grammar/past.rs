//! Days that are over: "yesterday", "last monday". Nobody can book them, and no other day was asked for.
// rule: 40§15 dates, impossible → ignored with a notice

use super::date::day_name;
use super::piece::{Candidate, DateWish, Piece};
use super::scan::{Scan, push};

const OVER: [&str; 3] = ["day before yesterday", "the day before yesterday", "yesterday"];
const SPANS: [&str; 3] = ["week", "weekend", "night"];

/// Proposes what is over, and with it that no day was said.
pub fn recognise_at(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let lead = scan.lead(at, &["on", "for"]);
    if let Some(len) = scan.longest(at, &OVER) {
        return push(out, lead, at + len, 12, Piece::Date(DateWish::Impossible));
    }
    let over = scan.is(at, &["last", "past"]);
    let span = day_name(scan.word(at + 1)).is_some() || scan.is(at + 1, &SPANS);
    // "the last friday of the month" is yet to come.
    let to_come = scan.is(at + 2, &["of", "in", "before"]);
    if over && span && !to_come {
        push(out, lead, at + 2, 12, Piece::Date(DateWish::Impossible));
    }
}
