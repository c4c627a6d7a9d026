//! What is held how long, and how much of it is over.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::ops::retention::{self as ops, Applied};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::Answer;

#[derive(Serialize, ToSchema)]
pub(super) struct RetentionView {
    name: &'static str,
    /// Days it is kept.
    days: i64,
    rows: usize,
}

impl From<Applied> for RetentionView {
    fn from(one: Applied) -> Self {
        Self { name: one.name, days: one.days, rows: one.rows }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct RetentionApplied {
    message: String,
    /// What was let go, by rule.
    applied: Vec<RetentionView>,
}

/// Runs the retention rules now.
#[utoipa::path(post, path = "/api/v1/privacy/retention/apply", tag = "privacy", operation_id = "apply_retention",
    responses((status = 200, body = RetentionApplied)))]
pub(super) async fn apply(State(site): State<Site>, by: By) -> Answer<Json<RetentionApplied>> {
    let applied: Vec<RetentionView> = ops::apply_by(&site, by).await?.into_iter().map(RetentionView::from).collect();
    let rows: usize = applied.iter().map(|one| one.rows).sum();
    Ok(Json(RetentionApplied { message: format!("{rows} records were let go."), applied }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct PrivacyStatistics {
    total_users: usize,
    active_users: usize,
    paused_users: usize,
    /// Closed, deleted or anonymous.
    deactivated_users: usize,
    /// What is over and waits for the next run, by rule.
    due: Vec<RetentionView>,
    generated_at: Timestamp,
}

/// How many people there are, and how much is due for retention.
#[utoipa::path(get, path = "/api/v1/privacy/statistics", tag = "privacy", operation_id = "privacy_statistics",
    responses((status = 200, body = PrivacyStatistics)))]
pub(super) async fn statistics(State(site): State<Site>) -> Answer<Json<PrivacyStatistics>> {
    let people = ops::people(&site)?;
    Ok(Json(PrivacyStatistics {
        total_users: people.total,
        active_users: people.active,
        paused_users: people.paused,
        deactivated_users: people.closed,
        due: ops::due(&site, None)?.into_iter().map(RetentionView::from).collect(),
        generated_at: site.now(),
    }))
}
