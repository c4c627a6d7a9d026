//! What admins change about other people's rights.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::me::Revoked;
use crate::accounts::model::{AccountStatus, User};
use crate::accounts::ops;
use crate::accounts::ops::step_up::beside;
use crate::accounts::rules::lifecycle::Move;
use crate::accounts::rules::roles;
use crate::base::access::{Actor, Permission, Role};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id};

#[derive(Serialize, ToSchema)]
pub(super) struct Rights {
    id: UserId,
    roles: Vec<Role>,
    permissions: Vec<&'static str>,
}

impl From<User> for Rights {
    fn from(user: User) -> Self {
        let mut permissions: Vec<_> = roles::effective(&user).into_iter().map(|p| p.name()).collect();
        permissions.sort_unstable();
        Self { id: user.id, roles: user.roles.into_iter().collect(), permissions }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesInput {
    roles: BTreeSet<Role>,
    reason: Option<String>,
    /// Serves as the fresh proof of identity.
    current_password: Option<String>,
}

/// Gives a person these roles and no others.
#[utoipa::path(put, path = "/api/v1/admin/users/{id}/roles", tag = "admin-users", operation_id = "set_user_roles",
    params(("id" = UserId, Path,)), request_body = RolesInput, responses((status = 200, body = Rights)))]
pub(super) async fn set_roles(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<UserId>,
    Body(input): Body<RolesInput>,
) -> Answer<Json<Rights>> {
    let by = by.because_if_told(input.reason.as_deref())?;
    let actor = beside(&site, actor, input.current_password.as_deref()).await?;
    let user = ops::roles::set_roles(&site, &actor, id, input.roles, by).await?;
    Ok(Json(user.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PermissionsInput {
    #[serde(default)]
    grants: Vec<String>,
    #[serde(default)]
    revokes: Vec<String>,
    reason: Option<String>,
    /// Serves as the fresh proof of identity.
    current_password: Option<String>,
}

/// Grants and takes away single permissions beside the roles'; a revoke beats every grant.
#[utoipa::path(put, path = "/api/v1/admin/users/{id}/permissions", tag = "admin-users", operation_id = "set_user_permissions",
    params(("id" = UserId, Path,)), request_body = PermissionsInput, responses((status = 200, body = Rights)))]
pub(super) async fn set_permissions(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<UserId>,
    Body(input): Body<PermissionsInput>,
) -> Answer<Json<Rights>> {
    let grants = named("grants", &input.grants)?;
    let revokes = named("revokes", &input.revokes)?;
    let by = by.because_if_told(input.reason.as_deref())?;
    let actor = beside(&site, actor, input.current_password.as_deref()).await?;
    let user = ops::roles::set_permissions(&site, &actor, id, grants, revokes, by).await?;
    Ok(Json(user.into()))
}

fn named(field: &str, names: &[String]) -> Outcome<BTreeSet<Permission>> {
    let one = |name: &String| {
        let found = Permission::ALL.iter().find(|(_, known, _)| known == name).map(|(permission, _, _)| *permission);
        found.ok_or_else(|| Refusal::invalid(field, format!("There is no permission {name:?}.")))
    };
    names.iter().map(one).collect()
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReasonInput {
    reason: Option<String>,
}

/// Ends all of a person's sessions.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/force-logout", tag = "admin-users", operation_id = "force_logout",
    params(("id" = UserId, Path,)), request_body = ReasonInput, responses((status = 200, body = Revoked)))]
pub(super) async fn force_logout(
    State(site): State<Site>,
    by: By,
    Id(id): Id<UserId>,
    Body(input): Body<ReasonInput>,
) -> Answer<Json<Revoked>> {
    let by = by.because_if_told(input.reason.as_deref())?;
    let revoked = ops::roles::force_sign_out(&site, by, id).await?;
    Ok(Json(Revoked { revoked }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BetaInput {
    /// `student`, `instructor`; an empty list takes every grant back.
    roles: BTreeSet<Role>,
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct BetaAnswer {
    id: UserId,
    beta_access: bool,
    roles: BTreeSet<Role>,
}

/// Lets a person in while an axis of the launch state is not open.
#[utoipa::path(put, path = "/api/v1/admin/users/{id}/beta-access", tag = "admin-users", operation_id = "set_user_beta_access",
    params(("id" = UserId, Path,)), request_body = BetaInput, responses((status = 200, body = BetaAnswer)))]
pub(super) async fn set_beta_access(
    State(site): State<Site>,
    by: By,
    Id(id): Id<UserId>,
    Body(input): Body<BetaInput>,
) -> Answer<Json<BetaAnswer>> {
    let by = by.because_if_told(input.reason.as_deref())?;
    let roles = ops::beta::let_in(&site, by, id, input.roles).await?.let_in();
    Ok(Json(BetaAnswer { id, beta_access: !roles.is_empty(), roles }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct Reopened {
    id: UserId,
    previous_status: AccountStatus,
    new_status: AccountStatus,
}

/// Opens an account again that its owner closed. What was erased does not come back: 409.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/reactivate", tag = "admin-users", operation_id = "reopen_user",
    params(("id" = UserId, Path,)), request_body = ReasonInput, responses((status = 200, body = Reopened)))]
pub(super) async fn reopen(
    State(site): State<Site>,
    by: By,
    Id(id): Id<UserId>,
    Body(input): Body<ReasonInput>,
) -> Answer<Json<Reopened>> {
    let by = by.because_if_told(input.reason.as_deref())?;
    let (before, after) = ops::lifecycle::change_status(&site, by, id, Move::Reopen).await?;
    Ok(Json(Reopened { id, previous_status: before.status, new_status: after.status }))
}
