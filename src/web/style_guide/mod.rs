//! The living style guide at `/admin/style`: every component in every state, in whichever theme is chosen.
//!
//! Sample words only; nothing here is read from the store, and no page links to these samples.

mod base;
mod controls;
mod figures;
mod talk;
mod times;

use maud::{Markup, html};

use super::components::{page_head, section};
use super::layout::{Chrome, theme_choice};

/// The guide without a frame: the console puts it beside its own navigation.
pub fn content(chrome: &Chrome) -> Markup {
    let lead = "A timetable for lessons. Time is the largest thing on the page; purple is what you press; yellow is \
                what you can have now.";
    html! {
        div.wrap.stack.stack--l {
            (page_head("Style guide", lead, theme_choice(chrome)))
            div {
                @for (id, title, lead, body) in parts() { (section(id, title, lead, body)) }
            }
        }
    }
}

type Part = (&'static str, &'static str, &'static str, Markup);

fn parts() -> Vec<Part> {
    let mut parts = base::parts();
    parts.extend(controls::parts());
    parts.extend(times::parts());
    parts.extend(talk::parts());
    parts.extend(figures::parts());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_the_content_security_policy() {
        let all: String = parts().into_iter().map(|(.., body)| body.0).collect();
        for banned in [" style=", "<script", " onclick", "javascript:"] {
            assert!(!all.contains(banned), "{banned}");
        }
    }

    #[test]
    fn ids_are_unique() {
        let all: String = parts().into_iter().map(|(.., body)| body.0).collect();
        let mut ids: Vec<&str> = all.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let before = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), before);
    }
}
