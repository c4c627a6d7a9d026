//! Night work: days nobody will ask about again are dropped (rule: 30§2.10, off unless switched on).

use serde_json::json;

use super::settings::RETENTION_ENABLED;
use super::tables::DAYS;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, plus_days, today_in};
use crate::jobs::{Every, JobCall, JobKind, JobReport};
use crate::site::Site;
use crate::store::{Dir, ReadExt, Span, Tx};

/// A day is kept at least so long.
const KEEP_DAYS: i64 = 180;
/// Rows looked at in one write.
const CHUNK: usize = 1000;

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::sweep("availability_retention", Every::daily_utc(2, 0), retention)]
}

async fn retention(site: Site, call: JobCall) -> Outcome<JobReport> {
    if !call.dry_run && !site.read(|r| RETENTION_ENABLED.read(r))? {
        return Ok(json!({ "enabled": false }).into());
    }
    // The marketplace's calendar is a day off from any instructor's at most: nothing against 180.
    let before = plus_days(today_in(site.now(), &site.zone), -KEEP_DAYS);
    let (mut after, mut deleted) = (None, 0);
    loop {
        let dry_run = call.dry_run;
        let (next, count) = site.write(move |tx| drop_chunk(tx, after, before, dry_run)).await?;
        deleted += count;
        after = next;
        if after.is_none() {
            return Ok(json!({ "deleted": deleted, "dry_run": call.dry_run }).into());
        }
    }
}

/// One chunk of the walk over all days; answers where to go on and how many went.
fn drop_chunk(
    tx: &mut Tx,
    after: Option<(UserId, Date)>,
    before: Date,
    dry_run: bool,
) -> Outcome<(Option<(UserId, Date)>, usize)> {
    let span = after.map_or_else(Span::all, |key| Span::after(&key));
    let rows = tx.scan(&DAYS, span, CHUNK, Dir::Up)?;
    let old: Vec<_> = rows.iter().filter(|((_, date), row)| *date < before && !row.booked).map(|(k, _)| *k).collect();
    for key in old.iter().filter(|_| !dry_run) {
        tx.delete(&DAYS, key)?;
    }
    Ok((rows.last().map(|(key, _)| *key).filter(|_| rows.len() == CHUNK), old.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::model::PublishedDay;
    use crate::availability::rules::bits::Day;
    use crate::base::time::Timestamp;
    use crate::store::{Stamp, Store};

    #[test]
    fn only_old_days_without_lessons_go() {
        let store = Store::in_memory().unwrap();
        let now: Timestamp = "2026-11-10T02:00:00Z".parse().unwrap();
        let who = UserId::of_name("sarah");
        let left = store.write_blocking(Stamp { now, seed: [0; 32] }, move |tx| {
            for (date, booked) in [("2026-01-01", false), ("2026-01-02", true), ("2026-11-12", false)] {
                let row = PublishedDay { day: Day::EMPTY, revision: 1, updated_at: now, booked };
                tx.put(&DAYS, &(who, date.parse().unwrap()), &row)?;
            }
            let before = "2026-05-14".parse().unwrap();
            assert_eq!(drop_chunk(tx, None, before, true)?, (None, 1));
            assert_eq!(drop_chunk(tx, None, before, false)?, (None, 1));
            tx.scan(&DAYS, Span::all(), 10, Dir::Up)
        });
        assert_eq!(left.unwrap().len(), 2);
    }
}
