//! Changing one's own profile.

use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::instructors::model::{Profile, Step};
use crate::instructors::rules::profile::Judged;
use crate::instructors::tables::must_profile;
use crate::site::Site;

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
