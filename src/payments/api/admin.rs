//! What an admin gives to a person, and lifts from them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::LotView;
use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::time::Timestamp;
use crate::payments::ops;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id, IdempotencyKey, Reply};

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditInput {
    #[schema(minimum = 1, maximum = 100_000)]
    amount_cents: i64,
    /// A year from now when left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

/// Gives credit at the platform's cost. What the person owes is paid with it first.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/credits", tag = "admin-users", operation_id = "give_credit",
    params(("id" = UserId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = CreditInput,
    responses((status = 201, body = LotView)))]
pub async fn give_credit(
    State(site): State<Site>,
    by: By,
    Id(user): Id<UserId>,
    key: IdempotencyKey,
    Body(input): Body<CreditInput>,
) -> Answer<Response> {
    let admin = by.user()?;
    let work = async {
        let by = by.because(&input.reason)?;
        let gift = ops::Gift { expires_at: input.expires_at, ..ops::Gift::of(Cents(input.amount_cents)) };
        let lot = ops::give_credit(&site, user, by, gift).await?;
        Ok(Reply::created(LotView::from(lot)))
    };
    key.run(&site, admin, "give_credit", &(user, &input), work).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftInput {
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct StandingView {
    account_locked: bool,
    account_restricted: bool,
    credit_balance_cents: Cents,
}

/// Lets somebody book again whom a failed payment or a dispute had barred; what they owe is written off.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/lift-payment-bar", tag = "admin-users",
    operation_id = "lift_payment_bar", params(("id" = UserId, Path)), request_body = LiftInput,
    responses((status = 200, body = StandingView)))]
pub async fn lift_payment_bar(
    State(site): State<Site>,
    by: By,
    Id(user): Id<UserId>,
    Body(input): Body<LiftInput>,
) -> Answer<Json<StandingView>> {
    let standing = ops::lift_bar(&site, user, by.because(&input.reason)?).await?;
    Ok(Json(StandingView {
        account_locked: standing.locked,
        account_restricted: standing.restricted,
        credit_balance_cents: standing.balance,
    }))
}
