//! When nothing fits: what to let go of, what else may have been meant, where else to look. Never a
//! dead end.

use maud::{Markup, html};

use super::chips::without;
use super::params::SearchParams;
use crate::search::knowledge;
use crate::search::ops::Answered;

/// Ways on from a search that found nobody.
pub fn empty(params: &SearchParams, answered: &Answered) -> Markup {
    let understood = &answered.understood;
    let drops: Vec<_> = understood.chips.iter().filter(|chip| chip.kind != "service").take(4).collect();
    html! {
        div.empty {
            h3 { (headline(answered)) }
            @if !understood.did_you_mean.is_empty() {
                p { "Did you mean " (links(&understood.did_you_mean)) "?" }
            }
            @if !drops.is_empty() {
                p { "Try it without " @for (at, chip) in drops.iter().enumerate() {
                    @if at > 0 { ", " } a href=(without(params, chip)) { (chip.label) }
                } "." }
            }
            p { "Or look through one of these: " (shelves()) ". " a href="/services" { "All services" } "." }
        }
    }
}

fn headline(answered: &Answered) -> String {
    let parsed = &answered.understood.parsed;
    if parsed.flags.iter().any(|flag| flag == "garbage" || flag == "too_short" || flag == "too_long_or_garbage") {
        return "We could not make out what you would like to learn.".to_owned();
    }
    if answered.understood.nothing_fits {
        return format!("Nobody teaches “{}” here yet.", parsed.service_query);
    }
    match parsed.services.as_slice() {
        [] => "Nobody fits all of this right now.".to_owned(),
        services => format!("Nobody who teaches {} fits all of this right now.", services.join(" or ")),
    }
}

/// What else may have been meant, as links.
pub fn links(names: &[String]) -> Markup {
    html! {
        @for (at, name) in names.iter().enumerate() {
            @if at > 0 { @if at + 1 == names.len() { " or " } @else { ", " } }
            a href=(SearchParams::of(name)) { (name) }
        }
    }
}

fn shelves() -> Markup {
    html! {
        @for (at, category) in knowledge().catalogue.categories().iter().enumerate() {
            @if at > 0 { ", " }
            a href={ "/categories/" (category.slug) } { (category.name) }
        }
    }
}
