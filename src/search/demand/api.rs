//! Wishes over JSON: `/api/v1/search/demand`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::model::{Demand, State as DemandState};
use super::{ops, tables};
use crate::base::access::Actor;
use crate::base::id::{DemandId, UserId};
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::search::pages::SearchParams;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Body, Id, Params, Success};

pub fn routes(api: Api) -> Api {
    api.route(Access::SignedIn, routes!(list_demands))
        .route(Access::SignedIn, routes!(create_demand))
        .route(Access::SignedIn, routes!(stop_demand))
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Demand)]
struct View {
    id: DemandId,
    query: String,
    /// Filters beside the sentence, as in the address of a search.
    filters: String,
    understood: String,
    state: DemandState,
    created_at: Timestamp,
    checked_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    matched_instructor_ids: Vec<UserId>,
}

impl From<Demand> for View {
    fn from(demand: Demand) -> Self {
        Self {
            id: demand.id,
            query: demand.query,
            filters: demand.filters,
            understood: demand.label,
            state: demand.state,
            created_at: demand.said_at,
            checked_at: demand.checked_at,
            ended_at: demand.ended_at,
            matched_instructor_ids: demand.matched,
        }
    }
}

/// One's wishes, the newest first.
#[utoipa::path(get, path = "/api/v1/search/demand", tag = "search", operation_id = "list_demands",
    params(PageQuery), responses((status = 200, body = Page<View>)))]
async fn list_demands(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<View>>> {
    Ok(Json(page.cut(site.read(|r| tables::of(r, actor.user_id))?)?.map(View::from)))
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewDemand {
    #[schema(min_length = 1, max_length = 500)]
    q: String,
    /// Minutes of the lesson.
    minutes: Option<u16>,
    /// Dollars an hour at most.
    max: Option<String>,
    /// student_home, instructor_place, online or in_person.
    format: Option<String>,
    date: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

/// Asks to be told once somebody fits all of a search that found nobody; the same wish again is the same one.
#[utoipa::path(post, path = "/api/v1/search/demand", tag = "search", operation_id = "create_demand",
    request_body = NewDemand, responses((status = 200, body = View)))]
async fn create_demand(State(site): State<Site>, actor: Actor, Body(new): Body<NewDemand>) -> Answer<Json<View>> {
    let params = SearchParams {
        q: new.q,
        minutes: new.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
        max: new.max.unwrap_or_default(),
        format: new.format.unwrap_or_default(),
        date: new.date.unwrap_or_default(),
        after: new.after.unwrap_or_default(),
        before: new.before.unwrap_or_default(),
        ..SearchParams::default()
    };
    Ok(Json(ops::wish(&site, actor.user_id, params).await?.into()))
}

/// Gives a wish up.
#[utoipa::path(delete, path = "/api/v1/search/demand/{id}", tag = "search", operation_id = "stop_demand",
    params(("id" = DemandId, Path)), responses((status = 200, body = Success)))]
async fn stop_demand(State(site): State<Site>, actor: Actor, Id(id): Id<DemandId>) -> Answer<Json<Success>> {
    site.write(move |tx| ops::stop(tx, actor.user_id, id)).await?;
    Ok(Success::json())
}
