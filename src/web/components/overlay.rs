//! Things that lie over others: dialog, popover, drawer. Each works as a page of its own.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A question about money or loss. `standing` shows it as part of the page, which is how it works without scripts.
pub fn dialog(id: &str, title: &str, body: Markup, actions: Markup, standing: bool) -> Markup {
    html! {
        dialog.dialog.stack.dialog--page[standing] id=(id) open[standing] aria-labelledby={ (id) "-h" } {
            h2.h3 id={ (id) "-h" } { (title) }
            (body)
            div.row { (actions) }
        }
    }
}

/// A small panel under its own summary; opens without a script.
pub fn popover(label: Markup, body: Markup) -> Markup {
    html! { details.menu { summary { (label) (icon(Icon::Down)) } div.pop.stack.stack--s { (body) } } }
}

/// The drawer of a list: it is a URL (`?open=…`), so `close` is the list without it. First on phones.
pub fn drawer(reference: &str, title: &str, badges: Markup, close: &str, body: Markup) -> Markup {
    html! {
        aside.drawer.stack aria-labelledby="drawer-h" {
            header {
                p.row.row--split.small { span { (reference) } a href=(close) aria-label="Close" { (icon(Icon::Cross)) } }
                h2.h3 id="drawer-h" { (title) }
                p.row { (badges) }
            }
            (body)
        }
    }
}
