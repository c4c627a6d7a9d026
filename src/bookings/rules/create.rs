//! May this lesson be booked? The refusals in the contract's order, the first one wins (contract §7, part 10 §2.4).
//!
//! Check-availability, create and reschedule ask the same three questions: [`choose`] (who, with whom, what),
//! the slot gate of `availability::rules::open` (when), [`price`] (for how much).

use std::collections::BTreeMap;

use serde_json::json;

use crate::base::id::{ServiceId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Floors, Place, is_remote, lesson_price};
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::model::PriceQuote;
use crate::payments::rules::pricing::above_floor;

/// What somebody wants to book, apart from the time.
#[derive(Clone, Debug)]
pub struct Wish {
    pub student: UserId,
    pub instructor: UserId,
    pub minutes: u16,
    /// Left out: the first place the service offers.
    pub place: Option<Place>,
    pub meeting_location: Option<String>,
}

/// Who is involved, as the store has it.
#[derive(Clone, Debug)]
pub struct People {
    /// Locked, restricted or in debt: may not buy.
    pub student_barred: bool,
    /// Public in the sense of part 20 §8: live, checked, active.
    pub instructor_bookable: bool,
}

/// The offering asked for, as the store has it.
#[derive(Clone, Debug)]
pub struct Offer {
    pub instructor: UserId,
    pub active: bool,
    pub service: ServiceId,
    pub service_name: String,
    pub hourly_rate: Cents,
    pub format_rates: BTreeMap<Place, Cents>,
    pub durations: Vec<u16>,
    pub places: Vec<Place>,
}

/// What can be booked if the time is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub place: Place,
    pub minutes: u16,
    pub remote: bool,
    pub hourly_rate: Cents,
    pub service: ServiceId,
    pub service_name: String,
}

/// Everything that is judged before the time.
pub fn choose(wish: &Wish, people: &People, offer: Option<&Offer>) -> Outcome<Choice> {
    if people.student_barred {
        return Err(Refusal::unprocessable(
            "ACCOUNT_RESTRICTED",
            "Your account cannot book lessons right now. Settle the open payment, or write to support.",
        ));
    }
    let offer = offer.filter(|offer| offer.active).ok_or_else(|| {
        Refusal::not_found("SERVICE_NOT_FOUND", "This lesson is no longer offered. Choose another one.")
    })?;
    if offer.instructor != wish.instructor {
        return Err(Refusal::bad_request(
            "SERVICE_INSTRUCTOR_MISMATCH",
            "This lesson belongs to another instructor. Open their profile and choose again.",
        ));
    }
    if wish.student == wish.instructor {
        return Err(Refusal::unprocessable("SELF_BOOKING", "You cannot book a lesson with yourself."));
    }
    if !people.instructor_bookable {
        return Err(Refusal::unprocessable(
            "INSTRUCTOR_NOT_BOOKABLE",
            "This instructor takes no bookings at the moment. Choose another one.",
        ));
    }
    let place = place_of(wish, offer)?;
    if !offer.durations.contains(&wish.minutes) {
        return Err(Refusal::unprocessable(
            "DURATION_NOT_OFFERED",
            format!("A lesson of {} minutes is not offered. Choose one of the lengths offered.", wish.minutes),
        )
        .details(json!({ "duration_options": offer.durations })));
    }
    Ok(Choice {
        place,
        minutes: wish.minutes,
        remote: is_remote(place, wish.meeting_location.as_deref()),
        hourly_rate: offer.format_rates.get(&place).copied().unwrap_or(offer.hourly_rate),
        service: offer.service,
        service_name: offer.service_name.clone(),
    })
}

fn place_of(wish: &Wish, offer: &Offer) -> Outcome<Place> {
    let place = wish.place.or_else(|| offer.places.first().copied());
    place.filter(|place| offer.places.contains(place)).ok_or_else(|| {
        let offered: Vec<_> = offer.places.iter().map(|place| place.name()).collect();
        Refusal::unprocessable("LOCATION_TYPE_NOT_OFFERED", "The lesson is not offered at this kind of place.")
            .details(json!({ "location_types": offered }))
    })
}

/// The terms a lesson is sold under.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub floors: Floors,
    pub student_fee: Bp,
    pub tier: Bp,
    pub config_version: u64,
}

/// The frozen quote, or PRICE_BELOW_FLOOR (rule: 10§2.1).
pub fn price(choice: &Choice, terms: &Terms) -> Outcome<PriceQuote> {
    let lesson = lesson_price(choice.hourly_rate, choice.minutes);
    above_floor(&terms.floors, choice.remote, choice.minutes, lesson)?;
    Ok(PriceQuote::new(choice.hourly_rate, choice.minutes, terms.student_fee, terms.tier, terms.config_version))
}
