//! `/payments/identity/…`: proving who one is, at Stripe.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::instructors::ops::identity;
use crate::site::Site;
use crate::web::Answer;

#[derive(Serialize, ToSchema)]
pub(super) struct IdentitySessionView {
    verification_session_id: String,
    /// For Stripe's own form.
    client_secret: Option<String>,
}

/// Opens an identity check, or goes on with the one that is open; 400 once it is done.
#[utoipa::path(post, path = "/api/v1/payments/identity/session", tag = "identity",
    operation_id = "open_identity_session", responses((status = 200, body = IdentitySessionView)))]
pub(super) async fn open_identity_session(State(site): State<Site>, actor: Actor) -> Answer<Json<IdentitySessionView>> {
    let session = identity::open(&site, actor.user_id).await?;
    Ok(Json(IdentitySessionView { verification_session_id: session.id, client_secret: session.client_secret }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct IdentityView {
    /// not_started, requires_input, processing, verified, canceled or error.
    status: &'static str,
    verified: bool,
}

/// Reads the stored check anew.
#[utoipa::path(post, path = "/api/v1/payments/identity/refresh", tag = "identity",
    operation_id = "refresh_identity", responses((status = 200, body = IdentityView)))]
pub(super) async fn refresh_identity(State(site): State<Site>, actor: Actor) -> Answer<Json<IdentityView>> {
    let check = identity::refresh(&site, actor.user_id).await?;
    Ok(Json(IdentityView { status: check.status, verified: check.verified }))
}
