//! A lesson's money on one sheet to print or keep: the student's receipt, the instructor's statement of the payout.

use axum::extract::State;
use maud::{Markup, html};

use super::load::Lesson;
use super::one::load;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::bookings::model::Side;
use crate::bookings::pages::checkout::load::card_label;
use crate::bookings::pages::words::moment;
use crate::payments::ledger::{Account, Entry, EntryKind, of_booking};
use crate::payments::rules::explain::explain;
use crate::payments::view::has_ended;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Col, PriceLine, Row, Table, crumb, empty, facts, price_table, section_one, table};
use crate::web::layout::BRAND;
use crate::web::{Answer, Chrome, Id, page};

pub async fn receipt_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Markup> {
    let (lesson, entries, card) = site.read(|r| gather(r, &site, id, &actor, Side::Student))?;
    let payment = &lesson.payment;
    let split = payment.split();
    let mut lines = vec![
        PriceLine::new("Lesson", split.lesson),
        PriceLine::new(format!("Booking protection, {}", payment.quote.fee.percent()), split.student_fee),
    ];
    if payment.credits_reserved.is_positive() {
        lines.push(PriceLine::new("Credit used", -payment.credits_reserved));
    }
    if let Some(tip) = payment.tip.as_ref().filter(|tip| tip.status.name() == "succeeded") {
        lines.push(PriceLine::new("Tip", tip.amount));
    }
    if payment.refunded_to_card.is_positive() {
        lines.push(PriceLine::new("Given back to the card", -payment.refunded_to_card));
    }
    let tip = payment.tip.as_ref().filter(|tip| tip.status.name() == "succeeded").map_or(Cents::ZERO, |tip| tip.amount);
    let total = if payment.captured.is_positive() || tip.is_positive() || has_ended(payment) {
        PriceLine::new("Paid by card", payment.captured + tip - payment.refunded_to_card)
    } else {
        PriceLine::new("To be paid by card", payment.card_amount())
    };
    let sheet = Sheet { title: "Receipt", lines, total, card };
    Ok(page(&chrome, "Receipt", shown(&lesson, &sheet, &movements(&lesson, &entries, for_student))))
}

pub async fn payout_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Markup> {
    let (lesson, entries, _) = site.read(|r| gather(r, &site, id, &actor, Side::Instructor))?;
    let payment = &lesson.payment;
    let mut lines = vec![
        PriceLine::new("Lesson", payment.quote.lesson),
        PriceLine::new(format!("Our share, {}", payment.quote.tier.percent()), -payment.quote.instructor_fee),
    ];
    let tip = payment.tip.as_ref().filter(|tip| tip.status.name() == "succeeded").map_or(Cents::ZERO, |tip| tip.amount);
    if tip.is_positive() {
        lines.push(PriceLine::new("Tip, all of it", tip));
    }
    let total = match has_ended(payment) {
        true => PriceLine::new("Paid to you", payment.instructor_payout + tip),
        false => PriceLine::new("To be paid to you", payment.quote.payout + tip),
    };
    let sheet = Sheet { title: "Payout", lines, total, card: None };
    Ok(page(&chrome, "Payout", shown(&lesson, &sheet, &movements(&lesson, &entries, for_instructor))))
}

type Gathered = (Lesson, Vec<Entry>, Option<String>);

fn gather(r: &dyn Read, site: &Site, id: BookingId, actor: &Actor, side: Side) -> Outcome<Gathered> {
    let lesson = load(r, site, id, actor.user_id, side)?;
    let card = card_label(r, &lesson.payment)?;
    Ok((lesson, of_booking(r, id)?, card))
}

struct Sheet {
    title: &'static str,
    lines: Vec<PriceLine>,
    total: PriceLine,
    card: Option<String>,
}

fn shown(lesson: &Lesson, sheet: &Sheet, movements: &Markup) -> Markup {
    let booking = &lesson.booking;
    let mut rows = vec![
        ("Lesson", html! { (lesson.title()) }),
        ("When", html! { (moment(booking.start, &lesson.tz)) ", " (booking.minutes) " minutes" }),
        ("Reference", html! { (booking.reference()) }),
        ("From", html! { (BRAND) }),
    ];
    if let Some(card) = &sheet.card {
        rows.push(("Card", html! { (card) }));
    }
    html! {
        div.wrap.narrow.stack.stack--l {
            header.pagehead { (crumb("Back to the lesson", &lesson.root())) h1 { (sheet.title) } }
            (facts(&rows))
            (price_table(&sheet.lines, &sheet.total))
            (section_one("movements", "What moved, and why", movements.clone()))
        }
    }
}

/// What of an entry concerns the student, from their side.
fn for_student(entry: &Entry) -> Option<Cents> {
    let of = |account: Account| entry.lines.iter().filter(|l| l.account == account).map(|l| l.amount).sum::<Cents>();
    match entry.kind {
        EntryKind::Capture | EntryKind::TipCharged | EntryKind::Refund => Some(-of(Account::Cash)),
        EntryKind::CreditIssued | EntryKind::CreditForfeited | EntryKind::CreditUsed => {
            Some(-of(Account::StudentCredit))
        }
        _ => None,
    }
}

fn for_instructor(entry: &Entry) -> Option<Cents> {
    match entry.kind {
        EntryKind::Payout | EntryKind::Tip | EntryKind::PayoutReversed => {
            Some(entry.lines.iter().filter(|line| line.account == Account::Cash).map(|line| -line.amount).sum())
        }
        _ => None,
    }
}

fn movements(lesson: &Lesson, entries: &[Entry], of: fn(&Entry) -> Option<Cents>) -> Markup {
    let rows: Vec<Row> = entries
        .iter()
        .filter_map(|entry| Some((entry, of(entry)?)))
        .map(|(entry, amount)| {
            let reason = explain(entry, &lesson.payment);
            Row::new(vec![
                html! { (moment(entry.at, &lesson.tz)) },
                html! { (reason.sentence) },
                html! { (amount.dollars()) },
            ])
        })
        .collect();
    if rows.is_empty() {
        return empty("Nothing has moved yet", "Each movement is listed here with its reason.", None);
    }
    table(&Table {
        caption: "Movements".into(),
        caption_hidden: true,
        cols: vec![Col::new("When"), Col::new("What"), Col::end("Amount")],
        rows,
        foot: None,
    })
}
