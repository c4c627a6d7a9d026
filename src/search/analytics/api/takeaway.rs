//! Tables to take along, as CSV or JSON.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa_axum::routes;

use super::Window;
use crate::base::access::Permission;
use crate::base::csv::Csv;
use crate::base::refusal::Refusal;
use crate::catalog;
use crate::search::analytics::{TABLES, export};
use crate::site::Site;
use crate::site::audit::{self, By};
use crate::web::{Access, Answer, Api, Body};

pub fn routes(api: Api) -> Api {
    api.route(Access::can(Permission::ExportAnalytics), routes!(export_analytics))
}

/// A cell of a table as JSON: figures are numbers, and what people typed stays text whatever it looks like.
fn typed(column: &str, cell: String) -> Value {
    const TEXT: [&str; 6] = ["query", "wish", "understood", "category", "service", "places"];
    let number = if TEXT.contains(&column) { None } else { cell.parse::<serde_json::Number>().ok() };
    number.map_or(Value::String(cell), Value::Number)
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
            let cells = taken.columns.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), typed(name, cell)));
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
