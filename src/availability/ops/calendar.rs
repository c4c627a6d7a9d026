//! What an instructor's calendar rests on: lessons entering and leaving it (called by `bookings` inside its own
//! writes), its revision, and the settings of the platform's booking rules.

use super::trail;
use crate::accounts;
use crate::accounts::model::User;
use crate::availability::events::CalendarChanged;
use crate::availability::model::{CalendarSettings, Entry, PublishedDay, Revision};
use crate::availability::rules::calendar::{Calendar, Platform};
use crate::availability::settings::platform;
use crate::availability::tables::{CALENDAR_SETTINGS, DAYS, ENTRIES, REVISIONS, revision};
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::zone;
use crate::instructors::{self, Profile};
use crate::site::audit::By;
use crate::store::{Read, ReadExt, Tx};

/// An instructor's terms as they stand: the person's zone, the profile's notice and buffer, or the platform's rules.
pub fn calendar_of(r: &dyn Read, who: UserId) -> Outcome<Calendar> {
    let profile = instructors::must_profile(r, who)?;
    calendar(r, &accounts::must_user(r, who)?, &profile)
}

/// The same where person and profile are at hand.
pub fn calendar(r: &dyn Read, user: &User, profile: &Profile) -> Outcome<Calendar> {
    let zone = zone(&user.timezone).ok_or_else(|| Refusal::internal(format!("no zone {}", user.timezone)))?;
    let own = |platform: Platform, own: CalendarSettings| Platform {
        buffer: own.non_travel_buffer_minutes,
        travel_buffer: own.travel_buffer_minutes,
        overnight: own.overnight_protection_enabled,
        ..platform
    };
    let platform = match platform(r)? {
        Some(platform) => Some(own(platform, settings(r, user.id)?)),
        None => None,
    };
    Ok(Calendar {
        zone,
        zone_name: user.timezone.clone(),
        notice_hours: profile.min_advance_booking_hours,
        buffer_minutes: profile.buffer_time_minutes,
        platform,
    })
}

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

pub fn change_settings(tx: &mut Tx, by: &By, who: UserId, change: SettingsChange) -> Outcome<CalendarSettings> {
    let was = settings(tx, who)?;
    let mut now = was.clone();
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
    trail::settings(tx, by, who, &was, &now)?;
    let revision = bump(tx, who)?;
    tx.emit(&CalendarChanged { instructor_id: who, revision })?;
    Ok(now)
}

/// The instructor has seen what the settings mean; the first time counts.
pub fn acknowledge_settings(tx: &mut Tx, who: UserId) -> Outcome<CalendarSettings> {
    let mut now = settings(tx, who)?;
    now.acknowledged_at = now.acknowledged_at.or(Some(tx.now()));
    tx.put(&CALENDAR_SETTINGS, &who, &now)?;
    Ok(now)
}
