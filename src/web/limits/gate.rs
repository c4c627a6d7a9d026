//! Where a request meets its limits: windows, then its bucket, before sign-in and role are judged.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};

use super::policy::{Policy, RATE_LIMITS};
use super::toll::{Place, Told, Toll};
use super::window::{self, Window};
use super::{Bucket, Limiter, Verdict, WindowRule, network};
use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::{Site, figures};
use crate::web::Fault;
use crate::web::extract::ClientIp;
use crate::web::rule::{Counts, Rule};

/// What strangers may ask of the API together. // rule: 20§9 sliding windows
static STRANGERS: Window = Window::new("anonymous", 100, 60);

/// What is known about a request when its limits are judged.
pub struct Asking<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    /// As the route is written.
    pub route: &'a str,
    pub ip: ClientIp,
    pub actor: Option<&'a Arc<Actor>>,
    pub api: bool,
}

/// The limits of one request, from before it is judged until it is answered.
pub struct Gate {
    site: Site,
    toll: Option<Toll>,
    /// The toll waits for the operation to find out whether it was asked before.
    deferred: bool,
    window: Option<Told>,
}

impl Gate {
    /// Counts the request; a refusal must still pass [`Self::dress`].
    pub async fn meet(site: &Site, rule: &Rule, asking: &Asking<'_>) -> (Self, Outcome<()>) {
        let mut gate = Self { site: site.clone(), toll: None, deferred: false, window: None };
        let met = gate.count(rule, asking).await;
        (gate, met)
    }

    async fn count(&mut self, rule: &Rule, asking: &Asking<'_>) -> Outcome<()> {
        let limiter = self.site.part::<Limiter>()?;
        let mode = limiter.rule();
        let policy: Policy = self.site.read(|r| RATE_LIMITS.read(r))?;
        let address = network(asking.ip.0);
        if mode != WindowRule::Off {
            let stranger = asking.api && asking.actor.is_none() && rule.counts != Counts::Never;
            for window in rule.window.into_iter().chain(stranger.then_some(&STRANGERS)) {
                self.pass(window, &address, policy.shadow_everywhere(mode)).await?;
            }
        }
        let bucket = match rule.counts {
            Counts::Never => return Ok(()),
            Counts::ByMethod => Bucket::of_method(asking.method),
            Counts::As(bucket) => bucket,
        };
        let whom = asking.actor.map_or(address, |actor| format!("user:{}", actor.user_id));
        let place = Place { path: asking.path, route: asking.route, operation: rule.operation };
        let toll = Toll::new(&limiter, &policy, bucket, place, &whom);
        self.toll = Some(toll.clone());
        if rule.keyed && asking.actor.is_some() {
            self.deferred = true;
            return Ok(());
        }
        toll.pay(self.site.now())
    }

    async fn pass(&mut self, window: &'static Window, key: &str, shadow: bool) -> Outcome<()> {
        let verdict = window::count(&self.site, window, key).await?;
        if verdict.allowed || shadow {
            return Ok(());
        }
        let refusal: Refusal = window.refusal(&verdict);
        self.window = Some(Told { verdict, policy: window.name, shadow: false, unpaid: None });
        Err(refusal)
    }

    /// The toll that the operation itself must pay.
    pub fn deferred(&self) -> Option<Toll> {
        self.toll.clone().filter(|_| self.deferred)
    }

    /// Writes what there is to say about the limit on the answer. Whoever was turned away before the operation could
    /// ask for its toll, and had none left, hears of that instead. // rule: 20§9 headers
    pub fn dress(self, mut response: Response) -> Response {
        let now = self.site.now();
        let told = self.toll.and_then(|toll| toll.conclude(now));
        if let Some(refusal) = told.as_ref().and_then(|told| told.unpaid.clone()) {
            response = Fault(refusal).into_response();
        }
        let inner = response.extensions().get::<Refusal>().filter(|refusal| refusal.status == 429);
        let inner = inner.and_then(|refusal| Some((refusal.limit?, refusal.extra.get("retry_after")?.as_u64()?)));
        let inner = inner.map(|(limit, retry_after)| Told {
            verdict: Verdict { allowed: false, limit: limit.most, remaining: 0, reset: limit.reset, retry_after },
            policy: limit.policy,
            shadow: false,
            unpaid: None,
        });
        let Some(told) = self.window.or(inner).or(told) else { return response };
        figures::count(&self.site, |figures| {
            let action = if told.verdict.allowed { "allow" } else { "block" };
            let shadow = if told.shadow { "true" } else { "false" };
            figures.limit_decisions.with_label_values(&[told.policy, action, shadow]).inc();
            if !told.verdict.allowed {
                figures.limit_retry_after.observe(told.verdict.retry_after as f64);
            }
        });
        let headers = response.headers_mut();
        let mut set = |name: &'static str, value: HeaderValue| {
            headers.insert(HeaderName::from_static(name), value);
        };
        set("x-ratelimit-limit", told.verdict.limit.into());
        set("x-ratelimit-remaining", told.verdict.remaining.into());
        set("x-ratelimit-reset", told.verdict.reset.into());
        set("x-ratelimit-policy", HeaderValue::from_static(told.policy));
        set("x-ratelimit-shadow", HeaderValue::from_static(if told.shadow { "true" } else { "false" }));
        response
    }
}
