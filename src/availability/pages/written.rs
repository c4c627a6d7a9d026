//! The week as text: one line a day, repeated for some weeks, with a look at what would change before it does.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::address;
use super::editor::{Facts, Typed, span_words};
use super::input::Fields;
use crate::availability::ops::calendar_of;
use crate::availability::ops::editor::{REPEATS, Written};
use crate::availability::ops::lessons::lessons;
use crate::availability::rules::bits::Day;
use crate::availability::rules::ranges;
use crate::availability::rules::week::{Days, Plan};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{Date, fmt_date, monday_of, plus_days};
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Col, Field, Pick, Row, Table, button, empty, field, link_button, page_head, pick, section, table,
};
use crate::web::{Chrome, page};

/// Nothing for a week that is over.
pub(super) fn form(facts: &Facts, typed: &Typed) -> Markup {
    if plus_days(facts.week.monday, 6) < facts.today {
        return html! {};
    }
    let lead = "Same week as text. “3-7pm” or “15–19”, commas between. Add “online” or “no travel” to a range.";
    let weeks: Vec<Choice> = REPEATS
        .iter()
        .map(|n| {
            let label = if *n == 1 { "this week".to_owned() } else { format!("{n} weeks") };
            Choice::new(n.to_string(), label, *n == typed.weeks.max(1))
        })
        .collect();
    let body = html! {
        form.stack.ranges method="get" action="/instructor/availability/preview" {
            input type="hidden" name="week" value=(facts.week.monday);
            input type="hidden" name="version" value=(facts.week.version);
            @for weekday in 0..7usize { (line(facts, typed, weekday)) }
            fieldset.field { legend { "Repeat for" } div.row { @for n in &weeks { (pick(Pick::One, "weeks", n)) } } }
            p { (button(&Button::line("See what changes"))) }
        }
    };
    section("text", "Or write it", lead, body)
}

fn line(facts: &Facts, typed: &Typed, weekday: usize) -> Markup {
    let date = plus_days(facts.week.monday, weekday as i64);
    if date < facts.today {
        return html! {};
    }
    let published = || facts.week.days.get(&date).map(ranges::write).unwrap_or_default();
    let value = typed.lines.get(weekday).cloned().flatten().unwrap_or_else(published);
    let error = typed.written.iter().find(|(at, _)| *at == weekday).map(|(_, why)| why.as_str());
    field(&Field {
        name: &format!("d{weekday}"),
        label: &date.strftime("%A %-d").to_string(),
        value: &value,
        placeholder: "Nothing offered",
        autocomplete: "off",
        maxlength: Some(500),
        error,
        ..Field::default()
    })
}

/// What saving would change, day by day; pressing the button does it.
pub(super) fn preview_page(
    r: &dyn Read,
    chrome: &Chrome,
    who: UserId,
    written: &Written,
    (plan, current): (&Plan, &Days),
    fields: &Fields,
) -> Outcome<Markup> {
    let weeks: BTreeSet<Date> = plan.writes.keys().map(|date| monday_of(*date)).collect();
    let back = address(written.week_start, "");
    let lead = format!(
        "{} in {}.",
        count(plan.writes.len(), "day changes", "days change"),
        count(weeks.len(), "week", "weeks")
    );
    let staying = staying(r, who, plan)?;
    let body = html! {
        div.wrap.stack {
            @if plan.writes.is_empty() {
                (page_head("Nothing would change", "The hours you wrote are published already.", html! {}))
                (empty("Nothing to save", "Change a line and look again.",
                    Some(link_button(&back, &Button::line("Back to the week")))))
            } @else {
                (page_head(&format!("What changes from {}", span_words(written.week_start)), lead, html! {}))
                (changes(plan, current))
                @if staying > 0 {
                    p.muted { (count(staying, "lesson is", "lessons are")) " booked on these days and stay as they are." }
                }
                form.row method="post" action="/instructor/availability/written" {
                    @for (name, value) in &fields.0 { input type="hidden" name=(name) value=(value); }
                    (button(&Button::primary("Save these hours").busy("Saving…")))
                    (link_button(&back, &Button::link("Back without saving")))
                }
            }
        }
    };
    Ok(page(chrome, "What changes", body))
}

/// Lessons on the days that change.
fn staying(r: &dyn Read, who: UserId, plan: &Plan) -> Outcome<usize> {
    let (Some(first), Some(last)) = (plan.writes.keys().next(), plan.writes.keys().next_back()) else { return Ok(0) };
    let lessons = lessons(r, &calendar_of(r, who)?, who, *first, *last)?;
    Ok(lessons.iter().filter(|lesson| plan.writes.contains_key(&lesson.date)).count())
}

/// Each changed day, before and after.
pub(super) fn changes(plan: &Plan, current: &Days) -> Markup {
    let words = |day: Option<&Day>| match day.map(ranges::write).filter(|text| !text.is_empty()) {
        Some(text) => html! { (text) },
        None => html! { span.muted { "Nothing offered" } },
    };
    let rows = plan
        .writes
        .iter()
        .map(|(date, day)| Row::new(vec![html! { (fmt_date(*date)) }, words(current.get(date)), words(Some(day))]));
    table(&Table {
        caption: "Hours before and after".into(),
        caption_hidden: true,
        cols: vec![Col::new("Day"), Col::new("Published now"), Col::new("After saving")],
        rows: rows.collect(),
        foot: None,
    })
}
