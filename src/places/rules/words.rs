//! Place names as people type them, brought to one form; and how alike two of them are.

use unicode_normalization::UnicodeNormalization;

/// "Hell's Kitchen", "hells kitchen" → "hells kitchen"; "Bed-Stuy" → "bed stuy"; "Saint George" → "st george".
pub fn normal(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        match c {
            '\'' | '\u{2019}' | '\u{2018}' | '`' => {}
            '&' => plain.push_str(" and "),
            c if c.is_alphanumeric() => plain.push(c),
            c if unicode_normalization::char::is_combining_mark(c) => {}
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().map(one_spelling).collect::<Vec<_>>().join(" ")
}

/// One spelling for words that are written several ways.
fn one_spelling(word: &str) -> &str {
    match word {
        "saint" | "street" | "str" => "st",
        "ft" => "fort",
        "mt" => "mount",
        "hts" | "hgts" => "heights",
        "ave" | "av" => "avenue",
        "blvd" => "boulevard",
        "rd" => "road",
        "sq" => "square",
        "pkwy" => "parkway",
        "centre" => "center",
        "theatre" => "theater",
        other => other,
    }
}

/// The distinct trigrams of each word, padded so that beginnings count for more.
pub fn trigrams(normal: &str) -> Vec<u64> {
    let mut found = Vec::with_capacity(normal.len() + 4);
    for word in normal.split(' ').filter(|w| !w.is_empty()) {
        let padded: Vec<char> = "  ".chars().chain(word.chars()).chain(" ".chars()).collect();
        found.extend(padded.windows(3).map(|w| w.iter().fold(0u64, |sum, c| (sum << 21) | u64::from(u32::from(*c)))));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Shared trigrams over all trigrams: 0–1. Both lists sorted.
pub fn similarity(a: &[u64], b: &[u64]) -> f32 {
    let (mut i, mut j, mut shared) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let all = a.len() + b.len() - shared;
    if all == 0 { 0.0 } else { shared as f32 / all as f32 }
}

/// Edits between two words, a swap of neighbours counting as one.
pub fn damerau(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// How many edits a name of this length may be away and still be meant (rule: 40§15 Grammar).
pub fn allowed_edits(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}
