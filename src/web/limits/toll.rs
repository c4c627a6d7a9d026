//! What a request has to pay before it acts: its bucket, and for money the one place of an operation under way.
//!
//! Calls that may carry an `Idempotency-Key` pay inside [`IdempotencyKey::run`](crate::web::IdempotencyKey::run), once
//! it is clear that nothing is merely answered again. Whoever is turned away before that point is counted afterwards.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::keep::UnderWay;
use super::policy::{Holding, Policy};
use super::{Bucket, Limiter, Verdict};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;

#[derive(Clone)]
pub struct Toll(Arc<Mutex<State>>);

struct State {
    limiter: Limiter,
    bucket: Bucket,
    /// Whom and what is counted together.
    key: String,
    holding: Holding,
    /// Every limit is lifted; the place of an operation is not.
    lifted: bool,
    settled: bool,
    verdict: Option<Verdict>,
    under_way: Option<UnderWay>,
}

/// Where a request goes.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub path: &'a str,
    /// As the route is written.
    pub route: &'a str,
    pub operation: &'a str,
}

impl Toll {
    pub fn new(limiter: &Limiter, policy: &Policy, bucket: Bucket, place: Place<'_>, whom: &str) -> Self {
        let rule = limiter.rule();
        let holding = policy.holds(bucket, place.path, rule);
        let name = bucket.name();
        let key = match (bucket, holding.overridden) {
            (Bucket::Financial, _) => format!("{name}:{}|{whom}", place.operation),
            (Bucket::ConvMsg, _) => format!("{name}:{}|{whom}", place.path),
            (_, true) => format!("{name}:{}|{whom}", place.route),
            _ => format!("{name}|{whom}"),
        };
        Self(Arc::new(Mutex::new(State {
            limiter: limiter.clone(),
            bucket,
            key,
            holding,
            lifted: rule == super::WindowRule::Off,
            settled: false,
            verdict: None,
            under_way: None,
        })))
    }

    /// Counts the request, and takes the place of its operation where money moves.
    pub fn pay(&self, now: Timestamp) -> Outcome<()> {
        let mut state = self.state();
        let verdict = state.count(now);
        if let Some(verdict) = verdict.filter(|verdict| !verdict.allowed && !state.holding.shadow) {
            return Err(too_often(&verdict));
        }
        if state.bucket == Bucket::Financial {
            let place = state.limiter.begin(state.key.clone(), now);
            state.under_way = Some(place.ok_or_else(in_progress)?);
        }
        Ok(())
    }

    /// Nothing is done: an answer is given again.
    pub fn excuse(&self) {
        self.state().settled = true;
    }

    /// The request is over; answers what there is to say about its limit.
    pub fn conclude(&self, now: Timestamp) -> Option<Told> {
        let mut state = self.state();
        let paid = state.settled;
        if !paid {
            state.count(now);
        }
        state.under_way = None;
        let verdict = state.verdict.clone()?;
        let refused = !paid && !verdict.allowed && !state.holding.shadow;
        let unpaid = refused.then(|| too_often(&verdict));
        Some(Told { verdict, policy: state.bucket.name(), shadow: state.holding.shadow, unpaid })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&mut self, now: Timestamp) -> Option<Verdict> {
        self.settled = true;
        if self.lifted {
            return None;
        }
        let verdict = self.limiter.take(&self.key, self.holding.pace, now);
        self.verdict = Some(verdict.clone());
        Some(verdict)
    }
}

/// What the headers of an answer say.
pub struct Told {
    pub verdict: Verdict,
    pub policy: &'static str,
    pub shadow: bool,
    /// For a request that was over before it had paid, and could not have.
    pub unpaid: Option<Refusal>,
}

pub fn too_often(verdict: &Verdict) -> Refusal {
    Refusal::too_many(
        "RATE_LIMIT_EXCEEDED",
        "That was too often in a short time. Wait a little and try again.",
        verdict.retry_after,
    )
}

/// rule: 20§9 financial triple, 10§2.10.
pub fn in_progress() -> Refusal {
    Refusal::too_many("OPERATION_IN_PROGRESS", "Operation in progress", 1)
}
