//! Backups, exports and their way back: by hand from the command line, and every night.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::rooms;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::Entropy;
use crate::base::time::{SignedDuration, Timestamp};
use crate::jobs::{Every, JobKind};
use crate::site::{Setting, Site};
use crate::store::{Stamp, StoreError, backup};

/// Where backups go when nobody names a place.
pub struct BackupPlace(pub PathBuf);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Also in sandbox mode, where nights pass as fast as the clock is moved.
    pub in_sandbox: bool,
    pub keep_count: usize,
    pub keep_days: u32,
}

pub static PLAN: Setting<Plan> = Setting {
    key: "backups",
    description: "Nightly backups: how many are kept, for how many days, and whether a sandbox takes them too.",
    default: || Plan { in_sandbox: false, keep_count: 14, keep_days: 30 },
    check: |plan| {
        if (1..=1000).contains(&plan.keep_count) && (1..=3650).contains(&plan.keep_days) {
            Ok(())
        } else {
            Err("Keep 1 to 1000 backups for 1 to 3650 days.")
        }
    },
};

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::sweep("backup", Every::daily_utc(7, 40), |site, call| async move {
        let plan = site.read(|r| PLAN.read(r))?;
        if call.dry_run || (site.is_sandbox() && !plan.in_sandbox) {
            return Ok(serde_json::json!({ "taken": 0, "removed": 0 }));
        }
        let place = site.part::<BackupPlace>()?.0.clone();
        take(&site, place.clone()).await.map_err(Refusal::internal)?;
        let removed = thin_out(&place, site.now(), &plan).map_err(Refusal::internal)?;
        Ok(serde_json::json!({ "taken": 1, "removed": removed }))
    })]
}

/// Takes a backup into `into` without disturbing anybody.
pub async fn take(site: &Site, into: PathBuf) -> Result<backup::Taken, StoreError> {
    let (site, now) = (site.clone(), site.now());
    let work = move || {
        let name = name_at(now);
        backup::take(&site.store, &site.data_dir, &into, (&name, now), &rooms::catalogue())
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(StoreError::corrupt("the backup", e)))
}

/// `2026-11-22T07-40-00Z`: sorts by age, and every file system takes it.
fn name_at(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string().replace(':', "-")
}

fn time_of(name: &str) -> Option<Timestamp> {
    let (date, clock) = name.split_once('T')?;
    format!("{date}T{}", clock.replace('-', ":")).parse().ok()
}

/// Which backups go: those beyond the count and those too old, but never the newest.
fn surplus(mut names: Vec<String>, now: Timestamp, plan: &Plan) -> Vec<String> {
    names.retain(|name| time_of(name).is_some());
    names.sort_unstable_by(|a, b| b.cmp(a));
    let oldest = now - SignedDuration::from_hours(24 * i64::from(plan.keep_days));
    let goes = |(n, name): &(usize, String)| *n >= plan.keep_count || time_of(name).is_some_and(|at| at < oldest);
    names.into_iter().enumerate().skip(1).filter(goes).map(|(_, name)| name).collect()
}

fn thin_out(place: &Path, now: Timestamp, plan: &Plan) -> std::io::Result<usize> {
    let names = std::fs::read_dir(place)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let old = surplus(names, now, plan);
    for name in &old {
        std::fs::remove_dir_all(place.join(name))?;
    }
    Ok(old.len())
}

/// Writes everything as JSON lines.
pub async fn export(site: &Site, to: PathBuf) -> Result<String, String> {
    let (site, now) = (site.clone(), site.now());
    let work = move || {
        let file = File::create_new(&to).map_err(|e| format!("{} cannot be written: {e}.", to.display()))?;
        let snapshot = site.store.snapshot().map_err(|e| e.to_string())?;
        let rows = crate::store::export(&snapshot, &rooms::catalogue(), now, &to, BufWriter::new(file))
            .map_err(|e| e.to_string())?;
        Ok(format!("{rows} rows are in {}.", to.display()))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(e.to_string()))
}

/// Fills an empty data directory from an export.
pub fn import(config: &Config, from: &Path) -> Result<String, String> {
    let file = File::open(from).map_err(|e| format!("{} cannot be read: {e}.", from.display()))?;
    let stamp = Stamp { now: crate::base::time::Clock::system().now(), seed: Entropy::system().bytes() };
    let rows = crate::store::import(from, BufReader::new(file), &config.data_dir, stamp, &rooms::catalogue())
        .map_err(|e| e.to_string())?;
    Ok(format!("{rows} rows came into {} and were verified.", config.data_dir.display()))
}

/// Puts a backup where the data is.
pub fn restore(config: &Config, from: &Path, force: bool) -> Result<String, String> {
    let manifest = backup::restore(from, &config.data_dir, force, &rooms::catalogue()).map_err(|e| e.to_string())?;
    Ok(format!(
        "{} holds the marketplace of {} again ({} rows, verified).",
        config.data_dir.display(),
        manifest.taken_at,
        manifest.rows
    ))
}

/// How a finished backup is told.
pub fn told(taken: &backup::Taken) -> String {
    format!("{} holds {} rows in {} kB, restored and verified.", taken.path.display(), taken.rows, taken.bytes / 1024)
}

/// An outcome of ops as commands say it.
pub fn place_of(site: &Site, named: Option<PathBuf>) -> Outcome<PathBuf> {
    match named {
        Some(path) => Ok(path),
        None => Ok(site.part::<BackupPlace>()?.0.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_surplus_backups_go_but_never_the_newest() {
        let day = |n: i64| name_at(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n));
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 100);
        let plan = |keep_count, keep_days| Plan { in_sandbox: false, keep_count, keep_days };
        let names = || vec![day(99), day(10), "notes".to_owned(), day(98), day(97)];
        assert_eq!(surplus(names(), now, &plan(3, 30)), [day(10)]);
        assert_eq!(surplus(names(), now, &plan(2, 1000)), [day(97), day(10)]);
        assert_eq!(surplus(vec![day(1)], now, &plan(1, 1)), Vec::<String>::new());
        assert_eq!(time_of(&day(7)).unwrap(), Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 7));
    }
}
