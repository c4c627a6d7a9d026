//! Where programs look first: password helpers for the page that changes one, finders of faults for somebody to tell.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::base::time::plus_hours;
use crate::site::Site;
use crate::site::settings::SUPPORT_EMAIL;
use crate::web::{Answer, see_other};

/// The text promises to be looked after for this long from when it is read.
const GOOD_FOR_HOURS: i64 = 90 * 24;

/// <https://w3c.github.io/webappsec-change-password-url/>
pub async fn change_password() -> Response {
    see_other("/account/security")
}

/// RFC 9116.
pub async fn security(State(site): State<Site>) -> Answer<Response> {
    let mail = site.read(|r| SUPPORT_EMAIL.read(r))?;
    let contact = if mail.is_empty() { site.url("/contact") } else { format!("mailto:{mail}") };
    let expires = plus_hours(site.now(), GOOD_FOR_HOURS).strftime("%Y-%m-%dT%H:%M:%SZ");
    let canonical = site.url("/.well-known/security.txt");
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n");
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
