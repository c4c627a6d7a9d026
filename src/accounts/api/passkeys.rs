//! Passkeys, in the JSON that browsers speak (`PublicKeyCredential.toJSON()` and its options).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::sign_in::PassedAnswer;
use super::two_factor::{passed_answer, trusts};
use super::{Proving, visitor};
use crate::accounts::model::PasskeyRow;
use crate::accounts::ops::passkeys as ops;
use crate::accounts::ops::step_up::beside;
use crate::base::access::Actor;
use crate::base::id::PasskeyId;
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, ClientIp, Id, Params, Success};

#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyView {
    id: PasskeyId,
    name: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl From<PasskeyRow> for PasskeyView {
    fn from(row: PasskeyRow) -> Self {
        let PasskeyRow { id, name, created_at, last_used_at, .. } = row;
        Self { id, name, created_at, last_used_at }
    }
}

/// Options for the browser, its bytes in base64url.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyOptions {
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    public_key: Value,
}

impl PasskeyOptions {
    fn json(mut options: Value) -> Json<Self> {
        Json(Self { public_key: options["publicKey"].take() })
    }
}

/// What the browser made of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyAnswer {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: String,
    r#type: String,
    #[schema(value_type = Object)]
    response: Map<String, Value>,
    /// Not looked at.
    #[serde(default, rename = "authenticatorAttachment")]
    #[allow(dead_code, reason = "part of what browsers send")]
    attachment: Option<String>,
    /// Not looked at.
    #[serde(default, rename = "clientExtensionResults")]
    #[schema(value_type = Option<Object>)]
    #[allow(dead_code, reason = "part of what browsers send")]
    extensions: Option<Map<String, Value>>,
}

impl From<PasskeyAnswer> for Value {
    fn from(given: PasskeyAnswer) -> Self {
        json!({ "id": given.id, "rawId": given.raw_id, "type": given.r#type, "response": given.response })
    }
}

/// One's passkeys, oldest first.
#[utoipa::path(get, path = "/api/v1/passkeys", tag = "two-factor", operation_id = "list_passkeys",
    params(PageQuery), responses((status = 200, body = Page<PasskeyView>)))]
pub(super) async fn list(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<PasskeyView>>> {
    let rows = site.read(|r| ops::of(r, actor.user_id))?;
    Ok(Json(page.cut(rows)?.map(PasskeyView::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyName {
    /// "My phone".
    #[serde(default = "unnamed")]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Serves as the fresh proof of identity.
    current_password: Option<String>,
}

fn unnamed() -> String {
    "Passkey".to_owned()
}

/// Begins a registration. Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/passkeys/register/start", tag = "two-factor", operation_id = "start_passkey_registration",
    request_body = PasskeyName, responses((status = 200, body = PasskeyOptions)))]
pub(super) async fn start_registration(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<PasskeyName>,
) -> Answer<Json<PasskeyOptions>> {
    let actor = beside(&site, actor, input.current_password.as_deref()).await?;
    Ok(PasskeyOptions::json(ops::start_registration(&site, &actor, &input.name).await?))
}

/// Keeps the passkey. Needs a fresh proof of identity.
#[utoipa::path(post, path = "/api/v1/passkeys/register/finish", tag = "two-factor", operation_id = "finish_passkey_registration",
    request_body = PasskeyAnswer, responses((status = 200, body = PasskeyView)))]
pub(super) async fn finish_registration(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(input): Body<PasskeyAnswer>,
) -> Answer<Json<PasskeyView>> {
    Ok(Json(ops::finish_registration(&site, &actor, by, input.into()).await?.into()))
}

/// Takes a passkey away. Needs a fresh proof of identity.
#[utoipa::path(delete, path = "/api/v1/passkeys/{id}", tag = "two-factor", operation_id = "delete_passkey",
    params(("id" = PasskeyId, Path,)), request_body = Proving, responses((status = 200, body = Success)))]
pub(super) async fn remove(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<PasskeyId>,
    Body(proof): Body<Proving>,
) -> Answer<Json<Success>> {
    ops::remove(&site, &proof.by(&site, actor).await?, by, id).await?;
    Ok(Success::json())
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PasskeyEntry {
    /// After a right password: the passkey is the second step. Without it the passkey is all that is asked.
    temp_token: Option<String>,
}

/// Begins signing in with a passkey.
#[utoipa::path(post, path = "/api/v1/passkeys/login/start", tag = "two-factor", operation_id = "start_passkey_login",
    request_body = Option<PasskeyEntry>, responses((status = 200, body = PasskeyOptions)))]
pub(super) async fn start_login(
    State(site): State<Site>,
    Body(input): Body<PasskeyEntry>,
) -> Answer<Json<PasskeyOptions>> {
    Ok(PasskeyOptions::json(ops::start_sign_in(&site, input.temp_token.as_deref()).await?))
}

/// Signs in. Answers like `/2fa/verify-login`: as the door did that gave the `temp_token`; without one, as browsers do.
#[utoipa::path(post, path = "/api/v1/passkeys/login/finish", tag = "two-factor", operation_id = "finish_passkey_login",
    request_body = PasskeyAnswer, responses((status = 200, body = PassedAnswer)))]
pub(super) async fn finish_login(
    State(site): State<Site>,
    ip: ClientIp,
    headers: HeaderMap,
    Body(input): Body<PasskeyAnswer>,
) -> Answer<Response> {
    let passed = ops::finish_sign_in(&site, input.into(), visitor(ip, &headers), trusts(&headers)).await?;
    Ok(passed_answer(&site, passed))
}
