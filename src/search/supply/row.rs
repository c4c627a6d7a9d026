//! One instructor as search sees them: everything a query may ask about, in one value.

use std::collections::BTreeMap;

use crate::accounts::{self, model::User};
use crate::base::id::{OfferingId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{TimeZone, Timestamp, zone};
use crate::catalog::{AgeGroup, catalogue};
use crate::instructors::{self, Instructors, Level, Offering, Profile};
use crate::places::{Gazetteer, RegionIx};
use crate::site::Site;
use crate::store::Read;

/// A bio of this many characters tells enough.
const FULL_BIO: usize = 100;
/// What a card shows of a bio.
const SNIPPET: usize = 160;

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
    pub area_names: Vec<String>,
    /// Where the instructor's days begin and end.
    pub zone: TimeZone,
    pub offers: Vec<Offer>,
}

/// One catalogue service as this instructor offers it.
#[derive(Clone, Debug)]
pub struct Offer {
    pub id: OfferingId,
    /// Index into the catalogue's services.
    pub service: usize,
    pub hourly: Cents,
    pub rates: BTreeMap<Place, Cents>,
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

    pub fn initials(&self) -> String {
        self.first_name.chars().take(1).chain(self.last_initial.chars().take(1)).collect()
    }
}

impl Offer {
    pub fn rate_at(&self, place: Place) -> Cents {
        self.rates.get(&place).copied().unwrap_or(self.hourly)
    }

    pub fn shortest(&self) -> u16 {
        self.durations.iter().copied().min().unwrap_or(60)
    }

    /// An hour where it is offered, else the length nearest to it: what prices are compared by.
    pub fn usual(&self) -> u16 {
        self.durations.iter().copied().min_by_key(|minutes| minutes.abs_diff(60)).unwrap_or(60)
    }
}

/// The row of one instructor as the store has them, and the bio it stands for; nothing for who is not
/// published or offers nothing.
pub fn load(site: &Site, read: &dyn Read, gazetteer: &Gazetteer, id: UserId) -> Outcome<Option<(Row, String)>> {
    let Some(profile) = instructors::profile(read, id)? else { return Ok(None) };
    let user = accounts::must_user(read, id)?;
    let offers: Vec<Offer> = instructors::active_offerings_of(read, id)?.iter().filter_map(offer).collect();
    if !profile.is_live || offers.is_empty() {
        return Ok(None);
    }
    let standing = match site.part::<Instructors>() {
        Ok(part) => part.standing(read, id, None)?,
        Err(_) => instructors::parts::Standing::default(),
    };
    let regions: Vec<RegionIx> =
        instructors::areas(read, id)?.neighborhoods.iter().filter_map(|area| gazetteer.by_id(*area)).collect();
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
        area_names: area_names(&regions, gazetteer),
        regions,
        zone: zone(&user.timezone).unwrap_or_else(|| site.zone.clone()),
        offers,
    };
    Ok(Some((row, profile.bio)))
}

fn offer(offering: &Offering) -> Option<Offer> {
    let service = catalogue().services().iter().position(|service| service.id == offering.service_id)?;
    let terms = &offering.terms;
    Some(Offer {
        id: offering.id,
        service,
        hourly: terms.hourly_rate,
        rates: terms.format_rates.clone(),
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

/// What people call the areas, each name once.
fn area_names(regions: &[RegionIx], gazetteer: &Gazetteer) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for region in regions.iter().filter_map(|ix| gazetteer.region(*ix)) {
        if !names.contains(&region.display) {
            names.push(region.display.clone());
        }
    }
    names
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
