//! A letter in blocks, and its two prints: plain text, and HTML that says the same.

use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value};

use crate::base::text::one_line;

#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Words(String),
    /// Label and value, one a line.
    Facts(Vec<(String, String)>),
    /// The one thing to do.
    Action {
        label: String,
        url: String,
    },
    /// A way on beside the action, in a sentence of its own.
    Link {
        words: String,
        url: String,
    },
    /// Large figures to type elsewhere.
    Code(String),
    /// What somebody else wrote.
    Quote(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub template: &'static str,
    pub subject: String,
    /// First name, or nothing for an address without an account.
    pub greets: String,
    pub blocks: Vec<Block>,
    /// Machine-readable facts.
    pub data: Map<String, Value>,
}

/// "… with Joanna R." ends with the stop of its last word.
fn one_stop(words: &str) -> String {
    if words.contains("...") {
        return words.to_owned();
    }
    words.strip_suffix("..").map_or_else(|| words.replace(".. ", ". "), |rest| format!("{rest}."))
}

impl Letter {
    pub fn new(template: &'static str, greets: &str, subject: impl Into<String>) -> Self {
        let subject = one_line(&subject.into());
        Self { template, subject, greets: one_line(greets), blocks: Vec::new(), data: Map::new() }
    }
    #[must_use]
    pub fn says(mut self, words: impl Into<String>) -> Self {
        self.blocks.push(Block::Words(one_stop(&words.into())));
        self
    }
    #[must_use]
    pub fn facts(mut self, rows: Vec<(&str, String)>) -> Self {
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        self.blocks.push(Block::Facts(rows.map(|(label, value)| (label.to_owned(), value)).collect()));
        self
    }
    #[must_use]
    pub fn action(mut self, label: &str, url: String) -> Self {
        self.blocks.push(Block::Action { label: label.to_owned(), url });
        self
    }
    #[must_use]
    pub fn link(mut self, words: &str, url: String) -> Self {
        self.blocks.push(Block::Link { words: words.to_owned(), url });
        self
    }
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        self.blocks.push(Block::Code(code.to_owned()));
        self
    }
    #[must_use]
    pub fn quote(mut self, words: &str) -> Self {
        self.blocks.push(Block::Quote(words.to_owned()));
        self
    }
    #[must_use]
    pub fn datum(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }

    /// Every address the letter leads to, in order.
    pub fn links(&self) -> Vec<String> {
        let url = |block: &Block| match block {
            Block::Action { url, .. } | Block::Link { url, .. } => Some(url.clone()),
            _ => None,
        };
        self.blocks.iter().filter_map(url).collect()
    }

    pub fn text(&self, sender: &Sender, unsubscribe: Option<&str>) -> String {
        let mut out = String::new();
        if !self.greets.is_empty() {
            out.push_str(&format!("Hello {},\n\n", self.greets));
        }
        for block in &self.blocks {
            match block {
                Block::Words(words) => out.push_str(words),
                Block::Facts(rows) => {
                    let lines: Vec<String> = rows.iter().map(|(label, value)| format!("{label}: {value}")).collect();
                    out.push_str(&lines.join("\n"));
                }
                Block::Action { label, url } => out.push_str(&format!("{label}:\n{url}")),
                Block::Link { words, url } => out.push_str(&format!("{words} {url}")),
                Block::Code(code) => out.push_str(&format!("    {code}")),
                Block::Quote(words) => {
                    out.push_str(&words.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"));
                }
            }
            out.push_str("\n\n");
        }
        out.push_str(&format!("{}\n{}\n", sender.brand, sender.base_url));
        if let Some(url) = unsubscribe {
            out.push_str(&format!("No more mails of this kind: {url}\n"));
        }
        out
    }

    pub fn html(&self, sender: &Sender, unsubscribe: Option<&str>) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.subject) }
                }
                body style=(PAGE) {
                    div style=(SIGN) { (sender.brand) }
                    div style=(SHEET) {
                        @if !self.greets.is_empty() { p { "Hello " (self.greets) "," } }
                        @for block in &self.blocks { (print(block)) }
                        p style=(FOOT) {
                            a href=(sender.base_url) { (sender.brand) }
                            @if let Some(url) = unsubscribe { " · " a href=(url) { "No more mails of this kind" } }
                        }
                    }
                }
            }
        }
        .into_string()
    }
}

/// Whose letter it is, and where its links lead.
#[derive(Clone, Debug)]
pub struct Sender {
    pub brand: String,
    pub base_url: String,
}

impl Sender {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

// Mail programs know no style sheets: what the page has as classes stands here on the elements.
const PAGE: &str = "margin:0;padding:0;font:16px/24px Helvetica,Arial,sans-serif";
const SIGN: &str = "background:#120D18;color:#ffffff;padding:16px 24px;font-weight:700;font-size:18px";
const SHEET: &str = "max-width:560px;padding:16px 24px 32px";
const BUTTON: &str = "display:inline-block;background:#7E22CE;color:#ffffff;padding:12px 20px;border-radius:6px;text-decoration:none;font-weight:700";
const CODE: &str = "font:700 40px/48px Arial Narrow,Arial,sans-serif;letter-spacing:6px;margin:16px 0";
const LABEL: &str = "padding:6px 16px 6px 0;vertical-align:top;opacity:.75;white-space:nowrap";
const VALUE: &str = "padding:6px 0;vertical-align:top;font-weight:700";
const QUOTE: &str = "margin:16px 0;padding:0 0 0 16px;border-left:2px solid #8A8296;white-space:pre-line";
const FOOT: &str = "margin-top:32px;font-size:14px";

fn print(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Words(words) => p { (words) },
            Block::Facts(rows) => table role="presentation" cellspacing="0" {
                @for (label, value) in rows { tr { td style=(LABEL) { (label) } td style=(VALUE) { (value) } } }
            },
            Block::Action { label, url } => p { a href=(url) style=(BUTTON) { (label) } },
            Block::Link { words, url } => p { (words) " " a href=(url) { (url) } },
            Block::Code(code) => p style=(CODE) { (code) },
            Block::Quote(words) => blockquote style=(QUOTE) { (words) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_ends_with_a_stop_ends_the_sentence() {
        for (said, want) in [
            ("Moved with Sarah C..", "Moved with Sarah C."),
            ("With Sarah C.. See you.", "With Sarah C. See you."),
            ("One moment... Done.", "One moment... Done."),
        ] {
            assert_eq!(one_stop(said), want);
        }
    }

    #[test]
    fn both_prints_say_the_same_and_nobody_can_write_html_or_headers() {
        let sender = Sender { brand: "Board".into(), base_url: "https://b.example".into() };
        let letter = Letter::new("welcome", "Eve\r\nBcc: x@y.z", "Hi\r\nBcc: x@y.z")
            .says("A <script> & more")
            .facts(vec![("When", "now".into()), ("Note", String::new())])
            .action("Go", sender.url("/go"))
            .quote("<b>bold</b>");
        let (text, html) = (letter.text(&sender, Some("https://b.example/u")), letter.html(&sender, None));
        assert_eq!(letter.subject, "Hi Bcc: x@y.z");
        assert!(text.starts_with("Hello Eve Bcc: x@y.z,\n"));
        assert!(html.contains("A &lt;script&gt; &amp; more") && html.contains("&lt;b&gt;bold"));
        assert!(!text.contains("Note:") && text.contains("When: now") && text.contains("https://b.example/go"));
        assert!(text.ends_with("No more mails of this kind: https://b.example/u\n") && !html.contains("No more"));
        assert_eq!(letter.links(), ["https://b.example/go"]);
    }
}
