//! `/admin/bookings/{id}/money`: every cent of a booking with its rule, Stripe's objects, who was told when.

use axum::extract::State;
use maud::{Markup, html};

use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::bookings::tables::load;
use crate::console::figures::explained::{Explained, explained as gather};
use crate::console::pages::shell::{moments, show};
use crate::console::words::Moments;
use crate::site::Site;
use crate::web::components::{Col, Row, Table, crumb, empty, table};
use crate::web::{Answer, Chrome, Id};

pub async fn explained(State(site): State<Site>, chrome: Chrome, Id(id): Id<BookingId>) -> Answer<Markup> {
    let times = moments(&site);
    let (booking, told) = site.read(|r| Ok((load(r, id)?, gather(r, id)?)))?;
    let title = format!("The money of {}, {}", booking.service_name, booking.reference());
    let body = html! {
        div.stack.stack--l {
            header.stack.stack--s {
                (crumb("Back to the booking", &format!("/admin/bookings/{id}")))
                h1.h2 { (title) }
            }
            (entries(&told, &times))
            (calls(&told, &times))
            (mails(&told, &times))
        }
    };
    Ok(show(&site, &chrome, title.as_str(), body)?)
}

fn part(title: &str, body: Markup) -> Markup {
    html! { section.stack.stack--s { h2.h3 { (title) } (body) } }
}

fn entries(told: &Explained, times: &Moments) -> Markup {
    if told.entries.is_empty() {
        return part("Books", empty("Nothing posted yet", "No cent has moved for this lesson so far.", None));
    }
    let row = |entry: &crate::console::figures::explained::ExplainedEntry| {
        let side = |line: &crate::console::figures::explained::ExplainedLine| {
            format!("{} {}", line.account.replace('_', " "), line.amount_cents.dollars())
        };
        Row::new(vec![
            html! { (times.at(entry.at)) },
            html! { span { (entry.sentence) br; small { (entry.rule) } } },
            html! { span.small { @for line in &entry.lines { (side(line)) br; } } },
        ])
    };
    let foot = vec![html! { "All entries" }, html! {}, html! { (told.sum_cents.dollars()) }];
    part(
        "Books",
        table(&Table {
            caption: "Every entry, with its rule".to_owned(),
            caption_hidden: true,
            cols: vec![Col::new("When"), Col::new("What and why"), Col::new("Accounts")],
            rows: told.entries.iter().map(row).collect(),
            foot: Some(foot),
        }),
    )
}

fn calls(told: &Explained, times: &Moments) -> Markup {
    if told.calls.is_empty() {
        return part("At Stripe", empty("Stripe was never asked", "No call was made for this lesson.", None));
    }
    let row = |call: &crate::console::figures::explained::ExplainedCall| {
        let amount = if call.amount_cents == Cents::ZERO { "–".to_owned() } else { call.amount_cents.dollars() };
        Row::new(vec![
            html! { (times.at(call.at)) },
            html! { span { (call.what) br; small { (call.state) @if let Some(error) = &call.error { ", " (error) } } } },
            html! { (amount) },
            html! { span { code.small { (call.object_id.as_deref().unwrap_or("–")) } br; code.small { (call.idempotency_key) } } },
        ])
    };
    part(
        "At Stripe",
        table(&Table {
            caption: "Calls to Stripe".to_owned(),
            caption_hidden: true,
            cols: vec![Col::new("When"), Col::new("Call"), Col::end("Amount"), Col::new("Object and key")],
            rows: told.calls.iter().map(row).collect(),
            foot: None,
        }),
    )
}

fn mails(told: &Explained, times: &Moments) -> Markup {
    if told.told.is_empty() {
        return part("Told", empty("Nobody was told", "No mail was written about this lesson.", None));
    }
    let row = |mail: &crate::console::figures::explained::ExplainedMail| {
        Row::new(vec![
            html! { (times.at(mail.at)) },
            html! { span { (mail.subject) br; small { (mail.template.replace('_', " ")) } } },
            html! { @if let Some(user) = mail.user_id { a href={ "/admin/users/" (user) } { "the person" } } },
            html! { (mail.status.to_lowercase()) },
        ])
    };
    part(
        "Told",
        table(&Table {
            caption: "Mails about this lesson".to_owned(),
            caption_hidden: true,
            cols: vec![Col::new("When"), Col::new("Mail"), Col::new("To"), Col::new("State")],
            rows: told.told.iter().map(row).collect(),
            foot: None,
        }),
    )
}
