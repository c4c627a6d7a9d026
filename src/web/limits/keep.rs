//! Where buckets and short windows are counted, and which operations are under way.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::gcra::{self, Pace};
use super::{Verdict, Window, WindowRule};
use crate::base::time::Timestamp;

/// Keys that are remembered at once; beyond them the ones touched longest ago make room.
const KEYS: usize = 100_000;
/// Seconds after which an operation that never said it ended no longer holds its place.
const LEASE_SECONDS: i64 = 30;

/// The running part: one per server.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    rule: AtomicU8,
    buckets: Mutex<HashMap<String, Cell>>,
    windows: Mutex<HashMap<(&'static str, String), Vec<i64>>>,
    under_way: Mutex<HashMap<String, (u64, i64)>>,
    owners: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    tat: i64,
    last: i64,
    allowed: u64,
    limited: u64,
}

/// How one key stands, for the people who run the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `read|user:01…` or `search|203.0.113.7`.
    pub key: String,
    pub allowed: u64,
    pub limited: u64,
    pub last: Timestamp,
}

impl Limiter {
    pub fn new(rule: WindowRule) -> Self {
        Self(Arc::new(Inner {
            rule: AtomicU8::new(rule as u8),
            buckets: Mutex::default(),
            windows: Mutex::default(),
            under_way: Mutex::default(),
            owners: AtomicU64::new(1),
        }))
    }

    /// What the mode says, or what a sandbox was switched to.
    pub fn rule(&self) -> WindowRule {
        let rules = [WindowRule::Enforce, WindowRule::Shadow, WindowRule::Off];
        rules[usize::from(self.0.rule.load(Ordering::Relaxed)).min(rules.len() - 1)]
    }

    pub fn set_rule(&self, rule: WindowRule) {
        self.0.rule.store(rule as u8, Ordering::Relaxed);
    }

    /// Counts one request of `key`.
    pub(super) fn take(&self, key: &str, pace: Pace, now: Timestamp) -> Verdict {
        let now = now.as_microsecond();
        let mut buckets = locked(&self.0.buckets);
        let cell = buckets.get(key).copied();
        let (tat, verdict) = gcra::judge(cell.map(|cell| cell.tat), now, pace);
        let mut cell = cell.unwrap_or(Cell { tat: now, last: now, allowed: 0, limited: 0 });
        cell.tat = tat.unwrap_or(now);
        cell.last = now;
        if verdict.allowed {
            cell.allowed += 1;
        } else {
            cell.limited += 1;
        }
        if buckets.len() >= KEYS && !buckets.contains_key(key) {
            keep_newer(&mut buckets, |cell| cell.tat > now, |cell| cell.last);
        }
        buckets.insert(key.to_owned(), cell);
        verdict
    }

    /// Counts one more in a short window.
    pub(super) fn count(&self, window: &'static Window, key: &str, now: Timestamp) -> Verdict {
        let now = now.as_microsecond();
        let mut windows = locked(&self.0.windows);
        let id = (window.name, key.to_owned());
        if windows.len() >= KEYS && !windows.contains_key(&id) {
            let last = |hits: &Vec<i64>| hits.last().copied().unwrap_or(0);
            keep_newer(&mut windows, |hits| now - last(hits) < 3_600_000_000, last);
        }
        window.judge(windows.entry(id).or_default(), now)
    }

    /// Takes the one place there is for an operation of `key`; `None` while somebody else holds it.
    pub(super) fn begin(&self, key: String, now: Timestamp) -> Option<UnderWay> {
        let now = now.as_second();
        let mut under_way = locked(&self.0.under_way);
        if under_way.get(&key).is_some_and(|(_, until)| now < *until) {
            return None;
        }
        let owner = self.0.owners.fetch_add(1, Ordering::Relaxed);
        under_way.insert(key.clone(), (owner, now + LEASE_SECONDS));
        Some(UnderWay { limiter: self.clone(), key, owner })
    }

    /// Those that were limited most, then those that asked most.
    pub fn standings(&self, most: usize) -> Vec<Standing> {
        let buckets = locked(&self.0.buckets);
        let mut all: Vec<(&String, &Cell)> = buckets.iter().collect();
        all.sort_by(|(a_key, a), (b_key, b)| (b.limited, b.allowed, a_key).cmp(&(a.limited, a.allowed, b_key)));
        let standing = |(key, cell): (&String, &Cell)| Standing {
            key: key.clone(),
            allowed: cell.allowed,
            limited: cell.limited,
            last: Timestamp::from_microsecond(cell.last).unwrap_or(Timestamp::UNIX_EPOCH),
        };
        all.into_iter().take(most).map(standing).collect()
    }

    pub fn keys(&self) -> usize {
        locked(&self.0.buckets).len()
    }

    /// Forgets every key that contains `pattern` (`*` stands for all); answers how many.
    pub fn reset(&self, pattern: &str) -> usize {
        let fits = |key: &str| pattern == "*" || key.contains(pattern);
        let mut buckets = locked(&self.0.buckets);
        let before = buckets.len();
        buckets.retain(|key, _| !fits(key));
        let mut windows = locked(&self.0.windows);
        let windows_before = windows.len();
        windows.retain(|(name, key), _| !fits(&format!("{name}|{key}")));
        (before - buckets.len()) + (windows_before - windows.len())
    }
}

/// Keys that are free again say nothing and go first; under pressure the older half follows.
fn keep_newer<K: Eq + Hash, V>(kept: &mut HashMap<K, V>, counts: impl Fn(&V) -> bool, last: impl Fn(&V) -> i64) {
    kept.retain(|_, value| counts(value));
    if kept.len() >= KEYS {
        let mut ages: Vec<i64> = kept.values().map(&last).collect();
        ages.sort_unstable();
        let middle = ages[ages.len() / 2];
        kept.retain(|_, value| last(value) > middle);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place of one operation under way; dropping it gives it back, unless somebody else has taken it over meanwhile.
pub struct UnderWay {
    limiter: Limiter,
    key: String,
    owner: u64,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut under_way = locked(&self.limiter.0.under_way);
        if under_way.get(&self.key).is_some_and(|(owner, _)| *owner == self.owner) {
            under_way.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::plus_seconds;

    fn now() -> Timestamp {
        "2026-03-07T14:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_operation_is_alone_until_it_ends_or_its_lease_does() {
        let limiter = Limiter::new(WindowRule::Enforce);
        let first = limiter.begin("checkout|emma".into(), now());
        assert!(first.is_some());
        assert!(limiter.begin("checkout|emma".into(), now()).is_none());
        assert!(limiter.begin("checkout|john".into(), now()).is_some());
        let late = plus_seconds(now(), LEASE_SECONDS);
        let second = limiter.begin("checkout|emma".into(), late).expect("the lease is over");
        drop(first);
        assert!(limiter.begin("checkout|emma".into(), late).is_none(), "the late first one frees nobody else's place");
        drop(second);
        assert!(limiter.begin("checkout|emma".into(), late).is_some());
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::new(WindowRule::Enforce);
        let pace = Pace { rate: 1, burst: 0, window_s: 60 };
        for n in 0..KEYS + 10 {
            limiter.take(&format!("read|{n}"), pace, plus_seconds(now(), n as i64 / 10_000));
        }
        assert!(limiter.keys() <= KEYS);
        assert!(!limiter.take(&format!("read|{}", KEYS + 9), pace, plus_seconds(now(), 10)).allowed);
        assert!(limiter.reset("*") > 0 && limiter.keys() == 0);
    }
}
