//! What each room keeps for how long, as `accounts` runs it (`accounts::ops::retention`). // rule: 20§5 retention

use std::sync::Arc;

use crate::accounts::Accounts;
use crate::accounts::parts::Retention;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::bookings::model::Booking;
use crate::bookings::tables::{BOOKINGS, told_before};
use crate::notify::{self, centre};
use crate::payments::{self, tables::WEBHOOKS};
use crate::places::tables::{ADDRESSES, deleted_before};
use crate::store::{Read, Tx};

/// Seven years: as long as books must be kept.
const LESSON_DAYS: i64 = 2555;
const TOLD_DAYS: i64 = 365;
const DELETED_DAYS: i64 = 30;
/// Stripe sends an event again for three days; so long it is known that it was taken.
const EVENT_DAYS: i64 = 30;

/// A rule over rows that are found one way and let go another.
fn rule<T: 'static>(
    name: &'static str,
    days: i64,
    find: fn(&dyn Read, Timestamp, usize) -> Outcome<Vec<T>>,
    let_go: fn(&mut Tx, T) -> Outcome<()>,
) -> Retention {
    Retention {
        name,
        days,
        of_deleted: days == DELETED_DAYS,
        due: Arc::new(move |r, before, limit| Ok(find(r, before, limit)?.len())),
        apply: Arc::new(move |tx, before, limit| {
            let rows = find(tx, before, limit)?;
            let count = rows.len();
            rows.into_iter().try_for_each(|row| let_go(tx, row))?;
            Ok(count)
        }),
    }
}

pub fn wire(people: Accounts) -> Accounts {
    people
        .keeps(rule("booking_personal_data", LESSON_DAYS, told_before, forget_words))
        .keeps(rule("mails", TOLD_DAYS, notify::mails_before, notify::drop_mail))
        .keeps(rule(
            "notifications",
            TOLD_DAYS,
            |r, before, n| centre::older_than(r, before, false, n),
            centre::drop_one,
        ))
        .keeps(rule(
            "deleted_notifications",
            DELETED_DAYS,
            |r, before, n| centre::older_than(r, before, true, n),
            centre::drop_one,
        ))
        .keeps(Retention {
            of_deleted: false,
            ..rule("provider_events", EVENT_DAYS, payments::tables::events_before, |tx, id| tx.delete(&WEBHOOKS, &id))
        })
        .keeps(rule("deleted_addresses", DELETED_DAYS, deleted_before, |tx, id| tx.delete(&ADDRESSES, &id)))
}

/// The lesson and its money stay; what names places and people goes.
fn forget_words(tx: &mut Tx, mut booking: Booking) -> Outcome<()> {
    booking.forget_words();
    tx.put(&BOOKINGS, &booking.id, &booking)
}
