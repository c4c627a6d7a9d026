//! The one completion routine, for the instructor, an admin and the timer alike (rule: 10§2.7).

use serde_json::json;

use crate::base::id::{BookingId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::clean_optional;
use crate::bookings::events::{BookingCompleted, Lesson};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::desk::moment;
use crate::bookings::ops::read::participant;
use crate::bookings::ops::{noted, save, tiers};
use crate::bookings::rules::complete::{How, completed_at};
use crate::bookings::rules::lifecycle::{Cause, Step, step};
use crate::bookings::tables::{load, of_student};
use crate::payments;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Tx};

/// The instructor says that the lesson took place; once (rule: 10§1, other moves are 422).
pub async fn by_instructor(site: &Site, id: BookingId, instructor: UserId, notes: Option<String>) -> Outcome<Booking> {
    let notes = clean_optional("notes", notes.as_deref(), 1000)?;
    site.write(move |tx| {
        let (mut booking, side) = participant(tx, id, instructor)?;
        if side != Side::Instructor {
            return Err(Refusal::forbidden("FORBIDDEN", "Only the instructor says that a lesson took place."));
        }
        if notes.is_some() {
            booking.instructor_note.clone_from(&notes);
        }
        let in_review = payments::ops::payment(tx, id)?.in_review();
        let before = booking.status;
        let booking = complete(tx, booking, How::Marked, Cause::Instructor, in_review)?;
        noted(tx, "booking.complete", &booking, Some(before))?;
        Ok(booking)
    })
    .await
}

pub async fn by_admin(site: &Site, id: BookingId, admin: By) -> Outcome<Booking> {
    let (by, deed) = (admin.clone(), Deed::on("booking.complete", "booking", id));
    let work = site.write(move |tx| {
        let booking = load(tx, id)?;
        let (before, in_review) = (booking.status, payments::ops::payment(tx, id)?.in_review());
        // Complete and contested: a person's word is all that is missing.
        let booking = match booking.status {
            Status::Completed if in_review => booking,
            _ => complete(tx, booking, How::Marked, Cause::Admin, in_review)?,
        };
        // Said by a person who looked: what was contested goes on now.
        payments::ops::thaw(tx, id)?;
        let (before, after) = (json!({ "status": before }), json!({ "status": booking.status }));
        audit::record(tx, &admin, Deed::on("booking.complete", "booking", id).change(before, after))?;
        Ok(booking)
    });
    let booking = audit::watched(site, &by, deed, work).await?;
    if let Err(fault) = payments::ops::capture_if_overdue(site, id).await {
        tracing::warn!(booking = %id, %fault, "money of a completed lesson is still on its way; the jobs go on with it");
    }
    Ok(booking)
}

/// Lessons this student has completed in their life, this one included.
fn completed_by(tx: &Tx, student: UserId) -> Outcome<u32> {
    let all = of_student(tx, student, SCAN_ROWS, Dir::Up)?;
    let completed = all.iter().filter(|booking| booking.status == Status::Completed).count();
    u32::try_from(completed).map_err(Refusal::internal)
}

/// Status, instant, tier and event in one write; whatever else follows from a completed lesson hears the event. The
/// money moves 24 hours after the end, however early this is.
pub fn complete(tx: &mut Tx, mut booking: Booking, how: How, cause: Cause, in_review: bool) -> Outcome<Booking> {
    let at = moment(tx, &booking, in_review);
    booking.status = step(booking.status, Step::Complete, cause, &at)?;
    let completed_at = completed_at(how, tx.now(), booking.end);
    booking.completed_at = Some(completed_at);
    save(tx, &mut booking)?;
    tiers::keep(tx, booking.instructor_id)?;
    let lifetime = completed_by(tx, booking.student_id)?;
    payments::ops::grant_milestone(tx, booking.student_id, booking.id, lifetime)?;
    let automatic = how == How::Automatic;
    tx.emit(&BookingCompleted { lesson: Lesson::of(&booking), completed_at, automatic })?;
    Ok(booking)
}
