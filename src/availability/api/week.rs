//! The week: read with its version, saved against it, copied, repeated.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::availability::ops::calendar_of;
use crate::availability::ops::lessons::{booked_slot, lessons, validate};
use crate::availability::ops::week::{self as ops, ApplyRange, CopyWeek, Editor, SaveWeek, Week};
use crate::availability::rules::bits::Day;
use crate::availability::rules::week::{MAX_RANGE_DAYS, Wanted, monday};
use crate::availability::settings::edit_policy;
use crate::availability::tables::days;
use crate::availability::wire::{
    AppliedView, ApplyRangeBody, BitmapDay, BitmapWeek, BookedSlot, CopiedView, CopyWeekBody, DatedWindow,
    SaveWeekBody, SavedView, SpecificDate, ValidateBody, Validation, WeekMap, WindowView, days_of, week_map,
};
use crate::base::access::Actor;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, dates, days_between, monday_of, plus_days, today_in};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Fault, Params};

/// Windows on one page unless the caller asks for fewer.
const WINDOWS_PER_PAGE: u32 = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WeekQuery {
    /// Any day of the week.
    start_date: Date,
    /// `bitmap` for the bytes of each day.
    format: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SaveQuery {
    /// Write although the week was changed meanwhile.
    #[serde(default, rename = "override")]
    force: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RangeQuery {
    start_date: Option<Date>,
    end_date: Option<Date>,
}

/// One week: date → windows. `ETag` is its version for a later save.
#[utoipa::path(get, path = "/api/v1/instructors/availability/week", tag = "availability",
    operation_id = "get_availability_week", params(WeekQuery),
    responses((status = 200, body = std::collections::BTreeMap<String, Vec<WindowView>>,
        headers(("ETag" = String), ("Last-Modified" = String), ("X-Allow-Past" = bool)))))]
pub(super) async fn read_week(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<WeekQuery>,
) -> Answer<Response> {
    let (week, allow_past) = site.read(|r| {
        calendar_of(r, actor.user_id)?;
        let policy = edit_policy(r, site.mode)?;
        Ok((ops::read_week(r, actor.user_id, query.start_date)?, policy.allow_past))
    })?;
    let mut response = match query.format.as_deref() {
        None | Some("json") => Json(week_map(&week.days)).into_response(),
        Some("bitmap") => Json(bitmap(&week)).into_response(),
        Some(_) => return Err(Refusal::invalid("format", "Either json or bitmap.").into()),
    };
    tag(response.headers_mut(), &week, allow_past);
    Ok(response)
}

fn bitmap(week: &Week) -> BitmapWeek {
    let day = |date| {
        let day = week.days.get(&date).unwrap_or(&Day::EMPTY);
        BitmapDay { date, bits: STANDARD.encode(day.bits()), format_tags: STANDARD.encode(day.tags()) }
    };
    BitmapWeek { version: week.version.clone(), days: dates(week.monday, plus_days(week.monday, 6)).map(day).collect() }
}

fn tag(headers: &mut HeaderMap, week: &Week, allow_past: bool) {
    etag(headers, &week.version);
    if let Some(value) = week.updated_at.and_then(http_date) {
        headers.insert(header::LAST_MODIFIED, value);
    }
    let allow = HeaderValue::from_static(if allow_past { "true" } else { "false" });
    headers.insert(HeaderName::from_static("x-allow-past"), allow);
}

/// The version as a strong tag, readable by scripts of other origins.
fn etag(headers: &mut HeaderMap, version: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        headers.insert(header::ETAG, value);
    }
    let exposed = HeaderValue::from_static("ETag, Last-Modified, X-Allow-Past");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}

fn http_date(at: crate::base::time::Timestamp) -> Option<HeaderValue> {
    HeaderValue::from_str(&at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

fn if_match(headers: &HeaderMap) -> Option<String> {
    headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Saves a week. With `If-Match`, `base_version` or `version` (in this order) it is written only if it is still that
/// one; 409 carries `error` and `current_version`.
#[utoipa::path(post, path = "/api/v1/instructors/availability/week", tag = "availability",
    operation_id = "save_availability_week", params(SaveQuery), request_body = SaveWeekBody,
    responses((status = 200, body = SavedView, headers(("ETag" = String)))))]
pub(super) async fn save_week(
    State(site): State<Site>,
    actor: Actor,
    headers: HeaderMap,
    Params(query): Params<SaveQuery>,
    Body(body): Body<SaveWeekBody>,
) -> Answer<Response> {
    let (mode, who, by) = (site.mode, actor.user_id, By::of(&actor));
    let save = SaveWeek {
        week_start: body.week_start,
        windows: body.windows(),
        clear_existing: body.clear_existing,
        version: if_match(&headers).or(body.base_version).or(body.version),
        force: body.force || query.force,
    };
    let saved = site
        .write(move |tx| {
            let editor = Editor::of(tx, mode, tx.now(), who, &by)?;
            ops::save_week(tx, &editor, &save)
        })
        .await;
    Ok(with_version(saved.map(SavedView::from), |view| view.version.clone()))
}

/// Success and a version conflict both say which version there is now.
fn with_version<T: serde::Serialize>(outcome: Outcome<T>, version: impl Fn(&T) -> String) -> Response {
    let (mut response, version) = match outcome {
        Ok(view) => {
            let version = version(&view);
            (Json(view).into_response(), Some(version))
        }
        Err(refusal) => {
            let current = refusal.extra.get("current_version").and_then(|v| v.as_str()).map(str::to_owned);
            (Fault(refusal).into_response(), current)
        }
    };
    if let Some(version) = version {
        etag(response.headers_mut(), &version);
    }
    response
}

/// Published windows by date, from today for a year unless a range is named.
#[utoipa::path(get, path = "/api/v1/instructors/availability", tag = "availability",
    operation_id = "list_availability", params(RangeQuery, PageQuery),
    responses((status = 200, body = Page<DatedWindow>)))]
pub(super) async fn list_windows(
    State(site): State<Site>,
    actor: Actor,
    Params(range): Params<RangeQuery>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<DatedWindow>>> {
    let windows = site.read(|r| {
        let calendar = calendar_of(r, actor.user_id)?;
        let start = range.start_date.unwrap_or_else(|| today_in(site.now(), &calendar.zone));
        let end = range.end_date.unwrap_or(plus_days(start, MAX_RANGE_DAYS));
        if end < start || days_between(start, end) > MAX_RANGE_DAYS {
            let message = format!("The range ends on or after its start and covers at most {MAX_RANGE_DAYS} days.");
            return Err(Refusal::invalid("end_date", message));
        }
        let days = days(r, actor.user_id, start, end)?;
        Ok(days.iter().flat_map(|(date, day)| DatedWindow::all_of(*date, day)).collect::<Vec<_>>())
    })?;
    Ok(Json(page.cut_with(windows, WINDOWS_PER_PAGE)?))
}

/// Lessons of a week, to lay over its grid.
#[utoipa::path(get, path = "/api/v1/instructors/availability/week/booked-slots", tag = "availability",
    operation_id = "get_booked_slots", params(WeekQuery), responses((status = 200, body = Page<BookedSlot>)))]
pub(super) async fn booked_slots(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<WeekQuery>,
) -> Answer<Json<Page<BookedSlot>>> {
    let monday = monday_of(query.start_date);
    let slots = site.read(|r| {
        let calendar = calendar_of(r, actor.user_id)?;
        let lessons = lessons(r, &calendar, actor.user_id, monday, plus_days(monday, 6))?;
        lessons.into_iter().map(|entry| booked_slot(r, entry)).collect::<Outcome<Vec<_>>>()
    })?;
    Ok(Json(Page::whole(slots)))
}

/// What a save would add and take back; changes nothing.
#[utoipa::path(post, path = "/api/v1/instructors/availability/week/validate-changes", tag = "availability",
    operation_id = "validate_week_changes", request_body = ValidateBody,
    responses((status = 200, body = Validation)))]
pub(super) async fn validate_changes(
    State(site): State<Site>,
    actor: Actor,
    Body(body): Body<ValidateBody>,
) -> Answer<Json<Validation>> {
    let monday = monday(body.week_start, "week_start")?;
    let (edited, saved) =
        (in_week(monday, "current_week", &body.current_week)?, in_week(monday, "saved_week", &body.saved_week)?);
    let validation = site.read(|r| {
        let calendar = calendar_of(r, actor.user_id)?;
        validate(r, &calendar, site.now(), actor.user_id, (monday, &edited, &saved))
    })?;
    Ok(Json(validation))
}

fn in_week(monday: Date, field: &str, map: &WeekMap) -> Outcome<crate::availability::rules::week::Days> {
    let outside = map.keys().find(|date| **date < monday || **date > plus_days(monday, 6));
    match outside {
        Some(date) => Err(Refusal::invalid(&format!("{field}.{date}"), format!("Not in the week of {monday}."))),
        None => days_of(field, map),
    }
}

/// Copies one week onto another, replacing all of its days.
#[utoipa::path(post, path = "/api/v1/instructors/availability/copy-week", tag = "availability",
    operation_id = "copy_availability_week", request_body = CopyWeekBody,
    responses((status = 200, body = CopiedView, headers(("ETag" = String)))))]
pub(super) async fn copy_week(
    State(site): State<Site>,
    actor: Actor,
    headers: HeaderMap,
    Body(body): Body<CopyWeekBody>,
) -> Answer<Response> {
    let (mode, who, by) = (site.mode, actor.user_id, By::of(&actor));
    let copy = CopyWeek { from: body.from_week_start, to: body.to_week_start, version: if_match(&headers) };
    let copied = site
        .write(move |tx| {
            let editor = Editor::of(tx, mode, tx.now(), who, &by)?;
            ops::copy_week(tx, &editor, &copy)
        })
        .await;
    let view = copied.map(|copied| CopiedView::of(body.from_week_start, body.to_week_start, copied));
    Ok(with_version(view, |view| view.version.clone()))
}

/// Repeats a week over a range of dates, its free weekdays included.
#[utoipa::path(post, path = "/api/v1/instructors/availability/apply-to-date-range", tag = "availability",
    operation_id = "apply_to_date_range", request_body = ApplyRangeBody,
    responses((status = 200, body = AppliedView)))]
pub(super) async fn apply_to_date_range(
    State(site): State<Site>,
    actor: Actor,
    Body(body): Body<ApplyRangeBody>,
) -> Answer<Json<AppliedView>> {
    let (mode, who, by) = (site.mode, actor.user_id, By::of(&actor));
    let apply = ApplyRange { from: body.from_week_start, start: body.start_date, end: body.end_date };
    let applied = site
        .write(move |tx| {
            let editor = Editor::of(tx, mode, tx.now(), who, &by)?;
            ops::apply_range(tx, &editor, &apply)
        })
        .await?;
    Ok(Json(applied.into()))
}

/// Adds one window to a date; what overlaps published time is refused, what touches it is joined.
#[utoipa::path(post, path = "/api/v1/instructors/availability/specific-date", tag = "availability",
    operation_id = "add_specific_date", request_body = SpecificDate,
    responses((status = 200, body = SpecificDate)))]
pub(super) async fn add_specific_date(
    State(site): State<Site>,
    actor: Actor,
    Body(body): Body<SpecificDate>,
) -> Answer<Json<SpecificDate>> {
    let (mode, who, by, date) = (site.mode, actor.user_id, By::of(&actor), body.specific_date);
    let wanted = Wanted { date, start: body.start_time, end: body.end_time, tag: body.tag };
    let window = site
        .write(move |tx| {
            let editor = Editor::of(tx, mode, tx.now(), who, &by)?;
            ops::add_window(tx, &editor, wanted)
        })
        .await?;
    Ok(Json(SpecificDate { specific_date: date, start_time: window.start, end_time: window.end, tag: window.tag }))
}
