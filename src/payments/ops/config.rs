//! The pricing settings, read and changed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::base::id::{AnyId as _, BookingId, bits_of_draw};
use crate::base::limits::SCAN_ROWS;
use crate::base::money::{Bp, Cents, Fraction};
use crate::base::price::Floors;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_hours};
use crate::payments::model::{BookingPayment, PricingVersion, SettlementOutcome};
use crate::payments::rules::pricing::{CreditStep, PRICING, PricingConfig, Tier};
use crate::payments::rules::rehearse::{Rehearsal, Sold, rehearse};
use crate::payments::tables::{PAYMENTS, PRICING_HISTORY};
use crate::site::audit::{self, By, Deed};
use crate::site::settings::{PRICE_FLOORS, SETTINGS};
use crate::site::{AnySetting as _, Site};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// Days a rehearsal looks back, and how long before a lesson it may have been booked.
const REHEARSED_HOURS: i64 = 90 * 24;
const BOOKED_AHEAD_HOURS: i64 = 120 * 24;
const HISTORY: usize = 1000;

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

impl PricingPatch {
    /// The patch that makes everything as in `config`.
    pub fn of(config: &PricingConfig, floors: &Floors) -> Self {
        let tier = |tier: &Tier| TierIn { min: tier.min, max: tier.max, pct: tier.pct.fraction() };
        let step = |step: &CreditStep| StepIn { position: step.position, cents: step.cents };
        Self {
            student_fee_pct: Some(config.student_fee.fraction()),
            founding_instructor_rate_pct: Some(config.founding_rate.fraction()),
            founding_instructor_cap: Some(config.founding_cap),
            founding_search_boost: Some(Bp(config.founding_search_boost.saturating_mul(100)).fraction()),
            instructor_tiers: Some(config.tiers.iter().map(tier).collect()),
            tier_activity_window_days: Some(config.activity_window_days),
            tier_stepdown_max: Some(config.stepdown_max),
            tier_inactivity_reset_days: Some(config.inactivity_reset_days),
            price_floor_cents: Some(FloorsIn { private_in_person: floors.in_person, private_remote: floors.remote }),
            student_credit_cycle: Some(CycleIn {
                cycle_len: config.credit_cycle,
                steps: config.credit_steps.iter().map(step).collect(),
            }),
            reason: None,
        }
    }
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
    let by = match &patch.reason {
        Some(reason) => by.because_if_told(Some(reason))?,
        None => by,
    };
    let asker = by.clone();
    let work = site.write(move |tx| {
        let before = stand(tx)?;
        keep_first(tx)?;
        let (config, floors) = wished(tx, &patch)?;
        PRICING.write(tx, &config, by.actor)?;
        PRICE_FLOORS.write(tx, &floors, by.actor)?;
        let (at, who, reason) = (tx.now(), by.actor, by.reason.clone());
        let version = PricingVersion { config: config.clone(), floors, at: Some(at), by: who, reason };
        tx.put(&PRICING_HISTORY, &config.version, &version)?;
        let after = stand(tx)?;
        audit::record(tx, &by, Deed::on("pricing.update", "setting", PRICING.key).change(before, after))
    });
    audit::watched(site, &asker, Deed::on("pricing.update", "setting", PRICING.key), work).await
}

/// The settings as they would be, with their next version.
fn wished(r: &dyn Read, patch: &PricingPatch) -> Outcome<(PricingConfig, Floors)> {
    let mut config = PRICING.read(r)?;
    apply(&mut config, patch)?;
    config.version += 1;
    (PRICING.check)(&config).map_err(|why| Refusal::invalid(PRICING.key, why))?;
    let floors = match patch.price_floor_cents {
        Some(floors) => Floors { in_person: floors.private_in_person, remote: floors.private_remote },
        None => PRICE_FLOORS.read(r)?,
    };
    (PRICE_FLOORS.check)(&floors).map_err(|why| Refusal::invalid(PRICE_FLOORS.key, why))?;
    Ok((config, floors))
}

/// The version everything began with is part of the history too.
fn keep_first(tx: &mut Tx) -> Outcome<()> {
    let config = PRICING.read(tx)?;
    if tx.has(&PRICING_HISTORY, &config.version)? {
        return Ok(());
    }
    let (floors, version) = (PRICE_FLOORS.read(tx)?, config.version);
    let first = PricingVersion { config, floors, at: None, by: None, reason: None };
    tx.put(&PRICING_HISTORY, &version, &first)
}

/// Every version there was, the latest first.
pub fn pricing_history(r: &dyn Read) -> Outcome<Vec<PricingVersion>> {
    let rows = r.scan(&PRICING_HISTORY, Span::all(), HISTORY, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, version)| version).collect())
}

/// Brings the prices of an earlier version back, as a new one.
pub async fn restore_pricing(site: &Site, by: By, version: u64) -> Outcome<()> {
    let earlier = site.read(|r| r.get(&PRICING_HISTORY, &version))?;
    let earlier = earlier
        .ok_or_else(|| Refusal::not_found("PRICING_VERSION_NOT_FOUND", "There is no such version of the prices."))?;
    change_pricing(site, by, PricingPatch::of(&earlier.config, &earlier.floors)).await
}

/// What a change would have meant for the lessons of the last 90 days. Reads only.
pub fn rehearse_pricing(r: &dyn Read, now: Timestamp, patch: &PricingPatch) -> Outcome<(PricingConfig, Rehearsal)> {
    let (config, _) = wished(r, patch)?;
    let since = plus_hours(now, -REHEARSED_HOURS);
    let first = BookingId::from_bits(bits_of_draw(plus_hours(since, -BOOKED_AHEAD_HOURS).as_millisecond(), [0; 10]));
    let mut founding: BTreeMap<u64, Bp> = BTreeMap::new();
    for version in pricing_history(r)? {
        founding.insert(version.config.version, version.config.founding_rate);
    }
    let present = PRICING.read(r)?;
    let usual = present.founding_rate;
    let held = |payment: &BookingPayment| {
        let completed = matches!(
            payment.outcome,
            Some(SettlementOutcome::LessonCompletedFullPayout | SettlementOutcome::StudentNoShowFullPayout)
        );
        completed && (since..now).contains(&payment.start)
    };
    // Where there are too many, the latest count.
    let rows = r.scan(&PAYMENTS, Span::starting(&first), SCAN_ROWS, Dir::Down)?;
    let sold = rows.into_iter().map(|(_, payment)| payment).filter(held).map(|payment| Sold {
        instructor: payment.instructor_id,
        founding: payment.quote.tier == founding.get(&payment.quote.config_version).copied().unwrap_or(usual),
        quote: payment.quote,
        start: payment.start,
    });
    let rehearsal = rehearse(&present, &config, sold.collect());
    Ok((config, rehearsal))
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
