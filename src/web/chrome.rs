//! Fills the frame of a page from its request: who looks, where, in which theme.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::layout::{Chrome, Theme, Viewer};
use super::policy::Nonce;
use super::session::{Seen, cookie};
use crate::base::access::{Actor, Role};
use crate::base::id::UserId;
use crate::base::text::initial;
use crate::site::Site;

/// Counts what was told to a person and not read yet; `notify` provides it.
pub struct UnreadCounter(pub Arc<dyn Fn(&Site, UserId) -> usize + Send + Sync>);

fn unread(site: &Site, actor: Option<&Actor>) -> usize {
    let counter = site.part::<UnreadCounter>();
    actor.and_then(|actor| counter.ok().map(|counter| (counter.0)(site, actor.user_id))).unwrap_or_default()
}

impl Chrome {
    pub(super) fn of(parts: &Parts, site: &Site) -> Self {
        let seen = parts.extensions.get::<Seen>().and_then(|seen| seen.0.clone());
        let profile = |actor: &Actor| actor.is(Role::Instructor).then(|| format!("/instructors/{}", actor.user_id));
        Self {
            public_profile: seen.as_deref().and_then(profile),
            viewer: seen.as_deref().map(|actor| Viewer {
                first_name: actor.first_name.clone(),
                last_initial: initial(&actor.last_name).map(String::from).unwrap_or_default(),
                role: actor.main_role(),
            }),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            sandbox: site.is_sandbox(),
            theme: cookie(&parts.headers, "theme").and_then(|name| Theme::parse(&name)),
            city: city(&site.zone_name),
            unread: unread(site, seen.as_deref()),
            nonce: parts.extensions.get::<Nonce>().map(|nonce| nonce.text().to_owned()).unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// "America/New_York" → "New York".
fn city(zone_name: &str) -> String {
    zone_name.rsplit('/').next().unwrap_or(zone_name).replace('_', " ")
}

impl FromRequestParts<Site> for Chrome {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Infallible> {
        Ok(Self::of(parts, site))
    }
}
