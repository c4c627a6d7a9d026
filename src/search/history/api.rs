//! Recent searches over JSON: `/api/v1/search-history`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::routes;

use super::model::{Choices, Kind, Recent};
use super::{ops, tables};
use crate::base::access::{Actor, Permission};
use crate::base::id::{OfferingId, RecentSearchId, SearchId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::search::log::{self, Act, Action};
use crate::search::visitor::Visitor;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Body, Id, Params, Success};

pub fn routes(api: Api) -> Api {
    api.route(Access::Public, routes!(list_history))
        .route(Access::Public, routes!(record_search))
        .route(Access::Public, routes!(record_guest_search))
        .route(Access::Public, routes!(forget_search))
        .route(Access::Public, routes!(record_interaction))
        .route(Access::Public, routes!(save_search))
        .route(Access::Public, routes!(search_choices))
        .route(Access::Public, routes!(choose_search))
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RecentSearch)]
struct View {
    id: RecentSearchId,
    search_query: String,
    search_type: Kind,
    results_count: Option<u64>,
    search_count: u32,
    first_searched_at: Timestamp,
    last_searched_at: Timestamp,
    saved: bool,
}

impl From<Recent> for View {
    fn from(row: Recent) -> Self {
        Self {
            id: row.id,
            search_query: row.query,
            search_type: row.kind,
            results_count: row.results,
            search_count: row.count,
            first_searched_at: row.first_at,
            last_searched_at: row.last_at,
            saved: row.saved_at.is_some(),
        }
    }
}

/// The list somebody may see: their account's, or their browser's (`X-Guest-Session-ID`, or the cookie).
fn owner(visitor: &Visitor) -> Outcome<String> {
    visitor.owner().ok_or_else(|| {
        Refusal::new(401, "IDENTITY_REQUIRED", "Sign in, or send the guest session of POST /public/session/guest.")
    })
}

/// One's recent searches, the latest first.
#[utoipa::path(get, path = "/api/v1/search-history", tag = "search-history", operation_id = "list_search_history",
    params(PageQuery), responses((status = 200, body = Page<View>)))]
async fn list_history(
    State(site): State<Site>,
    actor: Option<Actor>,
    visitor: Visitor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<View>>> {
    if let Some(actor) = actor.as_ref() {
        // A guest's own browser needs no permission.
        Access::can(Permission::ViewOwnSearchHistory).judge(Some(actor))?;
    }
    let owner = owner(&visitor)?;
    if actor.is_some() {
        crate::search::follow::catch_up(&site).await?;
    }
    let rows = site.read(|r| tables::recent(r, &owner, SCAN_ROWS))?;
    Ok(Json(page.cut(rows)?.map(View::from)))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchRecord {
    #[schema(min_length = 1, max_length = 500)]
    search_query: String,
    #[serde(default)]
    search_type: Kind,
    #[serde(default)]
    #[schema(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    results_count: Option<u32>,
    /// Only for a guest's own browser; the header or cookie says the same.
    #[serde(default)]
    guest_session_id: Option<String>,
    /// What the page knows beside it. Nothing of it is kept.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    #[allow(dead_code, reason = "programs of the old kind send it")]
    search_context: Option<serde_json::Map<String, Value>>,
}

/// Remembers a search of the account or of the browser; the same sentence again is counted.
#[utoipa::path(post, path = "/api/v1/search-history", tag = "search-history", operation_id = "record_search",
    request_body = SearchRecord, responses((status = 200, body = View)))]
async fn record_search(
    State(site): State<Site>,
    visitor: Visitor,
    Body(record): Body<SearchRecord>,
) -> Answer<Json<View>> {
    let visitor = with_guest(&site, visitor, record.guest_session_id.as_deref())?;
    Ok(Json(kept(&site, owner(&visitor)?, record).await?))
}

/// The same for a browser only: an account's token does not count here.
#[utoipa::path(post, path = "/api/v1/search-history/guest", tag = "search-history", operation_id = "record_guest_search",
    request_body = SearchRecord, responses((status = 200, body = View)))]
async fn record_guest_search(
    State(site): State<Site>,
    visitor: Visitor,
    Body(record): Body<SearchRecord>,
) -> Answer<Json<View>> {
    let visitor = with_guest(&site, Visitor { user: None, ..visitor }, record.guest_session_id.as_deref())?;
    let owner = visitor
        .owner()
        .ok_or_else(|| Refusal::invalid("guest_session_id", "Send the guest session of POST /public/session/guest."))?;
    Ok(Json(kept(&site, owner, record).await?))
}

/// The guest session of the body counts where none came with the request; two different ones are a mistake.
fn with_guest(site: &Site, mut visitor: Visitor, named: Option<&str>) -> Outcome<Visitor> {
    use crate::search::visitor::{Guest, api::is_guest_id};
    use crate::web::is_our_guest;
    let Some(id) = named else { return Ok(visitor) };
    if !is_guest_id(id) {
        return Err(Refusal::invalid("guest_session_id", "This is no guest session."));
    }
    match &visitor.guest {
        Some(guest) if guest.id != id => {
            return Err(Refusal::invalid("guest_session_id", "The request came with another guest session."));
        }
        Some(_) => {}
        None => visitor.guest = Some(Guest { id: id.to_owned(), ours: is_our_guest(site, id) }),
    }
    Ok(visitor)
}

async fn kept(site: &Site, owner: String, record: SearchRecord) -> Outcome<View> {
    let query = ops::checked(&record.search_query)?;
    let (kind, results) = (record.search_type, record.results_count.map(u64::from));
    let row = site.write(move |tx| ops::remember(tx, &owner, &query, kind, results.unwrap_or(0))).await?;
    let row = row.ok_or_else(|| {
        Refusal::unprocessable("HISTORY_OFF", "Searches are not remembered here: it was switched off.")
    })?;
    Ok(View { results_count: results, ..row.into() })
}

/// Takes one recent search away.
#[utoipa::path(delete, path = "/api/v1/search-history/{search_id}", tag = "search-history",
    operation_id = "forget_search", params(("search_id" = RecentSearchId, Path)), responses((status = 200, body = Success)))]
async fn forget_search(
    State(site): State<Site>,
    visitor: Visitor,
    Id(id): Id<RecentSearchId>,
) -> Answer<Json<Success>> {
    let owner = owner(&visitor)?;
    site.write(move |tx| ops::forget(tx, &owner, id)).await?;
    Ok(Success::json())
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Interaction {
    /// `meta.search_query_id` of the answer.
    search_query_id: SearchId,
    interaction_type: Action,
    instructor_id: UserId,
    /// The offering that was opened.
    #[serde(default)]
    service_id: Option<OfferingId>,
    /// Counts from 1 over all pages.
    #[schema(minimum = 1)]
    result_position: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
struct InteractionNoted {
    success: bool,
    /// Milliseconds from the answer to this; strictly growing within a search. Null when the search is not known.
    time_to_interaction_ms: Option<u64>,
}

/// Notes what somebody did with a result: click, hover, bookmark, view_profile, contact, book.
#[utoipa::path(post, path = "/api/v1/search-history/interaction", tag = "search-history",
    operation_id = "record_interaction", request_body = Interaction, responses((status = 200, body = InteractionNoted)))]
async fn record_interaction(
    State(site): State<Site>,
    visitor: Visitor,
    Body(told): Body<Interaction>,
) -> Answer<Json<InteractionNoted>> {
    if told.result_position == 0 {
        return Err(Refusal::invalid("result_position", "Counts from 1.").into());
    }
    let act = Act {
        search: told.search_query_id,
        action: told.interaction_type,
        instructor: told.instructor_id,
        offering: told.service_id,
        position: told.result_position,
    };
    let identity = visitor.identity();
    let zone = site.zone.clone();
    let deed = site.write(move |tx| log::act(tx, &act, &identity, &zone)).await?;
    Ok(Json(InteractionNoted { success: true, time_to_interaction_ms: deed.map(|deed| deed.after_ms) }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Saving {
    #[schema(min_length = 1, max_length = 500)]
    search_query: String,
    /// False takes it off the saved ones.
    #[serde(default = "yes")]
    saved: bool,
}

fn yes() -> bool {
    true
}

/// Keeps a search on purpose: saved ones are not counted against the limit.
#[utoipa::path(post, path = "/api/v1/search-history/saved", tag = "search-history", operation_id = "save_search",
    request_body = Saving, responses((status = 200, body = Success)))]
async fn save_search(State(site): State<Site>, visitor: Visitor, Body(wish): Body<Saving>) -> Answer<Json<Success>> {
    let (owner, query) = (owner(&visitor)?, ops::checked(&wish.search_query)?);
    site.write(move |tx| ops::save(tx, &owner, &query, wish.saved)).await?;
    Ok(Success::json())
}

#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchChoices {
    /// Remember what I search.
    history: bool,
    /// Suggest lessons from what I did.
    suggestions: bool,
}

impl From<Choices> for SearchChoices {
    fn from(chosen: Choices) -> Self {
        Self { history: !chosen.no_history, suggestions: !chosen.no_suggestions }
    }
}

/// What may be remembered of one's searches.
#[utoipa::path(get, path = "/api/v1/search-history/choices", tag = "search-history", operation_id = "search_choices",
    responses((status = 200, body = SearchChoices)))]
async fn search_choices(State(site): State<Site>, visitor: Visitor) -> Answer<Json<SearchChoices>> {
    let owner = owner(&visitor)?;
    Ok(Json(site.read(|r| tables::choices(r, &owner))?.into()))
}

/// Switches remembering or suggesting off or on; switching remembering off erases what was remembered.
#[utoipa::path(put, path = "/api/v1/search-history/choices", tag = "search-history", operation_id = "choose_search",
    request_body = SearchChoices, responses((status = 200, body = SearchChoices)))]
async fn choose_search(
    State(site): State<Site>,
    visitor: Visitor,
    Body(wish): Body<SearchChoices>,
) -> Answer<Json<SearchChoices>> {
    let owner = owner(&visitor)?;
    let chosen = Choices { no_history: !wish.history, no_suggestions: !wish.suggestions };
    site.write(move |tx| ops::choose(tx, &owner, chosen)).await?;
    Ok(Json(chosen.into()))
}
