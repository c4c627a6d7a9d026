//! The launch state in its old words: one phase instead of two axes. // rule: 00§4 launch control

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::console::settings;
use crate::site::Site;
use crate::site::audit::By;
use crate::site::settings::Launch;
use crate::web::{Answer, Body};

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BetaPhase {
    InstructorOnly,
    Alpha,
    OpenBeta,
}

impl BetaPhase {
    fn name(self) -> &'static str {
        match self {
            Self::InstructorOnly => "instructor_only",
            Self::Alpha => "alpha",
            Self::OpenBeta => "open_beta",
        }
    }
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BetaSettings {
    /// Nobody is asked for an invitation.
    beta_disabled: bool,
    beta_phase: BetaPhase,
    /// Students may join uninvited although the phase would keep them out.
    allow_signup_without_invite: bool,
}

fn of(launch: &Launch) -> BetaSettings {
    let beta_phase = match launch.phase() {
        "instructor_only" => BetaPhase::InstructorOnly,
        "alpha" => BetaPhase::Alpha,
        _ => BetaPhase::OpenBeta,
    };
    BetaSettings {
        beta_disabled: launch.phase() == "disabled",
        beta_phase,
        allow_signup_without_invite: launch.allow_signup_without_invite,
    }
}

/// The launch state as one phase.
#[utoipa::path(get, path = "/api/v1/beta/settings", tag = "beta", operation_id = "get_beta_settings",
    responses((status = 200, body = BetaSettings)))]
pub(super) async fn get_beta_settings(State(site): State<Site>) -> Answer<Json<BetaSettings>> {
    Ok(Json(of(&settings::launch(&site)?)))
}

/// Sets both axes by an old phase.
#[utoipa::path(put, path = "/api/v1/beta/settings", tag = "beta", operation_id = "put_beta_settings",
    request_body = BetaSettings, responses((status = 200, body = BetaSettings)))]
pub(super) async fn put_beta_settings(
    State(site): State<Site>,
    by: By,
    Body(wish): Body<BetaSettings>,
) -> Answer<Json<BetaSettings>> {
    let phase = if wish.beta_disabled { "disabled" } else { wish.beta_phase.name() };
    let launch = Launch { allow_signup_without_invite: wish.allow_signup_without_invite, ..Launch::default() };
    settings::set_launch(&site, by, &launch.with_phase(phase)).await?;
    Ok(Json(of(&settings::launch(&site)?)))
}
