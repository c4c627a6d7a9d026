//! `/student/review/{booking}`: stars and words for a lesson that took place.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{first_name, review_item};
use crate::base::access::Actor;
use crate::base::id::{BookingId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{fmt_date, fmt_range};
use crate::bookings::model::Booking;
use crate::payments::model::TipStatus;
use crate::reviews::ops::{self, NewReview, TipState};
use crate::reviews::rules::{self, STAR_WORDS, TEXT_CHARS};
use crate::reviews::tables::of_booking;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Field, Pick, Tone, button, crumb, error_summary, field, link_button, notice, page_head, pick,
    stars, toast,
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
    /// Dollars, from the choices or the field beside them.
    #[serde(default)]
    tip: String,
    #[serde(default)]
    other_tip: String,
}

impl Typed {
    fn tip(&self) -> Outcome<Option<Cents>> {
        let text = if self.tip == "other" { &self.other_tip } else { &self.tip };
        if text.trim().is_empty() {
            return Ok(None);
        }
        let wrong = || Refusal::invalid("other_tip", "Write dollars, like 7 or 7.50.");
        let amount = Cents::typed(text).ok_or_else(wrong)?;
        let wrong = |_| Refusal::invalid("other_tip", "A tip is between $0.50 and $999.");
        rules::tip(amount).map(Some).map_err(wrong)
    }
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
    let student = actor.user_id;
    match write_typed(&site, student, id, &typed).await {
        Ok(Some(TipState { action_url: Some(url), .. })) => {
            let location = HeaderValue::from_str(&url).map_err(Refusal::internal)?;
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
        }
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

async fn write_typed(site: &Site, student: UserId, booking_id: BookingId, typed: &Typed) -> Outcome<Option<TipState>> {
    let (rating, text) = (typed.rating.parse().unwrap_or(0), Some(typed.review_text.clone()));
    let new = NewReview { booking_id, rating, text, tip: typed.tip()? };
    Ok(ops::write(site, student, new).await?.1)
}

/// What became of the tip, in words.
fn tip_words(tip: &TipState, teacher: &str) -> (Tone, String) {
    match tip.status {
        TipStatus::Succeeded => (Tone::Ok, format!("Your tip has reached {teacher}.")),
        TipStatus::Processing => (Tone::Info, "Your tip is on its way.".into()),
        TipStatus::RequiresAction => (Tone::Warn, "Your bank wants to check the tip; it is not charged yet.".into()),
        TipStatus::RequiresPaymentMethod => (Tone::Warn, "The card was declined, so no tip was charged.".into()),
        TipStatus::Failed => (Tone::Warn, "The tip could not be given; your card was not charged.".into()),
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
    let tip = written.as_ref().map(|review| ops::tip_of(r, review)).transpose()?.flatten();
    let open = rules::may_review(booking, written.is_some(), site.now());
    Ok(html! {
        div.wrap.stack {
            (crumb("The lesson", &format!("/student/lessons/{}", booking.id)))
            (page_head(&title, when, html! {}))
            @if done { (toast("Thank you. Your review is in.", None)) }
            @match (&written, &open) {
                (Some(review), _) => {
                    @if let Some((tone, words)) = tip.as_ref().map(|tip| tip_words(tip, &teacher)) { (notice(tone, words)) }
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
            (tip_fields(teacher, typed, error("other_tip")))
            p { (button(&Button::primary("Send the review").busy("Sending…"))) }
        }
    }
}

fn tip_fields(teacher: &str, typed: &Typed, error: Option<&str>) -> Markup {
    let choice = |value: &str, label: &str| Choice::new(value, label, typed.tip == value);
    let choices = [
        choice("", "No tip"),
        choice("5", "$5"),
        choice("10", "$10"),
        choice("20", "$20"),
        choice("other", "Another sum"),
    ];
    let label = format!("A tip for {teacher}");
    let hint = format!("Charged now to your default card. All of it is {teacher}’s.");
    let other = Field {
        name: "other_tip",
        label: "Another sum, in dollars",
        hint: &hint,
        value: &typed.other_tip,
        inputmode: "decimal",
        small: true,
        optional: true,
        maxlength: Some(8),
        error,
        ..Field::default()
    };
    html! {
        fieldset.field { legend { (label) } div.row { @for one in &choices { (pick(Pick::One, "tip", one)) } } }
        (field(&other))
    }
}
