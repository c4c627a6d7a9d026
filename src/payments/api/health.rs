//! `/monitoring/payment-health`, and what differs between our books and Stripe's.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::payments::model::Discrepancy;
use crate::payments::ops;
use crate::payments::rules::health::Level;
use crate::payments::rules::reconcile::Difference;
use crate::site::Site;
use crate::web::{Answer, Params};

#[derive(Serialize, ToSchema)]
pub struct PaymentHealth {
    status: Level,
    /// What speaks for it, the worst first.
    reasons: Vec<String>,
    /// Promised lessons by payment status, settled ones left out.
    #[schema(value_type = Object)]
    payment_counts: BTreeMap<&'static str, u64>,
    overdue_authorizations: u64,
    overdue_captures: u64,
    failed: u64,
    in_review: u64,
    unanswered_calls: u64,
    minutes_since_last_success: Option<i64>,
    discrepancies: u64,
    #[schema(value_type = String, format = DateTime)]
    checked_at: Timestamp,
}

fn shown(site: &Site) -> Outcome<PaymentHealth> {
    let now = site.now();
    let health = site.read(|r| ops::health(r, now))?;
    let counts = health.counts;
    Ok(PaymentHealth {
        status: health.level,
        reasons: health.reasons,
        payment_counts: health.by_status,
        overdue_authorizations: counts.overdue_authorizations,
        overdue_captures: counts.overdue_captures,
        failed: counts.failed,
        in_review: counts.in_review,
        unanswered_calls: counts.unanswered,
        minutes_since_last_success: counts.minutes_since_success,
        discrepancies: counts.discrepancies,
        checked_at: now,
    })
}

/// The authorisation backlog, failures and standstill, counted now.
#[utoipa::path(get, path = "/api/v1/monitoring/payment-health", tag = "monitoring", operation_id = "get_payment_health",
    responses((status = 200, body = PaymentHealth)))]
pub async fn get_payment_health(State(site): State<Site>) -> Answer<Json<PaymentHealth>> {
    Ok(Json(shown(&site)?))
}

/// Runs the job that looks, now.
#[utoipa::path(post, path = "/api/v1/monitoring/trigger-payment-health-check", tag = "monitoring",
    operation_id = "trigger_payment_health_check", responses((status = 200, body = PaymentHealth)))]
pub async fn trigger_payment_health_check(State(site): State<Site>) -> Answer<Json<PaymentHealth>> {
    let _report: Value = ops::check_health(&site, false).await?;
    Ok(Json(shown(&site)?))
}

#[derive(Serialize, ToSchema)]
pub struct DiscrepancyView {
    /// Stripe's id.
    object_id: String,
    what: Difference,
    booking_id: Option<BookingId>,
    ours_cents: Cents,
    stripe_cents: Cents,
    #[schema(value_type = String, format = DateTime)]
    found_at: Timestamp,
}

impl From<Discrepancy> for DiscrepancyView {
    fn from(row: Discrepancy) -> Self {
        Self {
            object_id: row.object,
            what: row.what,
            booking_id: row.booking_id,
            ours_cents: row.ours,
            stripe_cents: row.theirs,
            found_at: row.found_at,
        }
    }
}

/// What the nightly comparison found and nobody has mended yet.
#[utoipa::path(get, path = "/api/v1/admin/payments/discrepancies", tag = "admin-payments",
    operation_id = "list_discrepancies", params(PageQuery), responses((status = 200, body = Page<DiscrepancyView>)))]
pub async fn list_discrepancies(
    State(site): State<Site>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<DiscrepancyView>>> {
    let open = site.read(ops::discrepancies)?;
    Ok(Json(page.cut(open)?.map(DiscrepancyView::from)))
}
