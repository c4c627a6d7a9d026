//! Data of every format there ever was opens in this build. `tests/fixtures/format-1` was written by the first program
//! of format 1: codes sent to three people, their mails, jobs, journal and cursors. A fixture is never regenerated.

use std::path::Path;

use instainstru::app::rooms;
use instainstru::store::{FORMAT, ReadExt, Store, Table, journal};

static META: Table<String, u32> = Table::new(0x0100, "name_number");
static CODES: Table<String, serde_json::Value> = Table::new(0x1008, "email_code");

#[test]
fn data_of_format_1_opens_whole() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1/store.redb");
    std::fs::copy(fixture, dir.path().join("store.redb")).unwrap();
    let store = Store::open(dir.path()).unwrap();
    let read = store.snapshot().unwrap();
    for n in 1..=3 {
        assert!(read.has(&CODES, &format!("person{n}@example.org")).unwrap());
    }
    assert!(journal::last_seq(&read).unwrap() >= 3);
    assert_eq!(read.get(&META, &"format".to_owned()).unwrap(), Some(FORMAT));
    assert_eq!(rooms::catalogue().verify(&read).unwrap().wrong, Vec::<String>::new());
}
