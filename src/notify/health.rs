//! Whether mail gets out at all, as far as the last tries say. One mailbox that refuses says nothing about the others.

use std::sync::{Mutex, PoisonError};

use super::ops::MailFaults;
use super::transport::Transport;
use crate::base::time::{SignedDuration, Timestamp};
use crate::site::Site;

/// Failures in a row after which the way counts as closed.
const FAILURES: u32 = 3;
/// How long it counts as closed after the last of them; then another try may find it open.
const CLOSED: SignedDuration = SignedDuration::from_mins(1);

/// How the last tries went, over all mails.
#[derive(Default)]
pub struct MailHealth(Mutex<(u32, Timestamp)>);

impl MailHealth {
    pub(super) fn went(&self, well: bool, at: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = if well { (0, at) } else { (seen.0.saturating_add(1), at) };
    }

    pub fn is_down(&self, now: Timestamp) -> bool {
        let (failures, last) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures >= FAILURES && now.duration_since(last) < CLOSED
    }
}

/// Whether a mail written now could leave soon. In a sandbox an ordered failure is used up by asking.
pub fn can_leave(site: &Site, to: &str) -> bool {
    let way = match site.is_sandbox() {
        true => !site.part::<MailFaults>().is_ok_and(|faults| faults.strikes(to)),
        false => site.part::<Transport>().is_ok(),
    };
    way && !is_down(site)
}

pub fn is_down(site: &Site) -> bool {
    site.part::<MailHealth>().is_ok_and(|health| health.is_down(site.now()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::plus_seconds;

    #[test]
    fn three_failures_close_the_way_for_a_minute_and_one_success_opens_it() {
        let at = |seconds| plus_seconds("2026-11-10T19:00:00Z".parse().unwrap(), seconds);
        let health = MailHealth::default();
        assert!(!health.is_down(at(0)));
        for n in 0..3 {
            assert!(!health.is_down(at(n)), "after {n}");
            health.went(false, at(n));
        }
        assert!(health.is_down(at(61)) && !health.is_down(at(62)));
        health.went(false, at(62));
        assert!(health.is_down(at(63)), "still closed when tried again");
        health.went(true, at(64));
        assert!(!health.is_down(at(64)));
    }
}
