//! The services that words might have meant: how many, how surely, and what there is of them.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::Window;
use crate::base::access::Permission;
use crate::base::id::ServiceId;
use crate::base::limits::SCAN_ROWS;
use crate::base::paging::{Page, PageQuery};
use crate::base::time::{Date, Timestamp, plus_hours};
use crate::catalog::{self, catalogue};
use crate::search::analytics::report::{self, rounded};
use crate::search::analytics::tables;
use crate::search::log::tables::between;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Params};

pub fn routes(api: Api) -> Api {
    let see = Access::can(Permission::ViewSystemAnalytics);
    api.route(see, routes!(candidate_summary))
        .route(see, routes!(candidate_trends))
        .route(see, routes!(candidate_services))
        .route(see, routes!(candidate_scores))
        .route(see, routes!(candidate_queries))
}

#[derive(Serialize, utoipa::ToSchema)]
struct CandidateSummary {
    total_candidates: u64,
    searches_with_candidates: u64,
    avg_candidates_per_search: f64,
    /// Candidates of searches that then found nobody.
    zero_result_candidates: u64,
    source_breakdown: std::collections::BTreeMap<&'static str, u64>,
}

/// Totals and averages of the services that words might have meant.
#[utoipa::path(get, path = "/api/v1/analytics/search/candidates/summary", tag = "analytics-candidates",
    operation_id = "candidate_summary", params(Window), responses((status = 200, body = CandidateSummary)))]
async fn candidate_summary(State(site): State<Site>, Params(window): Params<Window>) -> Answer<Json<CandidateSummary>> {
    let span = window.span(&site, 30, 365)?;
    let (rows, day) = site.read(|r| Ok((tables::services(r, span)?, report::total(r, span)?)))?;
    let sum = |of: fn(&crate::search::analytics::ServiceDay) -> u64| rows.iter().map(|(_, day)| of(day)).sum::<u64>();
    let (total, phrase) = (sum(|day| day.candidates), sum(|day| day.by_phrase));
    let without = day.modes.get("any").copied().unwrap_or(0);
    let with = day.searches.saturating_sub(without);
    Ok(Json(CandidateSummary {
        total_candidates: total,
        searches_with_candidates: with,
        avg_candidates_per_search: rounded(total as f64 / with.max(1) as f64),
        zero_result_candidates: sum(|day| day.zero),
        source_breakdown: [("phrase", phrase), ("meaning", total - phrase)].into(),
    }))
}

#[derive(Serialize, utoipa::ToSchema)]
struct CandidateDay {
    #[schema(value_type = String, format = Date)]
    date: Date,
    category: String,
    count: u64,
}

/// Candidates of each day and category.
#[utoipa::path(get, path = "/api/v1/analytics/search/candidates/category-trends", tag = "analytics-candidates",
    operation_id = "candidate_trends", params(Window), responses((status = 200, body = Page<CandidateDay>)))]
async fn candidate_trends(
    State(site): State<Site>,
    Params(window): Params<Window>,
) -> Answer<Json<Page<CandidateDay>>> {
    let span = window.span(&site, 30, 365)?;
    let mut days = std::collections::BTreeMap::<(Date, String), u64>::new();
    for ((date, id), day) in site.read(|r| tables::services(r, span))? {
        let Some(service) = catalogue().service(id) else { continue };
        let category = catalogue().category(service.category_id).map_or_else(String::new, |c| c.name.clone());
        *days.entry((date, category)).or_default() += day.candidates;
    }
    let rows = days.into_iter().filter(|(_, count)| *count > 0);
    let row = |((date, category), count)| CandidateDay { date, category, count };
    Ok(Json(Page::whole(rows.map(row).collect())))
}

#[derive(Serialize, utoipa::ToSchema)]
struct CandidateService {
    service_catalog_id: ServiceId,
    service_name: String,
    category_name: String,
    candidate_count: u64,
    avg_score: f64,
    avg_position: f64,
    active_instructors: u32,
    /// Candidates for each person who teaches it; without anybody, all of them.
    opportunity_score: f64,
}

/// Services ranked by how often they were meant, against who teaches them.
#[utoipa::path(get, path = "/api/v1/analytics/search/candidates/top-services", tag = "analytics-candidates",
    operation_id = "candidate_services", params(Window, PageQuery), responses((status = 200, body = Page<CandidateService>)))]
async fn candidate_services(
    State(site): State<Site>,
    Params(window): Params<Window>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<CandidateService>>> {
    let span = window.span(&site, 30, 365)?;
    let supply = catalog::supply(&site)?;
    let mut sums = std::collections::BTreeMap::<ServiceId, (u64, f64, u64)>::new();
    for ((_, id), day) in site.read(|r| tables::services(r, span))? {
        let sum = sums.entry(id).or_default();
        *sum = (sum.0 + day.candidates, sum.1 + day.score, sum.2 + day.positions);
    }
    let mut rows: Vec<CandidateService> = sums
        .into_iter()
        .filter(|(_, (count, ..))| *count > 0)
        .filter_map(|(id, (count, score, positions))| {
            let service = catalogue().service(id)?;
            let teachers = supply.of(id).all;
            Some(CandidateService {
                service_catalog_id: id,
                service_name: service.name.clone(),
                category_name: catalogue().category(service.category_id).map_or_else(String::new, |c| c.name.clone()),
                candidate_count: count,
                avg_score: rounded(score / count as f64),
                avg_position: rounded(positions as f64 / count as f64),
                active_instructors: teachers,
                opportunity_score: rounded(count as f64 / f64::from(teachers.max(1))),
            })
        })
        .collect();
    rows.sort_by(|a, b| b.candidate_count.cmp(&a.candidate_count).then(a.service_name.cmp(&b.service_name)));
    Ok(Json(page.cut(rows)?))
}

#[derive(Serialize, utoipa::ToSchema)]
struct ScoreBands {
    gte_0_90: u64,
    gte_0_80_lt_0_90: u64,
    gte_0_70_lt_0_80: u64,
    lt_0_70: u64,
}

/// Candidates by how surely they were meant.
#[utoipa::path(get, path = "/api/v1/analytics/search/candidates/score-distribution", tag = "analytics-candidates",
    operation_id = "candidate_scores", params(Window), responses((status = 200, body = ScoreBands)))]
async fn candidate_scores(State(site): State<Site>, Params(window): Params<Window>) -> Answer<Json<ScoreBands>> {
    let span = window.span(&site, 30, 365)?;
    let rows = site.read(|r| tables::services(r, span))?;
    let band = |at: usize| rows.iter().map(|(_, day)| day.bands[at]).sum::<u64>();
    Ok(Json(ScoreBands { gte_0_90: band(0), gte_0_80_lt_0_90: band(1), gte_0_70_lt_0_80: band(2), lt_0_70: band(3) }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfService {
    service_catalog_id: ServiceId,
}

#[derive(Serialize, utoipa::ToSchema)]
struct CandidateQuery {
    searched_at: Timestamp,
    search_query: String,
    results_count: u64,
    position: u64,
    score: f64,
    source: String,
}

/// Searches that might have meant one service, the latest first.
#[utoipa::path(get, path = "/api/v1/analytics/search/candidates/queries", tag = "analytics-candidates",
    operation_id = "candidate_queries", params(OfService, Window, PageQuery), responses((status = 200, body = Page<CandidateQuery>)))]
async fn candidate_queries(
    State(site): State<Site>,
    Params(of): Params<OfService>,
    Params(window): Params<Window>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<CandidateQuery>>> {
    let (days, now) = (window.days(30, 365)?, site.now());
    let rows = site.look(move |r| between(r, plus_hours(now, -24 * days), now, SCAN_ROWS)).await?;
    let found = rows.into_iter().filter_map(|row| {
        let at = row.candidates.iter().position(|candidate| candidate.service == of.service_catalog_id)?;
        let candidate = row.candidates.get(at)?.clone();
        Some(CandidateQuery {
            searched_at: row.at,
            search_query: row.query,
            results_count: row.total,
            position: at as u64 + 1,
            score: rounded(candidate.score),
            source: candidate.source,
        })
    });
    Ok(Json(page.cut(found.collect())?))
}
