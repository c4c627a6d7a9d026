//! The hourly look at what instructors say of themselves: whatever has no vector of the model in use gets one. They are
//! read as they change; this finds whom something kept from it.

use std::time::Duration;

use serde_json::json;

use crate::base::refusal::Refusal;
use crate::jobs::{Every, JobKind};
use crate::search::part::Search;

/// So long it reads at a time, and so often.
const READING: Duration = Duration::from_millis(200);
const TURNS: usize = 20;
/// More than this share without a vector is worth a word in the log (rule: 30§5).
const MISSING_PCT: usize = 5;

pub fn job() -> JobKind {
    JobKind::sweep("embeddings", Every::Hourly(30), |site, call| async move {
        let look = move || {
            let search = site.part::<Search>()?;
            let index = search.supply.index(&site, &site.store.snapshot()?)?;
            for _ in 0..TURNS {
                if call.dry_run || !search.supply.read_bios(READING) {
                    break;
                }
            }
            let figures = search.supply.figures();
            let missing = index.instructors().saturating_sub(figures.bios);
            let alert = missing * 100 > index.instructors() * MISSING_PCT;
            if alert {
                tracing::warn!(missing, "more biographies than usual are found by nobody's words");
            }
            Ok(
                json!({ "alert": alert, "instructors": index.instructors(), "read": figures.bios, "without_words": missing }),
            )
        };
        tokio::task::spawn_blocking(look).await.map_err(Refusal::internal)?
    })
}
