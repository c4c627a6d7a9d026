//! What is swept away by itself: events that everybody has dealt with, old runs of jobs, files that nobody needs.

use super::rooms;
use crate::base::refusal::Outcome;
use crate::base::time::{SignedDuration, Timestamp};
use crate::jobs::{Every, JobKind, Runner};
use crate::site::Site;
use crate::site::upkeep::JOURNAL_DAYS;
use crate::store::journal;

/// Events forgotten in one write.
const STEP: usize = 2000;
/// The ledger of runs is for looking into the last weeks.
const RUN_DAYS: i64 = 60;
/// How long a file may lie before the row that wants it is written, and how long one stays that was given up.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

pub fn jobs() -> Vec<JobKind> {
    vec![
        JobKind::sweep("journal_retention", Every::daily_utc(8, 20), |site, call| async move {
            let days = site.read(|r| JOURNAL_DAYS.read(r))?;
            if call.dry_run {
                return Ok(serde_json::json!({ "events": 0 }));
            }
            let events = forget_events(&site, days_ago(&site, i64::from(days))).await?;
            Runner::forget_runs(&site, days_ago(&site, RUN_DAYS)).await?;
            Ok(serde_json::json!({ "events": events }))
        }),
        JobKind::sweep("blob_sweep", Every::daily_utc(8, 50), |site, call| async move {
            if call.dry_run {
                return Ok(serde_json::json!({ "unused": 0, "files": 0 }));
            }
            let collected = site.store.collect_blobs(site.stamp(), GRACE).await?;
            serde_json::to_value(collected).map_err(crate::base::refusal::Refusal::internal)
        }),
    ]
}

fn days_ago(site: &Site, days: i64) -> Timestamp {
    site.now() - SignedDuration::from_hours(24 * days)
}

async fn forget_events(site: &Site, before: Timestamp) -> Outcome<u64> {
    let mut all = 0;
    loop {
        let followers: Vec<&'static str> = rooms::consumers().iter().map(|consumer| consumer.name).collect();
        let gone = site.write(move |tx| journal::forget(tx, &followers, before, STEP)).await?;
        all += gone;
        if gone < STEP as u64 {
            return Ok(all);
        }
    }
}
