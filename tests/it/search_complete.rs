//! Nothing that matches is left out, and nothing else gets in: search against a plain reading of the store.
//!
//! Every case is drawn as a set of constraints. Search gets it as a sentence with filters; the comparison reads every
//! instructor from the store and asks the calendar's own rules for every start of every day.

use std::collections::BTreeSet;

use instainstru::accounts;
use instainstru::availability::ops::calendar_of;
use instainstru::availability::tables::sheet;
use instainstru::base::id::{ServiceId, UserId};
use instainstru::base::price::Place;
use instainstru::base::time::{Date, Timestamp, WallTime, plus_days};
use instainstru::catalog::{AgeGroup, catalogue};
use instainstru::instructors::{self, Offering};
use instainstru::places::{Gazetteer, RegionIx};
use instainstru::search::find::{Group, Overrides};
use instainstru::search::grammar::{Audience, LessonType, Venue};
use instainstru::search::ops::{Ask, search};
use instainstru::site::Site;
use instainstru::store::{Dir, Read, ReadExt, Span};

use crate::kit::TestApp;

const CASES: u64 = 500;
/// A Tuesday with lessons behind and ahead; 2:05 pm in New York.
const NOW: &str = "2026-11-10T19:05:00Z";

/// Draws that are the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
    /// Something of the list in `percent` of all draws.
    fn maybe<T: Clone>(&mut self, percent: usize, of: &[T]) -> Option<T> {
        (self.below(100) < percent).then(|| self.one(of))
    }
}

#[derive(Clone, Debug)]
struct Wish {
    services: Vec<&'static str>,
    area: Option<&'static str>,
    lesson: Option<LessonType>,
    place: Option<Venue>,
    language: Option<&'static str>,
    audience: Option<Audience>,
    minutes: Option<u16>,
    max_cents: Option<i64>,
    date: Option<Date>,
    after: Option<WallTime>,
    before: Option<WallTime>,
}

impl Wish {
    fn drawn(draw: &mut Draw, today: Date) -> Self {
        const SERVICES: [&str; 16] = [
            "Piano",
            "Guitar",
            "Violin",
            "Math",
            "SAT",
            "Algebra",
            "Spanish",
            "Yoga",
            "Swimming",
            "Tennis",
            "Chess",
            "Drawing",
            "Pilates",
            "Calculus",
            "Voice & Singing",
            "Japanese",
        ];
        let count = draw.one(&[0, 1, 1, 1, 2, 3]);
        let mut services: Vec<&str> = (0..count).map(|_| draw.one(&SERVICES)).collect();
        services.dedup();
        let at = |hour: i64| WallTime::clamped(hour * 60);
        let after = draw.maybe(35, &[7, 9, 12, 15, 16, 17, 18, 20]);
        let lesson = draw.maybe(25, &[LessonType::Online, LessonType::InPerson, LessonType::Any]);
        let place = if lesson.is_none() { draw.maybe(15, &[Venue::StudentHome, Venue::InstructorPlace]) } else { None };
        Self {
            services,
            area: draw.maybe(
                40,
                &["Brooklyn", "Manhattan", "Upper West Side", "Astoria", "Park Slope", "Harlem", "Queens", "11215"],
            ),
            lesson: lesson.or(place.map(|_| LessonType::InPerson)),
            place,
            language: draw.maybe(12, &["Spanish", "French", "Russian", "Mandarin"]),
            audience: draw.maybe(20, &[Audience::Kids, Audience::Teens, Audience::Adults, Audience::Seniors]),
            minutes: draw.maybe(30, &[30, 45, 60, 90]),
            max_cents: draw.maybe(40, &[6_000, 7_500, 8_000, 9_000, 10_000, 12_500]),
            date: (draw.below(100) < 55).then(|| plus_days(today, draw.below(12) as i64)),
            after: after.map(at),
            before: draw.maybe(20, &[2, 3, 4]).and_then(|hours| Some(at(after? + hours))),
        }
    }

    fn sentence(&self) -> String {
        let mut said = vec![if self.services.is_empty() { "lessons".to_owned() } else { self.services.join(" or ") }];
        said.extend(self.area.map(|area| format!("in {area}")));
        said.extend(self.language.map(|language| format!("who speaks {language}")));
        said.join(" ")
    }

    fn ask(&self) -> Ask {
        Ask {
            query: self.sentence(),
            overrides: Overrides {
                date: self.date,
                time_after: self.after,
                time_before: self.before,
                price_max_cents: self.max_cents,
                lesson_type: self.lesson.filter(|_| self.place.is_none()),
                place: self.place,
                duration_minutes: self.minutes,
                audience: self.audience,
                ..Overrides::default()
            },
            limit: 1000,
            ..Ask::default()
        }
    }
}

/// Everything about one wish that is the same for all instructors.
struct Scan<'a> {
    read: &'a dyn Read,
    wish: &'a Wish,
    services: Vec<ServiceId>,
    regions: Option<Vec<RegionIx>>,
    now: Timestamp,
    today: Date,
}

impl Scan<'_> {
    fn fits(&self, who: UserId) -> bool {
        let profile = instructors::profile(self.read, who).unwrap().unwrap();
        let user = accounts::must_user(self.read, who).unwrap();
        let speaks = |asked: &str| profile.languages.iter().any(|spoken| spoken == asked);
        instructors::is_public(&profile, &user, self.now)
            && self.wish.language.is_none_or(speaks)
            && instructors::active_offerings_of(self.read, who).unwrap().iter().any(|offer| self.offers(who, offer))
    }

    fn offers(&self, who: UserId, offer: &Offering) -> bool {
        let (wish, terms) = (self.wish, &offer.terms);
        let suits = |age: &AgeGroup| match wish.audience {
            Some(Audience::Kids) => *age == AgeGroup::Kids,
            Some(Audience::Teens) => *age == AgeGroup::Teens,
            Some(Audience::Adults) => *age == AgeGroup::Adults,
            _ => matches!(age, AgeGroup::Seniors | AgeGroup::Adults),
        };
        let age = wish.audience.is_none() || terms.age_groups.is_empty() || terms.age_groups.iter().any(suits);
        let minutes = wish.minutes.unwrap_or_else(|| *terms.durations.iter().min().unwrap());
        let wanted = self.services.is_empty() || self.services.contains(&offer.service_id);
        wanted
            && age
            && terms.durations.contains(&minutes)
            && terms.places.iter().any(|place| {
                self.place(who, *place)
                    && wish.max_cents.is_none_or(|max| terms.rate_at(*place).0 <= max)
                    && self.free(who, *place, minutes)
            })
    }

    fn place(&self, who: UserId, place: Place) -> bool {
        let remote = place == Place::Remote;
        let kind = match (self.wish.place, self.wish.lesson) {
            (Some(Venue::StudentHome), _) => place == Place::StudentHome,
            (Some(Venue::InstructorPlace), _) => place == Place::InstructorLocation,
            (None, Some(LessonType::Online)) => remote,
            (None, Some(LessonType::InPerson)) => !remote,
            (None, _) => true,
        };
        let Some(asked) = &self.regions else { return kind };
        // An online lesson fits every place, once online was asked for at all.
        let anywhere = remote && matches!(self.wish.lesson, Some(LessonType::Online | LessonType::Any));
        let covered = || {
            let areas = instructors::areas(self.read, who).unwrap();
            let map = Gazetteer::builtin();
            areas.neighborhoods.iter().filter_map(|id| map.by_id(*id)).any(|region| asked.contains(&region))
        };
        kind && (anywhere || !remote && covered())
    }

    /// Some start of a lesson of this length in the asked days and hours.
    fn free(&self, who: UserId, place: Place, minutes: u16) -> bool {
        let wish = self.wish;
        if wish.date.is_none() && wish.after.is_none() {
            return true;
        }
        let (from, to) = wish.date.map_or((self.today, plus_days(self.today, 7)), |date| (date, date));
        let calendar = calendar_of(self.read, who).unwrap();
        let terms = calendar.terms(Some(place), self.now);
        let sheet = sheet(self.read, calendar, who, from, to, None).unwrap();
        let begins = |date: Date| sheet.on(date, |facts| facts.open_starts(&terms, minutes));
        (0..=7).map(|day| plus_days(from, day)).take_while(|date| *date <= to).flat_map(begins).any(|opening| {
            wish.after.is_none_or(|after| opening.start >= after)
                && wish.before.is_none_or(|before| opening.end <= before)
        })
    }
}

fn everybody(read: &dyn Read) -> Vec<UserId> {
    let profiles = read.scan(&instructors::tables::PROFILES, Span::all(), 10_000, Dir::Up).unwrap();
    profiles.into_iter().map(|(id, _)| id).collect()
}

fn expected(site: &Site, wish: &Wish, today: Date) -> BTreeSet<UserId> {
    let read = site.store.snapshot().unwrap();
    let services = wish.services.iter().map(|name| catalogue().service_by_name(name).unwrap().id).collect();
    let regions = wish.area.map(|area| Gazetteer::builtin().resolve(area).regions);
    let regions = regions.filter(|_| wish.lesson != Some(LessonType::Online));
    let scan = Scan { read: &read, wish, services, regions, now: site.now(), today };
    everybody(&read).into_iter().filter(|who| scan.fits(*who)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_exactly_who_a_scan_of_the_store_finds() {
    let app = TestApp::demo_at(NOW).await;
    app.post("/sandbox/v1/clock", serde_json::json!({ "frozen": true })).await.expect(200);
    let site = app.site();
    let today: Date = "2026-11-10".parse().unwrap();
    let mut draw = Draw(20_261_110);
    let (mut found_somebody, mut let_go) = (0, 0);
    for case in 0..CASES {
        let wish = Wish::drawn(&mut draw, today);
        let answered = search(site, wish.ask()).await.unwrap();
        let exact = answered.cards().iter().filter(|card| card.group == Group::Exact);
        let got: BTreeSet<UserId> = exact.map(|card| card.row.id).collect();
        assert_eq!(got, expected(site, &wish, today), "case {case}, {:?}: {wish:?}", wish.sentence());
        assert_eq!(answered.exact(), got.len(), "case {case}");
        for card in answered.cards() {
            let timed = wish.date.is_some() || wish.after.is_some();
            assert!(!timed || !card.slots.is_empty(), "case {case}: {} has no slot to show", card.row.id);
        }
        found_somebody += usize::from(!got.is_empty());
        let_go += usize::from(!answered.found.relaxed.is_empty());
    }
    // The cases say something: many find people, many find too few and let a wish go.
    assert!(found_somebody > CASES as usize / 3 && let_go > CASES as usize / 10, "{found_somebody} and {let_go}");
}
