//! How an instructor looks from outside: the shapes of contract §7, which pages use too.
//!
//! Others see a first name and a last initial, a studio without its house number, and no trust details beyond "checked".

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::{Areas, CheckStatus, Level, NamedPlace, Offering, Profile};
use super::parts::Standing;
use super::rules::live;
use crate::accounts::model::{AccountStatus, User};
use crate::base::id::{NeighborhoodId, OfferingId, ServiceId, UserId};
use crate::base::money::{Cents, Decimal, Fraction};
use crate::base::price::Place;
use crate::base::text::initial;
use crate::base::time::Timestamp;
use crate::catalog::{AgeGroup, catalogue};
use crate::places::Gazetteer;

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = InstructorPerson)]
pub struct Person {
    pub id: UserId,
    pub first_name: String,
    pub last_initial: String,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = InstructorService)]
pub struct ServiceView {
    pub id: OfferingId,
    pub service_catalog_id: ServiceId,
    pub name: String,
    pub slug: String,
    /// Slug of the category.
    pub category: String,
    pub hourly_rate: Decimal,
    pub hourly_rate_cents: Cents,
    #[schema(value_type = BTreeMap<String, i64>)]
    pub format_rates: BTreeMap<Place, Cents>,
    pub description: Option<String>,
    pub requirements: Option<String>,
    pub duration_options: Vec<u16>,
    pub location_types: Vec<Place>,
    pub levels_taught: Vec<Level>,
    pub age_groups: Vec<AgeGroup>,
    pub equipment_required: Vec<String>,
    pub is_active: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NeighborhoodView {
    pub neighborhood_id: NeighborhoodId,
    pub name: String,
    pub borough: String,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = InstructorProfile)]
pub struct ProfileView {
    pub id: UserId,
    pub user_id: UserId,
    pub user: Person,
    pub bio: String,
    pub years_experience: u16,
    pub languages: Vec<String>,
    pub timezone: String,
    pub services: Vec<ServiceView>,
    pub service_area_summary: String,
    pub service_area_boroughs: Vec<String>,
    pub service_area_neighborhoods: Vec<NeighborhoodView>,
    pub preferred_teaching_locations: Vec<NamedPlace>,
    pub preferred_public_spaces: Vec<NamedPlace>,
    pub min_advance_booking_hours: u16,
    pub buffer_time_minutes: u16,
    pub is_live: bool,
    pub is_founding_instructor: bool,
    pub background_check_passed: bool,
    pub identity_verified: bool,
    pub favorited_count: u64,
    pub is_favorited: Option<bool>,
    pub rating: Option<f64>,
    pub review_count: u64,
    pub profile_picture_url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OwnInstructorProfile)]
pub struct OwnProfileView {
    #[serde(flatten)]
    pub profile: ProfileView,
    pub skills_configured: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub onboarding_completed_at: Option<Timestamp>,
    pub bgc_status: CheckStatus,
    pub account_status: AccountStatus,
    pub current_tier_pct: Fraction,
    /// Steps that going live still waits for.
    pub missing: Vec<&'static str>,
}

/// Everything a view is made of, as the store has it.
#[derive(Clone, Debug)]
pub struct Facts {
    pub profile: Profile,
    pub user: User,
    /// Inactive ones included.
    pub offerings: Vec<Offering>,
    pub areas: Areas,
    pub standing: Standing,
}

impl Facts {
    /// For everybody.
    pub fn public_view(&self, gazetteer: &Gazetteer, now: Timestamp) -> ProfileView {
        let mut view = self.view(gazetteer, now);
        for place in &mut view.preferred_teaching_locations {
            place.address = without_house_number(&place.address).to_owned();
        }
        view
    }

    /// For the instructor.
    pub fn own_view(&self, gazetteer: &Gazetteer, now: Timestamp) -> OwnProfileView {
        OwnProfileView {
            profile: self.view(gazetteer, now),
            skills_configured: self.offerings.iter().any(|o| o.is_active),
            onboarding_completed_at: self.profile.onboarding_completed_at,
            bgc_status: self.profile.check.status,
            account_status: self.user.status,
            current_tier_pct: self.profile.current_tier.fraction(),
            missing: live::missing(&self.profile, &self.offerings, &self.areas, now),
        }
    }

    fn view(&self, gazetteer: &Gazetteer, now: Timestamp) -> ProfileView {
        let (profile, user) = (&self.profile, &self.user);
        let boroughs = boroughs(&self.areas, gazetteer);
        ProfileView {
            id: profile.user_id,
            user_id: profile.user_id,
            user: person(user),
            bio: profile.bio.clone(),
            years_experience: profile.years_experience,
            languages: profile.languages.clone(),
            timezone: user.timezone.clone(),
            services: self.offerings.iter().filter(|o| o.is_active).filter_map(service).collect(),
            service_area_summary: summary(&boroughs),
            service_area_boroughs: boroughs,
            service_area_neighborhoods: neighborhoods(&self.areas, gazetteer),
            preferred_teaching_locations: profile.teaching_locations.clone(),
            preferred_public_spaces: profile.public_spaces.clone(),
            min_advance_booking_hours: profile.min_advance_booking_hours,
            buffer_time_minutes: profile.buffer_time_minutes,
            is_live: profile.is_live,
            is_founding_instructor: profile.is_founding(),
            background_check_passed: profile.check.is_valid(now),
            identity_verified: profile.identity.verified_at.is_some(),
            favorited_count: self.standing.favorited_count,
            is_favorited: self.standing.is_favorited,
            rating: self.standing.rating,
            review_count: self.standing.review_count,
            profile_picture_url: picture_url(user),
            created_at: profile.created_at,
            updated_at: profile.updated_at,
        }
    }
}

pub fn person(user: &User) -> Person {
    let last_initial = initial(&user.last_name).map(String::from).unwrap_or_default();
    Person { id: user.id, first_name: user.first_name.clone(), last_initial }
}

/// `None` for a service the catalogue no longer has.
pub fn service(offering: &Offering) -> Option<ServiceView> {
    let service = catalogue().service(offering.service_id)?;
    let category = catalogue().category(service.category_id)?;
    let terms = &offering.terms;
    Some(ServiceView {
        id: offering.id,
        service_catalog_id: service.id,
        name: service.name.clone(),
        slug: service.slug.clone(),
        category: category.slug.clone(),
        hourly_rate: terms.hourly_rate.decimal(),
        hourly_rate_cents: terms.hourly_rate,
        format_rates: terms.format_rates.clone(),
        description: terms.description.clone(),
        requirements: terms.requirements.clone(),
        duration_options: terms.durations.clone(),
        location_types: terms.places.clone(),
        levels_taught: terms.levels.iter().copied().collect(),
        age_groups: terms.age_groups.iter().copied().collect(),
        equipment_required: terms.equipment.clone(),
        is_active: offering.is_active,
    })
}

/// Boroughs of the areas, in the order of the region pack.
pub fn boroughs(areas: &Areas, gazetteer: &Gazetteer) -> Vec<String> {
    let parents: BTreeSet<u8> = areas
        .neighborhoods
        .iter()
        .filter_map(|id| gazetteer.by_id(*id))
        .filter_map(|ix| gazetteer.region(ix))
        .map(|region| region.parent)
        .collect();
    parents.into_iter().filter_map(|p| gazetteer.boroughs().get(usize::from(p))).map(|b| b.name.clone()).collect()
}

/// "Manhattan", "Manhattan, Queens", "Manhattan + 2 more" (rule: 10§1 service_area).
pub fn summary(boroughs: &[String]) -> String {
    match boroughs {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, rest @ ..] => format!("{one} + {} more", rest.len()),
    }
}

fn neighborhoods(areas: &Areas, gazetteer: &Gazetteer) -> Vec<NeighborhoodView> {
    let regions = areas.neighborhoods.iter().filter_map(|id| gazetteer.by_id(*id));
    let views = regions.filter_map(|ix| {
        let region = gazetteer.region(ix)?;
        let borough = gazetteer.borough_name(ix).to_owned();
        Some(NeighborhoodView { neighborhood_id: region.id, name: region.name.clone(), borough })
    });
    views.collect()
}

/// The version in the address lets browsers keep a picture for ever.
pub fn picture_url(user: &User) -> Option<String> {
    user.picture_key.as_ref().map(|_| format!("/media/people/{}/display?v={}", user.id, user.picture_version))
}

/// "123 West 83rd St, New York" → "West 83rd St, New York": the exact address comes with the booking.
fn without_house_number(address: &str) -> &str {
    match address.split_once(' ') {
        Some((number, rest)) if number.starts_with(|c: char| c.is_ascii_digit()) && is_house_number(number) => {
            rest.trim_start()
        }
        _ => address,
    }
}

/// "12", "12-34", "12B", but not "5th".
fn is_house_number(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters <= 1 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == ',')
}
