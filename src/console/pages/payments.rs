//! `/admin/payments`: how payments are doing, what differs from Stripe's books, who is barred, what Stripe told us.

use axum::extract::State;
use maud::{Markup, html};

use super::shell::{address, as_of, heading, moments, person, show, state, state_badge};
use crate::accounts;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::bookings::model::{Booking, Status};
use crate::bookings::tables::load;
use crate::console::words::{Moments, Mood};
use crate::payments::model::{BookingPayment, Discrepancy};
use crate::payments::ops::{self, Health};
use crate::payments::rules::health::Level;
use crate::payments::tables::{latest_events, stuck};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Button, Col, Row, Stat, Table, Tone, empty, link_button, notice, stats, table};
use crate::web::{Answer, Chrome};

/// Events of Stripe's on the page.
const EVENTS: usize = 50;
const STUCK: usize = 50;

pub async fn health(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    let times = moments(&site);
    let body = site.read(|r| {
        let health = ops::health(r, times.now)?;
        Ok(html! {
            div.stack.stack--l {
                (heading("Payment health", as_of(&chrome, &times)))
                (figures(&health))
                (differing(r, &times)?)
                (waiting(r, &times)?)
                (barred(r)?)
                (events(r, &times)?)
            }
        })
    })?;
    Ok(show(&site, &chrome, "Payment health", body)?)
}

fn part(title: &str, body: Markup) -> Markup {
    html! { section.stack.stack--s { h2.h3 { (title) } (body) } }
}

fn figures(health: &Health) -> Markup {
    let counts = &health.counts;
    let level = match health.level {
        Level::Ok => (Mood::Good, "All is well"),
        Level::Warning => (Mood::Wait, "Worth a look"),
        Level::Critical => (Mood::Bad, "Needs somebody now"),
    };
    let success = match counts.minutes_since_success {
        Some(minutes) => format!("{minutes} min ago"),
        None => "never so far".to_owned(),
    };
    let of = |name: &str| health.by_status.get(name).copied().unwrap_or_default().to_string();
    html! {
        p.row { (state_badge(level)) span.muted { "A card was last accepted " (success) "." } }
        @for reason in &health.reasons { (notice(Tone::Warn, reason)) }
        (stats(&[
            Stat::new("Scheduled", of("scheduled"), "cards to be asked 24 hours ahead"),
            Stat::new("Authorised", of("authorized"), "held until the day after the lesson"),
            Stat::new("Card needed", counts.failed.to_string(), "the bank refused"),
            Stat::new("For a person", counts.in_review.to_string(), "automation stays away"),
            Stat::new("Late", (counts.overdue_authorizations + counts.overdue_captures).to_string(), "asked or charged too late"),
            Stat::new("Unanswered", counts.unanswered.to_string(), "calls to Stripe, repeated by themselves"),
        ]))
    }
}

fn differing(r: &dyn Read, times: &Moments) -> Outcome<Markup> {
    let open = ops::discrepancies(r)?;
    if open.is_empty() {
        return Ok(part(
            "Our books and Stripe’s",
            empty("No difference", "They are compared every night at 4:00 UTC.", None),
        ));
    }
    let row = |found: &Discrepancy| {
        Row::new(vec![
            html! { (times.at(found.found_at)) },
            html! { span { (found.what.name().replace('_', " ")) br; code.small { (found.object) } } },
            html! { @if let Some(booking) = found.booking_id { a href={ "/admin/bookings/" (booking) "/money" } { "the booking" } } },
            html! { (found.ours.dollars()) },
            html! { (found.theirs.dollars()) },
        ])
    };
    Ok(part(
        "Our books and Stripe’s differ",
        table(&Table {
            caption: "Differences".to_owned(),
            caption_hidden: true,
            cols: vec![Col::new("Found"), Col::new("What"), Col::new("Lesson"), Col::end("Ours"), Col::end("Stripe’s")],
            rows: open.iter().map(row).collect(),
            foot: None,
        }),
    ))
}

fn waiting(r: &dyn Read, times: &Moments) -> Outcome<Markup> {
    let stuck: Vec<_> = stuck(r, SCAN_ROWS)?.into_iter().filter(|payment| payment.promised).collect();
    if stuck.is_empty() {
        return Ok(part("Payments that stand still", empty("None", "Every payment moves by itself.", None)));
    }
    let row = |payment: &BookingPayment| -> Outcome<Row> {
        Ok(Row::new(vec![
            html! { a href={ "/admin/bookings/" (payment.booking_id) } { (payment.description) } },
            html! { (times.at(payment.start)) },
            html! { (payment.status.name().replace('_', " ")) },
            html! { (why(payment, &load(r, payment.booking_id)?)) },
        ]))
    };
    let rows: Outcome<_> = stuck.iter().take(STUCK).map(row).collect();
    let all = address("/admin/bookings", &[("payment_status", "manual_review")]);
    Ok(part(
        "Payments that stand still",
        html! {
            (table(&Table {
                caption: "Payments that stand still".to_owned(),
                caption_hidden: true,
                cols: vec![Col::new("Lesson"), Col::new("Starts"), Col::new("Money"), Col::new("Why")],
                rows: rows?,
                foot: None,
            }))
            p.small { (count(stuck.len(), "payment", "payments")) ". " a href=(all) { "Those in manual review" } }
        },
    ))
}

/// What a payment waits for.
fn why(payment: &BookingPayment, booking: &Booking) -> String {
    let open = booking.no_show.as_ref().filter(|_| booking.status == Status::NoShow && payment.outcome.is_none());
    if payment.dispute.as_ref().is_some_and(|dispute| dispute.is_open()) {
        return "the student’s bank judges a dispute".to_owned();
    }
    match (open, &booking.contested) {
        (Some(report), _) if report.disputed_at.is_some() => "a no-show report and an objection to it".to_owned(),
        (Some(_), _) => "a no-show report that can be objected to".to_owned(),
        (None, Some(_)) if payment.in_review() && payment.outcome.is_none() => "the instructor contests it".to_owned(),
        _ => match (payment.outcome, payment.auth_last_error.as_deref()) {
            (Some(outcome), _) => outcome.name().replace('_', " "),
            (None, Some(error)) => format!("the bank said: {}", error.replace('_', " ")),
            (None, None) => "nothing is settled yet".to_owned(),
        },
    }
}

fn barred(r: &dyn Read) -> Outcome<Markup> {
    let list = ops::barred(r, SCAN_ROWS)?;
    if list.is_empty() {
        return Ok(part("People who may not book", empty("Nobody", "No payment has barred anybody.", None)));
    }
    let mut rows = Vec::new();
    for (user, standing) in list {
        let why = match (standing.locked, standing.restricted) {
            (true, _) => (Mood::Bad, "A charge failed for three days"),
            (_, true) => (Mood::Wait, "A dispute was lost"),
            _ => (Mood::Wait, "In debt"),
        };
        let lift = format!("/admin/users/{user}/lift");
        rows.push(Row::new(vec![
            person(accounts::user(r, user)?.as_ref(), user),
            state(why),
            html! { ((-standing.balance).dollars()) },
            link_button(&lift, &Button::line("Let them book again").small()),
        ]));
    }
    Ok(part(
        "People who may not book",
        table(&Table {
            caption: "People who may not book".to_owned(),
            caption_hidden: true,
            cols: vec![Col::new("Who"), Col::new("Why"), Col::end("Owes"), Col::new("")],
            rows,
            foot: None,
        }),
    ))
}

fn events(r: &dyn Read, times: &Moments) -> Outcome<Markup> {
    let latest = latest_events(r, EVENTS)?;
    if latest.is_empty() {
        return Ok(part(
            "What Stripe told us",
            empty("Nothing yet", "Signed events are listed here once they arrive.", None),
        ));
    }
    let row = |(id, event): &(String, crate::payments::model::WebhookRow)| {
        let how = match (event.processed, event.retry_count) {
            (false, _) => (Mood::Wait, "Not taken yet"),
            (true, 0 | 1) => (Mood::Plain, "Taken"),
            (true, _) => (Mood::Plain, "Taken at a later try"),
        };
        Row::new(vec![
            html! { (times.at(event.received_at)) },
            html! { span { (event.kind) br; code.small { (id) } } },
            state(how),
            html! { (event.note) },
        ])
    };
    Ok(part(
        "What Stripe told us",
        table(&Table {
            caption: "Events from Stripe".to_owned(),
            caption_hidden: true,
            cols: vec![Col::new("When"), Col::new("Event"), Col::new("State"), Col::new("What came of it")],
            rows: latest.iter().map(row).collect(),
            foot: None,
        }),
    ))
}
