//! Looking suggestions up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rules::{Likeness, learned_besides, learned_together, near_price, shared};
use crate::availability::rules::open::Opening;
use crate::base::id::{OfferingId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_days, plus_hours, today_in};
use crate::bookings::model::{Booking, Status};
use crate::bookings::tables::{of_student, starting_between};
use crate::catalog::{self, catalogue};
use crate::search::analytics::{standings, trending};
use crate::search::departures::{all_in, student_fee};
use crate::search::history;
use crate::search::part::Search;
use crate::search::supply::{Offer, Row};
use crate::search::understand::knowledge;
use crate::search::visitor::owner_of_user;
use crate::site::Site;
use crate::store::{Dir, Read};

/// Lessons of one's own past that are looked through.
const OWN_LESSONS: usize = 500;
/// Days of everybody's lessons that are.
const DAYS: i64 = 365;
/// Names that are kept of what more and more people look for.
const MOST_RISING: usize = 20;
/// Days ahead that a next free time is looked for.
const AHEAD: i64 = 14;

/// Somebody to book again.
#[derive(Clone, Debug)]
pub struct Again {
    pub row: Arc<Row>,
    pub offering: OfferingId,
    pub service: String,
    pub lessons: usize,
    /// Where and how long the last lesson was, if that is still offered: the price and the free time are for this.
    pub place: Place,
    pub minutes: u16,
    pub pay: Cents,
    pub opening: Option<Opening>,
}

/// Something to learn next.
#[derive(Clone, Debug)]
pub struct Next {
    pub service: String,
    pub because: String,
    pub teachers: u32,
}

/// Somebody like an instructor.
#[derive(Clone, Debug)]
pub struct Similar {
    pub row: Arc<Row>,
    pub because: String,
    score: f64,
}

/// Whether somebody wants suggestions.
fn wanted(read: &dyn Read, user: UserId) -> Outcome<bool> {
    Ok(!history::choices(read, &owner_of_user(user))?.no_suggestions)
}

fn taken(booking: &Booking) -> bool {
    booking.status == Status::Completed
}

/// Those one had lessons with, the latest first, with their next free time.
pub fn again(site: &Site, read: &dyn Read, user: UserId, limit: usize) -> Outcome<Vec<Again>> {
    if !wanted(read, user)? {
        return Ok(Vec::new());
    }
    let search = site.part::<Search>()?;
    let index = search.supply.index(site, read)?;
    let now = site.now();
    let fee = student_fee(read)?;
    let mut counts: BTreeMap<UserId, usize> = BTreeMap::new();
    let past: Vec<Booking> = of_student(read, user, OWN_LESSONS, Dir::Down)?.into_iter().filter(taken).collect();
    past.iter().for_each(|booking| *counts.entry(booking.instructor_id).or_default() += 1);
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for booking in &past {
        if found.len() >= limit || !told.insert(booking.instructor_id) {
            continue;
        }
        let place = search.supply.places(std::iter::once(booking.instructor_id)).iter().next();
        let Some(row) = place.and_then(|at| index.row(at)).filter(|row| row.is_public(now)) else { continue };
        let Some(offer) = row.offers.iter().find(|offer| offer.id == booking.offering_id) else { continue };
        let place = if offer.places.contains(&booking.place) { booking.place } else { offer.places[0] };
        let minutes = if offer.durations.contains(&booking.minutes) { booking.minutes } else { offer.usual() };
        let today = today_in(now, &row.zone);
        let sheet = search.supply.sheet(read, row, today, plus_days(today, AHEAD))?;
        let terms = sheet.calendar.terms(Some(place), now);
        let opening = sheet.openings(&terms, today, plus_days(today, AHEAD), minutes, 1).into_iter().next();
        found.push(Again {
            row: row.clone(),
            offering: offer.id,
            service: booking.service_name.clone(),
            lessons: counts.get(&booking.instructor_id).copied().unwrap_or(1),
            place,
            minutes,
            pay: all_in(fee, offer.rate_at(place), minutes),
            opening,
        });
    }
    Ok(found)
}

/// What to learn after what one learned: first what others who learned it learned besides, then what stands on the same
/// shelf. Only what somebody teaches now.
pub fn next(site: &Site, read: &dyn Read, user: UserId, limit: usize) -> Outcome<Vec<Next>> {
    if !wanted(read, user)? {
        return Ok(Vec::new());
    }
    let past: Vec<Booking> = of_student(read, user, OWN_LESSONS, Dir::Down)?.into_iter().filter(taken).collect();
    let known: BTreeSet<ServiceId> = past.iter().map(|booking| booking.service_id).collect();
    let Some(latest) = past.first().and_then(|booking| catalogue().service(booking.service_id)) else {
        return Ok(Vec::new());
    };
    let supply = catalog::supply(site)?;
    let now = site.now();
    let together = site.part::<Search>()?.everybody.besides.get(now, || {
        let lessons = starting_between(read, Status::Completed, plus_hours(now, -24 * DAYS), now)?;
        let taken = lessons.into_iter().map(|booking| (booking.student_id, booking.service_id));
        Ok(learned_together(taken))
    })?;
    let mut found: Vec<Next> = Vec::new();
    let mut add = |service: ServiceId, because: String| {
        let Some(service) = catalogue().service(service) else { return };
        let teachers = supply.of(service.id).all;
        let fits = teachers > 0 && found.len() < limit && !found.iter().any(|next| next.service == service.name);
        if fits {
            found.push(Next { service: service.name.clone(), because, teachers });
        }
    };
    for (to, from, count) in learned_besides(&together, &known) {
        let from = catalogue().service(from).map_or("it", |service| service.name.as_str());
        add(to, format!("{count} people who learned {from} learned it too"));
    }
    for service in catalogue().services_on(latest.subcategory_id).filter(|service| !known.contains(&service.id)) {
        add(service.id, format!("Because you learned {}", latest.name));
    }
    for service in catalogue().services_of(latest.category_id).filter(|service| !known.contains(&service.id)) {
        add(service.id, format!("Because you learned {}", latest.name));
    }
    Ok(found)
}

/// Instructors who teach the same, near by, for about as much.
pub fn similar(site: &Site, instructor: UserId, viewer: Option<UserId>, limit: usize) -> Outcome<Vec<Similar>> {
    if let Some(viewer) = viewer
        && !site.read(|r| wanted(r, viewer))?
    {
        return Ok(Vec::new());
    }
    let search = site.part::<Search>()?;
    let index = search.supply.index(site, &site.store.snapshot()?)?;
    let now = site.now();
    let place = search.supply.places(std::iter::once(instructor)).iter().next();
    let Some(one) = place.and_then(|at| index.row(at)) else { return Ok(Vec::new()) };
    let same = index.teaching(one.offers.iter().map(|offer| offer.service));
    let mut found: Vec<Similar> = same
        .iter()
        .filter_map(|at| index.row(at))
        .filter(|row| row.id != instructor && row.is_public(now))
        .filter_map(|row| alike(one, row).map(|(score, because)| Similar { row: row.clone(), because, score }))
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.id.cmp(&b.row.id)));
    found.truncate(limit);
    Ok(found)
}

fn alike(one: &Row, other: &Row) -> Option<(f64, String)> {
    let lessons = |row: &Row| row.offers.iter().map(|offer| offer.service).collect::<BTreeSet<_>>();
    let places = |row: &Row| row.regions.iter().copied().collect::<BTreeSet<_>>();
    let (ours, theirs) = (lessons(one), lessons(other));
    let common = *ours.intersection(&theirs).next()?;
    let usual = |offer: &Offer| offer.places.first().map_or(0, |place| offer.rate_at(*place).0);
    let rate = |row: &Row| row.offers.iter().find(|offer| offer.service == common).map_or(0, usual);
    let likeness = Likeness {
        lessons: shared(&ours, &theirs),
        places: shared(&places(one), &places(other)),
        price: near_price(rate(one), rate(other)),
    };
    let mut because = format!("Teaches {}", knowledge().service_name(common));
    let near = other.regions.iter().find(|region| one.regions.contains(region));
    if let Some(region) = near.and_then(|ix| knowledge().places.region(*ix)) {
        because.push_str(&format!(" in {}", region.display));
    }
    if likeness.price >= 0.85 {
        because.push_str(", about the same price");
    }
    Some((likeness.score(), because))
}

/// What more and more people search for, by name.
pub fn rising(site: &Site, read: &dyn Read, now: Timestamp, limit: usize) -> Outcome<Vec<(String, u32)>> {
    let counted = site.part::<Search>()?.everybody.rising.get(now, || {
        let supply = catalog::supply(site)?;
        let rows = standings(read, &supply, today_in(now, &site.zone))?;
        let fastest = trending(&rows, MOST_RISING).into_iter();
        Ok(fastest.map(|row| (row.service_name.clone(), row.active_instructors)).collect())
    })?;
    Ok(counted.iter().take(limit).cloned().collect())
}
