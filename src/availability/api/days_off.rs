//! Days off, and the settings of the platform's booking rules.

use axum::Json;
use axum::extract::State;

use crate::availability::ops::blackouts::{self, NewBlackout};
use crate::availability::ops::calendar::{SettingsChange, acknowledge_settings, change_settings};
use crate::availability::ops::calendar_of;
use crate::availability::tables::blackouts_from;
use crate::availability::wire::{
    BlackoutView, CalendarSettingsBody, CalendarSettingsView, NewBlackoutAnswer, NewBlackoutBody,
};
use crate::base::access::Actor;
use crate::base::id::BlackoutId;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Outcome;
use crate::base::time::today_in;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Created, Id, Params, Success};

/// Days off that are looked at for one list.
const MAX_LISTED: usize = 1000;

/// Days off from today on, the next first.
#[utoipa::path(get, path = "/api/v1/instructors/availability/blackout-dates", tag = "availability",
    operation_id = "list_blackout_dates", params(PageQuery), responses((status = 200, body = Page<BlackoutView>)))]
pub(super) async fn list_blackout_dates(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<BlackoutView>>> {
    let days_off = site.read(|r| {
        let calendar = calendar_of(r, actor.user_id)?;
        let rows = blackouts_from(r, actor.user_id, today_in(site.now(), &calendar.zone), MAX_LISTED)?;
        rows.into_iter()
            .map(|row| {
                Ok(BlackoutView::of(row.clone(), blackouts::affected(r, row.instructor_id, &calendar, row.date)?))
            })
            .collect::<Outcome<Vec<_>>>()
    })?;
    Ok(Json(page.cut_with(days_off, 100)?))
}

/// Takes a day off, or several with `end_date`. Lessons booked on it stay and are named.
#[utoipa::path(post, path = "/api/v1/instructors/availability/blackout-dates", tag = "availability",
    operation_id = "add_blackout_date", request_body = NewBlackoutBody,
    responses((status = 201, body = NewBlackoutAnswer)))]
pub(super) async fn add_blackout_dates(
    State(site): State<Site>,
    actor: Actor,
    Body(body): Body<NewBlackoutBody>,
) -> Answer<Created<NewBlackoutAnswer>> {
    let (who, by, range) = (actor.user_id, By::of(&actor), body.end_date.is_some());
    let new = NewBlackout { date: body.date, end_date: body.end_date, reason: body.reason };
    let added = site.write(move |tx| blackouts::add(tx, &by, who, &calendar_of(tx, who)?, &new)).await?;
    Ok(Created(NewBlackoutAnswer::of(added.into_iter().map(BlackoutView::from).collect(), range)))
}

/// Gives a day back.
#[utoipa::path(delete, path = "/api/v1/instructors/availability/blackout-dates/{blackout_id}", tag = "availability",
    operation_id = "delete_blackout_date", params(("blackout_id" = BlackoutId, Path)),
    responses((status = 200, body = Success)))]
pub(super) async fn delete_blackout_date(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BlackoutId>,
) -> Answer<Json<Success>> {
    let (who, by) = (actor.user_id, By::of(&actor));
    site.write(move |tx| blackouts::delete(tx, &by, who, id)).await?;
    Ok(Success::json())
}

/// Buffers and overnight protection; they act when the marketplace's own booking rules are on.
#[utoipa::path(patch, path = "/api/v1/instructors/me/calendar-settings", tag = "availability",
    operation_id = "change_calendar_settings", request_body = CalendarSettingsBody,
    responses((status = 200, body = CalendarSettingsView)))]
pub(super) async fn change_calendar_settings(
    State(site): State<Site>,
    actor: Actor,
    Body(body): Body<CalendarSettingsBody>,
) -> Answer<Json<CalendarSettingsView>> {
    let (who, by) = (actor.user_id, By::of(&actor));
    let change = SettingsChange {
        non_travel_buffer_minutes: body.non_travel_buffer_minutes,
        travel_buffer_minutes: body.travel_buffer_minutes,
        overnight_protection_enabled: body.overnight_protection_enabled,
    };
    Ok(Json(site.write(move |tx| change_settings(tx, &by, who, change)).await?.into()))
}

/// The instructor has read what the settings mean.
#[utoipa::path(post, path = "/api/v1/instructors/me/calendar-settings/acknowledge", tag = "availability",
    operation_id = "acknowledge_calendar_settings", responses((status = 200, body = CalendarSettingsView)))]
pub(super) async fn acknowledge_calendar_settings(
    State(site): State<Site>,
    actor: Actor,
) -> Answer<Json<CalendarSettingsView>> {
    let who = actor.user_id;
    Ok(Json(site.write(move |tx| acknowledge_settings(tx, who)).await?.into()))
}
