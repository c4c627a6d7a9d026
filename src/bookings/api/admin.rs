//! Bookings as an admin sees them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reading::status;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp};
use crate::bookings::model::Side;
use crate::bookings::ops::admin::{Search, file, payment_status, search};
use crate::bookings::ops::{cancel, complete};
use crate::bookings::view::{BookingView, view};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id, IdempotencyKey, Params, Reply};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// A booking id, its reference, a name or an address.
    q: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    /// First lesson date.
    from: Option<String>,
    /// Last lesson date.
    to: Option<String>,
    #[param(minimum = 1)]
    page: Option<u32>,
    #[param(minimum = 1, maximum = 100)]
    per_page: Option<u32>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    cursor: Option<String>,
}

impl SearchQuery {
    fn search(&self) -> Outcome<Search> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let date = |field: &str, text: Option<String>| -> Outcome<Option<Date>> {
            text.map(|t| t.parse().map_err(|_| Refusal::invalid(field, "A date as YYYY-MM-DD."))).transpose()
        };
        Ok(Search {
            text: given(&self.q),
            status: given(&self.status).as_deref().map(status).transpose()?,
            payment_status: given(&self.payment_status).as_deref().map(payment_status).transpose()?,
            from: date("from", given(&self.from))?,
            to: date("to", given(&self.to))?,
        })
    }
}

/// All bookings, the latest made first.
#[utoipa::path(get, path = "/api/v1/admin/bookings", tag = "admin-bookings", operation_id = "admin_bookings",
    params(SearchQuery), responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn admin_bookings(
    State(site): State<Site>,
    Params(query): Params<SearchQuery>,
) -> Answer<Json<Page<BookingView>>> {
    let found = search(&site, &query.search()?)?;
    let page = PageQuery { page: query.page, per_page: query.per_page, limit: query.limit, cursor: query.cursor };
    let Page { items, next_cursor, numbers } = page.cut(found)?;
    let items = site.read(|r| items.iter().map(|booking| view(r, booking, Side::Admin)).collect())?;
    Ok(Json(Page { items, next_cursor, numbers }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct LedgerLine {
    account: String,
    amount_cents: Cents,
    kind: String,
    at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub(super) struct HistoryLine {
    r#type: &'static str,
    at: Timestamp,
    data: serde_json::Value,
}

/// A booking with its books and its history.
#[derive(Serialize, ToSchema)]
pub(super) struct BookingFile {
    #[serde(flatten)]
    booking: BookingView,
    ledger: Vec<LedgerLine>,
    events: Vec<HistoryLine>,
}

/// One booking with every ledger line and event.
#[utoipa::path(get, path = "/api/v1/admin/bookings/{booking_id}", tag = "admin-bookings", operation_id = "admin_booking",
    params(("booking_id" = BookingId, Path)), responses((status = 200, body = BookingFile)))]
pub(super) async fn admin_booking(State(site): State<Site>, Id(id): Id<BookingId>) -> Answer<Json<BookingFile>> {
    let file = file(&site, id)?;
    let line = |entry: &crate::payments::ledger::Entry, line: &crate::payments::ledger::Line| LedgerLine {
        account: line.account.name().to_owned(),
        amount_cents: line.amount,
        kind: entry.kind.name().to_owned(),
        at: entry.at,
    };
    Ok(Json(BookingFile {
        booking: file.view,
        ledger: file.ledger.iter().flat_map(|entry| entry.lines.iter().map(|l| line(entry, l))).collect(),
        events: file.events.into_iter().map(|e| HistoryLine { r#type: e.kind, at: e.at, data: e.data }).collect(),
    }))
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelInput {
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
    /// Everything back to the card; otherwise the card is charged in full and the instructor is paid.
    refund: bool,
}

/// Cancels a lesson that has not begun, with the card's money back or charged in full.
#[utoipa::path(post, path = "/api/v1/admin/bookings/{booking_id}/cancel", tag = "admin-bookings",
    operation_id = "admin_cancel_booking",
    params(("booking_id" = BookingId, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = CancelInput,
    responses((status = 200, body = BookingView)))]
pub(super) async fn admin_cancel_booking(
    State(site): State<Site>,
    by: By,
    Id(id): Id<BookingId>,
    key: IdempotencyKey,
    Body(input): Body<CancelInput>,
) -> Answer<Response> {
    let admin = by.user()?;
    let work = async {
        let booking = cancel::by_admin(&site, id, by.because(&input.reason)?, input.refund).await?;
        Ok(Reply::ok(site.read(|r| view(r, &booking, Side::Admin))?))
    };
    key.run(&site, admin, "admin_cancel_booking", &(id, &input), work).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteInput {
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

/// Says that a lesson took place.
#[utoipa::path(post, path = "/api/v1/admin/bookings/{booking_id}/complete", tag = "admin-bookings",
    operation_id = "admin_complete_booking", params(("booking_id" = BookingId, Path)), request_body = CompleteInput,
    responses((status = 200, body = BookingView)))]
pub(super) async fn admin_complete_booking(
    State(site): State<Site>,
    by: By,
    Id(id): Id<BookingId>,
    Body(input): Body<CompleteInput>,
) -> Answer<Json<BookingView>> {
    let booking = complete::by_admin(&site, id, by.because(&input.reason)?).await?;
    Ok(Json(site.read(|r| view(r, &booking, Side::Admin))?))
}
