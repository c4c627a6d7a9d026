//! Lessons entering and leaving the calendars; called by `bookings` inside its own writes.

use crate::availability::model::Revision;
use crate::availability::model::{Entry, PublishedDay};
use crate::availability::tables::{DAYS, ENTRIES, REVISIONS, revision};
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::store::{ReadExt, Tx};

/// Takes (or updates) a lesson's time in both calendars. The slot was judged by [`super::gate`] in the same write.
pub fn occupy(tx: &mut Tx, entry: &Entry) -> Outcome<()> {
    let (instructor, key) = (entry.busy.instructor_id, (entry.busy.instructor_id, entry.date));
    if let Some(day) = tx.get(&DAYS, &key)?.filter(|day| !day.booked) {
        tx.put(&DAYS, &key, &PublishedDay { booked: true, ..day })?;
    }
    tx.put(&ENTRIES, &entry.busy.booking_id, entry)?;
    bump(tx, instructor)?;
    Ok(())
}

/// Gives a lesson's time back; one that is not there is fine.
pub fn release(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    let Some(entry) = tx.get(&ENTRIES, &booking)? else { return Ok(()) };
    tx.delete(&ENTRIES, &booking)?;
    bump(tx, entry.busy.instructor_id)?;
    Ok(())
}

/// The next revision of a calendar, given out in the write that changes it.
pub fn bump(tx: &mut Tx, instructor: UserId) -> Outcome<u64> {
    let rev = revision(tx, instructor)? + 1;
    tx.put(&REVISIONS, &instructor, &Revision { rev })?;
    Ok(rev)
}
