//! Which passwords are taken. // rule: 00§4 password minimum, 20§2 password
//!
//! Length, a list of what is guessed first, and an estimate of how many guesses it withstands; no composition rules.
//! Nothing is truncated; text is compared and hashed in NFC, so the same keys pressed on another machine open the same
//! account. The operator's own list of leaked passwords is asked beside these rules (`accounts/leaked.rs`).

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::base::refusal::{Outcome, Refusal};

pub const MIN_DEFAULT: usize = 8;
pub const MIN_ADMIN: usize = 15;
pub const MAX: usize = 128;
/// Characters that may surround a known word before it counts as something of its own.
const AROUND: usize = 3;
const WORD_LETTERS: usize = 4;
const BRAND: &str = "instainstru";
/// What takes fewer guesses than this falls to somebody patient, whatever the door does. // rule: 20§2 password
const LEAST_GUESSES: u64 = 1_000_000;

static LISTED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../../assets/passwords.txt")
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .collect()
});

/// The form that is hashed.
pub fn normal(password: &str) -> String {
    password.nfc().collect()
}

/// What is known about the person, so that a password does not repeat it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner<'a> {
    pub email: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
}

/// Accepts a new password of at least `min` code points, or says why not.
pub fn check(password: &str, min: usize, owner: Owner<'_>) -> Outcome<()> {
    let password = normal(password);
    let length = password.chars().count();
    if length < min {
        return Err(refuse("PASSWORD_TOO_SHORT", format!("Use at least {min} characters; any will do, spaces too.")));
    }
    if length > MAX {
        return Err(refuse("PASSWORD_TOO_LONG", format!("Use at most {MAX} characters.")));
    }
    let lower = password.to_lowercase();
    if LISTED.contains(lower.as_str()) || is_repetition(&lower) {
        return Err(among_the_first());
    }
    if words_of(owner).iter().any(|word| wraps(&lower, word)) {
        return Err(refuse(
            "PASSWORD_BLOCKED",
            "This password is mostly your name, your e-mail address or ours. Choose something only you know.",
        ));
    }
    // Names and brand are judged above, in the words of the contract; the estimate only knows the language.
    if zxcvbn::zxcvbn(&password, &[]).guesses() < LEAST_GUESSES {
        return Err(refuse(
            "PASSWORD_BLOCKED",
            "This password is too easy to guess. Three or four words are a good one.",
        ));
    }
    Ok(())
}

/// A password that lists of common or leaked ones hold.
pub fn among_the_first() -> Refusal {
    refuse("PASSWORD_BLOCKED", "This password is among the first ones anybody tries. Choose another.")
}

fn refuse(code: &'static str, detail: impl Into<String>) -> Refusal {
    let detail = detail.into();
    Refusal::unprocessable(code, detail.clone()).field("password", detail, code)
}

/// One short piece (up to three characters) or one listed password, said over and over until the length is filled.
fn is_repetition(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    (1..chars.len()).any(|period| {
        let repeats = chars.iter().enumerate().all(|(i, c)| *c == chars[i % period]);
        repeats && (period <= 3 || LISTED.contains(chars[..period].iter().collect::<String>().as_str()))
    })
}

fn words_of(owner: Owner<'_>) -> Vec<String> {
    let local = owner.email.split('@').next().unwrap_or_default();
    let joined = |a: &str, b: &str| format!("{a}{b}");
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    [
        BRAND.to_owned(),
        local.to_owned(),
        letters(local),
        owner.first_name.to_owned(),
        owner.last_name.to_owned(),
        joined(owner.first_name, owner.last_name),
        joined(owner.last_name, owner.first_name),
        format!("{} {}", owner.first_name, owner.last_name),
    ]
    .into_iter()
    .map(|word| normal(&word).to_lowercase())
    .filter(|word| word.chars().count() >= WORD_LETTERS)
    .collect()
}

/// `word` with at most three characters around it.
fn wraps(lower: &str, word: &str) -> bool {
    lower.contains(word) && lower.chars().count() - word.chars().count() <= AROUND
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMMA: Owner<'static> = Owner { email: "emma.johnson@demo.example", first_name: "Emma", last_name: "Johnson" };

    fn code(password: &str) -> Option<&'static str> {
        check(password, MIN_DEFAULT, EMMA).err().map(|r| r.code)
    }

    #[test]
    fn lengths_count_code_points() {
        assert_eq!(code("söd5!xq"), Some("PASSWORD_TOO_SHORT"));
        assert_eq!(code("söd5!xqü"), None);
        assert_eq!(code(&"xy-7qä 4".repeat(16)), None);
        assert_eq!(code(&("xy-7qä 4".repeat(16) + "z")), Some("PASSWORD_TOO_LONG"));
        assert_eq!(check("a fine password", MIN_ADMIN, EMMA), Ok(()));
        assert_eq!(check("fine password", MIN_ADMIN, EMMA).unwrap_err().code, "PASSWORD_TOO_SHORT");
    }

    #[test]
    fn composed_and_decomposed_letters_are_one() {
        assert_eq!(normal("u\u{308}ber"), normal("\u{fc}ber"));
    }

    #[test]
    fn what_everybody_tries_is_blocked() {
        for bad in [
            "password",
            "PassWord123",
            "12345678",
            "aaaaaaaa",
            "ababababab",
            "qwertyqwerty",
            "passwordpassw",
            "abcabcabc",
            "instainstru",
            "iNSTAiNSTRU1!",
            "!!instainstru",
            "emma.johnson",
            "EmmaJohnson1",
            "johnson12",
            "1Johnson!",
            "Emma Johnson",
        ] {
            assert_eq!(code(bad), Some("PASSWORD_BLOCKED"), "{bad}");
        }
    }

    #[test]
    fn what_few_guesses_find_is_blocked() {
        for bad in ["monkey2013", "sdfghjkl", "20111998", "P@ssw0rd99", "letmein22", "johnson1234", "zaq1xsw2"] {
            assert_eq!(code(bad), Some("PASSWORD_BLOCKED"), "{bad}");
        }
    }

    #[test]
    fn other_passwords_are_fine_without_any_composition() {
        for good in [
            "lesson-board-4417",
            "four blue herons",
            "Summer-Dragon-1988",
            "johnson likes tea",
            "instainstru-4711",
            "violinviola12",
        ] {
            assert_eq!(code(good), None, "{good}");
        }
    }
}
