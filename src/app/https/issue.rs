//! Asking an issuer for a certificate (RFC 8555, HTTP-01): account, order, proof that the name is ours, signature.

use std::collections::HashMap;
use std::error::Error as _;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use bytes::Bytes;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType, Error, HttpClient,
    Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};

use super::certificate::{self, Certificate};
use crate::site::write_private;

const ACCOUNT: &str = "account.json";
/// How long one call to the issuer, and each wait for its decision, may take.
const CALL: Duration = Duration::from_secs(30);
const DECISION: Duration = Duration::from_secs(90);
/// Bytes of what we send it.
const ASKED: usize = 1024 * 1024;

/// What port 80 tells the issuer, by the token it asks with.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(Arc<RwLock<HashMap<String, String>>>);

impl Answers {
    pub(super) fn to(&self, token: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }
    fn put(&self, token: String, answer: String) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(token, answer);
    }
    fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A fresh certificate, kept before it is used.
pub(super) async fn issue(dir: &Path, issuer: &str, domain: &str, answers: &Answers) -> Result<Certificate, String> {
    let account = account(dir, issuer).await?;
    let name = [Identifier::Dns(domain.to_owned())];
    let mut order = account.new_order(&NewOrder::new(&name)).await.map_err(|e| told(&e))?;
    let issued = proven(&mut order, answers).await;
    answers.clear();
    let (key, chain) = issued?;
    certificate::keep(dir, domain, issuer, &key, &chain)
}

/// Private key and chain.
async fn proven(order: &mut Order, answers: &Answers) -> Result<(String, String), String> {
    let patience = RetryPolicy::new().timeout(DECISION);
    let mut asked = order.authorizations();
    while let Some(asked) = asked.next().await {
        let mut asked = asked.map_err(|e| told(&e))?;
        if asked.status != AuthorizationStatus::Pending {
            continue;
        }
        let mut challenge =
            asked.challenge(ChallengeType::Http01).ok_or("the issuer does not ask on port 80 (HTTP-01)")?;
        answers.put(challenge.token.clone(), challenge.key_authorization().as_str().to_owned());
        challenge.set_ready().await.map_err(|e| told(&e))?;
    }
    let status = order.poll_ready(&patience).await.map_err(|e| told(&e))?;
    if status != OrderStatus::Ready {
        return Err(seen(order).await);
    }
    let key = order.finalize().await.map_err(|e| told(&e))?;
    let chain = order.poll_certificate(&patience).await.map_err(|e| told(&e))?;
    Ok((key, chain))
}

/// What the issuer says it saw when it asked.
async fn seen(order: &mut Order) -> String {
    let mut asked = order.authorizations();
    while let Some(Ok(mut asked)) = asked.next().await {
        let now = asked.refresh().await.ok();
        if let Some(error) = now.and_then(|now| now.challenges.iter().find_map(|challenge| challenge.error.as_ref())) {
            return error.to_string();
        }
    }
    "it does not believe that the name is ours".to_owned()
}

/// The account of before at this issuer, or a new one.
async fn account(dir: &Path, issuer: &str) -> Result<Account, String> {
    // Another issuer gets another account: the first line says whose it is.
    let mark = format!("{issuer}\n");
    let path = dir.join(ACCOUNT);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let kept = text.strip_prefix(&mark).and_then(|text| serde_json::from_str::<AccountCredentials>(text).ok());
    let builder = Account::builder_with_http(Box::new(Caller::new()?));
    if let Some(kept) = kept {
        return builder.from_credentials(kept).await.map_err(|e| told(&e));
    }
    let wish = NewAccount { contact: &[], terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder.create(&wish, issuer.to_owned(), None).await.map_err(|e| told(&e))?;
    let text = serde_json::to_string(&credentials).map_err(|e| e.to_string())?;
    let written = write_private(&path, format!("{mark}{text}").as_bytes());
    written.map_err(|e| format!("{} cannot be written: {e}", path.display()))?;
    Ok(account)
}

/// The whole chain of causes: the first one alone says "error sending request".
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// The HTTP client that this program has already; what it trusts is what the machine trusts.
struct Caller(reqwest::Client);

impl Caller {
    fn new() -> Result<Self, String> {
        reqwest::Client::builder().timeout(CALL).build().map(Self).map_err(|e| e.to_string())
    }
}

type Called = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

impl HttpClient for Caller {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Called {
        let client = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(Body::new(body), ASKED).await.map_err(other)?;
            let call = client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
            let answer = call.send().await.map_err(other)?;
            let mut whole = Response::new(Body::empty());
            *whole.status_mut() = answer.status();
            *whole.headers_mut() = answer.headers().clone();
            *whole.body_mut() = Body::from(answer.bytes().await.map_err(other)?);
            Ok(BytesResponse::from(whole))
        })
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}
