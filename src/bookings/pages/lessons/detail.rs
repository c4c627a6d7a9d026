//! One lesson, for either side: when and where, what cancelling costs now, where the money is.

use maud::{Markup, html};

use crate::base::time::{Date, WallTime};
use crate::web::components::{
    Band, Face, Moment, PriceLine, crumb, facts, policy_bands, price_table, section_one, timeline, when, who,
};

pub struct LessonView {
    pub back: (&'static str, &'static str),
    /// "Piano with Sarah C."
    pub title: String,
    pub badge: Markup,
    pub reference: String,
    pub notices: Vec<Markup>,
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub facts: Vec<(&'static str, Markup)>,
    pub policy: Option<PolicyView>,
    pub money: Vec<Moment>,
    pub receipt: Receipt,
    pub other: Person,
    /// What can be done now: links and forms, the most likely first.
    pub actions: Markup,
    /// Forms under the facts, such as the instructor's own note.
    pub forms: Markup,
    /// What higher rooms add, such as the review.
    pub extra: Markup,
}

/// What cancelling would cost at this moment.
pub struct PolicyView {
    pub title: String,
    pub words: Markup,
    pub bands: Vec<Band>,
    pub actions: Markup,
}

pub struct Receipt {
    pub title: &'static str,
    pub lines: Vec<PriceLine>,
    pub total: PriceLine,
    pub words: String,
}

pub struct Person {
    pub face: Face,
    pub name: Markup,
    pub second: String,
}

pub fn lesson(view: &LessonView) -> Markup {
    html! {
        div.wrap.flow {
            header.flow__top {
                (crumb(view.back.0, view.back.1))
                h1 { (view.title) }
                p.row { (view.badge) span.muted { "Reference " (view.reference) } }
                @for one in &view.notices { (one) }
            }
            div.flow__main.stack {
                section.sec.sec--one.lesson-facts {
                    (when(view.date, view.start, view.end, true))
                    (facts(&view.facts))
                }
                (view.forms)
                @if let Some(policy) = &view.policy { (policy_part(policy)) }
                @if !view.money.is_empty() { (section_one("money", "Where the money is", timeline(&view.money))) }
                (view.extra)
            }
            (side(view))
        }
    }
}

fn policy_part(view: &PolicyView) -> Markup {
    section_one(
        "plans",
        &view.title,
        html! {
            p { (view.words) }
            (policy_bands(&view.bands))
            @if !view.actions.0.is_empty() { div.row { (view.actions) } }
        },
    )
}

fn side(view: &LessonView) -> Markup {
    html! {
        aside.flow__side.panel.stack aria-label=(view.receipt.title) {
            h2.h3 { (view.receipt.title) }
            (price_table(&view.receipt.lines, &view.receipt.total))
            @if !view.receipt.words.is_empty() { p.small.muted { (view.receipt.words) } }
            (who(&view.other.face, view.other.name.clone(), &view.other.second))
            (view.actions)
        }
    }
}
