//! Events that Stripe sends us: genuine or refused.

use serde::Deserialize;
use serde_json::Value;
use stripe_webhook::{Webhook, WebhookError};

use super::Stripe;
use crate::base::time::Timestamp;

/// A genuine event. The object stays JSON: handlers read a field or two and then ask Stripe for the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEvent {
    pub id: String,
    pub kind: String,
    /// The connected account it is about, if not ours.
    pub account: Option<String>,
    pub object: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookRefused {
    /// No signing secret is configured.
    NoSecret,
    /// Not signed by any of our secrets, or signed too long ago.
    BadSignature,
    /// Signed by us and still not an event.
    Unreadable,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    account: Option<String>,
    data: EnvelopeData,
}

#[derive(Deserialize)]
struct EnvelopeData {
    object: Value,
}

impl Stripe {
    /// Checks signature and age by the marketplace's clock, against every secret in use (rule: 10§2.11 webhooks).
    pub fn webhook(&self, payload: &str, signature: &str, now: Timestamp) -> Result<WebhookEvent, WebhookRefused> {
        if self.webhook_secrets.is_empty() {
            return Err(WebhookRefused::NoSecret);
        }
        let genuine = self.webhook_secrets.iter().any(|secret| {
            match Webhook::construct_event_with_timestamp(payload, signature, secret, now.as_second()) {
                // The signature is checked before the object is parsed: an object of another API version is still genuine.
                Ok(_) | Err(WebhookError::BadParse(_)) => true,
                Err(_) => false,
            }
        });
        if !genuine {
            return Err(WebhookRefused::BadSignature);
        }
        let envelope: Envelope = serde_json::from_str(payload).map_err(|_| WebhookRefused::Unreadable)?;
        Ok(WebhookEvent {
            id: envelope.id,
            kind: envelope.kind,
            account: envelope.account,
            object: envelope.data.object,
        })
    }
}
