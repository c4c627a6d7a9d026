//! Requests that must not act: wrong host, or a form that another site submitted (part 20 §13).

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;

use super::Fault;
use super::extract::too_large;
use crate::base::limits::BODY_BYTES;
use crate::base::refusal::Refusal;

/// The hosts we answer to, and the origins our own pages have.
#[derive(Clone, Debug)]
pub struct Hosts {
    names: BTreeSet<String>,
    /// `http` or `https`: an origin is ours only if it has the same.
    scheme: String,
    /// On loopback any loopback name is ours, whatever the port it was reached through.
    loopback: bool,
}

impl Hosts {
    pub fn new(base_url: &str, loopback: bool) -> Self {
        let (scheme, authority) = base_url.split_once("://").unwrap_or(("http", base_url));
        Self { names: [authority.to_ascii_lowercase()].into(), scheme: scheme.to_ascii_lowercase(), loopback }
    }

    fn accepts(&self, authority: &str) -> bool {
        let authority = authority.to_ascii_lowercase();
        let name = authority.rsplit_once(':').map_or(authority.as_str(), |(host, port)| {
            if port.bytes().all(|b| b.is_ascii_digit()) { host } else { authority.as_str() }
        });
        let is_loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost");
        self.names.contains(&authority) || (self.loopback && is_loopback)
    }
}

/// The call that a stranger makes on purpose; it proves itself by signature.
const SIGNED: &str = "/api/v1/payments/webhooks/stripe";

/// What came packed is not unpacked: nobody needs to send us that, and a small parcel could hold a flood.
fn is_packed(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING);
    codings.iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

pub async fn guard(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let host = authority(&request);
    if !host.as_deref().is_some_and(|host| hosts.accepts(host)) {
        return Fault(Refusal::new(421, "UNKNOWN_HOST", "This server does not answer to that name.")).into_response();
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && SIGNED != request.uri().path() && is_foreign(request.headers(), &hosts.scheme, host.as_deref()) {
        return Fault(Refusal::forbidden(
            "CSRF_ORIGIN_MISMATCH",
            "This came from another site's page. Open ours and try again; nothing was changed.",
        ))
        .into_response();
    }
    // What is announced as too large need not come whole.
    if request.headers().get(header::CONTENT_LENGTH).is_some_and(is_too_long) {
        drop(tokio::time::timeout(DRAIN_TIME, drain(request.into_body())).await);
        return Fault(too_large()).into_response();
    }
    if is_packed(request.headers()) {
        let words = "Send the body as it is, without Content-Encoding.";
        return Fault(Refusal::new(415, "UNSUPPORTED_MEDIA_TYPE", words)).into_response();
    }
    next.run(request).await
}

/// How much, and how long, of a body that is refused is taken: a client that still sends would lose the answer.
const DRAIN_BYTES: usize = 4 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(1);

async fn drain(body: Body) {
    let (mut chunks, mut left) = (body.into_data_stream(), DRAIN_BYTES);
    while let Some(Ok(chunk)) = chunks.next().await
        && left > 0
    {
        left = left.saturating_sub(chunk.len());
    }
}

fn is_too_long(length: &HeaderValue) -> bool {
    length.to_str().ok().and_then(|text| text.parse::<u64>().ok()).is_some_and(|bytes| bytes > BODY_BYTES as u64)
}

/// The one name the request gives; a target with a host in it outweighs the header, and two names are none.
fn authority(request: &Request) -> Option<String> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.to_string());
    }
    let mut named = request.headers().get_all(header::HOST).iter();
    let name = named.next().filter(|_| named.next().is_none())?;
    name.to_str().ok().map(str::to_owned)
}

/// With a cookie the request must show that our own page sent it; without one it is refused only when the browser
/// says it comes from another site.
fn is_foreign(headers: &HeaderMap, scheme: &str, host: Option<&str>) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let fetch_site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    let origin = text(header::ORIGIN).or_else(|| text(header::REFERER));
    let same_origin = origin.map(|origin| {
        let ours = origin.split_once("://").filter(|(said, _)| said.eq_ignore_ascii_case(scheme));
        let named = ours.map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        named.zip(host).is_some_and(|(named, host)| named.eq_ignore_ascii_case(host))
    });
    if headers.contains_key(header::COOKIE) {
        return match fetch_site {
            Some(site) => !matches!(site, "same-origin" | "none"),
            None => same_origin != Some(true),
        };
    }
    match fetch_site {
        Some(site) => site == "cross-site",
        None => same_origin == Some(false),
    }
}
