//! The generic cell rate algorithm: one instant per key says everything. Pure; time is a parameter.

use serde::{Deserialize, Serialize};

use super::Verdict;

/// `rate` per `window_s`, and `burst` more at once than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    pub rate: u32,
    pub burst: u32,
    pub window_s: u32,
}

impl Pace {
    /// Microseconds between two when nobody waits.
    fn interval(self) -> i64 {
        i64::from(self.window_s.max(1)) * 1_000_000 / i64::from(self.rate.max(1))
    }

    pub fn limit(self) -> u32 {
        self.burst.saturating_add(1)
    }
}

/// Judges a request at `now` (microseconds) by the theoretical arrival time kept for its key; answers the time to keep.
pub fn judge(tat: Option<i64>, now: i64, pace: Pace) -> (Option<i64>, Verdict) {
    let interval = pace.interval();
    let tolerance = i64::from(pace.burst).saturating_mul(interval);
    let before = tat.unwrap_or(now);
    let opens = before.saturating_sub(tolerance);
    let allowed = now >= opens;
    let kept = if allowed { before.max(now).saturating_add(interval) } else { before };
    let spare = now.saturating_add(tolerance).saturating_sub(kept);
    let remaining = if spare < 0 { 0 } else { spare / interval + 1 };
    let verdict = Verdict {
        allowed,
        limit: pace.limit(),
        remaining: u32::try_from(remaining).unwrap_or(u32::MAX).min(pace.limit()),
        reset: whole_seconds(kept),
        retry_after: if allowed { 0 } else { u64::try_from(whole_seconds(opens - now)).unwrap_or(0).max(1) },
    };
    (allowed.then_some(kept).or(tat), verdict)
}

/// Rounded up.
pub(super) fn whole_seconds(micros: i64) -> i64 {
    micros.div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const S: i64 = 1_000_000;
    const FINANCIAL: Pace = Pace { rate: 5, burst: 2, window_s: 60 };

    #[test]
    fn three_at_once_then_one_every_twelve_seconds() {
        let mut tat = None;
        for (now, allowed, remaining, retry_after) in [
            (0, true, 2, 0),
            (0, true, 1, 0),
            (0, true, 0, 0),
            (0, false, 0, 12),
            (11 * S + 1, false, 0, 1),
            (12 * S, true, 0, 0),
            (13 * S, false, 0, 11),
            (600 * S, true, 2, 0),
        ] {
            let (kept, verdict) = judge(tat, 1_000 * S + now, FINANCIAL);
            let told = (verdict.allowed, verdict.remaining, verdict.retry_after, verdict.limit);
            assert_eq!(told, (allowed, remaining, retry_after, 3), "at {now}");
            tat = kept;
        }
    }

    #[test]
    fn reset_is_when_everything_is_free_again() {
        let (tat, first) = judge(None, 0, FINANCIAL);
        assert_eq!(first.reset, 12);
        assert_eq!(judge(tat, 0, FINANCIAL).1.reset, 24);
    }

    proptest! {
        /// Whatever comes when: within any span no more than the burst and what the rate gives.
        #[test]
        fn never_more_than_burst_and_rate_times_time(
            rate in 1u32..200, burst in 0u32..30, steps in proptest::collection::vec(0i64..5_000_000, 1..300),
        ) {
            let pace = Pace { rate, burst, window_s: 60 };
            let (mut tat, mut now, mut taken) = (None, 0i64, Vec::new());
            for step in steps {
                now += step;
                let (kept, verdict) = judge(tat, now, pace);
                tat = kept;
                if verdict.allowed {
                    taken.push(now);
                } else {
                    // Coming back when told to always helps.
                    let later = now + i64::try_from(verdict.retry_after).unwrap() * S;
                    prop_assert!(judge(tat, later, pace).1.allowed);
                }
            }
            for (i, from) in taken.iter().enumerate() {
                for (j, to) in taken.iter().enumerate().skip(i) {
                    let most = i64::from(burst) + 1 + (to - from) / pace.interval();
                    prop_assert!((j - i + 1) as i64 <= most, "{} within {}", j - i + 1, to - from);
                }
            }
        }
    }
}
