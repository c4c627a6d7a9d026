//! What a load balancer asks: is it alive, may it get traffic (part 50 §4, "Health").
//!
//! `health` says who answers, `health/lite` nothing but that somebody does, `ready` whether the store can be read and
//! the search index is there. Neither changes anything, and none needs a session.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::https::Trouble;
use crate::base::time::Timestamp;
use crate::notify;
use crate::notify::model::MailStatus;
use crate::search::Search;
use crate::site::{Site, settings};
use crate::web::{Access, Answer, Api, Opening};

/// The commit this program was built from, where the build says so.
const COMMIT: &str = match option_env!("INSTAINSTRU_COMMIT") {
    Some(commit) => commit,
    None => "unknown",
};

pub fn routes(api: Api) -> Api {
    api.route(Access::Public.uncounted(), routes!(health))
        .route(Access::Public.uncounted(), routes!(health_lite))
        .route(Access::Public.uncounted(), routes!(ready))
        .route(Access::SignedIn.opens(Opening::Students), routes!(gated_ping))
}

#[derive(Serialize, ToSchema)]
struct Health {
    status: &'static str,
    service: &'static str,
    version: &'static str,
    /// `sandbox` or `production`.
    environment: &'static str,
    timestamp: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct Lite {
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Ready {
    /// `ok`, `degraded`, `db_not_ready` or `cache_not_ready`.
    status: &'static str,
    /// False while mail does not get out, or some was given up on.
    notifications_healthy: bool,
    /// False while the certificate of our own name could not be renewed.
    certificate_healthy: bool,
}

fn environment(site: &Site) -> &'static str {
    if site.is_sandbox() { "sandbox" } else { "production" }
}

/// Who answers here. The headers repeat mode, launch phase and commit for scripts that read no bodies.
#[utoipa::path(get, path = "/api/v1/health", tag = "probe", operation_id = "health",
    responses((status = 200, body = Health)))]
async fn health(State(site): State<Site>) -> Answer<Response> {
    let phase = site.read(settings::launch)?.phase();
    let headers = [
        (HeaderName::from_static("x-site-mode"), environment(&site)),
        (HeaderName::from_static("x-phase"), phase),
        (HeaderName::from_static("x-commit-sha"), COMMIT),
    ];
    let body = Health {
        status: "healthy",
        service: "instainstru",
        version: env!("CARGO_PKG_VERSION"),
        environment: environment(&site),
        timestamp: site.now(),
    };
    Ok((headers, Json(body)).into_response())
}

/// That somebody answers; nothing is looked up.
#[utoipa::path(get, path = "/api/v1/health/lite", tag = "probe", operation_id = "health_lite",
    responses((status = 200, body = Lite)))]
async fn health_lite() -> Json<Lite> {
    Json(Lite { status: "ok" })
}

#[derive(Serialize, ToSchema)]
struct Pong {
    ok: bool,
}

/// That the phase gate lets the caller through.
#[utoipa::path(get, path = "/api/v1/gated/ping", tag = "probe", operation_id = "gated_ping",
    responses((status = 200, body = Pong)))]
async fn gated_ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

/// Whether traffic should come: 503 while the store cannot be read or the search index is away.
#[utoipa::path(get, path = "/api/v1/ready", tag = "probe", operation_id = "ready",
    responses((status = 200, body = Ready), (status = 503, body = Ready)))]
async fn ready(State(site): State<Site>) -> Answer<Response> {
    let now = Condition::of(&site);
    let (code, status) = match (now.store, now.search, now.mail && now.certificate) {
        (false, ..) => (StatusCode::SERVICE_UNAVAILABLE, "db_not_ready"),
        (_, false, _) => (StatusCode::SERVICE_UNAVAILABLE, "cache_not_ready"),
        (.., false) => (StatusCode::OK, "degraded"),
        _ => (StatusCode::OK, "ok"),
    };
    let body = Ready { status, notifications_healthy: now.mail, certificate_healthy: now.certificate };
    Ok((code, Json(body)).into_response())
}

/// What runs at the moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition {
    /// The store can be read.
    pub store: bool,
    /// The search index is there.
    pub search: bool,
    /// Mail gets out, and none was given up on.
    pub mail: bool,
    /// Nothing is wrong with the certificate, where we have one of our own.
    pub certificate: bool,
}

impl Condition {
    pub fn of(site: &Site) -> Self {
        let unwell =
            site.read(|r| Ok(!notify::unsent(r, MailStatus::Failed, 1)?.is_empty() || notify::health::is_down(site)));
        let search = site.part::<Search>().is_ok_and(|search| !search.is_down());
        let certificate = site.part::<Trouble>().map_or(true, |trouble| trouble.now().is_none());
        Self { store: unwell.is_ok(), search, mail: unwell.is_ok_and(|unwell| !unwell), certificate }
    }
}
