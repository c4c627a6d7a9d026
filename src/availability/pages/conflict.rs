//! Somebody saved the same week meanwhile: both versions side by side, and the choice between them.

use maud::{Markup, html};

use super::address;
use super::editor::span_words;
use super::written::changes;
use crate::availability::ops::week::Week;
use crate::availability::rules::week::{Days, Guard, plan};
use crate::base::time::WallTime;
use crate::web::components::{Button, button, link_button, page_head};
use crate::web::{Chrome, page};

/// `now` is the week as it stands, `mine` the days as they were about to be saved, `fields` the form once more.
pub(super) fn conflict_page(
    chrome: &Chrome,
    now: &Week,
    mine: &Days,
    action: &str,
    fields: &[(String, String)],
) -> Markup {
    // Only shown, never written: the guard that counts is the one of the write.
    let free = Guard { today: now.monday, now: WallTime::START, allow_past: true, edit_window_days: 0 };
    let plan = plan(mine.clone(), &now.days, &free);
    let title = "This week was saved meanwhile";
    let lead = format!(
        "{} is another week than the one you opened, perhaps from another window of yours. \
        Nothing of yours was saved yet.",
        span_words(now.monday)
    );
    let body = html! {
        div.wrap.stack {
            (page_head(title, lead, html! {}))
            @if plan.writes.is_empty() {
                p { "It is the same as what you were saving." }
            } @else {
                (changes(&plan, &now.days))
            }
            div.row {
                (link_button(&address(now.monday, ""), &Button::primary("Keep the published week")))
                @if !plan.writes.is_empty() {
                    form method="post" action=(action) {
                        @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                        (button(&Button::line("Save mine over it").busy("Saving…")))
                    }
                }
            }
        }
    };
    page(chrome, title, body)
}
