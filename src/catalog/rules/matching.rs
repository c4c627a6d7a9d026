//! Finding services in a list by a few typed letters: for the service list and the instructor's skill picker.
//!
//! Deliberately plain: a name, a term or the beginning of one. Understanding a whole sentence, misspellings and
//! paraphrases is the search room's work.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Catalogue;
use crate::catalog::model::Service;

/// Best first; equal ones in catalogue order. An empty text matches nothing.
pub fn matches<'a>(catalogue: &'a Catalogue, typed: &str) -> Vec<&'a Service> {
    let typed = folded(typed);
    if typed.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u8, &Service)> = catalogue
        .services()
        .iter()
        .filter_map(|service| closeness(catalogue, service, &typed).map(|rank| (rank, service)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, service)| service).collect()
}

/// 0 is the name itself; nothing means no match.
fn closeness(catalogue: &Catalogue, service: &Service, typed: &str) -> Option<u8> {
    let name = folded(&service.name);
    if name == typed {
        return Some(0);
    }
    let terms = || service.terms.iter().map(|term| folded(term));
    if terms().any(|term| term == typed) {
        return Some(1);
    }
    if has_word_from(&name, typed) {
        return Some(2);
    }
    if terms().any(|term| term.starts_with(typed)) {
        return Some(3);
    }
    let shelf = catalogue.subcategory(service.subcategory_id).map(|s| (folded(&s.name), &s.terms));
    let on_shelf = shelf.is_some_and(|(name, terms)| {
        has_word_from(&name, typed) || terms.iter().any(|term| has_word_from(&folded(term), typed))
    });
    if on_shelf {
        return Some(4);
    }
    // Two letters inside a long phrase prove nothing.
    (typed.chars().count() > 2 && terms().any(|term| has_word_from(&term, typed))).then_some(5)
}

/// Whether `typed` stands at the beginning of a word of `text`.
fn has_word_from(text: &str, typed: &str) -> bool {
    text.match_indices(typed).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

/// Lower case, without accents, punctuation as single spaces: "Hindi/Urdu" and "hindi urdu" are the same.
fn folded(text: &str) -> String {
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c)).nfc().flat_map(char::to_lowercase);
    let mut out = String::new();
    for c in plain {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !matches!(c, '\'' | '\u{2019}') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}
