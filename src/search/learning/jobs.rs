//! The daily round: counts votes again, lets what nobody uses fade, clears what is too old.

use serde_json::{Value, json};

use super::model::{AliasStatus, Source, UnheardStatus};
use super::ops::{Settled, change, settle};
use super::rules::{DECAY, has_faded};
use super::tables::{UNHEARD, VOTES, all_aliases, all_unheard, key, votes};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::jobs::{Every, JobKind};
use crate::site::Site;
use crate::site::audit::By;
use crate::store::{Dir, ReadExt, Span, Tx};

const JOB: &str = "location_learning";
/// Phrases of one round (rule: 40§9).
const ROUND: usize = 500;
/// A phrase nobody searched for this long is forgotten.
const FORGOTTEN_DAYS: i64 = 365;

pub fn job() -> JobKind {
    JobKind::sweep(JOB, Every::daily_local(3, 10), |site, call| async move {
        if call.dry_run { preview(&site) } else { process(&site).await }
    })
}

/// What a round would look at.
fn preview(site: &Site) -> Outcome<Value> {
    let open = site.read(all_unheard)?.iter().filter(|row| is_open(row.status)).count();
    Ok(json!({ "processed": open.min(ROUND), "dry_run": true }))
}

fn is_open(status: UnheardStatus) -> bool {
    matches!(status, UnheardStatus::Pending | UnheardStatus::ManualReview | UnheardStatus::Learned)
}

/// One round; also what `POST …/process` runs.
pub async fn process(site: &Site) -> Outcome<Value> {
    site.write(|tx| {
        let mut open: Vec<_> = all_unheard(tx)?.into_iter().filter(|row| is_open(row.status)).collect();
        open.sort_by_key(|row| std::cmp::Reverse(row.searches));
        open.truncate(ROUND);
        let (mut learned, mut proposed, mut review) = (0, 0, 0);
        for row in &open {
            match settle(tx, row.kind, &row.phrase)? {
                Settled::Learned => learned += 1,
                Settled::Proposed => proposed += 1,
                Settled::Review => review += 1,
                Settled::Nothing => {}
            }
        }
        let faded = fade(tx)?;
        let cleared = clear(tx)?;
        Ok(json!({
            "processed": open.len(), "learned": learned, "pending_review": proposed, "manual_review": review,
            "faded": faded, "votes_cleared": cleared,
        }))
    })
    .await
}

/// Learned names that nobody needed for 90 days go out of force; given ones stay.
fn fade(tx: &mut Tx) -> Outcome<usize> {
    let (now, mut faded) = (tx.now(), 0);
    for alias in all_aliases(tx)? {
        if alias.status != AliasStatus::Active || alias.source != Source::UserLearning {
            continue;
        }
        let last_vote = votes(tx, alias.kind, &alias.phrase)?.iter().map(|(_, vote)| vote.at).max();
        if has_faded(alias.last_used_at, last_vote, alias.decided_at.unwrap_or(alias.created_at), now) {
            let at = key(alias.kind, &alias.phrase);
            if let Some(mut unheard) = tx.get(&UNHEARD, &at)? {
                unheard.status = UnheardStatus::Pending;
                tx.put(&UNHEARD, &at, &unheard)?;
            }
            change(tx, &By::default(), alias, AliasStatus::Deprecated, "search_name.fade")?;
            faded += 1;
        }
    }
    Ok(faded)
}

fn clear(tx: &mut Tx) -> Outcome<usize> {
    let now: Timestamp = tx.now();
    let old: Vec<_> = tx
        .scan(&VOTES, Span::all(), SCAN_ROWS, Dir::Up)?
        .into_iter()
        .filter(|(_, vote)| now.duration_since(vote.at) >= DECAY)
        .map(|(at, _)| at)
        .collect();
    for at in &old {
        tx.delete(&VOTES, at)?;
    }
    for row in all_unheard(tx)? {
        if now.duration_since(row.last_at).as_hours() >= 24 * FORGOTTEN_DAYS {
            tx.delete(&UNHEARD, &key(row.kind, &row.phrase))?;
        }
    }
    Ok(old.len())
}
