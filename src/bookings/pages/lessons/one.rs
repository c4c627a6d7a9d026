//! One lesson's pages and forms. The student's and the instructor's differ in their side only.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::cancelling::{CancelView, INSTRUCTOR_REASONS, STUDENT_REASONS, cancelling};
use super::detail::lesson;
use super::load::Lesson;
use crate::base::access::Actor;
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::bookings::ics;
use crate::bookings::model::{Side, Status};
use crate::bookings::ops;
use crate::bookings::ops::read::participant;
use crate::bookings::pages::checkout::load::place_words;
use crate::bookings::tables::absent;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Tone, notice};
use crate::web::{Answer, Chrome, Form, Id, Params, page, see_other};

/// The booking as `side` sees it; from the other side's address it is absent.
pub(super) fn load(r: &dyn Read, site: &Site, id: BookingId, user: UserId, side: Side) -> Outcome<Lesson> {
    let (booking, own) = participant(r, id, user)?;
    if own != side {
        return Err(absent());
    }
    Lesson::load(r, site.now(), booking, side)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    /// What just happened: `cancelled`, `completed`, `saved`, `card`, `moved`.
    done: String,
}

fn said(done: &str) -> Option<Markup> {
    let words = match done {
        "cancelled" => "The lesson is cancelled. Both of you get a mail about it.",
        "completed" => "Noted: the lesson took place. It is paid out 24 hours after its end.",
        "saved" => "Saved.",
        "card" => "The card is changed.",
        "no-show" => "Reported. The other side has 24 hours to object; we write to you either way.",
        "objection" => "Your objection is with our people. No money moves until they have decided.",
        "contest" => "The payment waits until our people have looked at it.",
        "moved" => "The lesson is moved. Both of you get a mail about it.",
        _ => return None,
    };
    Some(notice(Tone::Ok, html! { (words) }))
}

fn shown(site: &Site, chrome: &Chrome, actor: &Actor, id: BookingId, side: Side, done: &str) -> Answer<Markup> {
    let view = site.read(|r| load(r, site, id, actor.user_id, side)?.view(site, r, said(done)))?;
    Ok(page(chrome, view.title.clone(), lesson(&view)))
}

pub async fn student_lesson(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Params(query): Params<Said>,
) -> Answer<Markup> {
    shown(&site, &chrome, &actor, id, Side::Student, &query.done)
}

pub async fn instructor_lesson(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Params(query): Params<Said>,
) -> Answer<Markup> {
    shown(&site, &chrome, &actor, id, Side::Instructor, &query.done)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CancelForm {
    reason: String,
    words: String,
}

impl CancelForm {
    /// The reason chosen, with the own words behind it.
    fn reason(&self) -> String {
        match (self.reason.trim(), self.words.trim()) {
            (reason, "") => reason.to_owned(),
            ("", words) => words.to_owned(),
            (reason, words) => format!("{reason}: {words}"),
        }
    }
}

fn cancel_view(
    r: &dyn Read,
    lesson: &Lesson,
    form: &CancelForm,
    error: Option<String>,
) -> Outcome<CancelView<'static>> {
    let student = lesson.side == Side::Student;
    Ok(CancelView {
        lesson: lesson.title(),
        back_href: lesson.root(),
        action: format!("{}/cancellation", lesson.root()),
        left: lesson.left(),
        result: lesson.result(r)?,
        // An unpaid hold costs nothing whenever it is given up.
        bands: if student && lesson.booking.status == Status::Confirmed { lesson.bands() } else { Vec::new() },
        reasons: if student { &STUDENT_REASONS } else { &INSTRUCTOR_REASONS },
        chosen: form.reason.clone(),
        typed: form.words.clone(),
        error,
    })
}

fn asked(site: &Site, chrome: &Chrome, lesson: &Lesson, form: &CancelForm, error: Option<String>) -> Outcome<Markup> {
    let view = site.read(|r| cancel_view(r, lesson, form, error))?;
    Ok(page(chrome, "Cancel the lesson", cancelling(&view)))
}

fn cancel_page(site: &Site, chrome: &Chrome, actor: &Actor, id: BookingId, side: Side) -> Answer<Response> {
    let lesson = site.read(|r| load(r, site, id, actor.user_id, side))?;
    if !lesson.can_cancel() {
        return Ok(see_other(&lesson.root()));
    }
    Ok(asked(site, chrome, &lesson, &CancelForm::default(), None)?.into_response())
}

async fn cancel(
    site: Site,
    chrome: Chrome,
    actor: Actor,
    id: BookingId,
    side: Side,
    form: CancelForm,
) -> Answer<Response> {
    let lesson = site.read(|r| load(r, &site, id, actor.user_id, side))?;
    if form.reason().is_empty() {
        let page = asked(&site, &chrome, &lesson, &form, Some("Choose a reason, or write one.".to_owned()))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    match ops::cancel::by_participant(&site, id, actor.user_id, &form.reason()).await {
        Ok(_) => Ok(see_other(&format!("{}?done=cancelled", lesson.root()))),
        Err(fault) if matches!(fault.status, 422 | 429) => {
            let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok((status, asked(&site, &chrome, &lesson, &form, Some(fault.detail))?).into_response())
        }
        Err(fault) => Err(fault.into()),
    }
}

pub async fn student_cancel_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Response> {
    cancel_page(&site, &chrome, &actor, id, Side::Student)
}

pub async fn instructor_cancel_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Response> {
    cancel_page(&site, &chrome, &actor, id, Side::Instructor)
}

pub async fn student_cancel(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Form(form): Form<CancelForm>,
) -> Answer<Response> {
    cancel(site, chrome, actor, id, Side::Student, form).await
}

pub async fn instructor_cancel(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Form(form): Form<CancelForm>,
) -> Answer<Response> {
    cancel(site, chrome, actor, id, Side::Instructor, form).await
}

/// The lesson as a calendar file.
pub async fn calendar_file(State(site): State<Site>, actor: Actor, Id(id): Id<BookingId>) -> Answer<Response> {
    let text = site.read(|r| {
        let (booking, side) = participant(r, id, actor.user_id)?;
        let lesson = Lesson::load(r, site.now(), booking, side)?;
        let host = site.base_url.split("://").last().unwrap_or_default().to_owned();
        let (title, place, url) = (lesson.title(), place_words(&lesson.booking), site.url(&lesson.root()));
        let words = ics::Words { title: &title, place: &place, url: &url, host: &host };
        Ok(ics::calendar(&lesson.booking, &words, site.now()))
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"lesson-{id}.ics\"")),
    ];
    Ok((headers, text).into_response())
}
