//! After the payment: the time in large figures, the reference, what happens when.

use maud::{Markup, html};

use crate::base::time::{Date, WallTime, fmt_clock, fmt_date_long};
use crate::web::components::{Icon, Moment, clock, icon, section_one, steps, timeline};

pub struct BookedView {
    pub student_first: String,
    pub service: String,
    pub name: String,
    pub first_name: String,
    pub reference: String,
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub zone: String,
    pub facts: Vec<(&'static str, Markup)>,
    pub calendar_href: String,
    pub lesson_href: String,
    pub next: Vec<Moment>,
}

pub fn booked(view: &BookedView) -> Markup {
    html! {
        div.wrap.booked {
            header {
                (steps("Booking steps", &[("Time", None), ("Pay", None), ("Booked", None)], 2))
                h1.h0 { "You’re booked, " (view.student_first) "." }
            }
            section.board.ticket aria-label="Your lesson" {
                header.board__head {
                    h2.h3 { (view.service) " with " (view.name) }
                    p.small.muted { "Reference " (view.reference) }
                }
                div.ticket__body {
                    p.ticket__time {
                        time.fig datetime={ (view.date) "T" (view.start) } { (clock(view.start)) }
                        span { (fmt_date_long(view.date)) br; "until " (fmt_clock(view.end)) ", " (view.zone) }
                    }
                    dl.ticket__facts { @for (label, value) in &view.facts { div { dt { (label) } dd { (value) } } } }
                }
                p.small.muted.board__foot.row {
                    a href=(view.calendar_href) { (icon(Icon::Calendar)) " Add to calendar" }
                    a href=(view.lesson_href) { (icon(Icon::Card)) " Lesson and receipt" }
                }
            }
            div.booked__two {
                (section_one("next", "What happens next", timeline(&view.next)))
            }
        }
    }
}
