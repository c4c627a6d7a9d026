//! Damage planted in a copy of the demo marketplace: `instainstru verify` names every kind, and ends in anger.

use std::path::Path;

use instainstru::availability::tables::ENTRIES as CALENDAR;
use instainstru::base::id::BookingId;
use instainstru::bookings::tables::BOOKINGS;
use instainstru::payments::tables::{CUSTOMERS, ENTRIES, LOTS, PAYMENTS};
use instainstru::reviews::tables::STANDINGS;
use instainstru::site::audit::{self, AUDIT, By, Deed};
use instainstru::store::journal::{CURSORS, JOURNAL};
use instainstru::store::{BlobId, Dir, Key, Read, ReadExt, Span, Stamp, Store, Table, Tx, blobs};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::kit::TestApp;
use crate::operate::{ok, run};

const NOON: &str = "2026-11-10T17:00:00Z";

fn stamp() -> Stamp {
    Stamp { now: NOON.parse().unwrap(), seed: [1; 32] }
}

/// The same table without its indexes, and with values of any shape: the way past all care.
fn bare<K, V>(table: &Table<K, V>) -> Table<K, Value> {
    Table::new(table.id(), "bare")
}

fn nth<K: Key, V: Serialize + DeserializeOwned>(read: &dyn Read, table: &Table<K, V>, n: usize) -> K {
    read.scan(table, Span::all(), n + 1, Dir::Up).unwrap().pop().unwrap().0
}

fn change<K: Key, V>(tx: &mut Tx, table: &Table<K, V>, key: &K, change: impl Fn(&mut Value)) {
    let table = bare(table);
    let mut value = tx.get(&table, key).unwrap().unwrap();
    change(&mut value);
    tx.put(&table, key, &value).unwrap();
}

fn blob(store: &Store, bytes: &[u8], place: &'static str) -> BlobId {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let id = std::thread::scope(|scope| {
        scope.spawn(|| runtime.block_on(store.put_blob(stamp(), bytes.to_vec())).unwrap()).join().unwrap()
    });
    store.write_blocking(stamp(), move |tx| blobs::keep(tx, id, place)).unwrap();
    id
}

/// Plants everything; answers what `verify` has to say about it.
fn plant(dir: &Path) -> Vec<String> {
    let store = Store::open(dir).unwrap();
    let (gone, changed) = (blob(&store, b"gone", "a"), blob(&store, b"changed", "b"));
    std::fs::remove_file(dir.join("blobs").join(gone.path())).unwrap();
    std::fs::write(dir.join("blobs").join(changed.path()), "cHanged").unwrap();
    let trail = |tx: &mut Tx| audit::record(tx, &By::default(), Deed::on("test.deed", "test", 1));
    store.write_blocking(stamp(), trail).unwrap();
    let expected = store.write_blocking(stamp(), |tx| {
        let mut expected = Vec::new();
        let bookings: Vec<BookingId> = (0..3).map(|n| nth(tx, &BOOKINGS, n)).collect();
        // A row that lacks its index entries, and index entries that lack their row.
        change(tx, &BOOKINGS, &bookings[0], |b| b["start"] = json!("2020-01-01T00:00:00Z"));
        expected.push("lacks an index entry".to_owned());
        tx.delete(&bare(&BOOKINGS), &bookings[1])?;
        expected.push("index entries where the rows call for".to_owned());
        // Promises between rooms: a payment, a place in the calendar.
        tx.delete(&PAYMENTS, &bookings[2])?;
        expected.push(format!("booking {} has no payment", bookings[2]));
        let held: BookingId = nth(tx, &CALENDAR, 0);
        tx.delete(&CALENDAR, &held)?;
        expected.push(format!("booking {held} and the calendars disagree"));
        // Money.
        let entry = nth(tx, &ENTRIES, 0);
        change(tx, &ENTRIES, &entry, |e| e["lines"][0]["amount"] = json!(1));
        expected.push(format!("ledger entry {entry} does not sum to zero"));
        let lots = tx.scan(&LOTS, Span::all(), 1000, Dir::Up)?;
        let (lot, _) = lots.into_iter().find(|(_, lot)| lot.status.is_live()).unwrap();
        tx.delete(&LOTS, &lot)?;
        expected.push("of credit, the ledger says".to_owned());
        // The trail, the ratings, the journal, the cursors.
        change(tx, &AUDIT, &nth(tx, &AUDIT, 0), |a| a["action"] = json!("nothing.happened"));
        expected.push("entry 1 of the audit trail was altered".to_owned());
        change(tx, &STANDINGS, &nth(tx, &STANDINGS, 0), |s| s["overall"]["count"] = json!(999));
        expected.push("does not follow from the reviews".to_owned());
        tx.delete(&JOURNAL, &nth(tx, &JOURNAL, 5))?;
        expected.push("the journal lacks the events before".to_owned());
        tx.put(&CURSORS, &"search".to_owned(), &u64::MAX)?;
        expected.push("consumer search claims event".to_owned());
        // What does not decode, and what belongs to nobody.
        tx.put(&bare(&CUSTOMERS), &nth(tx, &CUSTOMERS, 0), &json!({ "a": "poem" }))?;
        expected.push("userid_customer holds something unreadable".to_owned());
        tx.put(&Table::<u64, u64>::new(0xFFAA, "stranger"), &1, &1)?;
        expected.push("1 entries belong to no known table (0xffaa)".to_owned());
        Ok(expected)
    });
    store.close();
    let mut expected = expected.unwrap();
    expected.push(format!("blob {gone} is needed, but its file is gone"));
    expected.push(format!("blob {changed} holds something unreadable"));
    expected
}

/// What a machine that stopped in the middle of some writes would have left, with a bit turned in the log since.
fn stopped_with_a_log(dir: &Path) -> tempfile::TempDir {
    let store = Store::open(dir).unwrap();
    for n in 0..5u64 {
        store.write_blocking(stamp(), move |tx| tx.put(&Table::<u64, u64>::new(0xFFAA, "stranger"), &n, &n)).unwrap();
    }
    let left = tempfile::tempdir().unwrap();
    for file in ["store.redb", "store.log"] {
        std::fs::copy(dir.join(file), left.path().join(file)).unwrap();
    }
    store.close();
    let log = left.path().join("store.log");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes[4096 + 70] ^= 4;
    std::fs::write(&log, bytes).unwrap();
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_walks_the_demo_and_names_what_is_wrong() {
    let mut app = TestApp::demo_at(NOON).await;
    let dir = app.close().await;
    let said = ok(dir.path(), &["verify"]);
    assert!(said.contains("promises checked in") && said.contains("everything is in order"), "{said}");
    let expected = tokio::task::block_in_place(|| plant(dir.path()));
    let (whole, said) = run(dir.path(), &["verify"]);
    assert!(!whole);
    for wrong in &expected {
        assert!(said.contains(wrong), "{wrong:?} is missing in {said}");
    }
    assert!(expected.len() >= 10);
    // Nor is a log walked that lacks what was acknowledged, after a stop that left it behind.
    let crashed = tokio::task::block_in_place(|| stopped_with_a_log(dir.path()));
    let (whole, said) = run(crashed.path(), &["verify"]);
    let log = crashed.path().join("store.log");
    assert!(!whole && said.contains(log.to_str().unwrap()) && said.contains("is damaged"), "{said}");
    // A file whose pages are not what was written is not even walked.
    let file = dir.path().join("store.redb");
    let mut bytes = std::fs::read(&file).unwrap();
    for at in (8192..bytes.len()).step_by(4096) {
        bytes[at + 2000] ^= 0x10;
    }
    std::fs::write(&file, &bytes).unwrap();
    let (whole, said) = run(dir.path(), &["verify"]);
    assert!(!whole && said.contains("is damaged") && said.contains("restore"), "{said}");
}
