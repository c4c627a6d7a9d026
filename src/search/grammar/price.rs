//! Prices: ceilings, floors, ranges, soft targets, and "cheap" or "premium" without a number.
// rule: 40§15 grammar

use super::piece::{Candidate, Piece, PriceIntent, PriceUnit, PriceWish};
use super::scan::{BETWEEN, Scan, push};

const CEILING: &[&str] = &[
    "under",
    "below",
    "less than",
    "lower than",
    "cheaper than",
    "max",
    "maximum",
    "max of",
    "maximum of",
    "up to",
    "upto",
    "at most",
    "no more than",
    "not more than",
    "not over",
    "no higher than",
    "budget of",
    "budget is",
    "my budget is",
    "with a budget of",
    "on a budget of",
    "budget",
    "<",
    "< =",
    "for under",
    "for less than",
    "within",
    "for up to",
    "for max",
    "max price",
    "tops",
];
const FLOOR: &[&str] = &[
    "over",
    "above",
    "more than",
    "at least",
    "minimum",
    "min",
    "minimum of",
    "starting at",
    "upwards of",
    ">",
    "> =",
];
const ABOUT: &[&str] =
    &["around", "about", "approximately", "approx", "roughly", "~", "circa", "close to", "for around", "for about"];
const AT_MOST_AFTER: &[&str] = &[
    "or less",
    "or under",
    "or below",
    "or cheaper",
    "max",
    "maximum",
    "tops",
    "and under",
    "and below",
    "at most",
    "or lower",
    "limit",
    "budget",
];
const AT_LEAST_AFTER: &[&str] =
    &["or more", "and up", "plus", "+", "minimum", "and above", "or above", "or higher", "at least"];
const ABOUT_AFTER: &[&str] = &["or so", "ish", "give or take"];
/// What turns a limit round: "not under", "nothing over", "can't pay more than".
const NOT: &[&str] = &[
    "not",
    "nothing",
    "no",
    "never",
    "cant pay",
    "cant spend",
    "cannot pay",
    "cannot spend",
    "wont pay",
    "wont spend",
    "not pay",
    "not spend",
    "not paying",
    "dont want to pay",
    "dont want to spend",
    "do not want to pay",
    "cant go",
    "cant do",
    "not going",
    "dont pay",
    "not go",
    "cant afford",
    "refuse to pay",
];
/// Words after a bare number that make it something other than money.
const NOT_MONEY: &[&str] = &[
    "min",
    "mins",
    "minute",
    "minutes",
    "hour",
    "hours",
    "hr",
    "hrs",
    "year",
    "years",
    "yr",
    "yrs",
    "yo",
    "y",
    "week",
    "weeks",
    "day",
    "days",
    "month",
    "months",
    "mile",
    "miles",
    "mi",
    "km",
    "kilometers",
    "people",
    "persons",
    "kids",
    "students",
    "children",
    "am",
    "pm",
    "a",
    "p",
    "th",
    "st",
    "nd",
    "rd",
    "lessons",
    "sessions",
    "classes",
    ":",
    "/",
    "times",
    "blocks",
    "grade",
    "oclock",
    "reviews",
    "percent",
];
const BUDGET: &[&str] = &[
    "cheap",
    "budget",
    "affordable",
    "inexpensive",
    "low cost",
    "not too expensive",
    "not expensive",
    "reasonably priced",
    "budget friendly",
    "on a budget",
    "low price",
    "low priced",
    "economical",
    "cheap but good",
    "reasonable price",
    "good value",
    "wont break the bank",
    "doesnt break the bank",
    "without breaking the bank",
    "most affordable",
    "wallet friendly",
    "pocket friendly",
    "not too pricey",
    "not pricey",
    "cost effective",
    "wont cost a fortune",
    "low budget",
    "bargain",
    "cheaply",
];
const PREMIUM: &[&str] =
    &["premium", "luxury", "high end", "top tier", "upscale", "exclusive", "elite", "deluxe", "pricey", "high class"];

/// Proposes prices.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        range(scan, at, out);
        amount_reading(scan, at, out);
        intent(scan, at, out);
    }
}

struct Amount {
    cents: i64,
    end: usize,
    /// A currency sign, word or "per hour" stands beside it.
    money: bool,
    unit: Option<PriceUnit>,
    /// The lesson length the sum is for.
    minutes: Option<u16>,
}

/// Less than this without a sign of money is no price: "1 hr" is a length.
const LEAST_BARE: i64 = 1_000;

fn amount(scan: &Scan, at: usize) -> Option<Amount> {
    let sign = scan.is(at, &["$", "€", "£"]);
    let (cents, len) = scan.number(at + usize::from(sign))?;
    let mut end = at + usize::from(sign) + len;
    let mut money = sign;
    if let Some(len) = scan.longest(end, &["dollars", "dollar", "bucks", "usd", "$", "us dollars", "euros", "quid"]) {
        end += len;
        money = true;
    }
    let mut minutes = None;
    let unit = unit(scan, end).filter(|_| money || cents >= LEAST_BARE).map(|(unit, stop, length)| {
        end = stop;
        money = true;
        minutes = length;
        unit
    });
    (cents > 0).then_some(Amount { cents, end, money, unit, minutes })
}

/// What a sum is for, where its words end, and the length of lesson they name.
fn unit(scan: &Scan, at: usize) -> Option<(PriceUnit, usize, Option<u16>)> {
    const HOUR: &[&str] = &[
        "/ hr",
        "/ hour",
        "/ h",
        "per hour",
        "an hour",
        "a hour",
        "hourly",
        "hr",
        "per hr",
        "each hour",
        "/ hrs",
        "ph",
    ];
    const SESSION: &[&str] = &[
        "/ session",
        "/ lesson",
        "/ class",
        "per session",
        "per lesson",
        "per class",
        "a session",
        "a lesson",
        "a class",
        "each",
        "per visit",
        "each lesson",
    ];
    // "per half hour", "/30min", "every 45 minutes".
    if scan.is(at, &["per", "/", "each", "every", "a"])
        && let Some((length, end)) = super::duration::length(scan, at + usize::from(!scan.is(at, &["a"])))
        && let Ok(length) = u16::try_from(length)
        && length != 60
    {
        return Some((PriceUnit::Session, end, Some(length)));
    }
    if let Some(len) = scan.longest(at, HOUR) {
        return Some((PriceUnit::Hour, at + len, None));
    }
    scan.longest(at, SESSION).map(|len| (PriceUnit::Session, at + len, None))
}

fn amount_reading(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(found) = amount(scan, at) else { return };
    let ceiling = scan.lead(at, CEILING);
    let floor = scan.lead(at, FLOOR);
    let about = scan.lead(at, ABOUT);
    let dearly = found.money || plausible_bare(scan, &found);
    if !dearly {
        return;
    }
    let wish =
        |min, max, target| Piece::Price(PriceWish { min, max, target, unit: found.unit, minutes: found.minutes });
    let cents = Some(found.cents);
    let bonus = if found.money { 14 } else { 2 };
    // "$100 max per session": what the sum is for may stand behind its limit.
    let after = |phrases| {
        let end = found.end + scan.longest(found.end, phrases)?;
        let behind = unit(scan, end).filter(|_| found.unit.is_none());
        let said = behind.map_or((found.unit, end, found.minutes), |(unit, end, minutes)| (Some(unit), end, minutes));
        (!scan.is(end, &["years", "year"])).then_some(said)
    };
    let limit =
        |min, max, target, (unit, end, minutes)| (end, Piece::Price(PriceWish { min, max, target, unit, minutes }));
    if let Some((end, wish)) = after(AT_MOST_AFTER).map(|said| limit(None, cents, None, said)) {
        push(out, ceiling.min(at), end, bonus, wish);
    }
    if let Some((end, wish)) = after(AT_LEAST_AFTER).map(|said| limit(cents, None, None, said)) {
        push(out, at, end, bonus, wish);
    }
    if let Some((end, wish)) = after(ABOUT_AFTER).map(|said| limit(None, None, cents, said)) {
        push(out, about, end, bonus, wish);
    }
    if about < at {
        push(out, about, found.end, bonus, wish(None, None, cents));
    }
    let not = scan.lead(floor, NOT);
    if floor < at && not < floor {
        push(out, not, found.end, bonus + 4, wish(None, cents, None));
    }
    let not = scan.lead(ceiling, NOT);
    if ceiling < at && not < ceiling {
        push(out, not, found.end, bonus + 4, wish(cents, None, None));
    }
    if floor < at && (found.money || !scan.is(at - 1, &["over"]) || !people_near(scan, at)) {
        let floor = scan.lead(floor, &["for", "from"]);
        push(out, floor, found.end, bonus, wish(cents, None, None));
    }
    let from = scan.lead(at, &["from"]);
    if from < at && found.money {
        push(out, from, found.end, bonus - 6, wish(cents, None, None));
    }
    if ceiling < at {
        if !found.money && scan.is(at - 1, &["within"]) {
            return;
        }
        push(out, ceiling, found.end, bonus, wish(None, cents, None));
    } else if found.money {
        // A sum with nothing around it is what somebody is ready to pay.
        push(
            out,
            scan.lead(at, &["for", "at", "paying", "pay", "can pay", "is"]),
            found.end,
            bonus - 2,
            wish(None, cents, None),
        );
    }
}

/// A bare number is money only when it is large enough and nothing beside it says otherwise.
fn plausible_bare(scan: &Scan, found: &Amount) -> bool {
    found.cents >= 2_000 && found.cents < 200_000 && !scan.is(found.end, NOT_MONEY)
}

fn people_near(scan: &Scan, at: usize) -> bool {
    const PEOPLE: &[&str] = &[
        "adults", "adult", "women", "men", "people", "seniors", "anyone", "someone", "somebody", "folks", "age",
        "aged", "ages", "those",
    ];
    (at.saturating_sub(3)..at).any(|index| scan.is(index, PEOPLE))
}

fn range(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let lead = scan.lead(at, &["between", "btw", "btwn", "from", "for", "for between", "priced between"]);
    let between = scan.is(at.wrapping_sub(1), BETWEEN);
    let Some(low) = amount(scan, at) else { return };
    let joint =
        if between { scan.longest(low.end, &["and", "-", "to", "&"]) } else { scan.longest(low.end, &["-", "to"]) };
    let Some(joint) = joint else { return };
    let Some(high) = amount(scan, low.end + joint) else { return };
    let end = high.end;
    // "$60 to $40" is the same range, said from its other end.
    let turned = low.money && high.money && high.cents < low.cents;
    let (low, high) = if turned { (high, low) } else { (low, high) };
    let money = low.money || high.money;
    let bare = plausible_bare(scan, &high) && low.cents >= 2_000;
    // "212-555-0100" is somebody's telephone.
    let telephone = scan.is(end, &["-"]) && scan.digits(end + 1).is_some();
    if telephone || !(money || bare) || high.cents <= low.cents || (!money && people_near(scan, at)) {
        return;
    }
    let wish = PriceWish {
        min: Some(low.cents),
        max: Some(high.cents),
        target: None,
        unit: high.unit.or(low.unit),
        minutes: high.minutes,
    };
    push(out, lead, end, if money { 16 } else { 4 }, Piece::Price(wish));
}

fn intent(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    if let Some(len) = scan.longest(at, BUDGET) {
        push(out, at, at + len, 0, Piece::Intent(PriceIntent::Budget));
    }
    if let Some(len) = scan.longest(at, PREMIUM) {
        push(out, at, at + len, 0, Piece::Intent(PriceIntent::Premium));
    }
    // "top" of something else is no price: "top rope", "top rated".
    if scan.is(at, &["top"]) && (scan.in_topic(at + 1) || super::words::is_generic(scan.word(at + 1))) {
        push(out, at, at + 1, 0, Piece::Intent(PriceIntent::Premium));
    }
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [CEILING, FLOOR, ABOUT, AT_MOST_AFTER, AT_LEAST_AFTER, ABOUT_AFTER, BUDGET, PREMIUM, NOT, NOT_MONEY]
        .into_iter()
        .flatten()
        .copied()
}
