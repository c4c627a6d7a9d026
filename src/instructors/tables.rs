//! What this room keeps, and the loaders others read instructors by.

use super::model::{Areas, Offering, Profile};
use crate::base::id::{OfferingId, ServiceId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static PROFILES: Table<UserId, Profile> =
    Table::new(0x1301, "instructorid_profile").indexed(&[&BY_LIVE, &BY_SESSION]);
pub static BY_LIVE: Index<UserId, Profile, (bool,)> =
    Index::new(0x1302, "live_instructorid", |_, profile| vec![(profile.is_live,)]);

/// Whose identity check a session of Stripe's is.
pub static BY_SESSION: Index<UserId, Profile, (String,)> =
    Index::new(0x1307, "identitysession_instructorid", |_, profile| {
        profile.identity.session_id.clone().map(|session| (session,)).into_iter().collect()
    });

pub static OFFERINGS: Table<OfferingId, Offering> =
    Table::new(0x1303, "offeringid_offering").indexed(&[&BY_INSTRUCTOR, &BY_SERVICE]);
/// The offerings of one instructor; at most one per service.
pub static BY_INSTRUCTOR: Index<OfferingId, Offering, (UserId, ServiceId)> =
    Index::new(0x1304, "instructorid_serviceid_offeringid", |_, o| vec![(o.instructor_id, o.service_id)]);
/// Active ones only.
pub static BY_SERVICE: Index<OfferingId, Offering, (ServiceId,)> =
    Index::new(0x1305, "serviceid_offeringid", |_, o| if o.is_active { vec![(o.service_id,)] } else { Vec::new() });

pub static AREAS: Table<UserId, Areas> = Table::new(0x1306, "instructorid_areas");

/// More offerings than the catalogue has services.
const OFFERINGS_PER_INSTRUCTOR: usize = 1000;

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&PROFILES, &OFFERINGS, &AREAS]
}

pub fn profile(read: &dyn Read, id: UserId) -> Outcome<Option<Profile>> {
    read.get(&PROFILES, &id)
}

/// The profile, or 404.
pub fn must_profile(read: &dyn Read, id: UserId) -> Outcome<Profile> {
    profile(read, id)?.ok_or_else(absent)
}

pub fn absent() -> Refusal {
    Refusal::not_found("INSTRUCTOR_NOT_FOUND", "There is no such instructor.")
}

/// Everybody who is live, checked or not; see [`super::rules::live::is_public`].
pub fn live_profiles(read: &dyn Read, limit: usize) -> Outcome<Vec<Profile>> {
    let rows = read.by_index(&PROFILES, &BY_LIVE, Span::prefix(&(true,)), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, profile)| profile).collect())
}

pub fn offering(read: &dyn Read, id: OfferingId) -> Outcome<Option<Offering>> {
    read.get(&OFFERINGS, &id)
}

/// All of one instructor's, inactive ones last, in the instructor's own order.
pub fn offerings_of(read: &dyn Read, instructor: UserId) -> Outcome<Vec<Offering>> {
    let span = Span::prefix(&(instructor,));
    let rows = read.by_index(&OFFERINGS, &BY_INSTRUCTOR, span, OFFERINGS_PER_INSTRUCTOR, Dir::Up)?;
    let mut offerings: Vec<Offering> = rows.into_iter().map(|(_, offering)| offering).collect();
    offerings.sort_by_key(|offering| (!offering.is_active, offering.position, offering.id));
    Ok(offerings)
}

pub fn active_offerings_of(read: &dyn Read, instructor: UserId) -> Outcome<Vec<Offering>> {
    Ok(offerings_of(read, instructor)?.into_iter().filter(|o| o.is_active).collect())
}

pub fn offering_of_service(read: &dyn Read, instructor: UserId, service: ServiceId) -> Outcome<Option<Offering>> {
    Ok(read.find(&OFFERINGS, &BY_INSTRUCTOR, &(instructor, service))?.map(|(_, offering)| offering))
}

/// Active offerings of one catalogue service, whoever's.
pub fn offerings_for(read: &dyn Read, service: ServiceId, limit: usize) -> Outcome<Vec<Offering>> {
    let rows = read.by_index(&OFFERINGS, &BY_SERVICE, Span::prefix(&(service,)), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, offering)| offering).collect())
}

pub fn areas(read: &dyn Read, instructor: UserId) -> Outcome<Areas> {
    Ok(read.get(&AREAS, &instructor)?.unwrap_or_default())
}
