//! Writing, answering, moderating and reading reviews.

use serde_json::json;

use super::events::{ReviewCreated, ReviewFacts, ReviewModerated, ReviewResponded};
use super::model::{Response, Review, Status, Tally};
use super::rules;
use super::tables::{REVIEWS, STANDINGS, absent, must, of_booking, of_instructor, standing};
use crate::accounts;
use crate::base::id::{BookingId, OfferingId, ReviewId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::first_last_initial;
use crate::base::time::Timestamp;
use crate::bookings;
use crate::payments::{self, model::TipStatus};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Tx};

#[derive(Clone, Debug)]
pub struct NewReview {
    pub booking_id: BookingId,
    pub rating: u8,
    pub text: Option<String>,
    /// Goes to the instructor whole; charged at once (rule: 10§2.10).
    pub tip: Option<Cents>,
}

/// How a tip stands, for the one who gives it.
#[derive(Clone, Debug)]
pub struct TipState {
    pub status: TipStatus,
    /// For the card's own check, while the status asks for it.
    pub client_secret: Option<String>,
    pub action_url: Option<String>,
}

/// The booking, if it is this student's own.
pub fn own_booking(r: &dyn Read, student: UserId, id: BookingId) -> Outcome<bookings::model::Booking> {
    let booking = bookings::tables::load(r, id)?;
    if booking.student_id == student { Ok(booking) } else { Err(bookings::tables::absent()) }
}

/// Writes a review and charges its tip. The review stands whatever the bank says.
pub async fn write(site: &Site, student: UserId, new: NewReview) -> Outcome<(Review, Option<TipState>)> {
    let (review, planned) = site.write(move |tx| create(tx, student, &new)).await?;
    let Some(planned) = planned else { return Ok((review, None)) };
    if planned == TipStatus::Processing
        && let Err(refusal) = payments::ops::run(site, review.booking_id).await
    {
        tracing::warn!(error = %refusal, review.id = %review.id, "a tip is not charged yet; the jobs try again");
    }
    let state = site.read(|r| tip_of(r, &review))?;
    let unplanned = TipState { status: planned, client_secret: None, action_url: None };
    Ok((review, Some(state.unwrap_or(unplanned))))
}

/// The tip given with a review.
pub fn tip_of(r: &dyn Read, review: &Review) -> Outcome<Option<TipState>> {
    let payment = r.get(&payments::tables::PAYMENTS, &review.booking_id)?;
    let tip = payment.and_then(|payment| payment.tip).filter(|tip| tip.review_id == review.id);
    Ok(tip.map(|tip| TipState { status: tip.status, client_secret: tip.client_secret, action_url: tip.action_url }))
}

/// Writes the review; a tip is planned with it, or told why it cannot be charged.
pub fn create(tx: &mut Tx, student: UserId, new: &NewReview) -> Outcome<(Review, Option<TipStatus>)> {
    let tip = new.tip.map(rules::tip).transpose()?;
    let (rating, text) = (rules::rating(new.rating)?, rules::text(new.text.as_deref())?);
    let booking = own_booking(tx, student, new.booking_id)?;
    rules::may_review(&booking, of_booking(tx, booking.id)?.is_some(), tx.now())?;
    let review = Review {
        id: tx.new_id(),
        booking_id: booking.id,
        student_id: student,
        instructor_id: booking.instructor_id,
        offering_id: booking.offering_id,
        service_name: booking.service_name,
        rating,
        status: rules::status_of(text.as_deref()),
        text,
        created_at: tx.now(),
        response: None,
    };
    save(tx, &review)?;
    tx.emit(&ReviewCreated { review: ReviewFacts::of(&review) })?;
    let tip = match tip {
        Some(amount) if tx.has(&payments::tables::PAYMENTS, &review.booking_id)? => {
            Some(payments::ops::plan_tip(tx, review.booking_id, review.id, amount)?)
        }
        Some(_) => Some(TipStatus::Failed),
        None => None,
    };
    Ok((review, tip))
}

/// Writes a review and what all of the instructor's come to.
fn save(tx: &mut Tx, review: &Review) -> Outcome<()> {
    tx.put(&REVIEWS, &review.id, review)?;
    let all = of_instructor(tx, review.instructor_id, Dir::Up)?;
    tx.put(&STANDINGS, &review.instructor_id, &rules::standing(&all, tx.now()))
}

pub fn respond(tx: &mut Tx, instructor: UserId, id: ReviewId, text: &str) -> Outcome<Review> {
    let text = rules::response_text(text)?;
    let mine = tx.get(&REVIEWS, &id)?.filter(|review| review.instructor_id == instructor);
    let mut review = mine.filter(|review| review.status.counts()).ok_or_else(absent)?;
    if review.response.is_some() {
        return Err(Refusal::bad_request("ALREADY_RESPONDED", "You have answered this review already."));
    }
    review.response = Some(Response { id: tx.new_id(), text, created_at: tx.now() });
    tx.put(&REVIEWS, &id, &review)?;
    tx.emit(&ReviewResponded { review: ReviewFacts::of(&review) })?;
    Ok(review)
}

/// An admin shows a review that was held back, or takes one down.
pub async fn decide(site: &Site, by: By, id: ReviewId, status: Status) -> Outcome<Review> {
    let asker = by.clone();
    let work = site.write(move |tx| {
        let before = must(tx, id)?.status;
        if before != status {
            let deed = Deed::on("review.moderate", "review", id);
            audit::record(tx, &by, deed.change(json!({ "status": before }), json!({ "status": status })))?;
        }
        moderate(tx, id, status)
    });
    audit::watched(site, &asker, Deed::on("review.moderate", "review", id), work).await
}

pub fn moderate(tx: &mut Tx, id: ReviewId, status: Status) -> Outcome<Review> {
    let mut review = must(tx, id)?;
    if review.status != status {
        review.status = status;
        save(tx, &review)?;
        tx.emit(&ReviewModerated { review: ReviewFacts::of(&review) })?;
    }
    Ok(review)
}

/// "Emma J."; a closed account has no name any more.
pub fn reviewer_name(r: &dyn Read, review: &Review) -> Outcome<String> {
    let user = accounts::user(r, review.student_id)?;
    Ok(user.map_or_else(|| "A student".to_owned(), |user| first_last_initial(&user.first_name, &user.last_name)))
}

/// What may be shown of a rating at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rating {
    pub shown: Option<f64>,
    pub count: u32,
}

impl Rating {
    fn of(tally: &Tally, as_of: Timestamp, now: Timestamp) -> Self {
        Self { shown: rules::shown(tally, as_of, now), count: tally.count }
    }
}

/// An instructor's rating, overall or of one offering.
pub fn rating_of(r: &dyn Read, now: Timestamp, who: UserId, offering: Option<OfferingId>) -> Outcome<Rating> {
    let standing = standing(r, who)?;
    let tally = match offering {
        None => standing.overall,
        Some(id) => standing.by_offering.get(&id).copied().unwrap_or_default(),
    };
    Ok(Rating::of(&tally, standing.as_of, now))
}

/// The overall rating and that of every reviewed offering.
pub fn standing_of(r: &dyn Read, now: Timestamp, who: UserId) -> Outcome<(Rating, Vec<(OfferingId, Rating)>)> {
    let standing = standing(r, who)?;
    let of = |tally: &Tally| Rating::of(tally, standing.as_of, now);
    Ok((of(&standing.overall), standing.by_offering.iter().map(|(id, tally)| (*id, of(tally))).collect()))
}

/// Which listed reviews somebody wants to see.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub rating: Option<u8>,
    pub min_rating: Option<u8>,
    pub with_text: bool,
}

/// Published reviews, newest first.
pub fn recent(r: &dyn Read, who: UserId, filter: Filter) -> Outcome<Vec<Review>> {
    let fits = |review: &Review| {
        review.status == Status::Published
            && filter.rating.is_none_or(|stars| review.rating == stars)
            && filter.min_rating.is_none_or(|stars| review.rating >= stars)
            && (!filter.with_text || review.text.is_some())
    };
    Ok(of_instructor(r, who, Dir::Down)?.into_iter().filter(fits).collect())
}
