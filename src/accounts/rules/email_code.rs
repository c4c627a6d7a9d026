//! Proving an e-mail address with a six-digit code. // rule: 20§2 e-mail code

use crate::accounts::model::{EmailCode, EmailProof};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::{Timestamp, plus_seconds};

use super::{seconds_until, within};

pub const CODE_SECONDS: i64 = 300;
pub const PROOF_SECONDS: i64 = 900;
const WINDOW_SECONDS: i64 = 600;
const SENDS: usize = 3;
const WRONG_TRIES: usize = 5;

/// Six digits from random bytes; a 64-bit draw makes the bias of the remainder immeasurable.
pub fn digits(random: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
}

/// What is no code at all is no try either.
pub fn shape(code: &str) -> Outcome<()> {
    if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(Refusal::invalid("code", "The code has six digits."))
}

/// A code rests hashed together with its address, so a stolen row says nothing about another one.
pub fn code_hash(email: &str, code: &str) -> String {
    secret::sha256_hex(format!("{email}|{code}"))
}

/// Takes note of one more send, or refuses it. A lock from wrong tries stays.
pub fn send(row: &EmailCode, now: Timestamp, code_hash: String, limited: bool) -> Outcome<EmailCode> {
    let mut sends = within(&row.sends, now, WINDOW_SECONDS);
    if limited && sends.len() >= SENDS {
        let again = plus_seconds(sends[sends.len() - SENDS], WINDOW_SECONDS);
        return Err(Refusal::too_many(
            "EMAIL_VERIFICATION_RATE_LIMITED",
            "Three codes were sent to this address in ten minutes. Wait a little before asking for another.",
            seconds_until(again, now),
        )
        .limited("email_codes_address", SENDS, again.as_second()));
    }
    sends.push(now);
    Ok(EmailCode {
        code_hash: Some(code_hash),
        expires_at: Some(plus_seconds(now, CODE_SECONDS)),
        sends,
        wrong: within(&row.wrong, now, WINDOW_SECONDS),
        locked_until: row.locked_until.filter(|until| *until > now),
    })
}

/// Judges a try: the row as it must be stored, and whether the address is proven now.
pub fn check(row: &EmailCode, now: Timestamp, tried_hash: &str) -> (EmailCode, Outcome<()>) {
    let mut row = row.clone();
    row.wrong = within(&row.wrong, now, WINDOW_SECONDS);
    if row.locked_until.is_some_and(|until| until > now) {
        return (row, Err(locked()));
    }
    row.locked_until = None;
    let live = row.code_hash.as_deref().filter(|_| row.expires_at.is_some_and(|at| at > now));
    if live.is_some_and(|hash| secret::same(hash.as_bytes(), tried_hash.as_bytes())) {
        return (EmailCode { sends: row.sends, ..EmailCode::default() }, Ok(()));
    }
    row.wrong.push(now);
    if row.wrong.len() < WRONG_TRIES {
        return (row, Err(wrong()));
    }
    row.code_hash = None;
    row.expires_at = None;
    row.wrong.clear();
    row.locked_until = Some(plus_seconds(now, WINDOW_SECONDS));
    (row, Err(locked()))
}

/// Nothing in the row bears on a later send or try.
pub fn is_forgotten(row: &EmailCode, now: Timestamp) -> bool {
    let past = |at: Option<Timestamp>| at.is_none_or(|at| at <= now);
    past(row.expires_at)
        && past(row.locked_until)
        && within(&row.sends, now, WINDOW_SECONDS).is_empty()
        && within(&row.wrong, now, WINDOW_SECONDS).is_empty()
}

/// May this proof be spent by a registration of `email`?
pub fn spend(proof: Option<&EmailProof>, email: &str, now: Timestamp) -> Outcome<()> {
    let Some(proof) = proof.filter(|p| p.expires_at > now) else {
        return Err(Refusal::bad_request(
            "EMAIL_VERIFICATION_INVALID",
            "The proof of your e-mail address is unknown or older than 15 minutes. Ask for a new code.",
        ));
    };
    if proof.email != email {
        return Err(Refusal::bad_request(
            "EMAIL_VERIFICATION_EMAIL_MISMATCH",
            "The code was sent to another e-mail address than the one you register.",
        ));
    }
    Ok(())
}

pub fn missing() -> Refusal {
    Refusal::bad_request("EMAIL_VERIFICATION_REQUIRED", "Prove your e-mail address first: ask for a code and enter it.")
}

fn wrong() -> Refusal {
    Refusal::bad_request(
        "EMAIL_VERIFICATION_CODE_INVALID",
        "This code is not right, or older than five minutes. Check it or ask for a new one.",
    )
}

pub fn mail_down() -> Refusal {
    Refusal::unavailable(
        "EMAIL_VERIFICATION_UNAVAILABLE",
        "No mail can leave here right now. Nothing was sent; please try again in a few minutes.",
    )
}

fn locked() -> Refusal {
    Refusal::bad_request(
        "EMAIL_VERIFICATION_LOCKED",
        "Five wrong codes in a row. Wait ten minutes, then ask for a new code.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        plus_seconds("2026-03-07T14:00:00Z".parse().unwrap(), seconds)
    }

    #[test]
    fn the_right_code_works_once_and_for_five_minutes() {
        let row = send(&EmailCode::default(), at(0), "right".into(), true).unwrap();
        let (used, ok) = check(&row, at(299), "right");
        assert!(ok.is_ok());
        assert_eq!(check(&used, at(299), "right").1.unwrap_err().code, "EMAIL_VERIFICATION_CODE_INVALID");
        assert_eq!(check(&row, at(300), "right").1.unwrap_err().code, "EMAIL_VERIFICATION_CODE_INVALID");
    }

    #[test]
    fn the_fifth_wrong_try_locks_and_a_new_send_does_not_help() {
        let mut row = send(&EmailCode::default(), at(0), "right".into(), true).unwrap();
        for n in 1..=5 {
            let (next, verdict) = check(&row, at(n), "wrong");
            let want = if n == 5 { "EMAIL_VERIFICATION_LOCKED" } else { "EMAIL_VERIFICATION_CODE_INVALID" };
            assert_eq!(verdict.unwrap_err().code, want, "try {n}");
            row = next;
        }
        let again = send(&row, at(400), "fresh".into(), true).unwrap();
        assert_eq!(check(&again, at(401), "fresh").1.unwrap_err().code, "EMAIL_VERIFICATION_LOCKED");
        assert!(check(&again, at(605), "fresh").1.is_ok(), "the lock ends after ten minutes");
    }

    #[test]
    fn three_sends_in_ten_minutes() {
        let mut row = EmailCode::default();
        for n in 0..3 {
            row = send(&row, at(n * 60), "x".into(), true).unwrap();
        }
        let refused = send(&row, at(200), "x".into(), true).unwrap_err();
        assert_eq!((refused.status, refused.code), (429, "EMAIL_VERIFICATION_RATE_LIMITED"));
        assert_eq!(refused.extra["retry_after"], 400);
        assert!(send(&row, at(200), "x".into(), false).is_ok(), "windows can be lifted");
        assert!(send(&row, at(600), "x".into(), true).is_ok());
    }

    #[test]
    fn a_proof_is_bound_to_its_address_and_time() {
        let proof = EmailProof { email: "a@b.co".into(), expires_at: at(900) };
        assert!(spend(Some(&proof), "a@b.co", at(899)).is_ok());
        for (proof, email, now, code) in [
            (None, "a@b.co", at(0), "EMAIL_VERIFICATION_INVALID"),
            (Some(&proof), "a@b.co", at(900), "EMAIL_VERIFICATION_INVALID"),
            (Some(&proof), "c@d.co", at(0), "EMAIL_VERIFICATION_EMAIL_MISMATCH"),
        ] {
            assert_eq!(spend(proof, email, now).unwrap_err().code, code);
        }
    }
}
