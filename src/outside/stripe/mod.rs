//! The one adapter to Stripe, over `async-stripe`. The same code talks to Stripe and to the stand-in of the sandbox.
//!
//! Guarantees: every call that changes something carries the caller's idempotency key, is sent once and is answered
//! within [`CALL_SECONDS`]; repeating a call with its key never does the thing twice. Card numbers never pass through
//! here: cards arrive as tokens from Stripe's own pages. It deliberately does not retry: the caller's job does, with
//! the same key when the outcome is unknown.

mod books;
mod cards;
mod connect;
mod fault;
mod identity;
mod intents;
mod payouts;
mod webhook;
mod wire;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ::stripe::{ClientBuilder, IdempotencyKey, RequestStrategy};
use stripe_client_core::{CustomizableStripeRequest, StripeRequest};
use stripe_types::Currency;

pub use books::Held;
pub use cards::{Card, CardSession, Setup};
pub use connect::{ConnectedAccount, Moved};
pub use fault::StripeFault;
pub use identity::{IdentitySession, identity_refusal};
pub use intents::{Authorization, Intent, IntentStatus};
pub use payouts::{BankPayout, PAYOUT_DAYS};
pub use webhook::{WebhookEvent, WebhookRefused};
use wire::Line;
pub use wire::{Answered, Wire, WireCall};

/// Real seconds one call may take.
pub const CALL_SECONDS: u64 = 10;

/// Hours for which Stripe remembers an idempotency key for certain (it promises 24).
pub const KEY_HOURS: i64 = 23;

/// The metadata under which an object names the key it was made with.
const ACTION: &str = "action";

pub type Call<T> = Result<T, StripeFault>;

/// What the adapter needs to know; a stand-in only differs in the address.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    pub secret_key: String,
    /// `None` is Stripe itself.
    pub base_url: Option<String>,
    /// Signing secrets of webhooks, newest first; several while one is being replaced.
    pub webhook_secrets: Vec<String>,
    /// ISO code of the marketplace's one currency, lower case.
    pub currency: String,
}

#[derive(Clone)]
pub struct Stripe {
    client: Line,
    webhook_secrets: Arc<[String]>,
    currency: Currency,
}

impl Stripe {
    pub fn new(settings: StripeSettings) -> Result<Self, String> {
        let mut builder = ClientBuilder::new(settings.secret_key).timeout(Duration::from_secs(CALL_SECONDS)).app_info(
            "instainstru",
            Some(env!("CARGO_PKG_VERSION").to_owned()),
            None,
        );
        if let Some(url) = settings.base_url {
            builder = builder.url(url);
        }
        let client = Line::Http(builder.build().map_err(|e| e.to_string())?);
        let currency = settings.currency.to_lowercase().parse().map_err(|_| "unknown currency".to_owned())?;
        Ok(Self { client, webhook_secrets: settings.webhook_secrets.into(), currency })
    }

    /// The same adapter to a stand-in of this process, in dollars.
    pub fn inside(wire: Arc<dyn Wire>, webhook_secrets: Vec<String>) -> Self {
        Self { client: Line::Inside(wire), webhook_secrets: webhook_secrets.into(), currency: Currency::USD }
    }
}

/// A call that changes something: sent once, under the caller's key.
fn keyed<R: StripeRequest>(request: R, key: &str) -> Call<CustomizableStripeRequest<R::Output>> {
    let key = IdempotencyKey::new(key).map_err(|e| StripeFault::unsendable(e.to_string()))?;
    Ok(request.customize().request_strategy(RequestStrategy::Idempotent(key)))
}

fn metadata(pairs: &[(&str, String)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}
