//! `Idempotency-Key`: the same request sent twice acts once (contract §3).
//!
//! A key belongs to one person and one operation for 24 hours. Repeated with the same body it is answered with the
//! first answer; with another body it is refused. Only answers worth repeating are kept: a refusal, or a card that was
//! declined, frees the key for another try.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::limits::{Toll, in_progress};
use super::{Answer, Fault};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::sha256_hex;
use crate::base::time::{Timestamp, plus_hours, plus_seconds};
use crate::site::Site;
use crate::store::{Dir, Index, ReadExt, Span, Table, Tx};

const KEY_CHARS: usize = 255;
const KEPT_HOURS: i64 = 24;
/// A request that never came to its end (a crash) frees its key after this long.
const LEASE_SECONDS: i64 = 60;
/// Expired rows thrown away with each new one.
const SWEPT: usize = 10;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    body_sha256: String,
    expires_at: Timestamp,
    /// Absent while the first request is still at work.
    answer: Option<(u16, String)>,
}

pub(super) static KEPT: Table<(UserId, String, String), Kept> =
    Table::new(0x0401, "userid_operation_key_answer").indexed(&[&BY_EXPIRY]);
static BY_EXPIRY: Index<(UserId, String, String), Kept, (Timestamp,)> =
    Index::new(0x0402, "expiresat_userid_operation_key", |_, kept| vec![(kept.expires_at,)]);

/// What an operation answers, and whether the same key gets it again.
pub struct Reply<T> {
    pub status: StatusCode,
    pub body: T,
    pub keep: bool,
}

impl<T> Reply<T> {
    pub fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body, keep: true }
    }
    pub fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, body, keep: true }
    }
    #[must_use]
    pub fn keep_if(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }
}

/// The key of a request, if it carries one.
pub struct IdempotencyKey {
    key: Option<String>,
    /// What a first request still has to pay; a replay does not.
    toll: Option<Toll>,
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let toll = parts.extensions.get::<Toll>().cloned();
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self { key: None, toll }) };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > KEY_CHARS {
            let words = format!("Between 1 and {KEY_CHARS} plain characters.");
            return Err(Refusal::invalid("Idempotency-Key", words).into());
        }
        Ok(Self { key: Some(key.to_owned()), toll })
    }
}

enum Claim {
    First,
    Again(u16, String),
}

impl IdempotencyKey {
    /// For a call that knows without a key that it was answered before: that costs nothing.
    // rule: 20§9 financial triple
    pub fn excuse(&mut self) {
        if let Some(toll) = self.toll.take_if(|_| self.key.is_none()) {
            toll.excuse();
        }
    }

    /// Runs `work` unless this key has its answer already. Nothing of `work` happens before it is first awaited.
    pub async fn run<T: Serialize>(
        self,
        site: &Site,
        user: UserId,
        operation: &'static str,
        input: &impl Serialize,
        work: impl Future<Output = Outcome<Reply<T>>> + Send,
    ) -> Answer<Response> {
        let Some(key) = self.key else {
            self.toll.map_or(Ok(()), |toll| toll.pay(site.now()))?;
            let reply = work.await?;
            return Ok(json(reply.status, text(&reply.body)?));
        };
        let id = (user, operation.to_owned(), key);
        let body_sha256 = sha256_hex(serde_json::to_vec(input).map_err(Refusal::internal)?);
        let (claimed, hash) = (id.clone(), body_sha256.clone());
        match site.write(move |tx| claim(tx, &claimed, &hash)).await? {
            Claim::Again(status, body) => {
                if let Some(toll) = &self.toll {
                    toll.excuse();
                }
                let mut response = json(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body);
                response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
                Ok(response)
            }
            Claim::First => {
                let paid = self.toll.map_or(Ok(()), |toll| toll.pay(site.now()));
                let done = match paid {
                    Ok(()) => work.await.and_then(|reply| Ok((reply.status, text(&reply.body)?, reply.keep))),
                    Err(refusal) => Err(refusal),
                };
                let kept = match &done {
                    Ok((status, body, true)) => Some((status.as_u16(), body.clone())),
                    _ => None,
                };
                site.write(move |tx| conclude(tx, &id, &body_sha256, kept.clone())).await?;
                let (status, body, _) = done?;
                Ok(json(status, body))
            }
        }
    }
}

fn claim(tx: &mut Tx, id: &(UserId, String, String), hash: &str) -> Outcome<Claim> {
    let now = tx.now();
    for ((_,), expired) in tx.index_keys(&BY_EXPIRY, Span::from_to(&(Timestamp::MIN,), &(now,)), SWEPT, Dir::Up)? {
        tx.delete(&KEPT, &expired)?;
    }
    match tx.get(&KEPT, id)?.filter(|kept| now < kept.expires_at) {
        Some(kept) if kept.body_sha256 != hash => Err(Refusal::unprocessable(
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was sent with another body before. Use a new key for a new request.",
        )),
        Some(Kept { answer: Some((status, body)), .. }) => Ok(Claim::Again(status, body)),
        Some(_) => Err(in_progress()),
        None => {
            let expires_at = plus_seconds(now, LEASE_SECONDS);
            tx.put(&KEPT, id, &Kept { body_sha256: hash.to_owned(), expires_at, answer: None })?;
            Ok(Claim::First)
        }
    }
}

fn conclude(tx: &mut Tx, id: &(UserId, String, String), hash: &str, answer: Option<(u16, String)>) -> Outcome<()> {
    if answer.is_none() {
        return tx.delete(&KEPT, id);
    }
    let expires_at = plus_hours(tx.now(), KEPT_HOURS);
    tx.put(&KEPT, id, &Kept { body_sha256: hash.to_owned(), expires_at, answer })
}

fn text(body: &impl Serialize) -> Outcome<String> {
    serde_json::to_string(body).map_err(Refusal::internal)
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
