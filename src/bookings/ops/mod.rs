//! Use cases of bookings. Each judges and writes in one transaction; where money is called, a second one follows.

pub mod admin;
pub mod cancel;
pub mod change;
pub mod complete;
pub mod create;
pub mod desk;
pub mod facts;
pub mod holds;
pub mod no_show;
pub mod paying;
pub mod pricing;
pub mod read;
pub mod refund;
pub mod reschedule;
pub mod tiers;

use serde_json::{Value, json};

use crate::availability::ops::{occupy, release};
use crate::base::refusal::Outcome;
use crate::bookings::model::{Booking, Status};
use crate::bookings::tables::BOOKINGS;
use crate::payments;
use crate::site::Setting;
use crate::site::audit::{self, By, Deed};
use crate::store::Tx;

/// rule: 00§4 Unpaid PENDING hold.
pub static HOLD_MINUTES: Setting<i64> = Setting {
    key: "booking.hold_minutes",
    description: "How many minutes an unpaid booking keeps its time.",
    default: || 30,
    check: |minutes| if (5..=240).contains(minutes) { Ok(()) } else { Err("Between 5 and 240 minutes.") },
};

/// The one way a booking is saved: its version grows, and both calendars say what it says.
pub fn save(tx: &mut Tx, booking: &mut Booking) -> Outcome<()> {
    booking.version += 1;
    tx.put(&BOOKINGS, &booking.id, booking)?;
    if booking.holds_slot { occupy(tx, &create::entry(booking)) } else { release(tx, booking.id) }
}

/// Writes down what a person did with their booking, in the write that does it. // rule: 20§12 cover all
fn noted(tx: &mut Tx, action: &'static str, booking: &Booking, before: Option<Status>) -> Outcome<()> {
    let by = By::current();
    // What was so already was no deed.
    if by.actor.is_none() || before == Some(booking.status) {
        return Ok(());
    }
    let before = before.map_or(Value::Null, |status| json!({ "status": status }));
    let mut after = json!({ "status": booking.status });
    if let Some(new) = booking.rescheduled_to {
        after["rescheduled_to"] = json!(new);
    }
    audit::record(tx, &by, Deed::on(action, "booking", booking.id).change(before, after))
}

/// What a card is used for, as the trail calls it: paying for a held time, or another card for a promised lesson.
fn card_deed(booking: &Booking, before: Status) -> &'static str {
    match before {
        Status::Pending if booking.rescheduled_from.is_some() => "booking.reschedule",
        Status::Pending => "booking.checkout",
        _ => "booking.change_card",
    }
}

/// Writes down that a card was given for a booking, and what the bank made of it: in the write that knows.
fn card_given(tx: &mut Tx, booking: &Booking, before: Status, refused: Option<&str>) -> Outcome<()> {
    let by = By::current();
    if by.actor != Some(booking.student_id) {
        return Ok(());
    }
    let payment = payments::ops::payment(tx, booking.id)?;
    let mut after = json!({
        "status": booking.status, "amount_cents": payment.card_amount(), "credit_cents": payment.credits_reserved,
    });
    let mut deed = Deed::on(card_deed(booking, before), "booking", booking.id);
    if let Some(word) = refused {
        after["refused"] = json!(word);
        deed = deed.failed();
    }
    audit::record(tx, &by, deed.change(json!({ "status": before }), after))
}
