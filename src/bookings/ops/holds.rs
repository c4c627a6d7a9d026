//! Unpaid holds: whose time is up, and whether a slot given up can be taken again.

use serde_json::{Value, json};

use crate::availability::rules::open::Busy;
use crate::availability::tables::{entries_of_instructor, entries_of_student};
use crate::base::id::BookingId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::events::{BookingPaymentFailed, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::desk::moment;
use crate::bookings::ops::{facts, save};
use crate::bookings::rules::lifecycle::{Cause, Step, step};
use crate::bookings::tables::{load, with_status};
use crate::jobs::{self, Every, JobCall, JobKind};
use crate::payments;
use crate::site::Site;
use crate::store::{Read, Tx};

/// The sweep over all holds, and the timer of each at its exact end.
pub const HOLD: &str = "hold_sweep";

/// Holds that one sweep ends.
const SWEPT: usize = 500;

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::timer(HOLD, one), JobKind::sweep(HOLD, Every::minutes(1), all)]
}

async fn one(site: Site, call: JobCall) -> Outcome<()> {
    let id = call.id()?;
    let ended = end(&site, id).await;
    payments::ops::unless_busy(&site, HOLD, id, ended).await
}

async fn all(site: Site, call: JobCall) -> Outcome<Value> {
    let due = overdue(&site)?;
    if call.dry_run {
        return Ok(json!({ "due": due.len() }));
    }
    // One that is being worked on, or fails, does not stand in the way of the others.
    let (mut ended, mut failed) = (0, None);
    for id in due {
        match end(&site, id).await {
            Ok(done) => ended += u32::from(done),
            Err(refusal) if refusal.code == payments::ops::BUSY => {}
            Err(refusal) => failed = Some(refusal),
        }
    }
    failed.map_or_else(|| Ok(json!({ "ended": ended })), Err)
}

fn overdue(site: &Site) -> Outcome<Vec<BookingId>> {
    let now = site.now();
    let pending = site.read(|r| with_status(r, Status::Pending, Timestamp::MAX, SWEPT * 20))?;
    let due = pending.into_iter().filter(|booking| is_over(booking, now)).take(SWEPT);
    Ok(due.map(|booking| booking.id).collect())
}

/// The time that an unpaid booking has is up.
pub fn is_over(booking: &Booking, now: Timestamp) -> bool {
    booking.status == Status::Pending && booking.hold_expires_at.is_none_or(|end| now >= end)
}

/// rule: 10§1 PENDING → PAYMENT_FAILED: no card, or an authorization that never came about.
async fn end(site: &Site, id: BookingId) -> Outcome<bool> {
    let ended = site
        .write(move |tx| {
            let booking = load(tx, id)?;
            if !is_over(&booking, tx.now()) {
                return Ok(false);
            }
            payments::ops::lapse(tx, id)?;
            close_hold(tx, booking)?;
            Ok(true)
        })
        .await?;
    if ended && let Err(fault) = payments::ops::run(site, id).await {
        tracing::warn!(booking = %id, %fault, "the bank has not answered about a hold that is over; the jobs go on asking");
    }
    Ok(ended)
}

/// Ends an unpaid booking; its money is settled by the caller.
pub fn close_hold(tx: &mut Tx, mut booking: Booking) -> Outcome<Booking> {
    let at = moment(tx, &booking, false);
    booking.status = step(booking.status, Step::FailPayment, Cause::System, &at)?;
    booking.holds_slot = false;
    save(tx, &mut booking)?;
    jobs::cancel(tx, HOLD, booking.id)?;
    tx.emit(&BookingPaymentFailed { lesson: Lesson::of(&booking) })?;
    Ok(booking)
}

/// Whether the booking may (still) have its time: it holds it, or nobody else took it meanwhile (rule: 10§2.4 Hold).
pub fn slot_is_free(r: &dyn Read, now: Timestamp, booking: &Booking) -> Outcome<bool> {
    Ok(conflict(r, now, booking)?.is_none())
}

/// 409 with the side that is taken.
pub fn must_be_free(r: &dyn Read, now: Timestamp, booking: &Booking) -> Outcome<()> {
    match conflict(r, now, booking)? {
        None => Ok(()),
        Some(scope) => Err(Refusal::conflict("BOOKING_CONFLICT", "That time was taken meanwhile. Choose another one.")
            .details(json!({ "conflict_scope": scope }))),
    }
}

/// The side on which another lesson stands in the way; the one it is moved from does not.
fn conflict(r: &dyn Read, now: Timestamp, booking: &Booking) -> Outcome<Option<&'static str>> {
    let terms = facts::calendar(r, booking.instructor_id)?.terms(Some(booking.place), now);
    let in_the_way = |busy: &Busy, (from, to): (Timestamp, Timestamp)| {
        let own = busy.booking_id == booking.id || Some(busy.booking_id) == booking.rescheduled_from;
        !own && busy.blocks(now) && booking.start < to && from < booking.end
    };
    // The widest buffer there is (rule: 30§2.1) bounds what can reach into the lesson.
    let (from, to) = (plus_hours(booking.start, -2), plus_hours(booking.end, 2));
    let taught = entries_of_instructor(r, booking.instructor_id, from, to)?;
    if taught.iter().any(|entry| in_the_way(&entry.busy, terms.widened(&entry.busy))) {
        return Ok(Some("instructor"));
    }
    let learnt = entries_of_student(r, booking.student_id, booking.start, booking.end)?;
    let own = learnt.iter().any(|entry| in_the_way(&entry.busy, (entry.busy.start_utc, entry.busy.end_utc)));
    Ok(own.then_some("student"))
}
