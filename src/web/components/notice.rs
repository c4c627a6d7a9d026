//! Notices: what happened, what was kept, what to do next.

use maud::{Markup, Render, html};

use super::facts::Tone;
use super::icon::{Icon, icon};

pub fn notice(tone: Tone, words: impl Render) -> Markup {
    let sign = match tone {
        Tone::Ok => Icon::Check,
        Tone::Warn | Tone::Bad => Icon::Warn,
        _ => Icon::Info,
    };
    let role = matches!(tone, Tone::Warn | Tone::Bad).then_some("status");
    html! { div class={ "note note--" (tone.word()) } role=[role] { (icon(sign)) div { (words) } } }
}

/// A held time, kept in sight while signing in or paying.
pub fn held(words: impl Render) -> Markup {
    html! { div.note { (icon(Icon::Clock)) div { (words) } } }
}

/// Done, with its way back: `undo` is the whole form or link.
pub fn toast(words: impl Render, undo: Option<Markup>) -> Markup {
    html! { div.toast role="status" { span { (words) } @if let Some(undo) = undo { (undo) } } }
}

/// Nothing yet: what will appear here, then one line button.
pub fn empty(title: &str, words: &str, action: Option<Markup>) -> Markup {
    html! { div.empty { h2.h3 { (title) } p { (words) } @if let Some(action) = action { (action) } } }
}
