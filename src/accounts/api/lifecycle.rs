//! Pausing, closing, leaving, and what is held about a person.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::accounts::model::{AccountStatus, User};
use crate::accounts::ops;
use crate::accounts::rules::lifecycle::{Move, decide};
use crate::base::access::{Actor, Role};
use crate::base::id::UserId;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id};

#[derive(Serialize, ToSchema)]
pub(super) struct StatusChange {
    success: bool,
    message: String,
    previous_status: AccountStatus,
    new_status: AccountStatus,
}

async fn change(site: &Site, actor: &Actor, by: By, wish: Move, message: &str) -> Answer<Json<StatusChange>> {
    let (before, after) = ops::lifecycle::change_status(site, by, actor.user_id, wish).await?;
    Ok(Json(StatusChange {
        success: true,
        message: message.to_owned(),
        previous_status: before.status,
        new_status: after.status,
    }))
}

/// Pauses an instructor's account: hidden and not bookable; lessons already promised stay.
#[utoipa::path(post, path = "/api/v1/account/suspend", tag = "account", operation_id = "suspend_account",
    responses((status = 200, body = StatusChange)))]
pub(super) async fn suspend(State(site): State<Site>, actor: Actor, by: By) -> Answer<Json<StatusChange>> {
    change(&site, &actor, by, Move::Suspend, "Your account is paused. Lessons already booked stay.").await
}

/// Resumes a paused account.
#[utoipa::path(post, path = "/api/v1/account/reactivate", tag = "account", operation_id = "reactivate_account",
    responses((status = 200, body = StatusChange)))]
pub(super) async fn reactivate(State(site): State<Site>, actor: Actor, by: By) -> Answer<Json<StatusChange>> {
    change(&site, &actor, by, Move::Reactivate, "Welcome back. Students can find you again.").await
}

/// Closes an instructor's account: no lessons may lie ahead; every session ends.
#[utoipa::path(post, path = "/api/v1/account/deactivate", tag = "account", operation_id = "deactivate_account",
    responses((status = 200, body = StatusChange)))]
pub(super) async fn deactivate(State(site): State<Site>, actor: Actor, by: By) -> Answer<Json<StatusChange>> {
    change(&site, &actor, by, Move::Deactivate, "Your account is closed.").await
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccountStanding)]
pub(super) struct Standing {
    account_status: AccountStatus,
    role: Role,
    can_login: bool,
    can_receive_bookings: bool,
    has_future_bookings: bool,
    future_bookings_count: usize,
    can_suspend: bool,
    can_reactivate: bool,
    can_deactivate: bool,
}

impl From<(User, usize)> for Standing {
    fn from((user, ahead): (User, usize)) -> Self {
        let teaches = user.is(Role::Instructor);
        let can = |wish| teaches && decide(user.status, wish, ahead).is_ok();
        Self {
            account_status: user.status,
            role: user.roles.first().copied().unwrap_or(Role::Student),
            can_login: user.can_sign_in(),
            can_receive_bookings: teaches && user.is_active && user.status == AccountStatus::Active,
            has_future_bookings: ahead > 0,
            future_bookings_count: ahead,
            can_suspend: can(Move::Suspend),
            can_reactivate: can(Move::Reactivate),
            can_deactivate: can(Move::Deactivate),
        }
    }
}

/// How one's account stands and what can be done about it.
#[utoipa::path(get, path = "/api/v1/account/status", tag = "account", operation_id = "account_status",
    responses((status = 200, body = Standing)))]
pub(super) async fn status(State(site): State<Site>, actor: Actor) -> Answer<Json<Standing>> {
    Ok(Json(ops::lifecycle::standing(&site, actor.user_id)?.into()))
}

#[derive(Serialize, ToSchema)]
pub(super) struct Export {
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Everything that is held about oneself, by section. Needs a fresh proof of identity.
#[utoipa::path(get, path = "/api/v1/privacy/export/me", tag = "privacy", operation_id = "export_me",
    responses((status = 200, body = Export)))]
pub(super) async fn export_me(State(site): State<Site>, actor: Actor, by: By) -> Answer<Json<Export>> {
    Ok(Json(Export { data: ops::privacy::export_own(&site, &actor, by).await? }))
}

/// Everything that is held about a person, on their request.
#[utoipa::path(get, path = "/api/v1/privacy/export/user/{id}", tag = "privacy", operation_id = "export_user",
    params(("id" = UserId, Path,)), responses((status = 200, body = Export)))]
pub(super) async fn export_user(State(site): State<Site>, by: By, Id(id): Id<UserId>) -> Answer<Json<Export>> {
    Ok(Json(Export { data: ops::privacy::export(&site, by, id).await? }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Leaving {
    /// Delete the account; otherwise it is made anonymous. Either way nobody can sign in to it again.
    delete_account: bool,
    current_password: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Left {
    message: String,
    account_deleted: bool,
}

fn left(delete: bool) -> Json<Left> {
    let message = if delete { "The account is deleted." } else { "The account is anonymous now." };
    Json(Left { message: message.to_owned(), account_deleted: delete })
}

/// Erases everything personal about oneself. There is no way back.
#[utoipa::path(post, path = "/api/v1/privacy/delete/me", tag = "privacy", operation_id = "delete_me",
    request_body = Leaving, responses((status = 200, body = Left)))]
pub(super) async fn delete_me(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(wish): Body<Leaving>,
) -> Answer<Json<Left>> {
    ops::privacy::leave(&site, &actor, by, wish.delete_account, wish.current_password.as_deref()).await?;
    Ok(left(wish.delete_account))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Erasing {
    delete_account: bool,
}

/// Erases everything personal about somebody, on their request.
#[utoipa::path(post, path = "/api/v1/privacy/delete/user/{id}", tag = "privacy", operation_id = "delete_user",
    params(("id" = UserId, Path,)), request_body = Erasing, responses((status = 200, body = Left)))]
pub(super) async fn delete_user(
    State(site): State<Site>,
    by: By,
    Id(id): Id<UserId>,
    Body(wish): Body<Erasing>,
) -> Answer<Json<Left>> {
    ops::privacy::erase(&site, by, id, wish.delete_account).await?;
    Ok(left(wish.delete_account))
}
