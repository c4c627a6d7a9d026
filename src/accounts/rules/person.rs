//! The facts a person gives about themselves: names, phone, ZIP code, zone. // rule: 20§1 User

use crate::accounts::parts::ZipBook;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text;
use crate::base::time;

pub const NAME_CHARS: usize = 50;

pub fn email(given: &str) -> Outcome<String> {
    let email = text::normal_email(given);
    if !text::is_email(&email) {
        return Err(Refusal::invalid("email", "Write an e-mail address such as name@example.org."));
    }
    Ok(email)
}

/// One line of 1 to 50 characters.
pub fn name(field: &str, given: &str) -> Outcome<String> {
    text::line(field, given, 1, NAME_CHARS)
}

/// Ten to fourteen digits; a ten-digit number is American and gets its country code.
pub fn phone(given: Option<&str>) -> Outcome<Option<String>> {
    let Some(given) = given.map(str::trim).filter(|p| !p.is_empty()) else { return Ok(None) };
    let allowed =
        given.chars().enumerate().all(|(i, c)| c.is_ascii_digit() || " -.()".contains(c) || (i == 0 && c == '+'));
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    if !allowed || !(10..=14).contains(&digits.len()) {
        return Err(Refusal::invalid("phone", "A phone number has 10 to 14 digits, for example 212 555 0142."));
    }
    Ok(Some(if digits.len() == 10 { format!("+1{digits}") } else { format!("+{digits}") }))
}

/// A five-digit ZIP code, inside the region unless the operator lifted that.
pub fn zip(given: &str, book: &dyn ZipBook, region_only: bool) -> Outcome<String> {
    let zip = given.trim();
    if zip.len() != 5 || !zip.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::invalid("zip_code", "A ZIP code has five digits."));
    }
    if region_only && !book.in_region(zip) {
        let detail = "Lessons take place inside our region for now; this ZIP code lies outside of it.";
        return Err(Refusal::unprocessable("ZIP_OUTSIDE_REGION", detail).field(
            "zip_code",
            detail,
            "ZIP_OUTSIDE_REGION",
        ));
    }
    Ok(zip.to_owned())
}

/// An explicit zone wins over the ZIP code's.
pub fn timezone(given: Option<&str>, zip: &str, book: &dyn ZipBook) -> Outcome<String> {
    match given.map(str::trim).filter(|z| !z.is_empty()) {
        None => Ok(book.timezone(zip)),
        Some(name) if time::zone(name).is_some() => Ok(name.to_owned()),
        Some(_) => Err(Refusal::invalid("timezone", "Name a time zone such as America/New_York.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_become_one_form() {
        assert_eq!(phone(Some("(212) 555-0142")).unwrap().as_deref(), Some("+12125550142"));
        assert_eq!(phone(Some("+44 20 7946 0958")).unwrap().as_deref(), Some("+442079460958"));
        assert_eq!(phone(Some("  ")).unwrap(), None);
        for bad in ["123", "212555014a", "21+25550142", "123456789012345"] {
            assert!(phone(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(name("first_name", "  Ana  María ").unwrap(), "Ana María");
        assert_eq!(name("first_name", "שרה").unwrap(), "שרה");
        for bad in ["", "   ", "Eve\r\nBcc: x@y.z", "\u{202e}evil", "a\u{2066}b", &"x".repeat(51)] {
            assert!(name("first_name", bad).is_err(), "{bad:?}");
        }
    }
}
