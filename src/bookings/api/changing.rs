//! What participants do with a booking: note, cancel, complete.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::creating::minutes;
use crate::base::access::Actor;
use crate::base::id::{BookingId, OfferingId};
use crate::base::time::{Date, WallTime};
use crate::bookings::ops;
use crate::bookings::view::BookingView;
use crate::site::Site;
use crate::web::{Answer, Body, Id, IdempotencyKey, Reply};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BookingChange {
    #[schema(max_length = 1000)]
    instructor_note: Option<String>,
    #[schema(max_length = 255)]
    meeting_location: Option<String>,
}

/// The instructor's note and the meeting place.
#[utoipa::path(patch, path = "/api/v1/bookings/{booking_id}", tag = "bookings", operation_id = "update_booking",
    params(("booking_id" = BookingId, Path)), request_body = BookingChange,
    responses((status = 200, body = BookingView)))]
pub(super) async fn update_booking(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Body(input): Body<BookingChange>,
) -> Answer<Json<BookingView>> {
    let change =
        ops::change::Change { instructor_note: input.instructor_note, meeting_location: input.meeting_location };
    let booking = ops::change::change(&site, id, actor.user_id, change).await?;
    Ok(Json(ops::read::view_for(&site, &booking, actor.user_id)?))
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancellation {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Cancels under the policy of that moment. A cancelled booking is answered unchanged.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/cancel", tag = "bookings", operation_id = "cancel_booking",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Cancellation,
    responses((status = 200, body = BookingView)))]
pub(super) async fn cancel_booking(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<Cancellation>,
) -> Answer<Response> {
    let work = async {
        let booking = ops::cancel::by_participant(&site, id, actor.user_id, &input.reason).await?;
        Ok(Reply::ok(ops::read::view_for(&site, &booking, actor.user_id)?))
    };
    key.run(&site, actor.user_id, "cancel_booking", &(id, &input), work).await
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "crate::base::time::dashed")]
    booking_date: Date,
    start_time: WallTime,
    #[schema(minimum = 15, maximum = 720)]
    selected_duration: i64,
    instructor_service_id: Option<OfferingId>,
}

/// Moves a lesson. Until 24 hours before it as often as wished; until 12 hours before it once, and it is paid then.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/reschedule", tag = "bookings",
    operation_id = "reschedule_booking",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Move,
    responses((status = 200, body = BookingView)))]
pub(super) async fn reschedule_booking(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<Move>,
) -> Answer<Response> {
    let work = async {
        let wish = ops::reschedule::Wish {
            date: input.booking_date,
            start: input.start_time,
            minutes: minutes("selected_duration", input.selected_duration)?,
            offering: input.instructor_service_id,
        };
        let booking = ops::reschedule::reschedule(&site, id, actor.user_id, wish).await?;
        Ok(Reply::ok(ops::read::view_for(&site, &booking, actor.user_id)?))
    };
    key.run(&site, actor.user_id, "reschedule_booking", &(id, &input), work).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Says that the lesson took place. The money moves 24 hours after its end all the same.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/complete", tag = "bookings", operation_id = "complete_booking",
    params(("booking_id" = BookingId, Path)), request_body = Nothing, responses((status = 200, body = BookingView)))]
pub(super) async fn complete_booking(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Body(_input): Body<Nothing>,
) -> Answer<Json<BookingView>> {
    let booking = ops::complete::by_instructor(&site, id, actor.user_id, None).await?;
    Ok(Json(ops::read::view_for(&site, &booking, actor.user_id)?))
}
