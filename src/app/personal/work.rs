//! What is held about somebody who teaches, and about the money of somebody's lessons. No secrets, nobody else's names.

use serde_json::{Value, json};

use super::{LESSONS, serialised};
use crate::accounts::model::User;
use crate::availability::ops::calendar::settings;
use crate::availability::tables::{blackouts_from, published};
use crate::base::refusal::Outcome;
use crate::base::time::{Date, plus_days};
use crate::bookings::tables::{of_instructor, of_student};
use crate::instructors::tables::{areas, offerings_of, profile};
use crate::payments::tables::{PAYMENTS, account};
use crate::store::{Dir, Read, ReadExt};

/// No calendar of ours begins before or goes on after.
const EARLIEST: Date = Date::constant(2000, 1, 1);
const LATEST: Date = Date::constant(9000, 1, 1);

/// Profile, services, places, checks; nothing for who does not teach.
pub(super) fn teaching(r: &dyn Read, user: &User) -> Outcome<Value> {
    let Some(p) = profile(r, user.id)? else { return Ok(Value::Null) };
    Ok(json!({
        "bio": p.bio, "years_experience": p.years_experience, "languages": p.languages,
        "min_advance_booking_hours": p.min_advance_booking_hours, "buffer_time_minutes": p.buffer_time_minutes,
        "preferred_teaching_locations": p.teaching_locations, "preferred_public_spaces": p.public_spaces,
        "is_live": p.is_live, "is_founding_instructor": p.is_founding(),
        "onboarding_completed_at": p.onboarding_completed_at, "steps": p.steps,
        "services": serialised(&offerings_of(r, user.id)?)?, "service_areas": serialised(&areas(r, user.id)?)?,
        "identity": { "verified_at": p.identity.verified_at, "name_mismatch": p.identity.name_mismatch },
        "background_check": {
            "status": p.check.status.name(), "consented_at": p.check.consented_at, "invited_at": p.check.invited_at,
            "completed_at": p.check.completed_at, "valid_until": p.check.valid_until, "in_dispute": p.check.in_dispute,
        },
        "payout_account": serialised(&account(r, user.id)?)?,
        "created_at": p.created_at, "updated_at": p.updated_at,
    }))
}

/// Published hours by date, days off, and the settings of the calendar.
pub(super) fn calendar(r: &dyn Read, user: &User) -> Outcome<Value> {
    let mut hours = serde_json::Map::new();
    let mut from = EARLIEST;
    loop {
        let rows = published(r, user.id, from, LATEST)?;
        let Some(last) = rows.keys().next_back().copied() else { break };
        for (date, row) in rows {
            let windows = row.day.windows().into_iter().map(|w| json!({ "start_time": w.start, "end_time": w.end }));
            hours.insert(date.to_string(), windows.collect());
        }
        from = plus_days(last, 1);
    }
    let off = blackouts_from(r, user.id, EARLIEST, LESSONS)?;
    Ok(json!({
        "hours": hours, "days_off": serialised(&off)?, "settings": serialised(&settings(r, user.id)?)?,
    }))
}

/// What was charged, given back, passed on and tipped for each lesson.
pub(super) fn payments(r: &dyn Read, user: &User) -> Outcome<Value> {
    let lessons = [of_student(r, user.id, LESSONS, Dir::Up)?, of_instructor(r, user.id, LESSONS, Dir::Up)?];
    let mut rows = Vec::new();
    for booking in lessons.iter().flatten() {
        let Some(p) = r.get(&PAYMENTS, &booking.id)? else { continue };
        let tip = p.tip.as_ref().map(|tip| json!({ "amount_cents": tip.amount, "status": tip.status }));
        rows.push(match booking.student_id == user.id {
            true => json!({
                "booking_id": booking.id, "status": p.status, "lesson_cents": p.quote.lesson,
                "fee_cents": p.quote.student_fee, "captured_cents": p.captured,
                "refunded_to_card_cents": p.refunded_to_card, "credit_cents": p.student_credit,
                "payment_method_id": p.method_id, "tip": tip,
            }),
            false => json!({
                "booking_id": booking.id, "status": p.status, "payout_cents": p.instructor_payout, "tip": tip,
            }),
        });
    }
    Ok(rows.into())
}
