//! The one cancellation routine: judge who and when, end the booking, bring its money to the end the policy names.

use serde_json::json;

use crate::base::id::{BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::base::text::clean;
use crate::base::time::Timestamp;
use crate::bookings::events::{BookingCancelled, Lesson};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::desk::moment;
use crate::bookings::ops::holds::HOLD;
use crate::bookings::ops::read::participant;
use crate::bookings::ops::{noted, save};
use crate::bookings::rules::cancel::{By, Situation, cause};
use crate::bookings::rules::lifecycle::{Cause, Step, step};
use crate::bookings::tables::load;
use crate::jobs;
use crate::payments;
use crate::payments::model::PaymentStatus;
use crate::payments::rules::settle::Cause as MoneyCause;
use crate::site::Site;
use crate::site::audit::{self, Deed};
use crate::store::{Read, Tx};

/// Student or instructor, under the policy of this moment.
pub async fn by_participant(site: &Site, id: BookingId, user: UserId, reason: &str) -> Outcome<Booking> {
    let reason = clean("reason", reason, 1, 500)?;
    let planned = site
        .write(move |tx| {
            let (booking, side) = participant(tx, id, user)?;
            let by = match side {
                Side::Instructor => By::Instructor,
                Side::Student | Side::Admin => By::Student,
            };
            let before = booking.status;
            let planned = end(tx, booking, by, Some(user), &reason)?;
            noted(tx, "booking.cancel", &planned.0, Some(before))?;
            Ok(planned)
        })
        .await?;
    bring_home(site, planned).await
}

/// An admin, with the card's money back or charged in full.
pub async fn by_admin(site: &Site, id: BookingId, admin: audit::By, refund: bool) -> Outcome<Booking> {
    let user = admin.user()?;
    let reason = clean("reason", admin.reason.as_deref().unwrap_or_default(), 1, 500)?;
    let (by, deed) = (admin.clone(), Deed::on("booking.cancel", "booking", id));
    let work = site.write(move |tx| {
        let booking = load(tx, id)?;
        let before = booking.status;
        let planned = end(tx, booking, By::Admin { refund }, Some(user), &reason)?;
        let after = json!({ "status": planned.0.status, "refund": refund });
        let deed = Deed::on("booking.cancel", "booking", id).change(json!({ "status": before }), after);
        audit::record(tx, &admin, deed)?;
        Ok(planned)
    });
    let planned = audit::watched(site, &by, deed, work).await?;
    bring_home(site, planned).await
}

/// The booking as it is now, and whether its money still has to move.
type Planned = (Booking, bool);

async fn bring_home(site: &Site, (booking, money): Planned) -> Outcome<Booking> {
    if money && let Err(fault) = payments::ops::run(site, booking.id).await {
        // The lesson is off all the same; what is left of its money is repeated by the jobs of payments.
        tracing::warn!(booking = %booking.id, %fault, "money of a cancelled booking is still on its way");
    }
    site.read(|r| load(r, booking.id))
}

fn end(tx: &mut Tx, mut booking: Booking, by: By, who: Option<UserId>, reason: &str) -> Outcome<Planned> {
    // rule: 10§1: cancelling a cancelled booking returns it unchanged.
    if booking.status == Status::Cancelled {
        return Ok((booking, false));
    }
    let money = money_cause(tx, tx.now(), &booking, by)?;
    let was_confirmed = booking.status == Status::Confirmed;
    let at = moment(tx, &booking, false);
    booking.status = step(booking.status, Step::Cancel, mover(by), &at)?;
    booking.cancelled_at = Some(tx.now());
    booking.cancelled_by = who;
    booking.cancellation_reason = Some(reason.to_owned());
    booking.holds_slot = false;
    save(tx, &mut booking)?;
    jobs::cancel(tx, HOLD, booking.id)?;
    payments::ops::settle(tx, booking.id, money)?;
    tx.emit(&BookingCancelled {
        lesson: Lesson::of(&booking),
        by: word(by).to_owned(),
        cancelled_by_id: who,
        reason: reason.to_owned(),
        was_confirmed,
        rescheduled_to_id: None,
    })?;
    Ok((booking, true))
}

/// The row of the policy that applies at `now`; pages show it before anything is done.
pub fn money_cause(r: &dyn Read, now: Timestamp, booking: &Booking, by: By) -> Outcome<MoneyCause> {
    let locked = payments::ops::payment(r, booking.id)?.status == PaymentStatus::Locked;
    Ok(cause(by, &Situation { status: booking.status, start: booking.start, now, locked }))
}

fn mover(by: By) -> Cause {
    match by {
        By::Student => Cause::Student,
        By::Instructor => Cause::Instructor,
        By::Admin { .. } => Cause::Admin,
        By::System => Cause::System,
    }
}

fn word(by: By) -> &'static str {
    match by {
        By::Student => "student",
        By::Instructor => "instructor",
        By::Admin { .. } => "admin",
        By::System => "system",
    }
}
