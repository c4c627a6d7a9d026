//! What an admin sees of bookings: all of them, each with its books and its history.

use serde_json::json;

use crate::accounts;
use crate::base::id::BookingId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::tables::{BOOKINGS, load};
use crate::bookings::view::{BookingView, view};
use crate::payments;
use crate::payments::ledger::{self, Entry};
use crate::payments::model::{ActionState, PaymentStatus};
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span};

/// Bookings that one search looks at, the newest first.
const LOOKED_AT: usize = 50_000;

/// What an admin looks for; all parts together.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A booking id, its reference, a name or an address.
    pub text: Option<String>,
    pub status: Option<Status>,
    pub payment_status: Option<PaymentStatus>,
    /// Lesson dates, both included.
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// Matching bookings, the latest made first.
pub fn search(site: &Site, wish: &Search) -> Outcome<Vec<Booking>> {
    site.read(|r| {
        let mut found = Vec::new();
        for (_, booking) in r.scan(&BOOKINGS, Span::all(), LOOKED_AT, Dir::Down)? {
            if fits(r, &booking, wish)? {
                found.push(booking);
            }
        }
        Ok(found)
    })
}

fn fits(r: &dyn Read, booking: &Booking, wish: &Search) -> Outcome<bool> {
    let plain = wish.status.is_none_or(|status| status == booking.status)
        && wish.from.is_none_or(|from| booking.date >= from)
        && wish.to.is_none_or(|to| booking.date <= to);
    if !plain {
        return Ok(false);
    }
    if let Some(wanted) = wish.payment_status
        && payments::ops::payment(r, booking.id)?.status != wanted
    {
        return Ok(false);
    }
    match wish.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => speaks_of(r, booking, &text.to_lowercase()),
        None => Ok(true),
    }
}

fn speaks_of(r: &dyn Read, booking: &Booking, text: &str) -> Outcome<bool> {
    let mut words = vec![booking.id.to_string(), booking.reference(), booking.service_name.clone()];
    for user in [booking.student_id, booking.instructor_id] {
        words.push(user.to_string());
        if let Some(user) = accounts::user(r, user)? {
            words.extend([user.full_name(), user.email]);
        }
    }
    Ok(words.iter().any(|word| word.to_lowercase().contains(text)))
}

/// One thing that happened to a booking.
pub struct Happened {
    pub kind: &'static str,
    pub at: Timestamp,
    pub data: serde_json::Value,
}

/// A booking with its books and its history.
pub struct File {
    pub view: BookingView,
    pub ledger: Vec<Entry>,
    pub events: Vec<Happened>,
}

pub fn file(site: &Site, id: BookingId) -> Outcome<File> {
    site.read(|r| {
        let booking = load(r, id)?;
        Ok(File {
            view: view(r, &booking, Side::Admin)?,
            ledger: ledger::of_booking(r, id)?,
            events: history(r, &booking)?,
        })
    })
}

/// The stations of a booking, in order of time.
fn history(r: &dyn Read, booking: &Booking) -> Outcome<Vec<Happened>> {
    let none = serde_json::Value::Null;
    let mut list = vec![(Some(booking.created_at), "created", none.clone())];
    list.push((booking.confirmed_at, "confirmed", none.clone()));
    list.push((booking.completed_at, "completed", none));
    let who = serde_json::json!({ "by": booking.cancelled_by, "reason": booking.cancellation_reason });
    list.push((booking.cancelled_at, "cancelled", who));
    if let Some(report) = &booking.no_show {
        let said = serde_json::json!({ "accused": report.accused, "reported_by": report.reported_by });
        list.push((Some(report.reported_at), "no_show_reported", said));
    }
    if let Some(contested) = &booking.contested {
        list.push((Some(contested.at), "completion_contested", json!({ "reason": contested.reason })));
    }
    list.extend(of_money(r, booking.id)?);
    let mut events: Vec<Happened> =
        list.into_iter().filter_map(|(at, kind, data)| Some(Happened { kind, at: at?, data })).collect();
    events.sort_by_key(|event| event.at);
    Ok(events)
}

/// The stations of its money: calls with their outcome, a dispute, the end.
fn of_money(r: &dyn Read, id: BookingId) -> Outcome<Vec<(Option<Timestamp>, &'static str, serde_json::Value)>> {
    let payment = payments::ops::payment(r, id)?;
    let mut list = Vec::new();
    for action in payments::tables::actions(r, id)? {
        let (kind, at) = match action.state {
            ActionState::Pending => ("money_asked", action.created_at),
            ActionState::Done => ("money_moved", action.done_at.unwrap_or(action.created_at)),
            ActionState::Failed => ("money_refused", action.done_at.unwrap_or(action.created_at)),
        };
        let data = json!({
            "what": action.kind.name(), "amount_cents": action.amount, "object_id": action.provider_id,
            "idempotency_key": action.idempotency_key, "error": action.error,
        });
        list.push((Some(at), kind, data));
    }
    if let Some(dispute) = &payment.dispute {
        let data = json!({ "amount_cents": dispute.amount, "object_id": dispute.id, "state": dispute.state });
        list.push((Some(dispute.opened_at), "disputed", data.clone()));
        list.push((dispute.closed_at, "dispute_closed", data));
    }
    let outcome = json!({ "outcome": payment.outcome.map(|outcome| outcome.name()) });
    list.push((payment.settled_at, "settled", outcome));
    Ok(list)
}

pub fn payment_status(text: &str) -> Outcome<PaymentStatus> {
    let all = [
        PaymentStatus::Scheduled,
        PaymentStatus::Authorized,
        PaymentStatus::PaymentMethodRequired,
        PaymentStatus::Locked,
        PaymentStatus::ManualReview,
        PaymentStatus::Settled,
    ];
    all.into_iter().find(|status| status.name() == text).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|status| status.name()).collect();
        Refusal::invalid("payment_status", format!("One of {}.", names.join(", ")))
    })
}
