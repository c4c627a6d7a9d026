//! Figures over JSON: `/api/v1/search/analytics`, `/api/v1/analytics`.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa_axum::routes;

use super::report::{self, Trend, UnmetRegion, Wish, ms, rate, rounded};
use super::rollup::day_of;
use super::services::{Standing, standings};
use super::tables::{self, Days};
use super::{Insights, TABLES, export, insights};
use crate::base::access::Permission;
use crate::base::csv::Csv;
use crate::base::id::ServiceId;
use crate::base::limits::SCAN_ROWS;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, plus_hours};
use crate::catalog::{self, catalogue};
use crate::search::log::tables::between;
use crate::site::Site;
use crate::site::audit::{self, By};
use crate::web::{Access, Answer, Api, Body, Params};

pub fn routes(api: Api) -> Api {
    let see = Access::can(Permission::ViewSystemAnalytics);
    api.route(see, routes!(search_metrics))
        .route(see, routes!(popular_queries))
        .route(see, routes!(zero_result_queries))
        .route(see, routes!(search_trends))
        .route(see, routes!(popular_searches))
        .route(see, routes!(search_referrers))
        .route(see, routes!(search_summary))
        .route(see, routes!(conversion_metrics))
        .route(see, routes!(search_performance))
        .route(see, routes!(search_insights))
        .route(see, routes!(service_standings))
        .route(see, routes!(candidate_summary))
        .route(see, routes!(candidate_trends))
        .route(see, routes!(candidate_services))
        .route(see, routes!(candidate_scores))
        .route(see, routes!(candidate_queries))
        .route(Access::can(Permission::ExportAnalytics), routes!(export_analytics))
}

/// How far back.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Window {
    /// Days, today included.
    #[param(minimum = 1, maximum = 365)]
    days: Option<i64>,
}

impl Window {
    fn days(&self, default: i64, most: i64) -> Outcome<i64> {
        let days = self.days.unwrap_or(default);
        if (1..=most).contains(&days) { Ok(days) } else { Err(Refusal::invalid("days", format!("1 to {most}."))) }
    }

    fn span(&self, site: &Site, default: i64, most: i64) -> Outcome<Days> {
        Ok(Days::ending(day_of(site.now(), &site.zone), self.days(default, most)?))
    }
}

#[derive(Serialize, utoipa::ToSchema)]
struct SearchMetrics {
    period_days: i64,
    total_searches: u64,
    unique_searchers: u64,
    p50_latency_ms: Option<f64>,
    p90_latency_ms: Option<f64>,
    p95_latency_ms: Option<f64>,
    p99_latency_ms: Option<f64>,
    avg_latency_ms: Option<f64>,
    zero_result_count: u64,
    zero_result_rate: f64,
    relaxed_count: u64,
    degraded_count: u64,
    degraded_rate: f64,
    corrected_count: u64,
    median_results: Option<u64>,
    average_results: Option<f64>,
    click_through_rate: f64,
    median_ms_to_first_click: Option<u64>,
    /// Mean of all searches, 0–100.
    quality_score: Option<f64>,
    modes: std::collections::BTreeMap<String, u64>,
}

/// Latency percentiles, volume and zero-result rate.
#[utoipa::path(get, path = "/api/v1/search/analytics/metrics", tag = "search", operation_id = "search_analytics_metrics",
    params(Window), responses((status = 200, body = SearchMetrics)))]
async fn search_metrics(State(site): State<Site>, Params(window): Params<Window>) -> Answer<Json<SearchMetrics>> {
    let span = window.span(&site, 7, 30)?;
    let (day, people) = site.read(|r| Ok((report::total(r, span)?, report::people(r, span)?)))?;
    let latency = &day.latency_us;
    Ok(Json(SearchMetrics {
        period_days: window.days(7, 30)?,
        total_searches: day.searches,
        unique_searchers: people.all(),
        p50_latency_ms: ms(latency, 0.5),
        p90_latency_ms: ms(latency, 0.9),
        p95_latency_ms: ms(latency, 0.95),
        p99_latency_ms: ms(latency, 0.99),
        avg_latency_ms: latency.mean().map(|us| rounded(us / 1000.0)),
        zero_result_count: day.zero,
        zero_result_rate: rate(day.zero, day.searches),
        relaxed_count: day.relaxed,
        degraded_count: day.degraded,
        degraded_rate: rate(day.degraded, day.searches),
        corrected_count: day.corrected,
        median_results: day.results.at(0.5),
        average_results: day.results.mean().map(rounded),
        click_through_rate: rate(day.acted, day.searches),
        median_ms_to_first_click: day.first_deed_ms.at(0.5),
        quality_score: quality(&day),
        modes: day.modes,
    }))
}

/// 25 points more for every search that somebody acted on.
fn quality(day: &super::DayRow) -> Option<f64> {
    Some(rounded(day.quality.mean()? + 25.0 * day.acted as f64 / day.searches.max(1) as f64))
}

/// The most searched wishes of at least five people; one wish however it was worded.
#[utoipa::path(get, path = "/api/v1/search/analytics/popular", tag = "search", operation_id = "search_analytics_popular",
    params(Window, PageQuery), responses((status = 200, body = Page<Wish>)))]
async fn popular_queries(
    State(site): State<Site>,
    Params(window): Params<Window>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<Wish>>> {
    let span = window.span(&site, 7, 30)?;
    Ok(Json(page.cut(site.read(|r| report::popular(r, span))?)?))
}

/// Wishes that found nobody.
#[utoipa::path(get, path = "/api/v1/search/analytics/zero-results", tag = "search",
    operation_id = "search_analytics_zero_results", params(Window, PageQuery), responses((status = 200, body = Page<Wish>)))]
async fn zero_result_queries(
    State(site): State<Site>,
    Params(window): Params<Window>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<Wish>>> {
    let span = window.span(&site, 7, 30)?;
    Ok(Json(page.cut(site.read(|r| report::unmet(r, span))?)?))
}

/// Searches, accounts and guests of each day.
#[utoipa::path(get, path = "/api/v1/analytics/search/search-trends", tag = "analytics-search",
    operation_id = "search_trends", params(Window), responses((status = 200, body = Page<Trend>)))]
async fn search_trends(State(site): State<Site>, Params(window): Params<Window>) -> Answer<Json<Page<Trend>>> {
    let span = window.span(&site, 30, 365)?;
    Ok(Json(Page::whole(site.read(|r| report::trends(r, span))?)))
}

/// The most frequent wishes with people and results, of at least five people each.
#[utoipa::path(get, path = "/api/v1/analytics/search/popular-searches", tag = "analytics-search",
    operation_id = "popular_searches", params(Window, PageQuery), responses((status = 200, body = Page<Wish>)))]
async fn popular_searches(
    State(site): State<Site>,
    Params(window): Params<Window>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<Wish>>> {
    let span = window.span(&site, 30, 365)?;
    Ok(Json(page.cut(site.read(|r| report::popular(r, span))?)?))
}

#[derive(Serialize, utoipa::ToSchema)]
struct Referrer {
    /// `direct` when no page of ours led there.
    page: String,
    search_count: u64,
    share: f64,
}

/// Pages from which searches start.
#[utoipa::path(get, path = "/api/v1/analytics/search/referrers", tag = "analytics-search",
    operation_id = "search_referrers", params(Window), responses((status = 200, body = Page<Referrer>)))]
async fn search_referrers(State(site): State<Site>, Params(window): Params<Window>) -> Answer<Json<Page<Referrer>>> {
    let span = window.span(&site, 30, 365)?;
    let day = site.read(|r| report::total(r, span))?;
    let row = |(page, search_count)| Referrer { share: rate(search_count, day.searches), page, search_count };
    Ok(Json(Page::whole(report::ranked(&day.origins).into_iter().map(row).collect())))
}

#[derive(Serialize, utoipa::ToSchema)]
struct SearchSummary {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    total_searches: u64,
    unique_users: u64,
    unique_guests: u64,
    unknown_networks: u64,
    searches_per_searcher: f64,
    returning_rate: f64,
    refinement_rate: f64,
    zero_result_rate: f64,
    relaxed_rate: f64,
    click_through_rate: f64,
    conversions: u64,
    interactions: std::collections::BTreeMap<String, u64>,
    search_types: std::collections::BTreeMap<String, u64>,
    devices: std::collections::BTreeMap<String, u64>,
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    hours_utc: std::collections::BTreeMap<u8, u64>,
    positions: Vec<report::Position>,
}

/// All headline figures in one answer.
#[utoipa::path(get, path = "/api/v1/analytics/search/search-analytics-summary", tag = "analytics-search",
    operation_id = "search_summary", params(Window), responses((status = 200, body = SearchSummary)))]
async fn search_summary(State(site): State<Site>, Params(window): Params<Window>) -> Answer<Json<SearchSummary>> {
    let span = window.span(&site, 30, 365)?;
    let (day, people) = site.read(|r| Ok((report::total(r, span)?, report::people(r, span)?)))?;
    Ok(Json(SearchSummary {
        from: span.first,
        to: span.last,
        total_searches: day.searches,
        unique_users: people.accounts,
        unique_guests: people.guests,
        unknown_networks: people.unknown,
        searches_per_searcher: rounded(day.searches as f64 / people.all().max(1) as f64),
        returning_rate: rate(day.returning, day.searches),
        refinement_rate: rate(day.refined, day.searches),
        zero_result_rate: rate(day.zero, day.searches),
        relaxed_rate: rate(day.relaxed, day.searches),
        click_through_rate: rate(day.acted, day.searches),
        conversions: day.conversions,
        positions: report::positions(&day),
        interactions: day.deeds,
        search_types: day.modes,
        devices: day.devices,
        hours_utc: day.hours,
    }))
}

#[derive(Serialize, utoipa::ToSchema)]
struct ConversionMetrics {
    period_days: i64,
    /// Browsers with our mark that searched.
    guest_sessions: u64,
    converted: u64,
    conversion_rate: f64,
    average_searches_before: Option<f64>,
    median_searches_before: Option<u64>,
    median_hours_before: Option<u64>,
}

/// Guests that became accounts.
#[utoipa::path(get, path = "/api/v1/analytics/search/conversion-metrics", tag = "analytics-search",
    operation_id = "conversion_metrics", params(Window), responses((status = 200, body = ConversionMetrics)))]
async fn conversion_metrics(
    State(site): State<Site>,
    Params(window): Params<Window>,
) -> Answer<Json<ConversionMetrics>> {
    let span = window.span(&site, 30, 365)?;
    let (day, people) = site.read(|r| Ok((report::total(r, span)?, report::people(r, span)?)))?;
    Ok(Json(ConversionMetrics {
        period_days: window.days(30, 365)?,
        guest_sessions: people.guests,
        converted: day.conversions,
        conversion_rate: rate(day.conversions, people.guests),
        average_searches_before: day.searches_before.mean().map(rounded),
        median_searches_before: day.searches_before.at(0.5),
        median_hours_before: day.hours_before.at(0.5),
    }))
}

#[derive(Serialize, utoipa::ToSchema)]
struct ResultDistribution {
    zero: u64,
    one_to_five: u64,
    six_to_ten: u64,
    over_ten: u64,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SearchPerformance {
    total_searches: u64,
    result_distribution: ResultDistribution,
    median_results: Option<u64>,
    average_results: Option<f64>,
    p90_results: Option<u64>,
    searches_with_results: u64,
    zero_result_rate: f64,
    quality_score: Option<f64>,
    p50_latency_ms: Option<f64>,
    p95_latency_ms: Option<f64>,
    p99_latency_ms: Option<f64>,
    /// Searched at least five times, fewer than three results on average.
    problematic_queries: Vec<Wish>,
    unmet_by_region: Vec<UnmetRegion>,
}

/// How results spread, how good answers were, and wishes that find little.
#[utoipa::path(get, path = "/api/v1/analytics/search/search-performance", tag = "analytics-search",
    operation_id = "search_performance", params(Window), responses((status = 200, body = SearchPerformance)))]
async fn search_performance(
    State(site): State<Site>,
    Params(window): Params<Window>,
) -> Answer<Json<SearchPerformance>> {
    let span = window.span(&site, 30, 365)?;
    let (day, weak, regions) =
        site.read(|r| Ok((report::total(r, span)?, report::weak(r, span)?, report::unmet_by_region(r, span)?)))?;
    let [zero, one_to_five, six_to_ten, over_ten] = day.spread;
    Ok(Json(SearchPerformance {
        total_searches: day.searches,
        result_distribution: ResultDistribution { zero, one_to_five, six_to_ten, over_ten },
        median_results: day.results.at(0.5),
        average_results: day.results.mean().map(rounded),
        p90_results: day.results.at(0.9),
        searches_with_results: day.searches - day.zero,
        zero_result_rate: rate(day.zero, day.searches),
        quality_score: quality(&day),
        p50_latency_ms: ms(&day.latency_us, 0.5),
        p95_latency_ms: ms(&day.latency_us, 0.95),
        p99_latency_ms: ms(&day.latency_us, 0.99),
        problematic_queries: weak,
        unmet_by_region: regions,
    }))
}

/// Wishes put differently, wishes given up, and demand nobody meets, over seven days.
#[utoipa::path(get, path = "/api/v1/analytics/search/insights", tag = "analytics-search",
    operation_id = "search_insights", responses((status = 200, body = Insights)))]
async fn search_insights(State(site): State<Site>) -> Answer<Json<Insights>> {
    let now = site.now();
    Ok(Json(site.read(|r| insights(r, now, &site.zone))?))
}

/// Services by demand and trend, against who teaches them.
#[utoipa::path(get, path = "/api/v1/analytics/search/services", tag = "analytics-search",
    operation_id = "service_standings", params(PageQuery), responses((status = 200, body = Page<Standing>)))]
async fn service_standings(State(site): State<Site>, Params(page): Params<PageQuery>) -> Answer<Json<Page<Standing>>> {
    let (supply, today) = (catalog::supply(&site)?, day_of(site.now(), &site.zone));
    Ok(Json(page.cut(site.read(|r| standings(r, &supply, today))?)?))
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
    let sum = |of: fn(&super::ServiceDay) -> u64| rows.iter().map(|(_, day)| of(day)).sum::<u64>();
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
    let rows = site.read(|r| between(r, plus_hours(now, -24 * days), now, SCAN_ROWS))?;
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

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ExportFormat)]
enum Format {
    #[default]
    Csv,
    Json,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportWish {
    /// days, popular, zero_results, services, candidates, positions or searches.
    table: String,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    days: Option<i64>,
}

/// Takes a table away as CSV that no spreadsheet runs, or as JSON. It is written down who did.
#[utoipa::path(post, path = "/api/v1/analytics/export", tag = "analytics", operation_id = "export_analytics",
    request_body = ExportWish, responses((status = 200, description = "`text/csv`, or JSON with `items`", body = Value)))]
async fn export_analytics(State(site): State<Site>, by: By, Body(wish): Body<ExportWish>) -> Answer<Response> {
    let days = Window { days: wish.days }.days(30, 365)?;
    if !TABLES.contains(&wish.table.as_str()) {
        return Err(Refusal::invalid("table", format!("One of: {}.", TABLES.join(", "))).into());
    }
    let (supply, now) = (catalog::supply(&site)?, site.now());
    let taken = site.read(|r| export(r, &supply, &wish.table, days, now, &site.zone))?;
    let (table, count) = (wish.table.clone(), taken.rows.len());
    site.write(move |tx| {
        let deed = audit::Deed::on("analytics.export", "analytics", &table);
        audit::record(tx, &by, deed.change(Value::Null, json!({ "days": days, "rows": count })))
    })
    .await?;
    if wish.format == Format::Json {
        let object = |row: Vec<String>| -> Value {
            let cells = taken.columns.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), Value::String(cell)));
            Value::Object(cells.collect::<Map<_, _>>())
        };
        let items: Vec<Value> = taken.rows.into_iter().map(object).collect();
        return Ok(
            Json(json!({ "table": wish.table, "days": days, "items": items, "next_cursor": null })).into_response()
        );
    }
    let name = format!("attachment; filename=\"search-{}.csv\"", wish.table);
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    let mut csv = Csv::with_head(&taken.columns);
    taken.rows.iter().for_each(|row| csv.row(row));
    Ok((headers, csv.finish()).into_response())
}
