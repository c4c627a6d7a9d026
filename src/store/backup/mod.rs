//! Copies of the store that can be believed: taken while writers run, proved before they count, restored with care.
//!
//! A backup is a directory: `store.redb` (one consistent snapshot), the blobs that it needs, the sandbox's own books, and
//! `manifest.json` with a checksum of each file. It only gets its name after it was restored into a temporary place and
//! verified there. Keys and configuration are never in it. [`BACKUPS`] remembers what was taken, and what failed.

mod history;
mod manifest;
mod restore;
mod take;

pub use history::{BACKUPS, BackupRow, failed, forget, newest, recent, succeeded};
pub use manifest::{FILE as MANIFEST, FileSum, Manifest};
pub(super) use restore::place;
pub use restore::{holds_a_store, refuse_to_overwrite, restore};
pub use take::{Taken, take};

use std::path::{Path, PathBuf};

use super::StoreError;
use crate::base::time::Timestamp;

/// `2026-11-22T07-40-00Z`: sorts by age, and every file system takes it.
pub fn name_at(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string().replace(':', "-")
}

/// When the backup of this name was taken; `None` for any other name.
pub fn time_of(name: &str) -> Option<Timestamp> {
    let (date, clock) = name.split_once('T')?;
    format!("{date}T{}", clock.replace('-', ":")).parse().ok()
}

/// What a backup says about itself.
pub fn manifest(dir: &Path) -> Result<Manifest, StoreError> {
    Manifest::read(dir)
}

/// What lies beside `store.redb` and belongs to the data: files named by their content, and the sandbox's own books
/// (append-only logs). The search index is left out: it is rebuilt.
pub(super) const BESIDE: [&str; 2] = ["blobs", "sandbox"];

/// Files below `dir/sub`, as paths relative to `dir`; none when it is not there.
pub(super) fn files_below(dir: &Path, sub: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let here = dir.join(sub);
    let entries = match std::fs::read_dir(&here) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(here.display().to_string(), error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| StoreError::io(here.display().to_string(), e))?;
        let path = sub.join(entry.file_name());
        let kind = entry.file_type().map_err(|e| StoreError::io(here.display().to_string(), e))?;
        if kind.is_dir() {
            found.extend(files_below(dir, &path)?);
        } else if kind.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Copies a file, making directories on the way, and waits until it is on disk.
fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let copied = || {
        std::fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
        std::fs::copy(from, to)?;
        std::fs::File::open(to)?.sync_all()
    };
    copied().map_err(|e: std::io::Error| StoreError::io(to.display().to_string(), e))
}

/// Writes a file, making directories on the way, and waits until it is on disk.
pub(super) fn write(to: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let written = || {
        std::fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(to, bytes)?;
        std::fs::File::open(to)?.sync_all()?;
        super::engine::sync_dir(to)
    };
    written().map_err(|e: std::io::Error| StoreError::io(to.display().to_string(), e))
}

/// A directory that is gone when the work in it is over.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(path: PathBuf) -> Result<Self, StoreError> {
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).map_err(|e| StoreError::io(path.display().to_string(), e))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
