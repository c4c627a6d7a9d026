//! How alike two instructors are, and what people learn after what.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::id::{ServiceId, UserId};

/// Fewer people than this say nothing about what follows what (rule: 40§15 k-anonymity).
pub const CROWD: usize = 5;

/// What two instructors have in common, each 0–1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    pub lessons: f64,
    pub places: f64,
    pub price: f64,
}

impl Likeness {
    /// Nothing in common to teach is nothing in common.
    pub fn score(self) -> f64 {
        if self.lessons == 0.0 { 0.0 } else { 0.5 * self.lessons + 0.3 * self.places + 0.2 * self.price }
    }
}

/// The part of `ours` that the other has too.
pub fn shared<T: Ord>(ours: &BTreeSet<T>, theirs: &BTreeSet<T>) -> f64 {
    if ours.is_empty() { 0.0 } else { ours.intersection(theirs).count() as f64 / ours.len() as f64 }
}

/// 1 for the same price, 0 for twice or half of it.
pub fn near_price(a: i64, b: i64) -> f64 {
    let (low, high) = (a.min(b).max(1) as f64, a.max(b).max(1) as f64);
    (2.0 - high / low).clamp(0.0, 1.0)
}

/// What people learned besides what, and how many did, most first; only where enough people did.
pub fn learned_together(lessons: impl Iterator<Item = (UserId, ServiceId)>) -> Vec<(ServiceId, ServiceId, usize)> {
    let mut by_person: BTreeMap<UserId, BTreeSet<ServiceId>> = BTreeMap::new();
    for (who, what) in lessons {
        by_person.entry(who).or_default().insert(what);
    }
    let mut pairs: BTreeMap<(ServiceId, ServiceId), usize> = BTreeMap::new();
    for taken in by_person.values() {
        for from in taken {
            for to in taken.iter().filter(|to| *to != from) {
                *pairs.entry((*to, *from)).or_default() += 1;
            }
        }
    }
    let mut found: Vec<_> =
        pairs.into_iter().filter(|(_, count)| *count >= CROWD).map(|((to, from), count)| (to, from, count)).collect();
    found.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    found
}

/// Of these what follows on `known` and is not known yet.
pub fn learned_besides(
    together: &[(ServiceId, ServiceId, usize)],
    known: &BTreeSet<ServiceId>,
) -> Vec<(ServiceId, ServiceId, usize)> {
    together.iter().filter(|(to, from, _)| known.contains(from) && !known.contains(to)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::AnyId as _;

    #[test]
    fn likeness_needs_a_lesson_in_common() {
        let none = Likeness { lessons: 0.0, places: 1.0, price: 1.0 };
        assert_eq!(none.score(), 0.0);
        assert_eq!(Likeness { lessons: 1.0, places: 1.0, price: 1.0 }.score(), 1.0);
        assert_eq!((near_price(8000, 8000), near_price(8000, 16000), near_price(0, 9000)), (1.0, 0.0, 0.0));
        assert_eq!(shared(&BTreeSet::from([1, 2]), &BTreeSet::from([2, 3])), 0.5);
    }

    #[test]
    fn four_people_are_no_crowd() {
        let (piano, theory) = (ServiceId::from_bits(1), ServiceId::from_bits(2));
        let together = |people: u128| {
            let each = |n| [(UserId::from_bits(n), piano), (UserId::from_bits(n), theory)];
            learned_together((0..people).flat_map(each))
        };
        let known = BTreeSet::from([piano]);
        assert!(learned_besides(&together(4), &known).is_empty());
        assert_eq!(learned_besides(&together(5), &known), [(theory, piano, 5)]);
        assert!(learned_besides(&together(5), &BTreeSet::from([piano, theory])).is_empty());
    }
}
