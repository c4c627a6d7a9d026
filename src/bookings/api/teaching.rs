//! The instructor's side of the diary.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::reading::ListQuery;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::paging::Page;
use crate::base::refusal::Outcome;
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops;
use crate::bookings::rules::lists::{Filter, awaits_completion};
use crate::bookings::view::BookingView;
use crate::site::Site;
use crate::web::{Answer, Id, Params};

type Listed = Answer<Json<Page<BookingView>>>;

fn listed(site: &Site, actor: &Actor, query: &ListQuery, lessons: Outcome<Vec<Booking>>) -> Listed {
    Ok(Json(ops::read::views(site, query.page().cut(lessons?)?, actor.user_id)?))
}

/// The instructor's bookings, newest lesson first.
#[utoipa::path(get, path = "/api/v1/instructor-bookings", tag = "instructor-bookings",
    operation_id = "instructor_bookings", params(ListQuery), responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn instructor_bookings(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<ListQuery>,
) -> Listed {
    let taught = ops::read::taught(&site, actor.user_id, &query.filter()?);
    listed(&site, &actor, &query, taught)
}

/// Lessons that ended and wait to be marked complete, oldest first.
#[utoipa::path(get, path = "/api/v1/instructor-bookings/pending-completion", tag = "instructor-bookings",
    operation_id = "instructor_pending_completion", params(ListQuery),
    responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn instructor_pending_completion(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<ListQuery>,
) -> Listed {
    let now = site.now();
    let confirmed = Filter { status: Some(Status::Confirmed), ..Filter::default() };
    let waiting = ops::read::taught(&site, actor.user_id, &confirmed).map(|mut lessons| {
        lessons.retain(|booking| awaits_completion(booking, now));
        lessons.reverse();
        lessons
    });
    listed(&site, &actor, &query, waiting)
}

/// Confirmed lessons ahead, the next first.
#[utoipa::path(get, path = "/api/v1/instructor-bookings/upcoming", tag = "instructor-bookings",
    operation_id = "instructor_upcoming", params(ListQuery), responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn instructor_upcoming(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<ListQuery>,
) -> Listed {
    let taught = ops::read::taught(&site, actor.user_id, &Filter { upcoming: true, ..Filter::default() });
    listed(&site, &actor, &query, taught)
}

/// Completed lessons, the latest first.
#[utoipa::path(get, path = "/api/v1/instructor-bookings/completed", tag = "instructor-bookings",
    operation_id = "instructor_completed", params(ListQuery), responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn instructor_completed(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<ListQuery>,
) -> Listed {
    let completed = Filter { status: Some(Status::Completed), ..Filter::default() };
    let taught = ops::read::taught(&site, actor.user_id, &completed);
    listed(&site, &actor, &query, taught)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Notes {
    /// Kept as the instructor's note.
    #[param(max_length = 1000)]
    notes: Option<String>,
}

/// Says that the lesson took place, with a note if there is one.
#[utoipa::path(post, path = "/api/v1/instructor-bookings/{booking_id}/complete", tag = "instructor-bookings",
    operation_id = "instructor_complete", params(("booking_id" = BookingId, Path), Notes),
    responses((status = 200, body = BookingView)))]
pub(super) async fn instructor_complete(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Params(query): Params<Notes>,
) -> Answer<Json<BookingView>> {
    let booking = ops::complete::by_instructor(&site, id, actor.user_id, query.notes).await?;
    Ok(Json(ops::read::view_for(&site, &booking, actor.user_id)?))
}
