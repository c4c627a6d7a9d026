//! What the platform takes from an instructor's lessons, and how many founding places are left.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::limits::SCAN_ROWS;
use crate::base::money::Fraction;
use crate::bookings::ops::tiers::{commission, founders};
use crate::site::Site;
use crate::web::Answer;

#[derive(Serialize, ToSchema)]
pub(super) struct CommissionView {
    /// The share taken from the next lesson that is priced.
    #[schema(value_type = f64)]
    current_tier_pct: Fraction,
    is_founding_instructor: bool,
    /// Lessons completed within the window of the tiers.
    recent_completions: u32,
    activity_window_days: u32,
    /// The next better share, and how many lessons more it takes; `null` at the best.
    #[schema(value_type = Option<f64>)]
    next_tier_pct: Option<Fraction>,
    completions_to_next_tier: Option<u32>,
}

/// The share the platform takes from the caller's lessons, and what would lower it.
#[utoipa::path(get, path = "/api/v1/instructors/me/commission-status", tag = "instructors",
    operation_id = "get_commission_status", responses((status = 200, body = CommissionView)))]
pub(super) async fn get_commission_status(State(site): State<Site>, actor: Actor) -> Answer<Json<CommissionView>> {
    let now = site.now();
    let standing = site.read(|r| commission(r, now, actor.user_id))?;
    Ok(Json(CommissionView {
        current_tier_pct: standing.current.fraction(),
        is_founding_instructor: standing.founding,
        recent_completions: standing.recent,
        activity_window_days: standing.window_days,
        next_tier_pct: standing.next.map(|(pct, _)| pct.fraction()),
        completions_to_next_tier: standing.next.map(|(_, lessons)| lessons),
    }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct FoundingCount {
    count: u64,
    cap: u64,
    remaining: u64,
}

/// Founding places given, and how many there are.
#[utoipa::path(get, path = "/api/v1/admin/instructors/founding/count", tag = "admin-instructors",
    operation_id = "count_founding_instructors", responses((status = 200, body = FoundingCount)))]
pub(super) async fn count_founding_instructors(State(site): State<Site>) -> Answer<Json<FoundingCount>> {
    let (count, cap) = site.read(|r| founders(r, SCAN_ROWS))?;
    Ok(Json(FoundingCount { count, cap, remaining: cap.saturating_sub(count) }))
}
