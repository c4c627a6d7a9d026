//! What is swept: what ended by itself, what was kept long enough, what was deleted long ago.

use crate::base::time::Weekday;
use crate::jobs::{Every, JobCall, JobKind};
use crate::site::Site;

use super::ops::{self, retention};

pub fn jobs() -> Vec<JobKind> {
    vec![
        JobKind::sweep("session_cleanup", Every::hours(1), |site, _| async move {
            let ended = ops::cleanup::clean_up(&site).await?;
            Ok(serde_json::json!({ "ended": ended }))
        }),
        JobKind::sweep("privacy_retention", Every::daily_utc(2, 0), |site, call| run(site, call, false)),
        JobKind::sweep("soft_delete_purge", Every::daily_utc(4, 0), |site, call| run(site, call, true)),
        JobKind::sweep("privacy_report", Every::weekly_local(Weekday::Sunday, 1, 0), |site, _| async move {
            let (people, due) = (retention::people(&site)?, retention::due(&site, None)?);
            Ok(serde_json::json!({
                "people": people.total, "closed": people.closed, "due": retention::report(&due),
            }))
        }),
    ]
}

async fn run(site: Site, call: JobCall, deleted: bool) -> crate::base::refusal::Outcome<serde_json::Value> {
    let done = match call.dry_run {
        true => retention::due(&site, Some(deleted))?,
        false => retention::apply(&site, Some(deleted)).await?,
    };
    Ok(retention::report(&done))
}
