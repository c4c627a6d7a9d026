//! Taking a backup beside running writers.

use std::path::{Path, PathBuf};

use super::manifest::{FILE, FileSum, Manifest};
use super::{Scratch, copy, files_below, restore, write};
use crate::store::blobs::needed;
use crate::store::engine::{Engine as _, Redb, sync_dir};
use crate::store::tx::Overlay;
use crate::store::{Catalogue, Dir, Read, Stamp, Store, StoreError};

/// Rows read at once, and bytes written at once.
const STEP: usize = 2000;
const WRITTEN: usize = 8 * 1024 * 1024;

/// A finished backup.
#[derive(Debug)]
pub struct Taken {
    pub path: PathBuf,
    pub rows: u64,
    pub blobs: u64,
    pub bytes: u64,
}

/// Copies one snapshot of the store, with the blobs it needs, into a new directory `into/name` and proves it. Writers do
/// not wait meanwhile; the pages they free are kept until the copy is done, and no blob is collected.
pub fn take(
    store: &Store,
    data_dir: &Path,
    into: &Path,
    (name, stamp): (&str, Stamp),
    catalogue: &Catalogue,
) -> Result<Taken, StoreError> {
    let path = into.join(name);
    if path.exists() {
        return Err(StoreError::refused(&path, "is there already. Wait a second, or name another directory."));
    }
    let scratch = Scratch::new(into.join(format!(".unfinished-{name}")))?;
    let dir = scratch.0.as_path();
    let unreadable = |e| StoreError::corrupt(data_dir.display().to_string(), e);
    let hold = store.files.hold();
    let snapshot = store.snapshot().map_err(unreadable)?;
    let format = store.format()?;
    let rows = copy_rows(&snapshot, &dir.join("store.redb"))?;
    let mut files = vec![FileSum::of(dir, Path::new("store.redb"))?];
    needed(&snapshot, |id, _| {
        let file = Path::new("blobs").join(id.path());
        let bytes = store.files.load(id)?.ok_or_else(|| StoreError::corrupt(format!("blob {id}"), "it is gone"))?;
        write(&dir.join(&file), &bytes)?;
        files.push(FileSum::of(dir, &file)?);
        Ok(())
    })
    .map_err(unreadable)?;
    let blobs = files.len() as u64 - 1;
    drop((snapshot, hold));
    for file in files_below(data_dir, Path::new("sandbox"))? {
        copy(&data_dir.join(&file), &dir.join(&file))?;
        files.push(FileSum::of(dir, &file)?);
    }
    let bytes = files.iter().map(|file| file.bytes).sum();
    let manifest = serde_json::to_vec_pretty(&Manifest::new(stamp.now, format, (rows, blobs), files));
    let manifest = manifest.map_err(|e| StoreError::io(dir.display().to_string(), e))?;
    write(&dir.join(FILE), &manifest)?;
    let proof = Scratch::new(into.join(format!(".proof-{name}")))?;
    restore(dir, &proof.0, false, catalogue, stamp)?;
    drop(proof);
    std::fs::rename(dir, &path)
        .and_then(|()| sync_dir(&path))
        .map_err(|e| StoreError::io(path.display().to_string(), e))?;
    Ok(Taken { path, rows, blobs, bytes })
}

/// Every row of a state into a new file, in key order, so that the file is compact; answers how many there are.
fn copy_rows(read: &dyn Read, file: &Path) -> Result<u64, StoreError> {
    let engine = Redb::open(file)?;
    let (mut from, mut rows) = (vec![0, 0], 0);
    let (mut changes, mut bytes) = (Overlay::new(), 0);
    loop {
        let pairs = read.scan_bytes(&from, &[0xFF; 3], STEP, Dir::Up)?;
        let full = pairs.len() == STEP;
        for (key, value) in pairs {
            from.clone_from(&key);
            bytes += key.len() + value.len();
            // Entries of indexes hold nothing; they follow from the rows.
            rows += u64::from(!value.is_empty());
            changes.insert(key, Some(value));
        }
        from.push(0);
        if bytes > WRITTEN || !full {
            engine.commit(&std::mem::take(&mut changes))?;
            bytes = 0;
        }
        if !full {
            return Ok(rows);
        }
    }
}
