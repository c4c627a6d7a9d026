//! Login protection as an operator sees it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::ops::blocks::{self, Blocks};
use crate::accounts::rules::sign_in::Block;
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body, Params};

#[derive(Serialize, ToSchema)]
pub(super) struct BlockView {
    active: bool,
    expires_at: Option<Timestamp>,
    failures: usize,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AuthBlocks {
    email: String,
    /// By kind: lockout, rate_limit, captcha.
    blocks: BTreeMap<&'static str, BlockView>,
}

fn view((email, blocks): (String, Blocks)) -> AuthBlocks {
    let one =
        |(kind, expires_at, failures): (Block, _, _)| (kind.name(), BlockView { active: true, expires_at, failures });
    AuthBlocks { email, blocks: blocks.into_iter().map(one).collect() }
}

/// Addresses that are held up at the door.
#[utoipa::path(get, path = "/api/v1/admin/auth-blocks", tag = "auth-blocks", operation_id = "list_auth_blocks",
    params(PageQuery), responses((status = 200, body = Page<AuthBlocks>)))]
pub(super) async fn list_auth_blocks(
    State(site): State<Site>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<AuthBlocks>>> {
    Ok(Json(page.cut(blocks::all(&site)?)?.map(view)))
}

#[derive(Default, Serialize, ToSchema)]
pub(super) struct AuthBlocksSummary {
    total: usize,
    lockout: usize,
    rate_limit: usize,
    captcha: usize,
}

/// How many addresses are held up, by kind.
#[utoipa::path(get, path = "/api/v1/admin/auth-blocks/summary", tag = "auth-blocks", operation_id = "auth_blocks_summary",
    responses((status = 200, body = AuthBlocksSummary)))]
pub(super) async fn auth_blocks_summary(State(site): State<Site>) -> Answer<Json<AuthBlocksSummary>> {
    let all = blocks::all(&site)?;
    let mut summary = AuthBlocksSummary { total: all.len(), ..AuthBlocksSummary::default() };
    for (kind, ..) in all.into_iter().flat_map(|(_, blocks)| blocks) {
        match kind {
            Block::Lockout => summary.lockout += 1,
            Block::RateLimit => summary.rate_limit += 1,
            Block::Captcha => summary.captcha += 1,
        }
    }
    Ok(Json(summary))
}

/// What holds one address up; 404 when nothing does.
#[utoipa::path(get, path = "/api/v1/admin/auth-blocks/{email}", tag = "auth-blocks", operation_id = "get_auth_blocks",
    params(("email" = String, Path,)), responses((status = 200, body = AuthBlocks)))]
pub(super) async fn get_auth_blocks(State(site): State<Site>, Path(email): Path<String>) -> Answer<Json<AuthBlocks>> {
    Ok(Json(view(blocks::of(&site, &email)?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Clearing {
    #[serde(default)]
    types: Vec<Block>,
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Cleared {
    cleared: Vec<Block>,
}

/// Takes blocks away, all of them unless some are named.
#[utoipa::path(delete, path = "/api/v1/admin/auth-blocks/{email}", tag = "auth-blocks", operation_id = "clear_auth_blocks",
    params(("email" = String, Path,)), request_body = Clearing, responses((status = 200, body = Cleared)))]
pub(super) async fn clear_auth_blocks(
    State(site): State<Site>,
    by: By,
    Path(email): Path<String>,
    Body(wish): Body<Clearing>,
) -> Answer<Json<Cleared>> {
    let cleared = blocks::clear(&site, by, &email, wish.types, &wish.reason).await?;
    Ok(Json(Cleared { cleared }))
}
