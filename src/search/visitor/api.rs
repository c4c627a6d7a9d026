//! Reading a visitor from a request, and giving a browser its mark.

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use super::{Guest, LONGEST_GUEST, Visitor, agent, net};
use crate::base::access::Actor;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::web::{ClientIp, Fault, guest_id, is_our_guest, new_guest};

const GUEST_HEADER: &str = "x-guest-session-id";

impl FromRequestParts<Site> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Fault> {
        let actor = <Option<Actor> as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let ip = ClientIp::from_request_parts(parts, site).await?;
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (device, browser) = agent(text("user-agent"));
        let named = Some(text(GUEST_HEADER).to_owned()).filter(|id| !id.is_empty());
        let guest = named.or_else(|| guest_id(&parts.headers)).filter(|id| is_guest_id(id));
        Ok(Self {
            user: actor.map(|actor| actor.user_id),
            guest: guest.map(|id| Guest { ours: is_our_guest(site, &id), id }),
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
    let (token, cookie) = new_guest(site)?;
    Ok(Some((cookie, Visitor { guest: Some(Guest { id: token, ours: true }), ..visitor.clone() })))
}
