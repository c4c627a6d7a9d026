//! What the notification centres of a marketplace with a played past hold: its letters were never written.

use super::letter::Sender;
use super::mails::{self, lesson};
use super::{centre, ops};
use crate::base::id::BookingId;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::bookings::model::{Side, Status};
use crate::site::Site;
use crate::store::Tx;

/// Notes what both sides of these lessons were told when it happened; what is older than `read_until` they have read.
pub async fn recall(site: &Site, lessons: Vec<BookingId>, read_until: Timestamp) -> Outcome<()> {
    let sender = ops::sender(site);
    site.write(move |tx| lessons.iter().try_for_each(|id| note(tx, &sender, *id, read_until))).await
}

fn note(tx: &mut Tx, sender: &Sender, id: BookingId, read_until: Timestamp) -> Outcome<()> {
    let Some(told) = mails::lesson(tx, id)? else { return Ok(()) };
    for side in [Side::Student, Side::Instructor] {
        let b = &told.booking;
        let (letter, at) = match b.status {
            Status::Confirmed => {
                (lesson::booking_confirmed(sender, &told, side), b.confirmed_at.unwrap_or(b.created_at))
            }
            Status::Completed => (lesson::lesson_completed(sender, &told, side), b.completed_at.unwrap_or(b.end)),
            _ => continue,
        };
        let reader = told.reader(side).id;
        let key = format!("booking:{id}:{}:{reader}", letter.template);
        centre::tell(tx, sender, reader, &key, &letter, at)?;
        if at < read_until {
            centre::mark_told_read(tx, reader, &key, at)?;
        }
    }
    Ok(())
}
