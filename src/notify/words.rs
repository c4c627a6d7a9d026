//! The operator's own words for a mail, in place of ours: data in the store, with their history.
//!
//! A text is a subject and paragraphs. A paragraph that is only a part's name in braces (`{letter}`, `{facts}`,
//! `{action}` …) stands for that part of the mail as the program wrote it; elsewhere `{name}` and the mail's own facts
//! are filled in. What the reader needs to act (a button, a code) cannot be left out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::letter::{Block, Letter};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{self, one_line};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Span, Table};

/// One version of an operator's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MailWords {
    pub subject: String,
    pub body: String,
    pub at: Timestamp,
    pub by: Option<UserId>,
}

/// What holds now; a template that is missing says what the program says.
pub static MAIL_WORDS: Table<String, MailWords> = Table::new(0x1B18, "template_words");
/// What held before, by template and when it was replaced.
pub static FORMER_WORDS: Table<(String, Timestamp), MailWords> = Table::new(0x1B19, "template_at_words");

const SUBJECT_CHARS: usize = 150;
const BODY_CHARS: usize = 5000;
const VERSIONS: usize = 50;
/// What we say, as an operator's text would put it.
pub const OURS: (&str, &str) = ("{subject}", "{letter}");
const PARTS: [&str; 6] = ["letter", "words", "facts", "action", "code", "quote"];

pub fn of(read: &dyn Read, template: &str) -> Outcome<Option<MailWords>> {
    read.get(&MAIL_WORDS, &template.to_owned())
}

/// Former versions, newest first.
pub fn former(read: &dyn Read, template: &str) -> Outcome<Vec<MailWords>> {
    let rows = read.scan(&FORMER_WORDS, Span::prefix(&(template.to_owned(),)), VERSIONS, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, words)| words).collect())
}

/// Puts the operator's words into a letter, if there are any.
pub(super) fn apply(read: &dyn Read, letter: &mut Letter) -> Outcome<()> {
    if let Some(words) = of(read, letter.template)? {
        *letter = worded(letter, &words.subject, &words.body);
    }
    Ok(())
}

/// The letter in other words.
pub fn worded(letter: &Letter, subject: &str, body: &str) -> Letter {
    let mut blocks = Vec::new();
    for paragraph in paragraphs(body) {
        match paragraph.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).filter(|name| PARTS.contains(name)) {
            Some(part) => blocks.extend(letter.blocks.iter().filter(|block| is_part(block, part)).cloned()),
            None => blocks.push(Block::Words(filled(paragraph, letter))),
        }
    }
    Letter { subject: one_line(&filled(subject, letter)), blocks, ..letter.clone() }
}

fn paragraphs(body: &str) -> impl Iterator<Item = &str> {
    body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

fn is_part(block: &Block, part: &str) -> bool {
    match block {
        _ if part == "letter" => true,
        Block::Words(_) => part == "words",
        Block::Facts(_) => part == "facts",
        Block::Action { .. } | Block::Link { .. } => part == "action",
        Block::Code(_) => part == "code",
        Block::Quote(_) => part == "quote",
    }
}

/// Names in braces become what the letter knows under them; what it does not know becomes nothing.
fn filled(text: &str, letter: &Letter) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        out.push_str(&value(name, letter));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn value(name: &str, letter: &Letter) -> String {
    match name {
        "name" => letter.greets.clone(),
        "subject" => letter.subject.clone(),
        _ => match letter.data.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        },
    }
}

/// The names that can be filled in, judged by a sample of the mail.
pub fn names(sample: &Letter) -> Vec<String> {
    let facts =
        sample.data.iter().filter(|(name, value)| !value.is_object() && *name != "token").map(|(name, _)| name.clone());
    ["name".to_owned(), "subject".to_owned()].into_iter().chain(facts).collect()
}

/// Refuses unknown names, and a text without what its reader needs.
pub fn check(sample: &Letter, subject: &str, body: &str) -> Outcome<(String, String)> {
    let subject = text::line("subject", subject, 1, SUBJECT_CHARS)?;
    let body = text::clean("body", &body.replace("\r\n", "\n"), 1, BODY_CHARS)?;
    let known = names(sample);
    for (field, text) in [("subject", &subject), ("body", &body)] {
        for name in named(text) {
            let is_part = field == "body" && PARTS.contains(&name);
            if !is_part && !known.iter().any(|known| known == name) {
                return Err(Refusal::invalid(field, format!("This mail knows no {{{name}}}.")));
            }
        }
    }
    let made = worded(sample, &subject, &body);
    for (part, words) in [("action", "its button: {action}"), ("code", "its code: {code}")] {
        let has = |letter: &Letter| letter.blocks.iter().any(|block| is_part(block, part));
        if has(sample) && !has(&made) {
            return Err(Refusal::invalid("body", format!("The reader needs {words}.")));
        }
    }
    Ok((subject, body))
}

fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Keeps new words; the former ones stay to be looked at. `None` goes back to ours.
pub async fn keep(site: &Site, by: By, template: &'static str, new: Option<(String, String)>) -> Outcome<()> {
    site.write(move |tx| {
        let (at, key) = (tx.now(), template.to_owned());
        let before = of(tx, template)?;
        if let Some(words) = &before {
            tx.put(&FORMER_WORDS, &(key.clone(), at), words)?;
        }
        match new.clone() {
            Some((subject, body)) => tx.put(&MAIL_WORDS, &key, &MailWords { subject, body, at, by: by.actor })?,
            None => tx.delete(&MAIL_WORDS, &key)?,
        }
        let shown = |words: Option<(String, String)>| {
            words.map_or(Value::Null, |(s, b)| serde_json::json!({ "subject": s, "body": b }))
        };
        let deed = Deed::on("mail.words", "mail_template", template);
        audit::record(tx, &by, deed.change(shown(before.map(|w| (w.subject, w.body))), shown(new.clone())))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter::new("welcome", "Emma", "Welcome")
            .says("Good to have you.")
            .action("Find a lesson", "https://b.example/search".into())
            .datum("left", 3)
    }

    #[test]
    fn an_operators_words_stand_around_what_the_reader_needs() {
        let made = worded(&letter(), "Hello {name}, {left} left", "Dear {name}!\n\n{action}\n\nSee you. {unknown}");
        assert_eq!(made.subject, "Hello Emma, 3 left");
        assert_eq!(made.blocks.len(), 3);
        assert_eq!(made.blocks[0], Block::Words("Dear Emma!".into()));
        assert_eq!(made.links(), ["https://b.example/search"]);
        assert_eq!(worded(&letter(), OURS.0, OURS.1), letter());
    }

    #[test]
    fn a_text_without_its_button_or_with_unknown_names_is_refused() {
        assert!(check(&letter(), "{subject}", "{letter}").is_ok());
        assert!(check(&letter(), "{subject}", "Only words").is_err());
        assert!(check(&letter(), "{subject}", "{action} {nobody}").is_err());
        assert!(check(&letter(), "{facts}", "{letter}").is_err(), "parts do not fit into a subject");
    }
}
