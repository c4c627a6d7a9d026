//! The outbox of a sandbox, reminders by hand, preferences.

mod notifications;
mod preferences;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::model::MailView;
use super::{ops, reminders};
use crate::base::access::Permission;
use crate::base::paging::Page;
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::web::{Access, Answer, Api, ClientIp, Params, Window, WindowStanding, count};

pub fn routes(api: Api) -> Api {
    api.route(Access::can(Permission::AdminManage), routes!(send_reminders))
        .route(Access::SignedIn, routes!(preferences::get_preferences, preferences::put_preferences))
        .route(Access::SignedIn, routes!(preferences::put_preference))
        .route(Access::SignedIn, routes!(notifications::list, notifications::delete_all))
        .route(Access::SignedIn, routes!(notifications::unread_count))
        .route(Access::SignedIn, routes!(notifications::read_all))
        .route(Access::SignedIn, routes!(notifications::read))
        .route(Access::SignedIn, routes!(notifications::delete))
}

/// Only in sandbox mode, and only for this machine.
pub fn sandbox_routes(api: Api, site: &Site) -> Api {
    if site.is_sandbox() { api.route(Access::Loopback, routes!(list_outbox)) } else { api }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OutboxQuery {
    to: Option<String>,
    template: Option<String>,
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Mails, newest first.
#[utoipa::path(get, path = "/sandbox/v1/outbox", tag = "sandbox", operation_id = "list_outbox",
    params(OutboxQuery), responses((status = 200, body = Page<MailView>)))]
async fn list_outbox(
    State(site): State<Site>,
    ip: ClientIp,
    Params(query): Params<OutboxQuery>,
) -> Answer<Json<Page<MailView>>> {
    if !ip.0.to_canonical().is_loopback() {
        return Err(Refusal::not_found("NOT_FOUND", "There is nothing at this address.").into());
    }
    let limit = query.limit.unwrap_or(50).clamp(1, 1000);
    Ok(Json(Page::whole(ops::outbox(&site, query.to.as_deref(), query.template.as_deref(), limit)?)))
}

/// rule: 10§7: once an hour, whoever of the admins asks.
static REMINDERS: Window = Window::new("send_reminders", 1, 3600);

#[derive(Serialize, ToSchema)]
struct Reminded {
    message: String,
    reminders_sent: usize,
}

/// Mails tomorrow's lessons that were not reminded of yet.
#[utoipa::path(post, path = "/api/v1/bookings/send-reminders", tag = "bookings", operation_id = "send_reminders",
    responses((status = 200, body = Reminded)))]
async fn send_reminders(State(site): State<Site>) -> Answer<Json<Reminded>> {
    let verdict = count(&site, &REMINDERS, "all").await?;
    if !verdict.allowed && WindowStanding::of(&site)?.blocks() {
        return Err(REMINDERS.refusal(&verdict).into());
    }
    let reminders_sent = reminders::send_tomorrows(&site).await?;
    Ok(Json(Reminded { message: format!("Reminded of {reminders_sent} lessons."), reminders_sent }))
}
