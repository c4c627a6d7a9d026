//! Figures over JSON: `/api/v1/search/analytics`, `/api/v1/analytics`. Beside them: [`candidates`], what words might have
//! meant, and [`takeaway`], tables to take along.

mod candidates;
mod takeaway;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::report::{self, Trend, UnmetRegion, Wish, ms, rate, rounded};
use super::rollup::day_of;
use super::services::{Standing, standings};
use super::tables::Days;
use super::{Insights, insights};
use crate::base::access::Permission;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Date;
use crate::catalog;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Params};

pub fn routes(api: Api) -> Api {
    let see = Access::can(Permission::ViewSystemAnalytics);
    let api = api
        .route(see, routes!(search_metrics))
        .route(see, routes!(popular_queries))
        .route(see, routes!(zero_result_queries))
        .route(see, routes!(search_trends))
        .route(see, routes!(popular_searches))
        .route(see, routes!(search_referrers))
        .route(see, routes!(search_summary))
        .route(see, routes!(conversion_metrics))
        .route(see, routes!(search_performance))
        .route(see, routes!(search_insights))
        .route(see, routes!(service_standings));
    takeaway::routes(candidates::routes(api))
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
    /// Answers that were at hand, of all.
    cache_hit_rate: f64,
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
        cache_hit_rate: rate(day.kept, day.searches),
        median_results: day.results.at(0.5),
        average_results: day.results.mean().map(rounded),
        click_through_rate: rate(day.acted, day.searches),
        median_ms_to_first_click: day.first_deed_ms.at(0.5),
        quality_score: quality(&day),
        modes: day.modes,
    }))
}

/// 25 points more for every search that somebody acted on.
fn quality(day: &crate::search::analytics::DayRow) -> Option<f64> {
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
    let (now, zone) = (site.now(), site.zone.clone());
    Ok(Json(site.look(move |r| insights(r, now, &zone)).await?))
}

/// Services by demand and trend, against who teaches them.
#[utoipa::path(get, path = "/api/v1/analytics/search/services", tag = "analytics-search",
    operation_id = "service_standings", params(PageQuery), responses((status = 200, body = Page<Standing>)))]
async fn service_standings(State(site): State<Site>, Params(page): Params<PageQuery>) -> Answer<Json<Page<Standing>>> {
    let (supply, today) = (catalog::supply(&site)?, day_of(site.now(), &site.zone));
    Ok(Json(page.cut(site.read(|r| standings(r, &supply, today))?)?))
}
