//! The operator's own list of passwords that have leaked: a sorted file of any size, looked into where it lies.
//! // rule: 20§2 password, 20§16 ASVS 6.2.12
//!
//! One password a line, or the SHA-1 or SHA-256 of one in hexadecimal (also `HASH:COUNT`, as lists are published). A
//! lookup reads some forty short pieces of the file, nothing is loaded. The order is checked by samples at start: a file
//! that is not sorted would be a list that lies.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use sha1::{Digest as _, Sha1};

use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::sha256_hex;

/// Longer lines are nobody's password.
const LINE: usize = 1024;
/// Places that are compared at start.
const SAMPLES: u64 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Words,
    Sha1,
    Sha256,
}

pub struct Leaked {
    file: File,
    length: u64,
    form: Form,
    /// Lists of hashes are published in capitals, made at home in small letters.
    capitals: bool,
}

impl Leaked {
    pub fn open(path: &Path) -> Result<Self, String> {
        let told = |why: &dyn std::fmt::Display| format!("leaked_passwords: {}: {why}", path.display());
        let file = File::open(path).map_err(|e| told(&e))?;
        let length = file.metadata().map_err(|e| told(&e))?.len();
        let mut list = Self { file, length, form: Form::Words, capitals: false };
        let Some((_, first)) = list.line_from(0).map_err(|e| told(&e))? else { return Err(told(&"it is empty")) };
        list.form = form_of(&first);
        let mut before = Vec::new();
        for n in 0..SAMPLES.min(length) {
            let at = u64::try_from(u128::from(length) * u128::from(n) / u128::from(SAMPLES.min(length))).unwrap_or(0);
            let Some((_, line)) = list.line_from(at).map_err(|e| told(&e))? else { break };
            list.capitals |= list.form != Form::Words && line.iter().any(u8::is_ascii_uppercase);
            let key = list.key(&line).to_vec();
            if key < before {
                return Err(told(&"it is not sorted; sort it with `LC_ALL=C sort`"));
            }
            before = key;
        }
        Ok(list)
    }

    /// Whether the list has this password; a list of words may have it in small letters.
    pub fn holds(&self, password: &str) -> Outcome<bool> {
        let lower = password.to_lowercase();
        for text in [password, lower.as_str()] {
            if self.finds(&self.entry(text)).map_err(Refusal::internal)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn entry(&self, password: &str) -> Vec<u8> {
        let hash = match self.form {
            Form::Words => return password.as_bytes().to_vec(),
            Form::Sha1 => hex::encode(Sha1::digest(password.as_bytes())),
            Form::Sha256 => sha256_hex(password),
        };
        if self.capitals { hash.to_uppercase().into_bytes() } else { hash.into_bytes() }
    }

    /// The part of a line that is compared.
    fn key<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        match self.form {
            Form::Words => line,
            _ => line.split(|b| *b == b':').next().unwrap_or(line),
        }
    }

    fn finds(&self, wanted: &[u8]) -> std::io::Result<bool> {
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.line_from(middle)? {
                Some((start, line)) if start < high => match self.key(&line).cmp(wanted) {
                    std::cmp::Ordering::Equal => return Ok(true),
                    std::cmp::Ordering::Less => low = start + 1,
                    std::cmp::Ordering::Greater => high = middle,
                },
                _ => high = middle,
            }
        }
        Ok(false)
    }

    /// The first line that begins at `at` or later, and where it begins.
    fn line_from(&self, at: u64) -> std::io::Result<Option<(u64, Vec<u8>)>> {
        let mut start = at;
        if at > 0 {
            // What begins here has a line's end before it.
            let Some(end) = self.end_from(at - 1)? else { return Ok(None) };
            start = end + 1;
        }
        if start >= self.length {
            return Ok(None);
        }
        let end = self.end_from(start)?.unwrap_or(self.length);
        let mut line = vec![0; usize::try_from(end - start).unwrap_or(LINE).min(LINE)];
        self.file.read_exact_at(&mut line, start)?;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some((start, line)))
    }

    /// Where the line that `at` lies in ends.
    fn end_from(&self, mut at: u64) -> std::io::Result<Option<u64>> {
        let mut piece = [0; 256];
        while at < self.length {
            let read = self.file.read_at(&mut piece, at)?;
            if read == 0 {
                break;
            }
            if let Some(n) = piece[..read].iter().position(|b| *b == b'\n') {
                return Ok(Some(at + n as u64));
            }
            at += read as u64;
        }
        Ok(None)
    }
}

fn form_of(line: &[u8]) -> Form {
    let key = line.split(|b| *b == b':').next().unwrap_or_default();
    match (key.iter().all(u8::is_ascii_hexdigit), key.len()) {
        (true, 40) => Form::Sha1,
        (true, 64) => Form::Sha256,
        _ => Form::Words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &[String], end: &str) -> Result<Leaked, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("list");
        std::fs::write(&path, lines.iter().map(|line| format!("{line}{end}")).collect::<String>()).unwrap();
        Leaked::open(&path)
    }

    fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
        let mut words: Vec<String> = words.collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn every_line_is_found_in_every_form_and_nothing_else() {
        let words: Vec<String> = (0..3000u32).map(|n| format!("leak {}", n * 7919 % 100_003)).collect();
        let plain = |word: &String| word.clone();
        let sha1 = |word: &String| format!("{}:{}", hex::encode_upper(Sha1::digest(word.as_bytes())), word.len());
        let sha256 = |word: &String| sha256_hex(word);
        let forms: [(&dyn Fn(&String) -> String, &str); 4] =
            [(&plain, "\n"), (&plain, "\r\n"), (&sha1, "\n"), (&sha256, "\n")];
        for (form, end) in forms {
            let list = list(&sorted(words.iter().map(form)), end).unwrap();
            for word in &words {
                assert!(list.holds(word).unwrap(), "{word} as {:?}", list.form);
                assert!(list.holds(&word.to_uppercase()).unwrap(), "case is ignored");
                assert!(!list.holds(&format!("{word}!")).unwrap());
            }
        }
    }

    #[test]
    fn a_single_line_without_end_will_do_and_an_unsorted_list_is_refused() {
        assert!(list(&["only one here".into()], "").unwrap().holds("only one here").unwrap());
        assert!(list(&["b".into(), "a".into()], "\n").err().unwrap().contains("not sorted"));
        assert!(list(&[], "\n").err().unwrap().contains("empty"));
    }
}
