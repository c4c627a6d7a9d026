//! The daily round: counts votes again, lets what nobody uses fade, clears what is too old.

use std::cmp::Reverse;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::model::{Alias, AliasStatus, Named, Source, UnheardStatus};
use super::ops::{Settled, change, settle};
use super::rules::{DECAY, has_faded};
use super::tables::{ALIASES, UNHEARD, VOTES, all_aliases, key, votes};
use crate::base::id::AliasId;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::jobs::{Every, JobKind};
use crate::site::Site;
use crate::site::audit::By;
use crate::store::{Dir, Key, Read, ReadExt, Span, Table, Tx};

const JOB: &str = "location_learning";
/// Phrases of one round (rule: 40§9).
const ROUND: usize = 500;
/// A phrase nobody searched for this long is forgotten.
const FORGOTTEN_DAYS: i64 = 365;
/// Phrases that are kept, the most searched ones.
const PHRASES: usize = 20_000;
/// Rows of one write.
const CHUNK: usize = 50;

pub fn job() -> JobKind {
    JobKind::sweep(JOB, Every::daily_local(3, 10), |site, call| async move {
        if call.dry_run { preview(&site) } else { process(&site).await }
    })
}

/// What a round would look at.
fn preview(site: &Site) -> Outcome<Value> {
    let open = site.read(heard)?.iter().filter(|row| row.is_open).count();
    Ok(json!({ "processed": open.min(ROUND), "dry_run": true }))
}

fn is_open(status: UnheardStatus) -> bool {
    matches!(status, UnheardStatus::Pending | UnheardStatus::ManualReview | UnheardStatus::Learned)
}

/// One round; also what `POST …/process` runs. It looks around in reads and acts in small writes: nobody waits for it.
pub async fn process(site: &Site) -> Outcome<Value> {
    let mut heard = site.read(heard)?;
    heard.sort_by_key(|row| Reverse((row.searches, row.last_at)));
    let open: Vec<_> = heard.iter().filter(|row| row.is_open).take(ROUND).cloned().collect();
    let mut came = Vec::new();
    for some in open.chunks(CHUNK).map(<[Heard]>::to_vec) {
        let settled = move |tx: &mut Tx| some.iter().map(|row| settle(tx, row.kind, &row.phrase)).collect();
        came.extend::<Vec<Settled>>(site.write(settled).await?);
    }
    let count = |what: Settled| came.iter().filter(|settled| **settled == what).count();
    Ok(json!({
        "processed": open.len(), "learned": count(Settled::Learned), "pending_review": count(Settled::Proposed),
        "manual_review": count(Settled::Review), "faded": fade_all(site).await?,
        "votes_cleared": clear(site, heard).await?,
    }))
}

/// A phrase, without what everybody said.
#[derive(Clone)]
struct Heard {
    kind: Named,
    phrase: String,
    searches: u64,
    last_at: Timestamp,
    is_open: bool,
}

fn heard(read: &dyn Read) -> Outcome<Vec<Heard>> {
    let mut found = Vec::new();
    each(read, &UNHEARD, |_, row| {
        found.push(Heard {
            kind: row.kind,
            phrase: row.phrase,
            searches: row.searches,
            last_at: row.last_at,
            is_open: is_open(row.status),
        });
    })?;
    Ok(found)
}

/// Every row of a table, in steps.
fn each<K: Key, V: Serialize + DeserializeOwned>(
    read: &dyn Read,
    table: &Table<K, V>,
    mut look: impl FnMut(K, V),
) -> Outcome<()> {
    const STEP: usize = 1000;
    let mut span = Span::all();
    loop {
        let rows = read.scan(table, span, STEP, Dir::Up)?;
        let next = rows.last().filter(|_| rows.len() == STEP).map(|(key, _)| Span::after(key));
        rows.into_iter().for_each(|(key, value)| look(key, value));
        match next {
            Some(next) => span = next,
            None => return Ok(()),
        }
    }
}

/// Learned names that nobody needed for 90 days go out of force; given ones stay.
async fn fade_all(site: &Site) -> Outcome<usize> {
    let names = site.read(all_aliases)?;
    let learned = |alias: &&Alias| alias.status == AliasStatus::Active && alias.source == Source::UserLearning;
    let ids: Vec<AliasId> = names.iter().filter(learned).map(|alias| alias.id).collect();
    let mut faded = 0;
    for some in ids.chunks(CHUNK).map(<[AliasId]>::to_vec) {
        faded += site.write(move |tx| some.iter().try_fold(0, |sum, id| Ok(sum + usize::from(fade(tx, *id)?)))).await?;
    }
    Ok(faded)
}

fn fade(tx: &mut Tx, id: AliasId) -> Outcome<bool> {
    let now = tx.now();
    let Some(alias) = tx.get(&ALIASES, &id)?.filter(|alias| alias.status == AliasStatus::Active) else {
        return Ok(false);
    };
    let last_vote = votes(tx, alias.kind, &alias.phrase)?.iter().map(|(_, vote)| vote.at).max();
    if !has_faded(alias.last_used_at, last_vote, alias.decided_at.unwrap_or(alias.created_at), now) {
        return Ok(false);
    }
    let at = key(alias.kind, &alias.phrase);
    if let Some(mut unheard) = tx.get(&UNHEARD, &at)? {
        unheard.status = UnheardStatus::Pending;
        tx.put(&UNHEARD, &at, &unheard)?;
    }
    change(tx, &By::default(), alias, AliasStatus::Deprecated, "search_name.fade")?;
    Ok(true)
}

/// Takes away votes that count no more, phrases that nobody searches for any more, and the rarest beyond the most that
/// are kept: made-up words shall not hide real ones. `heard` comes with the most searched first.
async fn clear(site: &Site, heard: Vec<Heard>) -> Outcome<usize> {
    let now = site.now();
    let mut old = Vec::new();
    site.read(|r| {
        each(r, &VOTES, |at, vote| {
            if now.duration_since(vote.at) >= DECAY {
                old.push(at);
            }
        })
    })?;
    for some in old.chunks(CHUNK).map(<[_]>::to_vec) {
        site.write(move |tx| some.iter().try_for_each(|at| tx.delete(&VOTES, at))).await?;
    }
    let gone =
        |at: usize, row: &Heard| at >= PHRASES || now.duration_since(row.last_at).as_hours() >= 24 * FORGOTTEN_DAYS;
    let forgotten: Vec<_> = heard
        .into_iter()
        .enumerate()
        .filter(|(at, row)| gone(*at, row))
        .map(|(_, row)| key(row.kind, &row.phrase))
        .collect();
    for some in forgotten.chunks(CHUNK).map(<[_]>::to_vec) {
        site.write(move |tx| some.iter().try_for_each(|at| tx.delete(&UNHEARD, at))).await?;
    }
    Ok(old.len())
}
