//! How a profile comes to be: with the account of a new instructor, or later, when a student takes up teaching.

use std::collections::BTreeMap;

use crate::accounts::model::User;
use crate::accounts::parts::Joining;
use crate::accounts::rules::joining::may_join;
use crate::accounts::{must_user, ops::roles};
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::instructors::model::{
    Areas, Check, Identity, NEW_BUFFER_MINUTES, NEW_NOTICE_HOURS, NEW_TIER, Payouts, Profile, Step,
};
use crate::instructors::parts::Instructors;
use crate::instructors::rules::profile::Judged;
use crate::instructors::tables::{AREAS, PROFILES};
use crate::places::Gazetteer;
use crate::site::Site;
use crate::site::settings::launch;
use crate::store::{ReadExt, Tx};

use super::offerings;
use super::revise;

/// Gives a person who just joined as an instructor their profile and a first area from their ZIP code
/// (rule: 20§2 Register). Runs inside the registration's write.
pub fn create_for_new_user(tx: &mut Tx, user: &User, city: &str, gazetteer: &Gazetteer) -> Outcome<()> {
    let bio = format!("{} is a {city}-based instructor.", user.first_name);
    let mut profile = blank(user.id, bio, tx.now());
    first_area(tx, user, gazetteer)?;
    revise::reached(tx, &mut profile, Step::Registered)?;
    revise::save(tx, &mut profile, "profile")
}

/// The same as a registration hook: acts when the newcomer is an instructor.
pub fn on_registered(tx: &mut Tx, joining: &Joining<'_>, gazetteer: &Gazetteer) -> Outcome<()> {
    match joining.user.is(Role::Instructor) {
        true => create_for_new_user(tx, joining.user, joining.city, gazetteer),
        false => Ok(()),
    }
}

/// The body of `POST /instructors/me`, judged.
#[derive(Clone, Debug)]
pub struct NewProfile {
    pub about: Judged,
    pub services: Vec<offerings::Judged>,
}

/// A signed-in person takes up teaching; a student stops being one (rule: 20§3 the roles exclude each other).
pub async fn create_own(site: &Site, id: UserId, new: NewProfile) -> Outcome<()> {
    let parts = site.part::<Instructors>()?;
    let gazetteer = site.part::<Gazetteer>()?;
    site.write(move |tx| {
        let user = must_user(tx, id)?;
        if tx.has(&PROFILES, &id)? {
            return Err(Refusal::conflict(
                "PROFILE_EXISTS",
                "You have an instructor profile already. Change that one.",
            ));
        }
        if !user.is(Role::Student) {
            // rule: 20§3 no self-grant
            return Err(Refusal::forbidden("FORBIDDEN", "Only a student can take up teaching here."));
        }
        if !user.let_in().contains(&Role::Instructor) {
            // rule: 00§7 under the sign-up rules
            may_join(&launch(tx)?, Role::Instructor, None)?;
        }
        if parts.has_lessons_ahead(tx, id, tx.now())? {
            return Err(Refusal::conflict(
                "HAS_FUTURE_BOOKINGS",
                "You still have lessons ahead as a student. Take or cancel them first.",
            ));
        }
        roles::exchange(tx, id, Role::Student, Role::Instructor)?;
        let mut profile = blank(id, String::new(), tx.now());
        super::update::apply(&mut profile, &new.about);
        first_area(tx, &user, &gazetteer)?;
        revise::reached(tx, &mut profile, Step::Registered)?;
        revise::reached(tx, &mut profile, Step::ProfileSubmitted)?;
        if !new.services.is_empty() {
            offerings::replace(tx, id, &new.services)?;
            revise::reached(tx, &mut profile, Step::ServicesConfigured)?;
        }
        revise::save(tx, &mut profile, "profile")
    })
    .await
}

fn first_area(tx: &mut Tx, user: &User, gazetteer: &Gazetteer) -> Outcome<()> {
    let nearest = gazetteer.regions_of_zip(&user.zip_code).into_iter().find_map(|ix| gazetteer.region(ix));
    match nearest {
        Some(region) if !region.hidden => {
            let areas = Areas { neighborhoods: vec![region.id], updated_at: Some(tx.now()) };
            tx.put(&AREAS, &user.id, &areas)
        }
        _ => Ok(()),
    }
}

pub fn blank(user_id: UserId, bio: String, now: Timestamp) -> Profile {
    Profile {
        user_id,
        bio,
        years_experience: 0,
        languages: vec!["English".to_owned()],
        min_advance_booking_hours: NEW_NOTICE_HOURS,
        buffer_time_minutes: NEW_BUFFER_MINUTES,
        teaching_locations: Vec::new(),
        public_spaces: Vec::new(),
        is_live: false,
        onboarding_completed_at: None,
        founding_granted_at: None,
        current_tier: NEW_TIER,
        last_tier_eval_at: None,
        identity: Identity::default(),
        check: Check::default(),
        payouts: Payouts::default(),
        steps: BTreeMap::new(),
        last_active_at: now,
        created_at: now,
        updated_at: now,
    }
}
