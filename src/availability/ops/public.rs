//! What anyone may see of an instructor's time (rule: 30§2.7).

use std::collections::BTreeMap;

use super::calendar::calendar;
use super::slots::next_openings;
use crate::accounts::{self, model::User};
use crate::availability::rules::calendar::Calendar;
use crate::availability::rules::sheet::OpenDay;
use crate::availability::tables::sheet;
use crate::availability::wire::{DayParts, DetailLevel, NextAvailable, PublicAvailability, PublicDay};
use crate::base::id::UserId;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::initial;
use crate::base::time::{Date, Timestamp, days_between, plus_days, today_in};
use crate::instructors;
use crate::store::Read;

/// Days shown at once, and the span that may be asked about.
pub const SHOWN_DAYS: i64 = 30;
const MAX_SPAN_DAYS: i64 = 90;
/// The longest lesson that may be asked about.
const MAX_MINUTES: u16 = 720;

#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    pub start: Option<Date>,
    pub end: Option<Date>,
    pub place: Option<Place>,
    /// Only stretches in which a lesson of this length fits.
    pub minutes: Option<u16>,
    pub detail: DetailLevel,
}

/// The person and their terms, if the public may see them.
pub fn visible(r: &dyn Read, now: Timestamp, who: UserId) -> Outcome<(User, Calendar)> {
    let absent = || Refusal::not_found("INSTRUCTOR_NOT_FOUND", "There is no such instructor.");
    let (user, profile) = match (accounts::user(r, who)?, instructors::profile(r, who)?) {
        (Some(user), Some(profile)) if instructors::is_public(&profile, &user, now) => (user, profile),
        _ => return Err(absent()),
    };
    let calendar = calendar(r, &user, &profile)?;
    Ok((user, calendar))
}

pub fn availability(r: &dyn Read, now: Timestamp, who: UserId, look: &Look) -> Outcome<PublicAvailability> {
    let (user, calendar) = visible(r, now, who)?;
    let (start, end) = span(look, today_in(now, &calendar.zone))?;
    let minutes = fitting(look.minutes, 0)?;
    let (terms, timezone) = (calendar.terms(look.place, now), calendar.zone_name.clone());
    let days = sheet(r, calendar, who, start, end, None)?.open_days(&terms, start, end, minutes);
    let free = |(date, day): (&Date, &OpenDay)| (!day.windows.is_empty()).then_some(*date);
    Ok(PublicAvailability {
        instructor_id: who,
        instructor_first_name: user.first_name,
        instructor_last_initial: initial(&user.last_name).map(String::from).unwrap_or_default(),
        timezone,
        detail_level: look.detail,
        total_available_slots: days.values().map(|day| day.windows.len()).sum(),
        earliest_available_date: days.iter().find_map(free),
        availability_by_date: (look.detail == DetailLevel::Full).then(|| each(&days, PublicDay::of)),
        availability_summary: (look.detail == DetailLevel::Summary).then(|| each(&days, DayParts::of)),
    })
}

fn each<T>(days: &BTreeMap<Date, OpenDay>, view: impl Fn(Date, &OpenDay) -> T) -> BTreeMap<Date, T> {
    days.iter().map(|(date, day)| (*date, view(*date, day))).collect()
}

fn span(look: &Look, today: Date) -> Outcome<(Date, Date)> {
    let start = look.start.unwrap_or(today);
    let last = plus_days(start, SHOWN_DAYS - 1);
    let end = look.end.unwrap_or(last);
    if start < today {
        return Err(Refusal::bad_request(
            "START_DATE_IN_PAST",
            format!("The first day to ask about is today, {today}."),
        ));
    }
    if end < start {
        return Err(Refusal::bad_request("INVALID_DATE_RANGE", "The range has to end on or after its start."));
    }
    if days_between(start, end) > MAX_SPAN_DAYS {
        return Err(Refusal::bad_request("DATE_RANGE_TOO_LONG", format!("Ask about {MAX_SPAN_DAYS} days at most.")));
    }
    Ok((start, end.min(last)))
}

fn fitting(minutes: Option<u16>, default: u16) -> Outcome<u16> {
    match minutes {
        Some(minutes) if (1..=MAX_MINUTES).contains(&minutes) => Ok(minutes),
        Some(_) => Err(Refusal::invalid("duration_minutes", format!("Between 1 and {MAX_MINUTES} minutes."))),
        None => Ok(default),
    }
}

/// The first start within 30 days at which a lesson fits.
pub fn next_available(
    r: &dyn Read,
    now: Timestamp,
    who: UserId,
    place: Option<Place>,
    minutes: Option<u16>,
) -> Outcome<NextAvailable> {
    let (_, calendar) = visible(r, now, who)?;
    let (minutes, timezone) = (fitting(minutes, 60)?, calendar.zone_name.clone());
    let first = next_openings(r, calendar, now, who, (place, minutes), SHOWN_DAYS, 1)?.pop();
    Ok(NextAvailable {
        found: first.is_some(),
        date: first.map(|o| o.date),
        start_time: first.map(|o| o.start),
        end_time: first.map(|o| o.end),
        duration_minutes: minutes,
        timezone,
    })
}
