//! Damage of ten kinds, planted below the store: `verify` names each, and finds nothing in a whole store.

use std::sync::Arc;

use super::*;
use crate::store::engine::{Engine as _, Memory};
use crate::store::tx::Overlay;

type Plant = fn() -> Overlay;

fn raw(table: u16, key: &[u8], value: Option<&[u8]>) -> Overlay {
    [([&table.to_be_bytes(), key].concat(), value.map(<[u8]>::to_vec))].into()
}

fn index_entry(colour: &str, number: u64) -> Vec<u8> {
    (colour.to_owned(), number).to_bytes()
}

fn event(seq: u64) -> Vec<u8> {
    let data = serde_json::Value::Null;
    value::encode("journal", &EventRecord { seq, at: Timestamp::UNIX_EPOCH, kind: "row.painted".into(), data }).unwrap()
}

/// A whole store with rows 0 to 9 and events 1 to 10, and something done to it.
fn wrong_after(plant: Plant) -> Vec<String> {
    let engine = Arc::new(Memory::default());
    let store = Store::over(engine.clone(), "a test").unwrap();
    for n in 0..10u64 {
        let write = move |tx: &mut Tx| tx.put(&ROWS, &n, &row("red")).and_then(|()| tx.emit(&Painted { number: n }));
        store.write_blocking(stamp(), write).unwrap();
    }
    engine.commit(&plant()).unwrap();
    catalogue().verify(&store.snapshot().unwrap()).unwrap().wrong
}

#[test]
fn verify_finds_ten_kinds_of_damage() {
    let kinds: [(&str, &str, Plant); 10] = [
        ("an unreadable value", "unreadable", || raw(0xF001, &3u64.to_bytes(), Some(&[1, 0xC1]))),
        ("an unknown value format", "format 9", || raw(0xF001, &3u64.to_bytes(), Some(&[9, 0x80]))),
        ("an empty value", "empty", || raw(0xF001, &3u64.to_bytes(), Some(&[]))),
        ("a key cut short", "ends early", || raw(0xF001, &[0, 0, 9], Some(&[1, 0x80]))),
        ("a lost index entry", "lacks an index entry", || raw(0xF002, &index_entry("red", 3), None)),
        ("an index entry too many", "11 index entries", || raw(0xF002, &index_entry("blue", 3), Some(&[]))),
        ("a lost row", "10 index entries", || raw(0xF001, &3u64.to_bytes(), None)),
        ("a stranger", "no known table", || raw(0xF0AA, &[1], Some(&[1]))),
        ("a lost event", "lacks the events before 5", || raw(0x0101, &4u64.to_bytes(), None)),
        ("a cursor ahead of the journal", "claims event", || {
            raw(0x0102, &"search".to_owned().to_bytes(), Some(&value::encode("cursor", &99u64).unwrap()))
        }),
    ];
    assert_eq!(wrong_after(Overlay::new), Vec::<String>::new());
    for (kind, hint, plant) in kinds {
        let wrong = wrong_after(plant);
        assert!(wrong.iter().any(|w| w.contains(hint)), "{kind}: {wrong:?}");
    }
    let renumbered = wrong_after(|| raw(0x0101, &4u64.to_bytes(), Some(&event(7))));
    assert!(renumbered[0].contains("another number"), "{renumbered:?}");
}

#[test]
fn verify_finds_two_tables_of_one_id() {
    static TWIN: Table<u64, Row> = Table::new(0xF001, "number_other");
    let store = Store::over(Arc::new(Memory::default()), "a test").unwrap();
    let mut catalogue = catalogue();
    catalogue.tables.push(&TWIN);
    let wrong = catalogue.verify(&store.snapshot().unwrap()).unwrap().wrong;
    assert!(wrong.iter().any(|w| w.contains("share the id")), "{wrong:?}");
}
