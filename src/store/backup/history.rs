//! Which backups there are: what was taken when, where it lies, and what went wrong.

use serde::{Deserialize, Serialize};

use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::store::{Dir, Read, ReadExt, Span, Table, Tx};

/// One backup that was taken, or one that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRow {
    pub name: String,
    /// The directory or bucket that holds it.
    pub place: String,
    pub bytes: u64,
    pub rows: u64,
    pub blobs: u64,
    pub took_ms: u64,
    /// Why there is none.
    pub error: Option<String>,
}

impl BackupRow {
    /// It was restored somewhere else and verified there; nothing else counts.
    pub fn is_good(&self) -> bool {
        self.error.is_none()
    }
}

/// By when it was taken.
pub static BACKUPS: Table<Timestamp, BackupRow> = Table::new(0x0106, "takenat_backup");

/// Failures that are remembered.
const FAILURES: usize = 50;

pub fn succeeded(tx: &mut Tx, row: &BackupRow) -> Outcome<()> {
    let now = tx.now();
    tx.put(&BACKUPS, &now, row)
}

/// Remembers a failure and forgets the oldest ones.
pub fn failed(tx: &mut Tx, row: &BackupRow) -> Outcome<()> {
    let now = tx.now();
    tx.put(&BACKUPS, &now, row)?;
    let all = tx.scan(&BACKUPS, Span::all(), 10_000, Dir::Down)?;
    let old = all.into_iter().filter(|(_, row)| !row.is_good()).skip(FAILURES);
    old.map(|(at, _)| at).collect::<Vec<_>>().iter().try_for_each(|at| tx.delete(&BACKUPS, at))
}

/// Forgets backups that were removed.
pub fn forget(tx: &mut Tx, place: &str, names: &[String]) -> Outcome<()> {
    let all = tx.scan(&BACKUPS, Span::all(), 10_000, Dir::Up)?;
    let gone = all.into_iter().filter(|(_, row)| row.is_good() && row.place == place && names.contains(&row.name));
    gone.map(|(at, _)| at).collect::<Vec<_>>().iter().try_for_each(|at| tx.delete(&BACKUPS, at))
}

/// Newest first, failures among them.
pub fn recent(read: &dyn Read, limit: usize) -> Outcome<Vec<(Timestamp, BackupRow)>> {
    read.scan(&BACKUPS, Span::all(), limit, Dir::Down)
}

/// The newest good one.
pub fn newest(read: &dyn Read) -> Outcome<Option<(Timestamp, BackupRow)>> {
    Ok(recent(read, 1000)?.into_iter().find(|(_, row)| row.is_good()))
}
