//! The pricing settings and what a quote says in lines (part 10 §2.1).

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::money::{Bp, Cents};
use crate::base::price::{Floors, Split, floor_for};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Setting;

/// One rung of the platform's share: it falls as an instructor teaches more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub min: u32,
    /// `None`: and more.
    pub max: Option<u32>,
    pub pct: Bp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditStep {
    pub position: u32,
    pub cents: Cents,
}

/// Everything a business person may change about prices, floors apart (`PRICE_FLOORS`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricingConfig {
    /// Grows with every change and is frozen on every quote.
    pub version: u64,
    pub student_fee: Bp,
    pub founding_rate: Bp,
    pub founding_cap: u32,
    /// Hundredths: 150 is ×1.5.
    pub founding_search_boost: u32,
    pub tiers: Vec<Tier>,
    pub activity_window_days: u32,
    pub stepdown_max: u32,
    pub inactivity_reset_days: u32,
    pub credit_cycle: u32,
    pub credit_steps: Vec<CreditStep>,
}

impl Default for PricingConfig {
    fn default() -> Self {
        let tier = |min, max, pct| Tier { min, max, pct: Bp(pct) };
        Self {
            version: 1,
            student_fee: Bp(1200),
            founding_rate: Bp(800),
            founding_cap: 100,
            founding_search_boost: 150,
            tiers: vec![tier(1, Some(4), 1500), tier(5, Some(10), 1200), tier(11, None, 1000)],
            activity_window_days: 30,
            stepdown_max: 1,
            inactivity_reset_days: 90,
            credit_cycle: 11,
            credit_steps: vec![
                CreditStep { position: 5, cents: Cents(1000) },
                CreditStep { position: 0, cents: Cents(2000) },
            ],
        }
    }
}

pub static PRICING: Setting<PricingConfig> = Setting {
    key: "pricing",
    description: "Fees, instructor tiers, founding terms and milestone credits.",
    default: PricingConfig::default,
    check,
};

/// rule: 10§2.1: tiers non-empty, strictly increasing, non-overlapping; shares in (0,1).
pub fn check(config: &PricingConfig) -> Result<(), &'static str> {
    let share = |bp: Bp| (1..10_000).contains(&bp.0);
    if !share(config.student_fee) || !share(config.founding_rate) || !config.tiers.iter().all(|t| share(t.pct)) {
        return Err("Every share lies between 0 and 1, both excluded.");
    }
    let Some(first) = config.tiers.first() else { return Err("There is at least one tier.") };
    let chained =
        config.tiers.windows(2).all(|pair| pair[0].max.is_some_and(|max| max.checked_add(1) == Some(pair[1].min)));
    let sized = config.tiers.iter().all(|tier| tier.max.is_none_or(|max| max >= tier.min));
    if first.min != 1 || !chained || !sized || config.tiers.last().is_some_and(|tier| tier.max.is_some()) {
        return Err("Tiers begin at 1 lesson, follow on each other without gaps, and the last one has no end.");
    }
    if config.stepdown_max == 0 {
        return Err("A tier gets worse by at least one step at a time.");
    }
    if !(100..=300).contains(&config.founding_search_boost) {
        return Err("The founding search boost lies between 1 and 3.");
    }
    let windows = [config.activity_window_days, config.inactivity_reset_days, config.credit_cycle];
    if windows.iter().any(|n| !(1..=3650).contains(n)) || config.founding_cap > 100_000 {
        return Err("Windows and the credit cycle are between 1 and 3650, the founding cap at most 100,000.");
    }
    let in_cycle = |step: &CreditStep| step.position < config.credit_cycle && (0..=100_000).contains(&step.cents.0);
    if !config.credit_steps.iter().all(in_cycle) {
        return Err("Milestones lie inside the credit cycle and give at most $1,000.");
    }
    Ok(())
}

/// One line of what a student pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineItem {
    pub label: String,
    pub amount_cents: Cents,
}

/// rule: 10§2.1: the fee with its percentage rounded, credit only when some is used.
pub fn line_items(split: &Split, fee: Bp) -> Vec<LineItem> {
    let percent = (fee.0 + 50) / 100;
    let mut lines =
        vec![LineItem { label: format!("Booking Protection ({percent}%)"), amount_cents: split.student_fee }];
    if split.credit.is_positive() {
        lines.push(LineItem { label: "Credit".into(), amount_cents: -split.credit });
    }
    lines
}

/// rule: 10§2.1: a lesson below the floor of its modality and length is not sold.
pub fn above_floor(floors: &Floors, remote: bool, minutes: u16, lesson: Cents) -> Outcome<()> {
    let floor = floor_for(floors, remote, minutes);
    if lesson >= floor {
        return Ok(());
    }
    let sentence = format!("This lesson costs {}, the least allowed is {}.", lesson.dollars(), floor.dollars());
    Err(Refusal::unprocessable("PRICE_BELOW_FLOOR", sentence).details(json!({
        "modality": if remote { "remote" } else { "in_person" },
        "duration_minutes": minutes,
        "base_price_cents": lesson,
        "required_floor_cents": floor,
    })))
}

pub fn not_negative(credit: i64) -> Outcome<Cents> {
    if credit < 0 {
        return Err(Refusal::unprocessable("NEGATIVE_CREDIT", "Credit to use cannot be less than nothing."));
    }
    Ok(Cents(credit))
}
