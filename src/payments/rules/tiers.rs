//! Which share of a lesson the platform takes from an instructor (part 10 §2.2).

use super::pricing::PricingConfig;
use crate::base::money::Bp;
use crate::base::time::{SignedDuration, Timestamp};

/// What is known about an instructor when a tier is judged.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub stored: Bp,
    pub founding: bool,
    /// Lessons completed within the activity window.
    pub recent: u32,
    pub last_completed: Option<Timestamp>,
    pub last_demoted: Option<Timestamp>,
}

/// Whether a lesson is being priced (it counts itself) or the nightly sweep asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    ForLesson,
    BySweep,
}

/// The share that applies now.
pub fn tier(config: &PricingConfig, record: &Record, asked: Asked, now: Timestamp) -> Bp {
    if record.founding {
        return config.founding_rate;
    }
    let entry = config.tiers.first().map_or(record.stored, |tier| tier.pct);
    let days = |n: u32| SignedDuration::from_hours(24 * i64::from(n));
    let idle = record.last_completed.is_none_or(|at| now.duration_since(at) > days(config.inactivity_reset_days));
    if idle {
        return entry;
    }
    let n = record.recent + u32::from(asked == Asked::ForLesson);
    let earned = config.tiers.iter().rev().find(|tier| n >= tier.min).map_or(entry, |tier| tier.pct);
    if earned <= record.stored {
        return earned;
    }
    // rule: 10§2.2: one demotion in 30 days, in what is stored and in what is asked for a lesson alike.
    if record.last_demoted.is_some_and(|at| now.duration_since(at) < days(config.activity_window_days)) {
        return record.stored;
    }
    stepped_down(config, record.stored, earned)
}

/// A worse tier comes at most `stepdown_max` steps at a time.
fn stepped_down(config: &PricingConfig, stored: Bp, earned: Bp) -> Bp {
    let mut shares: Vec<Bp> = config.tiers.iter().map(|tier| tier.pct).collect();
    shares.sort_unstable();
    let reach = config.stepdown_max as usize;
    let worse = shares.iter().filter(|pct| **pct > stored && **pct <= earned);
    worse.take(reach).last().copied().unwrap_or(earned)
}
