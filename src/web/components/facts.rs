//! Facts: label and value in rows, an icon and a word, badges, chips.

use maud::{Markup, Render, html};

use super::icon::{Icon, icon};

/// Label and value, one row each.
pub fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.dl { @for (label, value) in rows { dt { (label) } dd { (value) } } } }
}

/// A short fact with its icon. Verified ones are green.
#[derive(Clone, Debug)]
pub struct Fact {
    pub icon: Option<Icon>,
    pub text: String,
    pub href: Option<String>,
    pub verified: bool,
}

impl Fact {
    pub fn new(icon: Icon, text: impl Into<String>) -> Self {
        Self { icon: Some(icon), text: text.into(), href: None, verified: false }
    }
    pub fn verified(icon: Icon, text: impl Into<String>) -> Self {
        Self { verified: true, ..Self::new(icon, text) }
    }
    /// Without an icon, in muted words ("New, no reviews yet").
    pub fn plain(text: impl Into<String>) -> Self {
        Self { icon: None, text: text.into(), href: None, verified: false }
    }
    #[must_use]
    pub fn link(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

pub fn fact(fact: &Fact) -> Markup {
    html! {
        span.fact.fact--ok[fact.verified].muted[fact.icon.is_none()] {
            @if let Some(name) = fact.icon { (icon(name)) }
            @if let Some(href) = &fact.href { a href=(href) { (fact.text) } } @else { (fact.text) }
        }
    }
}

pub fn facts_row(list: &[Fact]) -> Markup {
    html! { ul.row { @for one in list { li { (fact(one)) } } } }
}

/// What a badge or notice says about the thing beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    /// Filled with ink: a count that waits.
    Fill,
    Ok,
    Warn,
    Bad,
    Info,
}

impl Tone {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Fill => "badge--fill",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
        }
    }
}

/// A state in one or two words; the colour only repeats them.
pub fn badge(tone: Tone, text: impl Render) -> Markup {
    html! {
        span class={ "badge " (tone.word()) } {
            @if tone == Tone::Ok { (icon(Icon::Check)) " " }
            (text)
        }
    }
}

/// What was understood, with its own way out.
pub fn chip(label: &str, value: &str, remove_href: &str) -> Markup {
    html! {
        span.chip {
            span { span.muted { (label) } " " b { (value) } }
            a href=(remove_href) aria-label={ "Remove " (label) ": " (value) } { (icon(Icon::Cross)) }
        }
    }
}
