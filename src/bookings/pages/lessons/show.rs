//! A person's lessons as a diary: what is ahead, what is past.

use maud::{Markup, html};

use crate::base::time::{Date, WallTime};
use crate::web::components::{
    Button, Face, Pager, SlotView, Tab, avatar, clock, empty, link_button, pager, slots, tabs,
};

/// One lesson in the list.
pub struct LessonRow {
    pub href: String,
    pub date: Date,
    pub start: WallTime,
    /// "Piano, 60 min"
    pub what: String,
    pub who: String,
    pub place: String,
    pub sum: String,
    /// What the sum alone does not say, such as credit that came back; mostly nothing.
    pub beside: String,
    pub badge: Markup,
    pub links: Vec<(String, String)>,
}

/// Somebody to book again, with their next free times.
pub struct Again {
    pub face: Face,
    pub name: String,
    pub what: String,
    pub slots: Vec<SlotView>,
    pub more_href: String,
}

pub struct LessonsView {
    pub title: &'static str,
    pub tabs: Vec<Tab>,
    /// What needs the reader's hand first.
    pub notices: Vec<Markup>,
    pub rows: Vec<LessonRow>,
    pub empty: (&'static str, &'static str, &'static str, &'static str),
    pub again: Vec<Again>,
    pub pager: Option<Pager>,
}

pub fn lessons(view: &LessonsView) -> Markup {
    html! {
        div.wrap.stack {
            header.row.row--split.pagehead { h1 { (view.title) } }
            (tabs("Lessons", &view.tabs))
            @for one in &view.notices { (one) }
            @if view.rows.is_empty() {
                @let (title, words, label, href) = view.empty;
                (empty(title, words, Some(link_button(href, &Button::line(label)))))
            } @else {
                ul.lessons { @for row in &view.rows { (lesson_row(row)) } }
            }
            @if let Some(pages) = &view.pager { (pager(pages)) }
            @if !view.again.is_empty() { (again(&view.again)) }
        }
    }
}

pub fn lesson_row(row: &LessonRow) -> Markup {
    html! {
        li.les {
            p.les__date {
                b.fig { (row.date.day()) }
                span { (row.date.strftime("%a")) br; (row.date.strftime("%b")) }
            }
            p.les__time.fig { time datetime={ (row.date) "T" (row.start) } { (clock(row.start)) } }
            div.les__what {
                h2.h3 { a href=(row.href) { (row.what) } }
                p { (row.who) }
                p.muted.small { (row.place) }
            }
            p.les__pay {
                b { (row.sum) } br;
                @if !row.beside.is_empty() { span.muted.small { (row.beside) } br; }
                (row.badge)
            }
            p.les__does.small.row { @for (label, href) in &row.links { a href=(href) { (label) } } }
        }
    }
}

fn again(list: &[Again]) -> Markup {
    html! {
        section.sec.again {
            header { h2 { "Book again" } p { "Their next free times." } }
            ul.stack {
                @for one in list {
                    li.again__row {
                        (avatar(&one.face))
                        p { b { (one.name) } br; span.muted.small { (one.what) } }
                        (slots(&one.slots, Some((&one.more_href, &format!("with {}", one.name)))))
                    }
                }
            }
        }
    }
}
