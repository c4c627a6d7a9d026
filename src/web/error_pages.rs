//! Designed pages for every refusal a person can run into: what happened, what was kept, what to do.
//!
//! They say nothing about money that the refusal itself does not say; a page that knows more renders its own.

use maud::{Markup, html};

use super::components::{Button, Tone, link_button, notice, search_box};
use crate::base::refusal::Refusal;

use super::launch;
use super::layout::{Audience, Chrome, Head, page};

pub fn error_page(chrome: &Chrome, refusal: &Refusal, request_id: &str) -> Markup {
    let view = View {
        status: refusal.status,
        retry_after: refusal.extra.get("retry_after").and_then(serde_json::Value::as_u64),
        detail: &refusal.detail,
        code: refusal.code,
    };
    let words = words(&view);
    let head = Head { robots: Some("noindex".into()), ..Head::from(words.title.as_str()) };
    // A fault's own sentence says no more than ours; that of an absent thing would tell what there is.
    let says_more = !view.detail.is_empty() && view.status != 404 && view.status < 500;
    let body = html! {
        div.wrap.stop {
            p.stop__n.board.fig aria-hidden="true" { (sign(&view)) }
            div.stack {
                h1 { (words.title) }
                @if says_more { p { (view.detail) } }
                @if !refusal.errors.is_empty() { ul { @for error in &refusal.errors { li { (error.message) } } } }
                p { (words.kept) }
                (way_on(chrome, &view))
                p.small.muted { "Request " code { (request_id) } }
            }
        }
    };
    page(chrome, head, body)
}

struct View<'a> {
    status: u16,
    /// Seconds to wait (429, 503).
    retry_after: Option<u64>,
    detail: &'a str,
    code: &'static str,
}

/// The figure on the board: the seconds to wait, or the status.
fn sign(view: &View) -> Markup {
    match view.retry_after {
        Some(1) if view.status == 429 => html! { span { "1" } small { "second" } },
        Some(seconds) if view.status == 429 && seconds < 600 => html! { span { (seconds) } small { "seconds" } },
        Some(seconds) if view.status == 429 => html! { span { (seconds.div_ceil(60)) } small { "minutes" } },
        _ => html! { (view.status) },
    }
}

struct Words {
    title: String,
    kept: &'static str,
}

fn words(view: &View) -> Words {
    let (title, kept) = match view.status {
        403 if view.code == launch::CODE => {
            ("Not open yet.", "Lessons you have booked already are where they were. Nothing was changed.")
        }
        403 if view.code == "CSRF_ORIGIN_MISMATCH" => (
            "This did not come from our page.",
            "It may have been a link or a button elsewhere that did not mean you well.",
        ),
        401 => ("Sign in to see this page.", "It belongs to an account. After signing in you come straight back here."),
        403 => ("This page is not yours to open.", "It belongs to another kind of account. Nothing was changed."),
        404 => (
            "This stop does not exist.",
            "The address may be old or mistyped. Nothing was lost: held times are where you left them.",
        ),
        405 => ("That cannot be done here.", "Go back and use the button on the page. Nothing was changed."),
        409 => (
            "Someone was quicker.",
            "What you saw has changed in the meantime. Nothing of yours was changed or charged.",
        ),
        410 => {
            ("This has ended.", "The link or the page was good for a while and is not any more. Nothing was changed.")
        }
        413 => ("That is too large.", "Nothing was stored. Send a smaller file or a shorter text."),
        415 => {
            ("We cannot read that kind of file.", "Nothing was stored. Send it in one of the formats the form names.")
        }
        400 | 422 => (
            "Something in the form needs another look.",
            "Nothing was saved and nothing was charged. Go back: what you typed is still there.",
        ),
        429 => ("", "We slow this down so that nobody can guess passwords or crowd others out. Nothing was lost."),
        503 => (
            "Closed for a moment.",
            "We are starting, restoring or changing over. Held times keep; nothing was charged. Try again shortly.",
        ),
        500.. => (
            "Something broke on our side.",
            "Nothing was changed by this request. If you were paying, look at your lessons before trying again: they say what was charged.",
        ),
        _ => ("That did not work.", "Nothing was changed."),
    };
    let title = match (view.status, view.retry_after) {
        (429, Some(1)) => "Too many tries. Wait one second.".to_owned(),
        (429, Some(seconds)) if seconds < 600 => format!("Too many tries. Wait {seconds} seconds."),
        (429, Some(seconds)) => format!("Too many tries. Wait {} minutes.", seconds.div_ceil(60)),
        (429, None) => "Too many tries. Wait a moment.".to_owned(),
        _ => title.to_owned(),
    };
    Words { title, kept }
}

fn way_on(chrome: &Chrome, view: &View) -> Markup {
    let here = chrome.path.as_str();
    match view.status {
        401 => {
            html! { p.row { (link_button(&format!("/login?redirect={}", encoded(here)), &Button::primary("Sign in"))) } }
        }
        404 | 410 => html! {
            form action="/search" role="search" { (search_box("", "piano, Upper West Side, Thursday", None)) }
            p.row { (ways(chrome, view)) }
        },
        429 | 503 => html! {
            p.row { (link_button(here, &Button::primary("Try again"))) (ways(chrome, view)) }
        },
        500.. => html! {
            (notice(Tone::Info, html! { "Tell us the request number below and we find out exactly what happened. " a href="/contact" { "Contact" } }))
            p.row { (ways(chrome, view)) }
        },
        _ => html! { p.row { (ways(chrome, view)) } },
    }
}

fn ways(chrome: &Chrome, view: &View) -> Markup {
    html! {
        a href="/" { "Home" }
        @match chrome.audience() {
            Audience::Student => a href="/student/lessons" { "Your lessons" },
            Audience::Instructor => a href="/instructor/bookings" { "Your lessons" },
            Audience::Console => a href="/admin" { "Console" },
            Audience::Guest => {},
        }
        // What is not open yet is no way on.
        @if view.code != launch::CODE { a href="/search" { "Find a lesson" } }
        a href="/help" { "Help" }
    }
}

/// A path as a query value.
fn encoded(path: &str) -> String {
    serde_urlencoded::to_string([("", path)]).unwrap_or_default().trim_start_matches('=').to_owned()
}
