//! Typing mistakes: a word nobody knows is replaced by the one word it was most likely meant to be.
//!
//! A known word is never changed, whatever it is near to: the catalogue's, the region's and the
//! grammar's words are known, and so are the common words of the language.
// rule: 40§15 typo vocabulary

use std::collections::{HashMap, HashSet};

use super::grammar::{Token, TokenKind};
use super::lexicon::singular;

/// Shorter words have too many neighbours.
const SHORTEST: usize = 4;
/// Words from this length on may be two edits away.
const LONG: usize = 8;
/// No word is further away than this.
const MOST_EDITS: usize = 2;
/// Only the beginning of a word is varied to find its neighbours.
const PREFIX: usize = 7;

/// Which word a mistake is taken for when several are equally near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Term,
    Grammar,
    Place,
    Name,
}

/// How near a word is: few edits, the same letters or one of them missing, the same first letter, its rank, how often it
/// occurs.
type Closeness = (usize, bool, bool, Rank, u32);

/// Knows words, and the neighbours of words.
pub struct Spelling {
    known: HashSet<String>,
    /// Words of the language, whatever is taught here.
    common: HashSet<String>,
    /// Words of other languages: no mistakes, and nobody's mistake is meant to be one of them.
    foreign: HashSet<String>,
    targets: Vec<(String, Rank, u32)>,
    /// Hash of a word with letters left out, and the target it came from; sorted.
    near: Vec<(u64, u32)>,
}

impl Spelling {
    /// `targets` are words a mistake may be corrected to; `common` and `foreign` are only left alone.
    pub fn new(
        targets: impl Iterator<Item = (String, Rank)>,
        common: impl Iterator<Item = String>,
        foreign: HashSet<String>,
    ) -> Spelling {
        let mut ranked: HashMap<String, (Rank, u32)> = HashMap::new();
        for (word, rank) in targets.filter(|(word, _)| word.bytes().all(|byte| byte.is_ascii_lowercase())) {
            let entry = ranked.entry(word).or_insert((rank, 0));
            entry.0 = entry.0.max(rank);
            entry.1 += 1;
        }
        let mut targets: Vec<_> = ranked.into_iter().map(|(word, (rank, count))| (word, rank, count)).collect();
        targets.sort();
        let mut near = Vec::new();
        for (index, (word, rank, _)) in targets.iter().enumerate().filter(|(_, (word, ..))| word.len() >= SHORTEST) {
            let left_out = if *rank == Rank::Name { MOST_EDITS } else { edits(word.len() + 1) };
            near.extend(shortened(word, left_out).into_iter().map(|key| (key, index as u32)));
        }
        near.sort_unstable();
        near.dedup();
        let common: HashSet<String> = common.collect();
        let known = targets.iter().map(|(word, ..)| word.clone()).chain(common.iter().cloned()).collect();
        Spelling { known, common, foreign, targets, near }
    }

    /// Whether this is a word, in singular or plural.
    pub fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
            || self.foreign.contains(word)
            || self.known.contains(singular(word))
            || self.derived(word)
    }

    /// "felting", "ceramicist", "rapping": a common word with one of the commonest endings, spelt as it should be.
    fn derived(&self, word: &str) -> bool {
        const ENDINGS: [&str; 9] = ["ing", "ings", "ers", "er", "ed", "ist", "ists", "ize", "ly"];
        let is = |word: &str| word.len() > 2 && self.common.contains(word);
        ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).filter(|stem| stem.len() > 3).any(|stem| {
            let (last, before) = (stem.as_bytes()[stem.len() - 1], stem.as_bytes()[stem.len() - 2]);
            // "beginers" lacks an n, whatever ends in "ers".
            let ending = &word[stem.len()..];
            let doubled = self.known.contains(&format!("{stem}{}{ending}", last as char));
            let plain = is(stem) && last != b'e' && !doubles(stem) && !doubled || is(&format!("{stem}e"));
            let short = &stem[..stem.len() - 1];
            plain || last == before && doubles(short) && is(short) && !is(&format!("{short}e"))
        })
    }

    /// The word `word` was meant to be, if it is not one itself.
    pub fn correct(&self, word: &str) -> Option<&str> {
        let length = word.len();
        if length < SHORTEST || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        if self.knows(word) {
            return self.vowel_of_a_name(word);
        }
        let allowed = edits(length);
        let mut best: Option<(Closeness, &str)> = None;
        for index in self.neighbours(word, allowed) {
            let (target, rank, count) = &self.targets[index as usize];
            let distance = if same_but_doubled(word, target) { 1 } else { damerau(word, target) };
            let same_start = word.as_bytes()[0] == target.as_bytes()[0];
            // A word of four letters says too little for a different first one.
            let slip = *rank == Rank::Name && same_start && length > SHORTEST && one_lost_others_swapped(word, target);
            if distance > allowed && !slip || (length == SHORTEST && !(same_start && *rank >= Rank::Grammar)) {
                continue;
            }
            // A swap of letters is the commoner slip: "paino" is a piano before it is paint; and what is taught here is
            // meant before what is only spoken of: "chees" is chess before it is cheese.
            let likely = same_letters(word, target)
                || one_left_out(word, target) && *rank != Rank::Term
                || other_vowel(word, target);
            let score = (usize::MAX - distance, likely, same_start, *rank, *count);
            if best.is_none_or(|(top, word)| score > top || (score == top && target.as_str() < word)) {
                best = Some((score, target));
            }
        }
        best.map(|(_, target)| target)
    }

    /// "grammer" is made like a word and is none: with another vowel it is the name of what is taught here.
    fn vowel_of_a_name(&self, word: &str) -> Option<&str> {
        let plainly = self.known.contains(word) || self.foreign.contains(word) || self.known.contains(singular(word));
        if plainly {
            return None;
        }
        let mut names = self.targets.iter().filter(|(_, rank, _)| *rank == Rank::Name).map(|(name, ..)| name.as_str());
        names.find(|name| other_vowel(word, name))
    }

    fn neighbours(&self, word: &str, allowed: usize) -> Vec<u32> {
        let mut found = Vec::new();
        for key in shortened(word, allowed) {
            let from = self.near.partition_point(|(hash, _)| *hash < key);
            found.extend(self.near[from..].iter().take_while(|(hash, _)| *hash == key).map(|(_, index)| *index));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Corrects the tokens where they stand; says whether anything was changed.
    pub fn mend(&self, tokens: &mut [Token]) -> bool {
        let mut changed = false;
        for at in 0..tokens.len() {
            // "7yo" and "10am" are no words of their own.
            let beside_number = tokens[at].glued && at > 0 && tokens[at - 1].kind == TokenKind::Number;
            if tokens[at].kind != TokenKind::Word || beside_number {
                continue;
            }
            if let Some(word) = self.correct(&tokens[at].text) {
                tokens[at].text = word.to_owned();
                changed = true;
            }
        }
        changed
    }
}

fn same_letters(a: &str, b: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<u8> = word.bytes().collect();
        letters.sort_unstable();
        letters
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}

/// Whether `word` is `target` with one letter left out.
fn one_left_out(word: &str, target: &str) -> bool {
    let mut letters = target.bytes();
    word.len() + 1 == target.len() && word.bytes().all(|letter| letters.any(|other| other == letter))
}

/// "germen", "sowing": one vowel stands for another.
fn other_vowel(word: &str, target: &str) -> bool {
    let vowel = |byte: u8| b"aeiouy".contains(&byte);
    let mut other = word.bytes().zip(target.bytes()).filter(|(a, b)| a != b);
    word.len() == target.len() && other.next().is_some_and(|(a, b)| vowel(a) && vowel(b)) && other.next().is_none()
}

/// "vilon": a letter of "violin" is lost and its neighbours stand the wrong way round.
fn one_lost_others_swapped(word: &str, target: &str) -> bool {
    let mut left: Vec<u8> = target.bytes().collect();
    let all =
        word.bytes().all(|letter| left.iter().position(|other| *other == letter).map(|at| left.remove(at)).is_some());
    all && left.len() == 1 && damerau(word, target) == MOST_EDITS
}

/// "teniss", "balet": only how often a letter stands there is wrong.
fn same_but_doubled(word: &str, target: &str) -> bool {
    let single = |word: &str| {
        let mut letters = word.as_bytes().to_vec();
        letters.dedup();
        letters
    };
    word != target && single(word) == single(target)
}

/// Whether the last letter is doubled before an ending: one vowel between consonants, as in "swim".
fn doubles(stem: &str) -> bool {
    let vowel = |byte: &u8| b"aeiouy".contains(byte);
    match stem.as_bytes() {
        [start @ .., before, middle, last] => {
            let single = !start.iter().any(vowel) && !vowel(before);
            single && vowel(middle) && !vowel(last) && !b"wx".contains(last)
        }
        _ => false,
    }
}

/// How many edits a typed word of this length may be away.
fn edits(length: usize) -> usize {
    match length {
        0..SHORTEST => 0,
        SHORTEST..LONG => 1,
        _ => 2,
    }
}

/// Hashes of the beginning of `word` with up to `count` letters left out.
fn shortened(word: &str, count: usize) -> Vec<u64> {
    let start: Vec<u8> = word.bytes().take(PREFIX).collect();
    let mut all = vec![hash(&start)];
    let mut last = vec![start];
    for _ in 0..count {
        let mut next = Vec::new();
        for word in &last {
            for skip in 0..word.len() {
                let mut shorter = word.clone();
                shorter.remove(skip);
                all.push(hash(&shorter));
                next.push(shorter);
            }
        }
        last = next;
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn hash(word: &[u8]) -> u64 {
    word.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Edits between two words, a swap of neighbours counting as one.
pub fn damerau(a: &str, b: &str) -> usize {
    crate::places::rules::words::damerau(a, b)
}

/// The typed text with the corrected tokens in place of the mistakes.
pub fn rewritten(typed: &str, before: &[Token], after: &[Token]) -> String {
    let letters: Vec<char> = typed.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    for (old, new) in before.iter().zip(after).filter(|(old, new)| old.text != new.text) {
        text.extend(&letters[at..old.start]);
        text.push_str(&new.text);
        at = old.end;
    }
    text.extend(&letters[at..]);
    text
}
