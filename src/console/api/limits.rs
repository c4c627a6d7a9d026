//! Limits as operators and their programs see them: what holds, who is limited, other paces without a restart.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::{hmac_sha256_hex, same};
use crate::base::time::Timestamp;
use crate::console::limits as ops;
use crate::site::audit::By;
use crate::site::{Site, figures};
use crate::web::limits::{Bucket, Limiter, Override, Policy};
use crate::web::{Answer, Body};

/// How one bucket holds now.
#[derive(Serialize, ToSchema)]
struct BucketView {
    name: Bucket,
    /// Per minute.
    rate: u32,
    burst: u32,
    shadow: bool,
}

/// The limits that hold.
#[derive(Serialize, ToSchema)]
pub(super) struct PolicyView {
    /// `enforce`, `shadow` or `off`: what the mode, or a sandbox's switch, says.
    mode: &'static str,
    buckets: Vec<BucketView>,
    overrides: BTreeMap<String, Override>,
}

fn policy_of(site: &Site) -> Outcome<PolicyView> {
    let mode = site.part::<Limiter>()?.rule();
    let policy = ops::policy(site)?;
    let one = |name: Bucket| {
        let holds = policy.holds(name, "", mode);
        BucketView { name, rate: holds.pace.rate, burst: holds.pace.burst, shadow: holds.shadow }
    };
    let buckets = Bucket::ALL.into_iter().map(one).collect();
    Ok(PolicyView { mode: mode.name(), buckets, overrides: policy.overrides })
}

/// The limits that hold now.
#[utoipa::path(get, path = "/api/v1/internal/rate-limit/policy", tag = "internal", operation_id = "get_rate_limit_policy",
    responses((status = 200, body = PolicyView)))]
pub(super) async fn get_rate_limit_policy(State(site): State<Site>) -> Answer<Json<PolicyView>> {
    Ok(Json(policy_of(&site)?))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Reload {
    /// In place of all overrides there are; left out, they stay.
    overrides: Option<BTreeMap<String, Override>>,
    /// In place of the shadow switch; left out, it stays.
    shadow: Option<bool>,
}

/// Lets a program change limits. `X-Config-Reload-Signature` is the hex HMAC-SHA256 of timestamp, nonce and body, one
/// after the other, under `reload_secret`.
#[utoipa::path(post, path = "/api/v1/internal/config/reload", tag = "internal", operation_id = "reload_config",
    params(
        ("X-Config-Reload-Timestamp" = Option<i64>, Header, description = "Unix seconds, at most 300 away from ours"),
        ("X-Config-Reload-Nonce" = Option<String>, Header, description = "Works once"),
        ("X-Config-Reload-Signature" = Option<String>, Header, description = "Hex, with or without `sha256=`"),
    ),
    request_body = Reload, responses((status = 200, body = PolicyView)))]
pub(super) async fn reload_config(
    State(site): State<Site>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<Json<PolicyView>> {
    signed(&site, &headers, &bytes).await?;
    let wish: Reload = match bytes.is_empty() {
        true => Reload::default(),
        false => serde_json::from_slice(&bytes).map_err(|e| {
            Refusal::new(422, "VALIDATION_ERROR", "Some of what was sent is not as expected.").field(
                "",
                e.to_string(),
                "invalid",
            )
        })?,
    };
    let mut policy: Policy = ops::policy(&site)?;
    policy.overrides = wish.overrides.unwrap_or(policy.overrides);
    policy.shadow = wish.shadow.or(policy.shadow);
    ops::change_policy(&site, By::nobody(), &policy).await?;
    figures::count(&site, |figures| figures.limit_reloads.inc());
    Ok(Json(policy_of(&site)?))
}

/// rule: 20§9: ±300 s, a nonce works once, 403 otherwise or when there is no secret.
async fn signed(site: &Site, headers: &HeaderMap, body: &[u8]) -> Outcome<()> {
    const SECONDS: i64 = 300;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refused = || Refusal::forbidden("RELOAD_SIGNATURE_INVALID", "The signature of this call is missing or wrong.");
    let secret = site.part::<ops::ReloadSecret>()?.0.clone().ok_or_else(refused)?;
    let (timestamp, nonce) = (text("x-config-reload-timestamp"), text("x-config-reload-nonce"));
    let signature = text("x-config-reload-signature");
    let signature = signature.strip_prefix("sha256=").unwrap_or(signature).to_ascii_lowercase();
    let wanted = hmac_sha256_hex(secret.as_bytes(), &[timestamp.as_bytes(), nonce.as_bytes(), body].concat());
    let at = timestamp.parse::<i64>().ok().or_else(|| timestamp.parse::<Timestamp>().ok().map(|at| at.as_second()));
    let fresh = at.is_some_and(|at| at.abs_diff(site.now().as_second()) <= SECONDS.unsigned_abs());
    let genuine = same(signature.as_bytes(), wanted.as_bytes());
    if !genuine || !fresh || nonce.is_empty() || nonce.len() > 200 {
        return Err(refused());
    }
    if ops::nonce_is_new(site, nonce).await? { Ok(()) } else { Err(refused()) }
}

#[derive(Serialize, ToSchema)]
pub(super) struct LimitedKey {
    /// Bucket and whom it counts: `read|user:…`, `search|203.0.113.7`.
    key: String,
    allowed: u64,
    limited: u64,
    last_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RateLimits {
    policy: PolicyView,
    /// Keys that are counted now.
    keys: usize,
    /// Those limited most, then those that asked most.
    top: Vec<LimitedKey>,
}

/// Who is counted, and who was limited most.
#[utoipa::path(get, path = "/api/v1/ops/rate-limits", tag = "ops", operation_id = "get_rate_limits",
    responses((status = 200, body = RateLimits)))]
pub(super) async fn get_rate_limits(State(site): State<Site>) -> Answer<Json<RateLimits>> {
    const TOP: usize = 50;
    let limiter = site.part::<Limiter>()?;
    let top = limiter.standings(TOP).into_iter();
    let top = top.map(|s| LimitedKey { key: s.key, allowed: s.allowed, limited: s.limited, last_at: s.last });
    Ok(Json(RateLimits { policy: policy_of(&site)?, keys: limiter.keys(), top: top.collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetWish {
    /// A part of the keys to forget; `*` stands for all.
    #[schema(min_length = 1, max_length = 200)]
    pattern: String,
    #[schema(max_length = 500)]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ResetDone {
    cleared: usize,
}

/// Forgets what was counted for some keys.
#[utoipa::path(post, path = "/api/v1/ops/rate-limits/reset", tag = "ops", operation_id = "reset_rate_limits",
    request_body = ResetWish, responses((status = 200, body = ResetDone)))]
pub(super) async fn reset_rate_limits(
    State(site): State<Site>,
    by: By,
    Body(wish): Body<ResetWish>,
) -> Answer<Json<ResetDone>> {
    let by = by.because_if_told(wish.reason.as_deref())?;
    Ok(Json(ResetDone { cleared: ops::reset(&site, by, &wish.pattern).await? }))
}
