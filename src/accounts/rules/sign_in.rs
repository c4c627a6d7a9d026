//! The order of the door and how it slows down whoever guesses. // rule: 20§2 login pipeline

use serde::{Deserialize, Serialize};

use crate::accounts::model::LoginRecord;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_seconds};

use super::pressure::Demand;
use super::{seconds_until, within};

const HOUR: i64 = 3600;
const MINUTE: i64 = 60;
/// Failures after which a proof of work is asked.
pub const CHALLENGE_FROM: usize = 3;
const PER_MINUTE: usize = 5;
const PER_HOUR: usize = 20;
/// Failures of an hour that lock the address for the first time.
const FIRST_LOCK: usize = 5;
/// Failures in a row after which the password opens nothing any more until a new one is set. // rule: 20§16 NIST
pub const MOST_IN_A_ROW: u32 = 100;
/// As good as for ever: a new password ends it at once.
const SHUT_SECONDS: i64 = 365 * 24 * HOUR;
/// How long failures in a row are remembered after the last one.
pub const REMEMBERED_DAYS: i64 = 30;

/// What the door needs to know about a try before a password is even looked at.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    pub challenge_wanted: bool,
    /// `None`: none sent; else whether it was right.
    pub challenge: Option<bool>,
    /// Whether windows block (they only count in shadow mode); locks always do.
    pub windows_block: bool,
    /// What the pressure on the door asks, where windows block.
    pub demand: Demand,
}

/// Lets a try through to the password, or turns it away: lock, then challenge, then the window.
pub fn gate(record: &LoginRecord, now: Timestamp, attempt: Attempt) -> Outcome<()> {
    if let Some(until) = record.locked_until.filter(|until| *until > now) {
        return Err(locked(until, now));
    }
    let pressed = attempt.windows_block && attempt.demand != Demand::Nothing;
    if pressed && attempt.demand == Demand::Closed {
        return Err(Refusal::too_many(
            "RATE_LIMIT_EXCEEDED",
            "Too many wrong passwords came from your network. Try again in a while.",
            60,
        )
        .limited("door_pressure", PER_HOUR, plus_seconds(now, 60).as_second()));
    }
    let failures = within(&record.failures, now, HOUR);
    if attempt.challenge_wanted && (pressed || failures.len() >= CHALLENGE_FROM) {
        match attempt.challenge {
            None => return Err(challenge_required()),
            Some(false) => return Err(challenge_wrong()),
            Some(true) => {}
        }
    }
    if attempt.windows_block {
        for (window, most) in [(MINUTE, PER_MINUTE), (HOUR, PER_HOUR)] {
            let recent = within(&failures, now, window);
            if recent.len() >= most {
                let free = plus_seconds(recent[recent.len() - most], window);
                return Err(Refusal::too_many(
                    "RATE_LIMIT_EXCEEDED",
                    "Too many wrong passwords for this address. Wait a little and try again.",
                    seconds_until(free, now),
                )
                .limited("login_failures", most, free.as_second()));
            }
        }
    }
    Ok(())
}

/// The record after one more wrong password.
pub fn failed(record: &LoginRecord, now: Timestamp) -> LoginRecord {
    let mut failures = within(&record.failures, now, HOUR);
    failures.push(now);
    let in_a_row = record.in_a_row.saturating_add(1);
    let lock = if in_a_row >= MOST_IN_A_ROW { Some(SHUT_SECONDS) } else { lock_seconds(failures.len()) };
    let lock = lock.map(|seconds| plus_seconds(now, seconds));
    let locked_until = lock.or(record.locked_until.filter(|until| *until > now));
    LoginRecord { locked_until, failures, in_a_row, email: record.email.clone() }
}

/// Nothing in the record bears on a later try.
pub fn is_forgotten(record: &LoginRecord, now: Timestamp) -> bool {
    within(&record.failures, now, REMEMBERED_DAYS * 24 * HOUR).is_empty()
        && record.locked_until.is_none_or(|until| until <= now)
}

/// What can hold an address up at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuthBlock)]
pub enum Block {
    Lockout,
    RateLimit,
    Captcha,
}

impl Block {
    pub fn name(self) -> &'static str {
        match self {
            Self::Lockout => "lockout",
            Self::RateLimit => "rate_limit",
            Self::Captcha => "captcha",
        }
    }
}

/// Everything that holds the address up now: until when, after how many failures.
pub fn blocks(record: &LoginRecord, now: Timestamp) -> Vec<(Block, Option<Timestamp>, usize)> {
    let failures = within(&record.failures, now, HOUR);
    let mut held = Vec::new();
    if let Some(until) = record.locked_until.filter(|until| *until > now) {
        held.push((Block::Lockout, Some(until), failures.len()));
    }
    let full = [(MINUTE, PER_MINUTE), (HOUR, PER_HOUR)].into_iter().filter_map(|(window, most)| {
        let recent = within(&failures, now, window);
        (recent.len() >= most).then(|| plus_seconds(recent[recent.len() - most], window))
    });
    if let Some(free) = full.max() {
        held.push((Block::RateLimit, Some(free), failures.len()));
    }
    if failures.len() >= CHALLENGE_FROM {
        let calm = plus_seconds(failures[failures.len() - CHALLENGE_FROM], HOUR);
        held.push((Block::Captcha, Some(calm), failures.len()));
    }
    held
}

/// The record without these blocks. Window and challenge both count failures, so either clears the count.
pub fn cleared(record: &LoginRecord, kinds: &[Block]) -> LoginRecord {
    let mut record = record.clone();
    if kinds.contains(&Block::Lockout) {
        record.locked_until = None;
        record.in_a_row = 0;
    }
    if kinds.contains(&Block::RateLimit) || kinds.contains(&Block::Captcha) {
        record.failures.clear();
    }
    record
}

/// How long the Nth failure of an hour locks the address.
fn lock_seconds(nth: usize) -> Option<i64> {
    match nth {
        FIRST_LOCK => Some(30),
        10 => Some(300),
        15 => Some(1800),
        n if n >= 20 && n.is_multiple_of(5) => Some(3600),
        _ => None,
    }
}

pub fn locked(until: Timestamp, now: Timestamp) -> Refusal {
    let seconds = seconds_until(until, now);
    Refusal::too_many(
        "AUTH_ACCOUNT_LOCKED",
        if seconds > 24 * 3600 {
            "A hundred wrong passwords in a row. Set a new one by mail (“Forgot the password?”).".to_owned()
        } else {
            format!("Too many wrong passwords. Wait {} and try again.", wait_words(seconds))
        },
        seconds,
    )
    .limited("login_lock", FIRST_LOCK, until.as_second())
}

fn wait_words(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

pub fn challenge_required() -> Refusal {
    Refusal::new(
        428,
        "AUTH_CHALLENGE_REQUIRED",
        "Solve the challenge of /auth/challenge and send it with your password.",
    )
}

fn challenge_wrong() -> Refusal {
    Refusal::bad_request("AUTH_CHALLENGE_INVALID", "The solved challenge is wrong, used or too old. Ask for a new one.")
}

pub fn wrong_password() -> Refusal {
    Refusal::new(401, "AUTH_INVALID_CREDENTIALS", "E-mail and password do not match.")
}

pub fn deactivated() -> Refusal {
    Refusal::new(401, "AUTH_ACCOUNT_DEACTIVATED", "This account is closed. Write to us if you want it back.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Attempt =
        Attempt { challenge_wanted: false, challenge: None, windows_block: false, demand: Demand::Nothing };

    fn at(seconds: i64) -> Timestamp {
        plus_seconds("2026-03-07T14:00:00Z".parse().unwrap(), seconds)
    }
    fn after(n: i64, gap: i64) -> LoginRecord {
        (0..n).fold(LoginRecord::default(), |record, i| failed(&record, at(i * gap)))
    }

    #[test]
    fn locks_grow_with_the_failures() {
        for (n, seconds) in [(5, 30), (10, 300), (15, 1800), (20, 3600), (25, 3600)] {
            let record = after(n, 1);
            let refusal = gate(&record, at(n - 1), FREE).unwrap_err();
            assert_eq!((refusal.status, refusal.code), (429, "AUTH_ACCOUNT_LOCKED"));
            assert_eq!(refusal.extra["retry_after"], seconds, "failure {n}");
            assert!(gate(&record, at(n - 1 + seconds), FREE).is_ok());
        }
        assert!(gate(&after(4, 1), at(4), FREE).is_ok());
    }

    #[test]
    fn a_hundred_in_a_row_shut_the_door_however_slowly_they_come() {
        let slow = after(99, 2 * HOUR);
        assert!(gate(&slow, at(200 * HOUR), FREE).is_ok());
        let shut = failed(&slow, at(200 * HOUR));
        assert_eq!(gate(&shut, at(200 * HOUR + 24 * HOUR), FREE).unwrap_err().code, "AUTH_ACCOUNT_LOCKED");
        assert!(gate(&cleared(&shut, &[Block::Lockout]), at(200 * HOUR), FREE).is_ok());
        assert!(!is_forgotten(&slow, at(200 * HOUR)) && is_forgotten(&slow, at((200 + 31 * 24) * HOUR)));
    }

    #[test]
    fn the_third_failure_asks_for_work() {
        let asked = Attempt { challenge_wanted: true, ..FREE };
        assert!(gate(&after(2, 1), at(5), asked).is_ok());
        assert_eq!(gate(&after(3, 1), at(5), asked).unwrap_err().status, 428);
        assert_eq!(gate(&after(3, 1), at(5), Attempt { challenge: Some(false), ..asked }).unwrap_err().status, 400);
        assert!(gate(&after(3, 1), at(5), Attempt { challenge: Some(true), ..asked }).is_ok());
        assert_eq!(gate(&after(5, 1), at(5), asked).unwrap_err().status, 429, "a lock is told before the challenge");
    }

    #[test]
    fn pressure_asks_for_work_where_windows_block() {
        let pressed = Attempt { challenge_wanted: true, demand: Demand::Work, ..FREE };
        assert!(gate(&after(0, 1), at(1), pressed).is_ok(), "shadow only counts");
        let blocking = Attempt { windows_block: true, ..pressed };
        assert_eq!(gate(&after(0, 1), at(1), blocking).unwrap_err().status, 428);
        assert!(gate(&after(0, 1), at(1), Attempt { challenge: Some(true), ..blocking }).is_ok());
        assert_eq!(gate(&after(0, 1), at(1), Attempt { demand: Demand::Closed, ..blocking }).unwrap_err().status, 429);
    }

    #[test]
    fn windows_count_failures_of_a_minute_and_an_hour() {
        let blocking = Attempt { windows_block: true, ..FREE };
        let refusal = gate(&after(5, 1), at(40), blocking).unwrap_err();
        assert_eq!((refusal.code, refusal.extra["retry_after"].clone()), ("RATE_LIMIT_EXCEEDED", 20.into()));
        assert!(gate(&after(5, 1), at(61), blocking).is_ok());
    }
}
