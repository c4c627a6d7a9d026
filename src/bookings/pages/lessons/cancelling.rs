//! The step before cancelling: hours left, the exact money, one reason.

use maud::{Markup, html};

use crate::web::components::{
    Band, Button, Choice, Field, Pick, button, crumb, error_summary, field, link_button, picks, policy_bands,
    section_one,
};

/// The reasons offered; anything else can be typed.
pub const STUDENT_REASONS: [&str; 7] = [
    "Something came up",
    "I am ill",
    "The time no longer suits",
    "I found another instructor",
    "I booked by mistake",
    "The price",
    "Another reason",
];

pub const INSTRUCTOR_REASONS: [&str; 5] =
    ["I am ill", "Something came up", "The place is not available", "The student asked me to", "Another reason"];

pub struct CancelView<'a> {
    pub lesson: String,
    pub back_href: String,
    pub action: String,
    /// "It is 50 hours and 15 minutes before the lesson."
    pub left: String,
    /// "You pay nothing."
    pub result: String,
    pub bands: Vec<Band>,
    pub reasons: &'a [&'a str],
    pub chosen: String,
    pub typed: String,
    pub error: Option<String>,
}

pub fn cancelling(view: &CancelView<'_>) -> Markup {
    let reasons: Vec<Choice> = view.reasons.iter().map(|r| Choice::new(*r, *r, view.chosen == **r)).collect();
    html! {
        div.wrap.stack.stack--l {
            header.pagehead {
                (crumb("Back to the lesson", &view.back_href))
                h1 { "Cancel " (view.lesson) "?" }
                @if let Some(error) = &view.error {
                    (error_summary(&[("reason", error)], "The lesson is not cancelled yet."))
                }
            }
            (section_one("money", "What happens to the money", html! {
                p { (view.left) " " b { (view.result) } }
                @if !view.bands.is_empty() { (policy_bands(&view.bands)) }
            }))
            form.stack method="post" action=(view.action) {
                (picks(Pick::One, &Field { name: "reason", label: "Why?", error: view.error.as_deref(), ..Field::default() }, &reasons))
                (field(&Field {
                    name: "words",
                    label: "In your own words",
                    value: &view.typed,
                    hint: "The other side reads it.",
                    rows: Some(3),
                    maxlength: Some(400),
                    optional: true,
                    ..Field::default()
                }))
                div.row {
                    (button(&Button::bad("Cancel the lesson").busy("Cancelling…")))
                    (link_button(&view.back_href, &Button::line("Keep the lesson")))
                }
            }
        }
    }
}
