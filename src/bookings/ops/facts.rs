//! What the rules of creation need to know, read from the rooms below.

pub use crate::availability::ops::calendar_of as calendar;

use crate::accounts;
use crate::base::id::{OfferingId, UserId};
use crate::base::money::Bp;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::bookings::model::Booking;
use crate::bookings::ops::tiers;
use crate::bookings::rules::create::{Offer, People, Terms};
use crate::bookings::view::PersonView;
use crate::catalog::catalogue;
use crate::instructors::ops::read::is_bookable;
use crate::instructors::tables as instructors;
use crate::instructors::view::{boroughs, summary};
use crate::payments;
use crate::payments::model::BookingMoney;
use crate::payments::rules::pricing::PRICING;
use crate::places::Gazetteer;
use crate::site::settings::PRICE_FLOORS;
use crate::store::Read;

/// Who wants to learn and who teaches, as they stand now.
pub fn people(r: &dyn Read, now: Timestamp, student: UserId, instructor: UserId) -> Outcome<People> {
    Ok(People {
        student_barred: payments::ops::standing(r, student)?.is_barred(),
        instructor_bookable: is_bookable(r, instructor, now)?,
    })
}

pub fn offer(r: &dyn Read, id: OfferingId) -> Outcome<Option<Offer>> {
    let Some(offering) = instructors::offering(r, id)? else { return Ok(None) };
    let Some(service) = catalogue().service(offering.service_id) else { return Ok(None) };
    let terms = offering.terms;
    Ok(Some(Offer {
        instructor: offering.instructor_id,
        active: offering.is_active,
        service: service.id,
        service_name: service.name.clone(),
        hourly_rate: terms.hourly_rate,
        format_rates: terms.format_rates,
        durations: terms.durations,
        places: terms.places,
    }))
}

/// The terms a lesson of this instructor would be sold under now.
pub fn terms(r: &dyn Read, now: Timestamp, instructor: UserId) -> Outcome<Terms> {
    let config = PRICING.read(r)?;
    Ok(Terms {
        floors: PRICE_FLOORS.read(r)?,
        student_fee: config.student_fee,
        tier: tiers::for_lesson(r, now, instructor)?,
        config_version: config.version,
    })
}

pub fn student_fee(r: &dyn Read) -> Outcome<Bp> {
    Ok(PRICING.read(r)?.student_fee)
}

/// "Manhattan + 2 more": where the instructor teaches in person.
pub fn service_area(r: &dyn Read, instructor: UserId, gazetteer: &Gazetteer) -> Outcome<Option<String>> {
    let words = summary(&boroughs(&instructors::areas(r, instructor)?, gazetteer));
    Ok(Some(words).filter(|words| !words.is_empty()))
}

/// How one person is named to the other.
pub fn person(r: &dyn Read, id: UserId) -> Outcome<PersonView> {
    Ok(match accounts::user(r, id)? {
        Some(user) => PersonView::new(id, &user.first_name, &user.last_name),
        None => PersonView::new(id, "Former member", ""),
    })
}

/// The sale that payments opens its books for.
pub fn sale(r: &dyn Read, booking: &Booking) -> Outcome<BookingMoney> {
    Ok(BookingMoney {
        booking_id: booking.id,
        student_id: booking.student_id,
        instructor_id: booking.instructor_id,
        quote: booking.quote,
        start: booking.start,
        end: booking.end,
        description: format!("{} with {}", booking.service_name, person(r, booking.instructor_id)?.short()),
    })
}
