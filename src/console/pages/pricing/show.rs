//! The form of the prices, and the question before they change: what it would have meant.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::history::versions;
use super::typed::Typed;
use super::{PATH, PHRASE};
use crate::base::access::Actor;
use crate::base::money::Cents;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::console::pages::confirm::{Confirm, ask};
use crate::console::pages::proof;
use crate::console::pages::shell::{heading, moments, show};
use crate::payments::model::PriceQuote;
use crate::payments::rules::rehearse::{Rehearsal, Sums};
use crate::site::Site;
use crate::web::components::{Button, Col, Field, Row, Table, Tone, button, facts, field, notice, table};
use crate::web::{Answer, Chrome};

pub(super) fn form(
    site: &Site,
    chrome: &Chrome,
    typed: &Typed,
    refused: Option<Refusal>,
    saved: bool,
) -> Answer<Response> {
    let times = moments(site);
    let error = |name: &str| {
        let found = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == name));
        found.map(|e| e.message.clone())
    };
    let history = site.read(|r| versions(r, &times))?;
    let body = html! {
        div.stack.stack--l {
            (heading("Prices", html! {}))
            @if saved { (notice(Tone::Ok, "The prices are changed. Lessons already booked keep theirs.")) }
            @if let Some(refusal) = &refused { (notice(Tone::Warn, refusal.errors.first().map_or(refusal.detail.as_str(), |error| error.message.as_str()))) }
            form.stack method="post" action=(PATH) {
                input type="hidden" name="version" value=(typed.version);
                (inputs(typed, &error))
                p { (button(&Button::primary("Try it on the last 90 days").sends("go", "try").busy("Counting…"))) }
                p.small.muted { "Nothing is changed yet: you see first what it would have meant." }
            }
            (history)
        }
    };
    let status = refused.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, show(site, chrome, "Prices", body)?).into_response())
}

fn inputs(typed: &Typed, error: &dyn Fn(&str) -> Option<String>) -> Markup {
    let one = |name: &str, label: &str, value: &str, hint: &str, rows: Option<u8>| {
        let error = error(name);
        let inputmode = if rows.is_none() { "decimal" } else { "" };
        field(&Field {
            name,
            label,
            value,
            hint,
            rows,
            inputmode,
            error: error.as_deref(),
            required: true,
            ..Field::default()
        })
    };
    html! {
        div.two {
            (one("student_fee", "Booking protection, percent", &typed.student_fee, "What students pay on top of the lesson.", None))
            (one("founding_rate", "Founding share, percent", &typed.founding_rate, "For life.", None))
            (one("tiers", "Our share of a lesson", &typed.tiers, "One tier a line, by lessons in the window: 1-4: 15", Some(4)))
            (one("steps", "Milestone credit", &typed.steps, "Place in the cycle and dollars, one a line: 5: 10", Some(3)))
            (one("activity_window", "Window of the tiers, days", &typed.activity_window, "", None))
            (one("cycle", "Milestone cycle, lessons", &typed.cycle, "", None))
            (one("stepdown", "Steps down at most", &typed.stepdown, "", None))
            (one("inactivity", "Back to the first tier after, days", &typed.inactivity, "", None))
            (one("floor_in_person", "Least price of an hour in person, dollars", &typed.floor_in_person, "", None))
            (one("floor_remote", "Least price of an hour online, dollars", &typed.floor_remote, "", None))
            (one("founding_cap", "Founding places", &typed.founding_cap, "", None))
            (one("founding_boost", "Founding search boost", &typed.founding_boost, "From 1 to 3.", None))
        }
    }
}

pub(super) fn confirming(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    typed: &Typed,
    rehearsal: &Rehearsal,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let view = Confirm {
        title: "Change the prices like this?".to_owned(),
        back: ("Back to the prices", PATH),
        action: PATH,
        effects: told(rehearsal),
        fields: html! {
            (typed.hidden())
            input type="hidden" name="go" value="save";
            (proof::fields(site, actor, PHRASE, refused.as_ref()))
        },
        button: Button::primary("Change the prices").busy("Saving…"),
        keep: "Leave them as they are",
        reason: &typed.reason,
        unchanged: "The prices are as they were.",
    };
    ask(site, chrome, &view, refused.as_ref())
}

/// What the change would have meant.
fn told(rehearsal: &Rehearsal) -> Markup {
    let row = |label: &str, of: fn(&Sums) -> Cents| {
        let (was, new) = (of(&rehearsal.was), of(&rehearsal.would_be));
        Row::new(vec![
            html! { (label) },
            html! { (was.dollars()) },
            html! { (new.dollars()) },
            html! { b { ((new - was).dollars()) } },
        ])
    };
    let sums = Table {
        caption: "What each side would have paid and earned".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("Last 90 days"), Col::end("It was"), Col::end("It would be"), Col::end("Difference")],
        rows: vec![
            row("Students paid", |sums| sums.students_paid_cents),
            row("Instructors earned", |sums| sums.instructors_earned_cents),
            row("The marketplace kept", |sums| sums.marketplace_kept_cents),
        ],
        foot: None,
    };
    html! {
        p { (count(rehearsal.lessons as usize, "lesson was", "lessons were")) " held. They keep what they were sold at; this is what they would have come to." }
        (table(&sums))
        p { (count(rehearsal.worse_off as usize, "instructor would", "instructors would")) " have earned less, " (rehearsal.better_off) " more." }
        @if let Some((was, new)) = &rehearsal.example { (example(was, new)) }
        p { "Holds from the next lesson that is priced." }
    }
}

fn example(was: &PriceQuote, new: &PriceQuote) -> Markup {
    let words = |quote: &PriceQuote| {
        format!("student {}, instructor {}", (quote.lesson + quote.student_fee).dollars(), quote.payout.dollars())
    };
    html! {
        h3 { "The lesson that would differ most" }
        (facts(&[("It was", html! { (words(was)) }), ("It would be", html! { (words(new)) })]))
    }
}
