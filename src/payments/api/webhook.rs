//! Events from Stripe. The raw body is what was signed, so nothing may read it before.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::payments::ops::{self, Taken};
use crate::site::{Site, figures};
use crate::web::Answer;

#[derive(Serialize, ToSchema)]
pub struct EventTaken {
    /// `processed`, or `ignored`: seen before, or not needed.
    status: &'static str,
}

/// Takes one signed event, once.
#[utoipa::path(post, path = "/api/v1/payments/webhooks/stripe", tag = "payments", operation_id = "take_stripe_event",
    request_body(content = String, content_type = "application/json"),
    params(("Stripe-Signature" = String, Header)), responses((status = 200, body = EventTaken)))]
pub async fn take_stripe_event(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Answer<Json<EventTaken>> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    let payload = String::from_utf8_lossy(&body);
    let taken = ops::take_webhook(&site, &payload, signature).await;
    let status = match &taken {
        Ok(Taken::Processed) => "processed",
        Ok(Taken::Ignored) => "ignored",
        Err(_) => "failed",
    };
    figures::count(&site, |figures| figures.webhooks.with_label_values(&[status]).inc());
    taken?;
    Ok(Json(EventTaken { status }))
}
