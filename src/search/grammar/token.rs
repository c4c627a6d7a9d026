//! The one tokenizer. Every recogniser sees the same tokens, and every token remembers where in the
//! typed text it stands, so a chip can point at the words it was read from.
//!
//! Text is folded first: NFKC per character (fullwidth forms become plain), lower case, accents of
//! Latin letters removed. Emoji, control characters and operators separate words and mean nothing else.

use unicode_normalization::UnicodeNormalization;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters.
    Word,
    /// Digits, perhaps with a decimal part.
    Number,
    /// One of the few marks that carry meaning: `$ ~ - / : + & , < > =`.
    Mark,
}

/// One token with its place in the typed text, counted in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
    /// Typed in capitals only: `SAT` is the exam, `sat` may be a day.
    pub caps: bool,
    /// No space between this token and the one before it.
    pub glued: bool,
}

/// Splits `text` into tokens.
pub fn tokenize(text: &str) -> Vec<Token> {
    let letters = fold(text);
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let glued = at > 0 && !letters[at - 1].is_space();
        let from = at;
        let kind = match letters[at].class() {
            Class::Digit => {
                at = number_end(&letters, at);
                TokenKind::Number
            }
            Class::Letter => {
                at = word_end(&letters, at);
                at += signs_of_a_name(&letters[from..]);
                TokenKind::Word
            }
            // Han and kana are written without spaces: every sign is a word of its own.
            Class::Sign => {
                at += 1;
                TokenKind::Word
            }
            // ".50": half of one.
            Class::Mark if is_point(&letters, at) => {
                at = number_end(&letters, at + 1);
                TokenKind::Number
            }
            Class::Mark if is_hyphen(&letters, at) => {
                at += 1;
                continue;
            }
            Class::Mark => {
                at += 1;
                TokenKind::Mark
            }
            Class::Space | Class::Apostrophe => {
                at += 1;
                continue;
            }
        };
        tokens.push(token(&letters[from..at], kind, glued));
    }
    tokens
}

/// The folded words of a phrase, as the tokenizer would see them.
pub fn words(text: &str) -> Vec<String> {
    tokenize(text).into_iter().filter(|token| token.kind != TokenKind::Mark).map(|token| token.text).collect()
}

fn token(letters: &[Letter], kind: TokenKind, glued: bool) -> Token {
    let text: String =
        letters.iter().filter(|letter| letter.class() != Class::Apostrophe).map(|letter| letter.folded).collect();
    let text = if kind == TokenKind::Number { text.replace(',', "") } else { text };
    Token {
        caps: letters.len() > 1 && letters.iter().all(|letter| letter.upper),
        start: letters[0].from,
        end: letters[letters.len() - 1].from + 1,
        text,
        kind,
        glued,
    }
}

struct Letter {
    folded: char,
    from: usize,
    upper: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Sign,
    Digit,
    Mark,
    Apostrophe,
    Space,
}

impl Letter {
    fn class(&self) -> Class {
        match self.folded {
            '0'..='9' => Class::Digit,
            '$' | '~' | '-' | '/' | ':' | '+' | '&' | ',' | '<' | '>' | '=' | '@' | '€' | '£' | '.' => Class::Mark,
            '\'' => Class::Apostrophe,
            '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' => Class::Sign,
            letter if is_combining(letter) || letter.is_alphanumeric() => Class::Letter,
            _ => Class::Space,
        }
    }

    fn is_space(&self) -> bool {
        self.class() == Class::Space
    }
}

/// Folds every character, remembering which typed character it came from.
fn fold(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    for (from, typed) in text.chars().enumerate() {
        let upper = typed.is_uppercase();
        for plain in std::iter::once(typed).nfkc().flat_map(char::to_lowercase) {
            let folded = fold_one(plain);
            // A mark over a plain Latin letter says nothing that people type reliably.
            let after_ascii = letters.last().is_some_and(|letter: &Letter| letter.folded.is_ascii_alphabetic());
            if !(is_combining(folded) && (after_ascii || is_point_of_vowel(folded))) {
                letters.push(Letter { folded, from, upper });
            }
        }
    }
    letters
}

fn fold_one(letter: char) -> char {
    match letter {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{ff5e}' | '\u{2248}' => '~',
        'ß' => 's',
        'ø' => 'o',
        'ł' => 'l',
        _ => match std::iter::once(letter).nfd().next() {
            Some(base) if base.is_ascii_alphabetic() || ('α'..='ω').contains(&base) => base,
            _ => letter,
        },
    }
}

/// Marks that are written over, under or in a letter and part no word.
fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}') || is_point_of_vowel(letter)
}

/// Vowel points of Hebrew and Arabic, which most people leave out.
fn is_point_of_vowel(letter: char) -> bool {
    matches!(letter, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{64b}'..='\u{652}')
}

/// A hyphen inside a word joins what people also write apart: `in-person`, `jiu-jitsu`. A lone full
/// stop ends a sentence and means as little.
fn is_hyphen(letters: &[Letter], at: usize) -> bool {
    match letters[at].folded {
        '.' => true,
        '-' => {
            let word =
                |index: Option<usize>| index.and_then(|i| letters.get(i)).is_some_and(|l| l.class() == Class::Letter);
            let digit =
                |index: Option<usize>| index.and_then(|i| letters.get(i)).is_some_and(|l| l.class() == Class::Digit);
            let before = at.checked_sub(1);
            let after = Some(at + 1);
            (word(before) && word(after))
                || (digit(before) && word(after))
                || (word(before) && digit(after) && !is_meridiem_before(letters, at))
        }
        _ => false,
    }
}

/// How many signs belong to a name of one letter: "c++", "c#".
fn signs_of_a_name(letters: &[Letter]) -> usize {
    let sign = |at: usize| letters.get(at).map_or(' ', |letter| letter.folded);
    let ends = |at: usize| letters.get(at).is_none_or(|letter| !matches!(letter.class(), Class::Letter | Class::Digit));
    match (sign(0), sign(1), sign(2)) {
        ('c', '+', '+') if ends(3) => 2,
        ('c' | 'f', '#', _) if ends(2) => 1,
        _ => 0,
    }
}

/// A decimal point without a digit before it.
fn is_point(letters: &[Letter], at: usize) -> bool {
    let class = |index: Option<usize>| index.and_then(|index| letters.get(index)).map(Letter::class);
    let before = class(at.checked_sub(1));
    letters[at].folded == '.'
        && class(Some(at + 1)) == Some(Class::Digit)
        && !matches!(before, Some(Class::Digit | Class::Letter | Class::Sign))
}

/// `6pm-8pm` is a range although a letter stands before the dash.
fn is_meridiem_before(letters: &[Letter], at: usize) -> bool {
    at >= 2
        && letters[at - 1].folded == 'm'
        && matches!(letters[at - 2].folded, 'a' | 'p')
        && !letters.get(at.wrapping_sub(3)).is_some_and(|l| l.class() == Class::Letter)
}

fn word_end(letters: &[Letter], mut at: usize) -> usize {
    while at < letters.len() {
        let inner =
            letters[at].class() == Class::Apostrophe && letters.get(at + 1).is_some_and(|l| l.class() == Class::Letter);
        if letters[at].class() != Class::Letter && !inner {
            break;
        }
        at += 1;
    }
    at
}

fn number_end(letters: &[Letter], mut at: usize) -> usize {
    let digit = |index: usize| letters.get(index).is_some_and(|l| l.class() == Class::Digit);
    while digit(at) {
        at += 1;
    }
    let mark = letters.get(at).map(|letter| letter.folded);
    let thousands = mark == Some(',') && digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4);
    if thousands {
        return number_end(letters, at + 4);
    }
    if mark == Some('.') && digit(at + 1) {
        at += 1;
        while digit(at) {
            at += 1;
        }
    }
    at
}
