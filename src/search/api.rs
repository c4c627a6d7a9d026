//! The JSON face of search.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa_axum::routes;

use super::find::{Overrides, spot};
use super::grammar::{LessonType, Level, Parsed, Sort};
use super::log::{self, Act, Action};
use super::ops::{self, Ask, Drill, MOST_RESULTS, Viewer};
use super::part::Search;
use super::understand::knowledge;
use super::visitor::Visitor;
use super::wire::{self, SearchAnswer};
use crate::base::access::{Actor, Permission};
use crate::base::id::{OfferingId, SearchId, UserId};
use crate::base::paging::{decode_cursor, encode_cursor};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, zone};
use crate::site::Site;
use crate::web::{Access, Answer, Api, Body, Bucket, ClientIp, Opening, Params, Success};

const DEFAULT_LIMIT: usize = 20;

pub fn routes(api: Api) -> Api {
    let api = super::tuning::api::routes(api)
        .route(Access::Public.counts(Bucket::Search).opens(Opening::Students), routes!(search))
        .route(Access::Public.uncounted(), routes!(search_health))
        .route(Access::Public, routes!(search_click));
    [
        super::history::api::routes,
        super::learning::api::routes,
        super::analytics::api::routes,
        super::demand::api::routes,
    ]
    .into_iter()
    .fold(api, |api, add| add(api))
}

/// Calls of the sandbox only.
pub fn sandbox_routes(api: Api) -> Api {
    api.route(Access::Loopback, routes!(parse_query))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// A wish in your own words.
    #[param(max_length = 500)]
    q: Option<String>,
    /// With `lng`: where the person is.
    #[param(minimum = -90, maximum = 90)]
    lat: Option<f64>,
    #[param(minimum = -180, maximum = 180)]
    lng: Option<f64>,
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    cursor: Option<String>,
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    time_after: Option<WallTime>,
    time_before: Option<WallTime>,
    #[param(minimum = 0)]
    price_max_cents: Option<i64>,
    lesson_type: Option<LessonType>,
    skill_level: Option<Level>,
    sort: Option<Sort>,
    /// Admins only: how the answer came about, beside it.
    diagnostics: Option<bool>,
    /// Admins only: as if words could not be read by meaning.
    force_skip_embedding: Option<bool>,
    /// Admins only: as if too many searched at once.
    force_high_load: Option<bool>,
}

impl SearchQuery {
    /// What goes wrong on purpose. For everybody but an admin nothing does.
    fn drill(&self, viewer: Option<&Actor>) -> Drill {
        if !is_admin(viewer) {
            return Drill::default();
        }
        Drill {
            no_meaning: self.force_skip_embedding == Some(true),
            high_load: self.force_high_load == Some(true),
            no_index: false,
        }
    }

    fn limit(&self) -> Outcome<usize> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if (1..=MOST_RESULTS).contains(&limit) {
            Ok(limit)
        } else {
            Err(Refusal::invalid("limit", format!("Between 1 and {MOST_RESULTS}.")))
        }
    }

    fn ask(self, viewer: Option<&Actor>) -> Outcome<Ask> {
        if self.price_max_cents.is_some_and(|max| max < 0) {
            return Err(Refusal::invalid("price_max_cents", "Zero or more."));
        }
        Ok(Ask {
            drill: self.drill(viewer),
            limit: self.limit()?,
            offset: self
                .cursor
                .as_deref()
                .filter(|cursor| !cursor.is_empty())
                .map(decode_cursor::<usize>)
                .transpose()?
                .unwrap_or(0),
            spot: spot(self.lat, self.lng)?,
            overrides: Overrides {
                date: self.date,
                time_after: self.time_after,
                time_before: self.time_before,
                price_max_cents: self.price_max_cents,
                lesson_type: self.lesson_type,
                skill_level: self.skill_level,
                sort: self.sort,
                ..Overrides::default()
            },
            query: ops::checked_query(self.q)?,
            viewer: viewer.map(Viewer::from),
            ..Ask::default()
        })
    }
}

/// Finds instructors for a wish in plain words. A parameter overrides the same wish in `q`.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", operation_id = "search", params(SearchQuery), responses((status = 200, body = SearchAnswer)))]
async fn search(
    State(site): State<Site>,
    viewer: Option<Actor>,
    visitor: Visitor,
    Params(query): Params<SearchQuery>,
) -> Answer<Json<SearchAnswer>> {
    let diagnostics = query.diagnostics == Some(true) && is_admin(viewer.as_ref());
    let ask = query.ask(viewer.as_ref())?;
    let (offset, limit, drilled) = (ask.offset, ask.limit, ask.drill != Drill::default());
    let answered = ops::search(&site, ask).await?;
    if !drilled {
        ops::record(&site, &answered, &visitor, offset, None);
    }
    let end = offset + answered.cards().len();
    let next = (end < answered.found.total && end > offset).then(|| encode_cursor(&end));
    Ok(Json(wire::answer(answered, limit, next, diagnostics)))
}

fn is_admin(viewer: Option<&Actor>) -> bool {
    Access::can(Permission::ViewSystemAnalytics).judge(viewer).is_ok()
}

#[derive(Serialize, utoipa::ToSchema)]
struct SearchHealth {
    /// `ok`, or `degraded` while answers come straight from the store.
    status: &'static str,
    components: Value,
}

/// Whether search works, and how much it knows.
#[utoipa::path(get, path = "/api/v1/search/health", tag = "search", operation_id = "search_health", responses((status = 200, body = SearchHealth)))]
async fn search_health(State(site): State<Site>) -> Answer<Json<SearchHealth>> {
    let search = site.part::<Search>()?;
    let down = search.is_down();
    let instructors = if down { 0 } else { search.supply.index(&site, &site.store.snapshot()?)?.instructors() };
    let components = json!({
        "index": { "status": if down { "down" } else { "ok" }, "instructors": instructors },
        "catalogue": { "status": "ok", "services": knowledge().catalogue.services().len() },
        "embedding": { "status": "ok", "model": knowledge().embedder.id() },
        "in_flight": search.in_flight(),
    });
    Ok(Json(SearchHealth { status: if down { "degraded" } else { "ok" }, components }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Click {
    search_query_id: SearchId,
    instructor_id: UserId,
    /// The offering that was opened.
    #[serde(default)]
    service_id: Option<OfferingId>,
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 1_000_000)]
    position: u32,
    /// view, book, message or favorite.
    #[serde(default)]
    action: Action,
}

/// Notes which result was opened or acted on.
#[utoipa::path(post, path = "/api/v1/search/click", tag = "search", operation_id = "search_click", request_body = Click, responses((status = 200, body = Success)))]
async fn search_click(State(site): State<Site>, visitor: Visitor, Body(click): Body<Click>) -> Answer<Json<Success>> {
    if !(1..=1_000_000).contains(&click.position) {
        return Err(Refusal::invalid("position", "Between 1 and 1,000,000.").into());
    }
    if !matches!(click.action, Action::View | Action::Book | Action::Message | Action::Favorite) {
        return Err(Refusal::invalid("action", "One of: view, book, message, favorite.").into());
    }
    let act = Act {
        search: click.search_query_id,
        action: click.action,
        instructor: click.instructor_id,
        offering: click.service_id,
        position: click.position,
    };
    let identity = visitor.identity();
    let zone = site.zone.clone();
    site.write(move |tx| log::act(tx, &act, &identity, &zone)).await?;
    Ok(Success::json())
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ParseQuery {
    q: Option<String>,
    /// The moment to judge at; the sandbox clock's when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    now: Option<Timestamp>,
    /// IANA zone; the marketplace's when left out.
    tz: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct ParsedQuery {
    parsed: Parsed,
    corrected_query: Option<String>,
}

/// How a query is understood, without searching or recording anything.
#[utoipa::path(get, path = "/sandbox/v1/search/parse", tag = "sandbox", operation_id = "parse_search_query", params(ParseQuery), responses((status = 200, body = ParsedQuery)))]
async fn parse_query(
    State(site): State<Site>,
    ip: ClientIp,
    Params(query): Params<ParseQuery>,
) -> Answer<Json<ParsedQuery>> {
    if !site.is_sandbox() || !ip.0.to_canonical().is_loopback() {
        return Err(Refusal::not_found("NOT_FOUND", "There is nothing at this address.").into());
    }
    let zone = match &query.tz {
        Some(name) => zone(name).ok_or_else(|| Refusal::invalid("tz", "An IANA zone such as America/New_York."))?,
        None => site.zone.clone(),
    };
    let text = ops::checked_query(query.q)?;
    let now = query.now.unwrap_or_else(|| site.now()).to_zoned(zone);
    let mut understood = knowledge().understand(&text, &now);
    site.part::<Search>()?.names.get(&site)?.apply(&mut understood);
    Ok(Json(ParsedQuery { parsed: understood.parsed, corrected_query: understood.corrected_query }))
}
