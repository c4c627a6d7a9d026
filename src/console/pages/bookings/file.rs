//! `/admin/bookings/{id}`: the parties, the money with its books, the story, what can be done.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::change::{may_cancel, may_complete};
use super::parts::Case;
use crate::accounts::model::User;
use crate::base::id::{BookingId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{fmt_date_long, fmt_range, fmt_zone, zone};
use crate::bookings::model::Booking;
use crate::bookings::ops::refund::way;
use crate::bookings::tables::load;
use crate::console::figures::explained::place_in_books;
use crate::console::figures::story::story;
use crate::console::pages::shell::{moments, person, show, state_badge};
use crate::console::words::{Moments, lesson_state, money_state};
use crate::payments::ledger::{self, Entry};
use crate::payments::model::BookingPayment;
use crate::payments::rules::bill::{Bill, credit_back, of_instructor, of_student};
use crate::payments::view::has_ended;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{
    Button, Col, Moment, PriceLine, Row, Table, Tone, crumb, empty, facts, link_button, notice, price_table, table,
    timeline,
};
use crate::web::{Answer, Chrome, Id, Params};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// What was just changed.
    done: String,
}

pub async fn file(
    State(site): State<Site>,
    chrome: Chrome,
    Id(id): Id<BookingId>,
    Params(done): Params<Done>,
) -> Answer<Markup> {
    let times = moments(&site);
    let (title, body) = site.read(|r| {
        let case = Case::load(r, load(r, id)?)?;
        let title = format!("{}, {} min", case.booking.service_name, case.booking.minutes);
        let body = html! {
            (head(&case, &times, &title, &done))
            div.with-drawer {
                div.stack.stack--l.con__file {
                    (party_facts(&case, &times)?)
                    (history(r, &case, &times)?)
                    (books(ledger::of_booking(r, id)?, &times))
                }
                (side(&case, &times))
            }
        };
        Ok((title, body))
    })?;
    Ok(show(&site, &chrome, title, body)?)
}

fn head(case: &Case, times: &Moments, title: &str, done: &Done) -> Markup {
    let said = match done.done.as_str() {
        "completed" => Some("The lesson is marked as completed."),
        "cancelled" => Some("The lesson is cancelled. Both are told by mail."),
        "refunded" => Some("The money is on its way back to the card."),
        "resumed" => Some("The settlement goes on."),
        "decided" => Some("The report is decided, and the money follows."),
        _ => None,
    };
    html! {
        header.stack.stack--s {
            (crumb("All bookings", "/admin/bookings"))
            h1.h2 { (title) }
            p.row {
                (state_badge(lesson_state(&case.booking, times.now)))
                (state_badge(money_state(&case.payment)))
                span.muted { "Reference " (case.booking.reference()) }
            }
            @if let Some(words) = said { (notice(Tone::Ok, words)) }
        }
    }
}

fn party_facts(case: &Case, times: &Moments) -> Outcome<Markup> {
    let b = &case.booking;
    let mut rows = vec![
        ("When", when(b, times)),
        ("Student", party(case.student.as_ref(), b.student_id)),
        ("Instructor", party(case.instructor.as_ref(), b.instructor_id)),
        ("Where", place(b)),
        ("Booked", html! { (times.at(b.created_at)) }),
    ];
    if let Some(until) = b.hold_expires_at.filter(|_| b.status == crate::bookings::model::Status::Pending) {
        rows.push(("Held until", html! { (times.at(until)) ", " (times.distance(until)) }));
    }
    for (label, other) in [("Moved from", b.rescheduled_from), ("Moved to", b.rescheduled_to)] {
        if let Some(other) = other {
            rows.push((label, html! { a href={ "/admin/bookings/" (other) } { "the other booking" } }));
        }
    }
    for (label, note) in [("Student’s note", &b.student_note), ("Instructor’s note", &b.instructor_note)] {
        if let Some(note) = note {
            rows.push((label, html! { (note) }));
        }
    }
    rows.push(("Booking id", html! { code { (b.id) } }));
    if let Some(intent) = &case.payment.intent {
        rows.push(("At Stripe", html! { code { (intent) } }));
    }
    Ok(part("Facts", facts(&rows)))
}

fn part(title: &str, body: Markup) -> Markup {
    html! { section.stack.stack--s { h2.h3 { (title) } (body) } }
}

/// The lesson's own clock, and ours where it differs.
fn when(b: &Booking, times: &Moments) -> Markup {
    let lesson_zone = zone(&b.zone);
    let name = lesson_zone.as_ref().map_or_else(|| b.zone.clone(), |tz| fmt_zone(b.start, tz));
    let ours = times.at(b.start);
    let differs = lesson_zone.as_ref().is_some_and(|tz| tz != &times.zone);
    html! {
        (fmt_date_long(b.date)) ", " (fmt_range(b.start_time, b.end_time)) " " (name)
        @if differs { br; span.muted { "Here: " (ours) } }
        br; span.muted { (times.distance(b.start)) }
    }
}

fn party(user: Option<&User>, id: UserId) -> Markup {
    html! {
        (person(user, id))
        @if let Some(user) = user { br; span.muted { (user.email) } }
    }
}

fn place(b: &Booking) -> Markup {
    let words = match b.place {
        Place::StudentHome => "At the student’s place",
        Place::InstructorLocation => "At the instructor’s place",
        Place::Neutral => "At a public place",
        Place::Remote => "Online",
    };
    html! {
        (words)
        @if let Some(at) = &b.meeting_location { br; span.muted { (at) } }
    }
}

fn history(r: &dyn Read, case: &Case, times: &Moments) -> Outcome<Markup> {
    let moments: Vec<Moment> = story(r, &case.booking, &case.payment, times)?
        .into_iter()
        .map(|station| Moment {
            title: format!("{}. {}", capital(&times.at(station.at)), station.title),
            text: station.text,
            done: station.done,
        })
        .collect();
    Ok(part("Story", timeline(&moments)))
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default() + letters.as_str()
}

/// Every line of the books about this booking; they sum to zero.
fn books(mut entries: Vec<Entry>, times: &Moments) -> Markup {
    entries.sort_by_key(|entry| (entry.at, place_in_books(entry.kind)));
    if entries.is_empty() {
        return part(
            "Books",
            empty("Nothing posted yet", "Every cent that moves for this lesson is posted here, twice.", None),
        );
    }
    let lines: Vec<Row> = entries
        .iter()
        .flat_map(|entry| entry.lines.iter().map(move |line| (entry, line)))
        .map(|(entry, line)| {
            Row::new(vec![
                html! { (times.at(entry.at)) },
                html! { (capital(&entry.kind.name().replace('_', " "))) },
                html! { (capital(&line.account.name().replace('_', " "))) },
                html! { (line.amount.dollars()) },
            ])
        })
        .collect();
    let sum: Cents = entries.iter().flat_map(|entry| &entry.lines).map(|line| line.amount).sum();
    let foot =
        vec![html! { (count(entries.len(), "entry", "entries")) }, html! {}, html! {}, html! { (sum.dollars()) }];
    let books = Table {
        caption: "Ledger lines of this booking".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("When"), Col::new("Entry"), Col::new("Account"), Col::end("Amount")],
        rows: lines,
        foot: Some(foot),
    };
    part("Books", table(&books))
}

fn side(case: &Case, times: &Moments) -> Markup {
    let payment = &case.payment;
    html! {
        aside.drawer.stack aria-label="Money and actions" {
            (student_pays(payment))
            (instructor_gets(payment, case.instructor.as_ref()))
            (actions(&case.booking, payment, times))
        }
    }
}

fn lines_of(bill: &Bill) -> Vec<PriceLine> {
    bill.lines.iter().map(|line| PriceLine::new(&line.label, line.amount)).collect()
}

fn student_pays(payment: &BookingPayment) -> Markup {
    let bill = of_student(payment);
    let label = match (bill.is_final, has_ended(payment)) {
        (false, _) => "Student pays",
        (true, false) => "Card has given",
        (true, true) => "Card gave in the end",
    };
    html! {
        (price_table(&lines_of(&bill), &PriceLine::new(label, bill.total)))
        @if let Some(words) = credit_back(payment) { p.small.muted { (words) } }
    }
}

fn instructor_gets(payment: &BookingPayment, instructor: Option<&User>) -> Markup {
    let bill = of_instructor(payment);
    let name = instructor.map_or("Instructor", |user| user.first_name.as_str());
    let label = format!("{name} {}", if bill.is_final { "got" } else { "gets" });
    price_table(&lines_of(&bill), &PriceLine::new(label, bill.total))
}

/// Why nothing can be done.
fn why_nothing(payment: &BookingPayment) -> &'static str {
    match &payment.dispute {
        Some(dispute) if dispute.is_open() => "The student’s bank judges; its answer settles the money by itself.",
        _ => "Nothing can be changed about this lesson now.",
    }
}

fn actions(booking: &Booking, payment: &BookingPayment, times: &Moments) -> Markup {
    let to = |what: &str| format!("/admin/bookings/{}/{what}", booking.id);
    let (complete, cancel) = (may_complete(booking, payment, times.now), may_cancel(booking, payment, times.now));
    let refund = way(booking, payment, times.now).is_ok();
    let report = booking.no_show.as_ref().is_some_and(|report| report.resolved_at.is_none());
    html! {
        p { a href=(to("money")) { "Every cent of it, explained" } }
        @if complete.is_ok() || cancel.is_ok() || refund || report || payment.parked.is_some() {
            p.row {
                @if report { (link_button(&to("no-show"), &Button::primary("Decide the report").small())) }
                @if payment.parked.is_some() { (link_button(&to("resume"), &Button::primary("Let it go on").small())) }
                @if complete.is_ok() { (link_button(&to("complete"), &Button::line("Mark complete").small())) }
                @if refund { (link_button(&to("refund"), &Button::line("Give money back").small())) }
                @if cancel.is_ok() { (link_button(&to("cancel"), &Button::bad("Cancel the lesson").small())) }
            }
            p.small.muted { "Each shows first what follows, and asks why." }
        } @else {
            p.small.muted { (why_nothing(payment)) }
        }
    }
}
