//! Fills the frame of a page from its request: who looks, where, in which theme.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::layout::{Chrome, Theme, Viewer};
use super::session::{Seen, cookie};
use crate::base::access::{Actor, Role};
use crate::base::text::initial;
use crate::site::Site;

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
