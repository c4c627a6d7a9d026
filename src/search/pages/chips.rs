//! The chips: what was read, each with the way to take it back.

use maud::{Markup, html};

use super::params::SearchParams;
use crate::base::time::{fmt_clock, fmt_date};
use crate::search::grammar::{Audience, Chip, audience_label};
use crate::web::components::chip;

/// Everything understood, from the sentence and from the filters.
pub fn chips(params: &SearchParams, read: &[Chip]) -> Markup {
    let said: Vec<(&str, &str, String)> =
        read.iter().map(|one| (word(&one.kind), one.label.as_str(), without(params, one))).collect();
    let chosen = chosen(params);
    if said.is_empty() && chosen.is_empty() {
        return html! {};
    }
    html! {
        div.row.chips role="group" aria-label="What we understood" {
            span.small.muted { "We read:" }
            @for (label, value, href) in &said { (chip(label, value, href)) }
            @for (label, value, href) in &chosen { (chip(label, value, href)) }
        }
    }
}

/// The same search without the words a chip was read from.
pub fn without(params: &SearchParams, chip: &Chip) -> String {
    let kept: String = params
        .query()
        .chars()
        .enumerate()
        .filter(|(at, _)| !(chip.span[0]..chip.span[1]).contains(at))
        .map(|(_, letter)| letter)
        .collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept = kept.trim_matches(|letter: char| matches!(letter, ',' | ';' | '-' | ' '));
    let loose = ["or", "and", "for", "in", "on", "at", "with"];
    let kept = kept.split(' ').skip_while(|word| loose.contains(word)).collect::<Vec<_>>().join(" ");
    params.with(|changed| changed.q = kept)
}

fn word(kind: &str) -> &'static str {
    match kind {
        "service" => "Lesson",
        "exclude_service" => "Without",
        "place" | "radius" => "Place",
        "price" => "Price",
        "date" => "Day",
        "time" => "Time",
        "duration" => "Length",
        "audience" | "grade" | "group" => "For",
        "level" => "Level",
        "format" => "Where",
        "language" => "Language",
        "sort" => "Order",
        "urgency" => "When",
        _ => "Course",
    }
}

fn people(typed: &str) -> String {
    Audience::named(typed).map_or_else(|| typed.to_owned(), |audience| audience_label(audience).to_owned())
}

fn clock(typed: &str) -> String {
    typed.parse().map_or_else(|_| typed.to_owned(), fmt_clock)
}

/// Filters set beside the sentence.
fn chosen(params: &SearchParams) -> Vec<(&'static str, String, String)> {
    type Clear = fn(&mut SearchParams);
    let all: [(&'static str, &str, String, Clear); 9] = [
        ("Length", &params.minutes, format!("{} min", params.minutes), |changed| changed.minutes.clear()),
        ("Where", &params.format, super::filters::format_label(&params.format).to_owned(), |changed| {
            changed.format.clear()
        }),
        ("For", &params.audience, people(&params.audience), |changed| changed.audience.clear()),
        ("Level", &params.level, params.level.clone(), |changed| changed.level.clear()),
        ("Price", &params.max, format!("up to ${} an hour", params.max.trim().trim_start_matches('$')), |changed| {
            changed.max.clear()
        }),
        ("Day", &params.date, params.date.parse().map_or_else(|_| params.date.clone(), fmt_date), |changed| {
            changed.date.clear()
        }),
        ("From", &params.after, clock(&params.after), |changed| changed.after.clear()),
        ("Done by", &params.before, clock(&params.before), |changed| changed.before.clear()),
        ("Rated", &params.rating, format!("{} and up", params.rating), |changed| changed.rating.clear()),
    ];
    all.into_iter()
        .filter(|(_, set, ..)| !set.is_empty())
        .map(|(label, _, value, clear)| (label, value, params.with(clear)))
        .collect()
}
