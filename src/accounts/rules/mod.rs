//! Decisions about people and doors: facts and `now` in, a change or a refusal out. Nothing here touches the store.

pub mod challenge;
pub mod device_cookie;
pub mod devices;
pub mod email_code;
pub mod joining;
pub mod lifecycle;
pub mod password;
pub mod person;
pub mod pressure;
pub mod recovery;
pub mod roles;
pub mod sessions;
pub mod sign_in;
pub mod totp;

use crate::base::time::{SignedDuration, Timestamp};

/// Keeps the instants that lie within the last `seconds`.
fn within(instants: &[Timestamp], now: Timestamp, seconds: i64) -> Vec<Timestamp> {
    instants.iter().copied().filter(|at| now.duration_since(*at) < SignedDuration::from_secs(seconds)).collect()
}

/// Whole seconds from `now` until `then`, rounded up, at least one.
pub fn seconds_until(then: Timestamp, now: Timestamp) -> u64 {
    let millis = then.duration_since(now).as_millis().max(0);
    u64::try_from(millis.div_euclid(1000) + i128::from(millis.rem_euclid(1000) > 0)).unwrap_or(1).max(1)
}
