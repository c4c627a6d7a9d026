//! From cookie or bearer token to the person behind the request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Fault;
use crate::base::access::{Actor, KeyScope};
use crate::base::id::{AnyId as _, RequestId, bits_of_draw};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::audit::{ORIGIN, Origin};
use crate::site::{GUEST_MARK, Seal, Site};

/// Knows whose a session token is; `accounts` provides it.
pub trait Door: Send + Sync {
    /// The person, if the token is live. Called once per request. A browser's cookie carries sessions only.
    fn actor(&self, site: &Site, token: &str, carried: Carried) -> Outcome<Option<Actor>>;
}

/// How a request shows its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Bearer,
    Cookie,
}

/// How the door is left in the site's parts.
pub struct DoorPart(pub Arc<dyn Door>);

/// Whom the door recognised; present on every request.
#[derive(Clone, Debug)]
pub(super) struct Seen(pub Option<Arc<Actor>>);

pub(super) async fn authenticate(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let actor = match token(&site, request.headers()) {
        None => Ok(None),
        Some((token, carried)) => site.part::<DoorPart>().and_then(|door| door.0.actor(&site, &token, carried)),
    };
    match actor {
        Ok(Some(actor)) if actor.key == Some(KeyScope::Read) && !request.method().is_safe() => {
            Fault(Refusal::forbidden("API_KEY_READ_ONLY", "This key may look, not change. Make one that may."))
                .into_response()
        }
        Ok(actor) => {
            let signed_in = actor.as_ref().map(|actor| (actor.user_id, actor.main_role()));
            let origin = ORIGIN.try_with(Clone::clone).unwrap_or_default();
            let seen = Seen(actor.map(Arc::new));
            request.extensions_mut().insert(seen.clone());
            request.extensions_mut().insert(site);
            let mut response = ORIGIN.scope(Origin { actor: signed_in, ..origin }, next.run(request)).await;
            // A page about an error is drawn further out, and in the frame of whoever asked.
            response.extensions_mut().insert(seen);
            response
        }
        Err(refusal) => Fault(refusal).into_response(),
    }
}

/// The token a request carries: bearer first, then cookie. Never the query string.
pub fn session_token(site: &Site, headers: &HeaderMap) -> Option<String> {
    token(site, headers).map(|(token, _)| token)
}

fn token(site: &Site, headers: &HeaderMap) -> Option<(String, Carried)> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| (token.trim().to_owned(), Carried::Bearer));
    let token = bearer.or_else(|| cookie(headers, cookie_name(site)).map(|token| (token, Carried::Cookie)));
    token.filter(|(text, _)| (1..=200).contains(&text.len()))
}

pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Reached over https: cookies are host-bound and secure.
pub fn is_secure(site: &Site) -> bool {
    site.base_url.starts_with("https://")
}

fn cookie_name(site: &Site) -> &'static str {
    if is_secure(site) { "__Host-sid" } else { "sid" }
}

/// The mark of a browser without an account, ours or not.
const GUEST_COOKIE: &str = "guest_id";
/// How long a browser keeps it. // rule: 20§10 `guest_id` 30 d
const GUEST_SECONDS: i64 = 30 * 86_400;

pub fn guest_id(headers: &HeaderMap) -> Option<String> {
    cookie(headers, GUEST_COOKIE)
}

/// Whether we gave this mark away ourselves.
pub fn is_our_guest(site: &Site, id: &str) -> bool {
    site.part::<Seal>().is_ok_and(|seal| seal.is_marked(GUEST_MARK, id))
}

/// A new mark, and the `Set-Cookie` that gives it to a browser.
pub fn new_guest(site: &Site) -> Outcome<(String, HeaderValue)> {
    let drawn = RequestId::from_bits(bits_of_draw(site.now().as_millisecond(), site.entropy.bytes())).to_string();
    let id = site.part::<Seal>()?.marked(GUEST_MARK, &drawn)?;
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let line = format!("{GUEST_COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age={GUEST_SECONDS}{secure}");
    Ok((id, HeaderValue::from_str(&line).map_err(Refusal::internal)?))
}

/// `Set-Cookie` for a new session. It lives as long as the browser; the server ends it earlier.
pub fn session_cookie(site: &Site, token: &str) -> HeaderValue {
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(site));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

pub fn clear_session_cookie(site: &Site) -> HeaderValue {
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(site));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
