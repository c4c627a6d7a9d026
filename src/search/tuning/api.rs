//! How search is turned, over the wire: the call under `admin/`, and the older one that says the same.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa_axum::routes;

use super::{Standing, TUNING, Tuning};
use crate::base::access::Permission;
use crate::base::id::UserId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::search::part::Search;
use crate::search::tuning;
use crate::site::Site;
use crate::site::audit::{self, AuditEntry, By};
use crate::web::{Access, Answer, Api, Body};

/// Changes shown with the settings.
const HISTORY: usize = 20;

pub fn routes(api: Api) -> Api {
    let (read, manage) = (Access::can(Permission::AdminRead), Access::can(Permission::AdminManage));
    api.route(read, routes!(get_search_config))
        .route(manage, routes!(put_search_config))
        .route(manage, routes!(reset_search_config))
        .route(read, routes!(get_admin_search_config))
        .route(manage, routes!(post_admin_search_config))
        .route(manage, routes!(reset_admin_search_config))
}

/// The settings, how they came about, and what is going on.
#[derive(Serialize, utoipa::ToSchema)]
struct SearchConfig {
    config: Tuning,
    default: Tuning,
    updated_at: Option<Timestamp>,
    updated_by: Option<UserId>,
    /// Searches under way.
    in_flight: usize,
    index: IndexFigures,
    /// The latest changes, newest first.
    history: Vec<ConfigChange>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct IndexFigures {
    instructors: usize,
    row_bytes: usize,
    list_bytes: usize,
    bios: usize,
    bio_bytes: usize,
    build_ms: u64,
}

#[derive(Serialize, utoipa::ToSchema)]
struct ConfigChange {
    at: Timestamp,
    by: Option<UserId>,
    action: String,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
}

impl From<AuditEntry> for ConfigChange {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { at, actor, action, before, after, reason, .. } = entry;
        Self { at, by: actor, action, before, after, reason }
    }
}

fn shown(site: &Site, standing: Standing) -> Outcome<Json<SearchConfig>> {
    let search = site.part::<Search>()?;
    let figures = search.supply.figures();
    let ours = |entry: &AuditEntry| entry.entity_id.as_deref() == Some(TUNING.key);
    let history = site.read(|read| audit::newest(read, SCAN_ROWS, ours))?;
    let Standing { config, default, updated_at, updated_by } = standing;
    Ok(Json(SearchConfig {
        config,
        default,
        updated_at,
        updated_by,
        in_flight: search.in_flight(),
        index: IndexFigures {
            instructors: figures.instructors,
            row_bytes: figures.row_bytes,
            list_bytes: figures.list_bytes,
            bios: figures.bios,
            bio_bytes: figures.bio_bytes,
            build_ms: u64::try_from(figures.build.as_millis()).unwrap_or(u64::MAX),
        },
        history: history.into_iter().take(HISTORY).map(Into::into).collect(),
    }))
}

fn read(site: &Site) -> Answer<Json<SearchConfig>> {
    Ok(shown(site, site.read(|read| tuning::standing(read))?)?)
}

async fn write(site: &Site, by: By, mut wish: Value) -> Answer<Json<SearchConfig>> {
    let reason = wish.as_object_mut().and_then(|fields| fields.remove("reason"));
    let by = by.because_if_told(reason.as_ref().and_then(Value::as_str))?;
    Ok(shown(site, tuning::change(site, by, wish).await?)?)
}

async fn back(site: &Site, by: By) -> Answer<Json<SearchConfig>> {
    Ok(shown(site, tuning::reset(site, by).await?)?)
}

/// The settings of search (older name).
#[utoipa::path(get, path = "/api/v1/search/config", tag = "search", operation_id = "get_search_config",
    responses((status = 200, body = SearchConfig)))]
async fn get_search_config(State(site): State<Site>) -> Answer<Json<SearchConfig>> {
    read(&site)
}

/// Changes settings of search (older name). Any subset, at any depth; what is left out stays.
#[utoipa::path(put, path = "/api/v1/search/config", tag = "search", operation_id = "put_search_config",
    request_body = Tuning, responses((status = 200, body = SearchConfig)))]
async fn put_search_config(State(site): State<Site>, by: By, Body(wish): Body<Value>) -> Answer<Json<SearchConfig>> {
    write(&site, by, wish).await
}

/// Returns search to its defaults (older name).
#[utoipa::path(post, path = "/api/v1/search/config/reset", tag = "search", operation_id = "reset_search_config",
    responses((status = 200, body = SearchConfig)))]
async fn reset_search_config(State(site): State<Site>, by: By) -> Answer<Json<SearchConfig>> {
    back(&site, by).await
}

/// The settings of search, with their history and how many searches are under way.
#[utoipa::path(get, path = "/api/v1/admin/search-config", tag = "admin-search", operation_id = "get_admin_search_config",
    responses((status = 200, body = SearchConfig)))]
async fn get_admin_search_config(State(site): State<Site>) -> Answer<Json<SearchConfig>> {
    read(&site)
}

/// Changes settings of search, kept over restarts. Any subset, at any depth; what is left out stays.
#[utoipa::path(post, path = "/api/v1/admin/search-config", tag = "admin-search", operation_id = "post_admin_search_config",
    request_body = Tuning, responses((status = 200, body = SearchConfig)))]
async fn post_admin_search_config(
    State(site): State<Site>,
    by: By,
    Body(wish): Body<Value>,
) -> Answer<Json<SearchConfig>> {
    write(&site, by, wish).await
}

/// Returns search to its defaults.
#[utoipa::path(post, path = "/api/v1/admin/search-config/reset", tag = "admin-search",
    operation_id = "reset_admin_search_config", responses((status = 200, body = SearchConfig)))]
async fn reset_admin_search_config(State(site): State<Site>, by: By) -> Answer<Json<SearchConfig>> {
    back(&site, by).await
}
