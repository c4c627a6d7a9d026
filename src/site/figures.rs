//! What is counted while the program runs, for whoever scrapes it (part 50 §4 "Metrics", part 20 §16).
//!
//! One registry per marketplace, in memory: a restart starts at nought, as scrapers expect. Labels are names of routes,
//! buckets and outcomes, never of people or things. Counting never fails and never waits.

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

use super::Site;
use crate::base::refusal::{Outcome, Refusal};

const HTTP_SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const WAIT_SECONDS: [f64; 7] = [0.001, 0.01, 0.05, 0.25, 1.0, 2.5, 5.0];
const RETRY_SECONDS: [f64; 7] = [1.0, 2.0, 5.0, 15.0, 60.0, 600.0, 3600.0];

pub struct Figures {
    registry: Registry,
    pub http_seconds: HistogramVec,
    pub http_requests: IntCounterVec,
    pub http_in_progress: IntGauge,
    pub limit_decisions: IntCounterVec,
    pub limit_retry_after: Histogram,
    pub limit_reloads: IntCounter,
    pub limit_overrides: IntGauge,
    /// `session`, `second_step`, `wrong`, `closed`.
    pub logins: IntCounterVec,
    pub logins_limited: IntCounter,
    pub lockouts: IntCounter,
    pub challenges: IntCounter,
    pub hash_wait: Histogram,
    pub sessions_ended: IntCounterVec,
    pub webhooks: IntCounterVec,
    pub scrapes: IntCounter,
    pub scrapes_refused: IntCounter,
}

impl Figures {
    pub fn new() -> Outcome<Self> {
        let registry = Registry::new();
        let counter = |name, help| known(&registry, IntCounter::new(name, help));
        let counters =
            |name, help, labels: &[&str]| known(&registry, IntCounterVec::new(Opts::new(name, help), labels));
        let gauge = |name, help| known(&registry, IntGauge::new(name, help));
        let seconds = |name, help, buckets: &[f64]| {
            known(&registry, Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec())))
        };
        let route = ["method", "endpoint", "status_code"];
        let http = HistogramOpts::new("instainstru_http_request_duration_seconds", "Time until a request is answered")
            .buckets(HTTP_SECONDS.to_vec());
        Ok(Self {
            http_seconds: known(&registry, HistogramVec::new(http, &route))?,
            http_requests: counters("instainstru_http_requests_total", "Requests answered", &route)?,
            http_in_progress: gauge("instainstru_http_requests_in_progress", "Requests not answered yet")?,
            limit_decisions: counters(
                "instainstru_rl_decisions_total",
                "What the limiter decided",
                &["bucket", "action", "shadow"],
            )?,
            limit_retry_after: seconds(
                "instainstru_rl_retry_after_seconds",
                "How long those refused were told to wait",
                &RETRY_SECONDS,
            )?,
            limit_reloads: counter("instainstru_rl_config_reload_total", "Limits changed by a signed call")?,
            limit_overrides: gauge("instainstru_rl_active_overrides", "Routes whose limits were overridden")?,
            logins: counters("instainstru_login_attempts_total", "Passwords tried at the door", &["result"])?,
            logins_limited: counter("instainstru_login_rate_limited_total", "Tries turned away by a window")?,
            lockouts: counter("instainstru_login_lockouts_total", "Tries turned away by a lock")?,
            challenges: counter("instainstru_login_captcha_required_total", "Tries that were asked for work first")?,
            hash_wait: seconds(
                "instainstru_login_slot_wait_seconds",
                "How long a password waited for its turn to be hashed",
                &WAIT_SECONDS,
            )?,
            sessions_ended: counters("instainstru_session_revocations_total", "Sessions ended by somebody", &["by"])?,
            webhooks: counters(
                "instainstru_stripe_webhooks_total",
                "Events of Stripe's, by what became of them",
                &["status"],
            )?,
            scrapes: counter("instainstru_prometheus_scrapes_total", "Times these figures were read")?,
            scrapes_refused: counter("instainstru_metrics_auth_fail_total", "Times they were refused")?,
            registry,
        })
    }

    /// Everything in the text form that scrapers read.
    pub fn text(&self) -> Outcome<String> {
        TextEncoder::new().encode_to_string(&self.registry.gather()).map_err(Refusal::internal)
    }
}

fn known<C: Collector + Clone + 'static>(registry: &Registry, made: prometheus::Result<C>) -> Outcome<C> {
    let made = made.map_err(Refusal::internal)?;
    registry.register(Box::new(made.clone())).map_err(Refusal::internal)?;
    Ok(made)
}

/// Counts, where somebody counts: a command line has nobody to scrape it.
pub fn count(site: &Site, note: impl FnOnce(&Figures)) {
    if let Ok(figures) = site.part::<Figures>() {
        note(&figures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told_by_name_and_label() {
        let figures = Figures::new().unwrap();
        figures.logins.with_label_values(&["wrong"]).inc();
        figures.http_seconds.with_label_values(&["GET", "/login", "200"]).observe(0.03);
        let text = figures.text().unwrap();
        assert!(text.contains("instainstru_login_attempts_total{result=\"wrong\"} 1"), "{text}");
        assert!(text.contains("endpoint=\"/login\"") && text.contains("le=\"0.05\"} 1"), "{text}");
    }
}
