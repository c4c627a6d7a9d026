//! How long a session lives and when a proof of identity counts as fresh. // rule: 20§2 sessions, step-up

use crate::accounts::model::{Session, User};
use crate::base::access::Role;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{SignedDuration, Timestamp, plus_hours, plus_minutes};

/// Live sessions of one person; the oldest makes room.
pub const MOST: usize = 20;
pub const ELEVATED_MINUTES: i64 = 10;
/// A visit is written down at most this often.
const SEEN_EVERY_SECONDS: i64 = 60;

/// Idle hours and absolute hours.
fn life(user: &User) -> (i64, i64) {
    if user.is(Role::Admin) { (1, 12) } else { (12, 7 * 24) }
}

pub fn idle_end(user: &User, now: Timestamp) -> Timestamp {
    plus_hours(now, life(user).0)
}
pub fn absolute_end(user: &User, now: Timestamp) -> Timestamp {
    plus_hours(now, life(user).1)
}
pub fn elevation_end(now: Timestamp) -> Timestamp {
    plus_minutes(now, ELEVATED_MINUTES)
}

pub fn is_live(session: &Session, now: Timestamp) -> bool {
    session.idle_expires_at > now && session.expires_at > now
}

/// Whether this visit is worth a write.
pub fn should_note_visit(session: &Session, now: Timestamp) -> bool {
    now.duration_since(session.last_seen_at) >= SignedDuration::from_secs(SEEN_EVERY_SECONDS)
}

pub fn require_elevated(elevated_until: Option<Timestamp>, now: Timestamp) -> Outcome<()> {
    if elevated_until.is_some_and(|until| until > now) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "REAUTH_REQUIRED",
        "Enter your password again first: your last proof is older than ten minutes.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_proof_lasts_ten_minutes() {
        let now: Timestamp = "2026-03-07T14:00:00Z".parse().unwrap();
        assert!(require_elevated(Some(elevation_end(now)), plus_minutes(now, 9)).is_ok());
        assert_eq!(
            require_elevated(Some(elevation_end(now)), plus_minutes(now, 10)).unwrap_err().code,
            "REAUTH_REQUIRED"
        );
        assert!(require_elevated(None, now).is_err());
    }
}
