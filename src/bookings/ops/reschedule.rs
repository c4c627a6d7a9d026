//! Moving a lesson: the promise of the new booking and the end of the old one are one write, so nobody ever has both or
//! neither. Where the bank has to agree first, the new one waits beside the old one until it has, and is dropped if not.

use crate::availability::ops::occupy;
use crate::base::id::{BookingId, OfferingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, plus_hours};
use crate::bookings::events::{BookingCancelled, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::create::{Ask, draft, entry, hold_end, judge};
use crate::bookings::ops::desk::{confirm, moment};
use crate::bookings::ops::holds::HOLD;
use crate::bookings::ops::paying::own;
use crate::bookings::ops::{facts, noted, save};
use crate::bookings::rules::lifecycle::{Cause, Step, step};
use crate::bookings::rules::lists::RESCHEDULED;
use crate::bookings::rules::reschedule::{self, Situation, Way};
use crate::bookings::tables::{BOOKINGS, load};
use crate::jobs::{self, Job};
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::ops::{self as money, Planned};
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

pub async fn reschedule(site: &Site, id: BookingId, student: UserId, wish: Wish) -> Outcome<Booking> {
    let gazetteer = site.part::<Gazetteer>()?;
    let asked = wish.clone();
    let way = site.write(move |tx| prepare(tx, id, student, &asked)).await?;
    if way == Way::Late && money::run(site, id).await?.status != PaymentStatus::Locked {
        return Err(not_locked());
    }
    let (new, calling) = site.write(move |tx| relocate(tx, id, student, &wish, way, &gazetteer)).await?;
    if calling {
        agreed(site, new).await?;
    }
    if way == Way::Early
        && let Err(fault) = money::run(site, id).await
    {
        tracing::warn!(booking = %id, %fault, "the hold of a moved lesson is still to be released; the jobs go on with it");
    }
    site.read(|r| load(r, new))
}

fn not_locked() -> Refusal {
    Refusal::unprocessable(
        "reschedule_lock_failed",
        "The card could not be charged, and a lesson this near is moved only when it is paid. Nothing was changed.",
    )
}

/// The bank is asked for a new time less than a day away. Unless it agrees at once, the lesson stays where it is, and
/// whatever the bank says later is let go.
async fn agreed(site: &Site, new: BookingId) -> Outcome<()> {
    if let Err(fault) = money::run(site, new).await {
        tracing::warn!(booking = %new, %fault, "the bank has not agreed to a lesson's new time");
    }
    let moved = site
        .write(move |tx| {
            let booking = load(tx, new)?;
            match booking.status {
                Status::Pending => drop_move(tx, booking).map(|()| false),
                status => Ok(!status.is_terminal()),
            }
        })
        .await?;
    if moved {
        return Ok(());
    }
    if let Err(fault) = money::run(site, new).await {
        tracing::warn!(booking = %new, %fault, "what was asked for a dropped move is still to be let go; the jobs go on with it");
    }
    Err(not_locked())
}

/// A new time that the bank did not agree to: nobody hears of it, for nothing has changed.
fn drop_move(tx: &mut Tx, mut new: Booking) -> Outcome<()> {
    money::lapse(tx, new.id)?;
    new.status = step(new.status, Step::Cancel, Cause::Student, &moment(tx, &new, false))?;
    new.cancelled_at = Some(tx.now());
    new.cancelled_by = Some(new.student_id);
    new.cancellation_reason = Some(RESCHEDULED.to_owned());
    new.holds_slot = false;
    save(tx, &mut new)?;
    jobs::cancel(tx, HOLD, new.id)
}

/// Whether the lesson a booking is moved from is still there to be moved; true for one that is not moved at all.
pub fn may_take_over(r: &dyn Read, new: &Booking) -> Outcome<bool> {
    let Some(from) = new.rescheduled_from else { return Ok(true) };
    let old = load(r, from)?;
    let moved_already = old.rescheduled_to == Some(new.id);
    Ok(moved_already || (old.status == Status::Confirmed && money::is_lent(r, from, new.id)?))
}

/// The time a lesson is moved from is given up in the write that promises the new one.
pub fn take_over(tx: &mut Tx, new: &Booking) -> Outcome<()> {
    let Some(from) = new.rescheduled_from else { return Ok(()) };
    let old = load(tx, from)?;
    if old.status != Status::Confirmed {
        return Ok(());
    }
    money::take_over(tx, from, new.id)?;
    end_old(tx, old, new)?;
    money::settle(tx, from, MoneyCause::StudentFree)
}

/// May it be moved there? Then the money of a late move is asked for.
fn prepare(tx: &mut Tx, id: BookingId, student: UserId, wish: &Wish) -> Outcome<Way> {
    let (old, payment, way) = movable(tx, id, student, wish)?;
    judge(tx, tx.now(), &wish.ask(&old), Some(id))?;
    if way == Way::Late {
        money::plan_lock(tx, &payment)?;
    }
    Ok(way)
}

fn movable(tx: &Tx, id: BookingId, student: UserId, wish: &Wish) -> Outcome<(Booking, BookingPayment, Way)> {
    let (old, payment) = own(tx, id, student)?;
    let way = reschedule::judge(&situation(&old, &payment, tx.now(), !wish.keeps_terms(&old)))?;
    Ok((old, payment, way))
}

/// Whether a student may move a lesson at all now, and how; pages show it before a time is chosen.
pub fn may_be_moved(r: &dyn Read, now: Timestamp, id: BookingId, student: UserId) -> Outcome<Way> {
    let (old, payment) = own(r, id, student)?;
    reschedule::judge(&situation(&old, &payment, now, false))
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

/// Ends the old booking, makes the new one, carries the money over. Answers the new id and whether the bank is asked.
fn relocate(
    tx: &mut Tx,
    id: BookingId,
    student: UserId,
    wish: &Wish,
    way: Way,
    gazetteer: &Gazetteer,
) -> Outcome<(BookingId, bool)> {
    let (old, _) = own(tx, id, student)?;
    if old.status != Status::Confirmed {
        return Err(Refusal::conflict("BOOKING_CHANGED", "The lesson was changed meanwhile. Look at it again."));
    }
    let ask = wish.ask(&old);
    let verdict = judge(tx, tx.now(), &ask, Some(id))?;
    let hold_expires_at = hold_end(tx, verdict.slot.start_utc)?;
    let mut new = draft(tx, &ask, &verdict, hold_expires_at)?;
    new.service_area = facts::service_area(tx, ask.instructor, gazetteer)?;
    new.rescheduled_from = Some(id);
    new.late_reschedule_used = old.late_reschedule_used || way == Way::Late;
    if wish.keeps_terms(&old) {
        (new.quote, new.hourly_rate) = (old.quote, old.hourly_rate);
    }
    let new_id = new.id;
    if way == Way::Early && scheduled_for(new.start, tx.now()).is_none() {
        return near(tx, &old, new);
    }
    end_old(tx, old, &new)?;
    tx.put(&BOOKINGS, &new.id, &new)?;
    occupy(tx, &entry(&new))?;
    let sale = facts::sale(tx, &new)?;
    if way == Way::Late {
        money::carry_locked(tx, id, &sale)?;
    } else {
        money::open(tx, &sale)?;
        money::carry_over(tx, id, new_id)?;
        money::settle(tx, id, MoneyCause::StudentFree)?;
    }
    confirm(tx, new)?;
    Ok((new_id, false))
}

/// The new time waits beside the old one until the bank has agreed. Where the two meet, the old one keeps it free.
fn near(tx: &mut Tx, old: &Booking, mut new: Booking) -> Outcome<(BookingId, bool)> {
    let new_id = new.id;
    let apart = plus_hours(new.end, 2) <= old.start;
    new.holds_slot = apart;
    tx.put(&BOOKINGS, &new_id, &new)?;
    if apart {
        occupy(tx, &entry(&new))?;
    }
    let sale = facts::sale(tx, &new)?;
    money::open(tx, &sale)?;
    if money::borrow(tx, old.id, new_id)? == Planned::Calling {
        let until = new.hold_expires_at.unwrap_or(new.start);
        jobs::enqueue(tx, Job::new(HOLD, new_id).due(until))?;
        return Ok((new_id, true));
    }
    confirm(tx, new)?;
    Ok((new_id, false))
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
