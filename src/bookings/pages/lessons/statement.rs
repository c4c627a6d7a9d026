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
use crate::payments::rules::bill::{Bill, credit_back, of_instructor, of_student};
use crate::payments::rules::explain::explain;
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
    let bill = of_student(&lesson.payment);
    let total = if bill.is_final { "Paid by card" } else { "To be paid by card" };
    let sheet = Sheet { title: "Receipt", total, card, note: credit_back(&lesson.payment), bill };
    Ok(page(&chrome, "Receipt", shown(&lesson, &sheet, &movements(&lesson, &entries, for_student))))
}

pub async fn payout_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Markup> {
    let (lesson, entries, _) = site.read(|r| gather(r, &site, id, &actor, Side::Instructor))?;
    let bill = of_instructor(&lesson.payment);
    let total = if bill.is_final { "Paid to you" } else { "To be paid to you" };
    let sheet = Sheet { title: "Payout", total, card: None, note: None, bill };
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
    bill: Bill,
    /// What the total is called.
    total: &'static str,
    card: Option<String>,
    note: Option<String>,
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
    let lines: Vec<PriceLine> = sheet.bill.lines.iter().map(|line| PriceLine::new(&line.label, line.amount)).collect();
    html! {
        div.wrap.narrow.stack.stack--l {
            header.pagehead { (crumb("Back to the lesson", &lesson.root())) h1 { (sheet.title) } }
            (facts(&rows))
            (price_table(&lines, &PriceLine::new(sheet.total, sheet.bill.total)))
            @if let Some(words) = &sheet.note { p.small.muted { (words) } }
            (section_one("movements", "What moved, and why", movements.clone()))
        }
    }
}

/// What of an entry concerns the student, from their side.
fn for_student(entry: &Entry) -> Option<Cents> {
    let of = |account: Account| entry.lines.iter().filter(|l| l.account == account).map(|l| l.amount).sum::<Cents>();
    match entry.kind {
        EntryKind::Capture | EntryKind::Rebooked | EntryKind::TipCharged | EntryKind::Refund => {
            Some(-of(Account::Cash))
        }
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
