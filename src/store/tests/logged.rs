//! File and log on a real disk: together after a crash, the file alone after a clean close, and never two that do not
//! belong together.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use super::*;
use crate::store::engine::{Engine, EngineRead, Memory};
use crate::store::tx::Overlay;

fn fill(store: &Store, rows: std::ops::Range<u64>) {
    for n in rows {
        store.write_blocking(stamp(), move |tx| tx.put(&ROWS, &n, &row("red"))).unwrap();
    }
}

fn count(store: &Store) -> usize {
    store.snapshot().unwrap().scan(&ROWS, Span::all(), 10_000, Dir::Up).unwrap().len()
}

/// What a machine that stopped this instant would have left of an open store.
fn image(of: &Path) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in ["store.redb", "store.log"] {
        std::fs::copy(of.join(file), dir.path().join(file)).unwrap();
    }
    dir
}

/// A store that stopped with 20 writes in its log, one record each.
fn crashed() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    fill(&store, 0..20);
    image(dir.path())
}

fn refused(dir: &Path) -> String {
    Store::open(dir).map(drop).unwrap_err().to_string()
}

#[test]
fn the_log_comes_back_after_a_crash_and_is_gone_after_a_clean_close() {
    let dir = crashed();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(count(&store), 20);
    fill(&store, 20..30);
    store.close();
    drop(store);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "the file alone is everything");
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(count(&store), 30);
    assert_eq!(store.verify(&catalogue()).unwrap().wrong, Vec::<String>::new());
}

#[test]
fn a_crashed_file_is_not_opened_without_its_log_nor_with_a_damaged_one() {
    let dir = crashed();
    let (log, aside) = (dir.path().join("store.log"), dir.path().join("aside"));
    std::fs::rename(&log, &aside).unwrap();
    let said = refused(dir.path());
    assert!(said.contains(log.to_str().unwrap()) && said.contains("put it back"), "{said}");
    assert!(!log.exists());
    let whole = std::fs::read(&aside).unwrap();
    let mut flipped = whole.clone();
    flipped[3 * 4096 + 100] ^= 1;
    std::fs::write(&log, &flipped).unwrap();
    let said = refused(dir.path());
    assert!(said.contains(log.to_str().unwrap()) && said.contains("damaged") && said.contains("restore"), "{said}");
    assert_eq!(std::fs::read(&log).unwrap(), flipped);
    std::fs::write(&log, &whole).unwrap();
    assert_eq!(count(&Store::open(dir.path()).unwrap()), 20);
}

#[test]
fn a_write_cut_short_is_dropped_and_the_next_one_takes_its_place() {
    let dir = crashed();
    let log = dir.path().join("store.log");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes[19 * 4096 + 100] ^= 1;
    std::fs::write(&log, &bytes).unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(count(&store), 19);
    fill(&store, 50..52);
    let again = image(dir.path());
    assert_eq!(count(&Store::open(again.path()).unwrap()), 21);
}

#[test]
fn the_log_of_another_file_or_another_time_does_not_count() {
    let (dir, other) = (tempfile::tempdir().unwrap(), crashed());
    let store = Store::open(dir.path()).unwrap();
    fill(&store, 100..105);
    store.close();
    drop(store);
    std::fs::copy(other.path().join("store.log"), dir.path().join("store.log")).unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(count(&store), 5);
    store.close();
    drop(store);
    // The same file as it was when it was last closed, beside the log of what came later.
    let closed = std::fs::read(dir.path().join("store.redb")).unwrap();
    let store = Store::open(dir.path()).unwrap();
    fill(&store, 200..210);
    let later = image(dir.path());
    std::fs::write(later.path().join("store.redb"), closed).unwrap();
    assert_eq!(count(&Store::open(later.path()).unwrap()), 5);
}

#[test]
fn a_restore_over_a_crashed_store_keeps_its_log_with_it_and_not_with_the_new_one() {
    let (into, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(other.path()).unwrap();
    fill(&store, 500..503);
    backup::take(&store, other.path(), into.path(), ("one", stamp()), &catalogue()).unwrap();
    let dir = crashed();
    backup::restore(&into.path().join("one"), dir.path(), true, &catalogue(), stamp()).unwrap();
    assert!(!dir.path().join("store.log").exists());
    assert_eq!(count(&Store::open(dir.path()).unwrap()), 3);
    assert_eq!(count(&Store::open(&dir.path().join("replaced-1")).unwrap()), 20);
}

#[test]
fn a_group_larger_than_the_log_goes_straight_to_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    fill(&store, 0..3);
    let wide = "w".repeat(90_000);
    let write = |store: &Store, n: u64| {
        let wide = wide.clone();
        store.write_blocking(stamp(), move |tx| {
            (0..50).try_for_each(|k| tx.put(&ROWS, &(1000 + 100 * n + k), &row(&wide)))
        })
    };
    // Nine megabytes each: the fourth finds the log full.
    for n in 0..4 {
        write(&store, n).unwrap();
    }
    fill(&store, 3..5);
    assert!(std::fs::metadata(dir.path().join("store.log")).unwrap().len() <= crate::base::limits::LOG_BYTES);
    let crashed = image(dir.path());
    assert_eq!(count(&Store::open(crashed.path()).unwrap()), 205);
}

/// Tells whenever it is left in peace.
struct Rests(Memory, Mutex<mpsc::Sender<()>>);

impl Engine for Rests {
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError> {
        self.0.snapshot()
    }
    fn commit(&self, changes: &Overlay) -> Result<(), StoreError> {
        self.0.commit(changes)
    }
    fn rest(&self) -> Result<(), StoreError> {
        self.1.lock().unwrap().send(()).map_err(|e| StoreError::io("a test", e))
    }
}

#[test]
fn the_engine_may_rest_after_the_last_write() {
    let (sender, rested) = mpsc::channel();
    let store = Store::over(Arc::new(Rests(Memory::default(), Mutex::new(sender))), "a test").unwrap();
    for n in 0..2 {
        fill(&store, n..n + 1);
        rested.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}
