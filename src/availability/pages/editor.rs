//! The editor's page: head with the week's sums, the grid, the same week as text, days off.

use maud::{Markup, html};

use super::days_off::days_off;
use super::grid::{self, Grid};
use super::input::LineErrors;
use super::{address, written};
use crate::accounts;
use crate::availability::model::{Blackout, Entry};
use crate::availability::ops::blackouts::affected;
use crate::availability::ops::calendar_of;
use crate::availability::ops::lessons::lessons;
use crate::availability::ops::week::{Week, read_week};
use crate::availability::rules::calendar::Calendar;
use crate::availability::tables::blackouts_from;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{count, first_last_initial};
use crate::base::time::{Date, Timestamp, WallTime, monday_of, plus_days, utc_to_local};
use crate::store::Read;
use crate::web::components::{Button, Icon, error_summary, link_button, page_head, toast, week_grid, week_key};
use crate::web::{Chrome, page};

/// Days off that the page lists.
const MAX_OFF: usize = 100;

/// Everything the page shows.
pub(super) struct Facts {
    pub calendar: Calendar,
    pub week: Week,
    /// Upcoming days off, each with the number of lessons that stay.
    pub off: Vec<(Blackout, usize)>,
    /// Lessons of the week with the student's name.
    pub lessons: Vec<(Entry, String)>,
    pub today: Date,
    pub now: WallTime,
    pub whole_day: bool,
}

impl Facts {
    pub fn load(r: &dyn Read, now: Timestamp, who: UserId, week: Option<Date>, whole_day: bool) -> Outcome<Self> {
        let calendar = calendar_of(r, who)?;
        let (today, wall) = utc_to_local(now, &calendar.zone);
        let week = read_week(r, who, week.unwrap_or(today))?;
        let named = lessons(r, &calendar, who, week.monday, plus_days(week.monday, 6))?.into_iter().map(|entry| {
            let student = accounts::user(r, entry.busy.student_id)?;
            let name = student.map(|s| first_last_initial(&s.first_name, &s.last_name)).unwrap_or_default();
            Ok((entry, name))
        });
        let lessons = named.collect::<Outcome<Vec<_>>>()?;
        let rows = blackouts_from(r, who, today.min(week.monday), MAX_OFF)?.into_iter();
        let off = rows.map(|row| {
            let stay = affected(r, who, &calendar, row.date)?.len();
            Ok((row, stay))
        });
        Ok(Self { off: off.collect::<Outcome<Vec<_>>>()?, lessons, week, today, now: wall, whole_day, calendar })
    }

    pub fn is_off(&self, date: Date) -> bool {
        self.off.iter().any(|(row, _)| row.date == date)
    }
}

/// What was typed into a form that was refused, and why.
#[derive(Default)]
pub(super) struct Typed {
    /// Lines from Monday; a day without a field has none.
    pub lines: Vec<Option<String>>,
    pub weeks: u8,
    pub written: LineErrors,
    /// First day, last day, reason.
    pub off: (String, String, String),
    pub off_refused: Option<Refusal>,
}

pub(super) fn editor_page(chrome: &Chrome, facts: &Facts, typed: &Typed, done: &str) -> Markup {
    let title = span_words(facts.week.monday);
    let grid = grid::of(facts);
    let errors = errors(typed);
    let listed: Vec<(&str, &str)> = errors.iter().map(|(field, why)| (field.as_str(), why.as_str())).collect();
    let body = html! {
        div.wrap.stack {
            (page_head(&title, sums(facts, &grid), turns(facts)))
            @if let Some(words) = done_words(done) { (toast(words, None)) }
            (error_summary(&listed, "Nothing was saved. What you typed is still here."))
            (grid_form(facts, &grid))
            (written::form(facts, typed))
            (days_off(facts, typed))
        }
    };
    page(chrome, format!("Your week, {title}"), body)
}

fn errors(typed: &Typed) -> Vec<(String, String)> {
    let lines = typed.written.iter().map(|(weekday, why)| (format!("d{weekday}"), why.clone()));
    let off = typed.off_refused.iter().flat_map(|refusal| match refusal.errors.first() {
        Some(field) => Some((field.field.clone(), field.message.clone())),
        None => Some(("date".to_owned(), refusal.detail.clone())),
    });
    lines.chain(off).collect()
}

fn done_words(done: &str) -> Option<&'static str> {
    Some(match done {
        "saved" => "Your week is saved. Lessons that are booked stay as they are.",
        "same" => "Nothing was different, so nothing was changed.",
        "off" => "The day is off. Nobody can book it; lessons booked before stay.",
        "back" => "The day is back. Your published hours can be booked again.",
        _ => return None,
    })
}

/// "Nov 9 to 15", "Nov 30 to Dec 6".
pub(super) fn span_words(monday: Date) -> String {
    let sunday = plus_days(monday, 6);
    let last = if sunday.month() == monday.month() { sunday.strftime("%-d") } else { sunday.strftime("%b %-d") };
    format!("{} to {last}", monday.strftime("%b %-d"))
}

/// "13 hours free, 4 booked. New York time."
fn sums(facts: &Facts, grid: &Grid) -> String {
    let hours = |minutes: u32| {
        let halves = minutes / 30;
        let half = if halves % 2 == 1 { "½" } else { "" };
        match halves / 2 {
            0 if !half.is_empty() => "half an hour".to_owned(),
            1 if half.is_empty() => "1 hour".to_owned(),
            n => format!("{n}{half} hours"),
        }
    };
    let zone = facts.calendar.zone_name.rsplit('/').next().unwrap_or_default().replace('_', " ");
    let booked = count(facts.lessons.len(), "lesson", "lessons");
    format!("{} free, {booked} booked. {zone} time.", hours(grid.free_minutes))
}

fn turns(facts: &Facts) -> Markup {
    let week = |days: i64| address(plus_days(facts.week.monday, days), "");
    let this = monday_of(facts.today);
    html! {
        (link_button(&week(-7), &Button::line("").small().icon(Icon::Left).says("Week before")))
        @if facts.week.monday != this { (link_button(&address(this, ""), &Button::line("This week").small())) }
        (link_button(&week(7), &Button::line("").small().icon(Icon::Right).says("Week after")))
    }
}

fn grid_form(facts: &Facts, grid: &Grid) -> Markup {
    let whole = format!("{}&hours=all", address(facts.week.monday, ""));
    html! {
        form.stack method="post" action="/instructor/availability" id="week" {
            (week_key())
            input type="hidden" name="week" value=(facts.week.monday);
            input type="hidden" name="version" value=(facts.week.version);
            input type="hidden" name="from" value=(grid.from);
            input type="hidden" name="to" value=(grid.to);
            input type="hidden" name="fixed" value=(grid.fixed_words());
            (week_grid(&grid.view))
            @if !facts.whole_day { p.small { a href=(whole) { "Show all 24 hours" } } }
            div.toast.wk__bar data-unsaved role="status" {
                span { b data-count { "Tick what you offer, then save." } }
                span.row.nowrap {
                    button.lnk type="reset" { "Discard" }
                    button.btn.btn--s data-busy="Saving…" { "Save week" }
                }
            }
        }
    }
}
