//! A student's cards, credit and payments.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::base::access::Actor;
use crate::base::csv::Csv;
use crate::base::id::MethodId;
use crate::base::money::Cents;
use crate::base::time::{TimeZone, Timestamp, fmt_date, utc_to_local, zone};
use crate::payments::model::{BookingPayment, LotStatus, PaymentMethod};
use crate::payments::ops::{self, Holdings};
use crate::payments::view::{PaymentSummary, has_ended};
use crate::site::Site;
use crate::web::components::{
    Button, Col, Icon, Row, Stat, Table, Tone, badge, empty, link_button, page_head, post_button, section, stats, table,
};
use crate::web::{Answer, Chrome, Id, page, see_other};

/// Payments on the page; all of them are in the API.
const SHOWN: usize = 100;

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Markup> {
    let (user, now) = (actor.user_id, site.now());
    let (cards, held, paid) =
        site.read(|r| Ok((ops::cards(r, user)?, ops::holdings(r, user, now)?, ops::transactions(r, user)?)))?;
    let tz = zone(&actor.timezone).unwrap_or_else(|| site.zone.clone());
    Ok(page(
        &chrome,
        "Cards and payments",
        html! {
            div.wrap.stack.stack--l {
                (page_head("Cards and payments", "What you pay with, what you have, what you paid.", html! {}))
                (section("cards", "Cards", "Card numbers are typed on Stripe’s own page and never reach us.", card_list(&cards)))
                (section("credit", "Credit", "Used at checkout, the earliest to expire first.", credit(&held, &tz)))
                (section("payments", "Payments", "Your lessons, the latest first.", html! {
                    (history(&paid, &tz))
                    @if !paid.is_empty() { (link_button("/student/billing/payments.csv", &Button::line("As a table (CSV)").small())) }
                }))
            }
        },
    ))
}

fn card_list(cards: &[PaymentMethod]) -> Markup {
    let add = Button::primary("Add a card").icon(Icon::Lock).busy("Opening Stripe…");
    html! {
        @for card in cards {
            div.row.row--split {
                p {
                    b { (card.label()) } @if card.is_default { " " (badge(Tone::Ok, "default")) }
                    br; span.muted { "Expires " (format!("{:02}/{:02}", card.exp_month, card.exp_year % 100)) }
                }
                div.row {
                    @if !card.is_default {
                        (post_button(&format!("/student/billing/cards/{}/default", card.id), &[], &Button::line("Make default").small()))
                    }
                    (post_button(&format!("/student/billing/cards/{}/remove", card.id), &[],
                        &Button::line("Remove").small().says(&format!("Remove {}", card.label()))))
                }
            }
        }
        @if cards.is_empty() { p.muted { "No card is saved yet." } }
        (post_button("/payments/cards/new?next=/student/billing", &[], &add))
    }
}

fn day(at: Timestamp, tz: &TimeZone) -> String {
    let (date, _) = utc_to_local(at, tz);
    format!("{}, {}", fmt_date(date), date.year())
}

fn credit(held: &Holdings, tz: &TimeZone) -> Markup {
    let stat = |label: &str, cents: Cents, note: &str| Stat::new(label, cents.dollars(), note);
    let live = held.lots.iter().filter(|lot| lot.status == LotStatus::Available);
    html! {
        (stats(&[
            stat("To spend", held.available, "").lead(),
            stat("Reserved", held.reserved, "for lessons you have booked"),
        ]))
        @for lot in live {
            p {
                b { (lot.amount.dollars()) }
                @if let Some(end) = lot.expires_at { span.muted { " until " (day(end, tz)) } }
            }
        }
    }
}

fn history(paid: &[BookingPayment], tz: &TimeZone) -> Markup {
    if paid.is_empty() {
        let find = Some(link_button("/search", &Button::primary("Find a lesson")));
        return empty("Nothing paid yet", "Your first lesson will be listed here.", find);
    }
    let row = |payment: &BookingPayment| {
        let lesson = html! { a href={ "/student/lessons/" (payment.booking_id) } { (payment.description) } };
        let [card, credit, back] = sums(payment).map(amount);
        let tip = amount(PaymentSummary::tip_given(payment));
        Row::new(vec![lesson, html! { (day(payment.start, tz)) }, html! { (state(payment)) }, card, credit, back, tip])
    };
    table(&Table {
        caption: "Payments".into(),
        caption_hidden: true,
        cols: vec![
            Col::new("Lesson"),
            Col::new("Day"),
            Col::new("State"),
            Col::end("Card"),
            Col::end("Credit used"),
            Col::end("Given back"),
            Col::end("Tip"),
        ],
        rows: paid.iter().take(SHOWN).map(row).collect(),
        foot: None,
    })
}

fn state(payment: &BookingPayment) -> &'static str {
    use crate::payments::model::PaymentStatus as S;
    match payment.status {
        S::Scheduled => "your card is asked 24 hours before the lesson",
        S::Authorized => "held on your card",
        S::PaymentMethodRequired => "your card was refused",
        S::Locked => "paid when you moved it",
        S::ManualReview => "being looked at by us",
        S::Settled if payment.captured == Cents::ZERO => "nothing was charged",
        S::Settled if payment.refunded_to_card == payment.captured => "given back",
        S::Settled if payment.student_credit.is_positive() => "paid, cancelled late",
        S::Settled => "paid",
    }
}

/// Card, credit used, given back as money or credit.
fn sums(payment: &BookingPayment) -> [Cents; 3] {
    let card = if has_ended(payment) { payment.captured } else { payment.card_amount() };
    [card, payment.credits_reserved, payment.refunded_to_card + payment.student_credit]
}

fn amount(cents: Cents) -> Markup {
    match cents {
        Cents::ZERO => html! { "–" },
        cents => html! { (cents.dollars()) },
    }
}

/// Every payment as a table to take away, tips included.
pub(super) async fn download(State(site): State<Site>, actor: Actor) -> Answer<Response> {
    let paid = site.read(|r| ops::transactions(r, actor.user_id))?;
    let tz = zone(&actor.timezone).unwrap_or_else(|| site.zone.clone());
    let head = ["lesson_on", "lesson", "booking_id", "state", "card", "credit_used", "given_back", "tip"];
    let mut csv = Csv::with_head(&head);
    for payment in &paid {
        let [card, credit, back] = sums(payment).map(Cents::plain);
        let tip = PaymentSummary::tip_given(payment).plain();
        let (date, _) = utc_to_local(payment.start, &tz);
        let (lesson, id) = (payment.description.clone(), payment.booking_id.to_string());
        csv.row(&[date.to_string(), lesson, id, state(payment).to_owned(), card, credit, back, tip]);
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"payments.csv\"")),
    ];
    Ok((headers, csv.finish()).into_response())
}

pub(super) async fn make_default(State(site): State<Site>, actor: Actor, Id(id): Id<MethodId>) -> Answer<Response> {
    ops::make_default(&site, actor.user_id, id).await?;
    Ok(see_other("/student/billing"))
}

pub(super) async fn remove(State(site): State<Site>, actor: Actor, Id(id): Id<MethodId>) -> Answer<Response> {
    ops::remove_card(&site, actor.user_id, id).await?;
    Ok(see_other("/student/billing"))
}
