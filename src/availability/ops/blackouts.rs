//! Days off: added, listed, taken back (rule: 30§2.6).

use super::calendar::bump;
use super::trail;
use crate::availability::events::BlackoutChanged;
use crate::availability::model::Blackout;
use crate::availability::rules::calendar::Calendar;
use crate::availability::tables::{BLACKOUT_BY_ID, BLACKOUTS, entries_of_instructor, instants_of};
use crate::base::id::{BlackoutId, BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::clean_optional;
use crate::base::time::{Date, dates, days_between, today_in};
use crate::site::audit::By;
use crate::store::{Read, ReadExt, Tx};

/// Days that one entry may take off.
const MAX_DAYS: i64 = 366;
const REASON_CHARS: usize = 255;

#[derive(Clone, Debug)]
pub struct NewBlackout {
    pub date: Date,
    /// The last day, for several.
    pub end_date: Option<Date>,
    pub reason: Option<String>,
}

/// A day off with the lessons that take place on it all the same.
#[derive(Clone, Debug)]
pub struct Added {
    pub blackout: Blackout,
    pub affected: Vec<BookingId>,
}

/// Takes days off; in a range, days that are off already stay as they are.
pub fn add(tx: &mut Tx, by: &By, who: UserId, calendar: &Calendar, new: &NewBlackout) -> Outcome<Vec<Added>> {
    let (first, last) = (new.date, new.end_date.unwrap_or(new.date));
    let reason = clean_optional("reason", new.reason.as_deref(), REASON_CHARS)?;
    if first < today_in(tx.now(), &calendar.zone) {
        return Err(Refusal::invalid("date", "A day off lies today or later."));
    }
    if last < first || days_between(first, last) >= MAX_DAYS {
        let message = format!("The last day comes after the first, at most {MAX_DAYS} days in all.");
        return Err(Refusal::invalid("end_date", message));
    }
    let mut added = Vec::new();
    for date in dates(first, last) {
        if tx.has(&BLACKOUTS, &(who, date))? {
            continue;
        }
        let blackout =
            Blackout { id: tx.new_id(), instructor_id: who, date, reason: reason.clone(), created_at: tx.now() };
        tx.put(&BLACKOUTS, &(who, date), &blackout)?;
        added.push(Added { blackout, affected: affected(tx, who, calendar, date)? });
    }
    if added.is_empty() {
        return Err(Refusal::conflict("BLACKOUT_EXISTS", "That day is off already."));
    }
    let revision = bump(tx, who)?;
    let dates: Vec<Date> = added.iter().map(|a| a.blackout.date).collect();
    trail::days_off(tx, by, who, "block_dates", &dates)?;
    tx.emit(&BlackoutChanged { instructor_id: who, dates, added: true, revision })?;
    Ok(added)
}

/// Lessons booked on a date; they stay.
pub fn affected(r: &dyn Read, who: UserId, calendar: &Calendar, date: Date) -> Outcome<Vec<BookingId>> {
    let (from, to) = instants_of(calendar, date, date);
    let entries = entries_of_instructor(r, who, from, to)?;
    Ok(entries.into_iter().filter(|e| e.busy.hold_expires_at.is_none()).map(|e| e.busy.booking_id).collect())
}

pub fn delete(tx: &mut Tx, by: &By, who: UserId, id: BlackoutId) -> Outcome<Blackout> {
    let found = tx.find(&BLACKOUTS, &BLACKOUT_BY_ID, &id)?.filter(|((owner, _), _)| *owner == who);
    let Some((key, blackout)) = found else {
        return Err(Refusal::not_found("BLACKOUT_NOT_FOUND", "There is no such day off."));
    };
    tx.delete(&BLACKOUTS, &key)?;
    trail::days_off(tx, by, who, "unblock_date", &[blackout.date])?;
    let revision = bump(tx, who)?;
    tx.emit(&BlackoutChanged { instructor_id: who, dates: vec![blackout.date], added: false, revision })?;
    Ok(blackout)
}
