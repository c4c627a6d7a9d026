//! Files beside the rows: there before they are referred to, gone some time after the last use.

use std::path::Path;

use super::*;
use crate::base::time::SignedDuration;
use crate::store::blobs::{self, Collected};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn after(hours: i64) -> Stamp {
    Stamp { now: stamp().now + SignedDuration::from_hours(hours), seed: [3; 32] }
}

fn collect(store: &Store, hours: i64) -> Collected {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.collect_blobs(after(hours), DAY)).unwrap()
}

fn path(dir: &Path, id: BlobId) -> std::path::PathBuf {
    dir.join("blobs").join(id.path())
}

#[test]
fn a_blob_stays_while_it_is_used_and_goes_a_day_after() {
    for (store, dir) in engines() {
        let (photo, draft) = (kept_blob(&store, b"photo", "a"), put_blob(&store, b"draft"));
        assert_eq!(kept_blob(&store, b"photo", "b"), photo, "the same bytes are the same blob");
        assert_eq!(collect(&store, 23), Collected::default(), "the write that wants it may still come");
        assert_eq!(collect(&store, 24), Collected { unused: 1, files: 1 });
        assert_eq!(store.blob(draft).unwrap(), None);
        let gone = store.write_blocking(after(24), move |tx| blobs::keep(tx, draft, "c")).unwrap_err();
        assert_eq!(gone.code, "BLOB_GONE");
        store.write_blocking(after(48), move |tx| blobs::release(tx, photo, "a")).unwrap();
        assert_eq!(collect(&store, 1000), Collected::default(), "somebody else still needs it");
        store.write_blocking(after(1000), move |tx| blobs::release(tx, photo, "b")).unwrap();
        assert_eq!(collect(&store, 1023), Collected::default());
        assert_eq!(store.blob(photo).unwrap().unwrap(), b"photo");
        assert_eq!(collect(&store, 1024), Collected { unused: 1, files: 1 });
        assert_eq!(store.verify(&catalogue()).unwrap().wrong, Vec::<String>::new());
        if let Some(dir) = dir {
            assert!(!path(dir.path(), photo).exists());
        }
    }
}

#[test]
fn too_much_and_nothing_are_refused() {
    let store = Store::in_memory().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for bytes in [Vec::new(), vec![0; crate::base::limits::BLOB_BYTES + 1]] {
        assert_eq!(runtime.block_on(store.put_blob(stamp(), bytes)).unwrap_err().status, 413);
    }
}

#[test]
fn what_crashes_leave_over_is_swept_and_what_is_damaged_is_found_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let photo = kept_blob(&store, b"photo", "a");
    let stray = BlobId::of(b"stray");
    let unfinished = path(dir.path(), photo).with_extension("new");
    std::fs::create_dir_all(path(dir.path(), stray).parent().unwrap()).unwrap();
    std::fs::write(path(dir.path(), stray), "stray").unwrap();
    std::fs::write(&unfinished, "pho").unwrap();
    assert_eq!(collect(&store, 0), Collected { unused: 0, files: 2 });
    assert!(!unfinished.exists() && !path(dir.path(), stray).exists());
    let wrong = || store.verify(&catalogue()).unwrap().wrong.join("; ");
    std::fs::write(path(dir.path(), photo), "phoxo").unwrap();
    assert!(wrong().contains("not what it was"), "{}", wrong());
    assert!(store.blob(photo).is_err(), "nobody is shown other bytes");
    std::fs::remove_file(path(dir.path(), photo)).unwrap();
    assert!(wrong().contains("its file is gone"), "{}", wrong());
    assert!(backup::take(&store, dir.path(), &dir.path().join("b"), ("one", stamp()), &catalogue()).is_err());
    assert_eq!(put_blob(&store, b"photo"), photo);
    assert_eq!(wrong(), "");
    store.write_blocking(stamp(), move |tx| tx.delete(&blobs::BLOBS, &photo)).unwrap();
    assert!(wrong().contains("never handed in"), "{}", wrong());
}

#[test]
fn nothing_is_collected_while_a_copy_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let draft = put_blob(&store, b"draft");
    let hold = store.files.hold();
    assert_eq!(collect(&store, 24), Collected { unused: 1, files: 0 });
    assert!(path(dir.path(), draft).exists());
    drop(hold);
    assert_eq!(collect(&store, 24), Collected { unused: 0, files: 1 });
}
