//! What anyone may ask about an instructor's time; answers are checked for change on every use, never stale.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::availability::ops::public::{Look, availability, next_available as next};
use crate::availability::wire::{DetailLevel, NextAvailable, PublicAvailability};
use crate::base::id::UserId;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::sha256_hex;
use crate::base::time::Date;
use crate::site::Site;
use crate::web::{Answer, Id, Params};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AvailabilityQuery {
    /// Today in the instructor's zone, or later.
    start_date: Option<Date>,
    /// At most 90 days later; 30 days are answered at once.
    end_date: Option<Date>,
    /// Leaves out what is not offered for this kind of place.
    location_type: Option<Place>,
    /// Leaves out stretches in which no lesson of this length fits.
    #[serde(alias = "duration")]
    #[param(minimum = 1, maximum = 720)]
    duration_minutes: Option<u16>,
    #[serde(default)]
    detail_level: DetailLevel,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NextQuery {
    /// 60 unless told.
    #[param(minimum = 1, maximum = 720)]
    duration_minutes: Option<u16>,
    location_type: Option<Place>,
}

/// Free time by date, in the instructor's zone.
#[utoipa::path(get, path = "/api/v1/public/instructors/{instructor_id}/availability", tag = "public",
    operation_id = "get_public_availability", params(("instructor_id" = UserId, Path), AvailabilityQuery),
    responses((status = 200, body = PublicAvailability, headers(("ETag" = String))), (status = 304)))]
pub(super) async fn public_availability(
    State(site): State<Site>,
    Id(who): Id<UserId>,
    headers: HeaderMap,
    Params(query): Params<AvailabilityQuery>,
) -> Answer<Response> {
    let look = Look {
        start: query.start_date,
        end: query.end_date,
        place: query.location_type,
        minutes: query.duration_minutes,
        detail: query.detail_level,
    };
    let view = site.read(|r| availability(r, site.now(), who, &look))?;
    Ok(unless_known(&headers, &view)?)
}

/// The first time at which a lesson fits, within 30 days.
#[utoipa::path(get, path = "/api/v1/public/instructors/{instructor_id}/next-available", tag = "public",
    operation_id = "get_next_available", params(("instructor_id" = UserId, Path), NextQuery),
    responses((status = 200, body = NextAvailable, headers(("ETag" = String))), (status = 304)))]
pub(super) async fn next_available(
    State(site): State<Site>,
    Id(who): Id<UserId>,
    headers: HeaderMap,
    Params(query): Params<NextQuery>,
) -> Answer<Response> {
    let view = site.read(|r| next(r, site.now(), who, query.location_type, query.duration_minutes))?;
    Ok(unless_known(&headers, &view)?)
}

/// 304 when the asker has this very answer. The tag is made of the answer itself: a hold that ends or a minute that
/// passes changes it as surely as an edit does.
fn unless_known(headers: &HeaderMap, view: &impl Serialize) -> Outcome<Response> {
    let body = serde_json::to_vec(view).map_err(Refusal::internal)?;
    let tag = format!("W/\"{}\"", &sha256_hex(&body)[..32]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let is_known = known.split(',').any(|one| one.trim() == "*" || bare(one) == bare(&tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(Refusal::internal)?);
    Ok(response)
}
