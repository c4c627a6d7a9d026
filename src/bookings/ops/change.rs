//! What an instructor may change about a booked lesson: the own note and the meeting place.

use crate::base::id::{BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::clean_optional;
use crate::bookings::events::{BookingUpdated, Lesson};
use crate::bookings::model::{Booking, Side};
use crate::bookings::ops::read::participant;
use crate::bookings::ops::{noted, save};
use crate::site::Site;

/// What is left out stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub instructor_note: Option<String>,
    pub meeting_location: Option<String>,
}

pub async fn change(site: &Site, id: BookingId, instructor: UserId, change: Change) -> Outcome<Booking> {
    let note = clean_optional("instructor_note", change.instructor_note.as_deref(), 1000)?;
    let place = clean_optional("meeting_location", change.meeting_location.as_deref(), 255)?;
    let (with_note, with_place) = (change.instructor_note.is_some(), change.meeting_location.is_some());
    site.write(move |tx| {
        let (mut booking, side) = participant(tx, id, instructor)?;
        if side != Side::Instructor {
            return Err(Refusal::forbidden("FORBIDDEN", "Only the instructor changes the note and the place."));
        }
        if booking.status.is_terminal() {
            return Err(Refusal::unprocessable("INVALID_STATUS", "This booking is over and stays as it is."));
        }
        if with_note {
            booking.instructor_note.clone_from(&note);
        }
        if with_place {
            booking.meeting_location.clone_from(&place);
        }
        save(tx, &mut booking)?;
        noted(tx, "booking.update", &booking, None)?;
        tx.emit(&BookingUpdated { lesson: Lesson::of(&booking) })?;
        Ok(booking)
    })
    .await
}
