//! What a backup says about itself, and whether it is true.

use std::io::Read as _;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::time::Timestamp;
use crate::store::{FORMAT, StoreError};

pub const FILE: &str = "manifest.json";
const KIND: &str = "instainstru backup";
/// The shape of a backup directory.
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    kind: String,
    version: u32,
    /// The version of the data's shape.
    pub format: u32,
    /// The program that took it.
    pub program: String,
    pub taken_at: Timestamp,
    pub rows: u64,
    #[serde(default)]
    pub blobs: u64,
    pub files: Vec<FileSum>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct FileSum {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub(super) fn new(taken_at: Timestamp, format: u32, (rows, blobs): (u64, u64), files: Vec<FileSum>) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { kind: KIND.to_owned(), version: VERSION, format, program, taken_at, rows, blobs, files }
    }

    /// What a backup says about itself, not checked.
    pub(super) fn read(dir: &Path) -> Result<Self, StoreError> {
        let file = dir.join(FILE);
        let text = std::fs::read(&file).map_err(|e| {
            StoreError::refused(dir, format!("is no finished backup: {FILE} cannot be read ({e}). Name another one."))
        })?;
        serde_json::from_slice(&text)
            .map_err(|e| StoreError::refused(&file, format!("is damaged ({e}). Use another backup.")))
    }

    /// The manifest of a backup whose every file is what it was.
    pub(super) fn proved(dir: &Path) -> Result<Self, StoreError> {
        let manifest = Self::read(dir)?;
        if manifest.kind != KIND {
            return Err(StoreError::refused(dir, "is not a backup of this program."));
        }
        if manifest.version > VERSION || manifest.format > FORMAT {
            let (path, found) = (dir.display().to_string(), manifest.format.max(manifest.version));
            return Err(StoreError::TooNew { path, found, known: FORMAT });
        }
        for listed in &manifest.files {
            listed.check(dir)?;
        }
        Ok(manifest)
    }
}

impl FileSum {
    pub(super) fn of(dir: &Path, relative: &Path) -> Result<Self, StoreError> {
        let (bytes, sha256) = sum(&dir.join(relative))?;
        Ok(Self { path: relative.display().to_string(), bytes, sha256 })
    }

    fn check(&self, dir: &Path) -> Result<(), StoreError> {
        let path = Path::new(&self.path);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(StoreError::refused(dir, format!("lists {:?}, which lies outside it.", self.path)));
        }
        let (bytes, sha256) = sum(&dir.join(path))?;
        if bytes == self.bytes && sha256 == self.sha256 {
            return Ok(());
        }
        let why = "is not what it was when the backup was taken (its checksum differs). Use another backup.";
        Err(StoreError::refused(&dir.join(path), why))
    }
}

fn sum(path: &Path) -> Result<(u64, String), StoreError> {
    let failed = |e: std::io::Error| StoreError::io(path.display().to_string(), e);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let n = file.read(&mut buffer).map_err(failed)?;
        if n == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}
