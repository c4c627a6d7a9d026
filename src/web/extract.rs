//! What a request carries, read strictly: the documented shape or a refusal that names the field.

use std::net::IpAddr;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Fault;
use super::session::Seen;
use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::site::audit::By;

/// A JSON body. No body at all counts as `{}`.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let kind = content_type(request.headers());
        let bytes = all_bytes(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(from_json(b"{}")?));
        }
        let is_json = kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
        if !is_json {
            return Err(unsupported("application/json").into());
        }
        Ok(Self(from_json(&bytes)?))
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // serde would read a list as the fields of an object in their order; nobody means that.
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[') {
        let refusal = Refusal::new(422, "VALIDATION_ERROR", "Some of what was sent is not as expected.");
        return Err(refusal.field("", "Expected an object.", "invalid"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        // serde calls a number or null where a word belongs a mistake of syntax.
        if (inner.is_syntax() || inner.is_eof()) && serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
            Refusal::new(422, "INVALID_JSON", "The body is not well-formed JSON.").field("", inner.to_string(), "json")
        } else {
            named_field(path, &inner.to_string())
        }
    })?;
    json.end().map_err(|e| {
        Refusal::new(422, "INVALID_JSON", "The body is not well-formed JSON.").field("", e.to_string(), "json")
    })?;
    Ok(value)
}

/// What serde expected, without the names our types have.
fn plain(message: &str) -> String {
    match message.split_once("expected ") {
        _ if message == "expected value" => "Expected one of the words named for it.".to_owned(),
        Some((found, of_ours)) if of_ours.starts_with("struct ") => format!("{found}expected an object"),
        Some((found, of_ours)) if of_ours.contains("enum ") => format!("{found}expected one of the words named for it"),
        _ => message.to_owned(),
    }
}

/// serde says "unknown field `x`, expected …" and "missing field `x`" without a path to the field itself.
fn named_field(path: String, message: &str) -> Refusal {
    let message = plain(message.split(" at line ").next().unwrap_or(message));
    let quoted = message.split('`').nth(1).unwrap_or_default().to_owned();
    let (inner, code) = if message.starts_with("unknown field") {
        (quoted, "unknown_field")
    } else if message.starts_with("missing field") {
        (quoted, "missing")
    } else if message.starts_with("duplicate field") {
        (quoted, "invalid")
    } else {
        (String::new(), "invalid")
    };
    let outer = if path == "." { String::new() } else { path };
    // The path already ends in an unknown field, but stops before a missing one.
    let told = code == "unknown_field" && outer.rsplit('.').next() == Some(inner.as_str());
    let field = match (outer.is_empty(), inner.is_empty()) {
        (true, _) => inner,
        (false, true) => outer,
        (false, false) if told => outer,
        (false, false) => format!("{outer}.{inner}"),
    };
    Refusal::new(422, "VALIDATION_ERROR", "Some of what was sent is not as expected.").field(&field, message, code)
}

/// An HTML form.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let kind = content_type(request.headers());
        let bytes = all_bytes(request, state).await?;
        if !bytes.is_empty() && kind != "application/x-www-form-urlencoded" {
            return Err(unsupported("application/x-www-form-urlencoded").into());
        }
        Ok(Self(from_urlencoded(&bytes)?))
    }
}

/// The query string. Parameters nobody asked for are ignored.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        Ok(Self(from_urlencoded(parts.uri.query().unwrap_or_default().as_bytes())?))
    }
}

/// Refuses a query parameter that is not documented.
pub fn only_known(query: Option<&str>, documented: &[utoipa::openapi::path::Parameter]) -> Result<(), Refusal> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    match pairs.into_iter().find(|(name, _)| documented.iter().all(|parameter| parameter.name != *name)) {
        None => Ok(()),
        Some((name, _)) => {
            let refusal = Refusal::new(422, "VALIDATION_ERROR", "Some of what was sent is not as expected.");
            Err(refusal.field(&name, format!("There is no parameter {name:?}."), "unknown_field"))
        }
    }
}

fn from_urlencoded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(bytes));
    serde_path_to_error::deserialize(pairs)
        .map_err(|error| named_field(error.path().to_string(), &error.inner().to_string()))
}

/// An id in the path. Not an id at all: 422 in the API, an ordinary 404 on pages.
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = <Path<String> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        let text = path.map(|path| path.0).unwrap_or_default();
        text.parse().map(Self).map_err(|_| {
            if parts.uri.path().starts_with("/api/") {
                Refusal::invalid("id", "Expected a 26-character ULID.").into()
            } else {
                Refusal::not_found("NOT_FOUND", "There is nothing at this address.").into()
            }
        })
    }
}

/// The signed-in person; refuses with 401 when there is none.
impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        seen(parts).ok_or_else(|| Refusal::signed_out().into())
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Actor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Fault> {
        Ok(seen(parts))
    }
}

fn seen(parts: &Parts) -> Option<Actor> {
    parts.extensions.get::<Seen>().and_then(|seen| seen.0.as_deref().cloned())
}

/// The signed-in person as somebody who answers for a change.
impl<S: Send + Sync> FromRequestParts<S> for By {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let actor = seen(parts).ok_or_else(Refusal::signed_out)?;
        Ok(Self::of(&actor))
    }
}

/// Whoever really asks: the peer, or what trusted proxies say about it ([`Proxies`](super::Proxies)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl Default for ClientIp {
    fn default() -> Self {
        Self(IpAddr::from([127, 0, 0, 1]))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

async fn all_bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(inner) if inner.status() == 413 => too_large(),
        _ => Refusal::bad_request("BODY_UNREADABLE", "The body ended early."),
    })
}

pub(super) fn too_large() -> Refusal {
    Refusal::new(413, "BODY_TOO_LARGE", "That is more than this address takes. Send less at once.")
}

fn unsupported(expected: &str) -> Refusal {
    Refusal::new(415, "UNSUPPORTED_MEDIA_TYPE", format!("Send this as {expected}."))
}

fn content_type(headers: &HeaderMap) -> String {
    let full = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Asked {
        limit: Option<u8>,
        sort: Option<Sort>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Sort {
        Soonest,
    }

    #[test]
    fn a_bad_parameter_is_named() {
        for (query, field) in [("sort=best", "sort"), ("limit=many", "limit"), ("limit=1&limit=2", "limit")] {
            let refusal = from_urlencoded::<Asked>(query.as_bytes()).unwrap_err();
            assert_eq!(refusal.errors[0].field, field, "{query}");
        }
        assert!(from_urlencoded::<Asked>(b"sort=soonest&other=1").is_ok());
    }
}
