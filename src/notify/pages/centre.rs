//! The notification centre: what happened, newest first. Opening a line marks it read and leads to what it is about.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::accounts::own_path;
use crate::base::access::Actor;
use crate::base::id::NotificationId;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, utc_to_local, zone};
use crate::notify::centre as ops;
use crate::notify::model::Notification;
use crate::site::Site;
use crate::web::components::{Button, Pager, Tone, badge, button, empty, link_button, page_head, pager, post_button};
use crate::web::{Access, Answer, Chrome, Id, Pages, Params, page, see_other};

const HERE: &str = "/notifications";
const PER_PAGE: usize = 20;

pub(super) fn pages(pages: Pages) -> Pages {
    pages
        .get(Access::SignedIn, "/notifications", show)
        .post(Access::SignedIn, "/notifications/read", read_all)
        .post(Access::SignedIn, "/notifications/delete", delete_all)
        .post(Access::SignedIn, "/notifications/{id}", open)
        .post(Access::SignedIn, "/notifications/{id}/delete", delete)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: usize,
}

async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let all = site.read(|r| ops::of(r, actor.user_id, false))?;
    let unread = all.iter().filter(|note| note.read_at.is_none()).count();
    let number = asked.page.clamp(1, 1000);
    let from = (number - 1) * PER_PAGE;
    let tz = zone(&actor.timezone).unwrap_or(TimeZone::UTC);
    let shown: Vec<&Notification> = all.iter().skip(from).take(PER_PAGE).collect();
    let href = |page: usize| format!("{HERE}?page={page}");
    let around = Pager {
        summary: format!("{} to {} of {}", from + 1, from + shown.len(), all.len()),
        back: (number > 1).then(|| ("Newer".to_owned(), href(number - 1))),
        next: (from + shown.len() < all.len()).then(|| ("Older".to_owned(), href(number + 1))),
    };
    let lead = if unread == 0 { "All read.".to_owned() } else { format!("{unread} new.") };
    let body = html! {
        div.wrap.stack.stack--l {
            (page_head("Notifications", lead, html! {
                @if unread > 0 { (post_button("/notifications/read", &[], &Button::line("Mark all as read").small())) }
                (link_button("/account/notifications", &Button::line("What we tell you").small()))
            }))
            @if shown.is_empty() {
                (empty("Nothing here yet", "Lessons, payments, reviews and sign-ins are told here.", None))
            } @else {
                ul.tidings { @for note in &shown { (line(note, &tz)) } }
                (pager(&around))
                div.row { (post_button("/notifications/delete", &[], &Button::link("Clear all"))) }
            }
        }
    };
    Ok(page(&chrome, "Notifications", body).into_response())
}

fn line(note: &Notification, tz: &TimeZone) -> Markup {
    let is_new = note.read_at.is_none();
    html! {
        li.tiding.tiding--new[is_new] {
            form method="post" action={ (HERE) "/" (note.id) } {
                (button(&Button::link(&note.title)))
                @if is_new { " " (badge(Tone::Info, "new")) }
            }
            p { (note.body) }
            div.row.row--split {
                span.small.muted { (moment(note.created_at, tz)) }
                form method="post" action={ (HERE) "/" (note.id) "/delete" } {
                    (button(&Button::link("Remove").says(&format!("Remove: {}", note.title))))
                }
            }
        }
    }
}

fn moment(at: Timestamp, tz: &TimeZone) -> String {
    let (date, wall) = utc_to_local(at, tz);
    format!("{}, {}", fmt_date(date), fmt_clock(wall))
}

async fn open(State(site): State<Site>, actor: Actor, Id(id): Id<NotificationId>) -> Answer<Response> {
    let note = ops::mark_read(&site, actor.user_id, id).await?;
    Ok(see_other(own_path(&note.url).unwrap_or(HERE)))
}

async fn read_all(State(site): State<Site>, actor: Actor) -> Answer<Response> {
    ops::mark_all_read(&site, actor.user_id).await?;
    Ok(see_other(HERE))
}

async fn delete(State(site): State<Site>, actor: Actor, Id(id): Id<NotificationId>) -> Answer<Response> {
    ops::delete(&site, actor.user_id, id).await?;
    Ok(see_other(HERE))
}

async fn delete_all(State(site): State<Site>, actor: Actor) -> Answer<Response> {
    ops::delete_all(&site, actor.user_id).await?;
    Ok(see_other(HERE))
}
