//! `/admin/find`: the one box. An id or a reference leads straight there; anything else shows who and what it may be.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::shell::{address, heading, moments, show, state};
use super::users::fits;
use crate::accounts::model::User;
use crate::accounts::{self, user_by_email, users};
use crate::base::id::{BookingId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::text::{normal_email, shown_line};
use crate::bookings::model::Booking;
use crate::bookings::ops::admin::{Search, search};
use crate::bookings::tables::BOOKINGS;
use crate::console::words::{Moments, lesson_state};
use crate::site::Site;
use crate::store::{Read, ReadExt};
use crate::web::components::{Button, Col, Row, Table, empty, link_button, table};
use crate::web::{Answer, Chrome, Params, see_other};

/// Of each kind; the lists behind show the rest.
const SHOWN: usize = 10;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    q: String,
}

pub async fn find(State(site): State<Site>, chrome: Chrome, Params(wish): Params<Wish>) -> Answer<Response> {
    let text = &shown_line(&wish.q);
    if let Some(place) = site.read(|r| exact(r, text))? {
        return Ok(see_other(&place));
    }
    let times = moments(&site);
    let (people, lessons) = if text.is_empty() { Default::default() } else { alike(&site, text)? };
    if let (Some(only), true) = (lessons.first(), people.is_empty() && lessons.len() == 1) {
        return Ok(see_other(&format!("/admin/bookings/{}", only.id)));
    }
    let body = site.read(|r| results(r, text, &people, &lessons, &times))?;
    Ok(show(&site, &chrome, "Find", body)?.into_response())
}

/// Where an id or an address leads that there is.
fn exact(r: &dyn Read, text: &str) -> Outcome<Option<String>> {
    let id = text.to_uppercase();
    if let Ok(booking) = id.parse::<BookingId>()
        && r.has(&BOOKINGS, &booking)?
    {
        return Ok(Some(format!("/admin/bookings/{booking}")));
    }
    let by_id = id.parse::<UserId>().ok().map(|id| accounts::user(r, id)).transpose()?.flatten();
    let user = match by_id {
        Some(user) => Some(user),
        None => user_by_email(r, &normal_email(text))?,
    };
    if let Some(user) = user {
        return Ok(Some(format!("/admin/users/{}", user.id)));
    }
    let request = id.len() == 26 && id.chars().all(|c| c.is_ascii_alphanumeric());
    Ok(request.then(|| address("/admin/audit", &[("on", &id)])))
}

fn alike(site: &Site, text: &str) -> Outcome<(Vec<User>, Vec<Booking>)> {
    let everybody = site.read(|r| users(r, SCAN_ROWS))?;
    let people = everybody.into_iter().filter(|user| fits(user, text)).take(SHOWN).collect();
    let mut lessons = search(site, &Search { text: Some(text.to_owned()), ..Search::default() })?;
    lessons.sort_by_key(|booking| std::cmp::Reverse(booking.start));
    lessons.truncate(SHOWN);
    Ok((people, lessons))
}

fn results(r: &dyn Read, text: &str, people: &[User], lessons: &[Booking], times: &Moments) -> Outcome<Markup> {
    let title = if text.is_empty() { "Find".to_owned() } else { format!("“{text}”") };
    if people.is_empty() && lessons.is_empty() {
        let words = "Type a name, an e-mail address, a booking’s reference such as 7K3M-Q2VD, or any id.";
        let all = link_button("/admin/bookings", &Button::line("All bookings"));
        let head = if text.is_empty() { "What are you looking for?" } else { "Nothing found" };
        return Ok(html! { (heading(title, html! {})) (empty(head, words, Some(all))) });
    }
    let lesson_rows: Outcome<Vec<Row>> = lessons.iter().map(|booking| lesson(r, booking, times)).collect();
    Ok(html! {
        (heading(title, html! {}))
        @if !people.is_empty() {
            section.stack.stack--s {
                h2.h3 { "People" }
                (listed("People", vec![Col::new("Name"), Col::new("Role"), Col::new("Joined")], people.iter().map(|user| person(user, times)).collect()))
                p.small { a href=(address("/admin/users", &[("q", text)])) { "All people like this" } }
            }
        }
        @if !lessons.is_empty() {
            section.stack.stack--s {
                h2.h3 { "Bookings" }
                (listed("Bookings", vec![Col::new("Starts"), Col::new("Lesson"), Col::new("Student"), Col::new("Instructor"), Col::new("State")], lesson_rows?))
                p.small { a href=(address("/admin/bookings", &[("q", text)])) { "All bookings like this" } }
            }
        }
    })
}

fn listed(caption: &str, cols: Vec<Col>, rows: Vec<Row>) -> Markup {
    table(&Table { caption: caption.to_owned(), caption_hidden: true, cols, rows, foot: None })
}

fn person(user: &User, times: &Moments) -> Row {
    Row::new(vec![
        html! { span { a href={ "/admin/users/" (user.id) } { b { (user.full_name()) } } br; small { (user.email) } } },
        html! { (super::users::role_words(user)) },
        html! { (times.day(user.created_at)) },
    ])
}

fn lesson(r: &dyn Read, booking: &Booking, times: &Moments) -> Outcome<Row> {
    let name =
        |id: UserId| -> Outcome<String> { Ok(accounts::user(r, id)?.map_or_else(String::new, |u| u.full_name())) };
    let (student, instructor) = (name(booking.student_id)?, name(booking.instructor_id)?);
    Ok(Row::new(vec![
        html! { a href={ "/admin/bookings/" (booking.id) } { b { (times.at(booking.start)) } } },
        html! { span { (booking.service_name) br; small { (booking.reference()) } } },
        html! { (student) },
        html! { (instructor) },
        state(lesson_state(booking, times.now)),
    ]))
}
