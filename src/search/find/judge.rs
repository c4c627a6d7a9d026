//! Judging one offering: whether it fits, and if not, in what it fails.

use crate::availability::rules::open::Opening;
use crate::availability::rules::sheet::{Sheet, dates};
use crate::base::price::{Place, lesson_price};
use crate::base::time::{Date, Timestamp, plus_days};
use crate::places::Gazetteer;
use crate::search::find::criteria::{Criteria, When};
use crate::search::grammar::Sort;
use crate::search::supply::{Offer, Row};

/// A place still near enough to be offered, when the asked one has nobody (rule: 40§6).
const NEARBY_KM: f64 = 10.0;
/// How much dearer still counts as a little dearer, in percent.
const LITTLE_DEARER: i64 = 125;
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
#[derive(Clone, Debug)]
pub struct Judged {
    /// Index into the row's offers.
    pub offer: usize,
    pub place: Place,
    pub minutes: u16,
    pub relevance: f64,
    pub fails: Fails,
    pub distance_km: Option<f64>,
    pub covered: bool,
    /// The first true opening that counts for the query; nothing was looked up when no time was asked.
    pub first: Option<Opening>,
}

/// What judging needs beside the row.
pub struct Bench<'a> {
    pub criteria: &'a Criteria,
    pub gazetteer: &'a Gazetteer,
    pub now: Timestamp,
    /// Soonest first was asked: every candidate's first opening is needed.
    pub need_first: bool,
}

impl Bench<'_> {
    /// The offering at its best place; nothing when it is not what was asked for.
    pub fn judge(
        &self,
        row: &Row,
        at: usize,
        sheet: &mut dyn FnMut() -> Option<std::sync::Arc<Sheet>>,
    ) -> Option<Judged> {
        let (offer, criteria) = (&row.offers[at], self.criteria);
        let relevance = match &criteria.services {
            Some(wanted) => *wanted.get(&offer.service)?,
            None => 1.0,
        };
        if criteria.excluded.contains(&offer.service) || !self.suits(row, offer) {
            return None;
        }
        let minutes = criteria.minutes.unwrap_or_else(|| offer.shortest());
        let mut options: Vec<Judged> = Vec::new();
        for place in offer.places.iter().copied().filter(|place| criteria.places.contains(place)) {
            let Some(option) = self.at_place(row, offer, place) else { continue };
            options.push(Judged { offer: at, place, minutes, relevance, first: None, ..option });
        }
        // The cheapest kind of place when that was asked for, else the one the instructor named first.
        let cheapest = criteria.sort == Some(Sort::PriceAsc);
        let named = |place: Place| offer.places.iter().position(|known| *known == place);
        options.sort_by_key(|option| {
            (option.fails.count(), if cheapest { offer.rate_at(option.place).0 } else { 0 }, named(option.place))
        });
        if criteria.when.asked() || self.need_first {
            let sheet = sheet()?;
            options = options.into_iter().filter_map(|option| self.in_time(option, &sheet)).collect();
            options.sort_by_key(|option| option.fails.count());
        }
        options.into_iter().next()
    }

    /// Ages, languages and length: wishes nobody wants to see let go.
    fn suits(&self, row: &Row, offer: &Offer) -> bool {
        let criteria = self.criteria;
        let age = criteria.ages.is_empty()
            || offer.ages.is_empty()
            || offer.ages.iter().any(|age| criteria.ages.contains(age));
        let language = criteria.languages.is_empty()
            || row.languages.iter().any(|spoken| criteria.languages.iter().any(|asked| speaks(spoken, asked)));
        let length = criteria.minutes.is_none_or(|minutes| offer.durations.contains(&minutes));
        age && language && length
    }

    fn at_place(&self, row: &Row, offer: &Offer, place: Place) -> Option<Judged> {
        let mut fails = Fails { price: !self.price(offer, place)?, ..Fails::default() };
        let (covered, distance_km) = self.distance(row);
        let remote = place == Place::Remote && self.criteria.online_anywhere;
        if let Some(area) = self.criteria.area.as_ref().filter(|_| !remote) {
            if place == Place::Remote {
                return None;
            }
            let distance = distance_km.filter(|distance| distance.is_finite())?;
            let inside = covered || distance <= area.reach_km;
            fails.location = !inside;
            if !inside && distance > NEARBY_KM {
                return None;
            }
        }
        Some(Judged {
            offer: 0,
            place,
            minutes: 0,
            relevance: 0.0,
            fails,
            distance_km: distance_km.filter(|_| !remote),
            covered,
            first: None,
        })
    }

    /// Whether the price fits; nothing when it is beyond what could be offered at all.
    fn price(&self, offer: &Offer, place: Place) -> Option<bool> {
        let money = self.criteria.money;
        let minutes = self.criteria.minutes.unwrap_or_else(|| offer.usual());
        let rate = offer.rate_at(place);
        let price = if money.per_session { lesson_price(rate, minutes) } else { rate }.0;
        if money.min.is_some_and(|min| price < min) {
            return None;
        }
        match money.max {
            Some(max) if price > max => (price * 100 <= max * LITTLE_DEARER).then_some(false),
            _ => Some(true),
        }
    }

    /// Whether the instructor covers the asked area, and how far they are from it (0 when covered).
    fn distance(&self, row: &Row) -> (bool, Option<f64>) {
        match (&self.criteria.area, self.criteria.spot) {
            (Some(area), _) if area.covers(&row.regions) => (true, Some(0.0)),
            (Some(area), _) => {
                let gap = match area.point.filter(|_| area.regions.len() <= 1) {
                    Some(point) => self.gazetteer.distance_to_area_km(point, &row.regions),
                    None => f64::from(self.gazetteer.area_gap_km(&area.regions, &row.regions)),
                };
                (false, Some(gap))
            }
            (None, Some(point)) if !row.regions.is_empty() => {
                (false, Some(self.gazetteer.distance_to_area_km(point, &row.regions)))
            }
            (None, _) => (false, None),
        }
    }

    /// The first true opening, and which wish of time it fails.
    fn in_time(&self, mut option: Judged, sheet: &Sheet) -> Option<Judged> {
        let when = &self.criteria.when;
        let (place, minutes) = (option.place, option.minutes);
        let first = |window: &When| openings(sheet, window, place, minutes, self.now, 1).into_iter().next();
        option.first = first(when);
        if option.first.is_some() || !when.asked() {
            return Some(option);
        }
        if when.time() {
            option.first = first(&When { after: None, before: None, ..when.clone() });
            option.fails.time = option.first.is_some();
        }
        if option.first.is_none() && when.day {
            option.first = first(&any_day(when, self.criteria.today));
            option.fails.date = option.first.is_some();
            option.fails.time = option.fails.date
                && when.time()
                && option.first.as_ref().is_some_and(|opening| !when.fits(opening.start, opening.end));
        }
        option.first.is_some().then_some(option)
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
fn speaks(spoken: &str, asked: &str) -> bool {
    let family = |language: &str| matches!(language.to_lowercase().as_str(), "chinese" | "mandarin");
    spoken.eq_ignore_ascii_case(asked)
        || (family(spoken) && family(asked))
        || spoken.split(['/', ' ', '(']).any(|part| part.eq_ignore_ascii_case(asked))
}
