//! One lesson on offer, as the profile and the booking page need it.

use crate::accounts;
use crate::accounts::model::User;
use crate::base::id::{OfferingId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Place, lesson_price};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::initials;
use crate::base::time::Timestamp;
use crate::catalog::catalogue;
use crate::instructors::model::Offering;
use crate::instructors::view::picture_url;
use crate::instructors::{rules::live::is_public, tables};
use crate::payments::model::PriceQuote;
use crate::store::Read;
use crate::web::components::{Face, PriceLine};

/// An instructor whom this viewer may see, or 404: the public ones, and everybody their own page (part 50 §1c).
pub fn teacher(r: &dyn Read, id: UserId, viewer: Option<UserId>, now: Timestamp) -> Outcome<User> {
    let (profile, user) = (tables::must_profile(r, id)?, accounts::must_user(r, id)?);
    if viewer != Some(id) && !is_public(&profile, &user, now) {
        return Err(tables::absent());
    }
    Ok(user)
}

pub fn face(user: &User) -> Face {
    let id = user.id.to_string();
    let mut face = Face::new(initials(&user.first_name, &user.last_name), &id);
    face.photo = picture_url(user);
    face
}

/// The active offering of this instructor, or 404.
pub fn offering(r: &dyn Read, instructor: UserId, id: OfferingId) -> Outcome<Offering> {
    tables::offering(r, id)?
        .filter(|offering| offering.instructor_id == instructor && offering.is_active)
        .ok_or_else(|| Refusal::not_found("SERVICE_NOT_FOUND", "This lesson is no longer offered."))
}

pub fn service_name(offering: &Offering) -> String {
    catalogue().service(offering.service_id).map_or_else(|| "Lesson".to_owned(), |service| service.name.to_string())
}

/// The length shown first: an hour if it is offered.
pub fn usual_minutes(offering: &Offering) -> u16 {
    let durations = &offering.terms.durations;
    durations.iter().find(|m| **m == 60).or_else(|| durations.first()).copied().unwrap_or(60)
}

/// The place a booking takes when none is named.
pub fn usual_place(offering: &Offering) -> Place {
    offering.terms.places.first().copied().unwrap_or(Place::Neutral)
}

/// What a student pays without credit.
pub fn all_in(hourly: Cents, minutes: u16, fee: Bp) -> Cents {
    let lesson = lesson_price(hourly, minutes);
    lesson + lesson.share(fee)
}

/// Lesson and booking protection, as on every page.
pub fn lines(service: &str, hourly: Cents, minutes: u16, quote: &PriceQuote) -> Vec<PriceLine> {
    let protection = format!("Booking protection, {}", quote.fee.percent());
    vec![
        PriceLine::new(format!("{service}, {minutes} min"), quote.lesson).hint(format!("{} an hour", hourly.dollars())),
        PriceLine::new(protection, quote.student_fee).hint("Refunds, checks and support"),
    ]
}
