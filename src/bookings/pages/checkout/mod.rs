//! `/student/booking/confirm`: paying for a held time, and the page after it.

pub mod booked;
pub mod load;
pub mod show;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::paying::{Paid, Payment, own, pay};
use crate::bookings::pages::book::{Choosing, nearest};
use crate::bookings::pages::money::refusal;
use crate::bookings::tables::absent;
use crate::site::Site;
use crate::web::{Answer, Chrome, Form, Id, Params, page, see_other};
use load::Decided;

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    booking: String,
    /// Some of the credit in dollars, `all` of it; none when left out.
    #[serde(default)]
    credit: String,
}

impl Query {
    /// More than there is means all there is.
    fn wanted(&self) -> Cents {
        if self.credit == "all" { Cents(i64::MAX) } else { Cents::typed(&self.credit).unwrap_or(Cents::ZERO) }
    }
}

fn id_of(text: &str) -> Outcome<BookingId> {
    text.parse().map_err(|_| absent())
}

pub(super) async fn checkout_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(query): Params<Query>,
) -> Answer<Response> {
    if query.booking.is_empty() {
        // Nothing was chosen yet.
        return Ok(see_other("/student/lessons"));
    }
    let id = id_of(&query.booking)?;
    let decided = Decided { credit: query.wanted(), ..Decided::default() };
    shown(&site, &chrome, &actor, id, &decided, StatusCode::OK)
}

/// The checkout of a held booking; one that is paid or over leads on to where it stands.
fn shown(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    id: BookingId,
    decided: &Decided,
    status: StatusCode,
) -> Answer<Response> {
    let (booking, payment) = site.read(|r| own(r, id, actor.user_id))?;
    match booking.status {
        Status::Pending if !is_over(&booking, site) => {
            let view = site.read(|r| load::checkout(site, r, &booking, &payment, decided))?;
            Ok((status, page(chrome, "Check it, then book it", show::checkout(&view))).into_response())
        }
        Status::Confirmed => Ok(see_other(&format!("/student/lessons/{id}/booked"))),
        Status::Pending | Status::PaymentFailed => {
            Ok(lost(site, chrome, &booking, "The time was held for you for a while.")?)
        }
        Status::Completed | Status::Cancelled | Status::NoShow => Ok(see_other(&format!("/student/lessons/{id}"))),
    }
}

fn is_over(booking: &Booking, site: &Site) -> bool {
    booking.hold_expires_at.is_some_and(|end| site.now() >= end)
}

/// The time is no longer held: the nearest ones instead, before any charge.
fn lost(site: &Site, chrome: &Chrome, booking: &Booking, words: &str) -> Outcome<Response> {
    let choosing = Choosing::of(booking);
    let nearest = nearest(site, booking).unwrap_or_default();
    let body = show::slot_lost(&booking.service_name, words, &nearest, &choosing.day(booking.date));
    Ok((StatusCode::CONFLICT, page(chrome, "That time is gone", body)).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayForm {
    booking: String,
    #[serde(default)]
    payment_method_id: String,
    #[serde(default)]
    requested_credit_cents: String,
    #[serde(default)]
    student_note: String,
}

pub(super) async fn book(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(form): Form<PayForm>,
) -> Answer<Response> {
    let id = id_of(&form.booking)?;
    let credit = form.requested_credit_cents.parse::<i64>().unwrap_or(0).max(0);
    let wish = Payment {
        method: Some(form.payment_method_id.clone()).filter(|card| !card.is_empty()),
        credit: Some(Cents(credit)),
        save: false,
        make_default: false,
        note: Some(form.student_note.clone()),
    };
    let mut decided = Decided {
        credit: Cents(credit),
        card: Some(form.payment_method_id),
        note: Some(form.student_note),
        trouble: None,
    };
    match pay(&site, id, actor.user_id, wish).await {
        Ok(Paid { checkout, .. }) if checkout.success => Ok(see_other(&format!("/student/lessons/{id}/booked"))),
        Ok(Paid { checkout, .. }) if checkout.requires_action && checkout.action_url.is_some() => {
            Ok(away(checkout.action_url.as_deref().unwrap_or_default())?)
        }
        Ok(Paid { checkout, .. }) => {
            decided.trouble = Some(refusal(checkout.decline_code.as_deref()));
            shown(&site, &chrome, &actor, id, &decided, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) if fault.status == 409 => {
            let (booking, _) = site.read(|r| own(r, id, actor.user_id))?;
            let own = fault.details.as_ref().is_some_and(|details| details["conflict_scope"] == "student");
            let words = if own {
                "You have booked another lesson at that time meanwhile."
            } else {
                "Somebody else took that time meanwhile. Nothing was charged."
            };
            Ok(lost(&site, &chrome, &booking, words)?)
        }
        Err(fault) if matches!(fault.status, 400 | 422 | 429 | 503) => {
            let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            decided.trouble = Some(fault.detail);
            shown(&site, &chrome, &actor, id, &decided, status)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// 303 to the bank's page.
fn away(url: &str) -> Outcome<Response> {
    let location = HeaderValue::from_str(url).map_err(Refusal::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

pub(super) async fn booked_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Markup> {
    let view = site.read(|r| {
        let (booking, payment) = own(r, id, actor.user_id)?;
        load::booked(&site, r, &actor, &booking, &payment)
    })?;
    Ok(page(&chrome, "You’re booked", booked::booked(&view)))
}
