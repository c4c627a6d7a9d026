//! Older data becomes today's, after a backup; indexes that are new are filled, those nobody knows are taken away.

use super::*;

static PLAIN: Table<u64, Row> = Table::new(0xF001, "number_row");
static BY_SIZE: Index<u64, Row, (i64,)> = Index::new(0xF003, "size_number", |_, row| vec![(row.size,)]);
static SIZED: Table<u64, Row> = Table::new(0xF001, "number_row").indexed(&[&BY_COLOUR, &BY_SIZE]);
static RENAMED: Index<u64, Row, (i64,)> = Index::new(0xF003, "negativesize_number", |_, row| vec![(-row.size,)]);
static RESIZED: Table<u64, Row> = Table::new(0xF001, "number_row").indexed(&[&BY_COLOUR, &RENAMED]);

fn knowing(table: &'static dyn AnyTable) -> Catalogue {
    let mut catalogue = Catalogue::new();
    catalogue.tables.push(table);
    catalogue
}

fn wrong(store: &Store, catalogue: &Catalogue) -> Vec<String> {
    store.verify(catalogue).unwrap().wrong
}

#[test]
fn a_new_index_is_filled_and_a_dropped_one_taken_away() {
    let (dir, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(dir.path()).unwrap();
    let upgrade =
        |catalogue: &Catalogue| store.upgrade(dir.path(), backups.path(), catalogue, stamp()).unwrap().is_none();
    assert!(upgrade(&knowing(&PLAIN)));
    for n in 0..2500u64 {
        store.write_blocking(stamp(), move |tx| tx.put(&PLAIN, &n, &row("red"))).unwrap();
    }
    assert!(!wrong(&store, &catalogue()).is_empty(), "the test would show nothing");
    assert!(upgrade(&catalogue()));
    assert_eq!(wrong(&store, &catalogue()), Vec::<String>::new());
    // Rows that a program without the index writes meanwhile do not get lost: it takes the index away first.
    assert!(upgrade(&knowing(&PLAIN)));
    store.write_blocking(stamp(), |tx| tx.put(&PLAIN, &9999, &row("blue"))).unwrap();
    assert_eq!(wrong(&store, &knowing(&PLAIN)), Vec::<String>::new());
    assert!(upgrade(&knowing(&SIZED)));
    assert_eq!(wrong(&store, &knowing(&SIZED)), Vec::<String>::new());
    // Another order under the same id has another name, and is built anew.
    assert!(upgrade(&knowing(&RESIZED)));
    assert_eq!(wrong(&store, &knowing(&RESIZED)), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 0, "none of this needs a backup");
}

#[test]
fn older_data_is_backed_up_then_upgraded_and_an_interrupted_upgrade_goes_on() {
    let (dir, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(dir.path()).unwrap();
    // Format 1 had no list of indexes, and here one of them lacks entries.
    for n in 0..10u64 {
        store.write_blocking(stamp(), move |tx| tx.put(&PLAIN, &n, &row("red"))).unwrap();
    }
    store.write_blocking(stamp(), |tx| tx.put(&store::META, &"format".to_owned(), &1)).unwrap();
    let upgraded = store.upgrade(dir.path(), backups.path(), &catalogue(), stamp()).unwrap().unwrap();
    assert_eq!((upgraded.from, store.format().unwrap()), (1, FORMAT));
    assert!(upgraded.backup.ends_with("before-format-3-1970-01-01T00-00-00Z"));
    assert_eq!(wrong(&store, &catalogue()), Vec::<String>::new());
    let back = tempfile::tempdir().unwrap();
    backup::restore(&upgraded.backup, back.path(), false, &catalogue(), stamp()).unwrap();
    assert_eq!(
        Store::open(back.path()).unwrap().snapshot().unwrap().scan(&ROWS, Span::all(), 99, Dir::Up).unwrap().len(),
        10
    );
    // Stopped in the middle: the format is still the old one, and everything is done once more.
    store.write_blocking(stamp(), |tx| tx.put(&store::META, &"format".to_owned(), &1)).unwrap();
    let again = |now: &str| {
        let later = Stamp { now: now.parse().unwrap(), ..stamp() };
        store.upgrade(dir.path(), backups.path(), &catalogue(), later).unwrap().unwrap().backup
    };
    let second = again("2026-01-01T00:00:00Z");
    assert_eq!(wrong(&store, &catalogue()), Vec::<String>::new());
    assert!(upgraded.backup.exists() && second.exists());
    // Only the newest two of such backups stay, and nothing else is touched.
    std::fs::create_dir(backups.path().join("before-format-notes")).unwrap();
    store.write_blocking(stamp(), |tx| tx.put(&store::META, &"format".to_owned(), &1)).unwrap();
    let third = again("2026-02-01T00:00:00Z");
    assert!(!upgraded.backup.exists() && second.exists() && third.exists());
    assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 3);
}

#[test]
fn an_upgrade_that_cannot_be_proved_changes_nothing() {
    let (dir, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(dir.path()).unwrap();
    store
        .write_blocking(stamp(), |tx| {
            tx.put(&store::META, &"format".to_owned(), &1)?;
            // A cursor ahead of the journal: `verify` refuses the upgraded copy.
            journal::set_cursor(tx, "search", 99)
        })
        .unwrap();
    let refused = store.upgrade(dir.path(), backups.path(), &catalogue(), stamp()).unwrap_err().to_string();
    assert!(refused.contains("claims event 99"), "{refused}");
    assert_eq!(store.format().unwrap(), 1);
    assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 0);
}
