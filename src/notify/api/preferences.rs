//! Notification preferences.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::base::time::WallTime;
use crate::notify::preferences::{self, Category, Channel, Preferences, Switch};
use crate::site::Site;
use crate::web::{Answer, Body};

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuietHours {
    start: WallTime,
    end: WallTime,
}

#[derive(Serialize, ToSchema)]
pub(super) struct PreferencesView {
    items: Vec<Switch>,
    quiet_hours: QuietHours,
}

impl From<Preferences> for PreferencesView {
    fn from(preferences: Preferences) -> Self {
        let quiet_hours = QuietHours { start: preferences.quiet_from, end: preferences.quiet_to };
        Self { items: preferences.switches(), quiet_hours }
    }
}

/// What one is told about, and by which way.
#[utoipa::path(get, path = "/api/v1/notification-preferences", tag = "notifications", operation_id = "get_notification_preferences",
    responses((status = 200, body = PreferencesView)))]
pub(super) async fn get_preferences(State(site): State<Site>, actor: Actor) -> Answer<Json<PreferencesView>> {
    Ok(Json(site.read(|r| preferences::of(r, actor.user_id))?.into()))
}

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SwitchInput {
    category: Category,
    channel: Channel,
    enabled: bool,
    /// Taken from an answer; not looked at.
    #[serde(default)]
    locked: bool,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PreferencesInput {
    items: Vec<SwitchInput>,
    quiet_hours: Option<QuietHours>,
}

/// Changes any of it, all or nothing.
#[utoipa::path(put, path = "/api/v1/notification-preferences", tag = "notifications", operation_id = "put_notification_preferences",
    request_body = PreferencesInput, responses((status = 200, body = PreferencesView)))]
pub(super) async fn put_preferences(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<PreferencesInput>,
) -> Answer<Json<PreferencesView>> {
    let switches: Vec<_> = input.items.iter().map(|s| (s.category, s.channel, s.enabled)).collect();
    let quiet = input.quiet_hours.map(|hours| (hours.start, hours.end));
    let changed = site.write(move |tx| preferences::change(tx, actor.user_id, &switches, quiet)).await?;
    Ok(Json(changed.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Enabled {
    enabled: bool,
}

/// Changes one switch.
#[utoipa::path(put, path = "/api/v1/notification-preferences/{category}/{channel}", tag = "notifications",
    operation_id = "put_notification_preference",
    params(("category" = Category, Path,), ("channel" = Channel, Path,)),
    request_body = Enabled, responses((status = 200, body = Switch)))]
pub(super) async fn put_preference(
    State(site): State<Site>,
    actor: Actor,
    Path((category, channel)): Path<(String, String)>,
    Body(input): Body<Enabled>,
) -> Answer<Json<Switch>> {
    let category = Category::ALL.into_iter().find(|c| c.name() == category).ok_or_else(|| unknown("category"))?;
    let channel = Channel::ALL.into_iter().find(|c| c.name() == channel).ok_or_else(|| unknown("channel"))?;
    let wish = [(category, channel, input.enabled)];
    let changed = site.write(move |tx| preferences::change(tx, actor.user_id, &wish, None)).await?;
    Ok(Json(changed.switch(category, channel)))
}

fn unknown(what: &str) -> Refusal {
    Refusal::invalid(what, format!("There is no such {what}."))
}
