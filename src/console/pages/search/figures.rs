//! `/admin/search`: how much is searched, how fast, what is found; what is not; what is asked for.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::way;
use crate::base::csv::Csv;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::base::time::{Date, fmt_date};
use crate::catalog;
use crate::console::pages::shell::{heading, show};
use crate::search::analytics::report::{self, Position, Trend, Wish, ms, rate};
use crate::search::analytics::rollup::day_of;
use crate::search::analytics::tables::Days;
use crate::search::analytics::{DayRow, Insights, Standing, export, insights, standings};
use crate::site::Site;
use crate::site::audit::{self, By};
use crate::web::components::{
    Bar, Col, Icon, Row, Stat, Table, Tone, badge, bar_chart, chart_box, empty, icon, meter, sparkline, stats, table,
};
use crate::web::{Answer, Chrome, Params};

const SPANS: [i64; 3] = [7, 30, 90];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Span {
    days: String,
}

impl Span {
    fn count(&self) -> i64 {
        self.days.parse().ok().filter(|days| SPANS.contains(days)).unwrap_or(30)
    }
}

/// The spans to choose from.
fn spans(path: &str, now: i64) -> Markup {
    html! {
        @for days in SPANS {
            @if days == now { b { (days) " days" } } @else { a href={ (path) "?days=" (days) } { (days) " days" } }
        }
    }
}

pub async fn overview(State(site): State<Site>, chrome: Chrome, Params(span): Params<Span>) -> Answer<Markup> {
    let count = span.count();
    let days = Days::ending(day_of(site.now(), &site.zone), count);
    let now = site.now();
    let body = site.read(|r| {
        let day = report::total(r, days)?;
        let trends = report::trends(r, days)?;
        let popular = report::popular(r, days)?;
        Ok(html! {
            (heading("Search", spans("/admin/search", count)))
            (way("/admin/search"))
            @if day.searches == 0 {
                (empty("No searches yet", "Every search is counted here from the first one on.", None))
            } @else {
                (headline(&day, report::people(r, days)?.all()))
                (charts(&day, &trends))
                (popular_table(&popular))
                (ways(&insights(r, now, &site.zone)?))
                (origins(&day))
            }
        })
    })?;
    Ok(show(&site, &chrome, "Search", body)?)
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

fn headline(day: &DayRow, people: u64) -> Markup {
    let time = |share: f64| ms(&day.latency_us, share).map_or_else(|| "–".to_owned(), |ms| format!("{ms:.1} ms"));
    stats(&[
        Stat::new(
            "Searches",
            day.searches.to_string(),
            count(usize::try_from(people).unwrap_or(0), "person", "people"),
        ),
        Stat::new("Found nobody", percent(rate(day.zero, day.searches)), format!("{} searches", day.zero)),
        Stat::new("Only something near", percent(rate(day.relaxed, day.searches)), "a wish was let go"),
        Stat::new("Led to a result", percent(rate(day.acted, day.searches)), "opened, saved or booked"),
        Stat::new("Half are answered in", time(0.5), format!("95% in {}, 99% in {}", time(0.95), time(0.99))),
    ])
}

fn charts(day: &DayRow, trends: &[Trend]) -> Markup {
    let searches: Vec<(Date, u64)> = trends.iter().map(|trend| (trend.date, trend.total_searches)).collect();
    let speed: Vec<f64> = trends.iter().filter_map(|trend| trend.p50_latency_ms).collect();
    let speed_words = match (speed.iter().copied().reduce(f64::min), speed.iter().copied().reduce(f64::max)) {
        (Some(low), Some(high)) => format!("Between {low:.1} and {high:.1} ms."),
        _ => "Nothing was searched.".to_owned(),
    };
    let results = format!(
        "Half of the searches find {} or fewer; {} of {} find nobody.",
        day.results.at(0.5).unwrap_or(0),
        day.spread[0],
        day.searches
    );
    html! {
        div.charts {
            (chart_box("Searches per day", "", bars("Searches per day", &searches), format!("{} in {} days.", day.searches, trends.len())))
            (chart_box("Middle answer time per day", "", sparkline("Middle answer time per day, in milliseconds", &speed, None), speed_words))
            (chart_box("Results of a search", "", spread(&day.spread), results))
            (chart_box("Chosen by place on the page", "", positions(&report::positions(day)), "Of a hundred times something stood there, how often it was chosen."))
        }
    }
}

fn bars(what: &str, days: &[(Date, u64)]) -> Markup {
    let (least, most) = days.iter().fold((u64::MAX, 0), |(low, high), (_, n)| (low.min(*n), high.max(*n)));
    let last = days.len().saturating_sub(1);
    let bar = |(at, (date, value)): (usize, &(Date, u64))| Bar {
        value: *value,
        hot: at == last,
        word: match at {
            _ if at == last => "Today".to_owned(),
            at if at == 0 || at == days.len() / 2 => {
                fmt_date(*date).split_once(' ').map_or_else(String::new, |(_, d)| d.to_owned())
            }
            _ => String::new(),
        },
    };
    let label = format!("{what}, {} days, between {least} and {most}.", days.len());
    bar_chart(&label, &days.iter().enumerate().map(bar).collect::<Vec<_>>())
}

fn spread(spread: &[u64; 4]) -> Markup {
    let words = ["none", "1 to 5", "6 to 10", "more"];
    let bars: Vec<Bar> = spread
        .iter()
        .zip(words)
        .map(|(value, word)| Bar { value: *value, word: word.to_owned(), hot: word == "none" })
        .collect();
    let label = format!("Searches by number of results: {}.", spread.map(|n| n.to_string()).join(", "));
    bar_chart(&label, &bars)
}

fn positions(rows: &[Position]) -> Markup {
    let shown: Vec<&Position> = rows.iter().take(10).collect();
    let bar = |row: &&Position| Bar {
        value: (row.click_through_rate * 100.0).round() as u64,
        word: row.position.to_string(),
        hot: row.position == 1,
    };
    bar_chart("Share of showings that were chosen, by place, in percent", &shown.iter().map(bar).collect::<Vec<_>>())
}

fn popular_table(rows: &[Wish]) -> Markup {
    html! {
        section.stack.stack--s {
            header.row.row--split { h2.h3 { "Popular" } (take("popular")) }
            p.small.muted { "One wish however it was worded, and only what at least five people searched for." }
            @if rows.is_empty() {
                (empty("Nothing popular yet", "A wish stands here once five different people had it.", None))
            } @else { (wishes("Popular searches", &rows[..rows.len().min(20)])) }
        }
    }
}

fn take(kind: &str) -> Markup {
    html! { a.small href={ "/admin/search/" (kind) "/csv" } download { (icon(Icon::Download)) " CSV" } }
}

fn wishes(caption: &str, rows: &[Wish]) -> Markup {
    let row = |wish: &Wish| {
        Row::new(vec![
            html! { b { (wish.query) } @if !wish.sample.is_empty() && wish.sample != wish.query.to_lowercase() { br; small { "“" (wish.sample) "”" } } },
            html! { (wish.search_count) },
            html! { (wish.unique_users) },
            html! { (format!("{:.1}", wish.average_results)) },
            html! { (wish.zero_results) },
            html! { (percent(wish.click_through_rate)) },
        ])
    };
    let mut cols = vec![Col::new("Wish")];
    cols.extend(["Searches", "People", "Results", "Nobody", "Led on"].map(Col::end));
    table(&Table {
        caption: caption.to_owned(),
        caption_hidden: true,
        cols,
        rows: rows.iter().map(row).collect(),
        foot: None,
    })
}

fn ways(found: &Insights) -> Markup {
    html! {
        section.stack.stack--s {
            h2.h3 { "How wishes end" }
            p.small.muted { "The last seven days. Searches of one person within ten minutes are one wish." }
            (stats(&[
                Stat::new("Wishes", found.chains.to_string(), format!("{} searches", found.searches)),
                Stat::new("Put differently", percent(found.refinement_rate), "searched again in other words"),
                Stat::new("Given up", percent(found.abandonment_rate), "nobody was opened or booked"),
            ]))
            @if !found.examples.is_empty() {
                ul.stack.stack--s.plain {
                    @for chain in found.examples.iter().take(8) {
                        li.small { "“" (chain.from) "” " (icon(Icon::Right)) " “" (chain.to) "” " @if chain.led_somewhere { (badge(Tone::Ok, "led on")) } @else { (badge(Tone::Plain, "given up")) } }
                    }
                }
            }
        }
    }
}

fn origins(day: &DayRow) -> Markup {
    let line = |rows: Vec<(String, u64)>| {
        html! {
            div.funnel.small {
                @for (name, count) in rows.iter().take(8) { span { (name) } (meter(*count, day.searches)) b.fig { (count) } }
            }
        }
    };
    html! {
        div.charts {
            section { h2.h3 { "Where searches start" } (line(report::ranked(&day.origins))) }
            section { h2.h3 { "How words were understood" } (line(report::ranked(&day.modes))) }
            section { h2.h3 { "On what" } (line(report::ranked(&day.devices))) }
            section { h2.h3 { "What people did then" } (line(report::ranked(&day.deeds))) }
        }
    }
}

pub async fn unmet(State(site): State<Site>, chrome: Chrome, Params(span): Params<Span>) -> Answer<Markup> {
    let count = span.count();
    let days = Days::ending(day_of(site.now(), &site.zone), count);
    let body = site.read(|r| {
        let rows = report::unmet(r, days)?;
        let regions = report::unmet_by_region(r, days)?;
        let most = regions.iter().map(|row| row.zero_results).max().unwrap_or(1);
        let waiting = crate::search::demand::tables::waiting(r, 200)?;
        Ok(html! {
            (heading("Unmet wishes", spans("/admin/search/unmet", count)))
            (way("/admin/search/unmet"))
            section.stack.stack--s {
                header.row.row--split { h2.h3 { "Found nobody" } (take("zero_results")) }
                @if rows.is_empty() { (empty("Nobody searched in vain", "Wishes that nobody fulfils stand here, the most frequent first.", None)) }
                @else { (wishes("Wishes that found nobody", &rows[..rows.len().min(50)])) }
            }
            @if !regions.is_empty() {
                section.stack.stack--s {
                    h2.h3 { "Where" }
                    div.funnel.small { @for row in regions.iter().take(20) { span { (row.region) br; span.muted { (row.top_wish) } } (meter(row.zero_results, most)) b.fig { (row.zero_results) } } }
                }
            }
            section.stack.stack--s {
                h2.h3 { "Waiting to be told" }
                p.small.muted { (crate::base::text::count(waiting.len(), "wish waits", "wishes wait")) " for somebody who fits all of it." }
                ul.plain { @for wish in waiting.iter().take(20) { li.small { (wish.label) ", since " (fmt_date(day_of(wish.said_at, &site.zone))) } } }
            }
        })
    })?;
    Ok(show(&site, &chrome, "Unmet wishes", body)?)
}

pub async fn services(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    let (supply, today) = (catalog::supply(&site)?, day_of(site.now(), &site.zone));
    let rows = site.read(|r| standings(r, &supply, today))?;
    let row = |one: &Standing| {
        Row::new(vec![
            html! { b { (one.service_name) } @if one.is_trending { " " (badge(Tone::Ok, "rising")) } br; small { (one.category_name) } },
            html! { (format!("{:.0}", one.demand_score)) },
            html! { (one.searches_7d) },
            html! { (one.searches_30d) },
            html! { (one.views_30d) },
            html! { (one.bookings_30d) },
            html! { (one.active_instructors) },
        ])
    };
    let mut cols = vec![Col::new("Service")];
    cols.extend(["Demand", "Searches, 7 days", "30 days", "Opened", "Booked", "Teach it"].map(Col::end));
    let body = html! {
        (heading("Services by demand", take("services")))
        (way("/admin/search/services"))
        p.small.muted { "Demand: up to 40 points for searches (100 in 30 days), 40 for lessons (20), 20 for the share of openings that became lessons. Rising: a fifth above the month’s daily mean." }
        @if rows.is_empty() { (empty("Nothing yet", "Services stand here once somebody searched for or booked them.", None)) }
        @else { (table(&Table { caption: "Services by demand".into(), caption_hidden: true, cols, rows: rows.iter().take(100).map(row).collect(), foot: None })) }
    };
    Ok(show(&site, &chrome, "Services by demand", body)?)
}

/// The same tables as the API hands out, of the last 30 days; it is written down who took one.
pub async fn csv(State(site): State<Site>, by: By, Path(kind): Path<String>) -> Answer<Response> {
    const DAYS: i64 = 30;
    let (supply, now) = (catalog::supply(&site)?, site.now());
    let taken = site.read(|r| export(r, &supply, &kind, DAYS, now, &site.zone)).map_err(not_found)?;
    let (name, rows) = (kind.clone(), taken.rows.len());
    site.write(move |tx| {
        let deed = audit::Deed::on("analytics.export", "analytics", &name);
        audit::record(tx, &by, deed.change(Value::Null, json!({ "days": DAYS, "rows": rows })))
    })
    .await?;
    let mut csv = Csv::with_head(&taken.columns);
    taken.rows.iter().for_each(|row| csv.row(row));
    let name =
        HeaderValue::from_str(&format!("attachment; filename=\"search-{kind}.csv\"")).map_err(Refusal::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, csv.finish()).into_response())
}

fn not_found(refusal: Refusal) -> Refusal {
    if refusal.status == 422 { Refusal::not_found("NOT_FOUND", "There is no such table.") } else { refusal }
}
