//! Asking for a slot: check, price, hold.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::id::{OfferingId, UserId};
use crate::base::money::{Cents, Fraction};
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime};
use crate::bookings::ops;
use crate::bookings::ops::create::Ask;
use crate::bookings::ops::pricing::Priced;
use crate::bookings::view::BookingView;
use crate::payments::rules::pricing::{LineItem, line_items};
use crate::site::Site;
use crate::web::{Answer, Body, IdempotencyKey, Reply};

/// rule: 10§2.1: a request must be 15–720 minutes long.
pub(super) fn minutes(field: &str, minutes: i64) -> Outcome<u16> {
    u16::try_from(minutes)
        .ok()
        .filter(|m| (15..=720).contains(m))
        .ok_or_else(|| Refusal::invalid(field, "Between 15 and 720 minutes."))
}

#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBooking {
    instructor_id: UserId,
    instructor_service_id: OfferingId,
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "crate::base::time::dashed")]
    booking_date: Date,
    /// The instructor's wall clock.
    start_time: WallTime,
    #[schema(minimum = 15, maximum = 720)]
    selected_duration: i64,
    /// The service's first when left out.
    location_type: Option<Place>,
    #[schema(max_length = 255)]
    meeting_location: Option<String>,
    #[schema(max_length = 1000)]
    student_note: Option<String>,
}

impl NewBooking {
    fn ask(&self, student: UserId) -> Outcome<Ask> {
        Ok(Ask {
            student,
            instructor: self.instructor_id,
            offering: self.instructor_service_id,
            date: self.booking_date,
            start: self.start_time,
            minutes: minutes("selected_duration", self.selected_duration)?,
            place: self.location_type,
            meeting_location: self.meeting_location.clone(),
            student_note: self.student_note.clone(),
        })
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct NewBookingView {
    #[serde(flatten)]
    booking: BookingView,
    requires_payment_method: bool,
    /// For Stripe's card form; null when Stripe cannot be reached, then ask `/payments/setup-intent`.
    setup_intent_client_secret: Option<String>,
}

/// Holds a slot for 30 minutes. Of many who want the same time exactly one gets it, the others 409.
#[utoipa::path(post, path = "/api/v1/bookings", tag = "bookings", operation_id = "create_booking",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewBooking,
    responses((status = 201, body = NewBookingView)))]
pub(super) async fn create_booking(
    State(site): State<Site>,
    actor: Actor,
    key: IdempotencyKey,
    Body(input): Body<NewBooking>,
) -> Answer<Response> {
    let work = async {
        let booking = ops::create::create(&site, input.ask(actor.user_id)?).await?;
        let setup_intent_client_secret = ops::paying::card_setup(&site, actor.user_id).await;
        let booking = ops::read::view_for(&site, &booking, actor.user_id)?;
        Ok(Reply::created(NewBookingView { booking, requires_payment_method: true, setup_intent_client_secret }))
    };
    key.run(&site, actor.user_id, "create_booking", &input, work).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotQuestion {
    instructor_id: UserId,
    instructor_service_id: OfferingId,
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "crate::base::time::dashed")]
    booking_date: Date,
    start_time: WallTime,
    /// Either this or `selected_duration`.
    end_time: Option<WallTime>,
    #[schema(minimum = 15, maximum = 720)]
    selected_duration: Option<i64>,
    location_type: Option<Place>,
}

impl SlotQuestion {
    fn minutes(&self) -> Outcome<u16> {
        match (self.selected_duration, self.end_time) {
            (Some(wanted), _) => minutes("selected_duration", wanted),
            (None, Some(end)) => {
                let span = i64::from(end.as_end().minutes()) - i64::from(self.start_time.minutes());
                minutes("end_time", span)
            }
            (None, None) => Err(Refusal::invalid("selected_duration", "Say how long, or when it ends.")),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct SlotAnswer {
    available: bool,
    reason: Option<String>,
    code: Option<String>,
}

/// Whether a time could be booked now. Nothing is reserved; a rule's refusal is an answer, not an error.
#[utoipa::path(post, path = "/api/v1/bookings/check-availability", tag = "bookings",
    operation_id = "check_booking_availability", request_body = SlotQuestion, responses((status = 200, body = SlotAnswer)))]
pub(super) async fn check_availability(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<SlotQuestion>,
) -> Answer<Json<SlotAnswer>> {
    let ask = Ask {
        student: actor.user_id,
        instructor: input.instructor_id,
        offering: input.instructor_service_id,
        date: input.booking_date,
        start: input.start_time,
        minutes: input.minutes()?,
        place: input.location_type,
        meeting_location: None,
        student_note: None,
    };
    Ok(Json(match ops::create::check(&site, &ask) {
        Ok(()) => SlotAnswer { available: true, reason: None, code: None },
        Err(refusal) if refusal.status < 500 => {
            SlotAnswer { available: false, reason: Some(refusal.detail), code: Some(refusal.code.to_owned()) }
        }
        Err(fault) => return Err(fault.into()),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceQuestion {
    instructor_id: UserId,
    instructor_service_id: OfferingId,
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "crate::base::time::dashed")]
    booking_date: Date,
    start_time: WallTime,
    #[schema(minimum = 15, maximum = 720)]
    selected_duration: i64,
    location_type: Place,
    #[schema(max_length = 255)]
    meeting_location: Option<String>,
    #[serde(default)]
    #[schema(minimum = 0)]
    applied_credit_cents: i64,
}

/// A price in all its parts.
#[derive(Serialize, ToSchema)]
pub(super) struct PriceView {
    base_price_cents: Cents,
    student_fee_cents: Cents,
    instructor_platform_fee_cents: Cents,
    #[schema(value_type = f64)]
    instructor_tier_pct: Fraction,
    target_instructor_payout_cents: Cents,
    credit_applied_cents: Cents,
    student_pay_cents: Cents,
    application_fee_cents: Cents,
    top_up_transfer_cents: Cents,
    line_items: Vec<LineItem>,
}

impl From<Priced> for PriceView {
    fn from(Priced { split, quote }: Priced) -> Self {
        Self {
            base_price_cents: split.lesson,
            student_fee_cents: split.student_fee,
            instructor_platform_fee_cents: split.instructor_fee,
            instructor_tier_pct: quote.tier.fraction(),
            target_instructor_payout_cents: split.payout,
            credit_applied_cents: split.credit,
            student_pay_cents: split.student_pay,
            application_fee_cents: split.application_fee,
            top_up_transfer_cents: split.top_up,
            line_items: line_items(&split, quote.fee),
        }
    }
}

/// The price of a choice before any booking exists. Reads only.
#[utoipa::path(post, path = "/api/v1/pricing/preview", tag = "pricing", operation_id = "preview_price",
    request_body = PriceQuestion, responses((status = 200, body = PriceView)))]
pub(super) async fn preview_price(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<PriceQuestion>,
) -> Answer<Json<PriceView>> {
    let ask = Ask {
        student: actor.user_id,
        instructor: input.instructor_id,
        offering: input.instructor_service_id,
        date: input.booking_date,
        start: input.start_time,
        minutes: minutes("selected_duration", input.selected_duration)?,
        place: Some(input.location_type),
        meeting_location: input.meeting_location,
        student_note: None,
    };
    Ok(Json(ops::pricing::preview(&site, &ask, input.applied_credit_cents)?.into()))
}
