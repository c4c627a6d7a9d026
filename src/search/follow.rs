//! What this room hears of others: a browser that became an account, a lesson that was booked, names that changed.
//!
//! Everything of a batch is written in one write with the place in the journal, so nothing counts twice.

use std::sync::LazyLock;

use super::analytics::rollup;
use super::history;
use super::learning::{self, NamesChanged};
use super::log::tables::{DEEDS, LOG, deeds, of_owner};
use super::log::{Action, Deed, LogRow};
use super::part::Search;
use super::visitor::{owner_of_guest, owner_of_user};
use crate::accounts::events::{GuestAdopted, UserRegistered};
use crate::base::id::UserId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{TimeZone, Timestamp};
use crate::bookings::events::BookingConfirmed;
use crate::bookings::model::Booking;
use crate::bookings::tables::BOOKINGS;
use crate::jobs::Consumer;
use crate::site::Site;
use crate::store::{EventRecord, ReadExt, Tx, journal};

const NAME: &str = "search_life";

/// One for the process, so that whoever asks it to follow waits for its turn.
static LIFE: LazyLock<Consumer> = LazyLock::new(|| {
    Consumer::new(NAME, |site: Site, events: Vec<EventRecord>| async move {
        if events.iter().any(|event| event.decode::<NamesChanged>().is_some()) {
            site.part::<Search>()?.names.forget();
        }
        if events.iter().any(concerns) {
            let zone = site.zone.clone();
            site.write(move |tx| {
                events.iter().try_for_each(|event| hear(tx, event, &zone))?;
                events.last().map_or(Ok(()), |last| journal::set_cursor(tx, NAME, last.seq))
            })
            .await?;
        }
        Ok(())
    })
});

pub fn consumer() -> Consumer {
    LIFE.clone()
}

/// Hears of everything that happened until now: who has just signed in finds the searches of their browser.
pub async fn catch_up(site: &Site) -> Outcome<()> {
    LIFE.catch_up(site).await.map(|_| ())
}

fn concerns(event: &EventRecord) -> bool {
    matches!(event.kind.as_str(), "user.guest_adopted" | "user.registered" | "booking.confirmed")
}

fn hear(tx: &mut Tx, event: &EventRecord, zone: &TimeZone) -> Outcome<()> {
    if let Some(adopted) = event.decode::<GuestAdopted>() {
        return adopt(tx, adopted.user_id, &adopted.guest_session_id, event.at, zone);
    }
    if let Some(joined) = event.decode::<UserRegistered>() {
        return joined
            .guest_session_id
            .as_deref()
            .map_or(Ok(()), |guest| adopt(tx, joined.user_id, guest, event.at, zone));
    }
    match event.decode::<BookingConfirmed>() {
        Some(confirmed) => booked(tx, &confirmed, event.at, zone),
        None => Ok(()),
    }
}

fn adopt(tx: &mut Tx, user: UserId, guest: &str, at: Timestamp, zone: &TimeZone) -> Outcome<()> {
    let owner = owner_of_guest(guest);
    let searched = of_owner(tx, &owner, SCAN_ROWS)?;
    let first = searched.last().map(|row| row.at);
    history::ops::adopt(tx, user, guest)?;
    if searched.is_empty() {
        return Ok(());
    }
    rollup::converted(tx, searched.len() as u64, first, at, zone)
}

fn booked(tx: &mut Tx, confirmed: &BookingConfirmed, at: Timestamp, zone: &TimeZone) -> Outcome<()> {
    let Some(booking) = tx.get(&BOOKINGS, &confirmed.lesson.booking_id)? else { return Ok(()) };
    rollup::booking(tx, &booking, at, zone)?;
    if let Some(row) = learning::ops::booked(tx, &booking)? {
        came_of(tx, row, &booking, at, zone)?;
    }
    Ok(())
}

/// The search that led to a lesson says so.
fn came_of(tx: &mut Tx, mut row: LogRow, booking: &Booking, at: Timestamp, zone: &TimeZone) -> Outcome<()> {
    let before = deeds(tx, row.id)?;
    let place = row.shown.iter().position(|id| *id == booking.instructor_id).unwrap_or(0);
    let elapsed = u64::try_from(at.duration_since(row.at).as_millis()).unwrap_or(0);
    let deed = Deed {
        at,
        action: Action::Book,
        instructor: booking.instructor_id,
        offering: Some(booking.offering_id),
        position: u32::try_from(row.offset as usize + place + 1).unwrap_or(1),
        after_ms: before.last().map_or(elapsed, |last| elapsed.max(last.after_ms + 1)),
        identity: owner_of_user(booking.student_id),
    };
    rollup::deed(tx, &row, &deed, before.is_empty(), zone)?;
    tx.put(&DEEDS, &(row.id, u32::try_from(before.len()).unwrap_or(u32::MAX)), &deed)?;
    row.acted = true;
    tx.put(&LOG, &row.id.clone(), &row)
}
