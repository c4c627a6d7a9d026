//! Saving what is offered.

use std::collections::BTreeSet;

use crate::base::id::{OfferingId, ServiceId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::catalog::{Service, catalogue};
use crate::instructors::model::{Offering, Step, Terms};
use crate::instructors::rules::offering::{Wish, floor, judge};
use crate::instructors::tables::{OFFERINGS, must_profile, offering_of_service, offerings_of};
use crate::site::Site;
use crate::site::settings::PRICE_FLOORS;
use crate::store::Tx;

use super::revise;

/// One service and the terms it is offered under, judged except for the floor.
#[derive(Clone, Debug)]
pub struct Judged {
    pub service_id: ServiceId,
    pub terms: Terms,
}

pub fn judged(service_id: ServiceId, wish: &Wish) -> Outcome<Judged> {
    Ok(Judged { service_id, terms: judge(wish, known(service_id)?)? })
}

fn known(id: ServiceId) -> Outcome<&'static Service> {
    let absent = || Refusal::not_found("SERVICE_NOT_FOUND", "The catalogue has no such service.");
    catalogue().service(id).ok_or_else(absent)
}

/// Adds one service; 409 when it is offered already.
pub async fn add(site: &Site, instructor: UserId, service: Judged) -> Outcome<Offering> {
    site.write(move |tx| {
        let mut profile = must_profile(tx, instructor)?;
        if offering_of_service(tx, instructor, service.service_id)?.is_some_and(|o| o.is_active) {
            return Err(Refusal::conflict(
                "SERVICE_ALREADY_OFFERED",
                "You offer this service already. Change it instead of adding it again.",
            ));
        }
        let last = offerings_of(tx, instructor)?.iter().filter(|o| o.is_active).map(|o| o.position + 1).max();
        let offering = put(tx, instructor, &service, last.unwrap_or(0))?;
        revise::reached(tx, &mut profile, Step::ServicesConfigured)?;
        profile.last_active_at = tx.now();
        revise::save(tx, &mut profile, "services")?;
        Ok(offering)
    })
    .await
}

/// Offers a service, or changes the terms it is offered under; either way under one lasting id.
pub async fn save(site: &Site, instructor: UserId, service: Judged) -> Outcome<Offering> {
    site.write(move |tx| {
        let mut profile = must_profile(tx, instructor)?;
        let active = offerings_of(tx, instructor)?.into_iter().filter(|o| o.is_active);
        let (own, others): (Vec<_>, Vec<_>) = active.partition(|o| o.service_id == service.service_id);
        let last = others.iter().map(|o| o.position + 1).max().unwrap_or(0);
        let offering = put(tx, instructor, &service, own.first().map_or(last, |o| o.position))?;
        revise::reached(tx, &mut profile, Step::ServicesConfigured)?;
        profile.last_active_at = tx.now();
        revise::save(tx, &mut profile, "services")?;
        Ok(offering)
    })
    .await
}

/// Stops offering a service; lessons sold stay. Repeating it changes nothing.
pub async fn remove(site: &Site, instructor: UserId, service: ServiceId) -> Outcome<()> {
    site.write(move |tx| {
        let mut profile = must_profile(tx, instructor)?;
        let Some(mut offering) = offering_of_service(tx, instructor, service)?.filter(|o| o.is_active) else {
            return Ok(());
        };
        offering.is_active = false;
        offering.updated_at = tx.now();
        tx.put(&OFFERINGS, &offering.id, &offering)?;
        profile.last_active_at = tx.now();
        revise::save(tx, &mut profile, "services")
    })
    .await
}

/// Makes `wanted` the whole set: what is not in it becomes inactive. The caller saves the profile.
pub fn replace(tx: &mut Tx, instructor: UserId, wanted: &[Judged]) -> Outcome<()> {
    let ids: BTreeSet<ServiceId> = wanted.iter().map(|service| service.service_id).collect();
    if ids.len() != wanted.len() {
        return Err(Refusal::invalid("services", "A service is listed twice. There is one offering per service."));
    }
    for (position, service) in (0..).zip(wanted) {
        put(tx, instructor, service, position)?;
    }
    let now = tx.now();
    for mut left_out in offerings_of(tx, instructor)? {
        if left_out.is_active && !ids.contains(&left_out.service_id) {
            left_out.is_active = false;
            left_out.updated_at = now;
            tx.put(&OFFERINGS, &left_out.id, &left_out)?;
        }
    }
    Ok(())
}

/// Writes one offering under its lasting id. Terms are judged against the floors of this very state.
fn put(tx: &mut Tx, instructor: UserId, service: &Judged, position: u32) -> Outcome<Offering> {
    floor(&service.terms, &PRICE_FLOORS.read(tx)?)?;
    let now = tx.now();
    let offering = match offering_of_service(tx, instructor, service.service_id)? {
        Some(known) => Offering { terms: service.terms.clone(), position, is_active: true, updated_at: now, ..known },
        None => Offering {
            id: tx.new_id::<OfferingId>(),
            instructor_id: instructor,
            service_id: service.service_id,
            terms: service.terms.clone(),
            position,
            is_active: true,
            created_at: now,
            updated_at: now,
        },
    };
    tx.put(&OFFERINGS, &offering.id, &offering)?;
    Ok(offering)
}
