//! Bringing older data to the shape of this program: step by step, after a backup that was proved by upgrading it.
//!
//! Two things change about data that is there:
//! - its *format*, by one [`Step`] each; a step that was interrupted is run again, so it must not mind;
//! - its *indexes*: [`BUILT`] says which are complete. An index that a program brings along for the first time is filled
//!   from the rows at the next start, and one that it no longer knows is taken away, so that it can never be out of step
//!   with rows written meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::read::{Dir, ReadExt, Span};
use super::store::META;
use super::table::{AnyTable, Table, each_step};
use super::{Catalogue, FORMAT, Read, Stamp, Store, StoreError, backup};
use crate::base::refusal::Outcome;

/// The indexes that have an entry for every row, by id, with the name they were built under.
pub static BUILT: Table<u16, String> = Table::new(0x0105, "indexid_name");

/// From one format to the next.
struct Step {
    to: u32,
    run: fn(&Work, &mut Progress) -> Result<(), StoreError>,
}

/// Every step there ever was, in order; the last one leads to [`FORMAT`].
const STEPS: [Step; 2] = [
    // Format 1 did not say which indexes are complete: they are built once more.
    Step { to: 2, run: settle },
    // After a crash, data of format 3 is in the file and its log. Nothing changes in it, but a program that does not know
    // of the log must not open the file without it.
    Step { to: 3, run: |_, _| Ok(()) },
];

/// Backups of older formats that stay.
const OLDER_KEPT: usize = 2;

/// What steps work on.
struct Work<'a> {
    store: &'a Store,
    catalogue: &'a Catalogue,
    stamp: Stamp,
}

/// What an upgrade did.
#[derive(Debug, PartialEq, Eq)]
pub struct Upgraded {
    pub from: u32,
    /// The backup it left behind.
    pub backup: PathBuf,
}

impl Store {
    /// The format of the data.
    pub fn format(&self) -> Result<u32, StoreError> {
        let found = self.read(|r| r.get(&META, &"format".to_owned()));
        Ok(found.map_err(|e| StoreError::corrupt("the store", e))?.unwrap_or(FORMAT))
    }

    /// Makes the data what this program works on. Older data is backed up into `backups` first; `None` when it was of
    /// this format already. Whoever opens a store to work with it calls this before anything else.
    pub fn upgrade(
        &self,
        data_dir: &Path,
        backups: &Path,
        catalogue: &Catalogue,
        stamp: Stamp,
    ) -> Result<Option<Upgraded>, StoreError> {
        let from = self.format()?;
        if from == FORMAT {
            self.settle(catalogue, stamp)?;
            return Ok(None);
        }
        tracing::info!(from, to = FORMAT, "the data is of an older format: taking a backup, then upgrading it");
        let name = format!("before-format-{FORMAT}-{}", backup::name_at(stamp.now));
        let taken = backup::take(self, data_dir, backups, (&name, stamp), catalogue)?;
        self.run_steps(catalogue, stamp)?;
        thin(backups);
        tracing::info!(backup = %taken.path.display(), "the data is upgraded; the backup of the older format stays");
        Ok(Some(Upgraded { from, backup: taken.path }))
    }

    /// The steps alone, for a copy that has its original elsewhere.
    pub(super) fn run_steps(&self, catalogue: &Catalogue, stamp: Stamp) -> Result<(), StoreError> {
        let from = self.format()?;
        let work = Work { store: self, catalogue, stamp };
        for Step { to, run } in STEPS.iter().filter(|step| step.to > from) {
            run(&work, &mut Progress::of(format!("upgrading the data to format {to}")))?;
            work.write(move |tx| tx.put(&META, &"format".to_owned(), to))?;
        }
        self.settle(catalogue, stamp)
    }

    fn settle(&self, catalogue: &Catalogue, stamp: Stamp) -> Result<(), StoreError> {
        settle(&Work { store: self, catalogue, stamp }, &mut Progress::of("filling new indexes"))
    }
}

/// Takes away all but the newest few backups that upgrades left behind; what cannot be taken away stays.
fn thin(backups: &Path) {
    let entries = std::fs::read_dir(backups).into_iter().flatten().flatten();
    let mut left: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (_, at) = name.strip_prefix("before-format-")?.split_once('-')?;
            Some((backup::time_of(at)?, entry.path()))
        })
        .collect();
    left.sort_unstable();
    let surplus = left.len().saturating_sub(OLDER_KEPT);
    for (_, path) in left.into_iter().take(surplus) {
        if let Err(error) = std::fs::remove_dir_all(&path) {
            tracing::warn!(path = %path.display(), %error, "an old backup cannot be taken away");
        }
    }
}

impl Work<'_> {
    fn write(&self, f: impl FnMut(&mut super::Tx) -> Outcome<()> + Send + 'static) -> Result<(), StoreError> {
        self.store.write_blocking(self.stamp, f).map_err(|e| StoreError::corrupt("the upgrade", e))
    }

    fn built(&self) -> Result<BTreeMap<u16, String>, StoreError> {
        let rows = self.store.read(|r| r.scan(&BUILT, Span::all(), 100_000, Dir::Up));
        Ok(rows.map_err(|e| StoreError::corrupt("the list of indexes", e))?.into_iter().collect())
    }
}

/// Fills the indexes that are new, and takes those away that nobody knows any more.
fn settle(work: &Work, progress: &mut Progress) -> Result<(), StoreError> {
    let mut built = work.built()?;
    let mut complete = Vec::new();
    for table in &work.catalogue.tables {
        for (id, name) in table.index_names() {
            if built.remove(&id).is_none_or(|known| known != name) {
                clear(work, id, progress)?;
                fill(work, *table, id, progress)?;
                complete.push((id, name.to_owned()));
            }
        }
    }
    let unknown: Vec<u16> = built.into_keys().collect();
    for id in &unknown {
        clear(work, *id, progress)?;
    }
    if complete.is_empty() && unknown.is_empty() {
        return Ok(());
    }
    work.write(move |tx| {
        unknown.iter().try_for_each(|id| tx.delete(&BUILT, id))?;
        complete.iter().try_for_each(|(id, name)| tx.put(&BUILT, id, name))
    })
}

fn clear(work: &Work, index: u16, progress: &mut Progress) -> Result<(), StoreError> {
    let mut cleared = 0;
    in_steps(work, index, |pairs| {
        cleared += pairs.len();
        progress.at(|| format!("{cleared} old entries of index {index:#06x} cleared"));
        Ok(pairs.into_iter().map(|(key, _)| (key, None)).collect())
    })
}

fn fill(work: &Work, table: &dyn AnyTable, index: u16, progress: &mut Progress) -> Result<(), StoreError> {
    let mut rows = 0;
    in_steps(work, table.id(), |pairs| {
        rows += pairs.len();
        progress.at(|| format!("{rows} rows of {} indexed", table.name()));
        let mut entries = Vec::new();
        for (key, value) in pairs {
            // A row that cannot be read has no entries; `verify` names it.
            entries.extend(table.entries_in(index, &key, &value).unwrap_or_default());
        }
        Ok(entries.into_iter().map(|entry| (entry, Some(Vec::new()))).collect())
    })
}

type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Walks a table or index of one state, writing what each step calls for.
fn in_steps(
    work: &Work,
    id: u16,
    mut changes: impl FnMut(Vec<(Vec<u8>, Vec<u8>)>) -> Result<Changes, StoreError>,
) -> Result<(), StoreError> {
    let snapshot = work.store.snapshot().map_err(|e| StoreError::corrupt("the store", e))?;
    each_step(&snapshot as &dyn Read, id, |pairs| {
        let changes = changes(pairs)?;
        work.write(move |tx| changes.iter().try_for_each(|(key, value)| tx.set(key.clone(), value.clone())))
    })
}
