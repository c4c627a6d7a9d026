//! Saying that somebody did not come, and objecting to it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::base::access::{Actor, Role};
use crate::base::id::BookingId;
use crate::bookings::model::{Accused, Side};
use crate::bookings::ops;
use crate::bookings::view::{BookingView, view};
use crate::site::Site;
use crate::web::{Answer, Body, Id};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoShowReport {
    /// Who did not come.
    no_show_type: Accused,
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Says that the other side did not come, from the start until 24 hours after the end. The accused has 24 hours to object.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/no-show", tag = "bookings", operation_id = "report_no_show",
    params(("booking_id" = BookingId, Path)), request_body = NoShowReport,
    responses((status = 200, body = BookingView)))]
pub(super) async fn report_no_show(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Body(input): Body<NoShowReport>,
) -> Answer<Json<BookingView>> {
    let who = (actor.user_id, actor.is(Role::Admin));
    let booking = ops::no_show::report(&site, id, who, input.no_show_type, input.reason).await?;
    let side = booking.side_of(actor.user_id).unwrap_or(Side::Admin);
    Ok(Json(site.read(|r| view(r, &booking, side))?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Objection {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Objects to a report, once, within 24 hours. A person decides then.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/no-show/dispute", tag = "bookings",
    operation_id = "dispute_no_show", params(("booking_id" = BookingId, Path)), request_body = Objection,
    responses((status = 200, body = BookingView)))]
pub(super) async fn dispute_no_show(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Body(input): Body<Objection>,
) -> Answer<Json<BookingView>> {
    let booking = ops::no_show::dispute(&site, id, actor.user_id, &input.reason).await?;
    Ok(Json(ops::read::view_for(&site, &booking, actor.user_id)?))
}

/// Contests that a lesson counts as complete. Its money waits for a person, if it has not moved yet.
#[utoipa::path(post, path = "/api/v1/instructor-bookings/{booking_id}/dispute", tag = "instructor-bookings",
    operation_id = "dispute_completion", params(("booking_id" = BookingId, Path)), request_body = Objection,
    responses((status = 200, body = BookingView)))]
pub(super) async fn dispute_completion(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Body(input): Body<Objection>,
) -> Answer<Json<BookingView>> {
    let booking = ops::no_show::dispute_completion(&site, id, actor.user_id, &input.reason).await?;
    Ok(Json(ops::read::view_for(&site, &booking, actor.user_id)?))
}
