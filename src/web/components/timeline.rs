//! What has happened and what will: past filled, future hollow.

use maud::{Markup, html};

#[derive(Clone, Debug)]
pub struct Moment {
    pub title: String,
    pub text: String,
    pub done: bool,
}

impl Moment {
    pub fn past(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), done: true }
    }
    pub fn ahead(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), done: false }
    }
}

pub fn timeline(moments: &[Moment]) -> Markup {
    html! {
        ol.line {
            @for moment in moments {
                li.done[moment.done] { b { (moment.title) } (moment.text) }
            }
        }
    }
}
