//! A histogram whose buckets are never wider than 1/32 of their value: percentiles are true to three percent, small
//! whole numbers exactly, and days can be added up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Values up to here have a bucket each.
const EXACT: u64 = 64;
/// Buckets for each doubling beyond.
const STEPS: u64 = 32;

/// Counts by bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    buckets: BTreeMap<u16, u64>,
    count: u64,
    sum: u64,
}

fn bucket(value: u64) -> u16 {
    if value < EXACT {
        return value as u16;
    }
    // 64..128 is the first doubling.
    let doubling = u64::from(63 - value.leading_zeros()) - 6;
    let within = (value - (EXACT << doubling)) / ((EXACT << doubling) / STEPS);
    (EXACT + doubling * STEPS + within) as u16
}

/// The middle of a bucket.
fn value(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    if bucket < EXACT {
        return bucket;
    }
    let (doubling, within) = ((bucket - EXACT) / STEPS, (bucket - EXACT) % STEPS);
    let width = (EXACT << doubling) / STEPS;
    (EXACT << doubling) + within * width + width / 2
}

impl Histogram {
    pub fn add(&mut self, value: u64) {
        *self.buckets.entry(bucket(value)).or_default() += 1;
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
    }

    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The value that `share` (0–1) of all values do not exceed.
    pub fn at(&self, share: f64) -> Option<u64> {
        let rank = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in &self.buckets {
            seen += count;
            if seen >= rank {
                return Some(value(*bucket));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_numbers_are_exact() {
        let mut h = Histogram::default();
        (0..=10).for_each(|n| h.add(n));
        assert_eq!((h.at(0.5), h.at(1.0), h.mean()), (Some(5), Some(10), Some(5.0)));
        assert_eq!(Histogram::default().at(0.5), None);
    }

    proptest! {
        #[test]
        fn percentiles_are_true_to_three_percent(mut values in proptest::collection::vec(0u64..10_000_000_000, 1..300), share in 0.01f64..1.0) {
            let mut h = Histogram::default();
            values.iter().for_each(|v| h.add(*v));
            values.sort_unstable();
            let rank = (share * values.len() as f64).ceil() as usize;
            let want = values[rank.clamp(1, values.len()) - 1] as f64;
            let got = h.at(share).unwrap() as f64;
            prop_assert!((got - want).abs() <= want * 0.032 + 0.5, "{got} for {want}");
        }

        #[test]
        fn merging_is_adding(a in proptest::collection::vec(0u64..100_000, 0..50), b in proptest::collection::vec(0u64..100_000, 0..50)) {
            let of = |values: &[u64]| { let mut h = Histogram::default(); values.iter().for_each(|v| h.add(*v)); h };
            let mut merged = of(&a);
            merged.merge(&of(&b));
            prop_assert_eq!(merged, of(&[a, b].concat()));
        }
    }
}
