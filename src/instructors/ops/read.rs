//! Looking instructors up.

use crate::accounts::{must_user, user};
use crate::base::access::{Actor, Role};
use crate::base::id::{ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::catalog::AgeGroup;
use crate::instructors::model::Offering;
use crate::instructors::parts::Instructors;
use crate::instructors::rules::live::is_public;
use crate::instructors::tables::{absent, areas, must_profile, offerings_for, offerings_of, profile};
use crate::instructors::view::Facts;
use crate::site::Site;
use crate::store::Read;

/// Offerings of one service that a list looks at.
const OFFERINGS_LISTED: usize = 20_000;

/// Everything about one instructor, public or not.
pub fn facts(site: &Site, read: &dyn Read, id: UserId, viewer: Option<UserId>) -> Outcome<Facts> {
    Ok(Facts {
        profile: must_profile(read, id)?,
        user: must_user(read, id)?,
        offerings: offerings_of(read, id)?,
        areas: areas(read, id)?,
        standing: site.part::<Instructors>()?.standing(read, id, viewer)?,
    })
}

/// The instructor as `viewer` may see them: the public ones, oneself, and everybody for an admin.
pub fn visible(site: &Site, read: &dyn Read, id: UserId, viewer: Option<&Actor>) -> Outcome<Facts> {
    let found = facts(site, read, id, viewer.filter(|a| a.is(Role::Student)).map(|a| a.user_id))?;
    let privileged = viewer.is_some_and(|actor| actor.user_id == id || actor.is(Role::Admin));
    if privileged || is_public(&found.profile, &found.user, site.now()) { Ok(found) } else { Err(absent()) }
}

/// Whether a lesson with this person can be booked now, going by who they are.
pub fn is_bookable(read: &dyn Read, id: UserId, now: Timestamp) -> Outcome<bool> {
    let (Some(profile), Some(user)) = (profile(read, id)?, user(read, id)?) else { return Ok(false) };
    Ok(is_public(&profile, &user, now))
}

/// What a list of instructors for one service is narrowed by.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    pub min_price: Option<Cents>,
    pub max_price: Option<Cents>,
    pub age_group: Option<AgeGroup>,
}

/// Public instructors who offer a service, longest here first.
pub fn list(read: &dyn Read, service: ServiceId, narrow: &Narrow, now: Timestamp) -> Outcome<Vec<UserId>> {
    let fits = |o: &Offering| {
        narrow.min_price.is_none_or(|least| o.terms.hourly_rate >= least)
            && narrow.max_price.is_none_or(|most| o.terms.hourly_rate <= most)
            && narrow.age_group.is_none_or(|age| o.terms.age_groups.contains(&age))
    };
    let mut found = Vec::new();
    for offering in offerings_for(read, service, OFFERINGS_LISTED)?.iter().filter(|o| fits(o)) {
        if is_bookable(read, offering.instructor_id, now)? {
            found.push(offering.instructor_id);
        }
    }
    found.sort_unstable();
    Ok(found)
}
