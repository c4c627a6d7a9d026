//! One redb file with one table of bytes. Each commit is durable and can be opened at once after a crash.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use redb::{
    Builder, Database, DatabaseError, Durability, ReadOnlyTable, ReadableDatabase, StorageBackend, StorageError,
    TableDefinition, TableError, WriteTransaction,
};

use super::log::Lap;
use super::{Engine, EngineRead, Pair};
use crate::store::StoreError;
use crate::store::progress::Progress;
use crate::store::read::Dir;
use crate::store::tx::Overlay;

const KV: TableDefinition<&[u8], &[u8]> = TableDefinition::new("kv");
/// The lap of the log whose records belong on top of this file; nothing when the file alone is everything.
const LAP: TableDefinition<(), [u8; 16]> = TableDefinition::new("lap");
/// Small enough for the smallest VPS, large enough for the working set of a busy marketplace.
const CACHE_BYTES: usize = 128 * 1024 * 1024;
/// A file held by another is asked for again this long: a service that restarts meets its own end.
const HANDOVER: Duration = Duration::from_secs(2);

pub struct Redb {
    db: Database,
    path: String,
}

impl Redb {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if path.exists() { Self::existing(path, false) } else { Self::make(path) }
    }

    /// Opens the file and checks each of its pages against its checksum, which takes as long as reading it.
    pub fn open_checked(path: &Path) -> Result<Self, StoreError> {
        Self::existing(path, true)
    }

    fn existing(path: &Path, check: bool) -> Result<Self, StoreError> {
        // The engine may panic over a file that it did not write.
        let began = Instant::now();
        let open = || loop {
            match builder().set_check_integrity_on_open(check).open(path) {
                Err(DatabaseError::DatabaseAlreadyOpen) if began.elapsed() < HANDOVER => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                opened => return opened,
            }
        };
        let name = path.display().to_string();
        match std::panic::catch_unwind(open) {
            Ok(opened) => Self::ready(opened, name),
            Err(_) => Err(StoreError::Damaged { path: name, cause: "it cannot be understood".into() }),
        }
    }

    /// A file that was not finished when the power went cannot be opened. So it is made under another name, and gets
    /// its own once it is whole.
    fn make(path: &Path) -> Result<Self, StoreError> {
        let name = path.display().to_string();
        let unfinished = path.with_extension("redb.new");
        let mut made = builder().create(&unfinished);
        if made.as_ref().is_err_and(|e| !matches!(e, DatabaseError::DatabaseAlreadyOpen)) {
            // Left over from a crash, or never possible; the second try says which.
            drop(std::fs::remove_file(&unfinished));
            made = builder().create(&unfinished);
        }
        let engine = Self::ready(made, name.clone())?;
        std::fs::rename(&unfinished, path).map_err(|e| StoreError::io(&name, e))?;
        sync_dir(path).map_err(|e| StoreError::io(&name, e))?;
        Ok(engine)
    }

    /// Whether another process is at work on the file.
    pub fn is_in_use(path: &Path) -> bool {
        matches!(builder().open(path), Err(DatabaseError::DatabaseAlreadyOpen))
    }

    /// The same over any disk: one that freezes, one that does not sync.
    pub fn on(disk: impl StorageBackend, name: &str) -> Result<Self, StoreError> {
        Self::ready(builder().create_with_backend(disk), name.to_owned())
    }

    fn ready(opened: Result<Database, DatabaseError>, path: String) -> Result<Self, StoreError> {
        let db = opened.map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path: path.clone() },
            DatabaseError::Storage(StorageError::Corrupted(cause)) => StoreError::Damaged { path: path.clone(), cause },
            DatabaseError::Storage(StorageError::Io(error))
                if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) =>
            {
                StoreError::Damaged { path: path.clone(), cause: error.to_string() }
            }
            other => StoreError::io(&path, other),
        })?;
        let engine = Self { db, path };
        engine.make_tables()?;
        Ok(engine)
    }

    /// A read needs them to be there.
    fn make_tables(&self) -> Result<(), StoreError> {
        let read = self.db.begin_read().map_err(|e| self.io(e))?;
        match read.open_table(KV).map(drop).and_then(|()| read.open_table(LAP).map(drop)) {
            Ok(()) => Ok(()),
            Err(TableError::TableDoesNotExist(_)) => {
                let mut staged = self.stage()?;
                staged.put(&Overlay::new())?;
                staged.follow(None)?;
                staged.keep()
            }
            Err(other) => Err(self.io(other)),
        }
    }

    /// Which lap of the log goes on where this file ends.
    pub(super) fn lap(&self) -> Result<Option<Lap>, StoreError> {
        let read = self.db.begin_read().map_err(|e| self.io(e))?;
        let table = read.open_table(LAP).map_err(|e| self.io(e))?;
        Ok(table.get(()).map_err(|e| self.io(e))?.map(|lap| lap.value()))
    }

    pub(super) fn stage(&self) -> Result<Staged<'_>, StoreError> {
        let txn = self.db.begin_write().map_err(|e| self.io(e))?;
        Ok(Staged { redb: self, txn })
    }

    fn io(&self, cause: impl std::fmt::Display) -> StoreError {
        StoreError::io(&self.path, cause)
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    // Every commit of ours can be opened at once; only a file that something else wrote last is walked.
    let progress = Mutex::new(Progress::of("repairing the data after an unclean stop"));
    builder.set_repair_callback(move |repair| {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.at(|| format!("{:.0} %", repair.progress() * 100.0));
    });
    builder
}

/// Makes a new name in a directory durable.
pub fn sync_dir(of: &Path) -> std::io::Result<()> {
    std::fs::File::open(of.parent().unwrap_or(Path::new(".")))?.sync_all()
}

impl Engine for Redb {
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError> {
        let txn = self.db.begin_read().map_err(|e| self.io(e))?;
        let table = txn.open_table(KV).map_err(|e| self.io(e))?;
        Ok(Box::new(View { table, path: self.path.clone() }))
    }

    fn commit(&self, changes: &Overlay) -> Result<(), StoreError> {
        let mut staged = self.stage()?;
        staged.put(changes)?;
        staged.keep()
    }
}

/// A commit in the making. Nobody sees it yet; dropped, it leaves no trace.
pub(super) struct Staged<'a> {
    redb: &'a Redb,
    txn: WriteTransaction,
}

impl Staged<'_> {
    pub fn put(&mut self, changes: &Overlay) -> Result<(), StoreError> {
        let mut table = self.txn.open_table(KV).map_err(|e| self.redb.io(e))?;
        changes.iter().try_for_each(|(key, value)| {
            match value {
                Some(value) => table.insert(key.as_slice(), value.as_slice()).map(drop),
                None => table.remove(key.as_slice()).map(drop),
            }
            .map_err(|e| self.redb.io(e))
        })
    }

    /// Says which lap of the log goes on from here.
    pub fn follow(&mut self, lap: Option<&Lap>) -> Result<(), StoreError> {
        let mut table = self.txn.open_table(LAP).map_err(|e| self.redb.io(e))?;
        match lap {
            Some(lap) => table.insert((), lap).map(drop),
            None => table.remove(()).map(drop),
        }
        .map_err(|e| self.redb.io(e))
    }

    /// Everybody sees it, and it is on disk with all that was only shown before.
    pub fn keep(mut self) -> Result<(), StoreError> {
        // The allocator state goes along, so reopening after a crash takes milliseconds.
        self.txn.set_quick_repair(true);
        self.txn.commit().map_err(|e| self.redb.io(e))
    }

    /// Everybody sees it; it is on disk with the next one that is kept.
    pub fn show(mut self) -> Result<(), StoreError> {
        self.txn.set_durability(Durability::None).map_err(|e| self.redb.io(e))?;
        self.txn.commit().map_err(|e| self.redb.io(e))
    }
}

struct View {
    table: ReadOnlyTable<&'static [u8], &'static [u8]>,
    path: String,
}

impl EngineRead for View {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.table.get(key).map_err(|e| StoreError::io(&self.path, e))?;
        Ok(found.map(|guard| guard.value().to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let mut range = self.table.range(from..to).map_err(|e| StoreError::io(&self.path, e))?;
        let mut rows = Vec::new();
        while rows.len() < limit {
            let next = if dir == Dir::Up { range.next() } else { range.next_back() };
            match next {
                Some(Ok((key, value))) => rows.push((key.value().to_vec(), value.value().to_vec())),
                Some(Err(error)) => return Err(StoreError::io(&self.path, error)),
                None => break,
            }
        }
        Ok(rows)
    }
}
