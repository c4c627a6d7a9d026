//! People: the monogram, and a search result with its own true free times.

use maud::{Markup, html};

use super::facts::{Fact, facts_row};
use super::slot::{SlotView, slots};
use crate::base::money::Cents;

/// Six grounds on which white letters keep 4.5:1.
const TONES: [&str; 6] = ["#8F3B2C", "#3E566B", "#22646B", "#47623F", "#6B5340", "#494252"];

/// A monogram, or the person's photo when there is one.
#[derive(Clone, Debug, Default)]
pub struct Face {
    pub initials: String,
    /// Any stable number of the person; see [`tone`].
    pub tone: u8,
    pub photo: Option<String>,
}

impl Face {
    /// From the name's two letters and the id, so a person keeps one colour everywhere.
    pub fn new(initials: impl Into<String>, id: &str) -> Self {
        Self { initials: initials.into(), tone: tone(id), photo: None }
    }
}

/// The person's fixed tone.
pub fn tone(id: &str) -> u8 {
    let sum = id.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (sum % TONES.len() as u32) as u8
}

/// Decorative: the name always stands beside it.
pub fn avatar(face: &Face) -> Markup {
    let ground = TONES[usize::from(face.tone) % TONES.len()];
    html! {
        @if let Some(photo) = &face.photo {
            img.ava src=(photo) alt="" width="96" height="96" loading="lazy";
        } @else {
            svg.ava viewBox="0 0 80 80" aria-hidden="true" {
                rect width="80" height="80" fill=(ground) {}
                path d="M-8 60 60-8M12 88 88 12M32 88 88 32M-8 28 28-8" {}
                text x="39" y="53" { (face.initials) }
            }
        }
    }
}

/// Face, name, second line.
pub fn who(face: &Face, name: Markup, second: &str) -> Markup {
    html! { div.who { (avatar(face)) p { b { (name) } br; span.muted { (second) } } } }
}

/// One instructor in a list of results.
#[derive(Clone, Debug)]
pub struct ResultView {
    pub name: String,
    pub href: String,
    pub face: Face,
    /// "Piano, violin. 12 years teaching."
    pub line: String,
    /// All in.
    pub pay: Cents,
    /// "60 min, all in".
    pub pay_for: String,
    /// Why it is here although it does not match ("Nothing free on Thursday. Free today.").
    pub why: Option<String>,
    /// A rating belongs here from the third review on, and never before.
    pub facts: Vec<Fact>,
    /// "Thursday, Nov 12".
    pub slots_head: String,
    pub slots: Vec<SlotView>,
}

pub fn result(view: &ResultView) -> Markup {
    html! {
        li.res {
            article {
                (avatar(&view.face))
                div.res__who { h3 { a href=(view.href) { (view.name) } } p { (view.line) } }
                p.res__pay { b.fig { (view.pay.dollars()) } small { (view.pay_for) } }
                div.res__facts {
                    @if let Some(why) = &view.why { p.small { b { (why) } } }
                    (facts_row(&view.facts))
                }
                div.res__slots {
                    p.small.muted { (view.slots_head) }
                    (slots(&view.slots, Some((&view.href, &format!("with {}", view.name)))))
                }
            }
        }
    }
}
