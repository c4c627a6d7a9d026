//! Counting a search, a deed, a booking and a conversion into their day, in the write that makes them.

use super::model::PhraseDay;
use super::tables::{DAYS, PEOPLE, PHRASES, SERVICES};
use crate::base::id::ServiceId;
use crate::base::refusal::Outcome;
use crate::base::secret::sha256_hex;
use crate::base::time::{Date, TimeZone, Timestamp, today_in, utc_to_local};
use crate::bookings::model::Booking;
use crate::instructors;
use crate::search::log::{Deed, LogRow};
use crate::search::visitor::{is_account, may_vote};
use crate::store::{ReadExt, Tx};

/// Positions beyond are counted together.
const LAST_POSITION: u32 = 50;
const MOST_KINDS: usize = 100;

/// Figures are by day of the marketplace's zone (rule: 00§4 wall-clock jobs): yesterday's report is about the day people
/// there call yesterday. Twice a year such a day is an hour shorter or longer.
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    today_in(at, zone)
}

/// A short hash that tells people apart within a day's figures and says nothing else.
fn person(identity: &str) -> u64 {
    u64::from_str_radix(&sha256_hex(format!("person {identity}"))[..16], 16).unwrap_or(0)
}

/// The same with the kind of identity in front, as the day's list of people keeps it.
fn pseudonym(identity: &str) -> String {
    let kind = identity.chars().next().unwrap_or('n');
    format!("{kind}{:016x}", person(identity))
}

/// How good an answer was (rule: 40§10): 5 points a result up to 10, 50 up to 50, then less by 0.2 down to 30; 25 more
/// when somebody acted on it.
pub fn quality(results: u64, acted: bool) -> u64 {
    let base = match results {
        0..=10 => results * 5,
        11..=50 => 50,
        more => 50u64.saturating_sub((more - 50) / 5).max(30),
    };
    base + if acted { 25 } else { 0 }
}

/// Counts a search into its day, its wish and its services.
pub fn search(tx: &mut Tx, row: &LogRow, zone: &TimeZone) -> Outcome<()> {
    let date = day_of(row.at, zone);
    let mut day = tx.get(&DAYS, &date)?.unwrap_or_default();
    let flag = |met: bool| u64::from(met);
    day.searches += 1;
    day.by_accounts += flag(is_account(&row.identity));
    day.by_guests += flag(!is_account(&row.identity) && may_vote(&row.identity));
    day.by_unknown += flag(!may_vote(&row.identity));
    day.zero += flag(row.total == 0);
    day.relaxed += flag(row.total > 0 && row.exact == 0);
    day.degraded += flag(row.degraded);
    day.corrected += flag(row.corrected);
    day.kept += flag(row.kept);
    day.refined += flag(row.follows.is_some());
    day.returning += flag(row.returning);
    day.latency_us.add(row.latency_us);
    day.results.add(row.total);
    day.quality.add(quality(row.total, false));
    let spread = match row.total {
        0 => 0,
        1..=5 => 1,
        6..=10 => 2,
        _ => 3,
    };
    day.spread[spread] += 1;
    if day.origins.len() < MOST_KINDS || day.origins.contains_key(&row.origin) {
        *day.origins.entry(row.origin.clone()).or_default() += 1;
    }
    *day.modes.entry(row.mode.clone()).or_default() += 1;
    *day.devices.entry(row.device.clone()).or_default() += 1;
    let (_, wall) = utc_to_local(row.at, zone);
    *day.hours.entry((wall.minutes() / 60) as u8).or_default() += 1;
    for at in 1..=u32::try_from(row.shown.len()).unwrap_or(0) {
        *day.impressions.entry(at.min(LAST_POSITION)).or_default() += 1;
    }
    tx.put(&DAYS, &date, &day)?;
    if !row.identity.is_empty() {
        let at = (date, pseudonym(&row.identity));
        let count = tx.get(&PEOPLE, &at)?.unwrap_or(0);
        tx.put(&PEOPLE, &at, &(count + 1))?;
    }
    phrase(tx, row, date)?;
    services(tx, row, date)
}

fn phrase(tx: &mut Tx, row: &LogRow, date: Date) -> Outcome<()> {
    if row.key.is_empty() {
        return Ok(());
    }
    let at = (date, row.key.clone());
    let mut phrase = tx.get(&PHRASES, &at)?.unwrap_or_default();
    phrase.label = row.label.clone();
    phrase.count += 1;
    phrase.results += row.total;
    phrase.zero += u64::from(row.total == 0);
    phrase.relaxed += u64::from(row.total > 0 && row.exact == 0);
    phrase.places = row.places.iter().take(3).cloned().collect();
    if !row.identity.is_empty() {
        phrase.sample = row.query.clone();
        if phrase.people.len() < PhraseDay::PEOPLE {
            phrase.people.insert(person(&row.identity));
        }
    }
    tx.put(&PHRASES, &at, &phrase)
}

fn services(tx: &mut Tx, row: &LogRow, date: Date) -> Outcome<()> {
    for (position, candidate) in (1u64..).zip(&row.candidates) {
        let at = (date, candidate.service);
        let mut service = tx.get(&SERVICES, &at)?.unwrap_or_default();
        service.searches += 1;
        service.candidates += 1;
        let band = match candidate.score {
            score if score >= 0.9 => 0,
            score if score >= 0.8 => 1,
            score if score >= 0.7 => 2,
            _ => 3,
        };
        service.bands[band] += 1;
        service.score += candidate.score;
        service.positions += position;
        service.by_phrase += u64::from(candidate.source == "phrase");
        service.zero += u64::from(row.total == 0);
        if !row.identity.is_empty() && service.people.len() < PhraseDay::PEOPLE {
            service.people.insert(person(&row.identity));
        }
        tx.put(&SERVICES, &at, &service)?;
    }
    Ok(())
}

/// Counts what somebody did with a result into the day of the deed.
pub fn deed(tx: &mut Tx, row: &LogRow, deed: &Deed, first: bool, zone: &TimeZone) -> Outcome<()> {
    let date = day_of(deed.at, zone);
    let mut day = tx.get(&DAYS, &date)?.unwrap_or_default();
    *day.deeds.entry(deed.action.name().to_owned()).or_default() += 1;
    if first {
        day.first_deed_ms.add(deed.after_ms);
    }
    if deed.action.is_choice() {
        *day.chosen.entry(deed.position.min(LAST_POSITION)).or_default() += 1;
        if !row.acted {
            day.acted += 1;
        }
    }
    tx.put(&DAYS, &date, &day)?;
    if !deed.action.is_choice() {
        return Ok(());
    }
    if !row.acted {
        let at = (day_of(row.at, zone), row.key.clone());
        if let Some(mut phrase) = tx.get(&PHRASES, &at)? {
            phrase.acted += 1;
            tx.put(&PHRASES, &at, &phrase)?;
        }
    }
    if let Some(offering) = deed.offering.map(|id| instructors::tables::offering(tx, id)).transpose()?.flatten() {
        add_service(tx, date, offering.service_id, |service| service.views += 1)?;
    }
    Ok(())
}

/// Counts a confirmed lesson.
pub fn booking(tx: &mut Tx, booking: &Booking, at: Timestamp, zone: &TimeZone) -> Outcome<()> {
    add_service(tx, day_of(at, zone), booking.service_id, |service| service.bookings += 1)
}

fn add_service(
    tx: &mut Tx,
    date: Date,
    service: ServiceId,
    change: impl FnOnce(&mut super::model::ServiceDay),
) -> Outcome<()> {
    let at = (date, service);
    let mut row = tx.get(&SERVICES, &at)?.unwrap_or_default();
    change(&mut row);
    tx.put(&SERVICES, &at, &row)
}

/// A browser became an account: how many searches that took, and how long.
pub fn converted(tx: &mut Tx, searches: u64, first: Option<Timestamp>, at: Timestamp, zone: &TimeZone) -> Outcome<()> {
    let date = day_of(at, zone);
    let mut day = tx.get(&DAYS, &date)?.unwrap_or_default();
    day.conversions += 1;
    day.searches_before.add(searches);
    if let Some(first) = first {
        day.hours_before.add(u64::try_from(at.duration_since(first).as_hours()).unwrap_or(0));
    }
    tx.put(&DAYS, &date, &day)
}

#[cfg(test)]
mod tests {
    use super::quality;

    #[test]
    fn quality_rises_stays_and_falls() {
        for (results, acted, want) in [
            (0, false, 0),
            (4, false, 20),
            (10, false, 50),
            (50, false, 50),
            (60, false, 48),
            (1000, false, 30),
            (3, true, 40),
        ] {
            assert_eq!(quality(results, acted), want, "{results}");
        }
    }
}
