//! What an operator sets about limits, in the store: shadow or not, other paces, overrides by route prefix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gcra::Pace;
use super::{Bucket, WindowRule};
use crate::site::Setting;

/// Changes to one bucket; what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tuning {
    #[schema(minimum = 1, maximum = 100_000)]
    pub rate: Option<u32>,
    #[schema(maximum = 10_000)]
    pub burst: Option<u32>,
    /// Count without blocking; `financial` takes no notice of it.
    pub shadow: Option<bool>,
}

/// The pace of everything below a path, whatever its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    #[schema(minimum = 1, maximum = 100_000)]
    pub rate: u32,
    #[serde(default)]
    #[schema(maximum = 10_000)]
    pub burst: u32,
    /// Seconds that `rate` is meant for.
    #[serde(default = "a_minute")]
    #[schema(minimum = 1, maximum = 86_400)]
    pub window: u32,
    #[serde(default)]
    pub shadow: bool,
}

fn a_minute() -> u32 {
    60
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// For all buckets and windows; left out: the mode decides (sandbox counts, live blocks).
    pub shadow: Option<bool>,
    pub buckets: BTreeMap<Bucket, Tuning>,
    /// By path prefix; the longest one wins.
    pub overrides: BTreeMap<String, Override>,
}

pub static RATE_LIMITS: Setting<Policy> = Setting {
    key: "rate_limits",
    description: "How often somebody may ask: shadow (count, do not block), other paces by bucket, overrides by path \
                  prefix with rate, burst, window in seconds and shadow.",
    default: Policy::default,
    check: |policy| {
        let paces = policy.buckets.values().map(|t| (t.rate.unwrap_or(1), t.burst.unwrap_or(0), 60));
        let overrides = policy.overrides.values().map(|o| (o.rate, o.burst, o.window));
        let sane =
            |(rate, burst, window)| (1..=100_000).contains(&rate) && burst <= 10_000 && (1..=86_400).contains(&window);
        if !paces.chain(overrides).all(sane) {
            return Err("A rate of 1 to 100,000, a burst of at most 10,000, a window of 1 to 86,400 seconds.");
        }
        if policy.overrides.len() > 100 || !policy.overrides.keys().all(|p| p.starts_with('/') && p.len() <= 200) {
            return Err("At most 100 overrides; each is named by a path such as /api/v1/search.");
        }
        Ok(())
    },
};

/// What holds for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    pub pace: Pace,
    pub shadow: bool,
    /// An override decides, with a count of its own.
    pub overridden: bool,
}

impl Policy {
    /// `rule` is what the mode or a sandbox's switch says.
    pub fn holds(&self, bucket: Bucket, path: &str, rule: WindowRule) -> Holding {
        let everywhere = self.shadow_everywhere(rule);
        let never = bucket == Bucket::Financial;
        let found = self.overrides.iter().filter(|(prefix, _)| is_below(path, prefix)).max_by_key(|(p, _)| p.len());
        if let Some((_, o)) = found {
            let pace = Pace { rate: o.rate, burst: o.burst, window_s: o.window };
            return Holding { pace, shadow: !never && (everywhere || o.shadow), overridden: true };
        }
        let tuning = self.buckets.get(&bucket).copied().unwrap_or_default();
        let normal = bucket.pace();
        let pace = Pace {
            rate: tuning.rate.unwrap_or(normal.rate),
            burst: tuning.burst.unwrap_or(normal.burst),
            window_s: normal.window_s,
        };
        Holding { pace, shadow: !never && tuning.shadow.unwrap_or(everywhere), overridden: false }
    }

    pub fn shadow_everywhere(&self, rule: WindowRule) -> bool {
        self.shadow.unwrap_or(rule != WindowRule::Enforce)
    }
}

fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(rate: u32, shadow: bool) -> Override {
        Override { rate, burst: 0, window: 60, shadow }
    }

    #[test]
    fn the_longest_prefix_wins_and_money_always_blocks() {
        let overrides = [("/api/v1", over(7, true)), ("/api/v1/payments", over(9, true))];
        let overrides = overrides.map(|(p, o)| (p.to_owned(), o)).into();
        let policy = Policy { overrides, ..Policy::default() };
        let rate = |path: &str| policy.holds(Bucket::Read, path, WindowRule::Enforce).pace.rate;
        assert_eq!((rate("/api/v1/search"), rate("/api/v1/payments/x"), rate("/login")), (7, 9, 120));
        assert_eq!(rate("/api/v10"), 120, "a prefix ends at a slash");
        let money = policy.holds(Bucket::Financial, "/api/v1/payments/checkout", WindowRule::Shadow);
        assert_eq!((money.pace.rate, money.shadow), (9, false));
        assert!(policy.holds(Bucket::Read, "/api/v1/payments/x", WindowRule::Enforce).shadow);
    }

    #[test]
    fn a_bucket_may_block_where_the_others_only_count() {
        let buckets = [(Bucket::Search, Tuning { rate: Some(3), shadow: Some(false), ..Tuning::default() })];
        let policy = Policy { buckets: buckets.into(), ..Policy::default() };
        let holds = |bucket| policy.holds(bucket, "/x", WindowRule::Shadow);
        assert_eq!((holds(Bucket::Search).shadow, holds(Bucket::Search).pace.rate), (false, 3));
        assert!(holds(Bucket::Read).shadow);
        let quiet = Policy { shadow: Some(true), ..Policy::default() };
        assert!(quiet.holds(Bucket::Read, "/x", WindowRule::Enforce).shadow);
    }

    #[test]
    fn nonsense_is_refused_and_unknown_buckets_do_not_parse() {
        let mut policy = Policy::default();
        policy.overrides.insert("nowhere".into(), over(1, false));
        assert!((RATE_LIMITS.check)(&policy).is_err());
        assert!(serde_json::from_str::<Policy>(r#"{"buckets": {"serach": {"rate": 1}}}"#).is_err());
    }
}
