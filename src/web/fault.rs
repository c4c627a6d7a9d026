//! A refusal on its way out. The body is written by [`super::finish`], which knows the request.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::base::refusal::Refusal;

/// A refusal as an answer.
#[derive(Clone, Debug)]
pub struct Fault(pub Refusal);

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(seconds) = self.0.extra.get("retry_after").and_then(Value::as_u64) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The title that belongs to a status.
pub fn title(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error")
}

/// The problem document (contract §3, errors).
pub fn problem(refusal: &Refusal, instance: &str, request_id: &str) -> Value {
    let mut body = Map::new();
    body.insert("type".into(), json!(format!("/api/docs#{}", refusal.code)));
    body.insert("title".into(), json!(title(refusal.status)));
    body.insert("status".into(), json!(refusal.status));
    body.insert("detail".into(), json!(refusal.detail));
    body.insert("instance".into(), json!(instance));
    body.insert("request_id".into(), json!(request_id));
    body.insert("code".into(), json!(refusal.code));
    if !refusal.errors.is_empty() {
        body.insert("errors".into(), json!(refusal.errors));
    }
    if let Some(details) = &refusal.details {
        body.insert("details".into(), details.clone());
    }
    body.extend(refusal.extra.clone());
    Value::Object(body)
}

/// The shape of [`problem`] in the OpenAPI document.
#[derive(utoipa::ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct ProblemSchema {
    r#type: String,
    title: String,
    status: u16,
    /// A sentence a person can act on.
    detail: String,
    instance: String,
    request_id: String,
    /// Stable; spelt exactly so.
    code: String,
    errors: Option<Vec<crate::base::refusal::FieldError>>,
    details: Option<Value>,
    /// Stale versions only.
    error: Option<String>,
    /// Stale versions only.
    current_version: Option<String>,
    /// Seconds, with 429 and 503.
    retry_after: Option<u64>,
}
