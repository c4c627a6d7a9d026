//! What an admin does about the money of a lesson that is over: gives it back, or lets what stands still go on.

use serde_json::{Value, json};

use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::bookings::events::{BookingCancelled, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::desk::moment;
use crate::bookings::ops::save;
use crate::bookings::rules::lifecycle::{Cause, Step, step};
use crate::bookings::tables::load;
use crate::payments;
use crate::payments::later::Wanted;
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::rules::corrections::refundable;
use crate::payments::rules::settle::Cause as MoneyCause;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::Tx;

#[derive(Clone, Copy, Debug, Default)]
pub struct Refund {
    /// `None`: all of the card's money.
    pub amount: Option<Cents>,
    /// Take the same share of the payout back.
    pub reverse_payout: bool,
    /// The payment's version as the admin saw it: judged in the write, so that of two clicks one counts.
    pub version: Option<u32>,
}

/// How a refund would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The card gave this much, and it can be given back in parts.
    Captured(Cents),
    /// Nothing was taken yet: what the bank holds is let go, whole.
    Held(Cents),
}

/// Whether, and how, the money of a lesson can be given back now.
pub fn way(booking: &Booking, payment: &BookingPayment, now: Timestamp) -> Outcome<Way> {
    let open_report = booking.no_show.as_ref().is_some_and(|report| report.resolved_at.is_none());
    if booking.status == Status::NoShow && open_report {
        return Err(Refusal::unprocessable("NO_SHOW_OPEN", "Decide about the no-show report first."));
    }
    let over =
        matches!(booking.status, Status::Completed) || (booking.status == Status::Confirmed && now >= booking.end);
    let captured = refundable(payment);
    if payment.status == PaymentStatus::Locked && !over {
        let words = "This lesson is still to come: cancel it with a refund instead.";
        return Err(Refusal::unprocessable("NOTHING_TO_REFUND", words));
    }
    if captured.is_positive() {
        return Ok(Way::Captured(captured));
    }
    let ended = payment.is_settled() || payment.outcome.is_some();
    let waits = !ended && payment.settling.is_none() && payment.captured == Cents::ZERO;
    if over && waits {
        return Ok(Way::Held(payment.card_amount()));
    }
    Err(Refusal::unprocessable("NOTHING_TO_REFUND", "No money of this lesson's card is left to give back."))
}

pub async fn refund(site: &Site, id: BookingId, by: By, ask: Refund) -> Outcome<Booking> {
    let (admin, asker) = (by.user()?, by.clone());
    let work = site.write(move |tx| {
        let booking = load(tx, id)?;
        let payment = payments::ops::payment(tx, id)?;
        if ask.version.is_some_and(|seen| seen != payment.version) {
            let words = "The payment changed meanwhile. Look at the figures again.";
            return Err(Refusal::conflict("BOOKING_CHANGED", words));
        }
        let before = stand(&booking, &payment);
        let amount = match way(&booking, &payment, tx.now())? {
            Way::Captured(_) => {
                let wanted = Wanted { by: admin, reason: by.reason.clone().unwrap_or_default() };
                payments::ops::plan_refund(tx, id, wanted, ask.amount, ask.reverse_payout)?
            }
            Way::Held(held) => {
                if ask.amount.is_some_and(|amount| amount != held) {
                    let words = "The card was not charged yet, so only all of it can be given back.";
                    return Err(Refusal::unprocessable("REFUND_OUT_OF_RANGE", words));
                }
                payments::ops::settle(tx, id, MoneyCause::AdminRefund)?;
                let reason = by.reason.clone().unwrap_or_default();
                undo(tx, booking, Some(admin), &reason)?;
                held
            }
        };
        let after = json!({ "amount_cents": amount, "reverse_payout": ask.reverse_payout });
        audit::record(tx, &by, Deed::on("booking.refund", "booking", id).change(before, after))
    });
    audit::watched(site, &asker, Deed::on("booking.refund", "booking", id), work).await?;
    brought_home(site, id).await
}

/// Lets a settlement that stands still go on.
pub async fn resume(site: &Site, id: BookingId, by: By) -> Outcome<Booking> {
    let asker = by.clone();
    let work = site.write(move |tx| {
        let before = stand(&load(tx, id)?, &payments::ops::payment(tx, id)?);
        payments::ops::resume(tx, id)?;
        audit::record(tx, &by, Deed::on("booking.resume_payment", "booking", id).change(before, Value::Null))
    });
    audit::watched(site, &asker, Deed::on("booking.resume_payment", "booking", id), work).await?;
    brought_home(site, id).await
}

async fn brought_home(site: &Site, id: BookingId) -> Outcome<Booking> {
    if let Err(fault) = payments::ops::run(site, id).await {
        tracing::warn!(booking = %id, %fault, "money of a booking is still on its way; the jobs go on with it");
    }
    site.read(|r| load(r, id))
}

fn stand(booking: &Booking, payment: &BookingPayment) -> Value {
    json!({
        "status": booking.status,
        "payment_status": payment.status,
        "captured_cents": payment.captured,
        "refunded_cents": payment.refunded_to_card,
        "payout_cents": payment.instructor_payout,
    })
}

/// A lesson that counts as never held: COMPLETED, or over and not marked, becomes CANCELLED.
pub fn undo(tx: &mut Tx, mut booking: Booking, by: Option<crate::base::id::UserId>, reason: &str) -> Outcome<Booking> {
    if booking.status == Status::Confirmed {
        booking.status = step(booking.status, Step::Complete, Cause::Admin, &moment(tx, &booking, false))?;
    }
    booking.status = step(booking.status, Step::Undo, Cause::Admin, &moment(tx, &booking, false))?;
    booking.cancelled_at = Some(tx.now());
    booking.cancelled_by = by;
    booking.cancellation_reason = Some(reason.to_owned());
    booking.holds_slot = false;
    save(tx, &mut booking)?;
    tx.emit(&BookingCancelled {
        lesson: Lesson::of(&booking),
        by: "admin".to_owned(),
        cancelled_by_id: by,
        reason: reason.to_owned(),
        was_confirmed: true,
        rescheduled_to_id: None,
    })?;
    Ok(booking)
}
