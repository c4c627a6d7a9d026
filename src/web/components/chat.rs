//! Messages: sender and time under each, ours in ink.

use maud::{Markup, html};

#[derive(Clone, Debug, Default)]
pub struct MessageView {
    pub id: String,
    pub mine: bool,
    pub text: String,
    /// "Sarah, 11:50 am", "You, 2:13 pm. Read".
    pub foot: String,
    /// Taken back by its sender.
    pub gone: bool,
    /// Forms under an own message: edit, delete.
    pub does: Markup,
}

pub enum ThreadItem {
    Day(String),
    /// Where the unread begin.
    New,
    Message(MessageView),
}

pub fn message(m: &MessageView) -> Markup {
    html! {
        div.msg.msg--me[m.mine].msg--gone[m.gone] id=[(!m.id.is_empty()).then(|| format!("m-{}", m.id))] {
            p { (m.text) }
            footer { (m.foot) @if !m.does.0.is_empty() { " " (m.does) } }
        }
    }
}

pub fn thread(items: &[ThreadItem]) -> Markup {
    html! {
        div.thread role="log" aria-label="Messages" {
            @for item in items {
                @match item {
                    ThreadItem::Day(day) => p.thread__day.small.muted { (day) },
                    ThreadItem::New => p.thread__new { span.you { "New" } },
                    ThreadItem::Message(one) => (message(one)),
                }
            }
        }
    }
}
