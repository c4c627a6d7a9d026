//! The second factor.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sign_in::PassedAnswer;
use super::{Message, Proving, device_cookie, visitor};
use crate::accounts::model::TrustedDevice;
use crate::accounts::ops::second_step::{self, Passed, Proof};
use crate::accounts::ops::session::Opened;
use crate::accounts::ops::sign_in::adopt_guest;
use crate::accounts::ops::{devices, two_factor as ops};
use crate::accounts::qr;
use crate::accounts::rules::totp::TRUST_DAYS;
use crate::base::access::Actor;
use crate::base::id::TrustedDeviceId;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Refusal;
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, BRAND, Body, ClientIp, Id, Params, Success, guest_id, is_secure, session_cookie};

/// The cookie of a browser that may skip the second step.
pub const TRUST_COOKIE: &str = "tfa_device_trust";

#[derive(Serialize, ToSchema)]
pub(super) struct SetupView {
    /// Base 32, to be typed.
    secret: String,
    /// An SVG picture.
    qr_code_data_url: String,
    otpauth_url: String,
}

/// The picture of a text as a data URL; empty when it is too long for one.
pub fn qr_data_url(text: &str) -> String {
    let svg = qr::encode(text).map(|code| code.svg()).unwrap_or_default();
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))
}

/// Draws a secret. Nothing is on until its first code is verified. Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/2fa/setup/initiate", tag = "two-factor", operation_id = "initiate_two_factor",
    request_body = Proving, responses((status = 200, body = SetupView)))]
pub(super) async fn initiate(
    State(site): State<Site>,
    actor: Actor,
    Body(proof): Body<Proving>,
) -> Answer<Json<SetupView>> {
    let actor = proof.by(&site, actor).await?;
    let setup = ops::initiate(&site, &actor, BRAND).await?;
    let qr_code_data_url = qr_data_url(&setup.otpauth_url);
    Ok(Json(SetupView { secret: setup.secret, qr_code_data_url, otpauth_url: setup.otpauth_url }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeInput {
    #[schema(pattern = "^[0-9]{6}$")]
    code: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct TurnedOn {
    enabled: bool,
    /// Told once.
    backup_codes: Vec<String>,
}

/// Turns the second factor on; other sessions end.
#[utoipa::path(post, path = "/api/v1/2fa/setup/verify", tag = "two-factor", operation_id = "verify_two_factor_setup",
    request_body = CodeInput, responses((status = 200, body = TurnedOn)))]
pub(super) async fn verify(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    headers: HeaderMap,
    Body(input): Body<CodeInput>,
) -> Answer<Response> {
    let on = ops::turn_on(&site, &actor, by, &input.code, in_browser(&headers)).await?;
    let answer = Json(TurnedOn { enabled: true, backup_codes: on.backup_codes }).into_response();
    Ok(with_rotated(&site, answer, on.rotated))
}

fn in_browser(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::AUTHORIZATION)
}

fn with_rotated(site: &Site, mut answer: Response, rotated: Option<Opened>) -> Response {
    if let Some(opened) = rotated {
        answer.headers_mut().append(header::SET_COOKIE, session_cookie(site, &opened.token));
    }
    answer
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordInput {
    current_password: String,
}

/// Turns the second factor off; other sessions end.
#[utoipa::path(post, path = "/api/v1/2fa/disable", tag = "two-factor", operation_id = "disable_two_factor",
    request_body = PasswordInput, responses((status = 200, body = Message)))]
pub(super) async fn disable(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    headers: HeaderMap,
    Body(input): Body<PasswordInput>,
) -> Answer<Response> {
    let rotated = ops::turn_off(&site, &actor, by, &input.current_password, in_browser(&headers)).await?;
    let answer = Message::new("Your second step is off. You are signed out everywhere else.").into_response();
    Ok(with_rotated(&site, answer, rotated))
}

#[derive(Serialize, ToSchema)]
pub(super) struct BackupCodes {
    backup_codes: Vec<String>,
}

/// Ten new recovery codes; the old ones stop working. Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/2fa/regenerate-backup-codes", tag = "two-factor", operation_id = "regenerate_backup_codes",
    request_body = Proving, responses((status = 200, body = BackupCodes)))]
pub(super) async fn regenerate(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(proof): Body<Proving>,
) -> Answer<Json<BackupCodes>> {
    let actor = proof.by(&site, actor).await?;
    Ok(Json(BackupCodes { backup_codes: ops::regenerate(&site, &actor, by).await? }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct StatusView {
    enabled: bool,
    verified_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

/// Whether the second factor is on.
#[utoipa::path(get, path = "/api/v1/2fa/status", tag = "two-factor", operation_id = "two_factor_status",
    responses((status = 200, body = StatusView)))]
pub(super) async fn status(State(site): State<Site>, actor: Actor) -> Answer<Json<StatusView>> {
    let row = ops::status(&site, actor.user_id)?;
    Ok(Json(StatusView {
        enabled: row.is_some(),
        verified_at: row.as_ref().map(|r| r.enabled_at),
        last_used_at: row.and_then(|r| r.last_used_at),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondStep {
    temp_token: String,
    code: Option<String>,
    backup_code: Option<String>,
}

/// The second step of signing in; answers as the door did that gave the token. `X-Trust-Browser: true` lets this
/// browser skip it for thirty days.
#[utoipa::path(post, path = "/api/v1/2fa/verify-login", tag = "two-factor", operation_id = "verify_login",
    request_body = SecondStep, responses((status = 200, body = PassedAnswer)))]
pub(super) async fn verify_login(
    State(site): State<Site>,
    ip: ClientIp,
    headers: HeaderMap,
    Body(input): Body<SecondStep>,
) -> Answer<Response> {
    let proof = match (input.code, input.backup_code) {
        (Some(code), None) => Proof::Code(code),
        (None, Some(code)) => Proof::Backup(code),
        _ => return Err(Refusal::invalid("code", "Send either code or backup_code.").into()),
    };
    let passed = second_step::pass(&site, &input.temp_token, proof, visitor(ip, &headers), trusts(&headers)).await?;
    entered(&site, &headers, passed).await
}

/// Both steps are behind somebody: what they searched before is theirs, and the door they came through answers.
pub(super) async fn entered(site: &Site, headers: &HeaderMap, passed: Passed) -> Answer<Response> {
    let named = headers.get("x-guest-session-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    adopt_guest(site, passed.user.id, named.or_else(|| guest_id(headers))).await;
    Ok(passed_answer(site, passed))
}

/// Whether the person wants this browser to skip the second step from now on.
pub(super) fn trusts(headers: &HeaderMap) -> bool {
    headers.get("x-trust-browser").is_some_and(|v| v == "true")
}

/// The answer of the door somebody came through.
pub(super) fn passed_answer(site: &Site, passed: Passed) -> Response {
    let token = passed.opened.token;
    let mut answer = if passed.browser {
        let mut answer = Json(PassedAnswer::Cookie { requires_2fa: false }).into_response();
        answer.headers_mut().append(header::SET_COOKIE, session_cookie(site, &token));
        if let Ok(note) = device_cookie(site, &passed.user.email) {
            answer.headers_mut().append(header::SET_COOKIE, note);
        }
        answer
    } else {
        Json(PassedAnswer::Bearer { access_token: token, token_type: "bearer" }).into_response()
    };
    if let Some(device) = passed.device_token {
        answer.headers_mut().append(header::SET_COOKIE, trust_cookie(site, &device));
    }
    answer
}

pub fn trust_cookie(site: &Site, token: &str) -> HeaderValue {
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let age = TRUST_DAYS * 86_400;
    let line = format!("{TRUST_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static(""))
}

#[derive(Serialize, ToSchema)]
pub(super) struct DeviceView {
    id: TrustedDeviceId,
    device_name: String,
    user_agent: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
}

impl From<TrustedDevice> for DeviceView {
    fn from(device: TrustedDevice) -> Self {
        let TrustedDevice { id, name: device_name, user_agent, created_at, last_used_at, expires_at, .. } = device;
        Self { id, device_name, user_agent, created_at, last_used_at, expires_at }
    }
}

/// Browsers that may skip the second step.
#[utoipa::path(get, path = "/api/v1/2fa/trusted-devices", tag = "two-factor", operation_id = "list_trusted_devices",
    params(PageQuery), responses((status = 200, body = Page<DeviceView>)))]
pub(super) async fn trusted_devices(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<DeviceView>>> {
    let devices = site.read(|r| devices::trusted(r, actor.user_id))?;
    Ok(Json(page.cut(devices)?.map(DeviceView::from)))
}

/// Trusts a browser no more. Needs a fresh proof of identity.
#[utoipa::path(delete, path = "/api/v1/2fa/trusted-devices/{id}", tag = "two-factor", operation_id = "delete_trusted_device",
    params(("id" = TrustedDeviceId, Path,)), request_body = Proving, responses((status = 200, body = Success)))]
pub(super) async fn distrust(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<TrustedDeviceId>,
    Body(proof): Body<Proving>,
) -> Answer<Json<Success>> {
    devices::distrust(&site, &proof.by(&site, actor).await?, by, id).await?;
    Ok(Success::json())
}
