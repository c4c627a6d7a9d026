//! Port 80: the issuer's question, and the way to https for everybody else. // rule: 00§1

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::issue::Answers;

pub(super) fn router(base_url: String, answers: Answers) -> Router {
    Router::new()
        .route("/.well-known/acme-challenge/{token}", get(answer))
        .with_state(answers)
        .fallback(move |uri: Uri| std::future::ready(lead_on(&base_url, &uri)))
}

async fn answer(State(answers): State<Answers>, Path(token): Path<String>) -> Response {
    match answers.to(&token) {
        Some(answer) => answer.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// To the same path of ours, whatever host was asked for: nobody is sent elsewhere.
fn lead_on(base_url: &str, uri: &Uri) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match HeaderValue::from_str(&format!("{base_url}{path}")) {
        Ok(there) if path.starts_with('/') => {
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, there)]).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}
