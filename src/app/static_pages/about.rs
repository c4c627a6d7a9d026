//! About and contact.

use maud::{Markup, html};

use super::facts::Facts;
use super::{Sheet, chapter};
use crate::web::components::{facts as fact_rows, held};

pub fn about(facts: &Facts) -> Sheet {
    Sheet {
        title: "About",
        description: "A marketplace for lessons that sells one thing: time that is really free.",
        lead: format!(
            "{} is a marketplace for lessons in {}. It sells one thing: time that is really free.",
            facts.brand, facts.city
        ),
        chapters: vec![
            chapter(
                "why",
                "Why",
                "",
                html! {
                    p { "Finding a teacher used to mean writing to five people and waiting. Two never answer, two are full, one can only do Mondays. The lesson is easy; the appointment is the hard part." }
                    p { "So we turned it round. Instructors publish their hours, you take one, and it is done. Like a train: you look at the board, you see when it leaves, you go." }
                },
            ),
            chapter(
                "keep-to",
                "What we keep to",
                "",
                html! {
                    (fact_rows(&[
                        ("The whole price", html! { "With the time, not after it." }),
                        ("Nothing invented", html! { "No made-up ratings, counts or people. Where there is nothing to show, we show nothing." }),
                        ("Exact promises", html! { "Deadlines to the minute, with the time zone. Refunds in dollars, not “up to”." }),
                        ("Your attention", html! { "No advertising, no tracking by others, nothing loaded from elsewhere until you pay." }),
                    ]))
                },
            ),
        ],
    }
}

pub fn contact(facts: &Facts) -> Sheet {
    Sheet {
        title: "Contact",
        description: "How to reach the instructor, how to report a problem, how to reach us.",
        lead: "Most things are quickest where they happened.".into(),
        chapters: vec![
            chapter(
                "lesson",
                "About a lesson",
                "",
                html! {
                    p { "Write to the instructor or student in the lesson’s own thread: they answer fastest. To cancel, move, or report that nobody came, open the lesson; the page says what each would cost." }
                    p { a href="/student/lessons" { "Your lessons" } }
                },
            ),
            chapter("us", "To us", "", to_us(facts)),
            chapter(
                "danger",
                "In danger",
                "",
                html! { p { b { "Call 911." } " Then tell us, so that nobody else is hurt." } },
            ),
        ],
    }
}

fn to_us(facts: &Facts) -> Markup {
    html! {
        @match &facts.support {
            Some(address) => {
                p { "Write to " a href={ "mailto:" (address) } { (address) } ". Give the lesson’s reference, or the request number if a page failed: with it we see what happened and need not ask." }
            }
            None => (held(html! { b { "No address is published here yet." } " Whoever runs this site sets one in the console, under Settings." })),
        }
        @if facts.sandbox { p.muted { "This is a sandbox. Mail you write from it goes nowhere." } }
        p { "Most answers are already under " a href="/help" { "Questions and answers" } "." }
    }
}
