//! The whole store, walked and checked: every row decodes, every index agrees with its rows, cursors lie within the
//! journal, and each room's own promises hold.

use super::journal::{self, CURSORS, JOURNAL};
use super::read::{Dir, Read, ReadExt, Span};
use super::store::META;
use super::table::AnyTable;
use super::{EventRecord, Key as _, StoreError, table, value};
use crate::base::refusal::Outcome;

/// A room's own promise about its data; answers what is broken, in sentences.
pub type Check = fn(&dyn Read) -> Outcome<Vec<String>>;

/// Every table there is, and what must hold across them.
#[derive(Default)]
pub struct Catalogue {
    pub tables: Vec<&'static dyn AnyTable>,
    pub checks: Vec<Check>,
}

#[derive(Debug, Default)]
pub struct Report {
    pub tables: usize,
    pub rows: u64,
    pub wrong: Vec<String>,
}

impl Catalogue {
    /// The store's own tables, to which the rooms add theirs.
    pub fn new() -> Self {
        Self { tables: vec![&META, &JOURNAL, &CURSORS], checks: vec![journal_without_gaps, cursors_within_journal] }
    }

    /// Reads everything once.
    pub fn verify(&self, read: &dyn Read) -> Result<Report, StoreError> {
        let mut report = Report { tables: self.tables.len(), ..Report::default() };
        for table in &self.tables {
            let (rows, wrong) = table.check(read)?;
            report.rows += rows;
            report.wrong.extend(wrong);
        }
        report.wrong.extend(self.strangers(read)?);
        for check in &self.checks {
            report.wrong.extend(check(read).map_err(|e| StoreError::corrupt("the store", e))?);
        }
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
