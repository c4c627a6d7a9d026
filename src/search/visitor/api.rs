//! Reading a visitor from a request, and giving a browser its mark.

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use super::{Guest, LONGEST_GUEST, Visitor, agent, net};
use crate::base::access::Actor;
use crate::base::id::{AnyId as _, RequestId, bits_of_draw};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::{GUEST_MARK, Seal, Site};
use crate::web::{ClientIp, Fault, cookie, is_secure};

const GUEST_COOKIE: &str = "guest_id";
const GUEST_HEADER: &str = "x-guest-session-id";
const GUEST_SECONDS: i64 = 30 * 86_400;

impl FromRequestParts<Site> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Fault> {
        let actor = <Option<Actor> as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let ip = ClientIp::from_request_parts(parts, site).await?;
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (device, browser) = agent(text("user-agent"));
        let named = Some(text(GUEST_HEADER).to_owned()).filter(|id| !id.is_empty());
        let guest = named.or_else(|| cookie(&parts.headers, GUEST_COOKIE)).filter(|id| is_guest_id(id));
        Ok(Self {
            user: actor.map(|actor| actor.user_id),
            guest: guest.map(|id| Guest { ours: is_ours(site, &id), id }),
            net: net(ip.0),
            device,
            browser,
            referrer: own_path(site, text("referer")),
            private: text("sec-gpc") == "1",
        })
    }
}

/// Letters, digits and the few signs our own ids have.
pub fn is_guest_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !id.is_empty() && id.len() <= LONGEST_GUEST && id.bytes().all(plain)
}

/// Whether we gave this id away ourselves.
pub fn is_ours(site: &Site, id: &str) -> bool {
    site.part::<Seal>().is_ok_and(|seal| seal.is_marked(GUEST_MARK, id))
}

/// The path of a page of ours; pages of others are nobody's business.
fn own_path(site: &Site, referer: &str) -> Option<String> {
    let (_, rest) = referer.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let own = site.base_url.split_once("://").map_or("", |(_, own)| own);
    let loopback = |host: &str| host.starts_with("localhost") || host.starts_with("127.0.0.1");
    let ours = host == own || (loopback(host) && loopback(own));
    ours.then(|| format!("/{}", path.split(['?', '#']).next().unwrap_or_default()))
}

/// `Set-Cookie` for a browser that carries no mark yet, and the visitor it becomes: its searches may turn out to be
/// somebody's later (30 days). Nobody who asked not to be followed, or has an account, gets one.
pub fn remember(site: &Site, visitor: &Visitor) -> Outcome<Option<(HeaderValue, Visitor)>> {
    if visitor.user.is_some() || visitor.private || visitor.guest.as_ref().is_some_and(|guest| guest.ours) {
        return Ok(None);
    }
    let id = RequestId::from_bits(bits_of_draw(site.now().as_millisecond(), site.entropy.bytes())).to_string();
    let token = site.part::<Seal>()?.marked(GUEST_MARK, &id)?;
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let line = format!("{GUEST_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={GUEST_SECONDS}{secure}");
    let cookie = HeaderValue::from_str(&line).map_err(Refusal::internal)?;
    Ok(Some((cookie, Visitor { guest: Some(Guest { id: token, ours: true }), ..visitor.clone() })))
}
