//! What runs by itself: timers at exact instants per booking, and the nightly expiry of credit.

use super::ops;
use crate::jobs::{Every, JobKind};
use serde_json::json;

pub fn jobs() -> Vec<JobKind> {
    vec![
        JobKind::timer("authorize", |site, job| async move { ops::authorize_due(&site, job.id()?).await }),
        JobKind::timer("auth_retry", |site, job| async move { ops::retry_authorization(&site, job.id()?).await }),
        JobKind::timer("capture", |site, job| async move { ops::capture_due(&site, job.id()?).await }),
        JobKind::timer("capture_retry", |site, job| async move { ops::retry_capture(&site, job.id()?).await }),
        JobKind::timer("payment_health", |site, job| async move { ops::repeat_pending(&site, job.id()?).await }),
        JobKind::sweep("payment_health", Every::minutes(15), |site, job| async move {
            ops::check_health(&site, job.dry_run).await
        }),
        JobKind::sweep("reconcile", Every::daily_utc(4, 0), |site, job| async move {
            ops::reconcile(&site, job.dry_run).await
        }),
        JobKind::sweep("payout_audit", Every::daily_utc(3, 0), |site, job| async move {
            ops::audit_payouts(&site, job.dry_run).await
        }),
        JobKind::sweep("credit_expiry", Every::daily_utc(0, 10), |site, job| async move {
            let expired = ops::expire_credits(&site, job.dry_run).await?;
            Ok(json!({ "expired": expired }))
        }),
    ]
}
