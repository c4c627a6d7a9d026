//! Filters beside the sentence: a plain form that leads to the next address.

use maud::{Markup, html};

use super::params::SearchParams;
use crate::base::price::Place;
use crate::base::text;
use crate::base::time::{WallTime, fmt_clock};
use crate::search::find::{Facets, Found, LENGTHS, RATINGS};
use crate::search::grammar::{Audience, LessonType, Level, Parsed, Sort, Venue};
use crate::web::components::{Button, Choice, Field, Icon, Pick, button, field, icon, picks, select, unfold};

const FORMATS: [&str; 3] = ["student_home", "instructor_place", "online"];
const PEOPLE: [(&str, &str); 5] =
    [("toddler", "Toddlers"), ("kids", "Children"), ("teens", "Teens"), ("adults", "Adults"), ("seniors", "Seniors")];

/// The fold with the filter form. What the sentence says is shown as set; the form overrides it.
pub fn filters(params: &SearchParams, parsed: &Parsed, found: &Found) -> Markup {
    let (total, facets) = (found.total, found.facets.as_ref());
    let show = if total == 0 {
        "Show who fits".to_owned()
    } else {
        format!("Show {}", text::count(total, "instructor", "instructors"))
    };
    unfold(
        html! { (icon(Icon::Filter)) " Filters" },
        html! {
            form.stack action="/search" {
                input type="hidden" name="q" value=(params.q);
                @if !params.sort.is_empty() { input type="hidden" name="sort" value=(params.sort); }
                (lengths(parsed, facets))
                (formats(parsed, facets))
                (people(parsed, facets))
                (levels(parsed, facets))
                (ratings(params, facets))
                (field(&Field { name: "date", label: "Day", kind: "date", value: &day(params, parsed), ..Field::default() }))
                (hours("after", "Not before", parsed.time_after))
                (hours("before", "Done by", parsed.time_before))
                (field(&Field { name: "max", label: "Highest hourly rate", value: &most(params, parsed), inputmode: "decimal", ..Field::default() }))
                (button(&Button::line(&show).wide()))
                @if params.filtered() { p.small { a href=(SearchParams::of(&params.q)) { "Clear the filters" } } }
            }
        },
        false,
    )
}

/// A choice with how many stand behind it, as long as nothing of its kind is chosen.
fn counted(choice: Choice, open: bool, count: Option<usize>) -> Choice {
    match count.filter(|_| open) {
        Some(count) => choice.count(count),
        None => choice,
    }
}

fn lengths(parsed: &Parsed, facets: Option<&Facets>) -> Markup {
    let open = parsed.duration_minutes.is_none();
    let choice = |(at, minutes): (usize, &u16)| {
        let set = parsed.duration_minutes == Some(*minutes);
        let choice = Choice::new(minutes.to_string(), format!("{minutes} min"), set);
        counted(choice, open, facets.map(|facets| facets.lengths[at]))
    };
    let mut choices: Vec<Choice> =
        std::iter::once(Choice::new("", "Any", open)).chain(LENGTHS.iter().enumerate().map(choice)).collect();
    if let Some(minutes) = parsed.duration_minutes.filter(|minutes| !LENGTHS.contains(minutes)) {
        choices.push(Choice::new(minutes.to_string(), format!("{minutes} min"), true));
    }
    picks(Pick::One, &Field { name: "minutes", label: "How long", ..Field::default() }, &choices)
}

fn formats(parsed: &Parsed, facets: Option<&Facets>) -> Markup {
    let set = match (parsed.place, parsed.lesson_type) {
        (Some(Venue::StudentHome), _) => "student_home",
        (Some(Venue::InstructorPlace), _) => "instructor_place",
        (None, Some(lesson)) => lesson.name(),
        (None, None) => "",
    };
    let mut choices = vec![Choice::new("", "Anywhere", set.is_empty() || set == "any")];
    let open = parsed.place.is_none() && parsed.lesson_type.is_none_or(|lesson| lesson == LessonType::Any);
    let people = |format: &str| {
        let place = match format {
            "student_home" => Place::StudentHome,
            "instructor_place" => Place::InstructorLocation,
            _ => Place::Remote,
        };
        facets.map(|facets| facets.places[place as usize])
    };
    choices.extend(
        FORMATS
            .iter()
            .map(|format| counted(Choice::new(*format, format_label(format), set == *format), open, people(format))),
    );
    if set == "in_person" {
        choices.push(Choice::new("in_person", format_label("in_person"), true));
    }
    picks(Pick::One, &Field { name: "format", label: "Where", ..Field::default() }, &choices)
}

/// A kind of place as people say it.
pub fn format_label(format: &str) -> &'static str {
    match format {
        "student_home" => "At your place",
        "instructor_place" => "At theirs",
        "online" => "Online",
        "in_person" => "In person",
        _ => "Anywhere",
    }
}

fn people(parsed: &Parsed, facets: Option<&Facets>) -> Markup {
    let set = parsed.audience.map_or("", Audience::name);
    let mut choices = vec![Choice::new("", "Anybody", set.is_empty())];
    choices.extend(PEOPLE.iter().enumerate().map(|(at, (value, label))| {
        let choice = Choice::new(*value, *label, set == *value);
        counted(choice, set.is_empty(), facets.map(|facets| facets.ages[at]))
    }));
    picks(Pick::One, &Field { name: "for", label: "For", ..Field::default() }, &choices)
}

fn levels(parsed: &Parsed, facets: Option<&Facets>) -> Markup {
    const LEVELS: [(&str, &str); 3] =
        [("beginner", "Beginner"), ("intermediate", "Intermediate"), ("advanced", "Advanced")];
    let set = parsed.skill_level.map_or("", Level::name);
    let mut choices = vec![Choice::new("", "Any", set.is_empty())];
    choices.extend(LEVELS.iter().enumerate().map(|(at, (value, label))| {
        let choice = Choice::new(*value, *label, set == *value);
        counted(choice, set.is_empty(), facets.map(|facets| facets.levels[at]))
    }));
    picks(Pick::One, &Field { name: "level", label: "Level", ..Field::default() }, &choices)
}

fn ratings(params: &SearchParams, facets: Option<&Facets>) -> Markup {
    let set = params.tenths();
    let mut choices = vec![Choice::new("", "Any", set.is_none())];
    choices.extend(RATINGS.iter().enumerate().map(|(at, tenths)| {
        let stars = f64::from(*tenths) / 10.0;
        let choice = Choice::new(stars.to_string(), format!("{stars} and up"), set == Some(*tenths));
        counted(choice, set.is_none(), facets.map(|facets| facets.ratings[at]))
    }));
    picks(Pick::One, &Field { name: "rating", label: "Rating", ..Field::default() }, &choices)
}

/// One bound of the time of day: whole hours, and whatever else the sentence said.
fn hours(name: &'static str, label: &'static str, set: Option<WallTime>) -> Markup {
    let value = |time: WallTime| time.to_string();
    let mut choices = vec![Choice::new("", "Any time", set.is_none())];
    let mut times: Vec<WallTime> = (6..=23).map(|hour| WallTime::clamped(hour * 60)).chain(set).collect();
    times.sort();
    times.dedup();
    choices.extend(times.into_iter().map(|time| Choice::new(value(time), fmt_clock(time), set == Some(time))));
    select(&Field { name, label, ..Field::default() }, &choices)
}

fn day(params: &SearchParams, parsed: &Parsed) -> String {
    if params.date.is_empty() {
        parsed.date.map(|date| date.to_string()).unwrap_or_default()
    } else {
        params.date.clone()
    }
}

fn most(params: &SearchParams, parsed: &Parsed) -> String {
    let said =
        || parsed.price_max_cents.map(|cents| crate::base::money::Cents(cents).dollars_short()).unwrap_or_default();
    if params.max.is_empty() { said() } else { params.max.clone() }
}

/// The order of the results: a small form of its own.
pub fn order(params: &SearchParams, set: Option<Sort>) -> Markup {
    const ORDERS: [(&str, &str); 6] = [
        ("", "Best match"),
        ("soonest", "Earliest time"),
        ("price_asc", "Lowest price"),
        ("price_desc", "Highest price"),
        ("rating_desc", "Best rated"),
        ("distance", "Nearest"),
    ];
    let set = set.map_or("", Sort::name);
    let hidden = [
        ("q", &params.q),
        ("minutes", &params.minutes),
        ("format", &params.format),
        ("for", &params.audience),
        ("level", &params.level),
        ("max", &params.max),
        ("date", &params.date),
        ("after", &params.after),
        ("before", &params.before),
        ("rating", &params.rating),
    ];
    html! {
        form.row.small action="/search" {
            @for (name, value) in hidden.iter().filter(|(_, value)| !value.is_empty()) { input type="hidden" name=(name) value=(value); }
            label for="sort" { "Order" }
            select.in.in--s.find__sort id="sort" name="sort" {
                @for (value, label) in ORDERS { option value=(value) selected[value == set] { (label) } }
            }
            (button(&Button::line("Sort").small()))
        }
    }
}
