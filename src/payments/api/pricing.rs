//! `/config/pricing` and `/admin/config/pricing`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::id::UserId;
use crate::base::money::{Bp, Cents, Fraction};
use crate::base::paging::{Page, PageQuery};
use crate::base::price::Floors;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::payments::ops::{self, PricingPatch};
use crate::payments::rules::pricing::PricingConfig;
use crate::payments::rules::rehearse::Sums;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Params};

#[derive(Serialize, ToSchema)]
pub struct TierView {
    min: u32,
    max: Option<u32>,
    pct: Fraction,
}

#[derive(Serialize, ToSchema)]
pub struct FloorsView {
    private_in_person: Cents,
    private_remote: Cents,
}

#[derive(Serialize, ToSchema)]
pub struct CreditStepView {
    position: u32,
    cents: Cents,
}

#[derive(Serialize, ToSchema)]
pub struct CreditCycleView {
    cycle_len: u32,
    steps: Vec<CreditStepView>,
}

/// Every setting of prices; shares are fractions of one.
#[derive(Serialize, ToSchema)]
pub struct PricingSettings {
    student_fee_pct: Fraction,
    founding_instructor_rate_pct: Fraction,
    founding_instructor_cap: u32,
    founding_search_boost: Fraction,
    instructor_tiers: Vec<TierView>,
    tier_activity_window_days: u32,
    tier_stepdown_max: u32,
    tier_inactivity_reset_days: u32,
    price_floor_cents: FloorsView,
    student_credit_cycle: CreditCycleView,
}

impl PricingSettings {
    fn new(config: PricingConfig, floors: Floors) -> Self {
        let tier =
            |t: crate::payments::rules::pricing::Tier| TierView { min: t.min, max: t.max, pct: t.pct.fraction() };
        let steps = config.credit_steps.iter();
        Self {
            student_fee_pct: config.student_fee.fraction(),
            founding_instructor_rate_pct: config.founding_rate.fraction(),
            founding_instructor_cap: config.founding_cap,
            founding_search_boost: Bp(config.founding_search_boost.saturating_mul(100)).fraction(),
            instructor_tiers: config.tiers.iter().copied().map(tier).collect(),
            tier_activity_window_days: config.activity_window_days,
            tier_stepdown_max: config.stepdown_max,
            tier_inactivity_reset_days: config.inactivity_reset_days,
            price_floor_cents: FloorsView { private_in_person: floors.in_person, private_remote: floors.remote },
            student_credit_cycle: CreditCycleView {
                cycle_len: config.credit_cycle,
                steps: steps.map(|s| CreditStepView { position: s.position, cents: s.cents }).collect(),
            },
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PricingView {
    config: PricingSettings,
    /// `null` while nobody changed anything.
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

fn view(site: &Site) -> Outcome<PricingView> {
    let (config, floors, updated_at) = site.read(ops::pricing)?;
    Ok(PricingView { config: PricingSettings::new(config, floors), updated_at })
}

/// The prices everybody may know: fees, tiers, floors, milestone credit.
#[utoipa::path(get, path = "/api/v1/config/pricing", tag = "config", operation_id = "get_public_pricing",
    responses((status = 200, body = PricingView)))]
pub async fn get_public_pricing(State(site): State<Site>) -> Answer<Json<PricingView>> {
    Ok(Json(view(&site)?))
}

/// The settings of prices.
#[utoipa::path(get, path = "/api/v1/admin/config/pricing", tag = "admin", operation_id = "get_pricing",
    responses((status = 200, body = PricingView)))]
pub async fn get_pricing(State(site): State<Site>) -> Answer<Json<PricingView>> {
    Ok(Json(view(&site)?))
}

/// The prices as they were from one instant on.
#[derive(Serialize, ToSchema)]
pub struct PricingVersionView {
    version: u64,
    config: PricingSettings,
    /// `null`: from the beginning.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    changed_by: Option<UserId>,
    reason: Option<String>,
}

/// Every version of the prices, the latest first.
#[utoipa::path(get, path = "/api/v1/admin/config/pricing/history", tag = "admin", operation_id = "list_pricing_history",
    params(PageQuery), responses((status = 200, body = Page<PricingVersionView>)))]
pub async fn list_pricing_history(
    State(site): State<Site>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<PricingVersionView>>> {
    let all = site.read(ops::pricing_history)?;
    Ok(Json(page.cut(all)?.map(|version| PricingVersionView {
        version: version.config.version,
        config: PricingSettings::new(version.config, version.floors),
        since: version.at,
        changed_by: version.by,
        reason: version.reason,
    })))
}

/// A change of prices against the lessons of the last 90 days.
#[derive(Serialize, ToSchema)]
pub struct RehearsalView {
    lessons: u64,
    was: Sums,
    would_be: Sums,
    instructors_worse_off: u64,
    instructors_better_off: u64,
}

/// What a change would have meant for the lessons of the last 90 days. Changes nothing.
#[utoipa::path(post, path = "/api/v1/admin/config/pricing/rehearse", tag = "admin", operation_id = "rehearse_pricing",
    request_body = PricingPatch, responses((status = 200, body = RehearsalView)))]
pub async fn rehearse_pricing(
    State(site): State<Site>,
    Body(patch): Body<PricingPatch>,
) -> Answer<Json<RehearsalView>> {
    let now = site.now();
    let (_, rehearsal) = site.read(|r| ops::rehearse_pricing(r, now, &patch))?;
    Ok(Json(RehearsalView {
        lessons: rehearsal.lessons,
        was: rehearsal.was,
        would_be: rehearsal.would_be,
        instructors_worse_off: rehearsal.worse_off,
        instructors_better_off: rehearsal.better_off,
    }))
}

/// Fees for pages that show them.
#[derive(Serialize, ToSchema)]
pub struct PublicConfig {
    student_fee_pct: Fraction,
    /// What instructors give of a lesson, from the first tier to the last.
    instructor_tier_pcts: Vec<Fraction>,
    founding_instructor_rate_pct: Fraction,
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

/// The fee percentages, for display.
#[utoipa::path(get, path = "/api/v1/config/public", tag = "config", operation_id = "get_public_config",
    responses((status = 200, body = PublicConfig)))]
pub async fn get_public_config(State(site): State<Site>) -> Answer<Json<PublicConfig>> {
    let (config, _, updated_at) = site.read(ops::pricing)?;
    Ok(Json(PublicConfig {
        student_fee_pct: config.student_fee.fraction(),
        instructor_tier_pcts: config.tiers.iter().map(|tier| tier.pct.fraction()).collect(),
        founding_instructor_rate_pct: config.founding_rate.fraction(),
        updated_at,
    }))
}

/// Changes any part of the settings. Lessons already booked keep the price they were sold at.
#[utoipa::path(patch, path = "/api/v1/admin/config/pricing", tag = "admin", operation_id = "update_pricing",
    request_body = PricingPatch, responses((status = 200, body = PricingView)))]
pub async fn update_pricing(
    State(site): State<Site>,
    by: By,
    Body(patch): Body<PricingPatch>,
) -> Answer<Json<PricingView>> {
    ops::change_pricing(&site, by, patch).await?;
    Ok(Json(view(&site)?))
}
