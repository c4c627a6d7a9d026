//! The whole store, walked and checked: every row decodes, every index agrees with its rows, cursors lie within the
//! journal, and each room's own promises hold.

use std::time::{Duration, Instant};

use super::blobs::{self, BLOBS, USES};
use super::journal::{self, CURSORS, JOURNAL};
use super::read::{Dir, Read, ReadExt, Span};
use super::store::META;
use super::table::AnyTable;
use super::upgrade::BUILT;
use super::{EventRecord, Key as _, Store, StoreError, backup, table, value};
use crate::base::refusal::Outcome;

/// A room's own promise about its data; answers what is broken, in sentences.
pub type Check = fn(&dyn Read) -> Outcome<Vec<String>>;

/// Every table there is, and what must hold across them.
#[derive(Default)]
pub struct Catalogue {
    pub tables: Vec<&'static dyn AnyTable>,
    pub checks: Vec<Check>,
}

/// What was walked, and what is wrong.
#[derive(Debug, Default)]
pub struct Report {
    pub tables: usize,
    pub rows: u64,
    pub indexes: usize,
    pub entries: u64,
    /// Promises of rooms that were held against the data.
    pub checks: usize,
    pub blobs: u64,
    pub blob_bytes: u64,
    pub took: Duration,
    pub wrong: Vec<String>,
}

impl Catalogue {
    /// The store's own tables, to which the rooms add theirs.
    pub fn new() -> Self {
        Self {
            tables: vec![&META, &JOURNAL, &CURSORS, &BLOBS, &USES, &BUILT, &backup::BACKUPS],
            checks: vec![journal_without_gaps, cursors_within_journal, blobs::uses_have_blobs],
        }
    }

    /// Reads every table once. The files beside the store are looked at by [`Store::verify`].
    pub fn verify(&self, read: &dyn Read) -> Result<Report, StoreError> {
        let began = Instant::now();
        let mut report = Report { tables: self.tables.len(), checks: self.checks.len(), ..Report::default() };
        for table in &self.tables {
            let walked = table.check(read)?;
            report.rows += walked.rows;
            report.indexes += table.index_names().len();
            report.entries += walked.entries;
            report.wrong.extend(walked.wrong);
        }
        report.wrong.extend(self.strangers(read)?);
        for check in &self.checks {
            match check(read) {
                Ok(wrong) => report.wrong.extend(wrong),
                // A row that it needs does not decode; what is wrong elsewhere is still worth knowing.
                Err(refusal) => report.wrong.push(format!("a promise could not be checked: {refusal}")),
            }
        }
        report.took = began.elapsed();
        Ok(report)
    }

    /// Two tables of one id, and keys that belong to no declared table.
    fn strangers(&self, read: &dyn Read) -> Result<Vec<String>, StoreError> {
        let mut wrong = Vec::new();
        let mut known: Vec<(u16, &str)> = Vec::new();
        for table in &self.tables {
            known.push((table.id(), table.name()));
            known.extend(table.index_names());
        }
        known.sort_unstable();
        for pair in known.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            wrong.push(format!("tables {} and {} share the id {:#06x}", pair[0].1, pair[1].1, pair[0].0));
        }
        let mut from = vec![0u8, 0];
        while let Some((key, _)) = read.scan_bytes(&from, &[0xFF; 3], 1, Dir::Up)?.pop() {
            let id = u16::from_be_bytes([key[0], key[1]]);
            if !known.iter().any(|(known, _)| *known == id) {
                let mut count = 0u64;
                table::each(read, id, |_, _| {
                    count += 1;
                    Ok(())
                })?;
                wrong.push(format!("{count} entries belong to no known table ({id:#06x})"));
            }
            match id.checked_add(1) {
                Some(next) => from = next.to_be_bytes().to_vec(),
                None => break,
            }
        }
        Ok(wrong)
    }
}

impl Store {
    /// Walks one state of the store and reads every file it needs.
    pub fn verify(&self, catalogue: &Catalogue) -> Result<Report, StoreError> {
        let began = Instant::now();
        // Nothing is collected meanwhile.
        let _hold = self.files.hold();
        let snapshot = self.snapshot().map_err(|e| StoreError::corrupt("the store", e))?;
        let mut report = catalogue.verify(&snapshot)?;
        let walked = blobs::needed(&snapshot, |id, bytes| {
            report.blobs += 1;
            report.blob_bytes += bytes;
            match self.files.load(id) {
                Ok(Some(found)) if found.len() as u64 == bytes => {}
                Ok(Some(found)) => report.wrong.push(format!("blob {id} has {} bytes instead of {bytes}", found.len())),
                Ok(None) => report.wrong.push(format!("blob {id} is needed, but its file is gone")),
                Err(error) => report.wrong.push(error.to_string()),
            }
            Ok(())
        });
        walked.map_err(|e| StoreError::corrupt("the blobs", e))?;
        report.took = began.elapsed();
        Ok(report)
    }
}

/// Old events may be gone, but none from between two others.
fn journal_without_gaps(read: &dyn Read) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    let mut expected = None;
    table::each(read, JOURNAL.id(), |key, bytes| {
        // What does not decode was told when the table was walked.
        let Ok(seq) = u64::read(&mut &key[2..]) else { return Ok(()) };
        if expected.is_some_and(|expected| seq != expected) {
            wrong.push(format!("the journal lacks the events before {seq}"));
        }
        if value::decode::<EventRecord>(JOURNAL.name(), bytes).is_ok_and(|event| event.seq != seq) {
            wrong.push(format!("event {seq} calls itself by another number"));
        }
        expected = Some(seq + 1);
        Ok(())
    })?;
    Ok(wrong)
}

fn cursors_within_journal(read: &dyn Read) -> Outcome<Vec<String>> {
    let last = journal::last_seq(read)?;
    let cursors = read.scan(&CURSORS, Span::all(), 1000, Dir::Up)?;
    Ok(cursors
        .into_iter()
        .filter(|(_, seq)| *seq > last)
        .map(|(name, seq)| format!("consumer {name} claims event {seq}, but the journal ends at {last}"))
        .collect())
}
