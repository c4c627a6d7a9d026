//! Figures to take away: a table by name, as rows of text.

use super::report::{self, ms, rate};
use super::rollup::day_of;
use super::services::standings;
use super::tables::{self, Days};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, TimeZone, Timestamp, plus_hours};
use crate::catalog::{Supply, catalogue};
use crate::search::log::tables::between;
use crate::store::Read;

/// What can be taken.
pub const TABLES: [&str; 7] = ["days", "popular", "zero_results", "services", "candidates", "positions", "searches"];

/// A table: its columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// The rows of `table` over the last `days` days.
pub fn export(
    read: &dyn Read,
    supply: &Supply,
    table: &str,
    days: i64,
    now: Timestamp,
    zone: &TimeZone,
) -> Outcome<Taken> {
    let today = day_of(now, zone);
    let span = Days::ending(today, days);
    match table {
        "days" => by_day(read, span),
        "popular" => wishes(report::popular(read, span)?),
        "zero_results" => wishes(report::unmet(read, span)?),
        "services" => services(read, supply, today),
        "candidates" => candidates(read, span),
        "positions" => positions(read, span),
        "searches" => searches(read, days, now),
        _ => Err(Refusal::invalid("table", format!("One of: {}.", TABLES.join(", ")))),
    }
}

fn by_day(read: &dyn Read, span: Days) -> Outcome<Taken> {
    let columns = vec![
        "date",
        "searches",
        "by_accounts",
        "by_guests",
        "zero_results",
        "zero_result_rate",
        "relaxed",
        "degraded",
        "acted_on",
        "p50_latency_ms",
        "p95_latency_ms",
        "p99_latency_ms",
        "median_results",
        "conversions",
    ];
    let text = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let rows = tables::days(read, span)?.into_iter().map(|(date, day)| {
        vec![
            date.to_string(),
            day.searches.to_string(),
            day.by_accounts.to_string(),
            day.by_guests.to_string(),
            day.zero.to_string(),
            rate(day.zero, day.searches).to_string(),
            day.relaxed.to_string(),
            day.degraded.to_string(),
            day.acted.to_string(),
            text(ms(&day.latency_us, 0.5)),
            text(ms(&day.latency_us, 0.95)),
            text(ms(&day.latency_us, 0.99)),
            day.results.at(0.5).map(|n| n.to_string()).unwrap_or_default(),
            day.conversions.to_string(),
        ]
    });
    Ok(Taken { columns, rows: rows.collect() })
}

fn wishes(rows: Vec<report::Wish>) -> Outcome<Taken> {
    let columns = vec![
        "wish",
        "searches",
        "people",
        "average_results",
        "zero_results",
        "click_through_rate",
        "places",
        "last_on",
    ];
    let row = |wish: report::Wish| {
        vec![
            wish.query,
            wish.search_count.to_string(),
            wish.unique_users.to_string(),
            wish.average_results.to_string(),
            wish.zero_results.to_string(),
            wish.click_through_rate.to_string(),
            wish.places.join("; "),
            wish.last_searched_on.to_string(),
        ]
    };
    Ok(Taken { columns, rows: rows.into_iter().map(row).collect() })
}

fn services(read: &dyn Read, supply: &Supply, today: Date) -> Outcome<Taken> {
    let columns = vec![
        "service",
        "category",
        "searches_7d",
        "searches_30d",
        "searches_90d",
        "views_30d",
        "bookings_30d",
        "demand_score",
        "trending",
        "active_instructors",
    ];
    let rows = standings(read, supply, today)?.into_iter().map(|row| {
        vec![
            row.service_name,
            row.category_name,
            row.searches_7d.to_string(),
            row.searches_30d.to_string(),
            row.searches_90d.to_string(),
            row.views_30d.to_string(),
            row.bookings_30d.to_string(),
            row.demand_score.to_string(),
            row.is_trending.to_string(),
            row.active_instructors.to_string(),
        ]
    });
    Ok(Taken { columns, rows: rows.collect() })
}

fn candidates(read: &dyn Read, span: Days) -> Outcome<Taken> {
    let columns = vec!["date", "service", "candidates", "average_score", "over_90", "over_80", "over_70", "rest"];
    let rows =
        tables::services(read, span)?.into_iter().filter(|(_, day)| day.candidates > 0).map(|((date, id), day)| {
            let name = catalogue().service(id).map_or_else(|| id.to_string(), |service| service.name.clone());
            let score = report::rounded(day.score / day.candidates.max(1) as f64);
            let mut row = vec![date.to_string(), name, day.candidates.to_string(), score.to_string()];
            row.extend(day.bands.iter().map(u64::to_string));
            row
        });
    Ok(Taken { columns, rows: rows.collect() })
}

fn positions(read: &dyn Read, span: Days) -> Outcome<Taken> {
    let rows = report::positions(&report::total(read, span)?).into_iter().map(|row| {
        vec![
            row.position.to_string(),
            row.impressions.to_string(),
            row.clicks.to_string(),
            row.click_through_rate.to_string(),
        ]
    });
    Ok(Taken { columns: vec!["position", "impressions", "clicks", "click_through_rate"], rows: rows.collect() })
}

/// Single searches without the people behind them.
fn searches(read: &dyn Read, days: i64, now: Timestamp) -> Outcome<Taken> {
    let columns = vec![
        "at",
        "query",
        "understood",
        "mode",
        "results",
        "exact",
        "relaxed",
        "latency_ms",
        "device",
        "origin",
        "refined",
        "acted_on",
    ];
    let rows =
        between(read, plus_hours(now, -24 * days), now, SCAN_ROWS)?.into_iter().filter(|row| row.is_first_page());
    let rows = rows.map(|row| {
        vec![
            row.at.to_string(),
            row.query,
            row.label,
            row.mode,
            row.total.to_string(),
            row.exact.to_string(),
            row.relaxed.join("; "),
            report::rounded(row.latency_us as f64 / 1000.0).to_string(),
            row.device,
            row.origin,
            row.refined.to_string(),
            row.acted.to_string(),
        ]
    });
    Ok(Taken { columns, rows: rows.collect() })
}
