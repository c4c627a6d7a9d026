//! `POST /payments/earnings/export`: a statement to take away.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, zone};
use crate::payments::statement::{csv, pdf, statement};
use crate::site::Site;
use crate::web::{Answer, Body};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = EarningsFormat)]
pub enum ExportFormat {
    #[default]
    Csv,
    Pdf,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExportInput {
    pub format: ExportFormat,
    /// 90 days before the end when left out.
    #[serde(deserialize_with = "crate::base::time::dashed_or_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub start_date: Option<Date>,
    /// Today when left out.
    #[serde(deserialize_with = "crate::base::time::dashed_or_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub end_date: Option<Date>,
}

/// What was paid out in a span of days, as CSV or PDF.
#[utoipa::path(post, path = "/api/v1/payments/earnings/export", tag = "payouts", operation_id = "export_earnings",
    request_body = ExportInput,
    responses((status = 200, description = "The file", content((String = "text/csv"), (Vec<u8> = "application/pdf")))))]
pub async fn export_earnings(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<ExportInput>,
) -> Answer<Response> {
    Ok(file(&site, &actor, &input)?)
}

/// The statement as a download.
pub fn file(site: &Site, actor: &Actor, input: &ExportInput) -> Outcome<Response> {
    let tz = zone(&actor.timezone).unwrap_or_else(|| site.zone.clone());
    let name = format!("{} {}", actor.first_name, actor.last_name);
    let statement = statement(site, (actor.user_id, name), tz, input.start_date, input.end_date)?;
    let (kind, ending, bytes) = match input.format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "csv", csv(&statement).into_bytes()),
        ExportFormat::Pdf => ("application/pdf", "pdf", pdf(&statement, "iNSTAiNSTRU")),
    };
    let disposition = format!("attachment; filename=\"{}.{ending}\"", statement.file_name());
    let disposition = HeaderValue::from_str(&disposition).map_err(Refusal::internal)?;
    let kind = HeaderValue::from_static(kind);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}
