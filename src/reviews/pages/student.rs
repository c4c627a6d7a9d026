//! `/student/review/{booking}`: stars and words for a lesson that took place.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{first_name, review_item};
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{fmt_date, fmt_range};
use crate::bookings::model::Booking;
use crate::reviews::ops::{self, NewReview};
use crate::reviews::rules::{self, STAR_WORDS, TEXT_CHARS};
use crate::reviews::tables::of_booking;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{
    Button, Field, Tone, button, crumb, error_summary, field, link_button, notice, page_head, stars, toast,
};
use crate::web::{Answer, Chrome, Form, Id, Params, page, see_other};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    rating: String,
    #[serde(default)]
    review_text: String,
}

pub(super) async fn show(
    State(site): State<Site>,
    actor: Actor,
    chrome: Chrome,
    Id(booking): Id<BookingId>,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    let body = site.read(|r| {
        let booking = ops::own_booking(r, actor.user_id, booking)?;
        review_body(r, &site, &booking, &Typed::default(), None, query.done.is_some())
    })?;
    Ok(page(&chrome, "Your review", body))
}

pub(super) async fn write(
    State(site): State<Site>,
    actor: Actor,
    chrome: Chrome,
    Id(id): Id<BookingId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let new =
        NewReview { booking_id: id, rating: typed.rating.parse().unwrap_or(0), text: Some(typed.review_text.clone()) };
    let student = actor.user_id;
    match site.write(move |tx| ops::create(tx, student, &new)).await {
        Ok(_) => Ok(see_other(&format!("/student/review/{id}?done=1"))),
        Err(refusal) if refusal.status == 404 || refusal.status >= 500 => Err(refusal.into()),
        Err(refusal) => {
            let body = site.read(|r| {
                let booking = ops::own_booking(r, student, id)?;
                review_body(r, &site, &booking, &typed, Some(&refusal), false)
            })?;
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok((status, page(&chrome, "Your review", body)).into_response())
        }
    }
}

fn review_body(
    r: &dyn Read,
    site: &Site,
    booking: &Booking,
    typed: &Typed,
    refusal: Option<&Refusal>,
    done: bool,
) -> Outcome<Markup> {
    let teacher = first_name(r, booking.instructor_id)?;
    let written = of_booking(r, booking.id)?;
    let title = format!("{} with {teacher}", booking.service_name);
    let when = format!("{}, {}", fmt_date(booking.date), fmt_range(booking.start_time, booking.end_time));
    let open = rules::may_review(booking, written.is_some(), site.now());
    Ok(html! {
        div.wrap.stack {
            (crumb("The lesson", &format!("/student/lessons/{}", booking.id)))
            (page_head(&title, when, html! {}))
            @if done { (toast("Thank you. Your review is in.", None)) }
            @match (&written, &open) {
                (Some(review), _) => {
                    ul.l.reviews { (review_item(r, review, &teacher, html! {})?) }
                    p { (link_button(&format!("/instructors/{}", booking.instructor_id),
                        &Button::line(&format!("Book {teacher} again")))) }
                },
                (None, Err(why)) => (notice(Tone::Info, &why.detail)),
                (None, Ok(())) => (form(booking, &teacher, typed, refusal)),
            }
        }
    })
}

fn form(booking: &Booking, teacher: &str, typed: &Typed, refusal: Option<&Refusal>) -> Markup {
    let errors = refusal.map_or(&[][..], |refusal| &refusal.errors);
    let listed: Vec<(&str, &str)> = errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect();
    let error = |name: &str| errors.iter().find(|e| e.field == name).map(|e| e.message.as_str());
    let words = Field {
        name: "review_text",
        label: "In your words",
        value: &typed.review_text,
        hint: "Others read it under your first name and initial. It cannot be changed later.",
        error: error("review_text"),
        optional: true,
        maxlength: Some(TEXT_CHARS),
        rows: Some(5),
        ..Field::default()
    };
    html! {
        (error_summary(&listed, "Your review was not sent; what you wrote is still here."))
        form.stack method="post" action={ "/student/review/" (booking.id) } {
            div id="rating" tabindex="-1" {
                (stars("rating", &format!("How was the lesson with {teacher}?"), typed.rating.parse().ok(), &STAR_WORDS))
            }
            (field(&words))
            p { (button(&Button::primary("Send the review").busy("Sending…"))) }
        }
    }
}
