//! The outermost layer: gives the request an id, and makes every answer presentable.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use super::Fault;
use super::docs;
use super::error_pages::error_page;
use super::fault::problem;
use super::layout::Chrome;
use super::policy::{Nonce, policy};
use super::proxies::Proxies;
use super::session::{Seen, is_secure};
use crate::base::id::{RequestId, bits_of_draw};
use crate::base::limits::{REQUEST_SECONDS, SANDBOX_SECONDS};
use crate::base::refusal::Refusal;
use crate::site::audit::{self, Origin};
use crate::site::{Site, figures, settings};

pub async fn finish(State(site): State<Site>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = {
        use crate::base::id::AnyId as _;
        RequestId::from_bits(bits_of_draw(site.now().as_millisecond(), site.entropy.bytes())).to_string()
    };
    let (mut parts, body) = request.into_parts();
    let origin = origin_of(&site, &mut parts, &id);
    let nonce = Nonce::draw(&site.entropy);
    parts.extensions.insert(nonce.clone());
    let kept = parts.clone();
    let request = Request::from_parts(parts, body);
    figures::count(&site, |figures| figures.http_in_progress.inc());
    let running = audit::ORIGIN.scope(origin, answer(site.clone(), request, next));
    // What changes something comes to its end although whoever asked has gone or waited too long: money that stopped
    // between a call and its record would have to be looked for.
    let running = match kept.method.is_safe() {
        true => AssertUnwindSafe(running).catch_unwind().map(|ran| ran.ok()).boxed(),
        false => tokio::spawn(running).map(|ran| ran.ok()).boxed(),
    };
    // Whoever moves the sandbox's clock by a year waits for a year of jobs.
    let patient = kept.uri.path().starts_with("/sandbox/");
    let limit = Duration::from_secs(if patient { SANDBOX_SECONDS } else { REQUEST_SECONDS });
    let response = match tokio::time::timeout(limit, running).await {
        Ok(Some(response)) => response,
        Ok(None) => Fault(Refusal::internal("a handler panicked")).into_response(),
        Err(_) => Fault(Refusal::unavailable("TIMEOUT", "This took too long. Please try again.")).into_response(),
    };
    let mut response = presentable(&site, &kept, &id, response);
    dress(&site, kept.uri.path(), &id, &nonce, response.headers_mut());
    figures::count(&site, |figures| {
        let status = response.status();
        let labels = [named(&kept.method), route_of(&kept), status.as_str()];
        figures.http_in_progress.dec();
        figures.http_requests.with_label_values(&labels).inc();
        figures.http_seconds.with_label_values(&labels).observe(started.elapsed().as_secs_f64());
    });
    tracing::debug!(
        http.method = %kept.method, http.path = route_of(&kept), http.status = response.status().as_u16(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), request_id = %id, "answered"
    );
    response
}

/// Says who really asks, and keeps that for whoever writes down what the request did.
fn origin_of(site: &Site, parts: &mut Parts, id: &str) -> Origin {
    let ip = site.part::<Proxies>().map(|proxies| proxies.client_of(parts)).unwrap_or_default();
    parts.extensions.insert(ip);
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user_agent = crate::base::text::agent_line(agent);
    Origin { request_id: id.to_owned(), ip: ip.0.to_string(), user_agent, actor: None }
}

/// Who came through a proxy without encryption is sent to the encrypted address. // rule: 20§13
async fn answer(site: Site, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let plain = is_secure(&site) && site.part::<Proxies>().is_ok_and(|proxies| proxies.says_plain(&parts));
    if !plain {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    match HeaderValue::from_str(&site.url(path)) {
        Ok(there) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, there)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The path as its route is written: what stands in its place may be a secret.
fn route_of(parts: &Parts) -> &str {
    parts.extensions.get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str)
}

/// A method that anybody made up is no label of its own.
fn named(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// JSON is spoken below these; everything else, the API's own description too, is for people.
pub(super) fn is_api(path: &str) -> bool {
    path != docs::PAGE && ["/api/", "/sandbox/v1", "/internal/"].iter().any(|prefix| path.starts_with(prefix))
}

fn presentable(site: &Site, parts: &Parts, id: &str, mut response: Response) -> Response {
    let seen = response.extensions_mut().remove::<Seen>();
    let status = response.status();
    let refusal = match response.extensions_mut().remove::<Refusal>() {
        Some(refusal) => refusal,
        None if (status.is_client_error() || status.is_server_error()) && is_bare(response.headers()) => {
            of_status(status)
        }
        None => return response,
    };
    let path = parts.uri.path();
    if refusal.status >= 500 {
        tracing::error!(http.method = %parts.method, http.path = route_of(parts), request_id = id, error = %refusal, "a request failed");
    }
    let mut headers = response.headers().clone();
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_LENGTH);
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = if is_api(path) {
        let json = problem(&refusal, path, id).to_string();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], json).into_response()
    } else {
        let mut asked = parts.clone();
        if let Some(seen) = seen {
            asked.extensions.insert(seen);
        }
        let page = error_page(&Chrome::of(&asked, site), &refusal, id);
        (status, page).into_response()
    };
    for (name, value) in &headers {
        answer.headers_mut().insert(name, value.clone());
    }
    answer
}

/// An error that axum or a layer wrote without our words.
fn is_bare(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn of_status(status: StatusCode) -> Refusal {
    match status.as_u16() {
        404 => Refusal::not_found("NOT_FOUND", "There is nothing at this address."),
        405 => Refusal::new(405, "METHOD_NOT_ALLOWED", "This address does not do that."),
        413 => super::extract::too_large(),
        other => Refusal::new(other, "REQUEST_REFUSED", "The request could not be answered."),
    }
}

/// The headers of every answer (part 20 §13; contract §3).
fn dress(site: &Site, path: &str, id: &str, nonce: &Nonce, headers: &mut HeaderMap) {
    let rules = policy(is_api(path), headers, nonce);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(rules);
    let mut set = |name: &'static str, value: &'static str| {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "strict-origin-when-cross-origin");
    set("permissions-policy", "camera=(), microphone=(), geolocation=()");
    set("cross-origin-opener-policy", "same-origin");
    if site.base_url.starts_with("https://") {
        set("strict-transport-security", "max-age=63072000; includeSubDomains; preload");
    }
    set("cache-control", "no-store");
    let launch = site.read(settings::launch).unwrap_or_default();
    set("x-beta-phase", launch.phase());
    set("x-beta-allow-signup", if launch.students_may_sign_up() { "1" } else { "0" });
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", value);
    }
}
