//! `/student/lessons/{id}/move`: the same picker, for a lesson that is booked already.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::query::Query;
use super::{HoldForm, load, show};
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::refusal::{Outcome, Refusal};
use crate::bookings::ops::paying::own;
use crate::bookings::ops::reschedule::{Wish, may_be_moved, reschedule};
use crate::bookings::rules::reschedule::Way;
use crate::payments::model::BookingPayment;
use crate::site::Site;
use crate::web::components::{PriceLine, Tone, crumb, notice};
use crate::web::{Answer, Chrome, Form, Id, Params, page, see_other};

fn shown(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    id: BookingId,
    query: &Query,
    trouble: Option<String>,
) -> Outcome<Markup> {
    let now = site.now();
    let way = match site.read(|r| may_be_moved(r, now, id, actor.user_id)) {
        Ok(way) => way,
        Err(refusal) if refusal.status == 404 => return Err(refusal),
        Err(refusal) => return Ok(closed(chrome, id, &refusal)),
    };
    let (loaded, payment) = site.read(|r| {
        let (booking, payment) = own(r, id, actor.user_id)?;
        let ids = (booking.instructor_id, booking.offering_id);
        Ok((load::load(r, now, ids, query, Some(actor.user_id), Some(&booking))?, payment))
    })?;
    let mut view = loaded.view(query, Some(actor), now);
    view.notice = trouble.or(view.notice);
    view.late = (way == Way::Late).then(|| late(&payment));
    if let Some(chosen) = view.chosen.as_mut().filter(|_| payment.credits_reserved.is_positive()) {
        chosen.lines.push(PriceLine::new("Credit", -payment.credits_reserved));
        chosen.total = payment.card_amount();
    }
    Ok(page(chrome, "Move the lesson", show::book(&view)))
}

/// Why it cannot be moved any more.
fn closed(chrome: &Chrome, id: BookingId, refusal: &Refusal) -> Markup {
    let body = html! {
        div.wrap.narrow.stack.stack--l {
            header.pagehead { (crumb("Back to the lesson", &format!("/student/lessons/{id}"))) h1 { "Move the lesson" } }
            (notice(Tone::Info, &refusal.detail))
        }
    };
    page(chrome, "Move the lesson", body)
}

/// rule: 10§2.8: what moving less than a day ahead takes, said before a time is chosen.
fn late(payment: &BookingPayment) -> String {
    format!(
        "The lesson is less than 24 hours away, so {} is charged when you move it and pays for the new time. It can be \
         moved this once; cancelling it then gives credit, no money back.",
        payment.card_amount().dollars()
    )
}

pub async fn move_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    Ok(shown(&site, &chrome, &actor, id, &query, None)?)
}

pub async fn move_lesson(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Form(form): Form<HoldForm>,
) -> Answer<Response> {
    let query = form.query();
    let unread = |field| Refusal::invalid(field, "Choose a time once more.");
    let wish = Wish {
        date: query.date().ok_or_else(|| unread("date"))?,
        start: query.time().ok_or_else(|| unread("time"))?,
        minutes: query.minutes().ok_or_else(|| unread("minutes"))?,
        offering: None,
    };
    match reschedule(&site, id, actor.user_id, wish).await {
        Ok(moved) => Ok(see_other(&format!("/student/lessons/{}?done=moved", moved.id))),
        Err(refusal) if matches!(refusal.status, 400 | 409 | 422 | 429) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            let page = shown(&site, &chrome, &actor, id, &query, Some(refusal.detail))?;
            Ok((status, page).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}
