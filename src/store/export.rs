//! The data in a form that outlives engines: one JSON object a line.
//!
//! The first line says what follows: `{"kind":"instainstru export","version":1,"format":1,"program":…,"exported_at":…}`.
//! Then one line a row, `{"table":name,"key":hex,"value":{…}}`: the key in the order-preserving encoding of `key.rs`, the
//! value as its type writes itself. Indexes are left out, they follow from the rows. The last line is
//! `{"rows":n,"sha256":…}` over all bytes before it: a file cut short is noticed.

use std::io::{BufRead, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::backup::{place, refuse_to_overwrite};
use super::table::{AnyTable, each};
use super::{Catalogue, FORMAT, Read, Stamp, Store, StoreError};
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;

const KIND: &str = "instainstru export";
const VERSION: u32 = 1;
/// Bytes of lines that make one write.
const STEP: usize = 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Head {
    kind: String,
    version: u32,
    format: u32,
    program: String,
    exported_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Row {
    table: String,
    key: String,
    value: Value,
}

#[derive(Serialize, Deserialize)]
struct Foot {
    rows: u64,
    sha256: String,
}

/// Writes every row of one state; answers how many.
pub fn export(
    read: &dyn Read,
    catalogue: &Catalogue,
    now: Timestamp,
    path: &Path,
    out: impl Write,
) -> Result<u64, StoreError> {
    let failed = |e: std::io::Error| StoreError::io(path.display().to_string(), e);
    let mut lines = Lines { out, hash: Sha256::new() };
    let program = env!("CARGO_PKG_VERSION").to_owned();
    let head = Head { kind: KIND.into(), version: VERSION, format: FORMAT, program, exported_at: now };
    lines.put(&head).map_err(failed)?;
    let mut rows = 0;
    for table in travelling(catalogue) {
        each(read, table.id(), |key, bytes| {
            rows += 1;
            let row = Row { table: table.name().into(), key: hex::encode(&key[2..]), value: table.to_json(bytes)? };
            lines.put(&row).map_err(failed)
        })?;
    }
    let foot = Foot { rows, sha256: hex::encode(lines.hash.clone().finalize()) };
    lines.put(&foot).and_then(|()| lines.out.flush()).map_err(failed)?;
    Ok(rows)
}

/// All tables but the store's own facts, which every store states for itself.
fn travelling(catalogue: &Catalogue) -> impl Iterator<Item = &'static dyn AnyTable> {
    catalogue.tables.iter().copied().filter(|table| table.id() != super::store::META.id())
}

struct Lines<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Lines<W> {
    fn put(&mut self, line: &impl Serialize) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.hash.update(&text);
        self.out.write_all(&text)
    }
}

/// Builds a store from an export, verifies it, and only then puts it into `data_dir`, which must hold none.
pub fn import(
    path: &Path,
    input: impl BufRead,
    data_dir: &Path,
    stamp: Stamp,
    catalogue: &Catalogue,
) -> Result<u64, StoreError> {
    refuse_to_overwrite(data_dir, false)?;
    let incoming = data_dir.join(".incoming");
    drop(std::fs::remove_dir_all(&incoming));
    let filled = Store::open(&incoming).and_then(|store| {
        let rows = fill(&store, path, input, stamp, catalogue);
        store.close();
        rows
    });
    let placed = filled.and_then(|rows| place(&incoming, data_dir, catalogue).map(|()| rows));
    drop(std::fs::remove_dir_all(&incoming));
    placed
}

fn fill(
    store: &Store,
    path: &Path,
    mut input: impl BufRead,
    stamp: Stamp,
    catalogue: &Catalogue,
) -> Result<u64, StoreError> {
    let broken = |why: String| StoreError::refused(path, why);
    let (mut hash, mut line, mut rows) = (Sha256::new(), String::new(), 0u64);
    let (mut waiting, mut bytes) = (Vec::new(), 0);
    input.read_line(&mut line).map_err(|e| StoreError::io(path.display().to_string(), e))?;
    let head: Head = serde_json::from_str(&line).map_err(|e| broken(format!("is no export of this program ({e}).")))?;
    if head.kind != KIND || head.version > VERSION || head.format != FORMAT {
        return Err(broken(format!(
            "is {:?}, version {}, format {}; this program reads version {VERSION} of format {FORMAT}.",
            head.kind, head.version, head.format
        )));
    }
    loop {
        hash.update(&line);
        line.clear();
        input.read_line(&mut line).map_err(|e| StoreError::io(path.display().to_string(), e))?;
        if let Ok(foot) = serde_json::from_str::<Foot>(&line) {
            if foot.rows != rows || foot.sha256 != hex::encode(hash.finalize()) {
                return Err(broken("was changed after it was written (its checksum differs).".into()));
            }
            put_rows(store, stamp, catalogue, waiting)?;
            return Ok(rows);
        }
        let row: Row = serde_json::from_str(&line)
            .map_err(|e| broken(format!("is cut short or damaged behind row {rows} ({e}). Use a whole export.")))?;
        rows += 1;
        bytes += line.len();
        waiting.push(row);
        if bytes > STEP {
            put_rows(store, stamp, catalogue, std::mem::take(&mut waiting))?;
            bytes = 0;
        }
    }
}

fn put_rows(store: &Store, stamp: Stamp, catalogue: &Catalogue, rows: Vec<Row>) -> Result<(), StoreError> {
    let tables: Vec<_> = travelling(catalogue).collect();
    let write = move |tx: &mut super::Tx| -> Outcome<()> {
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
