//! What a recogniser sees: the tokens, with the few questions every recogniser asks of them.

use super::piece::{Candidate, LocationKind, Piece, Topic};
use super::token::{Token, TokenKind};

/// What the grammar must know of the world. The catalogue and the gazetteer answer it; the grammar
/// itself holds neither.
pub trait Lexicon {
    /// Every topic named by a phrase that begins at token `at`, with the phrase's length in tokens.
    fn topics_at(&self, tokens: &[Token], at: usize) -> Vec<(usize, Topic)>;
    /// The longest place named by the tokens from `at` on.
    fn place_at(&self, tokens: &[Token], at: usize) -> Option<KnownPlace>;
    /// The place a part of a name, or a misspelt name, most likely means.
    fn place_like(&self, text: &str) -> Option<KnownPlace>;
    /// The names of all boroughs.
    fn boroughs(&self) -> Vec<String>;
    /// The English name of a language that is taught or spoken, from its folded name.
    fn language(&self, word: &str) -> Option<String>;
}

/// A place the gazetteer knows.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownPlace {
    pub len: usize,
    pub names: Vec<String>,
    pub kind: LocationKind,
    pub ambiguous: bool,
}

/// "between", as it is also written.
pub const BETWEEN: &[&str] = &["between", "btw", "btwn"];

/// The tokens under the recognisers' eyes.
pub struct Scan<'a> {
    pub tokens: &'a [Token],
    pub lexicon: &'a dyn Lexicon,
    /// Today where the marketplace (or the viewer) is.
    pub today: jiff::civil::Date,
    /// Every topic phrase: first token, end, topic.
    pub topics: Vec<(usize, usize, Topic)>,
    /// The whole query is in capitals, so capitals say nothing.
    pub shouting: bool,
}

impl<'a> Scan<'a> {
    pub fn new(tokens: &'a [Token], lexicon: &'a dyn Lexicon, today: jiff::civil::Date) -> Scan<'a> {
        let topics = (0..tokens.len())
            .flat_map(|at| lexicon.topics_at(tokens, at).into_iter().map(move |(len, topic)| (at, at + len, topic)))
            .collect();
        let letters = tokens.iter().filter(|token| token.kind == TokenKind::Word);
        let shouting = letters.clone().count() > 1 && letters.clone().all(|token| token.caps);
        Scan { tokens, lexicon, today, topics, shouting }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of a token, empty beyond either end.
    pub fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// The text of the token before `at`.
    pub fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |index| self.word(index))
    }

    pub fn is(&self, at: usize, words: &[&str]) -> bool {
        #[cfg(test)]
        words.iter().for_each(|word| asked::note(word));
        at < self.len() && words.contains(&self.word(at))
    }

    pub fn is_kind(&self, at: usize, kind: TokenKind) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == kind)
    }

    /// The length of `phrase` if it stands at `at`.
    pub fn phrase(&self, at: usize, phrase: &str) -> Option<usize> {
        #[cfg(test)]
        asked::note(phrase);
        let mut len = 0;
        for word in phrase.split(' ') {
            if self.word(at + len) != word {
                return None;
            }
            len += 1;
        }
        Some(len)
    }

    /// The longest of `phrases` that stands at `at`.
    pub fn longest(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().filter_map(|phrase| self.phrase(at, phrase)).max()
    }

    /// Where the text goes on after an optional one of `phrases`.
    pub fn skip(&self, at: usize, phrases: &[&str]) -> usize {
        at + self.longest(at, phrases).unwrap_or(0)
    }

    /// Where a reading may begin when an optional one of `phrases` stands right before `at`.
    pub fn lead(&self, at: usize, phrases: &[&str]) -> usize {
        #[cfg(test)]
        phrases.iter().for_each(|phrase| asked::note(phrase));
        let fits = |phrase: &&&str| {
            let len = phrase.split(' ').count();
            at >= len && self.phrase(at - len, phrase).is_some()
        };
        phrases.iter().filter(fits).map(|phrase| at - phrase.split(' ').count()).min().unwrap_or(at)
    }

    /// Whether the tokens `from..to` were typed as one word, with nothing between them: "2day", "86th".
    pub fn one_word(&self, from: usize, to: usize) -> bool {
        self.tokens.get(from..to).is_some_and(|tokens| tokens.windows(2).all(|pair| pair[0].end == pair[1].start))
    }

    /// A whole number in digits or words at `at`: its value and its length in tokens.
    pub fn integer(&self, at: usize) -> Option<(i64, usize)> {
        let (hundredths, len) = self.number(at)?;
        (hundredths % 100 == 0).then_some((hundredths / 100, len))
    }

    /// A number at `at` in hundredths, and its length in tokens.
    pub fn number(&self, at: usize) -> Option<(i64, usize)> {
        let token = self.tokens.get(at)?;
        match token.kind {
            TokenKind::Number => Some((hundredths(&token.text)?, 1)),
            TokenKind::Word => number_words(self, at),
            TokenKind::Mark => None,
        }
    }

    /// The number token at `at` if digits were typed.
    pub fn digits(&self, at: usize) -> Option<i64> {
        if !self.is_kind(at, TokenKind::Number) {
            return None;
        }
        self.word(at).parse().ok()
    }

    /// Whether some topic is named outside the tokens `from..to`.
    pub fn topic_elsewhere(&self, from: usize, to: usize) -> bool {
        self.topics.iter().any(|(start, end, topic)| !topic.weak && (*end <= from || *start >= to))
    }

    /// Whether a topic phrase covers the token `at`.
    pub fn in_topic(&self, at: usize) -> bool {
        self.topics.iter().any(|(start, end, topic)| !topic.weak && (*start..*end).contains(&at))
    }
}

/// A recogniser proposes every reading it can find.
pub type Recogniser = fn(&Scan, &mut Vec<Candidate>);

/// Pushes a plain reading.
pub fn push(out: &mut Vec<Candidate>, from: usize, to: usize, bonus: i32, piece: Piece) {
    out.push(Candidate::new(from, to, bonus, piece));
}

fn hundredths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok().filter(|n| *n < 10_000_000)? };
    let mut digits = part.bytes().chain(std::iter::repeat(b'0')).map(|digit| i64::from(digit - b'0'));
    let tens = digits.next().unwrap_or(0);
    let ones = digits.next().unwrap_or(0);
    Some(whole * 100 + tens * 10 + ones)
}

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn number_words(scan: &Scan, at: usize) -> Option<(i64, usize)> {
    let one = |index: usize| ONES.iter().position(|word| *word == scan.word(index)).map(|n| n as i64);
    let ten = |index: usize| {
        TENS.iter().position(|word| *word == scan.word(index) && !word.is_empty()).map(|n| n as i64 * 10)
    };
    let (value, len) = match (ten(at), one(at)) {
        (Some(tens), _) => match one(at + 1).filter(|n| (1..10).contains(n)) {
            Some(ones) => (tens + ones, 2),
            None => (tens, 1),
        },
        (None, Some(ones)) => (ones, 1),
        (None, None) => return hundred(scan, at),
    };
    match scan.word(at + len) {
        "hundred" if value < 10 => Some(and_more(scan, at, value * 10_000, len + 1)),
        _ => Some((value * 100, len)),
    }
}

/// "a hundred and fifty", "two hundred twenty five": what follows the hundreds.
fn and_more(scan: &Scan, at: usize, hundreds: i64, len: usize) -> (i64, usize) {
    let and = usize::from(scan.is(at + len, &["and"]));
    let tens = TENS.contains(&scan.word(at + len + and)) && !scan.word(at + len + and).is_empty();
    match number_words(scan, at + len + and).filter(|_| tens) {
        Some((rest, more)) if rest < 10_000 => (hundreds + rest, len + and + more),
        _ => (hundreds, len),
    }
}

fn hundred(scan: &Scan, at: usize) -> Option<(i64, usize)> {
    match (scan.word(at), scan.word(at + 1)) {
        ("hundred", _) => Some(and_more(scan, at, 10_000, 1)),
        ("a", "hundred") => Some(and_more(scan, at, 10_000, 2)),
        _ => None,
    }
}

#[cfg(test)]
pub mod asked {
    //! Every phrase the recognisers look for, so that a test can ask whether any text holds it.
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    thread_local! {
        static ASKED: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
    }

    pub(super) fn note(phrase: &str) {
        ASKED.with_borrow_mut(|asked| {
            if let Some(asked) = asked.as_mut().filter(|asked| !asked.contains(phrase)) {
                asked.insert(phrase.to_owned());
            }
        });
    }

    /// What is looked for while `run` runs.
    pub fn during(run: impl FnOnce()) -> BTreeSet<String> {
        ASKED.set(Some(BTreeSet::new()));
        run();
        ASKED.take().unwrap_or_default()
    }
}
