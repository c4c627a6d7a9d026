//! Colour, type, icons.

use maud::html;

use super::Part;
use crate::web::components::{Icon, icon};

const COLOURS: [(&str, &str); 17] = [
    ("sunk", "Wells, disabled"),
    ("paper", "Page"),
    ("card", "Fields, panels"),
    ("rule", "Hairlines"),
    ("edge", "Control borders"),
    ("muted", "Second text"),
    ("ink", "Text, selection"),
    ("action", "What you press"),
    ("action-2", "Its hover"),
    ("now", "Bookable now only"),
    ("ok", "Fine"),
    ("warn", "Look"),
    ("bad", "Failed"),
    ("info", "Notice"),
    ("offer", "Free hours"),
    ("board", "Board ground"),
    ("tile", "Tile on board"),
];

pub fn parts() -> Vec<Part> {
    let colour = html! {
        ul.swatches {
            @for (name, job) in COLOURS {
                li {
                    svg viewBox="0 0 10 4" preserveAspectRatio="none" aria-hidden="true" {
                        rect fill={ "var(--" (name) ")" } width="10" height="4" {}
                    }
                    b { (name) } br; span.muted { (job) }
                }
            }
        }
    };
    let sizes = html! {
        ul.type.stack {
            li { span.muted { "4xl" } span.h1.h0 { "Pick a time." } }
            li { span.muted { "3xl" } span.h1 { "Check it, then book it" } }
            li { span.muted { "2xl" } span.h2 { "What happens next" } }
            li { span.muted { "l, bold" } span.h3 { "Free times, piano, 60 min" } }
            li { span.muted { "m" } span { "Body text, 16 px on 24. Times name their zone." } }
            li { span.muted { "s" } span.small { "Second lines, table cells, hints." } }
            li { span.muted { "figures" } span.fig.h0 { "4:30 9:15 $89.60" } }
        }
    };
    let icons = html! {
        ul.guide__icons { @for one in Icon::ALL { li { span.fact { (icon(*one)) (one.name()) } } } }
    };
    vec![
        ("colour", "Colour", "Roles, not hues: three colours with one job each.", colour),
        ("type", "Type", "Two faces already on the machine: a grotesque for words, a narrow one for figures.", sizes),
        ("icons", "Icons", "24 grid, 1.75 stroke, square ends. Always beside a word or with a label.", icons),
    ]
}
