//! Ways around: tabs, steps and pages, all of them links.

use maud::{Markup, html};

use super::icon::{Icon, icon};

#[derive(Clone, Debug)]
pub struct Tab {
    /// With its count: "Upcoming, 3".
    pub label: String,
    pub href: String,
    pub current: bool,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), current }
    }
}

pub fn tabs(name: &str, list: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(name) {
            @for tab in list { a href=(tab.href) aria-current=[tab.current.then_some("page")] { (tab.label) } }
        }
    }
}

/// The pages of one's own account, in the order of their tabs.
const TABS: [(&str, &str); 5] = [
    ("You", "/account"),
    ("Signing in", "/account/security"),
    ("Addresses", "/account/addresses"),
    ("What we tell you", "/account/notifications"),
    ("Your data", "/account/leave"),
];

/// The tabs above every page of one's own account.
pub fn account_tabs(current: &str) -> Markup {
    tabs("Your account", &TABS.map(|(label, href)| Tab::new(label, href, href == current)))
}

/// Steps of a flow; `list` holds the words and, for those behind, the way back. `current` counts from 0.
pub fn steps(name: &str, list: &[(&str, Option<&str>)], current: usize) -> Markup {
    html! {
        ol.steps aria-label=(name) {
            @for (at, (label, back)) in list.iter().enumerate() {
                li.done[at < current] aria-current=[(at == current).then_some("step")] {
                    @match back { Some(href) if at < current => a href=(href) { (label) }, _ => (label) }
                }
            }
        }
    }
}

/// `summary` says what is shown: "1 to 20 of 214". Words: Newer and Older, or Back and More.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    pub summary: String,
    pub back: Option<(String, String)>,
    pub next: Option<(String, String)>,
}

pub fn pager(view: &Pager) -> Markup {
    html! {
        nav.pager aria-label="Pages" {
            span.muted { (view.summary) }
            span.row {
                @if let Some((label, href)) = &view.back {
                    a.btn.btn--line.btn--s href=(href) rel="prev" { (icon(Icon::Left)) " " (label) }
                }
                @if let Some((label, href)) = &view.next {
                    a.btn.btn--line.btn--s href=(href) rel="next" { (label) " " (icon(Icon::Right)) }
                }
            }
        }
    }
}

/// The way up: one link with an arrow.
pub fn crumb(label: &str, href: &str) -> Markup {
    html! { p.crumbs { a href=(href) { (icon(Icon::Left)) " " (label) } } }
}
