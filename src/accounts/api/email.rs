//! Changing one's address.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::model::EmailChangeStage;
use crate::accounts::ops::change_email as ops;
use crate::accounts::ops::step_up::beside;
use crate::base::access::Actor;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Answer, Body};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailChangeInput {
    #[schema(format = "email", max_length = 254)]
    new_email: String,
    /// From `POST /auth/verify-email-code` for the new address.
    email_verification_token: Option<String>,
    /// Serves as the fresh proof of identity.
    current_password: Option<String>,
}

/// Asks for another address. Needs a fresh proof of identity; the old address agrees by a mailed link.
#[utoipa::path(post, path = "/api/v1/auth/change-email", tag = "auth", operation_id = "change_email",
    request_body = EmailChangeInput, responses((status = 200, body = Message)))]
pub(super) async fn change_email(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Body(input): Body<EmailChangeInput>,
) -> Answer<Json<Message>> {
    let actor = beside(&site, actor, input.current_password.as_deref()).await?;
    let proof = input.email_verification_token.unwrap_or_default();
    ops::ask(&site, &actor, by, &input.new_email, &proof).await?;
    Ok(Message::new("A link is on its way to your old address. Your address changes once it is followed."))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkInput {
    /// From the mailed link.
    token: String,
}

/// The old address agrees.
#[utoipa::path(post, path = "/api/v1/auth/change-email/confirm", tag = "auth", operation_id = "confirm_email_change",
    request_body = LinkInput, responses((status = 200, body = Message)))]
pub(super) async fn confirm(State(site): State<Site>, Body(input): Body<LinkInput>) -> Answer<Json<Message>> {
    ops::follow(&site, &input.token, EmailChangeStage::Asked).await?;
    Ok(Message::new("Your address is changed. The old one can take it back for three days."))
}

/// The old address takes the change back; sessions and keys end, and a link for a new password is mailed to it.
#[utoipa::path(post, path = "/api/v1/auth/change-email/undo", tag = "auth", operation_id = "undo_email_change",
    request_body = LinkInput, responses((status = 200, body = Message)))]
pub(super) async fn undo(State(site): State<Site>, Body(input): Body<LinkInput>) -> Answer<Json<Message>> {
    ops::follow(&site, &input.token, EmailChangeStage::Done).await?;
    Ok(Message::new(
        "Your old address is back, everybody is signed out. Set a new password with the link in your mail.",
    ))
}
