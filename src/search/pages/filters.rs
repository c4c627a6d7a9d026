//! Filters beside the sentence: a plain form that leads to the next address.

use maud::{Markup, html};

use super::params::SearchParams;
use crate::base::text;
use crate::base::time::{WallTime, fmt_clock};
use crate::search::grammar::{Audience, Level, Parsed, Sort, Venue};
use crate::web::components::{Button, Choice, Field, Icon, Pick, button, field, icon, picks, select, unfold};

const LENGTHS: [u16; 4] = [30, 45, 60, 90];
const FORMATS: [&str; 3] = ["student_home", "instructor_place", "online"];
const PEOPLE: [(&str, &str); 5] =
    [("toddler", "Toddlers"), ("kids", "Children"), ("teens", "Teens"), ("adults", "Adults"), ("seniors", "Seniors")];

/// The fold with the filter form. What the sentence says is shown as set; the form overrides it.
pub fn filters(params: &SearchParams, parsed: &Parsed, total: usize) -> Markup {
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
                (lengths(parsed))
                (formats(parsed))
                (people(parsed))
                (levels(parsed))
                (field(&Field { name: "date", label: "Day", kind: "date", value: &day(params, parsed), ..Field::default() }))
                (hours("after", "Not before", parsed.time_after))
                (hours("before", "Done by", parsed.time_before))
                (field(&Field { name: "max", label: "Highest hourly rate", value: &most(params, parsed), inputmode: "decimal", ..Field::default() }))
                (button(&Button::line(&show).wide()))
            }
        },
        false,
    )
}

fn lengths(parsed: &Parsed) -> Markup {
    let choice = |minutes: &u16| {
        Choice::new(minutes.to_string(), format!("{minutes} min"), parsed.duration_minutes == Some(*minutes))
    };
    let choices: Vec<Choice> = std::iter::once(Choice::new("", "Any", parsed.duration_minutes.is_none()))
        .chain(LENGTHS.iter().map(choice))
        .collect();
    picks(Pick::One, &Field { name: "minutes", label: "How long", ..Field::default() }, &choices)
}

fn formats(parsed: &Parsed) -> Markup {
    let set = match (parsed.place, parsed.lesson_type) {
        (Some(Venue::StudentHome), _) => "student_home",
        (Some(Venue::InstructorPlace), _) => "instructor_place",
        (None, Some(lesson)) => lesson.name(),
        (None, None) => "",
    };
    let mut choices = vec![Choice::new("", "Anywhere", set.is_empty() || set == "any")];
    choices.extend(FORMATS.iter().map(|format| Choice::new(*format, format_label(format), set == *format)));
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

fn people(parsed: &Parsed) -> Markup {
    let set = parsed.audience.map_or("", Audience::name);
    let mut choices = vec![Choice::new("", "Anybody", set.is_empty())];
    choices.extend(PEOPLE.iter().map(|(value, label)| Choice::new(*value, *label, set == *value)));
    picks(Pick::One, &Field { name: "for", label: "For", ..Field::default() }, &choices)
}

fn levels(parsed: &Parsed) -> Markup {
    const LEVELS: [(&str, &str); 3] =
        [("beginner", "Beginner"), ("intermediate", "Intermediate"), ("advanced", "Advanced")];
    let set = parsed.skill_level.map_or("", Level::name);
    let mut choices = vec![Choice::new("", "Any", set.is_empty())];
    choices.extend(LEVELS.iter().map(|(value, label)| Choice::new(*value, *label, set == *value)));
    picks(Pick::One, &Field { name: "level", label: "Level", ..Field::default() }, &choices)
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
