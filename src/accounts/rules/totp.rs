//! One-time codes of an authenticator, and the recovery codes beside it. // rule: 20§2 2FA
//!
//! SHA-1, six digits, thirty seconds: what every authenticator speaks. A code is good for its own step and the next
//! one, and never twice: the last step used is remembered.

use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::base::time::Timestamp;

pub const SECRET_BYTES: usize = 20;
pub const SETUP_SECONDS: i64 = 900;
pub const SETUP_TRIES: u8 = 5;
pub const LOGIN_SECONDS: i64 = 300;
pub const LOGIN_TRIES: u8 = 5;
pub const TRUST_DAYS: i64 = 30;
pub const BACKUP_CODES: usize = 10;
const STEP_SECONDS: i64 = 30;
/// Without I, O, 0 and 1, which people mix up.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_second().div_euclid(STEP_SECONDS)).unwrap_or(0)
}

pub fn code(secret: &[u8], step: u64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 0x0F);
    let number = u32::from_be_bytes([hash[at] & 0x7F, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

/// The step a code belongs to, if it is this one's or the one before, and later than the last one used.
pub fn matching_step(secret: &[u8], given: &str, now: Timestamp, last: u64) -> Option<u64> {
    let digits: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let current = step_at(now);
    [current, current.saturating_sub(1)]
        .into_iter()
        .filter(|step| *step > last)
        .find(|step| crate::base::secret::same(code(secret, *step).as_bytes(), digits.as_bytes()))
}

/// RFC 4648 without padding: how secrets are typed.
pub fn base32(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |i: usize| bytes.get(i / 8).is_some_and(|b| b >> (7 - i % 8) & 1 == 1);
    let group = |at: usize| (0..5).fold(0, |value, i| value << 1 | usize::from(bit(at * 5 + i)));
    (0..(bytes.len() * 8).div_ceil(5)).map(|at| char::from(DIGITS[group(at)])).collect()
}

/// What the QR code says to an authenticator.
pub fn otpauth_url(brand: &str, email: &str, secret: &[u8]) -> String {
    let encoded = |text: &str| {
        let form = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
        form.trim_start_matches('=').replace('+', "%20")
    };
    let (brand, email, secret) = (encoded(brand), encoded(email), base32(secret));
    format!("otpauth://totp/{brand}:{email}?secret={secret}&issuer={brand}&algorithm=SHA1&digits=6&period=30")
}

/// Twelve letters of sixty random bits, as `XXXX-XXXX-XXXX`.
pub fn backup_code(random: [u8; 8]) -> String {
    let bits = u64::from_be_bytes(random);
    let letters: String = (0..12).map(|i| char::from(LETTERS[(bits >> (5 * i) & 31) as usize])).collect();
    format!("{}-{}-{}", &letters[..4], &letters[4..8], &letters[8..])
}

/// A typed recovery code without case and hyphens; `None` when it cannot be one.
pub fn normal_backup(given: &str) -> Option<String> {
    let code: String = given.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    (code.len() == 12).then_some(code)
}

/// The group that finds a recovery code, so that one try costs one hash.
pub fn selector(normal: &str) -> &str {
    &normal[..4]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, want) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code(secret, seconds / 30), want);
        }
        assert_eq!(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_works_in_its_step_and_the_next_and_only_once() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let given = code(secret, 100);
        assert_eq!(matching_step(secret, &given, at(3000), 0), Some(100));
        assert_eq!(matching_step(secret, &format!("{} {}", &given[..3], &given[3..]), at(3059), 0), Some(100));
        assert_eq!(matching_step(secret, &given, at(3060), 0), None, "too old");
        assert_eq!(matching_step(secret, &given, at(2999), 0), None, "from the future");
        assert_eq!(matching_step(secret, &given, at(3000), 100), None, "used");
    }

    #[test]
    fn recovery_codes_are_read_with_or_without_hyphens() {
        let given = backup_code([7; 8]);
        assert_eq!((given.len(), given.matches('-').count()), (14, 2));
        assert_eq!(normal_backup(&given.to_lowercase().replace('-', " ")).unwrap(), given.replace('-', ""));
        assert_eq!(normal_backup("123456"), None);
    }
}
