//! `/book/{instructor}/{offering}`: length, place, day and time; then the slot is held.
//!
//! The choice lives in the address, so a guest signs in or registers on the way and comes back to it.

mod load;
pub mod moving;
mod query;
pub mod show;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde::Deserialize;

pub use query::{Choosing, Query};

use crate::base::access::Actor;
use crate::base::id::{OfferingId, UserId};
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{fmt_clock, fmt_date};
use crate::bookings::model::Booking;
use crate::bookings::ops::create::{Ask, create};
use crate::bookings::pages::checkout::show::slot_lost;
use crate::bookings::pages::offer::service_name;
use crate::site::Site;
use crate::web::{Answer, Chrome, Form, Params, page, see_other};

type Ids = (UserId, OfferingId);

fn ids((instructor, offering): (String, String)) -> Outcome<Ids> {
    let absent = || Refusal::not_found("NOT_FOUND", "There is nothing at this address.");
    Ok((instructor.parse().map_err(|_| absent())?, offering.parse().map_err(|_| absent())?))
}

pub(super) async fn book_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Option<Actor>,
    Path(path): Path<(String, String)>,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    Ok(shown(&site, &chrome, actor.as_ref(), ids(path)?, &query, None)?)
}

fn shown(
    site: &Site,
    chrome: &Chrome,
    actor: Option<&Actor>,
    ids: Ids,
    query: &Query,
    trouble: Option<&Trouble>,
) -> Outcome<Markup> {
    let now = site.now();
    let loaded = site.read(|r| load::load(r, now, ids, query, actor.map(|a| a.user_id), None))?;
    let mut view = loaded.view(query, actor, now);
    if let Some(trouble) = trouble {
        view.notice = Some(trouble.words.clone());
        view.address.clone_from(&trouble.address);
    }
    let title = format!("Choose a time with {}", view.name);
    Ok(page(chrome, title, show::book(&view)))
}

/// Why the slot could not be held, and what was typed.
struct Trouble {
    words: String,
    address: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldForm {
    date: String,
    time: String,
    minutes: String,
    place: String,
    #[serde(default)]
    meeting_location: String,
}

impl HoldForm {
    fn query(&self) -> Query {
        let some = |text: &String| Some(text.clone());
        Query {
            minutes: some(&self.minutes),
            place: some(&self.place),
            date: some(&self.date),
            time: some(&self.time),
            month: None,
        }
    }

    fn ask(&self, student: UserId, (instructor, offering): Ids) -> Outcome<Ask> {
        let query = self.query();
        let unread = |field| Refusal::invalid(field, "Choose a time once more.");
        let ask = Ask {
            student,
            instructor,
            offering,
            date: query.date().ok_or_else(|| unread("date"))?,
            start: query.time().ok_or_else(|| unread("time"))?,
            minutes: query.minutes().ok_or_else(|| unread("minutes"))?,
            place: Some(query.place().ok_or_else(|| unread("place"))?),
            meeting_location: Some(self.meeting_location.clone()),
            student_note: None,
        };
        if ask.place == Some(Place::StudentHome) && self.meeting_location.trim().is_empty() {
            return Err(Refusal::invalid("meeting_location", "Say where the lesson takes place."));
        }
        Ok(ask)
    }
}

pub(super) async fn hold(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Path(path): Path<(String, String)>,
    Form(form): Form<HoldForm>,
) -> Answer<Response> {
    let ids = ids(path)?;
    let held = match form.ask(actor.user_id, ids) {
        Ok(ask) => create(&site, ask).await,
        Err(refusal) => Err(refusal),
    };
    match held {
        Ok(booking) => Ok(see_other(&format!("/student/booking/confirm?booking={}", booking.id))),
        Err(refusal) if refusal.status == 409 => {
            Ok((StatusCode::CONFLICT, lost(&site, &chrome, &actor, ids, &form, &refusal)?).into_response())
        }
        Err(refusal) if matches!(refusal.status, 400 | 422) => {
            let words = refusal.errors.first().map_or(&refusal.detail, |e| &e.message).clone();
            let trouble = Trouble { words, address: form.meeting_location.clone() };
            let page = shown(&site, &chrome, Some(&actor), ids, &form.query(), Some(&trouble))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// A slot lost on the way, before any charge: the three nearest free times (part 50 §2 A3).
fn lost(site: &Site, chrome: &Chrome, actor: &Actor, ids: Ids, form: &HoldForm, why: &Refusal) -> Outcome<Markup> {
    let now = site.now();
    let query = form.query();
    let loaded = site.read(|r| load::load(r, now, ids, &query, Some(actor.user_id), None))?;
    let (nearest, words) = match (query.date(), query.time()) {
        (Some(date), Some(time)) => {
            let own = why.details.as_ref().is_some_and(|d| d["conflict_scope"] == "student");
            let words = if own {
                "You have another lesson at that time.".to_owned()
            } else {
                format!("Somebody else just took {} on {}.", fmt_clock(time), fmt_date(date))
            };
            (loaded.nearest(date, time), words)
        }
        _ => (Vec::new(), why.detail.clone()),
    };
    let body = slot_lost(&service_name(&loaded.offering), &words, &nearest, &loaded.choosing.plain());
    Ok(page(chrome, "That time is gone", body))
}

/// The free times nearest to a booking's own.
pub(super) fn nearest(site: &Site, booking: &Booking) -> Outcome<Vec<(String, String)>> {
    let choosing = Choosing::of(booking);
    let query = Query {
        minutes: Some(booking.minutes.to_string()),
        place: Some(booking.place.name().to_owned()),
        ..Query::default()
    };
    let ids = (choosing.instructor, choosing.offering);
    let loaded = site.read(|r| load::load(r, site.now(), ids, &query, Some(booking.student_id), None))?;
    Ok(loaded.nearest(booking.date, booking.start_time))
}
