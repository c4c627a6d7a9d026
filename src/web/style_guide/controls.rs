//! Buttons, fields, small parts, ways around.

use maud::{Markup, html};

use super::Part;
use crate::web::components::{
    Button, Choice, Face, Fact, Field, Icon, Pager, Pick, Tab, Tone, avatar, badge, button, chip, error_summary, fact,
    field, link_button, pager, pick, picks, post_button, search_box, select, stars, steps, tabs, who,
};

pub fn parts() -> Vec<Part> {
    vec![
        (
            "buttons",
            "Button",
            "One filled button per view. Destructive is outlined, never filled, never alone.",
            buttons(),
        ),
        ("fields", "Field", "Label above, hint below, error below with a bar at the side. Values are kept.", fields()),
        ("search-box", "Search box", "The one box.", search()),
        ("small", "Badge, chip, avatar", "A state in a word; the colour only repeats it.", small()),
        ("nav", "Tabs, steps, pager", "Links, with the count in the label.", ways()),
    ]
}

fn buttons() -> Markup {
    html! {
        div.guide {
            div.stack.stack--s {
                p { (button(&Button::primary("Book the lesson for $89.60").busy("Booking…"))) }
                p { button.btn aria-busy="true" { "Booking…" } }
                p { (button(&Button::primary("Not yet possible").disabled(true))) }
            }
            div.stack.stack--s {
                p { (button(&Button::line("Move to another time"))) }
                p { (button(&Button::line("Too late to move").disabled(true))) }
                p { (link_button("#buttons", &Button::line("Calendar file").icon(Icon::Download).small())) }
            }
            div.stack.stack--s {
                p { (button(&Button::bad("Cancel the lesson"))) }
                (post_button("#buttons", &[], &Button::link("Button as a link")))
                p { a href="#buttons" { "Link" } }
            }
        }
    }
}

fn fields() -> Markup {
    let email = Field {
        name: "g-email",
        label: "E-mail",
        kind: "email",
        value: "emma.johnson@example.com",
        hint: "For the booking and reminders.",
        ..Field::default()
    };
    let zip = Field {
        name: "g-zip",
        label: "ZIP code",
        value: "1002",
        error: Some("Five digits, like 10024."),
        inputmode: "numeric",
        ..Field::default()
    };
    let rate = Field {
        name: "g-rate",
        label: "Rate",
        value: "$80.00",
        hint: "Fixed while a lesson is booked.",
        disabled: true,
        ..Field::default()
    };
    let note =
        Field { name: "g-note", label: "Note", value: "Maya is 8.", rows: Some(2), optional: true, ..Field::default() };
    let code =
        Field { name: "g-code", label: "Code from the mail", value: "417502", class: "in--code", ..Field::default() };
    let order = Field { name: "g-order", label: "Order", ..Field::default() };
    let whom = Field { name: "g-whom", label: "For", ..Field::default() };
    let place = Field { name: "g-place", label: "Where", error: Some("Choose a place."), ..Field::default() };
    html! {
        (error_summary(&[("g-zip", "ZIP code: five digits"), ("g-place", "Where: choose a place")], "Nothing was saved, nothing was charged."))
        div.guide {
            (field(&email)) (field(&zip)) (field(&rate))
            (select(&order, &[Choice::new("best", "Best match", true), Choice::new("early", "Earliest time", false)]))
            (field(&note)) (field(&code))
            (picks(Pick::Many, &whom, &[Choice::new("kids", "Children", true).count(5), Choice::new("adults", "Adults", false).count(6)]))
            (picks(Pick::One, &place, &[
                Choice::new("theirs", "At Sarah’s studio", false).note("West 83rd St near Broadway."),
                Choice::new("mine", "At your place", false).note("210 West 90th St, Apt 4B"),
            ]))
            div.stack {
                (stars("g-stars", "How was it?", Some(4), &["poor", "fair", "good", "very good", "excellent"]))
                (pick(Pick::Many, "g-one", &Choice::new("yes", "Show password", false)))
            }
        }
    }
}

fn search() -> Markup {
    html! { form action="/search" role="search" { (search_box("", "piano, Upper West Side, Thursday after 4", Some("What, where, when?"))) } }
}

fn small() -> Markup {
    let faces = ["SC", "MR", "AO", "YT", "EJ", "JS"];
    html! {
        p.row {
            (badge(Tone::Plain, "Founding")) (badge(Tone::Fill, "2 new")) (badge(Tone::Ok, "Confirmed"))
            (badge(Tone::Warn, "Card needed")) (badge(Tone::Bad, "Card refused")) (badge(Tone::Info, "Trial"))
        }
        div.row.chips {
            (chip("Lesson", "Piano", "#small")) (chip("Place", "Upper West Side", "#small")) (chip("Day", "Thu Nov 12", "#small"))
        }
        p.row {
            (fact(&Fact::verified(Icon::Shield, "Checked Mar 2026"))) (fact(&Fact::new(Icon::Star, "4.9 from 32").link("#small")))
            (fact(&Fact::new(Icon::Pin, "Upper West Side"))) (fact(&Fact::plain("New, no reviews yet")))
        }
        div.row {
            @for (tone, letters) in (0u8..).zip(faces) { (avatar(&Face { initials: letters.into(), tone, photo: None })) }
            (who(&Face { initials: "SC".into(), tone: 0, photo: None }, html! { "Sarah C." }, "Piano and violin"))
        }
    }
}

fn ways() -> Markup {
    let more = Pager { summary: "1 to 20 of 214".into(), back: None, next: Some(("Older".into(), "#nav".into())) };
    html! {
        (tabs("Lessons", &[Tab::new("Upcoming, 3", "#nav", true), Tab::new("Past, 9", "#nav", false)]))
        (steps("Booking", &[("Time", Some("#nav")), ("Pay", None), ("Booked", None)], 1))
        (pager(&more))
    }
}
