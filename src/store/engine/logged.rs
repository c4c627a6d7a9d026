//! The engine of a running marketplace: a redb file behind a log.
//!
//! A group of writes is one record in `store.log` and one sync; then it is put into the tree of `store.redb`, which stays
//! in memory for now, and only then does anybody see it or hear of it. Now and then everything is made durable in the
//! file itself (a checkpoint), and the log begins again from its start under another name, its *lap*, which that very
//! commit writes into the file. A redb commit that can be opened at once after a crash takes two syncs of megabytes of
//! pages; one record takes one sync of what really changed.
//!
//! Guarantees
//! - A group that was acknowledged is in the log or in the file; opening brings the log's groups into the file before
//!   anybody reads. Putting a group in twice does no harm, and a log of another file or another time does not count.
//! - Readers see only what is durable.
//! - After a clean close the file alone holds everything, and the log is gone.
//! - Opening after a crash takes as long as one log takes at most ([`LOG_BYTES`]).
//!
//! Not guaranteed: that a crashed file without its log opens. It is refused, for its newest changes are missing.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::log::{self, Hole, Log};
use super::{Engine, EngineRead, Redb, sync_dir};
use crate::base::limits::LOG_BYTES;
use crate::store::StoreError;
use crate::store::progress::Progress;
use crate::store::tx::Overlay;

/// A group smaller than this is in the tree before another thread would have begun.
const WORTH_A_THREAD: usize = 16;

pub struct Logged {
    redb: Redb,
    log: Mutex<Log>,
    /// What errors of the log name.
    name: String,
    /// The log's file, which goes when all is well.
    file: Option<PathBuf>,
}

/// Where the log of a file lies.
pub fn log_of(file: &Path) -> PathBuf {
    file.with_extension("log")
}

impl Logged {
    /// Opens the file with its log, or makes both.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::beside(Redb::open(path)?, path)
    }

    /// The same after checking every page of the file.
    pub fn open_checked(path: &Path) -> Result<Self, StoreError> {
        Self::beside(Redb::open_checked(path)?, path)
    }

    fn beside(redb: Redb, path: &Path) -> Result<Self, StoreError> {
        let file = log_of(path);
        if redb.lap()?.is_some() && !file.exists() {
            let cause = format!("its newest changes are in {}, which is gone: put it back", file.display());
            return Err(StoreError::Damaged { path: path.display().to_string(), cause });
        }
        let name = file.display().to_string();
        let open = || {
            let opened = File::options().read(true).write(true).create(true).truncate(false).open(&file)?;
            sync_dir(&file)?;
            FileBackend::new(opened).map_err(io::Error::other)
        };
        let disk = open().map_err(|e| StoreError::io(&name, e))?;
        Self::over(redb, Box::new(disk), LOG_BYTES, name, Some(file))
    }

    /// The same over any two disks, with a log of at most so many bytes.
    pub fn on(file: impl StorageBackend, log: impl StorageBackend, most: u64, name: &str) -> Result<Self, StoreError> {
        Self::over(Redb::on(file, name)?, Box::new(log), most, name.to_owned(), None)
    }

    fn over(
        redb: Redb,
        disk: Box<dyn StorageBackend>,
        most: u64,
        name: String,
        file: Option<PathBuf>,
    ) -> Result<Self, StoreError> {
        let log = Log::on(disk, most).map_err(|e| StoreError::io(&name, e))?;
        if let Some(lap) = redb.lap()? {
            let bytes = log.bytes().map_err(|e| StoreError::io(&name, e))?;
            replay(&redb, &bytes, &lap).map_err(|broken| match broken {
                Broken::Log(cause) => StoreError::Damaged { path: name.clone(), cause },
                Broken::File(error) => error,
            })?;
        }
        Ok(Self { redb, log: Mutex::new(log), name, file })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes everything durable in the file, and the log begin again.
    fn checkpoint(&self, log: &mut Log, changes: &Overlay) -> Result<(), StoreError> {
        let lap = Log::draw();
        let mut staged = self.redb.stage()?;
        staged.put(changes)?;
        staged.follow(Some(&lap))?;
        staged.keep()?;
        log.begin(lap);
        Ok(())
    }

    /// Puts the changes into the tree while the log is synced, and shows them when both is done.
    fn apply(&self, log: &Log, changes: &Overlay) -> Result<(), StoreError> {
        let sync = || log.sync().map_err(|e| StoreError::io(&self.name, e));
        let stage = || {
            let mut staged = self.redb.stage()?;
            staged.put(changes).map(|()| staged)
        };
        let staged = if changes.len() < WORTH_A_THREAD {
            sync()?;
            stage()?
        } else {
            std::thread::scope(|scope| {
                let synced = scope.spawn(sync);
                let staged = stage();
                synced.join().map_err(|_| StoreError::io(&self.name, "its sync panicked"))??;
                staged
            })?
        };
        staged.show()
    }
}

enum Broken {
    Log(String),
    File(StoreError),
}

/// Brings the groups of a lap into the file, all at once.
fn replay(redb: &Redb, bytes: &[u8], lap: &log::Lap) -> Result<(), Broken> {
    let records = log::whole(bytes, lap)
        .map_err(|Hole { at }| Broken::Log(format!("what was written at byte {at} is not there any more")))?;
    let mut progress = Progress::of("bringing the newest changes back after an unclean stop");
    let mut staged = redb.stage().map_err(Broken::File)?;
    for (done, record) in records.iter().enumerate() {
        let changes = log::changes(record).ok_or_else(|| Broken::Log(format!("record {done} cannot be read")))?;
        staged.put(&changes).map_err(Broken::File)?;
        progress.at(|| format!("{done} of {} groups", records.len()));
    }
    staged.follow(None).and_then(|()| staged.keep()).map_err(Broken::File)
}

impl Engine for Logged {
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError> {
        self.redb.snapshot()
    }

    fn commit(&self, changes: &Overlay) -> Result<(), StoreError> {
        let mut log = self.log();
        if log.append(changes).map_err(|e| StoreError::io(&self.name, e))? {
            self.apply(&log, changes)
        } else {
            self.checkpoint(&mut log, changes)
        }
    }

    fn rest(&self) -> Result<(), StoreError> {
        let mut log = self.log();
        if log.is_begun() { self.checkpoint(&mut log, &Overlay::new()) } else { Ok(()) }
    }
}

impl Drop for Logged {
    /// Whatever fails here is in the log, and the next opening brings it back.
    fn drop(&mut self) {
        let began = self.log().lap().is_some();
        let closed = || {
            let mut staged = self.redb.stage()?;
            staged.follow(None)?;
            staged.keep()
        };
        match if began { closed() } else { Ok(()) } {
            Ok(()) => drop(self.file.take().map(std::fs::remove_file)),
            Err(error) => tracing::warn!(%error, "the log could not be closed; the next start reads it"),
        }
    }
}
