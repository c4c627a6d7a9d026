//! Copies of the store that can be believed: taken while writers run, proved before they count, restored with care.
//!
//! A backup is a directory: `store.redb` (one consistent snapshot), the plain files kept beside the store, and
//! `manifest.json` with a checksum of each. It only gets its name after it was restored into a temporary place and
//! verified there. Keys and configuration are never in it.

mod manifest;
mod restore;
mod take;

pub use manifest::{FileSum, Manifest};
pub use restore::restore;
pub(super) use restore::{place, refuse_to_overwrite};
pub use take::{Taken, take};

use std::path::{Path, PathBuf};

use super::StoreError;

/// What lies beside `store.redb` and belongs to the data: files named by their content, and the sandbox's own books
/// (append-only logs). The search index is left out: it is rebuilt.
const BESIDE: [&str; 2] = ["blobs", "sandbox"];

/// Files below `dir/sub`, as paths relative to `dir`; none when it is not there.
fn files_below(dir: &Path, sub: &Path) -> Result<Vec<PathBuf>, StoreError> {
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

/// A directory that is gone when the work in it fails.
struct Scratch(PathBuf);

impl Scratch {
    fn new(path: PathBuf) -> Result<Self, StoreError> {
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
