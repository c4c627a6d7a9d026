//! The signed-in person: facts, password, sessions.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Message, Proving};
use crate::accounts::model::{AccountStatus, Session, User};
use crate::accounts::ops::profile::Changes;
use crate::accounts::ops::step_up::beside;
use crate::accounts::ops::{self};
use crate::accounts::parts::MeFacts;
use crate::accounts::rules::roles;
use crate::base::access::{Actor, Role};
use crate::base::id::{SessionId, UserId};
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id, Params, Success, session_cookie};

#[derive(Serialize, ToSchema)]
pub(super) struct MeView {
    id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    phone: Option<String>,
    zip_code: String,
    timezone: String,
    roles: Vec<Role>,
    permissions: Vec<&'static str>,
    is_active: bool,
    account_status: AccountStatus,
    email_verified: bool,
    totp_enabled: bool,
    has_profile_picture: bool,
    profile_picture_version: u32,
    founding_instructor_granted: bool,
    credit_available_cents: i64,
    unread_count: u64,
    beta_access: bool,
    beta_role: Option<String>,
    beta_phase: Option<String>,
    beta_invited_by: Option<String>,
}

impl From<(User, MeFacts)> for MeView {
    fn from((user, facts): (User, MeFacts)) -> Self {
        let mut permissions: Vec<_> = roles::effective(&user).into_iter().map(|p| p.name()).collect();
        permissions.sort_unstable();
        Self {
            id: user.id,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            phone: user.phone,
            zip_code: user.zip_code,
            timezone: user.timezone,
            roles: user.roles.into_iter().collect(),
            permissions,
            is_active: user.is_active,
            account_status: user.status,
            email_verified: user.email_verified,
            totp_enabled: user.totp_enabled,
            has_profile_picture: user.picture_key.is_some(),
            profile_picture_version: user.picture_version,
            founding_instructor_granted: facts.founding_instructor_granted,
            credit_available_cents: facts.credit_available_cents,
            unread_count: facts.unread_count,
            beta_access: facts.beta_access,
            beta_role: facts.beta_role,
            beta_phase: facts.beta_phase,
            beta_invited_by: facts.beta_invited_by,
        }
    }
}

/// Who is signed in, and what they may do.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", operation_id = "get_me", responses((status = 200, body = MeView)))]
pub(super) async fn get_me(State(site): State<Site>, actor: Actor) -> Answer<Json<MeView>> {
    Ok(Json(ops::profile::me(&site, actor.user_id)?.into()))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProfileChanges {
    #[schema(min_length = 1, max_length = 50)]
    first_name: Option<String>,
    #[schema(min_length = 1, max_length = 50)]
    last_name: Option<String>,
    phone: Option<String>,
    #[schema(pattern = "^[0-9]{5}$")]
    zip_code: Option<String>,
    timezone: Option<String>,
    /// Serves as the fresh proof that another phone number asks for.
    current_password: Option<String>,
}

/// Changes what one tells about oneself. A new ZIP code brings its zone, unless a zone is named too. Another phone
/// number needs a fresh proof of identity.
#[utoipa::path(patch, path = "/api/v1/auth/me", tag = "auth", operation_id = "update_me",
    request_body = ProfileChanges, responses((status = 200, body = MeView)))]
pub(super) async fn update_me(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(input): Body<ProfileChanges>,
) -> Answer<Json<MeView>> {
    let ProfileChanges { first_name, last_name, phone, zip_code, timezone, current_password } = input;
    let actor = beside(&site, actor, current_password.as_deref()).await?;
    ops::profile::change(&site, &actor, by, Changes { first_name, last_name, phone, zip_code, timezone }).await?;
    Ok(Json(ops::profile::me(&site, actor.user_id)?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    current_password: String,
    #[schema(min_length = 8, max_length = 128)]
    new_password: String,
}

/// Sets a new password; every other session ends. A browser gets a new cookie, a bearer token goes on.
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "auth", operation_id = "change_password",
    request_body = PasswordChange, responses((status = 200, body = Message)))]
pub(super) async fn change_password(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    headers: HeaderMap,
    Body(input): Body<PasswordChange>,
) -> Answer<Response> {
    let in_browser = !headers.contains_key(header::AUTHORIZATION);
    let (current, new) = (&input.current_password, &input.new_password);
    let rotated = ops::password::change(&site, &actor, by, current, new, in_browser).await?;
    let mut answer = Message::new("Your password is changed. You are signed out everywhere else.").into_response();
    if let Some(opened) = rotated {
        answer.headers_mut().append(header::SET_COOKIE, session_cookie(&site, &opened.token));
    }
    Ok(answer)
}

#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    id: SessionId,
    label: String,
    ip: String,
    user_agent: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    /// When it ends however much it is used; unused it ends earlier.
    expires_at: Timestamp,
    current: bool,
}

fn view(session: Session, current: SessionId) -> SessionView {
    SessionView {
        current: session.id == current,
        id: session.id,
        expires_at: session.expires_at,
        label: session.label,
        ip: session.ip,
        user_agent: session.user_agent,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
    }
}

/// Where one is signed in, the session seen last first.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "account", operation_id = "list_sessions",
    params(PageQuery), responses((status = 200, body = Page<SessionView>)))]
pub(super) async fn list_sessions(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<SessionView>>> {
    let sessions = ops::session::list(&site, actor.user_id)?;
    Ok(Json(page.cut(sessions)?.map(|s| view(s, actor.session_id))))
}

/// Ends one of one's own sessions. Needs a fresh proof of identity.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", tag = "account", operation_id = "end_session",
    params(("id" = SessionId, Path,)), request_body = Proving, responses((status = 200, body = Success)))]
pub(super) async fn end_session(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<SessionId>,
    Body(proof): Body<Proving>,
) -> Answer<Json<Success>> {
    ops::session::end_one(&site, &proof.by(&site, actor).await?, by, id).await?;
    Ok(Success::json())
}

#[derive(Serialize, ToSchema)]
pub(super) struct Revoked {
    pub revoked: usize,
}

/// Signs out everywhere, here too. Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/account/logout-all-devices", tag = "account", operation_id = "logout_all_devices",
    request_body = Proving, responses((status = 200, body = Revoked)))]
pub(super) async fn logout_all_devices(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(proof): Body<Proving>,
) -> Answer<Json<Revoked>> {
    let revoked = ops::session::end_everywhere(&site, &proof.by(&site, actor).await?, by).await?;
    Ok(Json(Revoked { revoked }))
}
