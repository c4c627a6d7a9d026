//! Paying for a booking, in JSON. A declined card is 200 with `success: false`.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::changing::Nothing;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::bookings::ops;
use crate::bookings::ops::paying::{Paid, Payment};
use crate::bookings::view::BookingView;
use crate::payments::rules::pricing::not_negative;
use crate::site::Site;
use crate::web::{Answer, Body, Id, IdempotencyKey, Reply};

#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Checkout {
    booking_id: BookingId,
    /// A saved card's id or one of Stripe's tokens; the default card when left out.
    #[schema(max_length = 255)]
    payment_method_id: Option<String>,
    #[serde(default)]
    #[schema(minimum = 0)]
    requested_credit_cents: i64,
    #[serde(default)]
    save_payment_method: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CheckoutResult)]
pub(super) struct CheckoutAnswer {
    success: bool,
    /// scheduled, authorized, requires_action or requires_payment_method.
    status: &'static str,
    booking: BookingView,
    /// Null while scheduled.
    payment_intent_id: Option<String>,
    amount_cents: Cents,
    application_fee_cents: Cents,
    credit_applied_cents: Cents,
    requires_action: bool,
    client_secret: Option<String>,
    decline_code: Option<String>,
}

/// Pays for a held slot: the card is kept for a lesson at least 24 hours away, asked at once for a nearer one.
#[utoipa::path(post, path = "/api/v1/payments/checkout", tag = "payments", operation_id = "checkout",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = Checkout,
    responses((status = 200, body = CheckoutAnswer)))]
pub(super) async fn checkout(
    State(site): State<Site>,
    actor: Actor,
    mut key: IdempotencyKey,
    Body(input): Body<Checkout>,
) -> Answer<Response> {
    if ops::paying::is_paid(&site, input.booking_id, actor.user_id)? {
        key.excuse();
    }
    let work = async {
        let wish = Payment {
            method: input.payment_method_id.clone(),
            credit: Some(not_negative(input.requested_credit_cents)?),
            save: input.save_payment_method.unwrap_or(false),
            ..Payment::default()
        };
        let Paid { booking, checkout } = ops::paying::pay(&site, input.booking_id, actor.user_id, wish).await?;
        let success = checkout.success;
        let answer = CheckoutAnswer {
            success,
            status: checkout.status,
            booking: ops::read::view_for(&site, &booking, actor.user_id)?,
            payment_intent_id: checkout.payment_intent_id,
            amount_cents: checkout.amount_cents,
            application_fee_cents: checkout.application_fee_cents,
            credit_applied_cents: checkout.credit_applied_cents,
            requires_action: checkout.requires_action,
            client_secret: checkout.client_secret,
            decline_code: checkout.decline_code,
        };
        // Only a success is answered again (contract §4, "Declined card").
        Ok(Reply::ok(answer).keep_if(success))
    };
    key.run(&site, actor.user_id, "checkout", &input, work).await
}

/// A booking with what became of its payment.
#[derive(Serialize, ToSchema)]
pub(super) struct PaidBooking {
    #[serde(flatten)]
    booking: BookingView,
    success: bool,
    requires_action: bool,
    client_secret: Option<String>,
    decline_code: Option<String>,
}

fn paid(site: &Site, actor: &Actor, Paid { booking, checkout }: Paid) -> Outcome<PaidBooking> {
    Ok(PaidBooking {
        booking: ops::read::view_for(site, &booking, actor.user_id)?,
        success: checkout.success,
        requires_action: checkout.requires_action,
        client_secret: checkout.client_secret,
        decline_code: checkout.decline_code,
    })
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmPayment {
    #[schema(max_length = 255)]
    payment_method_id: String,
    #[serde(default)]
    save_payment_method: Option<bool>,
}

/// Attaches a card and confirms the booking.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/confirm-payment", tag = "bookings",
    operation_id = "confirm_payment",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = ConfirmPayment, responses((status = 200, body = PaidBooking)))]
pub(super) async fn confirm_payment(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<ConfirmPayment>,
) -> Answer<Response> {
    let work = async {
        let wish = Payment {
            method: Some(input.payment_method_id.clone()),
            save: input.save_payment_method.unwrap_or(false),
            ..Payment::default()
        };
        let done = ops::paying::confirm_payment(&site, id, actor.user_id, wish).await?;
        let success = done.checkout.success;
        Ok(Reply::ok(paid(&site, &actor, done)?).keep_if(success))
    };
    key.run(&site, actor.user_id, "confirm_payment", &(id, &input), work).await
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeCard {
    #[schema(max_length = 255)]
    payment_method_id: String,
    #[serde(default)]
    set_as_default: Option<bool>,
}

/// Replaces the card; one that was refused before is asked again at once.
#[utoipa::path(patch, path = "/api/v1/bookings/{booking_id}/payment-method", tag = "bookings",
    operation_id = "change_payment_method",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = ChangeCard,
    responses((status = 200, body = PaidBooking)))]
pub(super) async fn change_payment_method(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<ChangeCard>,
) -> Answer<Response> {
    let work = async {
        let make_default = input.set_as_default.unwrap_or(false);
        let wish = Payment { method: Some(input.payment_method_id.clone()), make_default, ..Payment::default() };
        let done = ops::paying::change_card(&site, id, actor.user_id, wish).await?;
        let success = done.checkout.success;
        Ok(Reply::ok(paid(&site, &actor, done)?).keep_if(success))
    };
    key.run(&site, actor.user_id, "change_payment_method", &(id, &input), work).await
}

/// Asks the same card once more.
#[utoipa::path(post, path = "/api/v1/bookings/{booking_id}/retry-payment", tag = "bookings",
    operation_id = "retry_payment",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Nothing,
    responses((status = 200, body = PaidBooking)))]
pub(super) async fn retry_payment(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(_input): Body<Nothing>,
) -> Answer<Response> {
    let work = async {
        let done = ops::paying::retry(&site, id, actor.user_id).await?;
        let success = done.checkout.success;
        Ok(Reply::ok(paid(&site, &actor, done)?).keep_if(success))
    };
    key.run(&site, actor.user_id, "retry_payment", &id, work).await
}
