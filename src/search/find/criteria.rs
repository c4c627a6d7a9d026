//! What a query asks for, made precise: services, area, days, money, people.

use std::collections::{HashMap, HashSet};

use crate::base::geo::Point;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime, plus_days};
use crate::catalog::{AgeGroup, catalogue};
use crate::places::{Gazetteer, RegionIx};
use crate::search::grammar::{
    Audience, LessonType, Level, LocationKind, Mode, Parsed, PriceIntent, PriceUnit, Sort, Urgency, Venue,
};
use crate::search::understand::Understood;

/// Days looked through when no day was said (rule: 40§6).
pub const SOON_DAYS: i64 = 7;
/// Days a set of weekdays, or an open range, reaches.
pub const SET_DAYS: i64 = 14;
/// No range is longer.
const LONGEST_RANGE: i64 = 92;
/// Around a point, what nobody covers but is still close.
const NEAR_ME_KM: f64 = 5.0;
pub const KM_PER_MILE: f64 = 1.609_344;
/// What "cheap" and "premium" mean per hour in this marketplace, in cents (rule: 40§2 price intent).
const BUDGET_MAX: i64 = 10_000;
const PREMIUM_MIN: i64 = 15_000;

/// Filters beside the sentence; each overrides the same wish in it (rule: 00§7 Search).
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub date: Option<Date>,
    pub time_after: Option<WallTime>,
    pub time_before: Option<WallTime>,
    pub price_max_cents: Option<i64>,
    pub lesson_type: Option<LessonType>,
    pub skill_level: Option<Level>,
    pub sort: Option<Sort>,
    pub duration_minutes: Option<u16>,
    pub audience: Option<Audience>,
    pub place: Option<Venue>,
    /// In tenths of a star, at least.
    pub rating: Option<u8>,
}

impl Overrides {
    /// Puts the filters into the understood query.
    pub fn apply(&self, parsed: &mut Parsed) {
        if let Some(date) = self.date {
            parsed.date = Some(date);
            (parsed.date_from, parsed.date_to, parsed.date_type) = (None, None, None);
            parsed.date_alternatives.clear();
            parsed.weekdays.clear();
            (parsed.date_ambiguous, parsed.date_soft) = (false, false);
        }
        if self.time_after.is_some() || self.time_before.is_some() {
            // The bound beside it stays where both can hold.
            let after = self.time_after.or(parsed.time_after.filter(|after| Some(*after) < self.time_before));
            let before = self.time_before.or(parsed.time_before.filter(|before| Some(*before) > self.time_after));
            (parsed.time_after, parsed.time_before) = (after, before);
        }
        if let Some(max) = self.price_max_cents {
            parsed.price_max_cents = Some(max);
            (parsed.price_intent, parsed.price_target_cents) = (None, None);
            parsed.price_min_cents = parsed.price_min_cents.filter(|min| *min <= max);
            parsed.price_unit = parsed.price_unit.or(Some(PriceUnit::Hour));
        }
        if let Some(lesson) = self.lesson_type {
            parsed.lesson_type = Some(lesson);
            parsed.place = parsed.place.filter(|_| lesson != LessonType::Online);
        }
        parsed.place = self.place.or(parsed.place);
        if self.place.is_some() {
            parsed.lesson_type = Some(LessonType::InPerson);
        }
        parsed.skill_level = self.skill_level.or(parsed.skill_level);
        parsed.sort = self.sort.or(parsed.sort);
        parsed.duration_minutes = self.duration_minutes.or(parsed.duration_minutes);
        parsed.audience = self.audience.or(parsed.audience);
    }
}

impl Overrides {
    /// Whether a filter speaks of what a chip of this kind was read from; the chip then says what is not so.
    pub fn replaces(&self, chip: &str) -> bool {
        match chip {
            "date" => self.date.is_some(),
            "time" => self.time_after.is_some() || self.time_before.is_some(),
            "price" => self.price_max_cents.is_some(),
            "format" => self.lesson_type.is_some() || self.place.is_some(),
            "level" => self.skill_level.is_some(),
            "sort" => self.sort.is_some(),
            "duration" => self.duration_minutes.is_some(),
            "audience" => self.audience.is_some(),
            _ => false,
        }
    }
}

/// The area asked for.
#[derive(Clone, Debug)]
pub struct Area {
    pub regions: Vec<RegionIx>,
    covered: HashSet<RegionIx>,
    pub point: Option<Point>,
    pub label: String,
    /// Further than covered, and still inside the wish.
    pub reach_km: f64,
}

impl Area {
    pub fn covers(&self, regions: &[RegionIx]) -> bool {
        regions.iter().any(|region| self.covered.contains(region))
    }
}

/// The days and the window of a query.
#[derive(Clone, Debug, Default)]
pub struct When {
    pub first: Date,
    pub last: Date,
    /// Monday 0 to Sunday 6; empty means any.
    pub weekdays: Vec<i8>,
    /// A day was said.
    pub day: bool,
    pub after: Option<WallTime>,
    pub before: Option<WallTime>,
}

impl When {
    pub fn time(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }

    pub fn asked(&self) -> bool {
        self.day || self.time()
    }

    pub fn has_date(&self, date: Date) -> bool {
        (self.first..=self.last).contains(&date)
            && (self.weekdays.is_empty() || self.weekdays.contains(&date.weekday().to_monday_zero_offset()))
    }

    /// Whether a lesson from `start` to `end` lies in the window.
    pub fn fits(&self, start: WallTime, end: WallTime) -> bool {
        self.after.is_none_or(|after| start >= after)
            && self.before.is_none_or(|before| end.as_end() <= before && end >= start)
    }
}

/// Money, per hour or per session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Money {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub target: Option<i64>,
    pub per_session: bool,
}

/// Everything a query asks for.
#[derive(Clone, Debug)]
pub struct Criteria {
    /// Wanted services by catalogue index, with relevance; any when absent.
    pub services: Option<HashMap<usize, f64>>,
    pub excluded: HashSet<usize>,
    pub places: Vec<Place>,
    /// An online lesson satisfies the wish wherever it was asked for.
    pub online_anywhere: bool,
    pub area: Option<Area>,
    pub spot: Option<Point>,
    pub when: When,
    pub money: Money,
    pub minutes: Option<u16>,
    pub ages: Vec<AgeGroup>,
    pub level: Option<crate::instructors::Level>,
    pub languages: Vec<String>,
    pub sort: Option<Sort>,
    pub urgent: bool,
    pub free_text: String,
    /// The least mean of reviews, of those whose mean is shown.
    pub rating: Option<f64>,
    pub today: Date,
}

impl Criteria {
    /// Makes an understood query precise. `here` is where the person is, as far as known.
    pub fn new(understood: &Understood, gazetteer: &Gazetteer, here: Option<Point>, today: Date) -> Criteria {
        let parsed = &understood.parsed;
        let services = (understood.mode != Mode::Any || understood.nothing_fits)
            .then(|| understood.services.iter().copied().collect());
        Criteria {
            services,
            excluded: understood.excluded.iter().copied().collect(),
            places: places(parsed),
            online_anywhere: parsed.lesson_type.is_some_and(|lesson| lesson != LessonType::InPerson),
            area: area(parsed, gazetteer, here),
            spot: here,
            when: when(parsed, today),
            money: money(parsed),
            minutes: parsed.duration_minutes,
            ages: parsed.audience.map(ages).unwrap_or_default(),
            level: parsed.skill_level.map(level),
            languages: parsed.languages.clone(),
            sort: parsed.sort,
            urgent: parsed.urgency == Some(Urgency::High),
            free_text: understood.free_text.clone(),
            rating: None,
            today,
        }
    }

    /// Relevance of every service of the catalogue; what is not wanted is below zero.
    pub fn wanted(&self) -> Vec<f64> {
        let relevance = |service: usize| match &self.services {
            _ if self.excluded.contains(&service) => -1.0,
            Some(wanted) => wanted.get(&service).copied().unwrap_or(-1.0),
            None => 1.0,
        };
        (0..catalogue().services().len()).map(relevance).collect()
    }

    /// Whether there is a wish that could be let go.
    pub fn can_let_go(&self) -> bool {
        self.when.asked() || self.area.is_some() || self.money.max.is_some()
    }

    /// Names of the filters in force, for the answer.
    pub fn applied(&self, parsed: &Parsed) -> Vec<String> {
        let named = [
            ("service", self.services.is_some()),
            ("exclude_service", !self.excluded.is_empty()),
            ("price", parsed.has_price() || parsed.price_intent.is_some()),
            ("location", self.area.is_some()),
            ("availability", self.when.asked()),
            ("lesson_type", parsed.lesson_type.is_some_and(|lesson| lesson != LessonType::Any)),
            ("place", parsed.place.is_some()),
            ("duration", self.minutes.is_some()),
            ("audience", !self.ages.is_empty()),
            ("language", !self.languages.is_empty()),
        ];
        named.into_iter().filter(|(_, on)| *on).map(|(name, _)| name.to_owned()).collect()
    }
}

fn places(parsed: &Parsed) -> Vec<Place> {
    let venue = |venue| match venue {
        Venue::StudentHome => vec![Place::StudentHome],
        Venue::InstructorPlace => vec![Place::InstructorLocation],
    };
    match (parsed.place, parsed.lesson_type) {
        (Some(place), _) => venue(place),
        (None, Some(LessonType::Online)) => vec![Place::Remote],
        (None, Some(LessonType::InPerson)) => vec![Place::StudentHome, Place::InstructorLocation, Place::Neutral],
        (None, Some(LessonType::Any) | None) => Place::ALL.to_vec(),
    }
}

/// Online lessons need no place, so an area is no filter for them.
fn area(parsed: &Parsed, gazetteer: &Gazetteer, here: Option<Point>) -> Option<Area> {
    if parsed.lesson_type == Some(LessonType::Online) {
        return None;
    }
    let radius = parsed.radius_mi.map(|miles| miles * KM_PER_MILE);
    let made = |regions: Vec<RegionIx>, point, label, reach_km| Area {
        covered: regions.iter().copied().collect(),
        regions,
        point,
        label,
        reach_km,
    };
    if parsed.location_kind == Some(LocationKind::NearMe) || (radius.is_some() && parsed.location.is_empty()) {
        let point = here?;
        let regions = gazetteer.near(point, 0.0).into_iter().map(|(region, _)| region).collect();
        return Some(made(regions, Some(point), "you".to_owned(), radius.unwrap_or(NEAR_ME_KM)));
    }
    let said = parsed.location_text.as_deref().filter(|_| !parsed.location.is_empty())?;
    let mut regions: Vec<RegionIx> = Vec::new();
    let mut point = None;
    for part in said.split(" or ") {
        // Known by meaning only: the name that was found stands for it.
        let by_name = || gazetteer.meant(parsed.location.first()?);
        let Some(place) = gazetteer.meant(part).or_else(by_name) else { continue };
        point = point.or(place.point);
        regions.extend(place.regions.into_iter().filter(|region| !regions.contains(region)).collect::<Vec<_>>());
    }
    (!regions.is_empty()).then(|| made(regions, point, area_label(parsed, said, gazetteer), radius.unwrap_or(0.0)))
}

/// Two names at most; of more, the name of the whole stands for all of them.
fn area_label(parsed: &Parsed, said: &str, gazetteer: &Gazetteer) -> String {
    if parsed.location.len() > 2 { gazetteer.resolve(said).label } else { parsed.location.join(" or ") }
}

fn when(parsed: &Parsed, today: Date) -> When {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let weekdays: Vec<i8> =
        (0..7i8).filter(|day| parsed.weekdays.iter().any(|name| name == NAMES[*day as usize])).collect();
    let (first, last) = match (parsed.date, parsed.date_from, parsed.date_to) {
        (Some(date), ..) => (date, date),
        (None, Some(from), Some(to)) => (from, to),
        (None, Some(from), None) => (from, plus_days(from, SET_DAYS - 1)),
        (None, None, Some(to)) => (today, to),
        (None, None, None) if !weekdays.is_empty() => (today, plus_days(today, SET_DAYS - 1)),
        (None, None, None) => (today, plus_days(today, SOON_DAYS)),
    };
    let first = first.max(today);
    When {
        first,
        last: last.min(plus_days(first, LONGEST_RANGE)),
        weekdays,
        day: parsed.has_date() && !parsed.date_soft,
        after: parsed.time_after,
        before: parsed.time_before,
    }
}

fn money(parsed: &Parsed) -> Money {
    let mut money = Money {
        min: parsed.price_min_cents,
        max: parsed.price_max_cents,
        target: parsed.price_target_cents,
        per_session: parsed.price_unit == Some(PriceUnit::Session),
    };
    match parsed.price_intent {
        Some(PriceIntent::Budget) => money.max = Some(BUDGET_MAX),
        // Nobody who asks for premium wants to see nothing: the dearer come first.
        Some(PriceIntent::Premium) => money.target = Some(PREMIUM_MIN),
        None => {}
    }
    money
}

/// Groups an offering may name to suit this learner: older people are adults too.
fn ages(audience: Audience) -> Vec<AgeGroup> {
    match audience {
        Audience::Toddler => vec![AgeGroup::Toddler],
        Audience::Kids => vec![AgeGroup::Kids],
        Audience::Teens => vec![AgeGroup::Teens],
        Audience::Adults => vec![AgeGroup::Adults],
        Audience::Seniors => vec![AgeGroup::Seniors, AgeGroup::Adults],
    }
}

fn level(level: Level) -> crate::instructors::Level {
    match level {
        Level::Beginner => crate::instructors::Level::Beginner,
        Level::Intermediate => crate::instructors::Level::Intermediate,
        Level::Advanced => crate::instructors::Level::Advanced,
    }
}

/// Both or neither, on the globe (rule: 40§12).
pub fn spot(lat: Option<f64>, lng: Option<f64>) -> Outcome<Option<Point>> {
    match (lat, lng) {
        (None, None) => Ok(None),
        (Some(lat), Some(lng)) => {
            Point::new(lat, lng).map(Some).ok_or_else(|| Refusal::invalid("lat", "That is not on the globe."))
        }
        _ => Err(Refusal::invalid(if lat.is_some() { "lng" } else { "lat" }, "Send lat and lng together, or neither.")),
    }
}
