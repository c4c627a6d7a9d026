//! Choosing length, day and time; the sum and the free-cancel deadline follow at the side.

use maud::{Markup, html};

use crate::base::money::Cents;
use crate::base::time::{Date, WallTime, fmt_clock, fmt_date, fmt_date_long};
use crate::web::components::{
    Button, Face, Field, Month, PriceLine, SlotView, Tone, button, calendar, dock, field, link_button, notice, panel,
    price_table, slot_grid, steps, when, who,
};

/// A length or a place to choose: label, second line, address, chosen.
pub struct Alternative {
    pub label: String,
    pub note: String,
    pub href: String,
    pub chosen: bool,
}

/// The time chosen, ready to be held.
pub struct Chosen {
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub lines: Vec<PriceLine>,
    pub total: Cents,
    /// "Cancel free until …"; absent when the lesson is too near for that.
    pub free_until: Option<Markup>,
}

pub struct BookView {
    pub service: String,
    pub name: String,
    pub profile_href: String,
    pub face: Face,
    pub zone: String,
    /// The time a lesson is moved from; absent when a new one is booked.
    pub from: Option<String>,
    /// What moving it so late takes; absent when it is moved in time, or booked.
    pub late: Option<String>,
    pub lengths: Vec<Alternative>,
    pub places: Vec<Alternative>,
    pub month: Month,
    pub day: Option<(Date, Vec<SlotView>)>,
    /// Said when the day or time asked for cannot be had.
    pub notice: Option<String>,
    pub chosen: Option<Chosen>,
    pub place_words: String,
    /// Where the form is posted to; for a guest, where signing in begins.
    pub action: String,
    pub sign_in: Option<(String, String)>,
    pub hidden: Vec<(&'static str, String)>,
    /// Why the reader cannot book.
    pub barred: Option<&'static str>,
    pub asks_address: bool,
    pub address: String,
    pub hold_minutes: i64,
}

pub fn book(view: &BookView) -> Markup {
    html! {
        div.wrap.flow {
            header.flow__top {
                @match &view.from {
                    Some(from) => {
                        h1 { "Move it to when?" }
                        p { "Booked for " b { (from) } "." }
                    },
                    None => {
                        (steps("Booking steps", &[("Time", None), ("Pay", None), ("Booked", None)], 0))
                        h1 { "When would you like to start?" }
                    },
                }
                p.muted { (view.service) " with " a href=(view.profile_href) { (view.name) }
                    @if !view.name.ends_with('.') { "." } " Times are " (view.zone) "." }
            }
            div.flow__main.stack.stack--l {
                @if let Some(words) = &view.late { (notice(Tone::Info, words.as_str())) }
                @if let Some(words) = &view.notice { (notice(Tone::Warn, words.as_str())) }
                @if !view.lengths.is_empty() { (options("How long", &view.lengths)) }
                @if view.places.len() > 1 { (options("Where", &view.places)) }
                div.pickt {
                    section { (calendar(&view.month)) p.small.muted { "The small figure is how many times are free." } }
                    (day(view))
                }
            }
            (side(view))
        }
        @if let Some(chosen) = &view.chosen { (bottom(view, chosen)) }
    }
}

fn options(title: &str, list: &[Alternative]) -> Markup {
    html! {
        section {
            h2.h3 { (title) }
            ul.opts {
                @for one in list {
                    li {
                        a href=(one.href) aria-current=[one.chosen.then_some("true")] {
                            b { (one.label) }
                            @if !one.note.is_empty() { span { (one.note) } }
                        }
                    }
                }
            }
        }
    }
}

fn day(view: &BookView) -> Markup {
    html! {
        section.pickt__t aria-labelledby="tod" {
            @match &view.day {
                Some((date, slots)) => {
                    h2.h3 id="tod" { (fmt_date_long(*date)) }
                    @if slots.is_empty() { p.muted { "No time of this length is free that day." } } @else { (slot_grid(slots)) }
                },
                None => {
                    h2.h3 id="tod" { "No free day" }
                    p.muted { "Nothing is free in the next weeks for this length. Try a shorter lesson." }
                },
            }
        }
    }
}

fn side(view: &BookView) -> Markup {
    let Some(chosen) = &view.chosen else {
        return panel(
            "Your lesson",
            html! {
                (who(&view.face, html! { (view.service) " with " (view.name) }, &view.place_words))
                p.muted { "Choose a time to see the sum." }
            },
        );
    };
    let total = PriceLine::new("Total", chosen.total);
    html! {
        aside.flow__side.panel.stack aria-label="Your lesson" {
            (when(chosen.date, chosen.start, chosen.end, false))
            (who(&view.face, html! { (view.service) " with " (view.name) }, &view.place_words))
            (price_table(&chosen.lines, &total))
            @match &chosen.free_until {
                _ if view.late.is_some() => p.small { "Charged when you move it." },
                Some(until) => p.small { "Cancel free until " (until) "." },
                None => p.small { "This lesson starts within 24 hours, so cancelling is no longer free." },
            }
            (take(view, chosen))
            @match &view.from {
                Some(_) => p.small.muted { "The lesson is moved at once, and its old time is free again." },
                None => p.small.muted { "Held for " (view.hold_minutes) " minutes. Nothing is charged yet." },
            }
        }
    }
}

fn take(view: &BookView, chosen: &Chosen) -> Markup {
    let label = match &view.from {
        Some(_) => format!("Move to {}", fmt_clock(chosen.start)),
        None => format!("Hold {} and continue", fmt_clock(chosen.start)),
    };
    let busy = if view.from.is_some() { "Moving…" } else { "Holding…" };
    if let Some((sign_in, sign_up)) = &view.sign_in {
        return html! {
            (link_button(sign_in, &Button::primary("Sign in and continue").wide()))
            (link_button(sign_up, &Button::line("Create an account").wide()))
            p.small.muted { "Your choice is kept." }
        };
    }
    if let Some(words) = view.barred {
        return html! { p { b { (words) } } };
    }
    html! {
        form.stack id="hold" method="post" action=(view.action) {
            @for (name, value) in &view.hidden { input type="hidden" name=(name) value=(value); }
            @if view.asks_address { (address(view)) }
            (button(&Button::primary(&label).wide().busy(busy)))
        }
    }
}

/// Where the instructor comes to.
fn address(view: &BookView) -> Markup {
    field(&Field {
        name: "meeting_location",
        label: "Address of the lesson",
        value: &view.address,
        autocomplete: "street-address",
        maxlength: Some(255),
        required: true,
        ..Field::default()
    })
}

fn bottom(view: &BookView, chosen: &Chosen) -> Markup {
    let words = html! {
        b { (fmt_date(chosen.date)) ", " (fmt_clock(chosen.start)) } br;
        span.small { (chosen.total.dollars()) " all in" }
    };
    let action = match &view.sign_in {
        _ if view.barred.is_some() => return html! {},
        Some((sign_in, _)) => link_button(sign_in, &Button::primary("Sign in and continue")),
        None => button(&Button::primary("Continue").of_form("hold")),
    };
    dock(words, action)
}
