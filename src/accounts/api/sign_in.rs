//! Signing in and out, the challenge, forgotten passwords.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::two_factor::TRUST_COOKIE;
use super::{Message, device_cookie, visitor};
use crate::accounts::ops::sign_in::{Credentials, Effort, Entered};
use crate::accounts::ops::{self, Visitor};
use crate::accounts::parts::Accounts;
use crate::accounts::rules::challenge;
use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::base::secret;
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::web::{Answer, Body, ClientIp, Fault, Form, clear_session_cookie, cookie, session_cookie, session_token};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginForm {
    /// The e-mail address.
    username: String,
    password: String,
    captcha_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct TokenAnswer {
    access_token: Option<String>,
    token_type: Option<&'static str>,
    requires_2fa: bool,
    temp_token: Option<String>,
}

/// The programs' door: answers a bearer token.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", operation_id = "login",
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer), (status = 428, description = "Solve a challenge first")))]
pub(super) async fn login(
    State(site): State<Site>,
    ip: ClientIp,
    headers: HeaderMap,
    Form(input): Form<LoginForm>,
) -> Response {
    let given = credentials(input.username, input.password, input.captcha_token, visitor(ip, &headers));
    let trusted_device = cookie(&headers, TRUST_COOKIE);
    match ops::sign_in::sign_in(&site, Credentials { trusted_device, ..given }).await {
        Err(refusal) => turned_away(refusal),
        Ok(Entered::Session(signed_in)) => Json(TokenAnswer::bearer(signed_in.opened.token)).into_response(),
        Ok(Entered::SecondStep { temp_token }) => {
            Json(TokenAnswer { access_token: None, token_type: None, requires_2fa: true, temp_token: Some(temp_token) })
                .into_response()
        }
    }
}

/// What a finished second step answers, by the door it came through.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum PassedAnswer {
    /// The programs' door.
    Bearer { access_token: String, token_type: &'static str },
    /// The browsers' door; the session came as a cookie.
    Cookie { requires_2fa: bool },
}

impl TokenAnswer {
    fn bearer(token: String) -> Self {
        Self { access_token: Some(token), token_type: Some("bearer"), requires_2fa: false, temp_token: None }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginBody {
    email: String,
    password: String,
    guest_session_id: Option<String>,
    captcha_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct CookieAnswer {
    requires_2fa: bool,
    temp_token: Option<String>,
}

/// The browsers' door: sets the session cookie.
#[utoipa::path(post, path = "/api/v1/auth/login-with-session", tag = "auth", operation_id = "login_with_session",
    request_body = LoginBody,
    responses((status = 200, body = CookieAnswer), (status = 428, description = "Solve a challenge first")))]
pub(super) async fn login_with_session(
    State(site): State<Site>,
    ip: ClientIp,
    headers: HeaderMap,
    Body(input): Body<LoginBody>,
) -> Response {
    let given = credentials(input.email, input.password, input.captcha_token, visitor(ip, &headers));
    let trusted_device = cookie(&headers, TRUST_COOKIE);
    match ops::sign_in::sign_in(&site, Credentials { trusted_device, browser: true, ..given }).await {
        Err(refusal) => turned_away(refusal),
        Ok(Entered::Session(signed_in)) => {
            ops::sign_in::adopt_guest(&site, signed_in.user.id, input.guest_session_id).await;
            let mut answer = Json(CookieAnswer { requires_2fa: false, temp_token: None }).into_response();
            answer.headers_mut().append(header::SET_COOKIE, session_cookie(&site, &signed_in.opened.token));
            if let Ok(note) = device_cookie(&site, &signed_in.user.email) {
                answer.headers_mut().append(header::SET_COOKIE, note);
            }
            answer
        }
        Ok(Entered::SecondStep { temp_token }) => {
            Json(CookieAnswer { requires_2fa: true, temp_token: Some(temp_token) }).into_response()
        }
    }
}

fn credentials(email: String, password: String, captcha_token: Option<String>, visitor: Visitor) -> Credentials {
    let effort = captcha_token.filter(|token| !token.is_empty()).map(Effort::Work);
    Credentials { email, password, effort, trusted_device: None, browser: false, visitor }
}

fn turned_away(refusal: Refusal) -> Response {
    let asks_for_work = refusal.status == 428;
    let mut answer = Fault(refusal).into_response();
    if asks_for_work {
        answer.headers_mut().insert("x-captcha-required", HeaderValue::from_static("true"));
    }
    answer
}

#[derive(Serialize, ToSchema)]
pub(super) struct ChallengeView {
    challenge: String,
    /// Leading zero bits wanted of SHA-256(`challenge:nonce`).
    difficulty: u32,
    expires_at: Timestamp,
}

/// A piece of work to solve before the next try. `captcha_token` is `challenge:nonce`; it opens once.
#[utoipa::path(get, path = "/api/v1/auth/challenge", tag = "auth", operation_id = "get_challenge",
    responses((status = 200, body = ChallengeView)))]
pub(super) async fn get_challenge(State(site): State<Site>) -> Answer<Json<ChallengeView>> {
    let key = site.part::<Accounts>()?.door_key;
    let unique = secret::token_text(&site.entropy.bytes::<12>());
    let (challenge, expires_at) = challenge::issue(&key, site.now(), &unique);
    Ok(Json(ChallengeView { challenge, difficulty: challenge::DIFFICULTY, expires_at }))
}

/// Ends the session, if there is one.
#[utoipa::path(post, path = "/api/v1/public/logout", tag = "public", operation_id = "logout",
    responses((status = 204, description = "Signed out")))]
pub(super) async fn logout(State(site): State<Site>, headers: HeaderMap) -> Answer<Response> {
    if let Some(token) = session_token(&site, &headers) {
        ops::session::sign_out(&site, &token).await?;
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    answer.headers_mut().append(header::SET_COOKIE, clear_session_cookie(&site));
    Ok(answer)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReauthBody {
    password: String,
    /// The authenticator's, where one is on.
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Elevated {
    elevated_until: Timestamp,
}

/// Proves again who sits there; the next ten minutes count as fresh.
#[utoipa::path(post, path = "/api/v1/auth/reauth", tag = "auth", operation_id = "reauth",
    request_body = ReauthBody, responses((status = 200, body = Elevated)))]
pub(super) async fn reauth(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<ReauthBody>,
) -> Answer<Json<Elevated>> {
    let elevated_until = ops::step_up::reauth(&site, &actor, &input.password, input.code.as_deref()).await?;
    Ok(Json(Elevated { elevated_until }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetRequest {
    #[schema(format = "email", max_length = 254)]
    email: String,
}

/// Mails a link that works for an hour, if the address has an account. The answer is the same either way.
#[utoipa::path(post, path = "/api/v1/password-reset/request", tag = "password-reset", operation_id = "request_password_reset",
    request_body = ResetRequest, responses((status = 200, body = Message)))]
pub(super) async fn request_password_reset(
    State(site): State<Site>,
    Body(input): Body<ResetRequest>,
) -> Answer<Json<Message>> {
    ops::password::request_link(&site, &input.email).await?;
    Ok(Message::new("If this address has an account, a link is on its way. It works for an hour."))
}

#[derive(Serialize, ToSchema)]
pub(super) struct LinkState {
    valid: bool,
    /// Masked.
    email: Option<String>,
}

/// Whether a link still works.
#[utoipa::path(get, path = "/api/v1/password-reset/verify/{token}", tag = "password-reset", operation_id = "verify_password_reset",
    params(("token" = String, Path,)), responses((status = 200, body = LinkState)))]
pub(super) async fn verify_password_reset(
    State(site): State<Site>,
    Path(token): Path<String>,
) -> Answer<Json<LinkState>> {
    let email = ops::password::link_owner(&site, &token)?;
    Ok(Json(LinkState { valid: email.is_some(), email }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetConfirm {
    token: String,
    #[schema(min_length = 8, max_length = 128)]
    new_password: String,
}

/// Sets a new password and ends every session. It does not sign in.
#[utoipa::path(post, path = "/api/v1/password-reset/confirm", tag = "password-reset", operation_id = "confirm_password_reset",
    request_body = ResetConfirm, responses((status = 200, body = Message)))]
pub(super) async fn confirm_password_reset(
    State(site): State<Site>,
    Body(input): Body<ResetConfirm>,
) -> Answer<Json<Message>> {
    ops::password::confirm_link(&site, &input.token, &input.new_password).await?;
    Ok(Message::new("The new password is set. Sign in with it."))
}
