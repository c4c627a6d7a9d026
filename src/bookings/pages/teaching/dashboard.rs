//! An instructor's day: the next lessons, the week's hours, what still keeps the page from being public.

use maud::{Markup, html};

use crate::bookings::pages::lessons::show::{LessonRow, lesson_row};
use crate::instructors::pages::WAY_IN;
use crate::web::components::{
    Button, Icon, Stat, Tone, empty, icon, link_button, notice, page_head, post_button, section, stats,
};

/// One thing to set up: label, done, where.
pub struct SetUp {
    pub label: &'static str,
    pub done: bool,
    pub href: &'static str,
}

pub struct DashboardView {
    pub first_name: String,
    pub lead: String,
    pub stats: Vec<Stat>,
    /// Lessons that wait to be marked complete.
    pub waiting: Vec<LessonRow>,
    pub next: Vec<LessonRow>,
    pub set_up: Vec<SetUp>,
    pub is_live: bool,
    /// Nobody can find or book them until they resume.
    pub is_paused: bool,
    /// Going live was the last thing they did.
    pub just_live: bool,
    pub public_href: String,
}

pub fn dashboard(view: &DashboardView) -> Markup {
    let does = html! {
        (link_button("/instructor/profile", &Button::line("Your profile").small().icon(Icon::Edit)))
        (link_button(&view.public_href, &Button::line("Public profile").small().icon(Icon::Eye)))
        (link_button("/instructor/availability", &Button::line("Your week").small().icon(Icon::Calendar)))
    };
    html! {
        div.wrap {
            (page_head(&format!("Hello, {}", view.first_name), view.lead.as_str(), does))
            @if view.is_paused { (paused()) }
            @if view.just_live { (notice(Tone::Ok, html! { "You are live. Students find you now; " a href="/instructor/availability" { "publish free times" } " so that they can book." })) }
            @if !view.is_live { (checklist(view)) }
            (stats(&view.stats))
            @if !view.waiting.is_empty() {
                (section("waiting", "Did they take place?", "Mark a lesson complete once it is over. After 24 hours it counts by itself.",
                    html! { ul.lessons { @for row in &view.waiting { (lesson_row(row)) } } }))
            }
            (section("next", "Next lessons", "", next(view)))
        }
    }
}

fn paused() -> Markup {
    notice(
        Tone::Warn,
        html! {
            p { "You are paused: students cannot find or book you. Lessons already booked stay." }
            (post_button("/account/resume", &[], &Button::line("Resume").small().busy("Resuming…")))
        },
    )
}

fn next(view: &DashboardView) -> Markup {
    html! {
        @if view.next.is_empty() {
            (empty("No lessons ahead", "Booked lessons appear here. Students book the free times of your week.",
                Some(link_button("/instructor/availability", &Button::line("Publish free times")))))
        } @else {
            ul.lessons { @for row in &view.next { (lesson_row(row)) } }
            p { a href="/instructor/bookings" { "All lessons" } }
        }
    }
}

fn checklist(view: &DashboardView) -> Markup {
    section(
        "set-up",
        "Before students can book you",
        "Every step can be done in any order.",
        html! {
            ul.stack.stack--s {
                @for step in &view.set_up {
                    li.row {
                        (icon(if step.done { Icon::Check } else { Icon::Right }))
                        @if step.done { span { (step.label) span.vh { ", done" } } } @else { a href=(step.href) { (step.label) } }
                    }
                }
            }
            p { (link_button(WAY_IN, &Button::primary("See what is missing"))) }
        },
    )
}
