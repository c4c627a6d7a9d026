//! One instructor as search sees them: everything a query may ask about, in one value.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::accounts::{self, model::User};
use crate::availability::ops::calendar;
use crate::availability::rules::calendar::Calendar;
use crate::availability::rules::free::Free;
use crate::availability::tables::sheet;
use crate::base::id::{OfferingId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, TimeZone, Timestamp, plus_days};
use crate::catalog::{AgeGroup, catalogue};
use crate::instructors::{self, Instructors, Level, Offering, Profile};
use crate::places::{Gazetteer, RegionIx};
use crate::site::Site;
use crate::store::Read;

/// A bio of this many characters tells enough.
const FULL_BIO: usize = 100;
/// What a card shows of a bio.
const SNIPPET: usize = 160;
/// Days ahead whose free time is kept: nobody publishes further.
const AHEAD: i64 = 366;

/// An instructor with everything they offer.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: UserId,
    pub first_name: String,
    pub last_initial: String,
    pub picture_url: Option<String>,
    pub bio_snippet: String,
    pub years: u16,
    pub languages: Vec<String>,
    pub founding: bool,
    /// When the background check was passed, and until when the pass counts.
    pub checked_at: Option<Timestamp>,
    pub checked_until: Option<Timestamp>,
    /// Live and of an active account; with a pass that counts now, public.
    pub published: bool,
    pub rating: Option<f64>,
    pub reviews: u64,
    pub last_active_at: Timestamp,
    pub created_at: Timestamp,
    /// 0–1 (rule: 40§7 completeness).
    pub completeness: f64,
    pub regions: Vec<RegionIx>,
    /// Where the instructor's days begin and end.
    pub zone: TimeZone,
    pub offers: Vec<Offer>,
    /// Every start that can be booked, but for what depends on the moment.
    pub free: Free,
    /// Which of the index's calendars holds here.
    pub terms: u16,
}

/// One catalogue service as this instructor offers it.
#[derive(Clone, Debug)]
pub struct Offer {
    pub id: OfferingId,
    /// Index into the catalogue's services.
    pub service: usize,
    /// Per hour, by kind of place.
    pub rates: [Cents; 4],
    pub durations: Vec<u16>,
    pub places: Vec<Place>,
    pub levels: Vec<Level>,
    pub ages: Vec<AgeGroup>,
}

impl Row {
    /// Whether strangers may see this person at `now` (rule: 20§8 Public).
    pub fn is_public(&self, now: Timestamp) -> bool {
        self.published && self.checked_until.is_some_and(|until| now < until)
    }

    pub fn name(&self) -> String {
        if self.last_initial.is_empty() {
            self.first_name.clone()
        } else {
            format!("{} {}.", self.first_name, self.last_initial)
        }
    }

    /// What people call the areas, each name once.
    pub fn area_names(&self, gazetteer: &Gazetteer) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for region in self.regions.iter().filter_map(|ix| gazetteer.region(*ix)) {
            if !names.contains(&region.display) {
                names.push(region.display.clone());
            }
        }
        names
    }

    /// Bytes in memory, the parts it owns included.
    pub fn bytes(&self) -> usize {
        let texts = [&self.first_name, &self.last_initial, &self.bio_snippet].map(String::capacity);
        let languages = self.languages.iter().map(|language| language.capacity() + size_of::<String>());
        let offers = self.offers.iter().map(|offer| {
            size_of::<Offer>()
                + offer.durations.capacity() * 2
                + offer.places.len()
                + offer.levels.len()
                + offer.ages.len()
        });
        size_of::<Self>()
            + texts.iter().sum::<usize>()
            + self.picture_url.as_ref().map_or(0, String::capacity)
            + languages.sum::<usize>()
            + self.regions.capacity() * size_of::<RegionIx>()
            + offers.sum::<usize>()
            + self.free.bytes()
    }

    pub fn initials(&self) -> String {
        self.first_name.chars().take(1).chain(self.last_initial.chars().take(1)).collect()
    }
}

impl Offer {
    pub fn rate_at(&self, place: Place) -> Cents {
        self.rates[place as usize]
    }

    pub fn shortest(&self) -> u16 {
        self.durations.iter().copied().min().unwrap_or(60)
    }

    /// An hour where it is offered, else the length nearest to it: what prices are compared by.
    pub fn usual(&self) -> u16 {
        self.durations.iter().copied().min_by_key(|minutes| minutes.abs_diff(60)).unwrap_or(60)
    }
}

/// An instructor as read from the store.
pub struct Loaded {
    pub row: Row,
    pub calendar: Calendar,
    /// What they say of themselves, whole.
    pub bio: String,
}

/// One instructor as the store has them, with their free time from `today` on; nothing for who is not published or
/// offers nothing. Which calendar holds is for the index to say.
pub fn load(site: &Site, read: &dyn Read, gazetteer: &Gazetteer, id: UserId, today: Date) -> Outcome<Option<Loaded>> {
    let Some(profile) = instructors::profile(read, id)?.filter(|profile| profile.is_live) else { return Ok(None) };
    let offers: Vec<Offer> = instructors::active_offerings_of(read, id)?.iter().filter_map(offer).collect();
    if offers.is_empty() {
        return Ok(None);
    }
    let user = accounts::must_user(read, id)?;
    let standing = match site.part::<Instructors>() {
        Ok(part) => part.standing(read, id, None)?,
        Err(_) => instructors::parts::Standing::default(),
    };
    let regions: Vec<RegionIx> =
        instructors::areas(read, id)?.neighborhoods.iter().filter_map(|area| gazetteer.by_id(*area)).collect();
    let calendar = calendar(read, &user, &profile)?;
    let last = plus_days(today, AHEAD);
    let free = Free::of(&sheet(read, calendar.clone(), id, today, last, None)?, today, last);
    let row = Row {
        id,
        first_name: user.first_name.clone(),
        last_initial: instructors::view::person(&user).last_initial,
        picture_url: instructors::view::picture_url(&user),
        bio_snippet: snippet(&profile.bio),
        years: profile.years_experience,
        languages: profile.languages.clone(),
        founding: profile.is_founding(),
        checked_at: profile.check.completed_at,
        checked_until: profile.check.valid_until,
        published: user.is_active && user.status == accounts::model::AccountStatus::Active,
        rating: standing.rating,
        reviews: standing.review_count,
        last_active_at: profile.last_active_at,
        created_at: profile.created_at,
        completeness: completeness(&profile, &user),
        regions,
        zone: calendar.zone.clone(),
        offers,
        free,
        terms: 0,
    };
    Ok(Some(Loaded { row, calendar, bio: profile.bio }))
}

/// The catalogue's services by their id.
static PLACE_OF_SERVICE: LazyLock<HashMap<ServiceId, usize>> =
    LazyLock::new(|| catalogue().services().iter().enumerate().map(|(at, service)| (service.id, at)).collect());

fn offer(offering: &Offering) -> Option<Offer> {
    let terms = &offering.terms;
    Some(Offer {
        id: offering.id,
        service: *PLACE_OF_SERVICE.get(&offering.service_id)?,
        rates: Place::ALL.map(|place| terms.rate_at(place)),
        durations: terms.durations.clone(),
        places: terms.places.clone(),
        levels: terms.levels.iter().copied().collect(),
        ages: terms.age_groups.iter().copied().collect(),
    })
}

fn completeness(profile: &Profile, user: &User) -> f64 {
    let met = [
        user.picture_key.is_some(),
        profile.bio.chars().count() >= FULL_BIO,
        profile.check.valid_until.is_some(),
        profile.identity.verified_at.is_some(),
        // Who answers is told by lessons that came about: someone paid out to has answered.
        profile.payouts.ready,
    ];
    met.iter().filter(|met| **met).count() as f64 / met.len() as f64
}

/// The beginning of a bio, cut at a word.
fn snippet(bio: &str) -> String {
    let bio = bio.split_whitespace().collect::<Vec<_>>().join(" ");
    if bio.chars().count() <= SNIPPET {
        return bio;
    }
    let cut: String = bio.chars().take(SNIPPET).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', '.', ';', ':', '–', '-']))
}
