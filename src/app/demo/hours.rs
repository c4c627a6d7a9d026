//! When the demo's instructors teach: a handful of believable weeks, each bent a little for every person.

use super::dice::Dice;
use crate::availability::rules::bits::Tag;
use crate::availability::rules::week::Wanted;
use crate::base::time::{Date, WallTime, plus_days};

/// Weekdays from Monday = 0, first and last minute of the day.
type Stretch = (u8, u16, u16);

const fn h(hour: u16) -> u16 {
    hour * 60
}

/// Afternoons with school children, Saturday mornings.
const AFTER_SCHOOL: &[Stretch] =
    &[(0, h(15), h(20)), (1, h(15), h(20)), (2, h(14), h(19)), (3, h(15), h(20)), (4, h(15), h(18)), (5, h(9), h(14))];
/// After an office day, and at weekends.
const EVENINGS: &[Stretch] =
    &[(0, h(17), h(22)), (1, h(17), h(22)), (2, h(18), h(22)), (3, h(17), h(22)), (5, h(10), h(16)), (6, h(11), h(17))];
/// While others work.
const DAYTIME: &[Stretch] =
    &[(0, h(9), h(15)), (1, h(9), h(15)), (2, h(9), h(13)), (2, h(17), h(20)), (3, h(9), h(15)), (4, h(9), h(14))];
const WEEKENDS: &[Stretch] = &[(4, h(16), h(20)), (5, h(9), h(18)), (6, h(9), h(18))];
/// Teaching is the whole living.
const FULL: &[Stretch] = &[
    (0, h(10), h(13)),
    (0, h(15), h(20)),
    (1, h(10), h(13)),
    (1, h(15), h(20)),
    (2, h(10), h(13)),
    (2, h(15), h(20)),
    (3, h(10), h(13)),
    (3, h(15), h(21)),
    (4, h(11), h(18)),
    (5, h(10), h(16)),
];
/// Before work and after it: coaches.
const EARLY: &[Stretch] = &[
    (0, h(6), h(10)),
    (0, h(17), h(20)),
    (1, h(6), h(10)),
    (2, h(6), h(10)),
    (2, h(17), h(20)),
    (3, h(6), h(10)),
    (4, h(6), h(10)),
    (5, h(7), h(12)),
];
const SPLIT: &[Stretch] = &[(1, h(12), h(21)), (3, h(12), h(21)), (5, h(11), h(19)), (6, h(12), h(18))];
/// Every day, every evening: the people whose names stand in the documentation.
const ALWAYS: &[Stretch] = &[
    (0, h(10), h(13)),
    (0, h(15), h(21)),
    (1, h(15), h(21)),
    (2, h(10), h(13)),
    (2, h(15), h(21)),
    (3, h(15), h(21)),
    (4, h(10), h(13)),
    (4, h(15), h(21)),
    (5, h(10), h(21)),
    (6, h(11), h(21)),
];

/// One person's week.
#[derive(Clone, Debug)]
pub struct Week(Vec<Stretch>);

impl Week {
    pub fn always() -> Self {
        Self(ALWAYS.to_vec())
    }

    /// One of the patterns that fit the trade, moved by half hours, now and then a day short.
    pub fn drawn(dice: &mut Dice, category: &str) -> Self {
        let pattern = match category {
            "sports-fitness" => dice.one([EARLY, EARLY, FULL, AFTER_SCHOOL, WEEKENDS]),
            "tutoring-test-prep" => dice.one([AFTER_SCHOOL, AFTER_SCHOOL, EVENINGS, FULL, WEEKENDS]),
            "music" => dice.one([AFTER_SCHOOL, FULL, FULL, SPLIT, EVENINGS]),
            _ => dice.one([EVENINGS, FULL, DAYTIME, SPLIT, WEEKENDS]),
        };
        let shift = dice.between(-1, 1) * 30;
        let day_off = dice.chance(30).then(|| dice.below(6) as u8);
        let bent = pattern.iter().filter(|(day, ..)| Some(*day) != day_off).map(|(day, from, to)| {
            let late = i64::from(*to) + shift + dice.between(0, 2) * 30;
            (
                *day,
                WallTime::clamped(i64::from(*from) + shift).minutes(),
                WallTime::clamped(late.min(22 * 60)).minutes(),
            )
        });
        Self(bent.collect())
    }

    /// The windows of the week that begins on `monday`.
    pub fn windows(&self, monday: Date) -> Vec<Wanted> {
        let at = WallTime::clamped;
        let window = |(day, from, to): &Stretch| Wanted {
            date: plus_days(monday, i64::from(*day)),
            start: at(i64::from(*from)),
            end: at(i64::from(*to)),
            tag: Tag::Any,
        };
        self.0.iter().map(window).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_week_is_in_order_and_within_the_day() {
        let monday: Date = "2026-11-09".parse().unwrap();
        let mut dice = Dice::of("weeks");
        for category in ["music", "sports-fitness", "tutoring-test-prep", "arts"] {
            for _ in 0..50 {
                let windows = Week::drawn(&mut dice, category).windows(monday);
                assert!(windows.len() >= 2);
                for w in &windows {
                    assert!(w.start < w.end && w.start.minutes().is_multiple_of(30), "{w:?}");
                }
            }
        }
        let evenings = Week::always().windows(monday);
        let busy: std::collections::BTreeSet<_> =
            evenings.iter().filter(|w| w.end >= WallTime::clamped(21 * 60)).map(|w| w.date).collect();
        assert_eq!(busy.len(), 7);
    }
}
