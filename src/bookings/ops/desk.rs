//! What money has to say about a lesson, heard inside the write that makes it true.

use crate::base::refusal::Outcome;
use crate::bookings::events::{BookingCancelled, BookingConfirmed, BookingRescheduled, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::complete::complete;
use crate::bookings::ops::holds::{HOLD, close_hold, is_over, slot_is_free};
use crate::bookings::ops::refund::undo;
use crate::bookings::ops::reschedule;
use crate::bookings::ops::{card_given, save};
use crate::bookings::rules::complete::How;
use crate::bookings::rules::lifecycle::{Cause, Moment, Step, step};
use crate::bookings::tables::load;
use crate::jobs;
use crate::payments::later::Wanted;
use crate::payments::model::BookingPayment;
use crate::payments::{LessonDesk, News, Stand};
use crate::store::Tx;

/// The room's answer to [`News`]; put into the site at wiring.
pub struct Desk;

impl LessonDesk for Desk {
    fn hear(&self, tx: &mut Tx, payment: &BookingPayment, news: &News) -> Outcome<Stand> {
        let booking = load(tx, payment.booking_id)?;
        match news {
            News::Authorized => authorized(tx, booking),
            News::AwaitingAction => awaiting(tx, booking),
            News::Declined { reason } => declined(tx, booking, reason),
            News::GaveUp => gave_up(tx, booking),
            News::RefundedInFull { wanted } => refunded(tx, booking, wanted.as_ref()),
            News::CaptureDue => capture_due(tx, booking, payment),
        }
    }
}

fn authorized(tx: &mut Tx, booking: Booking) -> Outcome<Stand> {
    match booking.status {
        Status::Pending if may_still_stand(tx, &booking)? => {
            let booking = confirm(tx, booking)?;
            if booking.rescheduled_from.is_none() {
                card_given(tx, &booking, Status::Pending, None)?;
            }
            Ok(Stand::Stands)
        }
        // The answer came after the hold had run out, or somebody else has the time by now: the money goes back.
        Status::Pending => {
            close_hold(tx, booking)?;
            Ok(Stand::Gone)
        }
        Status::Cancelled | Status::PaymentFailed => Ok(Stand::Gone),
        Status::Confirmed | Status::Completed | Status::NoShow => Ok(Stand::Stands),
    }
}

/// Its time is not up, still free, and what it is moved from still there to be moved.
fn may_still_stand(tx: &Tx, booking: &Booking) -> Outcome<bool> {
    let now = tx.now();
    Ok(!is_over(booking, now) && reschedule::may_take_over(tx, booking)? && slot_is_free(tx, now, booking)?)
}

/// The lesson will take place: it blocks its time for good, and both parties hear of it.
pub fn confirm(tx: &mut Tx, mut booking: Booking) -> Outcome<Booking> {
    let at = moment(tx, &booking, false);
    booking.status = step(booking.status, Step::Confirm, Cause::Student, &at)?;
    booking.confirmed_at = Some(tx.now());
    booking.hold_expires_at = None;
    booking.holds_slot = true;
    save(tx, &mut booking)?;
    jobs::cancel(tx, HOLD, booking.id)?;
    reschedule::take_over(tx, &booking)?;
    match booking.rescheduled_from {
        None => tx.emit(&BookingConfirmed { lesson: Lesson::of(&booking) })?,
        Some(from_booking_id) => {
            let from_start_utc = load(tx, from_booking_id)?.start;
            tx.emit(&BookingRescheduled { lesson: Lesson::of(&booking), from_booking_id, from_start_utc })?;
        }
    }
    Ok(booking)
}

/// rule: 00§4: one waiting for 3-D Secure holds its slot.
fn awaiting(tx: &mut Tx, mut booking: Booking) -> Outcome<Stand> {
    // A move waits for nobody's bank page: it is given up.
    if booking.status != Status::Pending || booking.rescheduled_from.is_some() {
        return Ok(if booking.status.is_terminal() { Stand::Gone } else { Stand::Stands });
    }
    if !slot_is_free(tx, tx.now(), &booking)? {
        return Ok(Stand::Gone);
    }
    if !booking.holds_slot {
        booking.holds_slot = true;
        save(tx, &mut booking)?;
    }
    Ok(Stand::Stands)
}

/// rule: 00§4: one whose authorization was refused holds nothing; another card may be tried while the hold lasts.
fn declined(tx: &mut Tx, mut booking: Booking, reason: &str) -> Outcome<Stand> {
    card_given(tx, &booking, booking.status, Some(reason))?;
    if booking.status == Status::Pending && booking.holds_slot {
        booking.holds_slot = false;
        save(tx, &mut booking)?;
    }
    Ok(if booking.status.is_terminal() { Stand::Gone } else { Stand::Stands })
}

/// rule: 10§2.6: no card until 12 hours before the start.
fn gave_up(tx: &mut Tx, booking: Booking) -> Outcome<Stand> {
    match booking.status {
        Status::Pending => {
            close_hold(tx, booking)?;
        }
        Status::Confirmed => call_off(tx, booking, "The card could not be charged in time.")?,
        Status::Completed | Status::Cancelled | Status::NoShow | Status::PaymentFailed => {}
    }
    Ok(Stand::Gone)
}

/// A confirmed lesson that has not begun will not take place.
fn call_off(tx: &mut Tx, mut booking: Booking, reason: &str) -> Outcome<()> {
    let at = moment(tx, &booking, false);
    booking.status = step(booking.status, Step::Cancel, Cause::System, &at)?;
    booking.cancelled_at = Some(tx.now());
    booking.cancellation_reason = Some(reason.to_owned());
    booking.holds_slot = false;
    save(tx, &mut booking)?;
    tx.emit(&BookingCancelled {
        lesson: Lesson::of(&booking),
        by: "system".to_owned(),
        cancelled_by_id: None,
        reason: reason.to_owned(),
        was_confirmed: true,
        rescheduled_to_id: None,
    })
}

/// rule: 10§2.8: a full refund makes COMPLETED CANCELLED, and one that is over and not marked as well; a lesson that was
/// cancelled before stays so. One that is going on ends by its timer.
fn refunded(tx: &mut Tx, booking: Booking, wanted: Option<&Wanted>) -> Outcome<Stand> {
    const REASON: &str = "All of the card's money was given back.";
    let now = tx.now();
    let (by, reason) = wanted.map_or((None, REASON), |wanted| (Some(wanted.by), wanted.reason.as_str()));
    match booking.status {
        Status::Completed => drop(undo(tx, booking, by, reason)?),
        Status::Confirmed if now >= booking.end => drop(undo(tx, booking, by, reason)?),
        Status::Confirmed if now < booking.start => call_off(tx, booking, REASON)?,
        _ => {}
    }
    Ok(Stand::Gone)
}

/// rule: 10§2.7: auto-complete at end + 24 h; a disputed or cancelled lesson is not captured.
fn capture_due(tx: &mut Tx, booking: Booking, payment: &BookingPayment) -> Outcome<Stand> {
    match booking.status {
        Status::Completed => Ok(Stand::Stands),
        Status::Confirmed => {
            complete(tx, booking, How::Automatic, Cause::System, payment.in_review())?;
            Ok(Stand::Stands)
        }
        Status::Pending | Status::Cancelled | Status::NoShow | Status::PaymentFailed => Ok(Stand::Gone),
    }
}

/// The facts a change of status is judged by, at the instant of the write.
pub fn moment(tx: &Tx, booking: &Booking, manual_review: bool) -> Moment {
    Moment { now: tx.now(), start: booking.start, end: booking.end, manual_review }
}
