//! What an instructor's calendar rests on: lessons entering and leaving it (called by `bookings` inside its own
//! writes), its revision, and the settings of the platform's booking rules.

use crate::availability::model::{CalendarSettings, Entry, PublishedDay, Revision};
use crate::availability::tables::{CALENDAR_SETTINGS, DAYS, ENTRIES, REVISIONS, revision};
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::store::{Read, ReadExt, Tx};

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

/// A change of the settings; what is left out stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct SettingsChange {
    pub non_travel_buffer_minutes: Option<u16>,
    pub travel_buffer_minutes: Option<u16>,
    pub overnight_protection_enabled: Option<bool>,
}

pub fn settings(r: &dyn Read, who: UserId) -> Outcome<CalendarSettings> {
    Ok(r.get(&CALENDAR_SETTINGS, &who)?.unwrap_or_default())
}

pub fn change_settings(tx: &mut Tx, who: UserId, change: SettingsChange) -> Outcome<CalendarSettings> {
    let mut now = settings(tx, who)?;
    now.non_travel_buffer_minutes = change.non_travel_buffer_minutes.unwrap_or(now.non_travel_buffer_minutes);
    now.travel_buffer_minutes = change.travel_buffer_minutes.unwrap_or(now.travel_buffer_minutes);
    now.overnight_protection_enabled = change.overnight_protection_enabled.unwrap_or(now.overnight_protection_enabled);
    if !(10..=120).contains(&now.non_travel_buffer_minutes) {
        return Err(Refusal::invalid("non_travel_buffer_minutes", "Between 10 and 120 minutes."));
    }
    if !(30..=120).contains(&now.travel_buffer_minutes) || now.travel_buffer_minutes < now.non_travel_buffer_minutes {
        let message = "Between 30 and 120 minutes, and not less than the buffer without travel.";
        return Err(Refusal::invalid("travel_buffer_minutes", message));
    }
    tx.put(&CALENDAR_SETTINGS, &who, &now)?;
    bump(tx, who)?;
    Ok(now)
}

/// The instructor has seen what the settings mean; the first time counts.
pub fn acknowledge_settings(tx: &mut Tx, who: UserId) -> Outcome<CalendarSettings> {
    let mut now = settings(tx, who)?;
    now.acknowledged_at = now.acknowledged_at.or(Some(tx.now()));
    tx.put(&CALENDAR_SETTINGS, &who, &now)?;
    Ok(now)
}
