//! The departure board: dark in both themes, holds times only, answers to its own width.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::slot::{SlotView, clock, slots};
use crate::base::money::Cents;
use crate::base::time::{Date, WallTime, fmt_date, plus_days};

/// A titled board. `aside` stands at the right of the head, `foot` below the last line.
pub struct Board<'a> {
    pub id: &'a str,
    pub title: Markup,
    pub aside: Markup,
    pub foot: Option<Markup>,
}

pub fn board(head: &Board, body: Markup) -> Markup {
    html! {
        section.board aria-labelledby={ (head.id) "-h" } id=(head.id) {
            header.board__head {
                h2.h3 id={ (head.id) "-h" } { (head.title) }
                p.small.muted { (head.aside) }
            }
            (body)
            @if let Some(foot) = &head.foot { div.small.muted.board__foot { (foot) } }
        }
    }
}

/// One lesson that can be taken: when, what, with whom, where, for how much.
#[derive(Clone, Debug)]
pub struct Departure {
    pub date: Date,
    pub start: WallTime,
    pub now: bool,
    pub what: String,
    pub who: String,
    pub place: String,
    pub pay: Cents,
    pub href: String,
}

/// One row; the whole row is one link.
pub fn departure(row: &Departure) -> Markup {
    html! {
        li {
            a href=(row.href) .now[row.now] {
                time.dep__t datetime={ (row.date) "T" (row.start) } { (clock(row.start)) }
                @if row.now { span.vh { "Bookable now. " } }
                span.dep__what { (row.what) }
                span.dep__who { (row.who) }
                span.dep__where { (row.place) }
                span.dep__pay { (row.pay.dollars()) }
                (icon(Icon::Right))
            }
        }
    }
}

/// Rows under their days; those of `today` come first and need no heading. `pay_head` says what the sum is for
/// ("60 min, all in").
pub fn departures(today: Date, rows: &[Departure], pay_head: &str) -> Markup {
    let days: Vec<&[Departure]> = rows.chunk_by(|a, b| a.date == b.date).collect();
    html! {
        div.dep {
            div.dep__cols aria-hidden="true" {
                span { "Starts" } span { "Lesson" } span { "With" } span { "Where" } span.end { (pay_head) } span {}
            }
            @for day in days {
                @if day[0].date != today { h3.dep__day.small { (day_words(today, day[0].date)) } }
                ol.dep__rows { @for row in day { (departure(row)) } }
            }
        }
    }
}

/// One day of one instructor.
#[derive(Clone, Debug)]
pub struct DayRow {
    pub date: Date,
    pub slots: Vec<SlotView>,
    /// Where the rest of a long day is.
    pub more: Option<String>,
}

pub fn day_row(today: Date, day: &DayRow) -> Markup {
    html! {
        li {
            @if day.date == today {
                p.days__d { b { "Today" } " " small { (fmt_date(day.date)) } }
            } @else {
                p.days__d { b { (day.date.strftime("%a")) } " " small { (day.date.strftime("%b %-d")) } }
            }
            @if day.slots.is_empty() {
                p.days__none.small.muted { "No times" }
            } @else {
                (slots(&day.slots, day.more.as_deref().map(|href| (href, "that day"))))
            }
        }
    }
}

pub fn days(today: Date, rows: &[DayRow]) -> Markup {
    html! { ol.days { @for day in rows { (day_row(today, day)) } } }
}

fn day_words(today: Date, date: Date) -> String {
    if date == plus_days(today, 1) { format!("Tomorrow, {}", fmt_date(date)) } else { fmt_date(date) }
}
