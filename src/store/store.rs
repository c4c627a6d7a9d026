//! The handle everybody holds: snapshots out, writes in.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use serde::Serialize;
use tokio::sync::{oneshot, watch};

use super::blobs::{Files, needed};
use super::engine::{Chaos, Engine, Logged, Memory, Redb};
use super::journal::last_seq;
use super::read::{ReadExt, Snapshot};
use super::table::Table;
use super::tx::{Stamp, Tx};
use super::writer::{Figures, Write, Writer};
use super::{Read, StoreError};
use crate::base::limits::WRITE_QUEUE;
use crate::base::refusal::{Outcome, Refusal};

/// The version of the data's shape. Newer data is refused, older upgraded, fresh stamped.
pub const FORMAT: u32 = 3;

/// Facts about the data as a whole: `format`.
pub static META: Table<String, u32> = Table::new(0x0100, "name_number");

#[derive(Clone)]
pub struct Store {
    /// Gone once the store is closed, so that another process may open the file.
    engine: Arc<RwLock<Option<Arc<dyn Engine>>>>,
    queue: Arc<Mutex<Option<SyncSender<Write>>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    committed: Arc<watch::Sender<u64>>,
    broken: Arc<watch::Sender<Option<String>>>,
    figures: Arc<Figures>,
    pub(super) files: Arc<Files>,
}

/// What the writer has done since the start. The mean batch is `writes / commits`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WriterFigures {
    /// Writes that wait right now.
    pub queued: u64,
    pub commits: u64,
    pub writes: u64,
    pub commit_micros: u64,
    pub largest_batch: u64,
    pub slowest_commit_micros: u64,
}

impl Store {
    /// Opens `dir/store.redb`, making directory and file when they are missing.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|e| StoreError::io(dir.display().to_string(), e))?;
        Self::at(dir, |path| Ok(Arc::new(Logged::open(path)?)))
    }

    /// The same for tests of the whole program: each write runs twice, and one that minds is refused.
    pub fn open_rehearsing(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|e| StoreError::io(dir.display().to_string(), e))?;
        Self::at(dir, |path| Ok(Arc::new(Chaos(Logged::open(path)?))))
    }

    /// Opens what is there after checking every page of it.
    pub fn open_checked(dir: &Path) -> Result<Self, StoreError> {
        Self::at(dir, |path| Ok(Arc::new(Logged::open_checked(path)?)))
    }

    fn at(dir: &Path, open: impl FnOnce(&Path) -> Result<Arc<dyn Engine>, StoreError>) -> Result<Self, StoreError> {
        let path = dir.join("store.redb");
        Self::with(open(&path)?, Files::below(dir), &path.display().to_string())
    }

    /// A store that is gone with its last handle.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::over(Arc::new(Memory::default()), "memory")
    }

    /// A store over any engine, with its blobs in memory; `path` is what its errors name.
    pub fn over(engine: Arc<dyn Engine>, path: &str) -> Result<Self, StoreError> {
        Self::with(engine, Files::in_memory(), path)
    }

    fn with(engine: Arc<dyn Engine>, files: Files, path: &str) -> Result<Self, StoreError> {
        let snapshot = Snapshot { inner: engine.snapshot()? };
        let format = snapshot.get(&META, &"format".to_owned()).map_err(|e| StoreError::corrupt(path, e))?;
        let last = last_seq(&snapshot).map_err(|e| StoreError::corrupt(path, e))?;
        drop(snapshot);
        match format {
            Some(found) if found > FORMAT => {
                return Err(StoreError::TooNew { path: path.to_owned(), found, known: FORMAT });
            }
            Some(_) => {}
            None => engine.commit(&stamp_fresh()?)?,
        }
        let (sender, queue) = sync_channel(WRITE_QUEUE);
        let committed = Arc::new(watch::channel(0).0);
        let broken = Arc::new(watch::channel(None).0);
        let figures = Arc::new(Figures::default());
        let writer = Writer {
            engine: engine.clone(),
            queue,
            committed: committed.clone(),
            broken: broken.clone(),
            figures: figures.clone(),
            next_seq: last + 1,
            restless: false,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|e| StoreError::io(path, e))?;
        Ok(Self {
            engine: Arc::new(RwLock::new(Some(engine))),
            queue: Arc::new(Mutex::new(Some(sender))),
            thread: Arc::new(Mutex::new(Some(thread))),
            committed,
            broken,
            figures,
            files: Arc::new(files),
        })
    }

    /// Writes everything there is into a fresh `dir/store.redb`, which appears whole or not at all.
    pub fn save_copy(&self, dir: &Path) -> Result<(), StoreError> {
        const STEP: usize = 20_000;
        std::fs::create_dir_all(dir).map_err(|e| StoreError::io(dir.display().to_string(), e))?;
        let (unfinished, path) = (dir.join("store.redb.new"), dir.join("store.redb"));
        drop(std::fs::remove_file(&unfinished));
        let copy = Redb::open(&unfinished)?;
        let closed = || StoreError::io(dir.display().to_string(), "the store is closed");
        let from = self.engine().ok_or_else(closed)?.snapshot()?;
        let mut next = vec![0u8];
        loop {
            let pairs = from.scan(&next, &[0xFF; 3], STEP, super::Dir::Up)?;
            let Some((last, _)) = pairs.last() else { break };
            next.clone_from(last);
            next.push(0);
            copy.commit(&pairs.into_iter().map(|(key, value)| (key, Some(value))).collect())?;
        }
        drop(copy);
        let blobs = Files::below(dir);
        self.read(|read| {
            needed(read, |id, _| match self.files.load(id)? {
                Some(bytes) => blobs.save(id, &bytes),
                None => Err(StoreError::corrupt(format!("blob {id}"), "its bytes are gone")),
            })
        })
        .map_err(|e| StoreError::corrupt(dir.display().to_string(), e))?;
        std::fs::rename(&unfinished, &path).map_err(|e| StoreError::io(path.display().to_string(), e))
    }

    pub fn snapshot(&self) -> Outcome<Snapshot> {
        Ok(Snapshot { inner: self.engine().ok_or_else(shutting_down)?.snapshot()? })
    }

    fn engine(&self) -> Option<Arc<dyn Engine>> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads from one consistent state.
    pub fn read<T>(&self, f: impl FnOnce(&dyn Read) -> Outcome<T>) -> Outcome<T> {
        f(&self.snapshot()?)
    }

    /// Queues a write and waits until it is durable or refused. See [`Tx`] for what the closure may do.
    pub async fn write<T, F>(&self, stamp: Stamp, f: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.enqueue(stamp, f, move |outcome| drop(sender.send(outcome)))?;
        receiver.await.unwrap_or_else(|_| Err(shutting_down()))
    }

    /// The same for callers outside the async world (command line, tests).
    pub fn write_blocking<T, F>(&self, stamp: Stamp, f: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.enqueue(stamp, f, move |outcome| drop(sender.send(outcome)))?;
        receiver.recv().unwrap_or_else(|_| Err(shutting_down()))
    }

    fn enqueue<T, F>(&self, stamp: Stamp, mut f: F, answer: impl FnOnce(Outcome<T>) + Send + 'static) -> Outcome<()>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Outcome<T> + Send + 'static,
    {
        let result = Arc::new(Mutex::new(None));
        let slot = result.clone();
        let write = Write {
            stamp,
            run: Box::new(move |tx| {
                let value = f(tx)?;
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                Ok(())
            }),
            done: Box::new(move |outcome| {
                let value = result.lock().unwrap_or_else(PoisonError::into_inner).take();
                answer(outcome.and_then(|()| value.ok_or_else(|| Refusal::internal("a write gave no answer"))));
            }),
        };
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = queue.as_ref() else { return Err(shutting_down()) };
        self.figures.queued.fetch_add(1, Ordering::Relaxed);
        sender.try_send(write).map_err(|error| {
            self.figures.queued.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => overloaded(),
                TrySendError::Disconnected(_) => shutting_down(),
            }
        })
    }

    /// Turns to the reason once the disk refused a commit. From then on nothing can be trusted to be saved, so the
    /// program should end; what was acknowledged is on disk.
    pub fn broken(&self) -> watch::Receiver<Option<String>> {
        self.broken.subscribe()
    }

    /// Wakes after every commit.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }

    pub fn figures(&self) -> WriterFigures {
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WriterFigures {
            queued: now(&self.figures.queued),
            commits: now(&self.figures.commits),
            writes: now(&self.figures.writes),
            commit_micros: now(&self.figures.commit_micros),
            largest_batch: now(&self.figures.largest_batch),
            slowest_commit_micros: now(&self.figures.slowest_commit_micros),
        }
    }

    /// Takes no more writes, finishes those queued, lets go of the file.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            drop(thread.join());
        }
        drop(self.engine.write().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn stamp_fresh() -> Result<super::tx::Overlay, StoreError> {
    let bytes = super::value::encode(META.name(), &FORMAT)?;
    Ok([(META.physical(&"format".to_owned()), Some(bytes))].into())
}

fn overloaded() -> Refusal {
    Refusal::unavailable("OVERLOADED", "Too much is being saved at once. Nothing was changed; try again in a second.")
        .extra("retry_after", 1.into())
}

fn shutting_down() -> Refusal {
    Refusal::unavailable("SHUTTING_DOWN", "The marketplace is restarting. Nothing was changed; try again in a moment.")
        .extra("retry_after", 2.into())
}
