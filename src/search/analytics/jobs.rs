//! The rounds: the last day every half hour, a week every night, services twice a day, yesterday each morning.

use serde_json::{Value, json};

use super::insights::insights;
use super::report::{self, ms, rate};
use super::rollup::day_of;
use super::services::{standings, trending};
use super::tables::{DAYS, Days, PEOPLE, PHRASES, REPORTS, SERVICES};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, TimeZone, Timestamp, plus_days, plus_hours};
use crate::bookings::tables::made_between;
use crate::catalog;
use crate::jobs::{Every, JobCall, JobKind};
use crate::search::analytics::Histogram;
use crate::search::log::tables::between;
use crate::site::Site;
use crate::store::{Dir, Key, Read, ReadExt, Span, Table, Tx};

/// Days by day are kept.
const KEPT_DAYS: i64 = 400;
/// Reports kept of each name.
const KEPT_REPORTS: usize = 400;

pub fn jobs() -> Vec<JobKind> {
    vec![
        // Hourly at least; so often that a moved clock runs it once, not for every hour of a year.
        JobKind::sweep("search_metrics", Every::minutes(30), |site, call| async move {
            let now = call.due;
            let report = site.look(move |r| last_day(r, now)).await?;
            keep(&site, &call, "search_metrics", report).await
        }),
        JobKind::sweep("search_insights", Every::daily_local(4, 0), |site, call| async move {
            let now = call.due;
            let zone = site.zone.clone();
            let found = site.look(move |r| insights(r, now, &zone)).await?;
            keep(&site, &call, "search_insights", serde_json::to_value(found).map_err(Refusal::internal)?).await
        }),
        JobKind::sweep("analytics", Every::twice_local((3, 30), (15, 30)), |site, call| async move {
            services(&site, &call).await
        }),
        JobKind::sweep("daily_report", Every::daily_local(2, 30), |site, call| async move {
            let now = call.due;
            let zone = site.zone.clone();
            let report = site.look(move |r| yesterday(r, now, &zone)).await?;
            keep(&site, &call, "daily_report", report).await
        }),
    ]
}

/// Puts a report beside the others; a dry run only shows it.
async fn keep(site: &Site, call: &JobCall, name: &'static str, report: Value) -> Outcome<Value> {
    if !call.dry_run {
        let (at, kept) = (call.due, report.clone());
        site.write(move |tx| {
            tx.put(&REPORTS, &(name.to_owned(), at), &kept)?;
            let all = tx.scan(&REPORTS, Span::prefix(&(name.to_owned(),)), SCAN_ROWS, Dir::Down)?;
            for (key, _) in all.into_iter().skip(KEPT_REPORTS) {
                tx.delete(&REPORTS, &key)?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(report)
}

/// The last 24 hours, from the searches themselves.
fn last_day(read: &dyn Read, now: Timestamp) -> Outcome<Value> {
    let rows = between(read, plus_hours(now, -24), now, SCAN_ROWS)?;
    let mut latency = Histogram::default();
    let (mut searches, mut zero, mut degraded, mut acted) = (0, 0, 0, 0);
    for row in rows.iter().filter(|row| row.is_first_page()) {
        searches += 1;
        zero += u64::from(row.total == 0);
        degraded += u64::from(row.degraded);
        acted += u64::from(row.acted);
        latency.add(row.latency_us);
    }
    Ok(json!({
        "hours": 24, "searches": searches, "zero_result_rate": rate(zero, searches),
        "degraded_rate": rate(degraded, searches), "click_through_rate": rate(acted, searches),
        "p50_latency_ms": ms(&latency, 0.5), "p95_latency_ms": ms(&latency, 0.95), "p99_latency_ms": ms(&latency, 0.99),
    }))
}

/// Services over ninety days; also clears what is older than anybody asks for.
async fn services(site: &Site, call: &JobCall) -> Outcome<Value> {
    let supply = catalog::supply(site)?;
    let today = day_of(call.due, &site.zone);
    let rows = site.read(|r| standings(r, &supply, today))?;
    let rising: Vec<String> = trending(&rows, 20).into_iter().map(|row| row.service_name.clone()).collect();
    let mut cleared = 0;
    // In small writes until nothing old is left.
    loop {
        let some = if call.dry_run { 0 } else { site.write(move |tx| clear(tx, today)).await? };
        cleared += some;
        if some == 0 {
            break;
        }
    }
    let report = json!({ "services": rows.len(), "trending": rising, "rows_cleared": cleared });
    keep(site, call, "analytics", report).await
}

fn clear(tx: &mut Tx, today: Date) -> Outcome<usize> {
    let first = plus_days(today, -KEPT_DAYS);
    Ok(clear_table(tx, &DAYS, &Span::from_to(&Date::MIN, &first))?
        + clear_table(tx, &PHRASES, &before(first))?
        + clear_table(tx, &SERVICES, &before(first))?
        + clear_table(tx, &PEOPLE, &before(first))?)
}

fn before(first: Date) -> Span {
    Span::from_to(&(Date::MIN,), &(first,))
}

fn clear_table<K: Key, V: serde::Serialize + serde::de::DeserializeOwned>(
    tx: &mut Tx,
    table: &Table<K, V>,
    span: &Span,
) -> Outcome<usize> {
    const AT_ONCE: usize = 1000;
    let old = tx.scan(table, span.clone(), AT_ONCE, Dir::Up)?;
    for (key, _) in &old {
        tx.delete(table, key)?;
    }
    Ok(old.len())
}

/// Yesterday in figures: searching and booking side by side.
fn yesterday(read: &dyn Read, now: Timestamp, zone: &TimeZone) -> Outcome<Value> {
    let date = plus_days(day_of(now, zone), -1);
    let span = Days { first: date, last: date };
    let day = report::total(read, span)?;
    let midnight = |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(Refusal::internal);
    let made = made_between(read, midnight(date)?, midnight(plus_days(date, 1))?)?;
    let paid = made.iter().filter(|booking| booking.confirmed_at.is_some());
    let (count, value) = paid.fold((0u64, 0i64), |(n, sum), booking| (n + 1, sum + booking.quote.lesson.0));
    let popular: Vec<String> = report::popular(read, span)?.into_iter().take(10).map(|wish| wish.query).collect();
    Ok(json!({
        "date": date, "searches": day.searches, "people": report::people(read, span)?.all(),
        "zero_result_rate": rate(day.zero, day.searches), "click_through_rate": rate(day.acted, day.searches),
        "p95_latency_ms": ms(&day.latency_us, 0.95), "conversions": day.conversions,
        "bookings_made": made.len(), "bookings_confirmed": count, "booked_cents": value, "popular": popular,
    }))
}
