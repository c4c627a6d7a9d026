mod blobs;
mod conformance;
mod copies;
mod damage;
mod disk;
mod freeze;
mod log;
mod logged;
mod pressure;
mod retention;
mod upgrade;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;
use crate::base::id::{BookingId, Order};
use crate::base::refusal::Refusal;
use crate::base::secret::Entropy;
use crate::base::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    colour: String,
    size: i64,
}

static ROWS: Table<u64, Row> = Table::new(0xF001, "number_row").indexed(&[&BY_COLOUR]);
static BY_COLOUR: Index<u64, Row, (String,)> =
    Index::new(0xF002, "colour_number", |_, row| vec![(row.colour.clone(),)]);

#[derive(Serialize, Deserialize)]
struct Painted {
    number: u64,
}
impl Event for Painted {
    const KIND: &'static str = "row.painted";
}

fn stamp() -> Stamp {
    Stamp { now: Timestamp::UNIX_EPOCH, seed: [7; 32] }
}

fn row(colour: &str) -> Row {
    Row { colour: colour.into(), size: 1 }
}

fn put_blob(store: &Store, bytes: &[u8]) -> BlobId {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.put_blob(stamp(), bytes.to_vec())).unwrap()
}

fn kept_blob(store: &Store, bytes: &[u8], place: &'static str) -> BlobId {
    let id = put_blob(store, bytes);
    store.write_blocking(stamp(), move |tx| super::blobs::keep(tx, id, place)).unwrap();
    id
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    catalogue.tables.push(&ROWS);
    catalogue
}

fn engines() -> Vec<(Store, Option<tempfile::TempDir>)> {
    let dir = tempfile::tempdir().unwrap();
    vec![(Store::in_memory().unwrap(), None), (Store::open(dir.path()).unwrap(), Some(dir))]
}

#[test]
fn a_write_sees_its_own_changes_and_a_refusal_leaves_no_trace() {
    for (store, _dir) in engines() {
        store
            .write_blocking(stamp(), |tx| {
                tx.put(&ROWS, &1, &row("red"))?;
                tx.put(&ROWS, &2, &row("blue"))?;
                tx.put(&ROWS, &1, &row("blue"))?;
                assert_eq!(tx.by_index(&ROWS, &BY_COLOUR, Span::prefix(&("blue".to_owned(),)), 10, Dir::Up)?.len(), 2);
                assert!(tx.index_keys(&BY_COLOUR, Span::prefix(&("red".to_owned(),)), 10, Dir::Up)?.is_empty());
                tx.emit(&Painted { number: 1 })
            })
            .unwrap();
        let refused: Result<(), _> = store.write_blocking(stamp(), |tx| {
            tx.delete(&ROWS, &1)?;
            tx.emit(&Painted { number: 9 })?;
            Err(Refusal::conflict("NO", "no"))
        });
        assert_eq!(refused.unwrap_err().code, "NO");
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.get(&ROWS, &1).unwrap(), Some(row("blue")));
        assert_eq!(journal::last_seq(&snapshot).unwrap(), 1);
        let events = journal::events_after(&snapshot, 0, 10).unwrap();
        assert_eq!(events[0].decode::<Painted>().unwrap().number, 1);
        assert!(catalogue().verify(&snapshot).unwrap().wrong.is_empty());
    }
}

#[test]
fn a_panic_aborts_only_its_own_write() {
    let store = Store::in_memory().unwrap();
    let died: Result<(), _> = store.write_blocking(stamp(), |tx| {
        tx.put(&ROWS, &5, &row("red"))?;
        panic!("on purpose")
    });
    assert_eq!(died.unwrap_err().status, 500);
    store.write_blocking(stamp(), |tx| tx.put(&ROWS, &6, &row("red"))).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert!(!snapshot.has(&ROWS, &5).unwrap() && snapshot.has(&ROWS, &6).unwrap());
}

#[test]
fn a_second_process_and_a_newer_format_are_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let again = Store::open(dir.path()).map(drop).unwrap_err();
    assert!(matches!(again, StoreError::InUse { .. }), "{again}");
    store.write_blocking(stamp(), |tx| tx.put(&store::META, &"format".to_owned(), &(FORMAT + 1))).unwrap();
    store.close();
    drop(store);
    let newer = Store::open(dir.path()).map(drop).unwrap_err();
    assert!(newer.to_string().contains("newer version"), "{newer}");
}

#[test]
fn ids_of_a_write_are_the_same_when_it_runs_again() {
    let store = Store::in_memory().unwrap();
    let draw = |tx: &mut Tx| Ok(tx.new_id::<BookingId>());
    assert_eq!(store.write_blocking(stamp(), draw).unwrap(), store.write_blocking(stamp(), draw).unwrap());
}

#[test]
fn ids_grow_while_the_clock_stands_still() {
    let store = Store::in_memory().unwrap();
    let (entropy, order) = (Entropy::seeded(7), Order::default());
    let mut drawn: Vec<BookingId> = Vec::new();
    for _ in 0..200 {
        let stamp = Stamp::draw(stamp().now, &entropy, &order);
        let both: [BookingId; 2] = store.write_blocking(stamp, |tx| Ok([tx.new_id(), tx.new_id()])).unwrap();
        drawn.extend(both);
        drawn.push(Stamp::draw(stamp.now, &entropy, &order).id());
    }
    assert!(drawn.is_sorted_by(|a, b| a < b), "{drawn:?}");
}

proptest! {
    /// Keys sort as their values do.
    #[test]
    fn keys_keep_order(a in any::<(i64, String, u16)>(), b in any::<(i64, String, u16)>()) {
        prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
        prop_assert_eq!(<(i64, String, u16)>::read(&mut a.to_bytes().as_slice()).unwrap(), a);
    }
}
