//! The week editor's grid: a checkbox per half hour; dragging only paints what tapping does too.
//!
//! The form sends `slot=2026-11-12T16:30` for every half hour that is free. Past and booked cells send nothing.

use maud::{Markup, html};

use super::slot::clock;
use crate::base::time::{Date, WallTime, fmt_clock, fmt_date};

#[derive(Clone, Debug)]
pub enum Cell {
    Closed,
    Open,
    Past {
        was_open: bool,
    },
    /// A day or time taken off: nothing can be offered.
    Off,
    /// A lesson over `halves` half hours; the cells it covers are not listed again.
    Booked {
        halves: u8,
        who: String,
        href: Option<String>,
        end: WallTime,
    },
    /// Covered by the lesson above.
    Covered,
}

#[derive(Clone, Debug)]
pub struct WeekDay {
    pub date: Date,
    /// From the grid's first half hour to its last.
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub struct WeekView {
    pub today: Date,
    /// First row, on the hour or the half.
    pub from: WallTime,
    pub days: Vec<WeekDay>,
}

pub fn week_grid(week: &WeekView) -> Markup {
    let rows = week.days.iter().map(|day| day.cells.len()).max().unwrap_or(0);
    let span = match (week.days.first(), week.days.last()) {
        (Some(first), Some(last)) => format!("{} to {}", fmt_date(first.date), fmt_date(last.date)),
        _ => String::new(),
    };
    html! {
        table.wk data-paint {
            caption.vh { "Half hours you offer, " (span) }
            thead {
                tr {
                    th { span.vh { "Hour" } }
                    @for day in &week.days {
                        th scope="col" aria-current=[(day.date == week.today).then_some("date")] {
                            (day.date.strftime("%a")) " " b.fig { (day.date.day()) }
                        }
                    }
                }
            }
            tbody { @for row in 0..rows { (grid_row(week, row, rows)) } }
        }
    }
}

/// What the three grounds mean.
pub fn week_key() -> Markup {
    html! {
        div.row.wk__key.small {
            span { i.k.k--open {} " free to book" }
            span { i.k.k--book {} " booked" }
            span { i.k.k--past {} " past" }
            span.muted { "Tap a half hour, or drag with a mouse." }
        }
    }
}

fn grid_row(week: &WeekView, row: usize, rows: usize) -> Markup {
    let at = WallTime::clamped(i64::from(week.from.minutes()) + 30 * row as i64);
    let on_hour = at.minutes().is_multiple_of(60);
    let hour = WallTime::clamped(i64::from(at.minutes() / 60 * 60));
    let span = if on_hour && row + 1 < rows { 2 } else { 1 };
    html! {
        tr.wk__hour[on_hour] {
            @if on_hour || row == 0 {
                th scope="row" rowspan=(span) { (hour_words(hour)) }
            }
            @for day in &week.days {
                @if let Some(cell) = day.cells.get(row) { (grid_cell(day.date, at, cell)) }
            }
        }
    }
}

fn grid_cell(date: Date, at: WallTime, cell: &Cell) -> Markup {
    let label = || format!("{} {}", date.strftime("%a"), fmt_clock(at));
    let free = |open: bool| {
        html! {
            td { label { input type="checkbox" name="slot" value={ (date) "T" (at) } checked[open] aria-label=(label()); } }
        }
    };
    match cell {
        Cell::Closed => free(false),
        Cell::Open => free(true),
        Cell::Past { was_open } => html! { td.wk__past.was[*was_open] {} },
        Cell::Off => html! { td.wk__off {} },
        Cell::Covered => html! {},
        Cell::Booked { halves, who, href, end } => {
            let words = html! {
                b { (who) } span.vh { " booked, " (label()) " to " (fmt_clock(*end)) }
            };
            html! {
                td.wk__book rowspan=(halves) {
                    @if let Some(href) = href { a href=(href) { (words) } } @else { span.wk__who { (words) } }
                }
            }
        }
    }
}

/// "9 am": the minutes of a full hour say nothing.
fn hour_words(hour: WallTime) -> Markup {
    let words = fmt_clock(hour);
    match words.split_once(":00 ") {
        Some((figure, half)) => html! { (figure) small { (half) } },
        None => clock(hour),
    }
}
