//! Proving an address and joining.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Message;
use crate::accounts::ops::{self, register::Application};
use crate::accounts::rules::email_code;
use crate::base::access::Role;
use crate::site::Site;
use crate::web::{Answer, Body, Created, guest_id, is_our_guest, new_guest};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailInput {
    #[schema(format = "email", max_length = 254)]
    email: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CodeSent {
    message: String,
    expires_in_s: i64,
}

/// Mails a six-digit code to the address, whether it has an account or not.
#[utoipa::path(post, path = "/api/v1/auth/send-email-verification", tag = "auth", operation_id = "send_email_verification",
    request_body = EmailInput, responses((status = 200, body = CodeSent)))]
pub(super) async fn send_email_verification(
    State(site): State<Site>,
    Body(input): Body<EmailInput>,
) -> Answer<Json<CodeSent>> {
    ops::email_code::send(&site, &input.email).await?;
    let message = "A code is on its way to this address. It works for five minutes.".to_owned();
    Ok(Json(CodeSent { message, expires_in_s: email_code::CODE_SECONDS }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvenBy {
    #[schema(format = "email", max_length = 254)]
    email: String,
    #[schema(pattern = "^[0-9]{6}$")]
    code: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Proof {
    verification_token: String,
    expires_in_s: i64,
}

/// Trades the code for a token that one registration of that address can spend.
#[utoipa::path(post, path = "/api/v1/auth/verify-email-code", tag = "auth", operation_id = "verify_email_code",
    request_body = ProvenBy, responses((status = 200, body = Proof)))]
pub(super) async fn verify_email_code(State(site): State<Site>, Body(input): Body<ProvenBy>) -> Answer<Json<Proof>> {
    let verification_token = ops::email_code::verify(&site, &input.email, &input.code).await?;
    Ok(Json(Proof { verification_token, expires_in_s: email_code::PROOF_SECONDS }))
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum JoiningRole {
    #[default]
    Student,
    Instructor,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Metadata {
    invite_code: Option<String>,
    referral_code: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    #[schema(format = "email", max_length = 254)]
    email: String,
    #[schema(min_length = 8, max_length = 128)]
    password: String,
    #[schema(min_length = 1, max_length = 50)]
    first_name: String,
    #[schema(min_length = 1, max_length = 50)]
    last_name: String,
    #[schema(pattern = "^[0-9]{5}$")]
    zip_code: String,
    phone: Option<String>,
    /// IANA name; the ZIP code's zone when left out.
    timezone: Option<String>,
    #[serde(default)]
    role: JoiningRole,
    guest_session_id: Option<String>,
    email_verification_token: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl From<Registration> for Application {
    fn from(input: Registration) -> Self {
        let metadata = input.metadata.unwrap_or_default();
        Self {
            email: input.email,
            password: input.password,
            first_name: input.first_name,
            last_name: input.last_name,
            zip_code: input.zip_code,
            phone: input.phone,
            timezone: input.timezone,
            role: match input.role {
                JoiningRole::Student => Role::Student,
                JoiningRole::Instructor => Role::Instructor,
            },
            email_verification_token: input.email_verification_token,
            guest_session_id: input.guest_session_id,
            invite_code: metadata.invite_code,
            referral_code: metadata.referral_code,
        }
    }
}

/// Joins. The answer is the same for new and taken addresses; the owner of a taken one is written to.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", operation_id = "register",
    request_body = Registration, responses((status = 201, body = Message)))]
pub(super) async fn register(State(site): State<Site>, Body(input): Body<Registration>) -> Answer<Created<Message>> {
    ops::register::register(&site, input.into()).await?;
    Ok(Created(Message { message: "Your account is ready. Sign in with your e-mail and password.".to_owned() }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct Guest {
    guest_session_id: String,
}

/// Remembers a browser without an account, so that its searches can become its owner's later.
#[utoipa::path(post, path = "/api/v1/public/session/guest", tag = "public", operation_id = "create_guest_session",
    responses((status = 200, body = Guest), (status = 204, description = "Already remembered")))]
pub(super) async fn guest_session(State(site): State<Site>, headers: HeaderMap) -> Answer<Response> {
    if guest_id(&headers).is_some_and(|id| is_our_guest(&site, &id)) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (guest_session_id, cookie) = new_guest(&site)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(Guest { guest_session_id })).into_response())
}
