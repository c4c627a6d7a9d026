//! Learned names over JSON: `/api/v1/admin/location-learning`.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::routes;

use super::model::{AliasStatus, Named, UnheardStatus};
use super::view::{self, AliasView, UnheardView};
use super::{Impact, Wish, desk, impact, process};
use crate::base::access::Permission;
use crate::base::id::{AliasId, NeighborhoodId, ServiceId};
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Access, Answer, Api, Body, Id, Params, Success};

const MOST_AT_ONCE: usize = 100;

pub fn routes(api: Api) -> Api {
    let (read, manage) = (Access::can(Permission::AdminRead), Access::can(Permission::AdminManage));
    api.route(read, routes!(list_unresolved))
        .route(read, routes!(list_pending_aliases))
        .route(read, routes!(list_aliases))
        .route(read, routes!(list_regions))
        .route(read, routes!(alias_impact))
        .route(manage, routes!(process_learning))
        .route(manage, routes!(create_alias))
        .route(manage, routes!(decide_aliases))
        .route(manage, routes!(approve_alias))
        .route(manage, routes!(reject_alias))
        .route(manage, routes!(undo_alias))
        .route(manage, routes!(dismiss_phrase))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct UnresolvedQuery {
    /// Pending and manual_review unless named.
    status: Option<UnheardStatus>,
    kind: Option<Named>,
}

/// Phrases nobody understood, with what people chose after them; the most searched first.
#[utoipa::path(get, path = "/api/v1/admin/location-learning/unresolved", tag = "admin-location-learning",
    operation_id = "list_unresolved", params(UnresolvedQuery, PageQuery), responses((status = 200, body = Page<UnheardView>)))]
async fn list_unresolved(
    State(site): State<Site>,
    Params(wanted): Params<UnresolvedQuery>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<UnheardView>>> {
    let open = [UnheardStatus::Pending, UnheardStatus::ManualReview];
    let statuses = wanted.status.map_or_else(|| open.to_vec(), |status| vec![status]);
    let now = site.now();
    let shown = site.read(|r| {
        let rows = page.cut_with(view::unheard(r, &statuses, wanted.kind)?, 50)?;
        rows.try_map(|row| view::voted(r, row, now))
    })?;
    Ok(Json(shown))
}

/// Learned names that wait for a decision.
#[utoipa::path(get, path = "/api/v1/admin/location-learning/pending-aliases", tag = "admin-location-learning",
    operation_id = "list_pending_aliases", params(PageQuery), responses((status = 200, body = Page<AliasView>)))]
async fn list_pending_aliases(
    State(site): State<Site>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<AliasView>>> {
    Ok(Json(page.cut_with(site.read(|r| view::aliases(r, Some(AliasStatus::PendingReview)))?, 50)?))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct AliasQuery {
    status: Option<AliasStatus>,
}

/// Every name that was learned or given, in force or not.
#[utoipa::path(get, path = "/api/v1/admin/location-learning/aliases", tag = "admin-location-learning",
    operation_id = "list_aliases", params(AliasQuery, PageQuery), responses((status = 200, body = Page<AliasView>)))]
async fn list_aliases(
    State(site): State<Site>,
    Params(wanted): Params<AliasQuery>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<AliasView>>> {
    Ok(Json(page.cut_with(site.read(|r| view::aliases(r, wanted.status))?, 50)?))
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AliasRegion)]
struct RegionView {
    id: NeighborhoodId,
    name: String,
    borough: String,
}

/// Neighborhoods to choose from.
#[utoipa::path(get, path = "/api/v1/admin/location-learning/regions", tag = "admin-location-learning",
    operation_id = "list_alias_regions", responses((status = 200, body = Page<RegionView>)))]
async fn list_regions() -> Answer<Json<Page<RegionView>>> {
    let view = |(id, name, borough)| RegionView { id, name, borough };
    Ok(Json(Page::whole(view::regions().into_iter().map(view).collect())))
}

/// What a name would change: kept sentences answered without and with it.
#[utoipa::path(get, path = "/api/v1/admin/location-learning/aliases/{alias_id}/impact", tag = "admin-location-learning",
    operation_id = "alias_impact", params(("alias_id" = AliasId, Path)), responses((status = 200, body = Impact)))]
async fn alias_impact(State(site): State<Site>, Id(id): Id<AliasId>) -> Answer<Json<Impact>> {
    let found = tokio::task::spawn_blocking(move || impact(&site, id)).await.map_err(Refusal::internal)??;
    Ok(Json(found))
}

/// Counts all votes again, now.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/process", tag = "admin-location-learning",
    operation_id = "process_learning", responses((status = 200, body = Value)))]
async fn process_learning(State(site): State<Site>) -> Answer<Json<Value>> {
    Ok(Json(process(&site).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAlias {
    #[schema(min_length = 2, max_length = 60)]
    alias: String,
    /// One neighborhood, or several: then the name is shown as ambiguous.
    #[serde(default)]
    region_ids: Vec<NeighborhoodId>,
    /// Instead of neighborhoods: the lesson it is a name for.
    #[serde(default)]
    service_catalog_id: Option<ServiceId>,
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Gives a name by hand; search knows it at once.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/aliases", tag = "admin-location-learning",
    operation_id = "create_alias", request_body = NewAlias, responses((status = 200, body = AliasView)))]
async fn create_alias(State(site): State<Site>, by: By, Body(new): Body<NewAlias>) -> Answer<Json<AliasView>> {
    let by = by.because_if_told(new.reason.as_deref())?;
    let wish = Wish { phrase: new.alias, regions: new.region_ids, service: new.service_catalog_id };
    Ok(Json(site.write(move |tx| desk::create(tx, &by, &wish)).await?.into()))
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Why {
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Puts a learned name in force.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/aliases/{alias_id}/approve", tag = "admin-location-learning",
    operation_id = "approve_alias", params(("alias_id" = AliasId, Path)), request_body = Why, responses((status = 200, body = AliasView)))]
async fn approve_alias(
    State(site): State<Site>,
    by: By,
    Id(id): Id<AliasId>,
    Body(why): Body<Why>,
) -> Answer<Json<AliasView>> {
    let by = by.because_if_told(why.reason.as_deref())?;
    Ok(Json(site.write(move |tx| desk::approve(tx, &by, id)).await?.into()))
}

/// Refuses a learned name, or takes one out of force.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/aliases/{alias_id}/reject", tag = "admin-location-learning",
    operation_id = "reject_alias", params(("alias_id" = AliasId, Path)), request_body = Why, responses((status = 200, body = AliasView)))]
async fn reject_alias(
    State(site): State<Site>,
    by: By,
    Id(id): Id<AliasId>,
    Body(why): Body<Why>,
) -> Answer<Json<AliasView>> {
    let by = by.because_if_told(why.reason.as_deref())?;
    Ok(Json(site.write(move |tx| desk::reject(tx, &by, id)).await?.into()))
}

/// Takes the last decision about a name back.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/aliases/{alias_id}/undo", tag = "admin-location-learning",
    operation_id = "undo_alias", params(("alias_id" = AliasId, Path)), request_body = Why, responses((status = 200, body = AliasView)))]
async fn undo_alias(
    State(site): State<Site>,
    by: By,
    Id(id): Id<AliasId>,
    Body(why): Body<Why>,
) -> Answer<Json<AliasView>> {
    let by = by.because_if_told(why.reason.as_deref())?;
    Ok(Json(site.write(move |tx| desk::undo(tx, &by, id)).await?.into()))
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AliasDecision)]
enum Decision {
    Approve,
    Reject,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Many {
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<AliasId>,
    action: Decision,
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AliasOutcome)]
struct Each {
    id: AliasId,
    ok: bool,
    code: Option<&'static str>,
}

/// Decides on several names at once; what cannot be done is named, the rest is done.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/aliases/bulk", tag = "admin-location-learning",
    operation_id = "decide_aliases", request_body = Many, responses((status = 200, body = Page<Each>)))]
async fn decide_aliases(State(site): State<Site>, by: By, Body(many): Body<Many>) -> Answer<Json<Page<Each>>> {
    if many.ids.is_empty() || many.ids.len() > MOST_AT_ONCE {
        return Err(Refusal::invalid("ids", format!("One to {MOST_AT_ONCE} names.")).into());
    }
    let by = by.because_if_told(many.reason.as_deref())?;
    let wanted = many.action == Decision::Approve;
    let outcomes = site.write(move |tx| desk::many(tx, &by, &many.ids, wanted)).await?;
    let each = |(id, refusal): (AliasId, Option<Refusal>)| Each {
        id,
        ok: refusal.is_none(),
        code: refusal.map(|refusal| refusal.code),
    };
    Ok(Json(Page::whole(outcomes.into_iter().map(each).collect())))
}

/// Says that a phrase means nothing: it is not shown or learned any more.
#[utoipa::path(post, path = "/api/v1/admin/location-learning/unresolved/{query_normalized}/dismiss",
    tag = "admin-location-learning", operation_id = "dismiss_phrase", params(("query_normalized" = String, Path)),
    request_body = Why, responses((status = 200, body = Success)))]
async fn dismiss_phrase(
    State(site): State<Site>,
    by: By,
    Path(phrase): Path<String>,
    Body(why): Body<Why>,
) -> Answer<Json<Success>> {
    let by = by.because_if_told(why.reason.as_deref())?;
    site.write(move |tx| desk::dismiss(tx, &by, None, &phrase)).await?;
    Ok(Success::json())
}
