//! Backups, restores, exports and imports.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

fn filled(dir: &Path) -> Store {
    let store = Store::open(dir).unwrap();
    for n in 0..50u64 {
        store
            .write_blocking(stamp(), move |tx| {
                tx.put(&ROWS, &n, &row(if n % 2 == 0 { "red" } else { "blue" }))?;
                tx.emit(&Painted { number: n })
            })
            .unwrap();
    }
    store
}

fn backed_up(store: &Store, data: &Path, into: &Path) -> std::path::PathBuf {
    backup::take(store, data, into, ("one", Timestamp::UNIX_EPOCH), &catalogue()).unwrap().path
}

fn rows(store: &Store) -> Vec<(u64, Row)> {
    store.snapshot().unwrap().scan(&ROWS, Span::all(), 10_000, Dir::Up).unwrap()
}

#[test]
fn a_backup_beside_running_writers_is_one_state_and_comes_back_whole() {
    let (data, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    std::fs::create_dir_all(data.path().join("blobs/ab")).unwrap();
    std::fs::write(data.path().join("blobs/ab/photo"), "bits").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        move || {
            let mut written = 0;
            // Two rows always change together: a copy of no one state would show it.
            while !stop.load(Ordering::Relaxed) {
                written += 1;
                let same = Row { colour: "twin".into(), size: written };
                store
                    .write_blocking(stamp(), move |tx| {
                        tx.put(&ROWS, &100, &same).and_then(|()| tx.put(&ROWS, &9000, &same))
                    })
                    .unwrap();
            }
            written
        }
    });
    let path = backed_up(&store, data.path(), into.path());
    stop.store(true, Ordering::Relaxed);
    assert!(writer.join().unwrap() > 0);
    assert_eq!(std::fs::read_dir(into.path()).unwrap().count(), 1, "nothing unfinished is left");
    let other = tempfile::tempdir().unwrap();
    backup::restore(&path, other.path(), false, &catalogue()).unwrap();
    let back = Store::open(other.path()).unwrap();
    assert!(rows(&back).len() >= 50 && rows(&back)[..50] == rows(&store)[..50]);
    let twin = |n| back.snapshot().unwrap().get(&ROWS, &n).unwrap();
    assert_eq!(twin(100), twin(9000));
    assert_eq!(std::fs::read_to_string(other.path().join("blobs/ab/photo")).unwrap(), "bits");
}

#[test]
fn a_restore_overwrites_only_when_told_and_keeps_what_was_there() {
    let (data, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    let path = backed_up(&store, data.path(), into.path());
    let busy = backup::restore(&path, data.path(), true, &catalogue()).unwrap_err();
    assert!(matches!(busy, StoreError::InUse { .. }), "{busy}");
    store.write_blocking(stamp(), |tx| tx.put(&ROWS, &777, &row("late"))).unwrap();
    store.close();
    drop(store);
    let refused = backup::restore(&path, data.path(), false, &catalogue()).unwrap_err().to_string();
    assert!(refused.contains("--force") && refused.contains(&data.path().display().to_string()), "{refused}");
    backup::restore(&path, data.path(), true, &catalogue()).unwrap();
    assert_eq!(rows(&Store::open(data.path()).unwrap()).len(), 50);
    assert_eq!(rows(&Store::open(&data.path().join("replaced-1")).unwrap()).len(), 51);
}

#[test]
fn a_damaged_newer_or_foreign_backup_is_refused_and_changes_nothing() {
    let (data, into, target) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = backed_up(&filled(data.path()), data.path(), into.path());
    let manifest = path.join("manifest.json");
    let original = std::fs::read_to_string(&manifest).unwrap();
    let file = path.join("store.redb");
    let bytes = std::fs::read(&file).unwrap();
    let refused = || backup::restore(&path, target.path(), false, &catalogue()).unwrap_err().to_string();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    std::fs::write(&file, flipped).unwrap();
    assert!(refused().contains("checksum"), "{}", refused());
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(refused().contains("checksum"), "{}", refused());
    std::fs::write(&file, &bytes).unwrap();
    for (from, to, hint) in [
        ("\"format\": 1", "\"format\": 99", "newer version"),
        ("instainstru backup", "a poem", "not a backup"),
        ("\"store.redb\"", "\"../store.redb\"", "outside"),
        ("{", "", "damaged"),
    ] {
        assert!(original.contains(from));
        std::fs::write(&manifest, original.replacen(from, to, 1)).unwrap();
        assert!(refused().contains(hint), "{hint}: {}", refused());
    }
    std::fs::remove_file(&manifest).unwrap();
    assert!(refused().contains("no finished backup"));
    assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 0);
}

fn exported(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    export(&store.snapshot().unwrap(), &catalogue(), Timestamp::UNIX_EPOCH, Path::new("e"), &mut out).unwrap();
    out
}

#[test]
fn an_export_comes_back_the_same_and_a_changed_one_is_refused() {
    let (data, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    let text = exported(&store);
    let into = |text: &[u8]| import(Path::new("e.jsonl"), text, target.path(), stamp(), &catalogue());
    let whole = String::from_utf8(text.clone()).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let cut = lines[..lines.len() / 2].join("\n");
    let foreign = whole.replacen("\"format\":1", "\"format\":2", 1);
    for (wrong, hint) in [(cut, "cut short"), (whole.replacen("red", "rad", 1), "checksum"), (foreign, "format 2")] {
        let refused = into(wrong.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(hint) && refused.contains("e.jsonl"), "{refused}");
        assert!(!target.path().join("store.redb").exists());
    }
    into(&text).unwrap();
    let back = Store::open(target.path()).unwrap();
    assert_eq!(exported(&back), text);
    assert_eq!(journal::last_seq(&back.snapshot().unwrap()).unwrap(), 50);
    assert!(catalogue().verify(&back.snapshot().unwrap()).unwrap().wrong.is_empty());
}
