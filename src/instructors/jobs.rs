//! Night work: background checks that run out. Nobody is shown or booked past the end, whenever this runs; it takes
//! them off and says so, and reminds them before. // rule: 20§8 valid_until reached, 20§11

use serde_json::{Value, json};

use super::events::CheckRunsOut;
use super::ops::revise;
use super::rules::check::{Telling, due};
use super::tables::{PROFILES, must_profile};
use crate::base::id::UserId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::TimeZone;
use crate::jobs::{Every, JobCall, JobKind};
use crate::site::Site;
use crate::store::{Dir, ReadExt as _, Span, Tx};

/// Profiles of one write.
const CHUNK: usize = 100;

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::sweep("bgc_expiry_sweep", Every::daily_local(3, 0), sweep)]
}

async fn sweep(site: Site, call: JobCall) -> Outcome<Value> {
    let (now, zone) = (site.now(), site.zone.clone());
    let found: Vec<UserId> = site.read(|r| {
        let rows = r.scan(&PROFILES, Span::all(), SCAN_ROWS, Dir::Up)?;
        Ok(rows.into_iter().filter(|(_, profile)| due(profile, &zone, now).is_some()).map(|(id, _)| id).collect())
    })?;
    if !call.dry_run {
        for chunk in found.chunks(CHUNK).map(<[UserId]>::to_vec) {
            let zone = site.zone.clone();
            site.write(move |tx| chunk.iter().try_for_each(|id| tell(tx, *id, &zone))).await?;
        }
    }
    Ok(json!({ "told": found.len(), "dry_run": call.dry_run }))
}

/// Saving takes whoever has no valid check off by itself.
fn tell(tx: &mut Tx, id: UserId, zone: &TimeZone) -> Outcome<()> {
    let mut profile = must_profile(tx, id)?;
    let (Some(telling), Some(valid_until)) = (due(&profile, zone, tx.now()), profile.check.valid_until) else {
        return Ok(());
    };
    profile.check.told_days_left = Some(telling.days_left());
    revise::save(tx, &mut profile, "trust")?;
    tx.emit(&CheckRunsOut { instructor_id: id, valid_until, over: telling == Telling::Ended })
}
