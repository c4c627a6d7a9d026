//! Putting a backup in the place of a store.

use std::path::Path;

use super::manifest::Manifest;
use super::{BESIDE, Scratch, copy};
use crate::store::engine::{Redb, log_of, sync_dir};
use crate::store::{Catalogue, Stamp, Store, StoreError};

/// Checks every file of the backup, opens a copy, verifies it, and only then puts it in place. What was there is kept
/// beside it in `replaced-N`.
pub fn restore(
    from: &Path,
    data_dir: &Path,
    force: bool,
    catalogue: &Catalogue,
    stamp: Stamp,
) -> Result<Manifest, StoreError> {
    refuse_to_overwrite(data_dir, force)?;
    let manifest = Manifest::proved(from)?;
    let incoming = Scratch::new(data_dir.join(".incoming"))?;
    for file in &manifest.files {
        copy(&from.join(&file.path), &incoming.0.join(&file.path))?;
    }
    place(&incoming.0, data_dir, catalogue, stamp)?;
    Ok(manifest)
}

/// What is there is only replaced when that was asked for.
pub fn refuse_to_overwrite(data_dir: &Path, force: bool) -> Result<(), StoreError> {
    if !holds_a_store(data_dir)? || force {
        return Ok(());
    }
    let why = "holds a marketplace already. Name an empty --data-dir, or add --force to replace it (it is kept aside).";
    Err(StoreError::refused(data_dir, why))
}

/// Whether a store lies there; nobody may be at work in it.
pub fn holds_a_store(data_dir: &Path) -> Result<bool, StoreError> {
    let file = data_dir.join("store.redb");
    if file.exists() && Redb::is_in_use(&file) {
        return Err(StoreError::InUse { path: file.display().to_string() });
    }
    Ok(file.exists())
}

/// Brings the store in `incoming` to the shape of this program, verifies it and moves it, with what belongs to it, to
/// `data_dir`. `store.redb` is replaced in one step: whenever the power goes, there is a whole one.
pub fn place(incoming: &Path, data_dir: &Path, catalogue: &Catalogue, stamp: Stamp) -> Result<(), StoreError> {
    let store = Store::open_checked(incoming)?;
    let report = store.run_steps(catalogue, stamp).and_then(|()| store.verify(catalogue));
    store.close();
    drop(store);
    let wrong = report?.wrong;
    if !wrong.is_empty() {
        return Err(StoreError::corrupt(incoming.display().to_string(), wrong.join("; ")));
    }
    let moved = || {
        let aside = (1..).map(|n| data_dir.join(format!("replaced-{n}"))).find(|dir| !dir.exists());
        let aside = aside.unwrap_or_else(|| data_dir.join("replaced"));
        let (file, kept) = (data_dir.join("store.redb"), aside.join("store.redb"));
        if file.exists() {
            std::fs::create_dir_all(&aside)?;
            std::fs::hard_link(&file, &kept)?;
            // After a crash the newest changes are in the log. Not the same file under two names: one is written again.
            if log_of(&file).exists() {
                std::fs::copy(log_of(&file), log_of(&kept))?;
                std::fs::File::open(log_of(&kept))?.sync_all()?;
            }
        }
        for beside in BESIDE {
            if aside.exists() && data_dir.join(beside).exists() {
                std::fs::rename(data_dir.join(beside), aside.join(beside))?;
            }
            if incoming.join(beside).exists() {
                std::fs::rename(incoming.join(beside), data_dir.join(beside))?;
            }
        }
        std::fs::rename(incoming.join("store.redb"), &file)?;
        sync_dir(&file)?;
        // It went on where the replaced file ended; for this one it does not count even if it stays.
        if log_of(&file).exists() {
            std::fs::remove_file(log_of(&file))?;
        }
        // It told of the old state; it is built again from the new one.
        if data_dir.join("index").exists() { std::fs::remove_dir_all(data_dir.join("index")) } else { Ok(()) }
    };
    moved().map_err(|e: std::io::Error| StoreError::io(data_dir.display().to_string(), e))
}
