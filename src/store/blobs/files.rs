//! Where blobs lie: `blobs/ab/<name>` below the data directory, or in memory beside a store in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::BlobId;
use crate::store::StoreError;
use crate::store::engine::sync_dir;

pub struct Files {
    place: Place,
    /// One hand at a time puts files in and takes them out, so that none goes while it is wanted again.
    turn: Mutex<()>,
    /// Held while a copy of the data is made: what the copied state needs must not go meanwhile.
    copying: Mutex<()>,
}

enum Place {
    Dir(PathBuf),
    Memory(Mutex<BTreeMap<BlobId, Vec<u8>>>),
}

/// A file of the blobs' directory.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Blob(BlobId),
    /// Something unfinished: a crash came before it got its name.
    Unfinished(PathBuf),
}

impl Files {
    pub fn below(data_dir: &Path) -> Self {
        Self::new(Place::Dir(data_dir.join("blobs")))
    }
    pub fn in_memory() -> Self {
        Self::new(Place::Memory(Mutex::default()))
    }
    fn new(place: Place) -> Self {
        Self { place, turn: Mutex::default(), copying: Mutex::default() }
    }

    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing is collected while the answer lives.
    pub fn hold(&self) -> MutexGuard<'_, ()> {
        self.copying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to collect, unless a copy is being made.
    pub fn try_hold(&self) -> Option<MutexGuard<'_, ()>> {
        self.copying.try_lock().ok()
    }

    /// Durable when it returns: content first, then its name.
    pub fn save(&self, id: BlobId, bytes: &[u8]) -> Result<(), StoreError> {
        let _turn = self.turn();
        // One that was damaged is mended by whoever hands it in again.
        let whole = matches!(self.load(id), Ok(Some(_)));
        let root = match &self.place {
            Place::Memory(map) => {
                map.lock().unwrap_or_else(PoisonError::into_inner).insert(id, bytes.to_vec());
                return Ok(());
            }
            Place::Dir(root) => root,
        };
        let path = root.join(id.path());
        let saved = || {
            let dir = path.parent().unwrap_or(root);
            if !dir.exists() {
                std::fs::create_dir_all(dir)?;
                sync_dir(dir)?;
                sync_dir(root)?;
            }
            if !whole {
                let unfinished = path.with_extension("new");
                let mut file = File::create(&unfinished)?;
                file.write_all(bytes)?;
                file.sync_all()?;
                std::fs::rename(&unfinished, &path)?;
            }
            sync_dir(&path)
        };
        saved().map_err(|e| StoreError::io(path.display().to_string(), e))
    }

    /// The bytes, checked against the name.
    pub fn load(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = match &self.place {
            Place::Memory(map) => {
                return Ok(map.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned());
            }
            Place::Dir(root) => match std::fs::read(root.join(id.path())) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(StoreError::io(root.join(id.path()).display().to_string(), error)),
            },
        };
        if BlobId::of(&bytes) == id {
            return Ok(Some(bytes));
        }
        Err(StoreError::corrupt(format!("blob {id}"), "it is not what it was when it was handed in"))
    }

    /// The caller holds the turn.
    pub fn remove(&self, id: BlobId) -> Result<(), StoreError> {
        match &self.place {
            Place::Memory(map) => drop(map.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)),
            Place::Dir(root) => {
                let path = root.join(id.path());
                std::fs::remove_file(&path).map_err(|e| StoreError::io(path.display().to_string(), e))?;
            }
        }
        Ok(())
    }

    pub fn list(&self) -> Result<Vec<Found>, StoreError> {
        let root = match &self.place {
            Place::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner);
                return Ok(map.keys().map(|id| Found::Blob(*id)).collect());
            }
            Place::Dir(root) => root,
        };
        let parent = root.parent().unwrap_or(root);
        let files = crate::store::backup::files_below(parent, Path::new("blobs"))?;
        let named = |file: PathBuf| {
            let id = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            id.map_or_else(|| Found::Unfinished(parent.join(&file)), Found::Blob)
        };
        Ok(files.into_iter().map(named).collect())
    }
}
