//! The only reader of the wall clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::{SignedDuration, Timestamp};

/// The time as the marketplace sees it. Clones share one time. In sandbox mode it can be frozen and moved forward;
/// it never goes back.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Mutex<Inner>>,
    moved: Arc<watch::Sender<u64>>,
}

#[derive(Debug)]
struct Inner {
    /// The marketplace's time at `anchor`.
    base: Timestamp,
    anchor: Instant,
    frozen: bool,
    /// Follows the system's clock as long as nobody moved it.
    system: bool,
}

impl Clock {
    /// Follows the machine.
    pub fn system() -> Self {
        Self::new(Timestamp::now(), true)
    }

    /// Starts at `at` and runs on by itself.
    pub fn starting_at(at: Timestamp) -> Self {
        Self::new(at, false)
    }

    /// Stands still at `at` until somebody moves it: from the first instant on, however long the machine takes.
    pub fn standing_at(at: Timestamp) -> Self {
        let clock = Self::new(at, false);
        clock.locked().frozen = true;
        clock
    }

    fn new(base: Timestamp, system: bool) -> Self {
        let inner = Inner { base, anchor: Instant::now(), frozen: false, system };
        Self { inner: Arc::new(Mutex::new(inner)), moved: Arc::new(watch::channel(0).0) }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        let inner = self.locked();
        let now = inner.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    pub fn is_frozen(&self) -> bool {
        self.locked().frozen
    }

    /// How far this clock is from the machine's; what a restart needs to go on where it was.
    pub fn offset_from_system(&self) -> SignedDuration {
        self.now().duration_since(Timestamp::now())
    }

    pub fn freeze(&self, frozen: bool) {
        let mut inner = self.locked();
        inner.base = inner.now();
        inner.anchor = Instant::now();
        inner.frozen = frozen;
        inner.system = false;
        drop(inner);
        self.moved.send_modify(|n| *n += 1);
    }

    /// Moves forward to `at`; an earlier instant is left alone and answered `false`.
    pub fn advance_to(&self, at: Timestamp) -> bool {
        let mut inner = self.locked();
        if at < inner.now() {
            return false;
        }
        inner.base = at;
        inner.anchor = Instant::now();
        inner.system = false;
        drop(inner);
        self.moved.send_modify(|n| *n += 1);
        true
    }

    /// Wakes whenever somebody moved, froze or released the clock.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }
}

impl Inner {
    fn now(&self) -> Timestamp {
        if self.frozen {
            return self.base;
        }
        if self.system {
            return Timestamp::now();
        }
        let elapsed = SignedDuration::try_from(self.anchor.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.base.saturating_add(elapsed).unwrap_or(self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_forward_only() {
        let start: Timestamp = "2026-03-07T14:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        clock.freeze(true);
        let frozen = clock.now();
        assert!(clock.advance_to(frozen + SignedDuration::from_hours(2)));
        assert!(!clock.advance_to(start));
        assert_eq!(clock.now(), frozen + SignedDuration::from_hours(2));
    }
}
