//! Words as people write them and as we show them.

use unicode_normalization::UnicodeNormalization;

use super::refusal::{Outcome, Refusal};
use super::unseen::{is_harmful, is_unseen, out_of_place};

/// "Upper West Side" → "upper-west-side"; letters of any script are kept, everything else separates.
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.nfkc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if matches!(c, '\'' | '\u{2019}') {
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// "Sarah", "Chen" → "Sarah C.": how people are named to each other.
pub fn first_last_initial(first: &str, last: &str) -> String {
    match initial(last) {
        Some(c) => format!("{first} {c}."),
        None => first.to_owned(),
    }
}

pub fn initial(name: &str) -> Option<char> {
    name.chars().find(|c| c.is_alphabetic()).map(|c| c.to_uppercase().next().unwrap_or(c))
}

/// Two letters for a monogram.
pub fn initials(first: &str, last: &str) -> String {
    [first, last].iter().filter_map(|n| initial(n)).collect()
}

/// The form in which an e-mail address is compared and stored.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// An address good enough to send to: one @, a dotted domain, no spaces or controls, at most 254 characters.
pub fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else { return false };
    let clean = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| !c.is_whitespace() && !c.is_control() && !is_unseen(c) && !"<>()[],;:\\\"@".contains(c))
    };
    email.chars().count() <= 254
        && local.chars().count() <= 64
        && clean(local)
        && clean(domain)
        && domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
}

/// "emma@demo.example" → "em***@demo.example".
pub fn masked_email(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(2).collect::<String>()),
        None => "***".to_owned(),
    }
}

/// A text of several lines: trimmed, without control characters but newline and tab and without what turns other people's
/// words around, its length checked in characters. What shows nothing at all is blank.
pub fn clean(field: &str, text: &str, min: usize, max: usize) -> Outcome<String> {
    // Browsers send line ends as two characters; everybody else means what they send.
    if text.replace("\r\n", "\n").trim().chars().count() > max {
        return Err(Refusal::invalid(field, format!("At most {max} characters.")));
    }
    let stays = |c: &char| (!c.is_control() || matches!(c, '\n' | '\t')) && !is_harmful(*c);
    let broken = |c| if matches!(c, '\u{2028}' | '\u{2029}') { '\n' } else { c };
    let mut cleaned: String = text.chars().map(broken).filter(stays).collect();
    if cleaned.chars().all(|c| c.is_whitespace() || is_unseen(c)) {
        cleaned.clear();
    }
    let length = cleaned.trim().chars().count();
    if length < min {
        let message = if min == 1 { "This is needed.".to_owned() } else { format!("At least {min} characters.") };
        return Err(Refusal::invalid(field, message));
    }
    Ok(cleaned.trim().to_owned())
}

/// Like [`clean`] for a text that may be left out; blank becomes absent.
pub fn clean_optional(field: &str, text: Option<&str>, max: usize) -> Outcome<Option<String>> {
    let cleaned = clean(field, text.unwrap_or_default(), 0, max)?;
    Ok((!cleaned.is_empty()).then_some(cleaned))
}

/// A name, a title, a label: one line whose every character can be seen, single spaces, its length checked. A line break
/// is refused, not mended: such words reach mail headers and other people's programs.
pub fn line(field: &str, text: &str, min: usize, max: usize) -> Outcome<String> {
    if out_of_place(text).is_some() {
        let message = "One line please, without line breaks, invisible characters or signs that turn words around.";
        return Err(Refusal::invalid(field, message));
    }
    clean(field, &one_line(text), min, max)
}

/// Like [`line`] for one that may be left out; blank becomes absent.
pub fn line_optional(field: &str, text: Option<&str>, max: usize) -> Outcome<Option<String>> {
    let line = line(field, text.unwrap_or_default(), 0, max)?;
    Ok((!line.is_empty()).then_some(line))
}

/// One line for a mail header or a name: no CR, LF or other controls, single spaces.
pub fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What somebody typed as it can be shown again: on one line, without what nobody sees or what turns other words around.
pub fn shown_line(text: &str) -> String {
    one_line(&text.chars().filter(|c| !is_harmful(*c)).collect::<String>())
}

/// A browser's own name, as much of it as is kept.
pub fn agent_line(user_agent: &str) -> String {
    one_line(user_agent).chars().take(300).collect()
}

/// "1 lesson", "3 lessons".
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, want) in [
            ("Upper West Side", "upper-west-side"),
            ("AI & Machine Learning", "ai-machine-learning"),
            ("ISR (Infant Self-Rescue)", "isr-infant-self-rescue"),
            ("Kids' Coding", "kids-coding"),
        ] {
            assert_eq!(slug(name), want);
        }
    }

    #[test]
    fn texts_lose_what_turns_and_keep_what_is_meant() {
        let kept = "A piano,\n\tan \u{1f469}\u{200d}\u{1f3a4} and שלום\u{200f}.";
        assert_eq!(clean("bio", kept, 1, 99).unwrap(), kept);
        let turned = "safe\u{202e}live\u{202c} \u{2066}x\u{2069}\u{feff}\u{0} end";
        assert_eq!(clean("bio", turned, 1, 99).unwrap(), "safelive x end");
        assert_eq!(clean("bio", "one\u{2028}two", 1, 99).unwrap(), "one\ntwo");
        for blank in ["", " \n ", "\u{200b}", "\u{200d}\u{200e} \u{2060}"] {
            assert!(clean("bio", blank, 1, 99).is_err(), "{blank:?}");
            assert_eq!(clean_optional("bio", Some(blank), 99).unwrap(), None, "{blank:?}");
        }
    }

    #[test]
    fn lines_are_lines() {
        assert_eq!(line("name", "  My  laptop ", 1, 50).unwrap(), "My laptop");
        assert_eq!(line_optional("name", Some("  "), 50).unwrap(), None);
        for bad in ["", "two\nlines", "a\u{2029}b", "\u{200b}", "x\u{200b}", "\u{202e}evil", &"x".repeat(51)] {
            assert!(line("name", bad, 1, 50).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_checked() {
        for good in ["a@b.co", "emma.johnson+x@demo.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "a@b", "a b@c.de", "a@b@c.de", "a@.de", "a@b..de", "a\r\n@b.de", "a\u{200b}@b.de"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
