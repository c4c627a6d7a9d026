//! Old events go, but never one that somebody has still to deal with.

use super::*;
use crate::base::time::SignedDuration;

fn at(day: i64) -> Stamp {
    Stamp { now: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day), seed: [1; 32] }
}

fn forget(store: &Store, before_day: i64) -> u64 {
    let write = move |tx: &mut Tx| journal::forget(tx, &["fast", "slow"], at(before_day).now, 1000);
    store.write_blocking(stamp(), write).unwrap()
}

#[test]
fn events_go_by_age_but_only_below_the_slowest_follower() {
    let store = Store::in_memory().unwrap();
    for day in 1..=20 {
        store.write_blocking(at(day), move |tx| tx.emit(&Painted { number: day as u64 })).unwrap();
    }
    let cursors = |fast, slow| {
        let write = move |tx: &mut Tx| {
            journal::set_cursor(tx, "fast", fast).and_then(|()| journal::set_cursor(tx, "slow", slow))
        };
        store.write_blocking(stamp(), write).unwrap();
    };
    assert_eq!(forget(&store, 100), 0, "a follower that has not begun has everything ahead");
    cursors(20, 5);
    assert_eq!(forget(&store, 3), 2);
    assert_eq!(forget(&store, 100), 3);
    cursors(20, 20);
    assert_eq!(forget(&store, 100), 14);
    let left = journal::events_after(&store.snapshot().unwrap(), 0, 100).unwrap();
    assert_eq!(left.iter().map(|event| event.seq).collect::<Vec<_>>(), [20], "numbers go on from the last");
    store.write_blocking(at(21), |tx| tx.emit(&Painted { number: 21 })).unwrap();
    assert_eq!(journal::last_seq(&store.snapshot().unwrap()).unwrap(), 21);
    assert_eq!(store.verify(&catalogue()).unwrap().wrong, Vec::<String>::new());
}
