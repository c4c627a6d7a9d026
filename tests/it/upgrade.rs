//! Data of every format there ever was opens in this build. `tests/fixtures/format-N` was written by a program of format
//! N: codes sent to three people, their mails, jobs, journal and cursors. A fixture is never regenerated.

use std::path::Path;
use std::process::Command;

use instainstru::app::rooms;
use instainstru::store::{FORMAT, ReadExt, Store, Table, journal};

static CODES: Table<String, serde_json::Value> = Table::new(0x1008, "email_code");

fn run(dir: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
    let done = command.args(["--data-dir", dir.to_str().unwrap()]).args(args).output().unwrap();
    let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    assert!(done.status.success(), "{args:?}: {said}");
    said
}

fn holds_everything(dir: &Path) {
    let store = Store::open(dir).unwrap();
    assert_eq!(store.format().unwrap(), FORMAT);
    let read = store.snapshot().unwrap();
    for n in 1..=3 {
        assert!(read.has(&CODES, &format!("person{n}@example.org")).unwrap());
    }
    assert!(journal::last_seq(&read).unwrap() >= 3);
    assert_eq!(store.verify(&rooms::catalogue()).unwrap().wrong, Vec::<String>::new());
}

#[test]
fn data_of_every_older_format_is_backed_up_upgraded_and_whole() {
    (1..FORMAT).for_each(comes_from);
}

fn comes_from(format: u32) {
    let dir = tempfile::tempdir().unwrap();
    let fixture = format!("{}/tests/fixtures/format-{format}/store.redb", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(fixture, dir.path().join("store.redb")).unwrap();
    assert_eq!(Store::open(dir.path()).unwrap().format().unwrap(), format, "what the fixture is of");
    assert!(run(dir.path(), &["verify"]).contains("in order"));
    holds_everything(dir.path());
    // Before anything was changed a backup was taken, and it leads to the same.
    let backups: Vec<_> = std::fs::read_dir(dir.path().join("backups")).unwrap().map(|e| e.unwrap().path()).collect();
    let [backup] = backups.as_slice() else { panic!("{backups:?}") };
    assert!(
        backup.file_name().unwrap().to_str().unwrap().starts_with(&format!("before-format-{FORMAT}-")),
        "{backup:?}"
    );
    assert!(std::fs::read_to_string(backup.join("manifest.json")).unwrap().contains(&format!("\"format\": {format}")));
    let restored = tempfile::tempdir().unwrap();
    run(restored.path(), &["restore", backup.to_str().unwrap()]);
    holds_everything(restored.path());
    // The second start finds nothing to do.
    run(dir.path(), &["verify"]);
    assert_eq!(std::fs::read_dir(dir.path().join("backups")).unwrap().count(), 1);
}
