//! Keys for a person's own programs.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Proving;
use crate::accounts::model::ApiKey;
use crate::accounts::ops::api_keys as ops;
use crate::accounts::ops::step_up::beside;
use crate::base::access::{Actor, KeyScope};
use crate::base::id::ApiKeyId;
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Id, Params, Success};

#[derive(Serialize, ToSchema)]
pub(super) struct ApiKeyView {
    id: ApiKeyId,
    name: String,
    scope: KeyScope,
    /// The last four characters.
    ending: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey { id, name, scope, ending, created_at, last_used_at, .. } = key;
        Self { id, name, scope, ending, created_at, last_used_at }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct NewApiKey {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The key itself, told only now: send it as `Authorization: Bearer`.
    api_key: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiKeyInput {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// `read` (look only) unless told.
    #[serde(default = "read_only")]
    scope: KeyScope,
    /// Serves as the fresh proof of identity.
    current_password: Option<String>,
}

fn read_only() -> KeyScope {
    KeyScope::Read
}

/// One's keys, oldest first.
#[utoipa::path(get, path = "/api/v1/account/api-keys", tag = "account", operation_id = "list_api_keys",
    params(PageQuery), responses((status = 200, body = Page<ApiKeyView>)))]
pub(super) async fn list(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<ApiKeyView>>> {
    let keys = site.read(|r| ops::of(r, actor.user_id))?;
    Ok(Json(page.cut(keys)?.map(ApiKeyView::from)))
}

/// Makes a key. Needs a fresh proof of identity; a key never makes another.
#[utoipa::path(post, path = "/api/v1/account/api-keys", tag = "account", operation_id = "create_api_key",
    request_body = ApiKeyInput, responses((status = 200, body = NewApiKey)))]
pub(super) async fn make(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(input): Body<ApiKeyInput>,
) -> Answer<Json<NewApiKey>> {
    let actor = beside(&site, actor, input.current_password.as_deref()).await?;
    let (key, api_key) = ops::make(&site, &actor, by, &input.name, input.scope).await?;
    Ok(Json(NewApiKey { key: key.into(), api_key }))
}

/// Ends a key at once. Needs a fresh proof of identity.
#[utoipa::path(delete, path = "/api/v1/account/api-keys/{id}", tag = "account", operation_id = "delete_api_key",
    params(("id" = ApiKeyId, Path,)), request_body = Proving, responses((status = 200, body = Success)))]
pub(super) async fn revoke(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<ApiKeyId>,
    Body(proof): Body<Proving>,
) -> Answer<Json<Success>> {
    ops::revoke(&site, &proof.by(&site, actor).await?, by, id).await?;
    Ok(Success::json())
}
