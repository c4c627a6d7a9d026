//! Looking through the wishes that wait.

use serde_json::{Value, json};

use super::ops::{Looked, conclude, look};
use super::tables::waiting;
use crate::base::refusal::{Outcome, Refusal};
use crate::jobs::{Every, JobCall, JobKind};
use crate::site::Site;

/// Wishes of one round; those looked at longest ago first, so every one has its turn.
const ROUND: usize = 500;

pub fn job() -> JobKind {
    JobKind::sweep("demand_match", Every::minutes(15), |site, call| async move { go_round(&site, &call).await })
}

async fn go_round(site: &Site, call: &JobCall) -> Outcome<Value> {
    let demands = site.read(|r| waiting(r, ROUND))?;
    let (looked_at, mut told, mut over) = (demands.len(), 0, 0);
    if call.dry_run {
        return Ok(json!({ "waiting": looked_at, "dry_run": true }));
    }
    for demand in demands {
        let (inside, id) = (site.clone(), demand.id);
        let answered =
            tokio::task::spawn_blocking(move || look(&inside, &demand)).await.map_err(Refusal::internal)??;
        match site.write(move |tx| conclude(tx, id, answered.as_ref())).await? {
            Looked::Told => told += 1,
            Looked::Over => over += 1,
            Looked::Waits => {}
        }
    }
    Ok(json!({ "looked_at": looked_at, "told": told, "over": over }))
}
