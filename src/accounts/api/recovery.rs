//! Back in without a lost second factor.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::two_factor::entered;
use super::{Message, visitor};
use crate::accounts::ops::recovery::{self as ops, Standing};
use crate::accounts::rules::recovery::Stand;
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::web::{Answer, Body, ClientIp};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiting {
    /// What a right password gave.
    temp_token: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryView {
    /// document, waiting, ready or refused.
    status: &'static str,
    /// Where Stripe looks at a document.
    url: Option<String>,
    /// For Stripe's own form.
    client_secret: Option<String>,
    /// When the account can be opened without its second factor.
    opens_at: Option<Timestamp>,
}

impl From<Standing> for RecoveryView {
    fn from(standing: Standing) -> Self {
        let (status, opens_at) = match standing.stand {
            Stand::Document => ("document", None),
            Stand::Waiting(at) => ("waiting", Some(at)),
            Stand::Open => ("ready", None),
            Stand::Refused => ("refused", None),
        };
        let (url, client_secret) = standing.check.map_or((None, None), |check| (check.url, check.client_secret));
        Self { status, url, client_secret, opens_at }
    }
}

/// Begins the way back in without a second factor, or says how it stands: a document at Stripe, then a day of waiting in
/// which the owner can stop it.
#[utoipa::path(post, path = "/api/v1/2fa/recovery", tag = "two-factor", operation_id = "recover_second_factor",
    request_body = Waiting, responses((status = 200, body = RecoveryView)))]
pub(super) async fn ask(State(site): State<Site>, Body(input): Body<Waiting>) -> Answer<Json<RecoveryView>> {
    Ok(Json(ops::go_on(&site, &input.temp_token).await?.into()))
}

/// Takes the second factor off once the wait is over; answers like `/2fa/verify-login`.
#[utoipa::path(post, path = "/api/v1/2fa/recovery/finish", tag = "two-factor", operation_id = "finish_recovery",
    request_body = Waiting, responses((status = 200, body = super::sign_in::PassedAnswer)))]
pub(super) async fn finish(
    State(site): State<Site>,
    ip: ClientIp,
    headers: HeaderMap,
    Body(input): Body<Waiting>,
) -> Answer<Response> {
    let passed = ops::finish(&site, &input.temp_token, visitor(ip, &headers)).await?;
    entered(&site, &headers, passed).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stop {
    /// From the mail.
    token: String,
}

/// The owner stops it, by the link of any of its mails.
#[utoipa::path(post, path = "/api/v1/2fa/recovery/stop", tag = "two-factor", operation_id = "stop_recovery",
    request_body = Stop, responses((status = 200, body = Message)))]
pub(super) async fn stop(State(site): State<Site>, Body(input): Body<Stop>) -> Answer<Json<Message>> {
    ops::stop(&site, &input.token).await?;
    Ok(Message::new("Stopped. Set a new password now: somebody knows yours."))
}
