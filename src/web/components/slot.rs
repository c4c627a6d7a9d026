//! Slot tiles: the smallest thing we sell.
//!
//! Yellow means bookable now (starts today, passes the instructor's notice) and nothing else; ink means selected.

use maud::{Markup, html};

use crate::base::time::{Date, WallTime, fmt_clock, fmt_date};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlotState {
    #[default]
    Free,
    /// Starts today and passes the instructor's notice.
    Now,
    /// Somebody is paying for it.
    Held,
    Gone,
}

#[derive(Clone, Debug)]
pub struct SlotView {
    pub date: Date,
    pub start: WallTime,
    pub state: SlotState,
    pub href: String,
    pub selected: bool,
}

impl SlotView {
    pub fn free(date: Date, start: WallTime, href: impl Into<String>) -> Self {
        Self { date, start, state: SlotState::Free, href: href.into(), selected: false }
    }
}

/// One tile, 44 px high: a link while it can be taken, words when it cannot.
pub fn slot(view: &SlotView) -> Markup {
    let current = view.selected.then_some("true");
    match view.state {
        SlotState::Free => html! {
            a.slot href=(view.href) aria-current=[current] { (slot_words(view)) }
        },
        SlotState::Now => html! {
            a.slot.slot--now href=(view.href) aria-current=[current] { (slot_words(view)) }
        },
        SlotState::Held => html! {
            span.slot.slot--held { (clock(view.start)) span.vh { " held by someone else" } }
        },
        SlotState::Gone => html! {
            span.slot.slot--gone { (clock(view.start)) span.vh { " taken" } }
        },
    }
}

/// The same tile as a radio button, for forms. The value is `2026-11-12T16:30`.
pub fn slot_radio(name: &str, view: &SlotView) -> Markup {
    let blocked = matches!(view.state, SlotState::Held | SlotState::Gone);
    if blocked {
        return slot(view);
    }
    html! {
        label.slot.slot--now[view.state == SlotState::Now] {
            input type="radio" name=(name) value={ (view.date) "T" (view.start) } checked[view.selected];
            (slot_words(view))
        }
    }
}

/// Tiles in a row, with a way to the rest. `more` is the address and the name for ears ("with Sarah C.").
pub fn slots(views: &[SlotView], more: Option<(&str, &str)>) -> Markup {
    html! {
        div.slots {
            @for view in views { (slot(view)) }
            @if let Some((href, whose)) = more {
                a.slot.slot--more href=(href) { "More times" span.vh { " " (whose) } }
            }
        }
    }
}

/// Every quarter hour of one day, in columns.
pub fn slot_grid(views: &[SlotView]) -> Markup {
    html! { div.slots.slots--grid { @for view in views { (slot(view)) } } }
}

/// The yellow tick beside the words "bookable now".
pub fn tick() -> Markup {
    html! { span.tick {} }
}

fn slot_words(view: &SlotView) -> Markup {
    html! {
        @if view.state == SlotState::Now { span.vh { "bookable now: " } }
        span.vh { (fmt_date(view.date)) " " }
        time datetime={ (view.date) "T" (view.start) } { (clock(view.start)) }
    }
}

/// "4:30" large, "pm" small.
pub fn clock(at: WallTime) -> Markup {
    let words = fmt_clock(at);
    let (figures, half) = words.rsplit_once(' ').unwrap_or((&words, ""));
    html! { (figures) small { (half) } }
}
