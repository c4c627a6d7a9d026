//! When the card is asked, and again, and when we give up (part 10 §2.6).

use crate::base::time::{Timestamp, plus_hours};

/// A lesson this far away is authorised later; exactly this far too.
pub const AHEAD_HOURS: i64 = 24;

/// When the card is asked for a lesson confirmed now: `None` is at once.
pub fn scheduled_for(start: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let at = plus_hours(start, -AHEAD_HOURS);
    (now <= at).then_some(at)
}

/// The failed authorisation of a promised lesson.
#[derive(Clone, Copy, Debug)]
pub struct Failed {
    pub start: Timestamp,
    pub first_failed: Timestamp,
    pub last_attempt: Timestamp,
    pub warned: bool,
}

/// What is due at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Retry,
    /// The one warning, and if a try is due at the same instant, that too.
    Warn {
        retry: bool,
    },
    GiveUp,
    Nothing,
}

impl Failed {
    pub fn warn_at(&self) -> Timestamp {
        plus_hours(self.start, -13)
    }

    pub fn give_up_at(&self) -> Timestamp {
        plus_hours(self.start, -12)
    }

    /// rule: 10§2.6: 1 h and 4 h after the first failure, then every 8 h after the last attempt.
    pub fn retry_at(&self) -> Timestamp {
        [plus_hours(self.first_failed, 1), plus_hours(self.first_failed, 4)]
            .into_iter()
            .find(|at| *at > self.last_attempt)
            .unwrap_or_else(|| plus_hours(self.last_attempt, 8))
    }

    pub fn due(&self, now: Timestamp) -> Due {
        let retry = now >= self.retry_at();
        if now >= self.give_up_at() {
            Due::GiveUp
        } else if now >= self.warn_at() && !self.warned {
            Due::Warn { retry }
        } else if retry {
            Due::Retry
        } else {
            Due::Nothing
        }
    }

    /// The next instant at which anything is due.
    pub fn next(&self) -> Timestamp {
        let mut at = self.retry_at().min(self.give_up_at());
        if !self.warned {
            at = at.min(self.warn_at());
        }
        at
    }
}
