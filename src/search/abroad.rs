//! Other languages: what people call a lesson in them, and the small words that narrow a wish down.
//!
//! The grammar reads English. What somebody says of days, prices, places and people in another language is put into the
//! English words for it first, each still pointing at what was typed; what is taught keeps its own word, which is a name
//! of the service like any other.
// rule: 40§15 synonyms in the ten commonest languages as catalog data

use std::collections::HashMap;
use std::sync::LazyLock;

use super::grammar::{Token, TokenKind, tokenize};

const SPOKEN: &str = include_str!("../../assets/catalogue/spoken_abroad.txt");
const TAUGHT: &str = include_str!("../../assets/catalogue/taught_abroad.txt");
/// No phrase has more words.
const LONGEST: usize = 6;

static ENGLISH: LazyLock<HashMap<String, Vec<Token>>> = LazyLock::new(|| {
    let rows = rows(SPOKEN).flat_map(|(english, phrases)| phrases.into_iter().map(move |phrase| (phrase, english)));
    rows.map(|(phrase, english)| (joined(&tokenize(phrase)), tokenize(english))).collect()
});

/// What is taught: a service's slug, or with `true` that of a shelf or category, and its names in other languages.
pub fn taught() -> impl Iterator<Item = (&'static str, bool, Vec<&'static str>)> {
    rows(TAUGHT).map(|(slug, phrases)| (slug.trim_start_matches('*'), slug.starts_with('*'), phrases))
}

/// Every phrase of other languages this program knows.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    rows(SPOKEN).chain(rows(TAUGHT)).flat_map(|(_, phrases)| phrases)
}

/// The tokens with the small words of other languages in English.
pub fn in_english(typed: Vec<Token>) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(typed.len());
    let mut at = 0;
    while at < typed.len() {
        let found = (1..=LONGEST.min(typed.len() - at))
            .rev()
            .find_map(|len| Some((len, ENGLISH.get(&joined(&typed[at..at + len]))?)));
        match found {
            Some((len, english)) => {
                let (start, end) = (typed[at].start, typed[at + len - 1].end);
                tokens.extend(english.iter().map(|word| Token { start, end, ..word.clone() }));
                at += len;
            }
            None => {
                tokens.push(typed[at].clone());
                at += 1;
            }
        }
    }
    tokens
}

fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(key, rest)| (key.trim(), rest.split('|').map(str::trim).collect()))
}

fn joined(tokens: &[Token]) -> String {
    let words = tokens.iter().filter(|token| token.kind != TokenKind::Mark).map(|token| token.text.as_str());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalogue;
    use crate::search::meaning::commonest_words;

    #[test]
    fn every_line_leads_somewhere() {
        let catalogue = catalogue();
        for (slug, wide, phrases) in taught() {
            let known = if wide {
                catalogue.category_by_slug(slug).is_some() || catalogue.subcategories().iter().any(|it| it.slug == slug)
            } else {
                catalogue.services().iter().any(|it| it.slug == slug)
            };
            assert!(known && phrases.len() > 1, "{slug}");
        }
        for phrase in phrases() {
            let words = tokenize(phrase).len();
            assert!((1..=LONGEST).contains(&words), "{phrase}");
        }
    }

    /// A word that English has is read as English.
    #[test]
    fn no_small_word_is_an_english_one() {
        let english: std::collections::HashSet<String> = commonest_words().into_iter().collect();
        let clash: Vec<&String> = ENGLISH.keys().filter(|phrase| english.contains(*phrase)).collect();
        assert!(clash.is_empty(), "{clash:?}");
    }

    #[test]
    fn small_words_keep_their_place_in_the_text() {
        let tokens = in_english(tokenize("piano mañana por la mañana"));
        let said: Vec<_> = tokens.iter().map(|token| (token.text.as_str(), token.start, token.end)).collect();
        assert_eq!(said, [("piano", 0, 5), ("tomorrow", 6, 12), ("in", 13, 26), ("the", 13, 26), ("morning", 13, 26)]);
    }
}
