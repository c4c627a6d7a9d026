//! From the choice in the address to what the page shows.

use super::query::{Choosing, Query};
use super::show::{Alternative, BookView, Chosen};
use crate::accounts::model::User;
use crate::availability::rules::calendar::{Calendar, Terms};
use crate::availability::rules::open::Opening;
use crate::availability::rules::sheet::Sheet;
use crate::availability::tables::sheet;
use crate::base::access::{Actor, Role};
use crate::base::id::{OfferingId, UserId};
use crate::base::money::Bp;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::text::first_last_initial;
use crate::base::time::{Date, Timestamp, fmt_clock, fmt_date, plus_days, today_in, zone};
use crate::bookings::model::Booking;
use crate::bookings::ops::{HOLD_MINUTES, facts};
use crate::bookings::pages::offer;
use crate::bookings::pages::words::{deadline, zone_words};
use crate::bookings::rules::cancel::free_until;
use crate::instructors::model::Offering;
use crate::payments::model::PriceQuote;
use crate::store::Read;
use crate::web::components::{FreeDay, Month, SlotState, SlotView};

/// How far ahead times can be chosen (rule: 30§2.7).
pub const HORIZON_DAYS: i64 = 90;
/// More than the quarter hours of all those days.
const ALL: usize = 10_000;

/// Everything loaded at one moment.
pub struct Loaded {
    pub teacher: User,
    pub offering: Offering,
    pub choosing: Choosing,
    pub calendar: Calendar,
    pub fee: Bp,
    /// The time a lesson is moved from, and what it was sold at.
    from: Option<String>,
    sold_at: Option<PriceQuote>,
    hold_minutes: i64,
    today: Date,
    shown: Date,
    /// The day whose times are shown unless another is asked for.
    first: Option<Date>,
    openings: Vec<Opening>,
    held: Vec<Opening>,
}

pub fn load(
    r: &dyn Read,
    now: Timestamp,
    (instructor, offering): (UserId, OfferingId),
    query: &Query,
    viewer: Option<UserId>,
    moving: Option<&Booking>,
) -> Outcome<Loaded> {
    let teacher = offer::teacher(r, instructor, viewer, now)?;
    let offering = offer::offering(r, instructor, offering)?;
    let durations = &offering.terms.durations;
    let wished = moving.map_or_else(|| query.minutes(), |booking| Some(booking.minutes));
    let minutes = wished.filter(|m| durations.contains(m)).unwrap_or_else(|| offer::usual_minutes(&offering));
    let places = &offering.terms.places;
    let wished = moving.map_or_else(|| query.place(), |booking| Some(booking.place));
    let place = wished.filter(|p| places.contains(p)).unwrap_or_else(|| offer::usual_place(&offering));
    let calendar = facts::calendar(r, instructor)?;
    let today = today_in(now, &calendar.zone);
    let last = plus_days(today, HORIZON_DAYS);
    let sheet = sheet(r, calendar.clone(), instructor, today, last, moving.map(|booking| booking.id))?;
    let terms = calendar.terms(Some(place), now);
    let openings = sheet.openings(&terms, today, last, minutes, ALL);
    let held = held(sheet, &terms, (today, last), minutes, &openings);
    // A lesson that is moved is shown on its own day, where that has other times.
    let own_day = moving.map(|booking| booking.date).filter(|day| openings.iter().any(|o| o.date == *day));
    let first = own_day.or(openings.first().map(|opening| opening.date));
    let shown = query.month().or_else(|| query.date()).or(first).unwrap_or(today).clamp(today, last);
    let choosing = Choosing { instructor, offering: offering.id, minutes, place, moving: moving.map(|b| b.id) };
    let from = moving.map(|b| format!("{}, {}", fmt_date(b.date), fmt_clock(b.start_time)));
    let sold_at = moving.map(|booking| booking.quote);
    let fee = facts::student_fee(r)?;
    let hold_minutes = HOLD_MINUTES.read(r)?;
    Ok(Loaded {
        from,
        sold_at,
        hold_minutes,
        teacher,
        offering,
        choosing,
        calendar,
        fee,
        today,
        shown,
        first,
        openings,
        held,
    })
}

/// Starts that are only taken by somebody who is paying right now.
fn held(mut sheet: Sheet, terms: &Terms, (from, to): (Date, Date), minutes: u16, free: &[Opening]) -> Vec<Opening> {
    let all = sheet.busy.len();
    sheet.busy.retain(|busy| busy.hold_expires_at.is_none());
    if sheet.busy.len() == all {
        return Vec::new();
    }
    let mut without = sheet.openings(terms, from, to, minutes, ALL);
    without.retain(|opening| !free.contains(opening));
    without
}

impl Loaded {
    pub fn view(&self, query: &Query, actor: Option<&Actor>, now: Timestamp) -> BookView {
        let date = query.date().or(self.first).filter(|d| *d >= self.today);
        let on_day: Vec<&Opening> = self.openings.iter().filter(|o| Some(o.date) == date).collect();
        let chosen = self.chosen(query, &on_day);
        BookView {
            service: offer::service_name(&self.offering),
            name: first_last_initial(&self.teacher.first_name, &self.teacher.last_name),
            profile_href: format!("/instructors/{}", self.teacher.id),
            face: offer::face(&self.teacher),
            zone: zone_words(&self.calendar.zone_name),
            from: self.from.clone(),
            late: None,
            lengths: if self.from.is_some() { Vec::new() } else { self.lengths(query) },
            places: if self.from.is_some() { Vec::new() } else { self.places(query) },
            month: self.month(date),
            day: date.map(|date| (date, self.slots(date, &on_day, chosen, now))),
            notice: self.notice(query, date, &on_day, chosen.is_some()),
            chosen: chosen.map(|opening| self.sum(opening, actor, now)),
            place_words: self.choosing.place.label().to_owned(),
            action: self.choosing.path(),
            sign_in: actor.is_none().then(|| sign_in(&self.here(chosen))),
            barred: actor.filter(|a| !a.is(Role::Student)).map(|_| "Sign in as a student to book a lesson."),
            hidden: chosen.map(|opening| self.hidden(opening)).unwrap_or_default(),
            asks_address: self.choosing.place == Place::StudentHome && self.from.is_none(),
            address: String::new(),
            hold_minutes: self.hold_minutes,
        }
    }

    /// The start asked for, or the only one there is.
    fn chosen<'a>(&self, query: &Query, on_day: &[&'a Opening]) -> Option<&'a Opening> {
        match (query.time(), on_day) {
            (Some(time), _) => on_day.iter().find(|o| o.start == time).copied(),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    fn here(&self, chosen: Option<&Opening>) -> String {
        chosen.map_or_else(|| self.choosing.plain(), |o| self.choosing.slot(o.date, o.start))
    }

    fn lengths(&self, query: &Query) -> Vec<Alternative> {
        let rate = self.offering.terms.rate_at(self.choosing.place);
        let one = |minutes: &u16| Alternative {
            label: format!("{minutes} min"),
            note: offer::all_in(rate, *minutes, self.fee).dollars(),
            href: self.choosing.with_minutes(*minutes, query),
            chosen: *minutes == self.choosing.minutes,
        };
        self.offering.terms.durations.iter().map(one).collect()
    }

    fn places(&self, query: &Query) -> Vec<Alternative> {
        let one = |place: &Place| Alternative {
            label: place.label().to_owned(),
            note: offer::all_in(self.offering.terms.rate_at(*place), self.choosing.minutes, self.fee).dollars(),
            href: self.choosing.with_place(*place, query),
            chosen: *place == self.choosing.place,
        };
        self.offering.terms.places.iter().map(one).collect()
    }

    fn month(&self, selected: Option<Date>) -> Month {
        let first = self.shown.first_of_month();
        let last = self.shown.last_of_month();
        let horizon = plus_days(self.today, HORIZON_DAYS);
        let days = self.openings.chunk_by(|a, b| a.date == b.date).filter_map(|day| {
            let date = day.first()?.date;
            let inside = first <= date && date <= last;
            inside.then(|| FreeDay { date, times: day.len(), href: self.choosing.day(date) })
        });
        Month {
            month: self.shown,
            today: self.today,
            selected,
            free: days.collect(),
            earlier: (first > self.today).then(|| self.choosing.month(plus_days(first, -1))),
            later: (last < horizon).then(|| self.choosing.month(plus_days(last, 1))),
        }
    }

    fn slots(&self, date: Date, on_day: &[&Opening], chosen: Option<&Opening>, now: Timestamp) -> Vec<SlotView> {
        let is_today = date == today_in(now, &self.calendar.zone);
        let free = on_day.iter().map(|o| SlotView {
            state: if is_today { SlotState::Now } else { SlotState::Free },
            selected: chosen == Some(*o),
            ..SlotView::free(date, o.start, self.choosing.slot(date, o.start))
        });
        let held = self.held.iter().filter(|o| o.date == date);
        let held = held.map(|o| SlotView { state: SlotState::Held, ..SlotView::free(date, o.start, "") });
        let mut all: Vec<SlotView> = free.chain(held).collect();
        all.sort_by_key(|slot| slot.start);
        all
    }

    /// Says so when what was asked for cannot be had.
    fn notice(&self, query: &Query, date: Option<Date>, on_day: &[&Opening], chosen: bool) -> Option<String> {
        let minutes = self.choosing.minutes;
        match (query.time(), query.date(), date) {
            (Some(time), Some(date), _) if !chosen => {
                let (time, date) = (fmt_clock(time), fmt_date(date));
                Some(format!("{time} on {date} is not free for {minutes} minutes. Choose another time."))
            }
            (None, Some(asked), _) if on_day.is_empty() => {
                let next = self.openings.iter().find(|o| o.date > asked).map(|o| fmt_date(o.date));
                let next = next.map(|date| format!(" The next free day is {date}.")).unwrap_or_default();
                Some(format!("No {minutes} minutes are free on {}.{next}", fmt_date(asked)))
            }
            _ => None,
        }
    }

    fn sum(&self, opening: &Opening, actor: Option<&Actor>, now: Timestamp) -> Chosen {
        let rate = self.offering.terms.rate_at(self.choosing.place);
        // The instructor's share does not change what the student pays.
        let quote = PriceQuote::new(rate, self.choosing.minutes, self.fee, Bp(0), 0);
        let quote = self.sold_at.unwrap_or(quote);
        let service = offer::service_name(&self.offering);
        let until = free_until(opening.start_utc);
        let reader = actor.and_then(|actor| zone(&actor.timezone));
        Chosen {
            date: opening.date,
            start: opening.start,
            end: opening.end.as_end(),
            lines: offer::lines(&service, rate, self.choosing.minutes, &quote),
            total: quote.lesson + quote.student_fee,
            free_until: (now <= until).then(|| deadline(until, &self.calendar.zone, reader.as_ref())),
        }
    }

    fn hidden(&self, opening: &Opening) -> Vec<(&'static str, String)> {
        vec![
            ("date", opening.date.to_string()),
            ("time", opening.start.to_string()),
            ("minutes", self.choosing.minutes.to_string()),
            ("place", self.choosing.place.name().to_owned()),
        ]
    }

    /// The three free starts nearest to one that is gone: label and address.
    pub fn nearest(&self, date: Date, start: crate::base::time::WallTime) -> Vec<(String, String)> {
        let wanted = minutes_from(self.today, date, start.minutes());
        let mut by_distance: Vec<&Opening> = self.openings.iter().collect();
        by_distance.sort_by_key(|o| (minutes_from(self.today, o.date, o.start.minutes()) - wanted).abs());
        by_distance.truncate(3);
        by_distance.sort_by_key(|o| o.start_utc);
        let words = |o: &Opening| format!("{}, {}", fmt_date(o.date), fmt_clock(o.start));
        by_distance.into_iter().map(|o| (words(o), self.choosing.slot(o.date, o.start))).collect()
    }
}

fn minutes_from(origin: Date, date: Date, minutes: u16) -> i64 {
    crate::base::time::days_between(origin, date) * 1440 + i64::from(minutes)
}

/// The door and the way back to exactly this choice.
fn sign_in(back: &str) -> (String, String) {
    let query = serde_urlencoded::to_string([("redirect", back)]).unwrap_or_default();
    (format!("/login?{query}"), format!("/signup?{query}"))
}
