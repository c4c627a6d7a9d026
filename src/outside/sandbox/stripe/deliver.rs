//! Sends events to the marketplace's webhook, oldest first, signed, until they are taken.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::StandIn;
use super::books::Change;
use crate::base::secret::hmac_sha256_hex;

const TRIES: u32 = 8;
const ANSWER_SECONDS: u64 = 10;
/// Hundredths of a second that somebody waits for the marketplace to have heard.
const PATIENCE: u32 = 300;

pub(super) async fn run(stand_in: StandIn) {
    loop {
        let waiting: Vec<Value> = stand_in.books().undelivered.clone();
        for event in waiting {
            let taken = deliver(&stand_in, &event).await;
            let id = event["id"].as_str().unwrap_or_default().to_owned();
            if !taken {
                tracing::warn!(event = %id, "the webhook did not take an event of the Stripe stand-in");
            }
            let done = Change { done: vec![id], ..Change::default() };
            if let Err(error) = stand_in.books().commit(done) {
                tracing::error!(%error, "the Stripe stand-in cannot write its log");
            }
        }
        if stand_in.books().undelivered.is_empty() {
            stand_in.inner.bell.notified().await;
        }
    }
}

impl StandIn {
    /// The events that nobody was told yet, oldest first; they count as told.
    pub fn take_events(&self) -> Vec<Value> {
        std::mem::take(&mut self.books().undelivered)
    }

    pub fn undelivered_is_empty(&self) -> bool {
        self.books().undelivered.is_empty()
    }

    /// Waits until the marketplace was told everything that has happened so far, or does not listen.
    pub async fn told(&self) {
        for _ in 0..PATIENCE {
            if self.undelivered_is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The `Stripe-Signature` of a payload sent now.
    pub fn signature(&self, payload: &str) -> String {
        let at = self.inner.clock.now().as_second();
        let secret = self.inner.settings.webhook_secret.as_bytes();
        format!("t={at},v1={}", hmac_sha256_hex(secret, format!("{at}.{payload}").as_bytes()))
    }
}

/// Tries until the answer is 2xx; each try is signed anew, because the clock may have moved.
async fn deliver(stand_in: &StandIn, event: &Value) -> bool {
    let payload = event.to_string();
    for attempt in 0..TRIES {
        let sent = tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS), post(stand_in, &payload)).await;
        match sent {
            Ok(Ok(status)) if (200..300).contains(&status) => return true,
            // Refused for good: another try would be refused too.
            Ok(Ok(status)) if (400..500).contains(&status) && status != 429 => return false,
            _ => tokio::time::sleep(Duration::from_millis(200 << attempt)).await,
        }
    }
    false
}

/// One plain HTTP POST over loopback; answers the status.
async fn post(stand_in: &StandIn, payload: &str) -> std::io::Result<u16> {
    let settings = &stand_in.inner.settings;
    let bad = || std::io::Error::other("the webhook's address is not http://host:port/path");
    let rest = settings.webhook_url.strip_prefix("http://").ok_or_else(bad)?;
    let (host, path) = rest.split_once('/').ok_or_else(bad)?;
    let signature = stand_in.signature(payload);
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json; charset=utf-8\r\n\
         User-Agent: Stripe/1.0\r\nStripe-Signature: {signature}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{payload}",
        payload.len()
    );
    let mut wire = TcpStream::connect(host).await?;
    wire.write_all(request.as_bytes()).await?;
    let mut head = [0u8; 12];
    wire.read_exact(&mut head).await?;
    let status = std::str::from_utf8(&head[9..12]).ok().and_then(|text| text.parse().ok());
    status.ok_or_else(|| std::io::Error::other("the webhook did not answer in HTTP"))
}
