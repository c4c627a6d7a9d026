//! JSON: `/api/v1/services/…` (contract §7, 40§12).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::ops;
use super::views::{CatalogServiceView, CategoryServicesView, CategoryView};
use crate::base::limits::SEARCH_CHARS;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::web::{Access, Answer, Api, Params};

pub fn routes(api: Api) -> Api {
    api.route(Access::Public, routes!(list_categories))
        .route(Access::Public, routes!(list_services))
        .route(Access::Public, routes!(top_services))
        .route(Access::Public, routes!(services_with_instructors))
        .route(Access::Public, routes!(services_for_kids))
        .route(Access::Public, routes!(search_services))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Slug of a category.
    category: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// A name, a term or the beginning of one.
    #[param(min_length = 1, max_length = 500)]
    q: String,
}

/// Counts may be five minutes old (rule: 40§12).
const FOR_MINUTES: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=300")];

/// Categories with their subcategories, in display order. They change only with a release.
#[utoipa::path(get, path = "/api/v1/services/categories", tag = "catalogue", operation_id = "list_categories",
    params(PageQuery), responses((status = 200, body = Page<CategoryView>)))]
async fn list_categories(Params(page): Params<PageQuery>) -> Answer<impl IntoResponse> {
    let page = whole(&page, ops::categories())?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=3600")], Json(page)))
}

/// Services with the number of people who teach each now; all of them unless a limit is given.
#[utoipa::path(get, path = "/api/v1/services/catalog", tag = "catalogue", operation_id = "list_catalog_services",
    params(Wanted, PageQuery), responses((status = 200, body = Page<CatalogServiceView>)))]
async fn list_services(
    State(site): State<Site>,
    Params(wanted): Params<Wanted>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<CatalogServiceView>>> {
    Ok(Json(whole(&page, ops::services(&site, wanted.category.as_deref())?)?))
}

/// The seven most taught services of each category.
#[utoipa::path(get, path = "/api/v1/services/catalog/top-per-category", tag = "catalogue",
    operation_id = "top_services_per_category", responses((status = 200, body = Page<CategoryServicesView>)))]
async fn top_services(State(site): State<Site>) -> Answer<Json<Page<CategoryServicesView>>> {
    Ok(Json(Page::whole(ops::top_per_category(&site, ops::PILLS)?)))
}

/// The whole catalogue by category, with the number of people behind each service.
#[utoipa::path(get, path = "/api/v1/services/catalog/all-with-instructors", tag = "catalogue",
    operation_id = "all_services_with_instructors", responses((status = 200, body = Page<CategoryServicesView>)))]
async fn services_with_instructors(State(site): State<Site>) -> Answer<impl IntoResponse> {
    Ok((FOR_MINUTES, Json(Page::whole(ops::all_with_instructors(&site)?))))
}

/// Services that somebody teaches to children; `active_instructors` counts those people alone.
#[utoipa::path(get, path = "/api/v1/services/catalog/kids-available", tag = "catalogue",
    operation_id = "services_for_kids", params(PageQuery),
    responses((status = 200, body = Page<CatalogServiceView>)))]
async fn services_for_kids(State(site): State<Site>, Params(page): Params<PageQuery>) -> Answer<impl IntoResponse> {
    Ok((FOR_MINUTES, Json(whole(&page, ops::kids_available(&site)?)?)))
}

/// Services whose name or terms begin with what was typed, the closest first.
#[utoipa::path(get, path = "/api/v1/services/search", tag = "catalogue", operation_id = "search_services",
    params(Typed, PageQuery), responses((status = 200, body = Page<CatalogServiceView>)))]
async fn search_services(
    State(site): State<Site>,
    Params(typed): Params<Typed>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<CatalogServiceView>>> {
    let typed = sought(&typed.q)?;
    Ok(Json(page.cut(ops::find(&site, typed)?)?))
}

/// The text to look for, within the limits of every search (40§2).
fn sought(typed: &str) -> Outcome<&str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Refusal::bad_request("EMPTY_QUERY", "Say what you would like to learn."));
    }
    if typed.chars().count() > SEARCH_CHARS {
        return Err(Refusal::invalid("q", format!("At most {SEARCH_CHARS} characters.")));
    }
    Ok(typed)
}

/// All of a list unless the caller asks for a part of it.
fn whole<T>(query: &PageQuery, all: Vec<T>) -> Outcome<Page<T>> {
    let everything = u32::try_from(all.len()).unwrap_or(u32::MAX).max(1);
    query.cut_with(all, everything)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::{Request, StatusCode};
    use serde_json::Value;
    use tower::ServiceExt as _;

    use crate::base::id::{AnyId, ServiceId, UserId};

    use crate::catalog::{Supply, SupplyCounter, Teaching};
    use crate::site::{Site, SiteParts};

    use crate::web::{Api, Hosts, Pages, assemble};

    /// Two people teach the piano, one of them to children.
    fn site() -> Site {
        let site = Site::new(SiteParts::at("2026-03-07T12:00:00Z"));
        let teaching = |n: u128| Teaching {
            instructor: UserId::from_bits(n),
            service: ServiceId::of_name("piano"),
            children: n == 1,
        };
        site.parts.put(SupplyCounter::new(move |_| Ok(Arc::new(Supply::of_offerings([teaching(1), teaching(2)])))));
        site
    }

    async fn get(path: &str) -> (StatusCode, String) {
        let site = site();
        let (api, pages) = (super::routes(Api::new()), crate::catalog::pages::routes(Pages::new()));
        let router = assemble(&site, Hosts::new("localhost:8080", true), api, pages).0;
        let request = Request::builder().uri(path).header("host", "localhost:8080");
        let response = router.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn json(path: &str) -> (u16, Value) {
        let (status, body) = get(&format!("/api/v1/services{path}")).await;
        (status.as_u16(), serde_json::from_str(&body).unwrap())
    }

    /// rule: 40§11, 40§12
    #[tokio::test]
    async fn lists_are_whole_unless_limited() {
        let (_, categories) = json("/categories").await;
        assert_eq!(categories["items"].as_array().map(Vec::len), Some(7));
        assert_eq!(categories["items"][1]["subcategories"][0]["slug"], "piano");
        let (_, all) = json("/catalog").await;
        assert_eq!(all["items"].as_array().map(Vec::len), Some(273));
        let (_, music) = json("/catalog?category=music&limit=5").await;
        assert_eq!(music["items"].as_array().map(Vec::len), Some(5));
        assert_eq!(music["total"], 33);
        assert_eq!(
            (&music["items"][0]["slug"], &music["items"][0]["active_instructors"]),
            (&"piano".into(), &2.into())
        );
        let cursor = music["next_cursor"].as_str().unwrap();
        let (_, rest) = json(&format!("/catalog?category=music&limit=5&cursor={cursor}")).await;
        assert_ne!(rest["items"][0]["slug"], music["items"][0]["slug"]);
    }

    #[tokio::test]
    async fn only_what_is_taught_is_shown_where_it_says_so() {
        let (_, kids) = json("/catalog/kids-available").await;
        assert_eq!(kids["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(kids["items"][0]["active_instructors"], 1);
        let (_, top) = json("/catalog/top-per-category").await;
        let taught = |at: usize| top["items"][at]["services"].as_array().map(Vec::len);
        assert_eq!((taught(0), taught(1)), (Some(0), Some(1)));
        let (_, all) = json("/catalog/all-with-instructors").await;
        assert_eq!(all["items"][1]["active_instructors"], 2);
    }

    #[tokio::test]
    async fn refusals_have_their_codes() {
        for (path, status, code) in [
            ("/catalog?category=nonsense", 404, "CATEGORY_NOT_FOUND"),
            ("/catalog?limit=0", 422, "VALIDATION_ERROR"),
            ("/search", 400, "EMPTY_QUERY"),
            ("/search?q=%20", 400, "EMPTY_QUERY"),
        ] {
            let (got, problem) = json(path).await;
            assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{path}");
        }
        let (_, found) = json("/search?q=ivories").await;
        assert_eq!(found["items"][0]["name"], "Piano");
    }

    /// rule: 50§1a
    #[tokio::test]
    async fn pages_show_every_service() {
        let (status, html) = get("/services").await;
        assert_eq!(status, StatusCode::OK);
        for s in crate::catalog::catalogue().services() {
            assert!(html.contains(&s.id.to_string()), "{}", s.name);
        }
        assert!(html.contains("2 people teach here now."));
        let (status, html) = get("/categories/music").await;
        assert!(status == StatusCode::OK && html.contains("Orchestral Strings"));
        assert_eq!(get("/categories/nonsense").await.0, StatusCode::NOT_FOUND);
    }
}
