//! Reading an export into an empty directory.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Component, Path};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::{ABOUT, About, KIND, Moved, ROWS, Row, VERSION, travelling};
use crate::base::refusal::Outcome;
use crate::store::backup::{BESIDE, FileSum, Scratch, holds_a_store, place};
use crate::store::store::META;
use crate::store::{Catalogue, FORMAT, Stamp, Store, StoreError, Tx};

/// Bytes of lines that make one write.
const STEP: usize = 1024 * 1024;
/// The longest list of files, and the longest row: a few bytes of a zip may unpack to very many.
const ABOUT_BYTES: u64 = 64 * 1024 * 1024;
const ROW_BYTES: u64 = 32 * 1024 * 1024;

type Archive = ZipArchive<BufReader<File>>;

/// Builds a store from an export, brings it to the shape of this program, verifies it, and only then puts it into
/// `data_dir`, which must hold none.
pub fn import(from: &Path, data_dir: &Path, stamp: Stamp, catalogue: &Catalogue) -> Result<Moved, StoreError> {
    if holds_a_store(data_dir)? {
        return Err(StoreError::refused(data_dir, "holds a marketplace already. Name an empty --data-dir."));
    }
    let file = File::open(from).map_err(|e| StoreError::refused(from, format!("cannot be read: {e}.")))?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|e| StoreError::refused(from, format!("is no whole export ({e}). It may be cut short.")))?;
    let about = about(from, &mut archive)?;
    let incoming = Scratch::new(data_dir.join(".incoming"))?;
    for listed in about.files.iter().filter(|listed| listed.path != ROWS) {
        bring_file(from, &mut archive, listed, &incoming.0)?;
    }
    let store = Store::open(&incoming.0)?;
    let rows = bring_rows(&store, from, &mut archive, &about, (stamp, catalogue));
    store.close();
    rows?;
    place(&incoming.0, data_dir, catalogue, stamp)?;
    Ok(Moved { rows: about.rows, files: about.files.len() as u64 - 1 })
}

fn about(from: &Path, archive: &mut Archive) -> Result<About, StoreError> {
    let broken = |e: &dyn std::fmt::Display| StoreError::refused(from, format!("is no export of this program ({e})."));
    let entry = archive.by_name(ABOUT).map_err(|e| broken(&e))?;
    let about: About = serde_json::from_reader(entry.take(ABOUT_BYTES)).map_err(|e| broken(&e))?;
    if about.kind != KIND || about.version != VERSION || about.format > FORMAT {
        return Err(StoreError::refused(
            from,
            format!(
                "is {:?}, version {}, format {}; this program reads version {VERSION} and formats up to {FORMAT}.",
                about.kind, about.version, about.format
            ),
        ));
    }
    if !about.files.iter().any(|listed| listed.path == ROWS) {
        return Err(broken(&"it lists no rows"));
    }
    Ok(about)
}

fn changed(from: &Path, what: &str) -> StoreError {
    StoreError::refused(from, format!("was changed after it was written (the checksum of {what} differs)."))
}

/// One listed file into the directory; it may only lie where files beside the store lie.
fn bring_file(from: &Path, archive: &mut Archive, listed: &FileSum, to: &Path) -> Result<(), StoreError> {
    let path = Path::new(&listed.path);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    if !inside || !BESIDE.iter().any(|beside| path.starts_with(beside)) {
        return Err(StoreError::refused(from, format!("lists {:?}, which has no place in it.", listed.path)));
    }
    let failed = |e: &dyn std::fmt::Display| StoreError::refused(from, format!("lacks {} ({e}).", listed.path));
    let mut bytes = Vec::new();
    // No more than was promised.
    let entry = archive.by_name(&listed.path).map_err(|e| failed(&e))?;
    entry.take(listed.bytes + 1).read_to_end(&mut bytes).map_err(|e| failed(&e))?;
    if bytes.len() as u64 != listed.bytes || hex::encode(Sha256::digest(&bytes)) != listed.sha256 {
        return Err(changed(from, &listed.path));
    }
    crate::store::backup::write(&to.join(path), &bytes)
}

fn bring_rows(
    store: &Store,
    from: &Path,
    archive: &mut Archive,
    about: &About,
    (stamp, catalogue): (Stamp, &Catalogue),
) -> Result<(), StoreError> {
    let broken = |row: u64, e: &dyn std::fmt::Display| {
        StoreError::refused(from, format!("is cut short or damaged behind row {row} ({e}). Use a whole export."))
    };
    let mut lines = BufReader::new(archive.by_name(ROWS).map_err(|e| broken(0, &e))?);
    let (mut hash, mut line, mut rows) = (Sha256::new(), String::new(), 0u64);
    let (mut waiting, mut bytes) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = (&mut lines).take(ROW_BYTES).read_line(&mut line).map_err(|e| broken(rows, &e))?;
        if read == 0 || bytes > STEP {
            put_rows(store, stamp, catalogue, std::mem::take(&mut waiting))?;
            bytes = 0;
        }
        if read == 0 {
            break;
        }
        hash.update(&line);
        waiting.push(serde_json::from_str::<Row>(&line).map_err(|e| broken(rows, &e))?);
        rows += 1;
        bytes += read;
        if rows > about.rows {
            return Err(changed(from, ROWS));
        }
    }
    let sum = hex::encode(hash.finalize());
    if rows != about.rows || !about.files.iter().any(|listed| listed.path == ROWS && listed.sha256 == sum) {
        return Err(changed(from, ROWS));
    }
    let format = about.format;
    let told = store.write_blocking(stamp, move |tx| tx.put(&META, &"format".to_owned(), &format));
    told.map_err(|e| StoreError::corrupt("the export", e))
}

fn put_rows(store: &Store, stamp: Stamp, catalogue: &Catalogue, rows: Vec<Row>) -> Result<(), StoreError> {
    let tables: Vec<_> = travelling(catalogue).collect();
    let write = move |tx: &mut Tx| -> Outcome<()> {
        for row in &rows {
            let unknown = |what: &str| StoreError::corrupt("the export", format!("{what} in table {}", row.table));
            let table = tables.iter().find(|t| t.name() == row.table).ok_or_else(|| unknown("an unknown row"))?;
            let key = hex::decode(&row.key).map_err(|_| unknown("an unreadable key"))?;
            table.put_json(tx, &key, row.value.clone())?;
        }
        Ok(())
    };
    store.write_blocking(stamp, write).map_err(|e| StoreError::corrupt("the export", e))
}
