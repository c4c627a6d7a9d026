//! The frame of these pages: on the way in the steps with their marks, afterwards the tabs of the profile.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::form::Faults;
use super::own::{Own, WAY_IN, Way};
use super::{payment, settings, verification};
use crate::web::components::{Icon, Tab, Tone, icon, notice, page_head, tabs};
use crate::web::{Chrome, page};

/// What stands above the body of such a page.
pub(super) struct Sheet<'a> {
    pub title: &'a str,
    pub lead: &'a str,
    /// The step or the tab it belongs to.
    pub here: &'a str,
    /// What was just done.
    pub said: &'a str,
    pub faults: &'a Faults,
}

impl Sheet<'_> {
    pub fn answer(&self, chrome: &Chrome, own: &Own, body: Markup) -> Response {
        let whole = page(
            chrome,
            self.title,
            html! {
                div.wrap.stack.stack--l {
                    (page_head(self.title, self.lead, html! {}))
                    @match Way::of(chrome) {
                        Way::In => (marks(own, self.here)),
                        Way::Kept => (profile_tabs(self.here)),
                    }
                    @if !self.said.is_empty() { (notice(Tone::Ok, self.said)) }
                    (self.faults.summary())
                    (body)
                }
            },
        );
        let status = if self.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        (status, whole).into_response()
    }
}

/// The steps, each with a mark: done, or still to do. // rule: 50§2 B
fn marks(own: &Own, here: &str) -> Markup {
    let steps = [
        ("You", Way::In.about(), own.is_told()),
        ("Lessons", Way::In.skills(), !own.lacks("skills")),
        ("Verification", verification::PATH, !own.lacks("identity") && !own.lacks("background_check")),
        ("Pay", payment::PATH, own.pay.ready),
        ("Go live", WAY_IN, own.through),
    ];
    html! {
        nav aria-label="Setting up" {
            ol.steps.marks {
                @for (label, href, done) in steps {
                    li.done[done] aria-current=[(here == href).then_some("step")] {
                        a href=(href) {
                            (icon(if done { Icon::Check } else { Icon::Warn })) " " (label)
                            span.vh { @if done { ", done" } @else { ", still to do" } }
                        }
                    }
                }
            }
        }
    }
}

fn profile_tabs(here: &str) -> Markup {
    let list =
        [("About you", Way::Kept.about()), ("Lessons and rates", Way::Kept.skills()), ("Settings", settings::PATH)];
    tabs("Your profile", &list.map(|(label, href)| Tab::new(label, href, href == here)))
}
