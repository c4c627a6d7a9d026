//! A chip for each thing that was read, so a person sees what we understood and can take it back.

use super::assemble::span;
use super::parsed::{Chip, Parsed};
use super::piece::{
    Audience, Candidate, DateWish, LessonType, Level, Piece, PlaceWish, PriceIntent, PriceUnit, PriceWish, Sort, Topic,
    Urgency, Venue,
};
use super::token::Token;
use super::topics::Wanted;
use crate::base::money::Cents;
use crate::base::time::{WallTime, fmt_clock, fmt_date};

/// Chips in text order. Topics are labelled by whoever holds the catalogue.
pub fn label(tokens: &[Token], chosen: &[Candidate], wanted: &Wanted, parsed: &Parsed) -> Vec<Chip> {
    let mut chips: Vec<Chip> = Vec::new();
    for candidate in chosen {
        // "spanish guitar" is a guitar: the word that only says what kind is no wish of its own.
        if matches!(candidate.piece, Piece::Topic(_)) && !wanted.from.contains(&candidate.from) {
            continue;
        }
        let Some((kind, value, label)) = describe(&candidate.piece, parsed) else { continue };
        let confidence = candidate.confidence();
        chips.push(Chip {
            kind: kind.to_owned(),
            value,
            label,
            span: span(tokens, candidate.from, candidate.to),
            confidence,
        });
    }
    chips
}

fn describe(piece: &Piece, parsed: &Parsed) -> Option<(&'static str, String, String)> {
    let same = |kind, text: String| Some((kind, text.clone(), text));
    match piece {
        Piece::Price(wish) => Some(("price", price_value(wish), price_label(wish, parsed.price_unit))),
        Piece::Intent(intent) if parsed.price_intent == Some(*intent) => {
            let label = if *intent == PriceIntent::Budget { "good value" } else { "premium" };
            Some(("price", intent.name().to_owned(), label.to_owned()))
        }
        Piece::Age { from, to } => Some(("audience", age_value(*from, *to), age_label(*from, *to))),
        Piece::Audience(audience) => {
            Some(("audience", audience.name().to_owned(), audience_label(*audience).to_owned()))
        }
        Piece::Grade(grade) => Some((
            "grade",
            grade.to_string(),
            if *grade == 0 { "kindergarten".to_owned() } else { format!("grade {grade}") },
        )),
        Piece::Level(level) => Some(("level", level.name().to_owned(), level_label(*level).to_owned())),
        Piece::Duration(minutes) => Some(("duration", minutes.to_string(), format!("{minutes} min"))),
        Piece::Date(wish) => date(wish, parsed),
        Piece::Time(_) => Some(("time", time_value(parsed), time_label(parsed))),
        Piece::Place(PlaceWish::NearMe) => Some(("place", "near_me".to_owned(), "near me".to_owned())),
        Piece::Place(PlaceWish::Known { names, .. }) => Some(("place", names.join("|"), place_label(names))),
        Piece::Place(PlaceWish::Unknown { said, sure: true }) => same("place", said.clone()),
        Piece::Place(PlaceWish::Not { names, .. }) => {
            Some(("place", names.join("|"), format!("not in {}", names.join(" or "))))
        }
        Piece::Radius { hundredth_miles, .. } => {
            let miles = f64::from(*hundredth_miles) / 100.0;
            Some(("radius", miles.to_string(), format!("within {miles} mi")))
        }
        Piece::Lesson(lesson) => Some(("format", lesson.name().to_owned(), lesson_label(*lesson).to_owned())),
        Piece::Venue(venue) => Some(("format", venue.name().to_owned(), venue_label(*venue).to_owned())),
        Piece::Language(language) => Some(("language", language.clone(), format!("in {language}"))),
        Piece::Group(1) => Some(("group", "1".to_owned(), "one on one".to_owned())),
        Piece::Group(size) => Some(("group", size.to_string(), format!("{size} people"))),
        Piece::Sort(sort) => Some(("sort", sort.name().to_owned(), sort_label(*sort).to_owned())),
        Piece::Urgency(urgency) => Some((
            "urgency",
            urgency.name().to_owned(),
            if *urgency == Urgency::High { "as soon as possible" } else { "soon" }.to_owned(),
        )),
        Piece::Filter { key, value } => Some(("filter", format!("{key}:{value}"), value.replace('_', " "))),
        Piece::Topic(topic) => same("topic", indexes(std::slice::from_ref(topic))),
        Piece::Exclude(topics) => same("exclude", indexes(topics)),
        Piece::Intent(_) | Piece::Place(_) | Piece::Soft | Piece::Filler => None,
    }
}

/// Catalogue indexes; whoever holds the catalogue puts names in their place.
fn indexes(topics: &[Topic]) -> String {
    topics.iter().flat_map(|topic| &topic.services).map(usize::to_string).collect::<Vec<_>>().join(",")
}

fn dollars(cents: i64) -> String {
    let text = Cents(cents).dollars();
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

fn price_value(wish: &PriceWish) -> String {
    let part = |name: &str, cents: Option<i64>| cents.map(|cents| format!("{name}:{cents}"));
    [part("min", wish.min), part("max", wish.max), part("target", wish.target)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(",")
}

fn price_label(wish: &PriceWish, unit: Option<PriceUnit>) -> String {
    let unit = if unit == Some(PriceUnit::Session) { "a lesson" } else { "an hour" };
    match (wish.min, wish.max, wish.target) {
        (Some(min), Some(max), _) => format!("{} to {} {unit}", dollars(min), dollars(max)),
        (Some(min), None, _) => format!("from {} {unit}", dollars(min)),
        (None, Some(max), _) => format!("up to {} {unit}", dollars(max)),
        (None, None, Some(target)) => format!("about {} {unit}", dollars(target)),
        (None, None, None) => String::new(),
    }
}

fn age_value(from: Option<u8>, to: Option<u8>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from}-{to}"),
        (Some(age), None) => age.to_string(),
        (None, Some(to)) => format!("-{to}"),
        (None, None) => String::new(),
    }
}

fn age_label(from: Option<u8>, to: Option<u8>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("ages {from} to {to}"),
        (Some(age), None) => format!("age {age}"),
        (None, Some(to)) => format!("under {to}"),
        (None, None) => String::new(),
    }
}

pub fn audience_label(audience: Audience) -> &'static str {
    match audience {
        Audience::Toddler => "toddlers",
        Audience::Kids => "children",
        Audience::Teens => "teens",
        Audience::Adults => "adults",
        Audience::Seniors => "seniors",
    }
}

pub fn level_label(level: Level) -> &'static str {
    level.name()
}

fn lesson_label(lesson: LessonType) -> &'static str {
    match lesson {
        LessonType::Online => "online",
        LessonType::InPerson => "in person",
        LessonType::Any => "online or in person",
    }
}

fn venue_label(venue: Venue) -> &'static str {
    match venue {
        Venue::StudentHome => "at your place",
        Venue::InstructorPlace => "at the instructor's place",
    }
}

fn sort_label(sort: Sort) -> &'static str {
    match sort {
        Sort::PriceAsc => "lowest price first",
        Sort::PriceDesc => "highest price first",
        Sort::RatingDesc => "best rated first",
        Sort::Distance => "nearest first",
        Sort::Soonest => "earliest first",
    }
}

/// One name, or the first of several with the count of the rest.
fn place_label(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn date(wish: &DateWish, parsed: &Parsed) -> Option<(&'static str, String, String)> {
    if let DateWish::Impossible = wish {
        return None;
    }
    if let Some(date) = parsed.date {
        return Some(("date", date.to_string(), fmt_date(date)));
    }
    if !parsed.weekdays.is_empty()
        && matches!(
            wish,
            DateWish::Weekdays(_) | DateWish::NotWeekdays(_) | DateWish::Weeknights | DateWish::Weekday { .. }
        )
    {
        return Some(("date", parsed.weekdays.join(","), parsed.weekdays.join(", ")));
    }
    let value = format!(
        "{}..{}",
        parsed.date_from.map(|d| d.to_string()).unwrap_or_default(),
        parsed.date_to.map(|d| d.to_string()).unwrap_or_default()
    );
    let label = match (parsed.date_from, parsed.date_to) {
        (Some(from), Some(to)) if from == to => fmt_date(from),
        (Some(from), Some(to)) => format!("{} to {}", fmt_date(from), fmt_date(to)),
        (Some(from), None) => format!("from {}", fmt_date(from)),
        (None, Some(to)) => format!("until {}", fmt_date(to)),
        (None, None) => return None,
    };
    Some(("date", value, label))
}

fn time_value(parsed: &Parsed) -> String {
    let text = |time: Option<WallTime>| time.map(|time| time.to_string()).unwrap_or_default();
    format!("{}-{}", text(parsed.time_after), text(parsed.time_before))
}

fn time_label(parsed: &Parsed) -> String {
    match (parsed.time_after, parsed.time_before) {
        (Some(after), Some(before)) => format!("{} to {}", fmt_clock(after), fmt_clock(before)),
        (Some(after), None) => format!("after {}", fmt_clock(after)),
        (None, Some(before)) => format!("done by {}", fmt_clock(before)),
        (None, None) => String::new(),
    }
}
