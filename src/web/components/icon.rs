//! Own-drawn stroke icons: one file each in `assets/icons`, one inline sprite per page, used by reference.

use std::sync::LazyLock;

use maud::{Markup, PreEscaped, html};

use crate::web::assets;

macro_rules! icons {
    ($($variant:ident $file:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($variant),+ }
        impl Icon {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The file's stem, and the symbol's name in the sprite.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $file),+ }
            }
        }
    };
}

icons! {
    Bank "bank", Bell "bell", Bolt "bolt", Book "book", Calendar "cal", Card "card", Chat "chat", Check "check",
    Clock "clock", Cross "x", Down "down", Download "get", Edit "edit", Eye "eye", Filter "filter", Flag "flag",
    Gift "gift", Home "home", Info "info", Key "key", Left "left", Link "link", Lock "lock", Mail "mail", Menu "menu",
    Minus "minus", Moon "moon", Out "out", People "people", Person "person", Pin "pin", Plus "plus", Print "print",
    Refresh "refresh", Right "right", Save "save", Search "search", Share "share", Shield "shield", Sliders "sliders",
    Star "star", Store "store", Sun "sun", Trash "trash", Undo "undo", Up "up", Video "video", Warn "warn",
}

/// The icon beside a word. It is hidden from assistive technology: the word is its name.
pub fn icon(icon: Icon) -> Markup {
    html! { svg.i aria-hidden="true" { use href={ "#i-" (icon.name()) } {} } }
}

/// All symbols, once at the top of a page.
pub fn sprite() -> Markup {
    static SPRITE: LazyLock<String> = LazyLock::new(|| {
        let symbols: String = Icon::ALL
            .iter()
            .map(|i| format!(r#"<symbol id="i-{}" viewBox="0 0 24 24">{}</symbol>"#, i.name(), drawing(*i)))
            .collect();
        format!(r#"<svg width="0" height="0" class="vh" aria-hidden="true">{symbols}</svg>"#)
    });
    PreEscaped(SPRITE.clone())
}

/// What stands between the file's `<svg>` tags.
fn drawing(icon: Icon) -> String {
    let source = assets::text(&format!("icons/{}.svg", icon.name())).unwrap_or_default();
    let start = source.find('>').map_or(0, |at| at + 1);
    let end = source.rfind("</svg>").unwrap_or(source.len());
    source[start..end.max(start)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_has_its_drawing() {
        for i in Icon::ALL {
            assert!(drawing(*i).contains("<path") || drawing(*i).contains("<circle"), "{i:?}");
        }
    }
}
