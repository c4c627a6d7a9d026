//! Letting go of what was kept long enough. // rule: 20§5 retention
//!
//! Every room says what of its own it keeps and for how long (`app/retention.rs`); this runs the rules in chunks, each a
//! write of its own, so that nobody waits behind a spring clean.

use serde_json::{Value, json};

use crate::accounts::model::AccountStatus;
use crate::accounts::parts::{Accounts, Retention};
use crate::accounts::tables::users;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};

/// Rows of one write. // rule: 20§5 chunks of 1000
const CHUNK: usize = 1000;
/// Writes of one rule in one run; what is left is for the next night.
const CHUNKS: usize = 1000;

/// What a run did, or would have done.
#[derive(Clone, Debug)]
pub struct Applied {
    pub name: &'static str,
    pub days: i64,
    pub rows: usize,
}

fn before(rule: &Retention, now: Timestamp) -> Timestamp {
    plus_hours(now, -24 * rule.days)
}

fn rules(site: &Site, deleted: Option<bool>) -> Outcome<Vec<Retention>> {
    let all = site.part::<Accounts>()?.retentions.clone();
    Ok(all.into_iter().filter(|rule| deleted.is_none_or(|wanted| rule.of_deleted == wanted)).collect())
}

/// How much is due of every rule.
pub fn due(site: &Site, deleted: Option<bool>) -> Outcome<Vec<Applied>> {
    let now = site.now();
    let count = |rule: Retention| {
        let rows = site.read(|r| (rule.due)(r, before(&rule, now), SCAN_ROWS))?;
        Ok(Applied { name: rule.name, days: rule.days, rows })
    };
    rules(site, deleted)?.into_iter().map(count).collect()
}

/// Applies the rules: those for what was deleted (`Some(true)`), the others (`Some(false)`), or all.
pub async fn apply(site: &Site, deleted: Option<bool>) -> Outcome<Vec<Applied>> {
    let now = site.now();
    let mut done = Vec::new();
    for rule in rules(site, deleted)? {
        let mut rows = 0;
        for _ in 0..CHUNKS {
            let run = rule.apply.clone();
            let until = before(&rule, now);
            let some = site.write(move |tx| run(tx, until, CHUNK)).await?;
            rows += some;
            if some < CHUNK {
                break;
            }
        }
        done.push(Applied { name: rule.name, days: rule.days, rows });
    }
    Ok(done)
}

/// By hand, by an admin: written down.
pub async fn apply_by(site: &Site, by: By) -> Outcome<Vec<Applied>> {
    let done = apply(site, None).await?;
    let after = report(&done);
    site.write(move |tx| {
        audit::record(tx, &by, Deed::on("privacy.retention", "privacy", "").change(Value::Null, after.clone()))
    })
    .await?;
    Ok(done)
}

/// `{"mails": 12, …}`.
pub fn report(done: &[Applied]) -> Value {
    done.iter().map(|one| (one.name.to_owned(), json!(one.rows))).collect::<serde_json::Map<_, _>>().into()
}

/// How many people there are, and how many stay as a shell without a name.
#[derive(Clone, Copy, Debug, Default)]
pub struct People {
    pub total: usize,
    pub active: usize,
    pub paused: usize,
    pub closed: usize,
}

pub fn people(site: &Site) -> Outcome<People> {
    let mut counted = People::default();
    for user in site.read(|r| users(r, SCAN_ROWS))? {
        counted.total += 1;
        match user.status {
            AccountStatus::Active => counted.active += 1,
            AccountStatus::Suspended => counted.paused += 1,
            AccountStatus::Deactivated => counted.closed += 1,
        }
    }
    Ok(counted)
}
