//! How a call travels: over HTTP to Stripe or to a stand-in on a port, or straight into a stand-in of this process.
//!
//! Both carry the same request that `async-stripe` built and hand the answer to the same decoder.

use std::pin::Pin;
use std::sync::Arc;

use ::stripe::{Client, StripeError};
use bytes::Bytes;
use stripe_client_core::{CustomizedStripeRequest, StripeClient, StripeMethod};

/// One call as it would stand on the wire.
#[derive(Clone, Debug)]
pub struct WireCall {
    pub method: &'static str,
    /// From `/v1/` on.
    pub path: String,
    /// Body or query, form-encoded.
    pub form: String,
    pub key: Option<String>,
    /// The connected account it is made for.
    pub account: Option<String>,
}

/// Status and body; `None` when the line was cut before an answer came.
pub type Answered = Option<(u16, String)>;
type Answering = Pin<Box<dyn Future<Output = Answered> + Send>>;

/// The other end of a line without a network.
pub trait Wire: Send + Sync {
    fn call(&self, call: WireCall) -> Answering;
}

#[derive(Clone)]
pub(super) enum Line {
    Http(Client),
    Inside(Arc<dyn Wire>),
}

impl StripeClient for Line {
    type Err = StripeError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        match self {
            Self::Http(client) => client.execute(request).await,
            Self::Inside(wire) => read(wire.call(written(request)).await),
        }
    }
}

fn written(request: CustomizedStripeRequest) -> WireCall {
    let (request, overrides) = request.into_pieces();
    let method = match request.method {
        StripeMethod::Get => "GET",
        StripeMethod::Post => "POST",
        StripeMethod::Delete => "DELETE",
    };
    let key = overrides.request_strategy.and_then(|strategy| strategy.get_key());
    WireCall {
        method,
        path: format!("/v1{}", request.path),
        form: request.body.or(request.query).unwrap_or_default(),
        key: key.map(|key| key.as_str().to_owned()),
        account: overrides.account_id.map(|id| id.to_string()),
    }
}

/// The same reading of an answer that the HTTP client does.
fn read(answer: Answered) -> Result<Bytes, StripeError> {
    match answer {
        None => Err(StripeError::ClientError("connection closed before message completed".into())),
        Some((200..=299, body)) => Ok(body.into()),
        Some((status, body)) => Err(miniserde::json::from_str::<stripe_shared::Error>(&body).map_or_else(
            |_| StripeError::JSONDeserialize("error deserializing Stripe error".into()),
            |error| StripeError::Stripe(error.error, status),
        )),
    }
}
