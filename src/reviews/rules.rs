//! Who may review what, and how ratings come about (part 10 §5).

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Review, Standing, Status, Tally};
use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{clean, clean_optional};
use crate::base::time::{SignedDuration, Timestamp, fmt_date, plus_hours, zone};
use crate::bookings::model::{Booking, Status as BookingStatus};

pub const TEXT_CHARS: usize = 500;
/// A review can be written so long after the lesson (rule: 10§5).
const WINDOW_HOURS: i64 = 30 * 24;
/// Shorter texts say nothing.
const SHORTEST_TEXT: usize = 3;
/// As many of one character in a row are noise.
const NOISE_RUN: usize = 10;

/// Whether the booking's student may review it now. The booking is theirs; that was judged before.
pub fn may_review(booking: &Booking, reviewed: bool, now: Timestamp) -> Outcome<()> {
    if reviewed {
        let sentence = "You have reviewed this lesson already. A review cannot be changed.";
        return Err(Refusal::bad_request("ALREADY_REVIEWED", sentence));
    }
    let took_place = match booking.status {
        BookingStatus::Completed => true,
        BookingStatus::Confirmed => booking.end <= now,
        _ => false,
    };
    if !took_place {
        let sentence = "Only a lesson that took place can be reviewed.";
        return Err(Refusal::bad_request("BOOKING_NOT_REVIEWABLE", sentence));
    }
    let last = last_moment(booking);
    if now > last {
        let day = fmt_date(zone(&booking.zone).map_or_else(|| booking.date, |tz| tz.to_datetime(last).date()));
        let sentence = format!("Reviews are open for 30 days after a lesson; this one was until {day}.");
        return Err(Refusal::bad_request("REVIEW_WINDOW_CLOSED", sentence));
    }
    Ok(())
}

pub fn last_moment(booking: &Booking) -> Timestamp {
    plus_hours(booking.completed_at.unwrap_or(booking.end), WINDOW_HOURS)
}

pub fn rating(rating: u8) -> Outcome<u8> {
    if (1..=5).contains(&rating) { Ok(rating) } else { Err(Refusal::invalid("rating", "Between 1 and 5 stars.")) }
}

/// The text as kept: trimmed, absent when blank, long enough to say something.
pub fn text(given: Option<&str>) -> Outcome<Option<String>> {
    let text = clean_optional("review_text", given, TEXT_CHARS)?;
    match &text {
        Some(words) if words.chars().count() < SHORTEST_TEXT => {
            Err(Refusal::invalid("review_text", "Write at least 3 characters, or leave it empty."))
        }
        _ => Ok(text),
    }
}

/// rule: 10§2.10
const TIP_CENTS: std::ops::RangeInclusive<i64> = 50..=99_900;

pub fn tip(amount: Cents) -> Outcome<Cents> {
    if TIP_CENTS.contains(&amount.0) {
        return Ok(amount);
    }
    Err(Refusal::invalid("tip_amount_cents", "A tip is between $0.50 and $999."))
}

pub fn response_text(given: &str) -> Outcome<String> {
    clean("response_text", given, 1, TEXT_CHARS)
}

/// Noise is kept back from lists; the stars count all the same.
pub fn status_of(text: Option<&str>) -> Status {
    let is_noise = text.is_some_and(|text| {
        let letters: Vec<char> = text.chars().collect();
        letters.windows(NOISE_RUN).any(|run| run.iter().all(|c| *c == run[0]))
    });
    if is_noise { Status::Flagged } else { Status::Published }
}

/// What is believed of 1 to 5 stars before the first review (rule: 10§5 Rating).
const PRIOR: [f64; 5] = [0.5, 0.5, 1.0, 4.0, 14.0];
const HALF_LIFE_DAYS: f64 = 360.0;
/// A student's second and later reviews of the same.
const REPEAT_WEIGHT: f64 = 0.2;
/// Fewer show no number.
const LEAST_SHOWN: u32 = 3;

/// The sums of all of an instructor's reviews, in the order they were written.
pub fn standing(reviews: &[Review], as_of: Timestamp) -> Standing {
    let mut standing = Standing { as_of, overall: Tally::default(), by_offering: BTreeMap::new() };
    let mut seen: BTreeSet<(Option<crate::base::id::OfferingId>, UserId)> = BTreeSet::new();
    for review in reviews.iter().filter(|review| review.status.counts()) {
        let age = decay(as_of.duration_since(review.created_at));
        for offering in [None, Some(review.offering_id)] {
            let first = seen.insert((offering, review.student_id));
            let tally = match offering {
                None => &mut standing.overall,
                Some(id) => standing.by_offering.entry(id).or_default(),
            };
            tally.count += 1;
            tally.weights[usize::from(review.rating.clamp(1, 5)) - 1] += age * if first { 1.0 } else { REPEAT_WEIGHT };
        }
    }
    standing
}

fn decay(age: SignedDuration) -> f64 {
    0.5f64.powf(age.as_secs_f64().max(0.0) / 86_400.0 / HALF_LIFE_DAYS)
}

/// Mean stars to a tenth, from the third review on.
pub fn shown(tally: &Tally, as_of: Timestamp, now: Timestamp) -> Option<f64> {
    (tally.count >= LEAST_SHOWN).then(|| (mean(tally, as_of, now) * 10.0).round() / 10.0)
}

/// The estimate itself, whatever it rests on; what ranking uses.
pub fn mean(tally: &Tally, as_of: Timestamp, now: Timestamp) -> f64 {
    let since = decay(now.duration_since(as_of));
    let (mut stars, mut weight) = (0.0, 0.0);
    for (star, (prior, counted)) in (1u8..).zip(PRIOR.iter().zip(tally.weights)) {
        let share = prior + counted * since;
        stars += f64::from(star) * share;
        weight += share;
    }
    stars / weight
}

pub fn confidence(count: u32) -> &'static str {
    match count {
        0..5 => "new",
        5..25 => "establishing",
        25..100 => "established",
        _ => "trusted",
    }
}

/// "4.6★", or "4.6★ (New)" while there are few.
pub fn display(shown: Option<f64>, count: u32) -> Option<String> {
    shown.map(|mean| format!("{mean:.1}★{}", if confidence(count) == "new" { " (New)" } else { "" }))
}

/// The rating in words, for each number of stars.
pub const STAR_WORDS: [&str; 5] = ["poor", "fair", "good", "very good", "excellent"];
