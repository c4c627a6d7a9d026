//! Choices that depend on nothing but a seed and a name: the same demo every time, on every machine.

use crate::base::secret::expand;

/// Everything drawn for a demo follows from this.
pub const SEED: u64 = 20_251_112;

/// A stream of draws. Streams of different names do not disturb each other, so adding one draw leaves the rest alone.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn of(name: &str) -> Self {
        let mut seed = [0u8; 8];
        expand(format!("{SEED} {name}").as_bytes(), &mut seed);
        Self(u64::from_be_bytes(seed))
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In `0..n`; 0 when there is nothing to choose from.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }

    /// Both ends included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = most.saturating_sub(least).max(0) as usize + 1;
        least + self.below(width) as i64
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    pub fn one<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        of[self.below(N)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_stay_in_bounds() {
        let draws = |name: &str| {
            let mut dice = Dice::of(name);
            (0..50).map(|_| dice.between(-3, 9)).collect::<Vec<_>>()
        };
        assert_eq!(draws("a"), draws("a"));
        assert_ne!(draws("a"), draws("b"));
        assert!(draws("c").iter().all(|n| (-3..=9).contains(n)));
        assert_eq!(Dice::of("d").below(0), 0);
    }
}
