//! Moving a lesson: the new booking and the end of the old one are one write, so nobody ever has both or neither.

use crate::availability::ops::occupy;
use crate::base::id::{BookingId, OfferingId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, plus_minutes};
use crate::bookings::events::{BookingCancelled, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::create::{Ask, draft, entry, judge};
use crate::bookings::ops::desk::confirm;
use crate::bookings::ops::paying::own;
use crate::bookings::ops::{HOLD_MINUTES, facts, noted, save};
use crate::bookings::rules::lists::RESCHEDULED;
use crate::bookings::rules::reschedule::{self, Situation, Way};
use crate::bookings::tables::{BOOKINGS, load};
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::ops as money;
use crate::payments::rules::authorize::scheduled_for;
use crate::payments::rules::settle::Cause as MoneyCause;
use crate::places::Gazetteer;
use crate::site::Site;
use crate::store::{Read, Tx};

/// Where the lesson is to be moved.
#[derive(Clone, Debug)]
pub struct Wish {
    pub date: Date,
    pub start: WallTime,
    pub minutes: u16,
    /// Another lesson of the same instructor.
    pub offering: Option<OfferingId>,
}

impl Wish {
    fn ask(&self, old: &Booking) -> Ask {
        Ask {
            student: old.student_id,
            instructor: old.instructor_id,
            offering: self.offering.unwrap_or(old.offering_id),
            date: self.date,
            start: self.start,
            minutes: self.minutes,
            place: Some(old.place),
            meeting_location: old.meeting_location.clone(),
            student_note: old.student_note.clone(),
        }
    }

    /// The same lesson for the same time: sold once, its price stays what it was.
    fn keeps_terms(&self, old: &Booking) -> bool {
        self.minutes == old.minutes && self.offering.is_none_or(|offering| offering == old.offering_id)
    }
}

/// How the money is made ready before anything is moved.
#[derive(Clone, Copy, Debug)]
struct Ready {
    way: Way,
    /// Early, to a time less than a day away: what the bank has to hold first.
    held: Option<Cents>,
}

pub async fn reschedule(site: &Site, id: BookingId, student: UserId, wish: Wish) -> Outcome<Booking> {
    let gazetteer = site.part::<Gazetteer>()?;
    let asked = wish.clone();
    let ready = site.write(move |tx| prepare(tx, id, student, &asked)).await?;
    let asks = ready.way == Way::Late || ready.held.is_some_and(Cents::is_positive);
    if asks && !is_ready(&money::run(site, id).await?, ready) {
        return Err(Refusal::unprocessable(
            "reschedule_lock_failed",
            "The card could not be charged, and a lesson this near is moved only when it can be. Nothing was changed.",
        ));
    }
    let moved = site.write(move |tx| relocate(tx, id, student, &wish, ready, &gazetteer)).await;
    if moved.is_err() && ready.held.is_some() {
        site.write(move |tx| money::let_go(tx, id)).await?;
    }
    if ready.way == Way::Early
        && let Err(fault) = money::run(site, id).await
    {
        tracing::warn!(booking = %id, %fault, "the hold of a moved lesson is still to be released; the jobs go on with it");
    }
    let new = moved?;
    site.read(|r| load(r, new))
}

fn is_ready(payment: &BookingPayment, ready: Ready) -> bool {
    if ready.way == Way::Late { payment.status == PaymentStatus::Locked } else { payment.held }
}

/// May it be moved there? Then the money that has to be there first is asked for.
fn prepare(tx: &mut Tx, id: BookingId, student: UserId, wish: &Wish) -> Outcome<Ready> {
    let (old, payment, way) = movable(tx, id, student, wish)?;
    let verdict = judge(tx, tx.now(), &wish.ask(&old), Some(id))?;
    if way == Way::Late {
        money::plan_lock(tx, &payment)?;
        return Ok(Ready { way, held: None });
    }
    if scheduled_for(verdict.slot.start_utc, tx.now()).is_some() {
        return Ok(Ready { way, held: None });
    }
    let quote = if wish.keeps_terms(&old) { old.quote } else { verdict.quote };
    Ok(Ready { way, held: Some(money::plan_hold(tx, &payment, &quote)?) })
}

fn movable(tx: &Tx, id: BookingId, student: UserId, wish: &Wish) -> Outcome<(Booking, BookingPayment, Way)> {
    let (old, payment) = own(tx, id, student)?;
    let way = reschedule::judge(&situation(&old, &payment, tx.now(), !wish.keeps_terms(&old)))?;
    Ok((old, payment, way))
}

/// Whether a student may move a lesson at all now; pages show it before a time is chosen.
pub fn may_be_moved(r: &dyn Read, now: Timestamp, id: BookingId, student: UserId) -> Outcome<()> {
    let (old, payment) = own(r, id, student)?;
    reschedule::judge(&situation(&old, &payment, now, false)).map(drop)
}

fn situation(old: &Booking, payment: &BookingPayment, now: Timestamp, other_terms: bool) -> Situation {
    Situation {
        status: old.status,
        payment: payment.status,
        has_card: payment.method_id.is_some(),
        start: old.start,
        now,
        moved_late_before: old.late_reschedule_used,
        other_terms,
    }
}

/// Ends the old booking, makes the new one, carries the money over. Answers the new id.
fn relocate(
    tx: &mut Tx,
    id: BookingId,
    student: UserId,
    wish: &Wish,
    ready: Ready,
    gazetteer: &Gazetteer,
) -> Outcome<BookingId> {
    let (old, _) = own(tx, id, student)?;
    if old.status != Status::Confirmed {
        return Err(Refusal::conflict("BOOKING_CHANGED", "The lesson was changed meanwhile. Look at it again."));
    }
    let ask = wish.ask(&old);
    let verdict = judge(tx, tx.now(), &ask, Some(id))?;
    let hold_expires_at = plus_minutes(tx.now(), HOLD_MINUTES.read(tx)?);
    let mut new = draft(tx, &ask, &verdict, hold_expires_at)?;
    new.service_area = facts::service_area(tx, ask.instructor, gazetteer)?;
    new.rescheduled_from = Some(id);
    new.late_reschedule_used = old.late_reschedule_used || ready.way == Way::Late;
    if wish.keeps_terms(&old) {
        (new.quote, new.hourly_rate) = (old.quote, old.hourly_rate);
    }
    end_old(tx, old, &new)?;
    tx.put(&BOOKINGS, &new.id, &new)?;
    occupy(tx, &entry(&new))?;
    let (new_id, sale) = (new.id, facts::sale(tx, &new)?);
    if ready.way == Way::Late {
        money::carry_locked(tx, id, &sale)?;
    } else {
        money::open(tx, &sale)?;
        money::carry_over(tx, id, new_id, ready.held)?;
        money::settle(tx, id, MoneyCause::StudentFree)?;
    }
    confirm(tx, new)?;
    Ok(new_id)
}

/// The old side of a move is cancelled without a fee; its notice is the new side's.
fn end_old(tx: &mut Tx, mut old: Booking, new: &Booking) -> Outcome<()> {
    let before = std::mem::replace(&mut old.status, Status::Cancelled);
    old.cancelled_at = Some(tx.now());
    old.cancelled_by = Some(old.student_id);
    old.cancellation_reason = Some(RESCHEDULED.to_owned());
    old.rescheduled_to = Some(new.id);
    old.holds_slot = false;
    save(tx, &mut old)?;
    noted(tx, "booking.reschedule", &old, Some(before))?;
    tx.emit(&BookingCancelled {
        lesson: Lesson::of(&old),
        by: "student".to_owned(),
        cancelled_by_id: Some(old.student_id),
        reason: RESCHEDULED.to_owned(),
        was_confirmed: true,
        rescheduled_to_id: Some(new.id),
    })
}
