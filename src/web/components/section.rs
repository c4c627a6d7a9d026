//! The parts of a page: head, sections with a hanging heading, panel, dock, fold.

use maud::{Markup, Render, html};

/// The page's one `h1`, what it is about, and what can be done with all of it.
pub fn page_head(title: &str, lead: impl Render, does: Markup) -> Markup {
    html! {
        header.row.row--split.pagehead {
            div.stack.stack--s { h1 { (title) } p.muted { (lead) } }
            @if !does.0.is_empty() { div.row { (does) } }
        }
    }
}

/// A section under an ink rule; its heading hangs left from 60 rem. `id` may be empty.
pub fn section(id: &str, title: &str, lead: &str, body: Markup) -> Markup {
    html! {
        section.sec id=[(!id.is_empty()).then_some(id)] {
            header { h2 { (title) } @if !lead.is_empty() { p { (lead) } } }
            div.stack { (body) }
        }
    }
}

/// The same in one column, for pages that have a side of their own.
pub fn section_one(id: &str, title: &str, body: Markup) -> Markup {
    html! {
        section.sec.sec--one id=[(!id.is_empty()).then_some(id)] { h2 { (title) } (body) }
    }
}

/// A summary at the side, such as the price. Never a panel in a panel.
pub fn panel(label: &str, body: Markup) -> Markup {
    html! { aside.panel.stack aria-label=(label) { (body) } }
}

/// The primary action again, at the bottom edge of small screens.
pub fn dock(words: Markup, action: Markup) -> Markup {
    html! { div.dock { p { (words) } (action) } }
}

/// A fold on phones that stands open on wide screens: from 60 rem, or from 75 rem when `late`.
pub fn unfold(label: Markup, body: Markup, late: bool) -> Markup {
    html! {
        details class=(if late { "unfold-wide" } else { "unfold" }) { summary.h3 { (label) } (body) }
    }
}

/// Three or more steps in a row, numbered.
pub fn stops(list: &[(&str, &str)]) -> Markup {
    html! {
        ol.stops { @for (title, words) in list { li { h3 { (title) } p.small.muted { (words) } } } }
    }
}
