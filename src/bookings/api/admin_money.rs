//! What an admin does about the money of a booking and about a report: refund, go on, decide.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::bookings::model::{Booking, Side};
use crate::bookings::ops::no_show::{Resolution, resolve};
use crate::bookings::ops::refund::{self, Refund};
use crate::bookings::view::{BookingView, view};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id, IdempotencyKey, Reply};

fn shown(site: &Site, booking: &Booking) -> Outcome<BookingView> {
    site.read(|r| view(r, booking, Side::Admin))
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundInput {
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
    /// All of the card's money when left out.
    #[schema(minimum = 1)]
    amount_cents: Option<i64>,
    /// Take the same share of the payout back from the instructor.
    #[serde(default)]
    reverse_payout: bool,
}

/// Gives money back to the card: from the platform's own, or with the same share of the payout taken back.
#[utoipa::path(post, path = "/api/v1/admin/bookings/{booking_id}/refund", tag = "admin-bookings",
    operation_id = "admin_refund_booking",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = RefundInput, responses((status = 200, body = BookingView)))]
pub(super) async fn admin_refund_booking(
    State(site): State<Site>,
    by: By,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<RefundInput>,
) -> Answer<Response> {
    let admin = by.user()?;
    let work = async {
        if input.amount_cents.is_some_and(|cents| cents <= 0) {
            return Err(Refusal::invalid("amount_cents", "More than nothing."));
        }
        let amount = input.amount_cents.map(Cents);
        let ask = Refund { amount, reverse_payout: input.reverse_payout, version: None };
        let booking = refund::refund(&site, id, by.because(&input.reason)?, ask).await?;
        Ok(Reply::ok(shown(&site, &booking)?))
    };
    key.run(&site, admin, "admin_refund_booking", &(id, &input), work).await
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhyInput {
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

/// Lets a settlement go on that stands still because Stripe refused one of its calls.
#[utoipa::path(post, path = "/api/v1/admin/bookings/{booking_id}/resume-payment", tag = "admin-bookings",
    operation_id = "admin_resume_payment",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = WhyInput,
    responses((status = 200, body = BookingView)))]
pub(super) async fn admin_resume_payment(
    State(site): State<Site>,
    by: By,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<WhyInput>,
) -> Answer<Response> {
    let admin = by.user()?;
    let work = async {
        let booking = refund::resume(&site, id, by.because(&input.reason)?).await?;
        Ok(Reply::ok(shown(&site, &booking)?))
    };
    key.run(&site, admin, "admin_resume_payment", &(id, &input), work).await
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolutionInput {
    resolution: Resolution,
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

/// Decides about a no-show report: it is true, the lesson took place, it is taken back, or neither came.
#[utoipa::path(post, path = "/api/v1/admin/bookings/{booking_id}/no-show/resolve", tag = "admin-bookings",
    operation_id = "admin_resolve_no_show",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = ResolutionInput,
    responses((status = 200, body = BookingView)))]
pub(super) async fn admin_resolve_no_show(
    State(site): State<Site>,
    by: By,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<ResolutionInput>,
) -> Answer<Response> {
    let admin = by.user()?;
    let work = async {
        let booking = resolve(&site, id, by.because(&input.reason)?, input.resolution).await?;
        Ok(Reply::ok(shown(&site, &booking)?))
    };
    key.run(&site, admin, "admin_resolve_no_show", &(id, &input), work).await
}
