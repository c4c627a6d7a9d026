//! Looking at one's own bookings.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::creating::PriceView;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::paging::{Page, PageQuery};
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime};
use crate::bookings::model::Status;
use crate::bookings::ops;
use crate::bookings::rules::lists::Filter;
use crate::bookings::view::BookingView;
use crate::site::Site;
use crate::web::{Answer, Id, Params};

/// Which of one's bookings.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// PENDING, CONFIRMED, COMPLETED, CANCELLED, NO_SHOW or PAYMENT_FAILED.
    status: Option<String>,
    /// Confirmed and not ended, the next first.
    upcoming: Option<bool>,
    /// History: without confirmed lessons still ahead and without the old side of moved ones.
    exclude_future_confirmed: Option<bool>,
    /// What took place: completed, or confirmed and ended.
    include_past_confirmed: Option<bool>,
    #[param(minimum = 1)]
    page: Option<u32>,
    #[param(minimum = 1, maximum = 100)]
    per_page: Option<u32>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    cursor: Option<String>,
}

impl ListQuery {
    pub(super) fn filter(&self) -> Outcome<Filter> {
        let status = self.status.as_deref().filter(|text| !text.is_empty()).map(status).transpose()?;
        Ok(Filter {
            status,
            upcoming: self.upcoming.unwrap_or(false),
            without_future_confirmed: self.exclude_future_confirmed.unwrap_or(false),
            taken_place: self.include_past_confirmed.unwrap_or(false),
        })
    }

    pub(super) fn page(&self) -> PageQuery {
        PageQuery { page: self.page, per_page: self.per_page, limit: self.limit, cursor: self.cursor.clone() }
    }
}

pub(super) fn status(text: &str) -> Outcome<Status> {
    Status::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Status::ALL.iter().map(|status| status.name()).collect();
        Refusal::invalid("status", format!("One of {}.", names.join(", ")))
    })
}

/// One's own bookings, newest lesson first.
#[utoipa::path(get, path = "/api/v1/bookings", tag = "bookings", operation_id = "list_bookings", params(ListQuery),
    responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn list_bookings(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<ListQuery>,
) -> Answer<Json<Page<BookingView>>> {
    let own = ops::read::own(&site, actor.user_id, &query.filter()?)?;
    Ok(Json(ops::read::views(&site, query.page().cut(own)?, actor.user_id)?))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct UpcomingQuery {
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// The next confirmed lessons, at most 20.
#[utoipa::path(get, path = "/api/v1/bookings/upcoming", tag = "bookings", operation_id = "upcoming_bookings",
    params(UpcomingQuery), responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn upcoming_bookings(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<UpcomingQuery>,
) -> Answer<Json<Page<BookingView>>> {
    let limit = query.limit.unwrap_or(5);
    if !(1..=20).contains(&limit) {
        return Err(Refusal::invalid("limit", "Between 1 and 20.").into());
    }
    let mut own = ops::read::own(&site, actor.user_id, &Filter { upcoming: true, ..Filter::default() })?;
    own.truncate(limit as usize);
    Ok(Json(ops::read::views(&site, Page::whole(own), actor.user_id)?))
}

/// An instructor's own totals.
#[derive(Serialize, ToSchema)]
pub(super) struct StatsView {
    total_bookings: u64,
    upcoming_bookings: u64,
    completed_bookings: u64,
    cancelled_bookings: u64,
    no_show_bookings: u64,
    total_earnings_cents: Cents,
    this_month_earnings_cents: Cents,
}

/// Totals of the instructor's own bookings; earnings are what the ledger paid.
#[utoipa::path(get, path = "/api/v1/bookings/stats", tag = "bookings", operation_id = "booking_stats",
    responses((status = 200, body = StatsView)))]
pub(super) async fn booking_stats(State(site): State<Site>, actor: Actor) -> Answer<Json<StatsView>> {
    let stats = ops::read::stats(&site, actor.user_id)?;
    Ok(Json(StatsView {
        total_bookings: stats.total,
        upcoming_bookings: stats.upcoming,
        completed_bookings: stats.completed,
        cancelled_bookings: stats.cancelled,
        no_show_bookings: stats.no_show,
        total_earnings_cents: stats.earned,
        this_month_earnings_cents: stats.earned_this_month,
    }))
}

/// One booking, trimmed for the side that looks.
#[utoipa::path(get, path = "/api/v1/bookings/{booking_id}", tag = "bookings", operation_id = "get_booking",
    params(("booking_id" = BookingId, Path)), responses((status = 200, body = BookingView)))]
pub(super) async fn get_booking(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Json<BookingView>> {
    let (booking, _) = ops::read::own_one(&site, id, actor.user_id)?;
    Ok(Json(ops::read::view_for(&site, &booking, actor.user_id)?))
}

/// A booking in few words, for a hover card.
#[derive(Serialize, ToSchema)]
pub(super) struct PreviewView {
    booking_id: BookingId,
    student_first_name: String,
    student_last_initial: String,
    instructor_first_name: String,
    instructor_last_initial: String,
    service_name: String,
    #[schema(value_type = String, format = Date)]
    booking_date: Date,
    start_time: WallTime,
    end_time: WallTime,
    duration_minutes: u16,
    location_type: Place,
    location_type_display: &'static str,
    meeting_location: Option<String>,
    service_area: Option<String>,
    status: Status,
    student_note: Option<String>,
    total_price_cents: Cents,
}

/// Short facts of one booking.
#[utoipa::path(get, path = "/api/v1/bookings/{booking_id}/preview", tag = "bookings", operation_id = "preview_booking",
    params(("booking_id" = BookingId, Path)), responses((status = 200, body = PreviewView)))]
pub(super) async fn preview_booking(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Json<PreviewView>> {
    let (booking, _) = ops::read::own_one(&site, id, actor.user_id)?;
    let view = ops::read::view_for(&site, &booking, actor.user_id)?;
    Ok(Json(PreviewView {
        booking_id: view.id,
        student_first_name: view.student.first_name,
        student_last_initial: view.student.last_initial,
        instructor_first_name: view.instructor.first_name,
        instructor_last_initial: view.instructor.last_initial,
        service_name: view.service_name,
        booking_date: view.booking_date,
        start_time: view.start_time,
        end_time: view.end_time,
        duration_minutes: view.duration_minutes,
        location_type: view.location_type,
        location_type_display: view.location_type.label(),
        meeting_location: view.meeting_location,
        service_area: view.service_area,
        status: view.status,
        student_note: view.student_note,
        total_price_cents: view.total_price_cents,
    }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct CreditQuery {
    #[param(minimum = 0)]
    applied_credit_cents: Option<i64>,
}

/// The price lines of a booking as it was sold, with as much credit as asked for.
#[utoipa::path(get, path = "/api/v1/bookings/{booking_id}/pricing", tag = "pricing", operation_id = "booking_pricing",
    params(("booking_id" = BookingId, Path), CreditQuery), responses((status = 200, body = PriceView)))]
pub(super) async fn booking_pricing(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Params(query): Params<CreditQuery>,
) -> Answer<Json<PriceView>> {
    let (booking, _) = ops::read::own_one(&site, id, actor.user_id)?;
    let credit = query.applied_credit_cents.unwrap_or(0);
    Ok(Json(ops::pricing::of_booking(&site, &booking, credit)?.into()))
}
