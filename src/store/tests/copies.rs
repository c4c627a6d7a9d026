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
    backup::take(store, data, into, ("one", stamp()), &catalogue()).unwrap().path
}

fn rows(store: &Store) -> Vec<(u64, Row)> {
    store.snapshot().unwrap().scan(&ROWS, Span::all(), 10_000, Dir::Up).unwrap()
}

#[test]
fn a_backup_beside_running_writers_is_one_state_and_comes_back_whole() {
    let (data, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    let photo = kept_blob(&store, b"bits", "photo");
    let unused = put_blob(&store, b"nobody wants this");
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
    backup::restore(&path, other.path(), false, &catalogue(), stamp()).unwrap();
    let back = Store::open(other.path()).unwrap();
    assert!(rows(&back).len() >= 50 && rows(&back)[..50] == rows(&store)[..50]);
    let twin = |n| back.snapshot().unwrap().get(&ROWS, &n).unwrap();
    assert_eq!(twin(100), twin(9000));
    assert_eq!(back.blob(photo).unwrap().unwrap(), b"bits");
    assert_eq!(back.blob(unused).unwrap(), None, "what nobody needs does not travel");
}

#[test]
fn a_restore_overwrites_only_when_told_and_keeps_what_was_there() {
    let (data, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    let path = backed_up(&store, data.path(), into.path());
    let busy = backup::restore(&path, data.path(), true, &catalogue(), stamp()).unwrap_err();
    assert!(matches!(busy, StoreError::InUse { .. }), "{busy}");
    store.write_blocking(stamp(), |tx| tx.put(&ROWS, &777, &row("late"))).unwrap();
    store.close();
    drop(store);
    let refused = backup::restore(&path, data.path(), false, &catalogue(), stamp()).unwrap_err().to_string();
    assert!(refused.contains("--force") && refused.contains(&data.path().display().to_string()), "{refused}");
    backup::restore(&path, data.path(), true, &catalogue(), stamp()).unwrap();
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
    let refused = || backup::restore(&path, target.path(), false, &catalogue(), stamp()).unwrap_err().to_string();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    std::fs::write(&file, flipped).unwrap();
    assert!(refused().contains("checksum"), "{}", refused());
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(refused().contains("checksum"), "{}", refused());
    std::fs::write(&file, &bytes).unwrap();
    for (from, to, hint) in [
        ("\"format\": 3", "\"format\": 99", "newer version"),
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

/// The archive, and its entries by name.
fn exported(store: &Store, data: &Path, name: &str) -> (std::path::PathBuf, Vec<(String, Vec<u8>)>) {
    let to = data.join(name);
    export(store, data, &catalogue(), Timestamp::UNIX_EPOCH, &to).unwrap();
    let entries = unzipped(&to);
    (to, entries)
}

fn unzipped(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut entries = Vec::new();
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        entries.push((entry.name().to_owned(), bytes));
    }
    entries
}

fn zipped(file: &Path, entries: &[(String, Vec<u8>)]) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(file).unwrap());
    for (name, bytes) in entries {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, bytes).unwrap();
    }
    archive.finish().unwrap();
}

#[test]
fn an_opening_waits_for_the_last_holder_to_let_go() {
    let data = tempfile::tempdir().unwrap();
    let store = filled(data.path());
    let closing = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        store.close();
    });
    Store::open(data.path()).unwrap();
    closing.join().unwrap();
}

#[test]
fn an_export_comes_back_the_same_with_its_blobs() {
    let (data, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    let photo = kept_blob(&store, b"bits", "photo");
    let (file, entries) = exported(&store, data.path(), "one.zip");
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["rows.jsonl", &format!("blobs/{}", photo.path().display()), "export.json"]);
    let moved = import(&file, target.path(), stamp(), &catalogue()).unwrap();
    assert_eq!(moved.files, 1);
    let back = Store::open(target.path()).unwrap();
    assert_eq!(back.blob(photo).unwrap().unwrap(), b"bits");
    assert_eq!(exported(&back, target.path(), "two.zip").1, entries);
    assert_eq!(journal::last_seq(&back.snapshot().unwrap()).unwrap(), 50);
    assert_eq!(back.verify(&catalogue()).unwrap().wrong, Vec::<String>::new());
    let again = import(&file, target.path(), stamp(), &catalogue()).unwrap_err().to_string();
    assert!(again.contains("another process"), "{again}");
}

#[test]
fn an_export_that_was_changed_or_cut_is_refused_and_leaves_nothing() {
    let (data, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    kept_blob(&store, b"bits", "photo");
    let (file, whole) = exported(&store, data.path(), "one.zip");
    type Change = fn(&mut Vec<(String, Vec<u8>)>);
    fn text(entries: &mut [(String, Vec<u8>)], n: usize, from: &str, to: &str) {
        let changed = String::from_utf8(entries[n].1.clone()).unwrap().replacen(from, to, 1);
        assert_ne!(changed.as_bytes(), entries[n].1);
        entries[n].1 = changed.into();
    }
    let changes: [(&str, Change); 7] = [
        ("checksum of rows.jsonl", |e| text(e, 0, "red", "rad")),
        ("damaged behind row", |e| e[0].1.truncate(1000)),
        ("checksum of blobs/", |e| e[1].1 = b"bats".to_vec()),
        ("lacks blobs/", |e| drop(e.remove(1))),
        ("formats up to 3", |e| text(e, 2, "\"format\": 3", "\"format\": 4")),
        ("has no place", |e| text(e, 2, "blobs/", "../blobs/")),
        ("no export of this program", |e| drop(e.pop())),
    ];
    for (hint, change) in changes {
        let mut entries = whole.clone();
        change(&mut entries);
        zipped(&file, &entries);
        let refused = import(&file, target.path(), stamp(), &catalogue()).unwrap_err().to_string();
        assert!(refused.contains(hint) && refused.contains("one.zip"), "{hint}: {refused}");
        assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 0, "{hint}");
    }
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(import(&file, target.path(), stamp(), &catalogue()).unwrap_err().to_string().contains("cut short"));
}

#[test]
fn a_backup_of_older_data_is_upgraded_on_the_way_in() {
    let (data, into, target) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = filled(data.path());
    store.write_blocking(stamp(), |tx| tx.put(&store::META, &"format".to_owned(), &1)).unwrap();
    let path = backed_up(&store, data.path(), into.path());
    let manifest = std::fs::read_to_string(path.join("manifest.json")).unwrap();
    assert!(manifest.contains("\"format\": 1"), "{manifest}");
    backup::restore(&path, target.path(), false, &catalogue(), stamp()).unwrap();
    let back = Store::open(target.path()).unwrap();
    assert_eq!((back.format().unwrap(), rows(&back).len()), (FORMAT, 50));
}
