//! Writing an export.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{ABOUT, About, KIND, Moved, ROWS, Row, VERSION, travelling};
use crate::base::time::Timestamp;
use crate::store::backup::{FileSum, files_below};
use crate::store::blobs::needed;
use crate::store::table::each;
use crate::store::{Catalogue, Read, Store, StoreError};

/// Writes one state of everything into a new file.
pub fn export(
    store: &Store,
    data_dir: &Path,
    catalogue: &Catalogue,
    now: Timestamp,
    to: &Path,
) -> Result<Moved, StoreError> {
    let file = File::create_new(to).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => StoreError::refused(to, "is there already. Name another file, or remove it first."),
        _ => StoreError::io(to.display().to_string(), e),
    })?;
    let out = Out { zip: ZipWriter::new(BufWriter::new(file)), to, files: Vec::new() };
    let written = fill(out, store, data_dir, catalogue, now);
    if written.is_err() {
        drop(std::fs::remove_file(to));
    }
    written
}

fn fill(
    mut out: Out,
    store: &Store,
    data_dir: &Path,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<Moved, StoreError> {
    let unreadable = |e| StoreError::corrupt(data_dir.display().to_string(), e);
    let _hold = store.files.hold();
    let snapshot = store.snapshot().map_err(unreadable)?;
    let rows = out.rows(&snapshot, catalogue)?;
    let mut blobs = Vec::new();
    needed(&snapshot, |id, _| {
        blobs.push(id);
        Ok(())
    })
    .map_err(unreadable)?;
    drop(snapshot);
    for id in blobs {
        let bytes = store.files.load(id)?.ok_or_else(|| StoreError::corrupt(format!("blob {id}"), "it is gone"))?;
        out.file(&Path::new("blobs").join(id.path()), &bytes, CompressionMethod::Stored)?;
    }
    for file in files_below(data_dir, Path::new("sandbox"))? {
        let path = data_dir.join(&file);
        let bytes = std::fs::read(&path).map_err(|e| StoreError::io(path.display().to_string(), e))?;
        out.file(&file, &bytes, CompressionMethod::Deflated)?;
    }
    let moved = Moved { rows, files: out.files.len() as u64 - 1 };
    let about = About {
        kind: KIND.into(),
        version: VERSION,
        format: store.format()?,
        program: env!("CARGO_PKG_VERSION").into(),
        exported_at: now,
        rows,
        files: std::mem::take(&mut out.files),
    };
    out.finish(&about)?;
    Ok(moved)
}

struct Out<'a> {
    zip: ZipWriter<BufWriter<File>>,
    to: &'a Path,
    files: Vec<FileSum>,
}

impl Out<'_> {
    fn failed(&self, error: impl std::fmt::Display) -> StoreError {
        StoreError::io(self.to.display().to_string(), error)
    }

    fn start(&mut self, name: &str, method: CompressionMethod) -> Result<(), StoreError> {
        // More than 4 GB is nothing special.
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        self.zip.start_file(name, options).map_err(|e| self.failed(e))
    }

    fn rows(&mut self, read: &dyn Read, catalogue: &Catalogue) -> Result<u64, StoreError> {
        self.start(ROWS, CompressionMethod::Deflated)?;
        let (mut hash, mut bytes, mut rows) = (Sha256::new(), 0, 0);
        for table in travelling(catalogue) {
            each(read, table.id(), |key, value| {
                let row = Row { table: table.name().into(), key: hex::encode(&key[2..]), value: table.to_json(value)? };
                let mut line = serde_json::to_vec(&row).map_err(|e| self.failed(e))?;
                line.push(b'\n');
                hash.update(&line);
                bytes += line.len() as u64;
                rows += 1;
                self.zip.write_all(&line).map_err(|e| StoreError::io(self.to.display().to_string(), e))
            })?;
        }
        self.files.push(FileSum { path: ROWS.into(), bytes, sha256: hex::encode(hash.finalize()) });
        Ok(rows)
    }

    fn file(&mut self, path: &Path, bytes: &[u8], method: CompressionMethod) -> Result<(), StoreError> {
        let name = path.display().to_string();
        self.start(&name, method)?;
        self.zip.write_all(bytes).map_err(|e| self.failed(e))?;
        let sha256 = hex::encode(Sha256::digest(bytes));
        self.files.push(FileSum { path: name, bytes: bytes.len() as u64, sha256 });
        Ok(())
    }

    fn finish(mut self, about: &About) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(about).map_err(|e| self.failed(e))?;
        self.start(ABOUT, CompressionMethod::Deflated)?;
        self.zip.write_all(&text).map_err(|e| self.failed(e))?;
        let to = self.to;
        let synced = self.zip.finish().map_err(std::io::Error::other).and_then(|out| out.into_inner()?.sync_all());
        synced.map_err(|e| StoreError::io(to.display().to_string(), e))
    }
}
