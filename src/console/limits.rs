//! Limits in the hands of those who run the site: read, changed, forgotten; each change is written down.

use serde_json::{Value, json};

use super::settings;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::web::Window;
use crate::web::limits::{Limiter, Policy, RATE_LIMITS, count};

/// What signs the reload call; without one it is refused.
pub struct ReloadSecret(pub Option<String>);

/// Longer than a signature is good for.
static NONCES: Window = Window::new("reload_nonce", 1, 3600);

pub fn policy(site: &Site) -> Outcome<Policy> {
    site.read(|r| RATE_LIMITS.read(r))
}

pub async fn change_policy(site: &Site, by: By, policy: &Policy) -> Outcome<()> {
    let value = serde_json::to_value(policy).map_err(Refusal::internal)?;
    settings::change(site, by, vec![(RATE_LIMITS.key.to_owned(), value)]).await
}

/// Whether a nonce is seen for the first time; it is not afterwards.
pub async fn nonce_is_new(site: &Site, nonce: &str) -> Outcome<bool> {
    Ok(count(site, &NONCES, nonce).await?.allowed)
}

/// Forgets what was counted for the keys that contain `pattern`.
pub async fn reset(site: &Site, by: By, pattern: &str) -> Outcome<usize> {
    let pattern = text::clean("pattern", pattern, 1, 200)?;
    let cleared = site.part::<Limiter>()?.reset(&pattern);
    site.write(move |tx| {
        let deed = Deed::on("rate_limits.reset", "rate_limit", &pattern);
        audit::record(tx, &by, deed.change(Value::Null, json!({ "cleared": cleared })))
    })
    .await?;
    Ok(cleared)
}
