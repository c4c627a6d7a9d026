//! Notices, things that lie over others, messages.

use maud::{Markup, html};

use super::Part;
use crate::web::components::{
    Button, MessageView, ThreadItem, Tone, badge, button, dialog, drawer, empty, facts, held, link_button, notice,
    popover, thread, toast,
};

pub fn parts() -> Vec<Part> {
    vec![
        ("notes", "Notice, toast, empty", "Say what happened, what was kept, what to do.", notes()),
        (
            "over",
            "Dialog, popover, drawer",
            "A dialog only interrupts for money or loss. A page does the same without scripts.",
            over(),
        ),
        ("messages", "Message", "Sender and time under each; ours in ink.", messages()),
    ]
}

fn notes() -> Markup {
    html! {
        div.guide {
            (held(html! { b { "Held until 2:35 pm." } " Nothing is charged yet." }))
            (notice(Tone::Ok, html! { b { "Saved." } " Four weeks changed, bookings untouched." }))
            (notice(Tone::Warn, html! { b { "Somebody took 4:30." } " You were not charged. 5:00 is free." }))
            (notice(Tone::Bad, html! { b { "Card refused." } " Nothing was charged. The time is held until 2:35 pm." }))
            (notice(Tone::Info, html! { b { "Clocks change on Sunday." } " Lessons keep their New York time." }))
            (toast("Badge confirmed.", Some(button(&Button::link("Undo")))))
            (empty("No lessons yet", "Booked lessons appear here with address and receipt.", Some(link_button("/", &Button::line("See what is free now").small()))))
        }
    }
}

fn over() -> Markup {
    let ask = html! { (button(&Button::line("Keep it"))) (button(&Button::bad("Cancel the lesson"))) };
    let open = facts(&[
        ("When", html! { "Tue Nov 10, 6:00 to 7:00 pm" }),
        ("Student", html! { a href="#over" { "John Smith" } }),
    ]);
    html! {
        div.guide {
            (dialog("g-dialog", "Cancel Thursday’s lesson?", html! { p { "You pay nothing. Sarah is told at once." } }, ask, true))
            (popover(html! { b { "Notices" } }, html! { p.small { "Sarah wrote to you, 2:01 pm" } p.small { "Lesson tomorrow, 4:30 pm" } }))
            (drawer("5T9W-X4HA", "Guitar, 60 min", badge(Tone::Bad, "Card refused"), "#over", open))
        }
    }
}

fn messages() -> Markup {
    let said = |mine, text: &str, foot: &str| {
        ThreadItem::Message(MessageView { mine, text: text.into(), foot: foot.into(), ..MessageView::default() })
    };
    thread(&[
        ThreadItem::Day("Sat Nov 7".into()),
        said(false, "Got it, Thursdays work.", "Sarah, 11:50 am"),
        said(true, "Thank you! May I sit in?", "You, 11:52 am. Read"),
        ThreadItem::New,
        said(false, "Yes, a parent on the sofa is fine. There is tea.", "Sarah, 2:15 pm"),
        ThreadItem::Message(MessageView {
            mine: true,
            gone: true,
            text: "Taken back".into(),
            foot: "You, 2:16 pm".into(),
            ..MessageView::default()
        }),
    ])
}
