//! The pricing settings, read and changed.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::base::money::{Cents, Fraction};
use crate::base::price::Floors;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::payments::rules::pricing::{CreditStep, PRICING, PricingConfig, Tier};
use crate::site::audit::{self, By, Deed};
use crate::site::settings::{PRICE_FLOORS, SETTINGS};
use crate::site::{AnySetting as _, Site};
use crate::store::{Read, ReadExt};

/// The settings as they are, and when they were last changed.
pub fn pricing(r: &dyn Read) -> Outcome<(PricingConfig, Floors, Option<Timestamp>)> {
    let row = r.get(&SETTINGS, &PRICING.key.to_owned())?;
    let floors_row = r.get(&SETTINGS, &PRICE_FLOORS.key.to_owned())?;
    let updated = row.map(|row| row.updated_at).max(floors_row.map(|row| row.updated_at));
    Ok((PRICING.read(r)?, PRICE_FLOORS.read(r)?, updated))
}

/// Any part of the settings (contract §7); what is left out stays. Shares arrive as fractions of one.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PricingPatch {
    pub student_fee_pct: Option<Fraction>,
    pub founding_instructor_rate_pct: Option<Fraction>,
    pub founding_instructor_cap: Option<u32>,
    pub founding_search_boost: Option<Fraction>,
    pub instructor_tiers: Option<Vec<TierIn>>,
    pub tier_activity_window_days: Option<u32>,
    pub tier_stepdown_max: Option<u32>,
    pub tier_inactivity_reset_days: Option<u32>,
    pub price_floor_cents: Option<FloorsIn>,
    pub student_credit_cycle: Option<CycleIn>,
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierIn {
    pub min: u32,
    #[serde(default)]
    pub max: Option<u32>,
    pub pct: Fraction,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FloorsIn {
    pub private_in_person: Cents,
    pub private_remote: Cents,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleIn {
    pub cycle_len: u32,
    pub steps: Vec<StepIn>,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepIn {
    pub position: u32,
    pub cents: Cents,
}

pub async fn change_pricing(site: &Site, by: By, patch: PricingPatch) -> Outcome<()> {
    let by = by.because_if_told(patch.reason.as_deref())?;
    site.write(move |tx| {
        let before = stand(tx)?;
        let mut config = PRICING.read(tx)?;
        apply(&mut config, &patch)?;
        config.version += 1;
        PRICING.write(tx, &config, by.actor)?;
        if let Some(floors) = patch.price_floor_cents {
            let floors = Floors { in_person: floors.private_in_person, remote: floors.private_remote };
            PRICE_FLOORS.write(tx, &floors, by.actor)?;
        }
        let after = stand(tx)?;
        audit::record(tx, &by, Deed::on("pricing.update", "setting", PRICING.key).change(before, after))
    })
    .await
}

/// All price settings as they are, for the trail.
fn stand(r: &dyn Read) -> Outcome<Value> {
    Ok(json!({ "pricing": PRICING.value(r)?, "floors": PRICE_FLOORS.value(r)? }))
}

fn apply(config: &mut PricingConfig, patch: &PricingPatch) -> Outcome<()> {
    if let Some(pct) = patch.student_fee_pct {
        config.student_fee = pct.0;
    }
    if let Some(pct) = patch.founding_instructor_rate_pct {
        config.founding_rate = pct.0;
    }
    if let Some(boost) = patch.founding_search_boost {
        if boost.0.0 % 100 != 0 {
            return Err(Refusal::invalid("founding_search_boost", "A number with two decimals."));
        }
        config.founding_search_boost = boost.0.0 / 100;
    }
    if let Some(tiers) = &patch.instructor_tiers {
        config.tiers = tiers.iter().map(|t| Tier { min: t.min, max: t.max, pct: t.pct.0 }).collect();
    }
    if let Some(cycle) = &patch.student_credit_cycle {
        config.credit_cycle = cycle.cycle_len;
        let read = |s: &StepIn| CreditStep { position: s.position, cents: s.cents };
        config.credit_steps = cycle.steps.iter().map(read).collect();
    }
    let numbers = [
        (&mut config.founding_cap, patch.founding_instructor_cap),
        (&mut config.activity_window_days, patch.tier_activity_window_days),
        (&mut config.stepdown_max, patch.tier_stepdown_max),
        (&mut config.inactivity_reset_days, patch.tier_inactivity_reset_days),
    ];
    for (here, wish) in numbers {
        *here = wish.unwrap_or(*here);
    }
    Ok(())
}
