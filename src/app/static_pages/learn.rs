//! How it works, trust and safety.

use maud::{Markup, html};

use super::facts::Facts;
use super::{Chapter, Sheet, chapter};
use crate::web::components::{
    Band, Button, PriceLine, facts as fact_rows, link_button, policy_bands, price_table, stops, tick,
};

pub fn how_it_works(facts: &Facts) -> Sheet {
    Sheet {
        title: "How it works",
        description: "Say what you want to learn, take a time that is really free, see the whole price, go.",
        lead: "No requests and no waiting for an answer. What you see free is free, and what you take is yours.".into(),
        chapters: vec![
            chapter("find", "Say it in your own words", "What, where, when, for whom, up to how much.", find()),
            chapter("time", "Take a time", "Every tile is a start that can be booked.", take_a_time()),
            price_chapter(facts),
            chapter("pay", "Pay later than you book", "Your card is charged after the lesson, not before.", pay()),
            chapter("change", "If plans change", "Counted in hours before the start.", change()),
            chapter("after", "Afterwards", "", afterwards(facts)),
            chapter("teach", "You teach?", "", teach(facts)),
        ],
    }
}

fn find() -> Markup {
    html! {
        p { "Write it as you would tell a friend: “piano for my daughter, Upper West Side, Thursdays after four, under $90”. We show what we understood as small labels. Each can be taken away with one press, so a wrong guess costs nothing." }
        p { "People who match everything come first. If few do, we add those who differ in one thing, and name the thing: another time, another day, nearby, a little more money." }
    }
}

fn take_a_time() -> Markup {
    html! {
        p { "Instructors publish the hours they want to teach. From these we take away what is booked, the pause they need between lessons and the notice they ask for. What is left is what you see, to the quarter hour." }
        p { (tick()) "A yellow bar means bookable now: it starts today and is still early enough for the instructor." }
        p { "Choosing a time holds it for 30 minutes while you pay. Nobody else can take it meanwhile. If you stop, it returns by itself." }
    }
}

fn price_chapter(facts: &Facts) -> Chapter {
    let example = facts.example();
    let protection = format!("Booking protection, {}", facts.protection());
    let lines = [
        PriceLine::new("60 minutes", example.lesson).hint("$80.00 an hour"),
        PriceLine::new(protection, example.student_fee).hint("Refunds, checks and support"),
    ];
    chapter(
        "price",
        "See the whole price",
        "Beside every time, before any card field.",
        html! {
            p { "Prices in lists already hold booking protection: “all in” is what you pay. The instructor’s own rate is one line of it. A tip is yours to decide, afterwards, and all of it reaches the instructor." }
            div.panel { (price_table(&lines, &PriceLine::new("Total", example.student_pay))) }
        },
    )
}

fn pay() -> Markup {
    stops(&[
        (
            "When you book",
            "Your card is saved with Stripe. Nothing is taken. Within 24 hours of the lesson your bank sets the sum aside at once.",
        ),
        (
            "24 hours before",
            "Your bank sets the sum aside. If it refuses, we write to you and try again, and the lesson is only given up 12 hours before.",
        ),
        (
            "24 hours after",
            "The card is charged and the instructor is paid. Until then you can report that something went wrong.",
        ),
    ])
}

fn change() -> Markup {
    let band = |name: &str, text: &str| Band { name: name.into(), text: text.into(), here: false };
    html! {
        (policy_bands(&[
            band("24 hours or more: free", "No charge at all. Moving to another time is free too, as often as you like."),
            band("12 to 24 hours: credit", "The lesson price comes back as credit. Booking protection is kept. Moving is possible once."),
            band("Less than 12: half", "Half the lesson price comes back as credit. The instructor is paid half."),
        ]))
        p { "If the instructor cancels, at any time, you pay nothing. Your lesson page always shows the hour each band ends and the exact sum." }
    }
}

fn afterwards(facts: &Facts) -> Markup {
    html! {
        p { "You have 24 hours to say that the instructor did not come, and 30 days to review. Reviews come only from lessons that took place. Learning pays a little: " (facts.milestones()) ", as credit." }
    }
}

fn teach(facts: &Facts) -> Markup {
    html! {
        p { "Publish your free hours once, say what you teach, where and for how much. Students take times; you never haggle over dates. You are paid every Tuesday." }
        p { "What we keep starts at " (facts.first_share().percent()) " of the lesson and falls the more you teach. " a href="/help#fees" { "All fees" } }
        p { (link_button("/instructor/join", &Button::line("Begin to teach"))) }
    }
}

pub fn trust(facts: &Facts) -> Sheet {
    Sheet {
        title: "Trust and safety",
        description: "What is checked before anyone teaches, what is not, and what happens when something goes wrong.",
        lead: "What we check, what we do not, and what happens when something goes wrong.".into(),
        chapters: vec![
            chapter("checks", "Before anyone teaches", "Nobody is listed without all of these.", checks()),
            chapter(
                "not-checked",
                "What we do not check",
                "",
                html! {
                    p { "We do not test teaching skill, diplomas or references. Reviews do that, and they come only from lessons that took place. Stay with a child for the first lesson; a good instructor expects it." }
                },
            ),
            chapter("reviews", "Reviews", "Only from lessons that took place.", reviews()),
            chapter("private", "What others see of you", "As little as a lesson needs.", seen_by_others()),
            chapter("money", "Your money", "", money(facts)),
            chapter("wrong", "When something goes wrong", "", went_wrong()),
        ],
    }
}

fn checks() -> Markup {
    fact_rows(&[
        (
            "Identity",
            html! { "A government ID, matched to a live photo by Stripe. The name must be that of the account." },
        ),
        ("Background", html! { "Nobody is listed without a background check on file. The profile says so." }),
        (
            "Every year",
            html! { "A check holds for one year. When it ends without a new one, nobody can book that person." },
        ),
        ("Payment", html! { "A payout account that Stripe has verified." }),
        ("A bad report", html! { "Decided by a person, never by a program." }),
    ])
}

fn reviews() -> Markup {
    html! {
        p { "One review per lesson, within 30 days. No average is shown before the third. Recent reviews count more, and several from one person count less, so friends cannot make a star." }
        p { "Instructors may answer once. Nobody, the instructor included, can have a review removed because it is unfavourable." }
    }
}

fn seen_by_others() -> Markup {
    fact_rows(&[
        ("Your name", html! { "First name and initial, on both sides." }),
        ("Your address", html! { "Only the booked instructor sees it, and only where the lesson is at your place." }),
        ("Their address", html! { "The street before booking, the door after." }),
        ("E-mail, phone", html! { "Never shown to each other. A note goes along with the booking." }),
    ])
}

fn money(facts: &Facts) -> Markup {
    html! {
        p { "Card numbers are typed into Stripe’s own form and never reach " (facts.brand) ". Pay here only: a lesson paid in cash cannot be refunded, reviewed or protected, and asking for cash costs an instructor the account." }
        p { "The lesson price goes to the instructor only after the lesson, once you have had 24 hours to report a problem." }
    }
}

fn went_wrong() -> Markup {
    html! {
        p { b { "In danger, call 911 first." } }
        ul {
            li { "The instructor did not come: say so on the lesson page up to 24 hours after its end. They have 24 hours to answer; otherwise you get everything back." }
            li { "Anything else: " a href="/contact" { "write to us" } " with the lesson’s reference." }
        }
    }
}
