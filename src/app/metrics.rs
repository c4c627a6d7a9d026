//! The figures, for a scraper with a key of its own and for whoever watches. // rule: 20§10 ops
//!
//! There is no built-in key: without `metrics_password` the scraper's door is shut (a sandbox draws one at start). It
//! opens from the networks of `metrics_networks` only, this machine unless the operator names others.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use utoipa_axum::routes;

use super::config::Config;
use crate::base::access::Permission;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::{same, sha256_hex};
use crate::site::figures::Figures;
use crate::site::{Site, figures};
use crate::web::limits::RATE_LIMITS;
use crate::web::{Access, Answer, Api, ClientIp, Fault, Proxies, Window};

static SCRAPES: Window = Window::new("metrics", 6, 60);

/// Who may scrape, and from where.
pub struct Scraper {
    pub user: String,
    pub password: Option<String>,
    networks: Proxies,
}

impl Scraper {
    pub fn of(config: &Config, site: &Site) -> Result<Self, String> {
        let drawn = || site.is_sandbox().then(|| site.entropy.token());
        let networks = config.metrics_networks.as_deref().unwrap_or("127.0.0.1, ::1");
        Ok(Self {
            user: config.metrics_user.clone(),
            password: config.metrics_password.clone().or_else(drawn),
            networks: Proxies::parse(networks).map_err(|why| format!("metrics_networks: {why}"))?,
        })
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let Some(password) = &self.password else { return false };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given =
            given.and_then(|text| text.strip_prefix("Basic ")).and_then(|text| STANDARD.decode(text.trim()).ok());
        let wanted = sha256_hex(format!("{}:{password}", self.user));
        given.is_some_and(|given| same(sha256_hex(given).as_bytes(), wanted.as_bytes()))
    }
}

pub fn routes(api: Api) -> Api {
    api.route(Access::Public.within(&SCRAPES), routes!(scrape))
        .route(Access::can(Permission::AccessMonitoring).within(&SCRAPES), routes!(read))
}

/// The figures in Prometheus' text form, behind basic auth and a list of networks.
#[utoipa::path(get, path = "/api/v1/internal/metrics", tag = "metrics", operation_id = "scrape_metrics",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")))]
async fn scrape(State(site): State<Site>, ip: ClientIp, headers: HeaderMap) -> Answer<Response> {
    let scraper = site.part::<Scraper>()?;
    if !scraper.networks.trusts(ip.0) {
        return Ok(refused(&site, Refusal::forbidden("METRICS_NETWORK", "This network may not read the figures.")));
    }
    if !scraper.knows(&headers) {
        return Ok(refused(
            &site,
            Refusal::new(401, "METRICS_AUTH_REQUIRED", "Name and password of the scraper, please."),
        ));
    }
    Ok(told(&site)?)
}

fn refused(site: &Site, refusal: Refusal) -> Response {
    figures::count(site, |figures| figures.scrapes_refused.inc());
    let asks = refusal.status == 401;
    let mut answer = Fault(refusal).into_response();
    if asks {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"metrics\""));
    }
    answer
}

/// The same for people who watch.
#[utoipa::path(get, path = "/api/v1/metrics/prometheus", tag = "metrics", operation_id = "read_metrics",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")))]
async fn read(State(site): State<Site>) -> Answer<Response> {
    Ok(told(&site)?)
}

fn told(site: &Site) -> Outcome<Response> {
    let figures = site.part::<Figures>()?;
    figures.scrapes.inc();
    let overrides = site.read(|r| RATE_LIMITS.read(r))?.overrides.len();
    figures.limit_overrides.set(i64::try_from(overrides).unwrap_or(i64::MAX));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], figures.text()?).into_response())
}
