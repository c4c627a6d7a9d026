//! What stands around every page of the console: the sections that exist.

use maud::Markup;

use crate::web::layout::{NavGroup, NavItem, console_page};
use crate::web::{Chrome, Head};

/// Sections by group; only pages that exist.
const SECTIONS: [(&str, &[(&str, &str)]); 1] = [("Operations", &[("Style guide", "/admin/style")])];

/// A page of the console.
pub fn show(chrome: &Chrome, title: impl Into<Head>, body: Markup) -> Markup {
    console_page(chrome, title, &sections(), body)
}

fn sections() -> Vec<NavGroup> {
    let item = |(label, href): &(&str, &str)| NavItem { label: (*label).into(), href: (*href).into(), count: 0 };
    let group = |(title, items): &(&str, &[(&str, &str)])| NavGroup {
        title: (*title).to_owned(),
        items: items.iter().map(item).collect(),
    };
    SECTIONS.iter().map(group).collect()
}
