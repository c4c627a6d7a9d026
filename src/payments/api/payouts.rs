//! `/payments/payouts` and what an instructor does with them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::money::Cents;
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::payments::model::PayoutRow;
use crate::payments::ops;
use crate::site::Site;
use crate::web::{Answer, Body, IdempotencyKey, Params, Reply};

/// One payout to the instructor's bank.
#[derive(Serialize, ToSchema)]
pub struct PayoutView {
    /// Stripe's id.
    id: String,
    amount_cents: Cents,
    /// pending, in_transit, paid, failed or canceled.
    status: String,
    /// instant or standard.
    method: &'static str,
    /// Made by the weekly schedule.
    automatic: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    arrives_at: Timestamp,
    failure_code: Option<String>,
}

impl From<PayoutRow> for PayoutView {
    fn from(row: PayoutRow) -> Self {
        Self {
            id: row.id,
            amount_cents: row.amount,
            status: row.status,
            method: if row.instant { "instant" } else { "standard" },
            automatic: row.automatic,
            created_at: row.created_at,
            arrives_at: row.arrives_at,
            failure_code: row.failure,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PayoutsView {
    total_paid_cents: Cents,
    total_pending_cents: Cents,
    payout_count: u64,
    #[serde(flatten)]
    #[schema(inline)]
    payouts: Page<PayoutView>,
}

/// What went to the bank, the latest first.
#[utoipa::path(get, path = "/api/v1/payments/payouts", tag = "payouts", operation_id = "list_payouts",
    params(PageQuery), responses((status = 200, body = PayoutsView)))]
pub async fn list_payouts(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<PayoutsView>> {
    let all = site.read(|r| ops::payouts(r, actor.user_id))?;
    let sum = |pending: bool| -> Cents {
        let counts = |row: &&PayoutRow| if pending { row.is_pending() } else { row.status == "paid" };
        all.iter().filter(counts).map(|row| row.amount).sum()
    };
    Ok(Json(PayoutsView {
        total_paid_cents: sum(false),
        total_pending_cents: sum(true),
        payout_count: all.len() as u64,
        payouts: page.cut(all)?.map(PayoutView::from),
    }))
}

#[derive(Serialize, ToSchema)]
pub struct DashboardLink {
    /// Good for one visit.
    dashboard_url: String,
}

/// The way into the instructor's own dashboard at Stripe.
#[utoipa::path(get, path = "/api/v1/payments/connect/dashboard", tag = "payouts", operation_id = "get_connect_dashboard",
    responses((status = 200, body = DashboardLink)))]
pub async fn get_connect_dashboard(State(site): State<Site>, actor: Actor) -> Answer<Json<DashboardLink>> {
    Ok(Json(DashboardLink { dashboard_url: ops::dashboard(&site, actor.user_id).await? }))
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekly {
    Weekly,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleInput {
    /// Weekly is the one there is.
    interval: Option<Weekly>,
    /// monday to friday; tuesday when left out.
    weekly_anchor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ScheduleView {
    interval: &'static str,
    weekly_anchor: Option<String>,
}

/// The day of the week payouts are made on.
#[utoipa::path(post, path = "/api/v1/payments/connect/payout-schedule", tag = "payouts",
    operation_id = "set_payout_schedule", request_body = ScheduleInput, responses((status = 200, body = ScheduleView)))]
pub async fn set_payout_schedule(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<ScheduleInput>,
) -> Answer<Json<ScheduleView>> {
    let Weekly::Weekly = input.interval.unwrap_or(Weekly::Weekly);
    let day = input.weekly_anchor.as_deref().unwrap_or(ops::USUAL_DAY);
    let account = ops::set_payout_day(&site, actor.user_id, day).await?;
    Ok(Json(ScheduleView { interval: "weekly", weekly_anchor: account.payout_day }))
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstantInput {}

/// Pays the available balance to the bank at once; 400 when there is none.
#[utoipa::path(post, path = "/api/v1/payments/connect/instant-payout", tag = "payouts",
    operation_id = "request_instant_payout", params(("Idempotency-Key" = Option<String>, Header)),
    request_body = InstantInput, responses((status = 200, body = PayoutView)))]
pub async fn request_instant_payout(
    State(site): State<Site>,
    actor: Actor,
    key: IdempotencyKey,
    Body(input): Body<InstantInput>,
) -> Answer<Response> {
    let work = async { Ok(Reply::ok(PayoutView::from(ops::instant_payout(&site, actor.user_id).await?))) };
    key.run(&site, actor.user_id, "instant_payout", &input, work).await
}
