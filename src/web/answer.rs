//! The ways a handler answers.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Fault;
use crate::base::refusal::{Outcome, Refusal};

pub type Answer<T> = Result<T, Fault>;

/// 201 with the new thing.
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// It is done, and there is nothing more to say.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Success {
    success: bool,
}

impl Success {
    pub fn json() -> Json<Self> {
        Json(Self { success: true })
    }
}

/// 303: the change is made, look at this page now. Only paths of our own.
pub fn see_other(path: &str) -> Response {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    let location = HeaderValue::from_str(if own { path } else { "/" }).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// 303 to an address elsewhere that a partner of ours gave us, never one that somebody typed.
pub fn away(url: &str) -> Outcome<Response> {
    let location = HeaderValue::from_str(url).map_err(Refusal::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}
