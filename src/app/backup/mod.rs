//! Backups, exports and their way back: by hand from the command line, and every night.
//!
//! A backup counts once it was restored and verified; what failed is remembered, logged and mailed to the admins.

mod nightly;
mod place;

pub use nightly::jobs;
pub use place::Place;

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::config::Config;
use super::rooms;
use crate::base::refusal::Outcome;
use crate::base::secret::Entropy;
use crate::base::time::Clock;
use crate::site::Site;
use crate::store::backup::{self, BackupRow, Taken};
use crate::store::{Stamp, Upgraded};

/// Takes a backup without disturbing anybody, and remembers how it went.
pub async fn take(site: &Site, place: &Place) -> Result<Taken, String> {
    let began = Instant::now();
    let name = backup::name_at(site.now());
    let taken = place.take(site, &name).await;
    let row = BackupRow {
        name,
        place: place.address(),
        bytes: taken.as_ref().map_or(0, |taken| taken.bytes),
        rows: taken.as_ref().map_or(0, |taken| taken.rows),
        blobs: taken.as_ref().map_or(0, |taken| taken.blobs),
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        error: taken.as_ref().err().cloned(),
    };
    remember(site, row).await.map_err(|refusal| refusal.to_string())?;
    taken
}

async fn remember(site: &Site, row: BackupRow) -> Outcome<()> {
    if let Some(error) = &row.error {
        tracing::error!(backup.name = row.name, backup.place = row.place, %error, "a backup failed");
    }
    site.write(move |tx| if row.is_good() { backup::succeeded(tx, &row) } else { backup::failed(tx, &row) }).await
}

/// Writes everything as JSON lines in a zip.
pub async fn export(site: &Site, to: PathBuf) -> Result<String, String> {
    let site = site.clone();
    let work = move || {
        let moved = crate::store::export(&site.store, &site.data_dir, &rooms::catalogue(), site.now(), &to)
            .map_err(|e| e.to_string())?;
        Ok(format!("{} rows and {} files are in {}.", moved.rows, moved.files, to.display()))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(e.to_string()))
}

/// Fills an empty data directory from an export.
pub fn import(config: &Config, from: &Path) -> Result<String, String> {
    let moved =
        crate::store::import(from, &config.data_dir, stamp(), &rooms::catalogue()).map_err(|e| e.to_string())?;
    let told = format!("{} rows and {} files came into", moved.rows, moved.files);
    Ok(format!("{told} {} and were verified.{}", config.data_dir.display(), about_keys(config)))
}

/// Puts a backup where the data is; `from` is a directory, or `s3://bucket/prefix/name` of the configured bucket.
pub fn restore(config: &Config, from: &Path, force: bool) -> Result<String, String> {
    let text = from.display().to_string();
    if !text.starts_with("s3://") {
        return restore_from(config, from, force);
    }
    backup::refuse_to_overwrite(&config.data_dir, force).map_err(|e| e.to_string())?;
    let place = Place::configured(config)?;
    let Place::Bucket(bucket) = place else { return Err("backup_bucket is not set; it says how to reach it.".into()) };
    let name = text.strip_prefix(bucket.address().trim_end_matches('/')).map(|rest| rest.trim_matches('/'));
    let name = name
        .filter(|name| !name.is_empty())
        .ok_or_else(|| format!("{text} is not in {}. Name it as {}/<backup>.", bucket.address(), bucket.address()))?;
    let fetched = place::scratch(&config.data_dir, "fetched")?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(place::fetch(&bucket, name, &fetched.0))?;
    restore_from(config, &fetched.0, force)
}

fn restore_from(config: &Config, from: &Path, force: bool) -> Result<String, String> {
    let manifest = backup::restore(from, &config.data_dir, force, &rooms::catalogue(), stamp());
    let manifest = manifest.map_err(|e| e.to_string())?;
    Ok(format!(
        "{} holds the marketplace of {} again ({} rows, {} files, verified).{}",
        config.data_dir.display(),
        manifest.taken_at,
        manifest.rows,
        manifest.blobs,
        about_keys(config)
    ))
}

fn stamp() -> Stamp {
    Stamp { now: Clock::system().now(), seed: Entropy::system().bytes() }
}

/// Copies hold no keys; who moves to another machine has to bring them.
fn about_keys(config: &Config) -> String {
    let keys = config.data_dir.join("keys");
    if keys.exists() {
        return String::new();
    }
    format!(
        "\nIt holds no keys: copy {} from where the marketplace was, or second factors have to be set up again.",
        keys.display()
    )
}

/// How a finished backup is told.
pub fn told(taken: &Taken) -> String {
    format!(
        "{} holds {} rows and {} files in {} kB, restored and verified.",
        taken.path.display(),
        taken.rows,
        taken.blobs,
        taken.bytes / 1024
    )
}

/// The named directory, or the configured place.
pub fn place_of(site: &Site, named: Option<PathBuf>) -> Outcome<Place> {
    match named {
        Some(path) => Ok(Place::Dir(path)),
        None => Ok((*site.part::<Place>()?).clone()),
    }
}

/// Makes the data what this program works on, after a backup into the configured directory.
pub fn upgrade(config: &Config, store: &crate::store::Store) -> Result<Option<Upgraded>, String> {
    store.upgrade(&config.data_dir, &config.backup_dir(), &rooms::catalogue(), stamp()).map_err(|e| {
        format!("{e}\nThe data could not be upgraded. Nothing is lost: the version that wrote it still opens it.")
    })
}
