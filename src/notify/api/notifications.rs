//! The notification centre as calls.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::id::NotificationId;
use crate::base::paging::Page;
use crate::base::refusal::Refusal;
use crate::base::time::Timestamp;
use crate::notify::centre as ops;
use crate::notify::model::Notification;
use crate::site::Site;
use crate::web::{Answer, Id, Params};

const MOST: usize = 50;

#[derive(Serialize, ToSchema)]
pub(super) struct NotificationData {
    /// A path of this site.
    url: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct NotificationView {
    id: NotificationId,
    /// A category of the preferences, `security` or `payments`.
    category: String,
    /// As the mail that says the same.
    r#type: String,
    title: String,
    body: String,
    data: NotificationData,
    created_at: Timestamp,
    read_at: Option<Timestamp>,
}

impl From<Notification> for NotificationView {
    fn from(note: Notification) -> Self {
        Self {
            id: note.id,
            category: note.category,
            r#type: note.kind,
            title: note.title,
            body: note.body,
            data: NotificationData { url: note.url },
            created_at: note.created_at,
            read_at: note.read_at,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// From the answer before.
    cursor: Option<String>,
    #[serde(default)]
    unread_only: bool,
}

/// What happened, newest first.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications", operation_id = "list_notifications",
    params(ListQuery), responses((status = 200, body = Page<NotificationView>)))]
pub(super) async fn list(
    State(site): State<Site>,
    actor: Actor,
    Params(query): Params<ListQuery>,
) -> Answer<Json<Page<NotificationView>>> {
    let limit = query.limit.unwrap_or(20);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::invalid("limit", "Between 1 and 50.").into());
    }
    let after: Option<NotificationId> = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => Some(cursor.parse().map_err(|_| Refusal::invalid("cursor", "Not from an answer of ours."))?),
        None => None,
    };
    let notes = site.read(|r| ops::of(r, actor.user_id, query.unread_only))?;
    let mut rest = notes.into_iter().filter(|note| after.is_none_or(|after| note.id < after));
    let items: Vec<Notification> = rest.by_ref().take(limit).collect();
    let next_cursor = rest.next().and(items.last().map(|note| note.id.to_string()));
    let mut page = Page::whole(items.into_iter().map(NotificationView::from).collect());
    page.next_cursor = next_cursor;
    Ok(Json(page))
}

#[derive(Serialize, ToSchema)]
pub(super) struct NotificationUnread {
    /// Counted up to a hundred.
    unread_count: usize,
}

/// How many are unread.
#[utoipa::path(get, path = "/api/v1/notifications/unread-count", tag = "notifications", operation_id = "unread_notifications",
    responses((status = 200, body = NotificationUnread)))]
pub(super) async fn unread_count(State(site): State<Site>, actor: Actor) -> Answer<Json<NotificationUnread>> {
    Ok(Json(NotificationUnread { unread_count: site.read(|r| ops::unread(r, actor.user_id))? }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct NotificationsChanged {
    success: bool,
    /// How many it touched.
    count: usize,
}

fn changed(count: usize) -> Json<NotificationsChanged> {
    Json(NotificationsChanged { success: true, count })
}

/// Marks one as read.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", tag = "notifications", operation_id = "read_notification",
    params(("id" = NotificationId, Path,)), responses((status = 200, body = NotificationView)))]
pub(super) async fn read(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<NotificationId>,
) -> Answer<Json<NotificationView>> {
    Ok(Json(ops::mark_read(&site, actor.user_id, id).await?.into()))
}

/// Marks all as read.
#[utoipa::path(post, path = "/api/v1/notifications/read-all", tag = "notifications", operation_id = "read_all_notifications",
    responses((status = 200, body = NotificationsChanged)))]
pub(super) async fn read_all(State(site): State<Site>, actor: Actor) -> Answer<Json<NotificationsChanged>> {
    Ok(changed(ops::mark_all_read(&site, actor.user_id).await?))
}

/// Removes one.
#[utoipa::path(delete, path = "/api/v1/notifications/{id}", tag = "notifications", operation_id = "delete_notification",
    params(("id" = NotificationId, Path,)), responses((status = 200, body = NotificationsChanged)))]
pub(super) async fn delete(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<NotificationId>,
) -> Answer<Json<NotificationsChanged>> {
    ops::delete(&site, actor.user_id, id).await?;
    Ok(changed(1))
}

/// Removes all.
#[utoipa::path(delete, path = "/api/v1/notifications", tag = "notifications", operation_id = "delete_notifications",
    responses((status = 200, body = NotificationsChanged)))]
pub(super) async fn delete_all(State(site): State<Site>, actor: Actor) -> Answer<Json<NotificationsChanged>> {
    Ok(changed(ops::delete_all(&site, actor.user_id).await?))
}
