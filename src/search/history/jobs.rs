//! Retention: what is too old is gone (rule: 40§10, 20§5).

use serde_json::{Value, json};

use super::model::Recent;
use super::tables::{BY_QUERY, CHOICES, RECENT};
use crate::base::id::{RecentSearchId, SearchId};
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours};
use crate::jobs::{Every, JobCall, JobKind};
use crate::search::log::tables::{BY_AT, DEEDS, LOG, deeds};
use crate::search::visitor::owner_of_guest;
use crate::site::Site;
use crate::store::{Dir, ReadExt, Span, Tx};

pub const JOB: &str = "search_cleanup";
const LOG_DAYS: i64 = 365;
const DELETED_DAYS: i64 = 90;
const GUEST_DAYS: i64 = 90;
/// A browser that never became an account is given a month more.
const UNCONVERTED_DAYS: i64 = 120;
/// Rows of one write.
const CHUNK: usize = 1000;

pub fn job() -> JobKind {
    JobKind::sweep(JOB, Every::daily_utc(3, 0), |site, call| async move { cleanup(&site, &call).await })
}

/// Removes what has had its time, a thousand rows at once.
pub async fn cleanup(site: &Site, call: &JobCall) -> Outcome<Value> {
    let (now, dry) = (call.due, call.dry_run);
    let (mut events, mut rows) = (0, 0);
    loop {
        let removed = site.write(move |tx| old_searches(tx, now, dry)).await?;
        events += removed;
        if dry || removed < CHUNK {
            break;
        }
    }
    let mut from: Option<RecentSearchId> = None;
    loop {
        let (removed, last) = site.write(move |tx| old_recents(tx, now, from, dry)).await?;
        rows += removed;
        from = last;
        if from.is_none() {
            break;
        }
    }
    Ok(json!({ "events_removed": events, "history_removed": rows, "dry_run": dry }))
}

fn before(now: Timestamp, days: i64) -> Timestamp {
    plus_hours(now, -24 * days)
}

fn old_searches(tx: &mut Tx, now: Timestamp, dry: bool) -> Outcome<usize> {
    let span = Span::from_to(&(Timestamp::MIN,), &(before(now, LOG_DAYS),));
    let ids: Vec<SearchId> = tx.index_keys(&BY_AT, span, CHUNK, Dir::Up)?.into_iter().map(|(_, id)| id).collect();
    for id in ids.iter().filter(|_| !dry) {
        for number in 0..deeds(tx, *id)?.len() {
            tx.delete(&DEEDS, &(*id, u32::try_from(number).unwrap_or(u32::MAX)))?;
        }
        tx.delete(&LOG, id)?;
    }
    Ok(ids.len())
}

/// One stretch of the table; answers where the next begins.
fn old_recents(
    tx: &mut Tx,
    now: Timestamp,
    from: Option<RecentSearchId>,
    dry: bool,
) -> Outcome<(usize, Option<RecentSearchId>)> {
    let span = from.map_or_else(Span::all, |from| Span::after(&from));
    let rows = tx.scan(&RECENT, span, CHUNK, Dir::Up)?;
    let last = rows.last().map(|(id, _)| *id).filter(|_| rows.len() == CHUNK);
    let old: Vec<Recent> = rows.into_iter().map(|(_, row)| row).filter(|row| is_due(row, now)).collect();
    for row in old.iter().filter(|_| !dry) {
        tx.delete(&RECENT, &row.id)?;
        // What a guest wants remembered goes with the last thing that is.
        let left = tx.index_keys(&BY_QUERY, Span::prefix(&(row.owner.clone(),)), 1, Dir::Up)?;
        if left.is_empty() && row.owner.starts_with(&owner_of_guest("")) {
            tx.delete(&CHOICES, &row.owner)?;
        }
    }
    Ok((old.len(), last))
}

/// Whether a row has had its time.
pub(super) fn is_due(row: &Recent, now: Timestamp) -> bool {
    let guest = row.owner.starts_with(&owner_of_guest(""));
    let past = |at: Option<Timestamp>, days| at.is_some_and(|at| at < before(now, days));
    past(row.deleted_at, DELETED_DAYS)
        || guest && past(row.converted_at, GUEST_DAYS)
        || guest && row.converted_at.is_none() && row.last_at < before(now, UNCONVERTED_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{AnyId as _, UserId};
    use crate::search::history::Kind;

    #[test]
    fn everything_has_its_time() {
        let now: Timestamp = "2026-11-10T03:00:00Z".parse().unwrap();
        let row = |owner: &str, days: i64| Recent {
            id: RecentSearchId::from_bits(1),
            owner: owner.to_owned(),
            query: "piano".to_owned(),
            kind: Kind::NaturalLanguage,
            count: 1,
            first_at: before(now, days),
            last_at: before(now, days),
            results: None,
            saved_at: None,
            deleted_at: None,
            converted_to: None,
            converted_at: None,
        };
        let deleted = |days| Recent { deleted_at: Some(before(now, days)), ..row("u:x", 400) };
        let converted = |days| Recent {
            converted_to: Some(UserId::from_bits(2)),
            converted_at: Some(before(now, days)),
            ..row("g:x", days)
        };
        for (row, due) in [
            (row("u:x", 4000), false),
            (row("g:x", 119), false),
            (row("g:x", 121), true),
            (deleted(89), false),
            (deleted(91), true),
            (converted(89), false),
            (converted(91), true),
        ] {
            assert_eq!(is_due(&row, now), due, "{row:?}");
        }
    }
}
