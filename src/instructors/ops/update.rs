//! Changing one's own profile.

use crate::accounts::ops::profile as person;
use crate::base::access::Actor;
use crate::base::id::{NeighborhoodId, UserId};
use crate::base::refusal::Outcome;
use crate::instructors::model::{Profile, Step};
use crate::instructors::rules::profile::Judged;
use crate::instructors::tables::must_profile;
use crate::site::Site;
use crate::site::audit::By;

use super::areas;
use super::offerings;
use super::revise;

/// Saves what was judged; `services`, when given, replaces the whole set.
pub async fn update(site: &Site, id: UserId, changes: Judged, services: Option<Vec<offerings::Judged>>) -> Outcome<()> {
    site.write(move |tx| {
        let mut profile = must_profile(tx, id)?;
        apply(&mut profile, &changes);
        if changes.bio.is_some() {
            revise::reached(tx, &mut profile, Step::ProfileSubmitted)?;
        }
        if let Some(services) = &services {
            offerings::replace(tx, id, services)?;
            if !services.is_empty() {
                revise::reached(tx, &mut profile, Step::ServicesConfigured)?;
            }
        }
        profile.last_active_at = tx.now();
        revise::save(tx, &mut profile, if services.is_some() { "services" } else { "profile" })
    })
    .await
}

/// What an instructor tells on one page about themselves, judged: to be saved whole or not at all.
#[derive(Clone, Debug)]
pub struct About {
    /// Where it is another than before.
    pub zip_code: Option<String>,
    pub profile: Judged,
    pub neighborhoods: Vec<NeighborhoodId>,
}

/// Saves what stands on that page in one write. The account's room judges the ZIP code.
pub async fn tell(site: &Site, actor: &Actor, by: By, about: About) -> Outcome<()> {
    let id = actor.user_id;
    let account = person::Changes { zip_code: about.zip_code.clone(), ..person::Changes::default() };
    let account = person::changing(site, actor, by, account)?;
    site.write(move |tx| {
        account(tx)?;
        let mut profile = must_profile(tx, id)?;
        apply(&mut profile, &about.profile);
        areas::put(tx, id, about.neighborhoods.clone())?;
        revise::reached(tx, &mut profile, Step::ProfileSubmitted)?;
        profile.last_active_at = tx.now();
        revise::save(tx, &mut profile, "profile")
    })
    .await
}

pub fn apply(profile: &mut Profile, changes: &Judged) {
    set(&mut profile.bio, &changes.bio);
    set(&mut profile.years_experience, &changes.years_experience);
    set(&mut profile.languages, &changes.languages);
    set(&mut profile.min_advance_booking_hours, &changes.min_advance_booking_hours);
    set(&mut profile.buffer_time_minutes, &changes.buffer_time_minutes);
    set(&mut profile.teaching_locations, &changes.teaching_locations);
    set(&mut profile.public_spaces, &changes.public_spaces);
}

fn set<T: Clone>(field: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}
