//! The door's challenge: work a machine can do and a crowd of guesses cannot afford. // rule: 00§7 GET /auth/challenge
//!
//! Nothing is stored when one is given out: the text carries its own end and a signature. A solved one is remembered
//! until that end, so it opens once. People without scripts get a *pause* instead: a signed note that is good only
//! after a few seconds.

use sha2::{Digest, Sha256};

use crate::base::secret;
use crate::base::time::{Timestamp, plus_seconds};

/// Leading zero bits wanted: some 65 thousand hashes on average.
pub const DIFFICULTY: u32 = 16;
const LIFE_SECONDS: i64 = 300;
pub const PAUSE_SECONDS: i64 = 5;

/// A signed text: what it is for, until when it is good, something unique.
fn sign(key: &[u8], purpose: &str, at: Timestamp, unique: &str) -> String {
    let body = format!("{purpose}.{}.{unique}", at.as_millisecond());
    let mac = secret::hmac_sha256_hex(key, body.as_bytes());
    format!("{body}.{mac}")
}

/// The instant inside a text we signed for `purpose`.
fn signed_instant(key: &[u8], purpose: &str, text: &str) -> Option<Timestamp> {
    let (body, mac) = text.rsplit_once('.')?;
    let genuine = secret::same(secret::hmac_sha256_hex(key, body.as_bytes()).as_bytes(), mac.as_bytes());
    let mut parts = body.split('.');
    let named = parts.next()? == purpose;
    let millis = parts.next()?.parse().ok()?;
    (genuine && named).then(|| Timestamp::from_millisecond(millis).ok())?
}

pub fn issue(key: &[u8], now: Timestamp, unique: &str) -> (String, Timestamp) {
    let expires = plus_seconds(now, LIFE_SECONDS);
    (sign(key, "work", expires, unique), expires)
}

/// Until when the spent token must be remembered, if `challenge:nonce` solves a live challenge of ours.
pub fn solved(key: &[u8], token: &str, now: Timestamp) -> Option<Timestamp> {
    let (challenge, _nonce) = token.rsplit_once(':')?;
    let expires = signed_instant(key, "work", challenge)?;
    let hash = Sha256::digest(token.as_bytes());
    (expires > now && leading_zero_bits(&hash) >= DIFFICULTY && token.len() <= 512).then_some(expires)
}

/// A note for a person without scripts, bound to the address they try.
pub fn pause(key: &[u8], email: &str, now: Timestamp) -> String {
    sign(key, "pause", now, &secret::sha256_hex(email)[..16])
}

pub fn paused(key: &[u8], token: &str, email: &str, now: Timestamp) -> Option<Timestamp> {
    let given = signed_instant(key, "pause", token)?;
    let ours = token.split('.').nth(2) == Some(&secret::sha256_hex(email)[..16]);
    let end = plus_seconds(given, LIFE_SECONDS);
    (ours && now >= plus_seconds(given, PAUSE_SECONDS) && now < end).then_some(end)
}

/// A note of ours that is still too young to be used.
pub fn is_waiting(key: &[u8], token: &str, now: Timestamp) -> bool {
    signed_instant(key, "pause", token).is_some_and(|given| now < plus_seconds(given, PAUSE_SECONDS))
}

fn leading_zero_bits(hash: &[u8]) -> u32 {
    let zeros = hash.iter().take_while(|b| **b == 0).count();
    zeros as u32 * 8 + hash.get(zeros).map_or(0, |b| b.leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of the process";

    fn now() -> Timestamp {
        "2026-03-07T14:00:00Z".parse().unwrap()
    }

    #[test]
    fn work_is_judged_by_leading_zero_bits() {
        assert_eq!(leading_zero_bits(&[0, 0, 0x1f]), 19);
        let (challenge, expires) = issue(KEY, now(), "u1");
        let nonce = (0u32..).find(|n| leading_zero_bits(&Sha256::digest(format!("{challenge}:{n}"))) >= DIFFICULTY);
        let token = format!("{challenge}:{}", nonce.unwrap());
        assert_eq!(solved(KEY, &token, now()), Some(expires));
        assert_eq!(solved(KEY, &token, expires), None, "too old");
        assert_eq!(solved(b"another", &token, now()), None, "not ours");
        assert_eq!(solved(KEY, &format!("{challenge}:x"), now()), None, "no work done");
    }

    #[test]
    fn a_pause_has_to_pass_and_belongs_to_one_address() {
        let note = pause(KEY, "a@b.co", now());
        assert_eq!(paused(KEY, &note, "a@b.co", plus_seconds(now(), 4)), None);
        assert!(paused(KEY, &note, "a@b.co", plus_seconds(now(), 5)).is_some());
        assert_eq!(paused(KEY, &note, "c@d.co", plus_seconds(now(), 5)), None);
        assert_eq!(paused(KEY, &note, "a@b.co", plus_seconds(now(), 300)), None);
    }
}
