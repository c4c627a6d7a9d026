//! Judging one offering: whether it fits, and if not, in what it fails.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::reach::{Reach, Reached};
use super::why::SHOWN_REVIEWS;
use crate::availability::rules::dayline::DayLine;
use crate::availability::rules::free::{Answer, Soonest, Window, starts_between};
use crate::availability::rules::open::Opening;
use crate::availability::rules::sheet::Sheet;
use crate::base::price::{Place, lesson_price};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, dates, plus_days};
use crate::search::find::criteria::{Criteria, When};
use crate::search::grammar::Sort;
use crate::search::supply::{Index, Offer, Row};
use crate::search::tuning::Tuning;

/// Days looked through for times when no day of the query has any.
pub const OTHER_DAYS: i64 = 14;

/// What an offering fails, of the wishes that can be let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fails {
    pub time: bool,
    pub date: bool,
    pub location: bool,
    pub price: bool,
}

impl Fails {
    pub fn none(self) -> bool {
        self == Fails::default()
    }

    fn count(self) -> usize {
        [self.time, self.date, self.location, self.price].iter().filter(|fails| **fails).count()
    }
}

/// One offering with the kind of place at which it suits best.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Index into the row's offers.
    pub offer: usize,
    pub place: Place,
    pub minutes: u16,
    pub relevance: f64,
    pub fails: Fails,
    pub distance_km: Option<f64>,
    pub covered: bool,
    /// When the first true opening begins that counts for the query; known when the order is by time.
    pub first: Option<Timestamp>,
}

/// Where the exact calendar of a row comes from.
pub type Sheets<'a> = &'a (dyn Fn(&Row) -> Outcome<Arc<Sheet>> + Sync);

/// What judging needs beside the row. One for each thread: it remembers what many rows have in common.
pub struct Bench<'a> {
    pub criteria: &'a Criteria,
    pub reach: &'a Reach,
    pub tuning: &'a Tuning,
    pub index: &'a Index,
    pub now: Timestamp,
    /// Soonest first was asked: every candidate's first opening is needed.
    need_first: bool,
    sheets: Sheets<'a>,
    /// Relevance by service; negative is not wanted.
    wanted: Vec<f64>,
    soonest: RefCell<Vec<Option<[Soonest; 4]>>>,
    lines: RefCell<HashMap<(u16, Date), DayLine>>,
    trouble: RefCell<Option<Refusal>>,
}

impl<'a> Bench<'a> {
    pub fn new(
        criteria: &'a Criteria,
        reach: &'a Reach,
        tuning: &'a Tuning,
        index: &'a Index,
        now: Timestamp,
        sheets: Sheets<'a>,
    ) -> Self {
        Self {
            criteria,
            reach,
            tuning,
            index,
            now,
            need_first: criteria.urgent || criteria.sort == Some(Sort::Soonest),
            sheets,
            wanted: criteria.wanted(),
            soonest: RefCell::default(),
            lines: RefCell::default(),
            trouble: RefCell::default(),
        }
    }

    /// Every matching offering of one person, the best one first.
    pub fn all(&self, row: &Row) -> Outcome<Vec<Judged>> {
        if !self.rated(row) {
            return Ok(Vec::new());
        }
        let reached = self.reach.of(&row.regions);
        let mut judged: Vec<Judged> =
            (0..row.offers.len()).filter_map(|at| self.judge(row, at, reached, true)).collect();
        judged.sort_by_key(|judged| self.rank(row, judged));
        self.trouble.take().map_or(Ok(judged), Err)
    }

    /// The best offering that fits wholly. What [`Self::all`] would put first, if that fits wholly.
    pub fn exact(&self, row: &Row) -> Outcome<Option<Judged>> {
        self.best(row, false)
    }

    /// What [`Self::all`] would put first.
    pub fn first_of_all(&self, row: &Row) -> Outcome<Option<Judged>> {
        self.best(row, true)
    }

    fn best(&self, row: &Row, letting_go: bool) -> Outcome<Option<Judged>> {
        if !self.rated(row) {
            return Ok(None);
        }
        let reached = self.reach.of(&row.regions);
        let judged = (0..row.offers.len()).filter_map(|at| self.judge(row, at, reached, letting_go));
        let best = judged.min_by_key(|judged| self.rank(row, judged));
        self.trouble.take().map_or(Ok(best), Err)
    }

    /// Whether enough people rated this person well enough: a mean nobody is shown filters nobody in.
    fn rated(&self, row: &Row) -> bool {
        let shown = row.rating.filter(|_| row.reviews >= SHOWN_REVIEWS);
        self.criteria.rating.is_none_or(|least| shown.is_some_and(|mean| mean >= least))
    }

    fn rank(&self, row: &Row, judged: &Judged) -> (super::relax::Group, std::cmp::Reverse<u64>, i64, usize) {
        // Relevance is not negative, so its bits stand in its own order.
        let relevance = std::cmp::Reverse(judged.relevance.to_bits());
        (
            super::relax::group_of(judged.fails),
            relevance,
            row.offers[judged.offer].rate_at(judged.place).0,
            judged.offer,
        )
    }

    /// The offering at its best place; nothing when it is not what was asked for. Without `letting_go` a wish that
    /// fails is the end.
    fn judge(&self, row: &Row, at: usize, reached: Reached, letting_go: bool) -> Option<Judged> {
        let (offer, criteria) = (&row.offers[at], self.criteria);
        let relevance = *self.wanted.get(offer.service).filter(|relevance| **relevance >= 0.0)?;
        if !self.suits(offer) {
            return None;
        }
        let minutes = criteria.minutes.unwrap_or_else(|| offer.shortest());
        let cheapest = criteria.sort == Some(Sort::PriceAsc);
        let timed = criteria.when.asked() || self.need_first;
        let mut best: Option<((usize, usize, i64, usize), Judged)> = None;
        for (named, place) in offer.places.iter().copied().enumerate() {
            if !criteria.places.contains(&place) {
                continue;
            }
            let Some(mut option) = self.at_place(offer, place, minutes, reached) else { continue };
            (option.offer, option.relevance) = (at, relevance);
            // Fewest wishes let go, without time and then with it; the cheapest kind of place when that was asked
            // for, else the one the instructor named first.
            let rate = if cheapest { offer.rate_at(place).0 } else { 0 };
            let without = option.fails.count();
            let hopeless = best.as_ref().is_some_and(|(key, _)| (without, without, rate, named) >= *key);
            if hopeless || (!letting_go && without > 0) || (timed && !self.in_time(row, &mut option, letting_go)) {
                continue;
            }
            let key = (option.fails.count(), without, rate, named);
            if best.as_ref().is_none_or(|(known, _)| key < *known) {
                best = Some((key, option));
            }
        }
        best.map(|(_, judged)| judged)
    }

    /// Ages and length: wishes nobody wants to see let go. Languages were judged before.
    fn suits(&self, offer: &Offer) -> bool {
        let criteria = self.criteria;
        let age = criteria.ages.is_empty()
            || offer.ages.is_empty()
            || offer.ages.iter().any(|age| criteria.ages.contains(age));
        age && criteria.minutes.is_none_or(|minutes| offer.durations.contains(&minutes))
    }

    fn at_place(&self, offer: &Offer, place: Place, minutes: u16, reached: Reached) -> Option<Judged> {
        let mut fails = Fails { price: !self.price(offer, place, minutes)?, ..Fails::default() };
        let (covered, distance_km) = reached;
        let remote = place == Place::Remote && self.criteria.online_anywhere;
        if let Some(area) = self.criteria.area.as_ref().filter(|_| !remote) {
            if place == Place::Remote {
                return None;
            }
            let distance = distance_km.filter(|distance| distance.is_finite())?;
            // A neighborhood that only touches the asked one is not in it.
            let inside = covered || area.reach_km > 0.0 && distance <= area.reach_km;
            fails.location = !inside;
            if !inside && distance > self.tuning.nearby_km {
                return None;
            }
        }
        let distance_km = distance_km.filter(|_| !remote);
        Some(Judged { offer: 0, place, minutes, relevance: 0.0, fails, distance_km, covered, first: None })
    }

    /// Whether the price fits; nothing when it is beyond what could be offered at all.
    fn price(&self, offer: &Offer, place: Place, minutes: u16) -> Option<bool> {
        let money = self.criteria.money;
        let rate = offer.rate_at(place);
        let price = if money.per_session { lesson_price(rate, minutes) } else { rate }.0;
        if money.min.is_some_and(|min| price < min) {
            return None;
        }
        match money.max {
            Some(max) if price > max => (price * 100 <= max * (100 + self.tuning.over_price_pct)).then_some(false),
            _ => Some(true),
        }
    }

    /// Looks for the first true opening, and notes which wish of time it fails; false when there is none at all.
    fn in_time(&self, row: &Row, option: &mut Judged, letting_go: bool) -> bool {
        let when = &self.criteria.when;
        let mut first = self.first(row, option, when);
        if first.is_none() && when.asked() {
            if !letting_go {
                return false;
            }
            if when.time() {
                first = self.first(row, option, &When { after: None, before: None, ..when.clone() });
                option.fails.time = first.is_some();
            }
            if first.is_none() && when.day {
                first = self.first(row, option, &any_day(when, self.criteria.today));
                option.fails.date = first.is_some();
                let outside = first.is_some_and(|(_, minute)| {
                    !when.fits(WallTime::clamped(minute.into()), WallTime::clamped((minute + option.minutes).into()))
                });
                option.fails.time = option.fails.date && when.time() && outside;
            }
            if first.is_none() {
                return false;
            }
        }
        if self.need_first {
            option.first = first.map(|(date, minute)| self.instant(row, date, minute));
        }
        true
    }

    /// Date and minute of the first start in a window: from the bits, or from the calendar where they cannot tell.
    fn first(&self, row: &Row, option: &Judged, when: &When) -> Option<(Date, u16)> {
        let soonest = self.soonest(row.terms)?[option.place as usize];
        let (after, before) = (when.after.map_or(0, WallTime::minutes), when.before.map_or(1440, WallTime::minutes));
        let window = Window {
            from: when.first,
            to: when.last,
            on: &|date| when.has_date(date),
            starts: starts_between(after, before, option.minutes),
            minutes: option.minutes,
        };
        match row.free.first(option.place, &soonest, &window) {
            Answer::At(date, minute) => Some((date, minute)),
            Answer::None => None,
            Answer::Ask => {
                let sheet = match (self.sheets)(row) {
                    Ok(sheet) => sheet,
                    Err(refusal) => {
                        *self.trouble.borrow_mut() = Some(refusal);
                        return None;
                    }
                };
                let found = openings(&sheet, when, option.place, option.minutes, self.now, 1);
                found.first().map(|opening| (opening.date, opening.start.minutes()))
            }
        }
    }

    /// What "now" means under one of the index's calendars.
    fn soonest(&self, terms: u16) -> Option<[Soonest; 4]> {
        let at = usize::from(terms);
        let mut known = self.soonest.borrow_mut();
        if known.len() <= at {
            known.resize(at + 1, None);
        }
        if known[at].is_none() {
            let calendar = self.index.calendars().get(at)?;
            known[at] = Some(Place::ALL.map(|place| Soonest::of(calendar, place, self.now)));
        }
        known[at]
    }

    fn instant(&self, row: &Row, date: Date, minute: u16) -> Timestamp {
        let mut lines = self.lines.borrow_mut();
        let line = lines.entry((row.terms, date)).or_insert_with(|| DayLine::of(date, &row.zone));
        line.minute_of(WallTime::clamped(minute.into())).map_or(Timestamp::MAX, |minute| line.instant(minute))
    }
}

/// Any day of the coming two weeks, at any time.
pub fn any_day(when: &When, today: Date) -> When {
    When {
        first: today,
        last: plus_days(today, OTHER_DAYS),
        weekdays: Vec::new(),
        after: None,
        before: None,
        day: when.day,
    }
}

/// The first `limit` true openings of a lesson within a window, by the rules booking itself uses.
pub fn openings(sheet: &Sheet, when: &When, place: Place, minutes: u16, now: Timestamp, limit: usize) -> Vec<Opening> {
    let terms = sheet.calendar.terms(Some(place), now);
    let mut found = Vec::new();
    for date in dates(when.first, when.last).filter(|date| when.has_date(*date)) {
        if found.len() >= limit {
            break;
        }
        if !sheet.days.contains_key(&date) {
            continue;
        }
        let starts = sheet.on(date, |facts| facts.open_starts(&terms, minutes));
        found.extend(starts.into_iter().filter(|opening| when.fits(opening.start, opening.end)));
    }
    found.truncate(limit);
    found
}

/// "Chinese" is spoken by who speaks Mandarin, and the other way round.
pub fn speaks(spoken: &str, asked: &str) -> bool {
    let family = |language: &str| matches!(language.to_lowercase().as_str(), "chinese" | "mandarin");
    spoken.eq_ignore_ascii_case(asked)
        || (family(spoken) && family(asked))
        || spoken.split(['/', ' ', '(']).any(|part| part.eq_ignore_ascii_case(asked))
}
