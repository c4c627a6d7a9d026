//! Days off: what is coming up, one button to take each back, a form for more.

use maud::{Markup, html};

use super::editor::{Facts, Typed};
use crate::base::text::count;
use crate::base::time::{fmt_date, plus_days};
use crate::web::components::{Button, Field, button, field, post_button, section};

pub(super) fn days_off(facts: &Facts, typed: &Typed) -> Markup {
    let lead = "Nobody can book a day off. Lessons booked before stay until you move or cancel them.";
    let week = facts.week.monday.to_string();
    let coming = facts.off.iter().filter(|(row, _)| row.date >= facts.today);
    let body = html! {
        ul.l {
            @for (row, stay) in coming {
                li.row.row--split {
                    span {
                        b { (fmt_date(row.date)) }
                        @if let Some(reason) = &row.reason { " " span.muted { (reason) } }
                        @if *stay > 0 { " " span.small { (count(*stay, "lesson stays", "lessons stay")) " booked" } }
                    }
                    (post_button(&format!("/instructor/availability/days-off/{}/removal", row.id), &[("week", &week)],
                        &Button::line("Teach that day").small().says(&format!("Teach on {}", fmt_date(row.date)))))
                }
            }
        }
        (form(facts, typed, &week))
    };
    section("off", "Days off", lead, body)
}

fn form(facts: &Facts, typed: &Typed, week: &str) -> Markup {
    let (first, last, reason) = &typed.off;
    let refusal = typed.off_refused.as_ref();
    let error = |name: &str| {
        let named = refusal.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
        named.or_else(|| refusal.filter(|r| r.errors.is_empty() && name == "date").map(|r| r.detail.as_str()))
    };
    let (today, in_a_year) = (facts.today.to_string(), plus_days(facts.today, 730).to_string());
    let date = |name, label, value, optional| Field {
        name,
        label,
        kind: "date",
        value,
        optional,
        required: !optional,
        min: Some(&today),
        max: Some(&in_a_year),
        error: error(name),
        ..Field::default()
    };
    let reason = Field {
        name: "reason",
        label: "Reason",
        value: reason,
        hint: "Only you see it.",
        optional: true,
        maxlength: Some(255),
        error: error("reason"),
        ..Field::default()
    };
    html! {
        form.stack.ranges method="post" action="/instructor/availability/days-off" {
            input type="hidden" name="week" value=(week);
            (field(&date("date", "First day off", first.as_str(), false)))
            (field(&date("end_date", "Last day off", last.as_str(), true)))
            (field(&reason))
            p { (button(&Button::line("Take off").busy("Saving…"))) }
        }
    }
}
