//! `/instructors/{id}`: an instructor as anybody may see them.

mod load;
pub mod show;

use axum::extract::State;
use maud::Markup;
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::site::Site;
use crate::web::{Answer, Chrome, Head, Id, Params, page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    service: Option<String>,
    minutes: Option<String>,
}

pub(super) async fn profile_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Option<Actor>,
    Id(id): Id<UserId>,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    let shown = load::Shown {
        offering: query.service.and_then(|text| text.parse().ok()),
        minutes: query.minutes.and_then(|text| text.parse().ok()),
    };
    let view = site.read(|r| load::load(&site, r, id, shown, actor.as_ref()))?;
    let head = Head {
        title: format!("{}, {}", view.name, view.headline),
        description: view.bio.chars().take(150).collect(),
        canonical: Some(site.url(&format!("/instructors/{id}"))),
        ..Head::default()
    };
    Ok(page(&chrome, head, show::profile(&view)))
}
