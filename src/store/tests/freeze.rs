//! A day of writes on a disk that freezes, at every one of its syncs and with every kind of tail: what was
//! acknowledged is there, what was not is there whole or not at all, and the store is in order.

use std::sync::Arc;

use super::disk::{Disk, Files, Tail};
use super::*;
use crate::base::refusal::Outcome;
use crate::store::engine::{Logged, Memory, Pair, Redb};

const STEPS: u64 = 48;
/// Writes that wait together, as they do under load.
const ROUND: u64 = 3;
/// So little that the day takes the log through several laps, and some groups never fit.
const LOG: u64 = 64 * 1024;

/// The n-th write of the day: new rows, changed rows, deletions, an event, now and then something large or a refusal.
fn step(n: u64) -> impl FnMut(&mut Tx) -> Outcome<()> + Send + 'static {
    move |tx| {
        let colour = if n.is_multiple_of(7) { "wide".repeat(6000) } else { format!("c{}", n % 5) };
        tx.put(&ROWS, &n, &row(&colour))?;
        tx.put(&ROWS, &(n / 2), &row("moved"))?;
        tx.emit(&Painted { number: n })?;
        if n.is_multiple_of(4) {
            tx.delete(&ROWS, &(n / 3))?;
        }
        if n % 11 == 10 { Err(Refusal::conflict("NO", "no")) } else { Ok(()) }
    }
}

fn everything(store: &Store) -> Vec<Pair> {
    store.snapshot().unwrap().scan_bytes(&[0, 0], &[0xFF; 3], 100_000, Dir::Up).unwrap()
}

/// The state after each number of kept writes.
fn states() -> Vec<Vec<Pair>> {
    let store = Store::over(Arc::new(Memory::default()), "a model").unwrap();
    let mut states = vec![everything(&store)];
    for n in 0..STEPS {
        if store.write_blocking(stamp(), step(n)).is_ok() {
            states.push(everything(&store));
        }
    }
    states
}

fn open(disk: &[Disk; 2]) -> Result<Store, StoreError> {
    let [file, log] = disk.clone();
    Store::over(Arc::new(Logged::on(file, log, LOG, "a disk")?), "a disk")
}

/// Lives through the day; answers how many writes were acknowledged.
fn live(disk: &[Disk; 2]) -> usize {
    let Ok(store) = open(disk) else { return 0 };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut kept = 0;
    for round in 0..STEPS / ROUND {
        let waiting = (round * ROUND..(round + 1) * ROUND).map(|n| store.write(stamp(), step(n)));
        for answer in runtime.block_on(futures_util::future::join_all(waiting)) {
            match answer {
                Ok(()) => kept += 1,
                Err(refusal) if disk[0].is_frozen() => assert!(matches!(refusal.status, 409 | 503), "{refusal}"),
                Err(refusal) => assert_eq!(refusal.code, "NO"),
            }
        }
    }
    store.close();
    kept
}

#[test]
fn no_acknowledged_write_is_lost_wherever_the_disk_freezes() {
    let states = states();
    let fresh = Disk::pair(Files::default(), None);
    drop(Redb::on(fresh[0].clone(), "a fresh disk").unwrap());
    let kinds = [Tail::Durable, Tail::Torn, Tail::HeaderOnly];
    for tails in kinds.iter().flat_map(|file| kinds.map(|log| [*file, log])) {
        for sync in 1.. {
            let disk = Disk::pair(fresh[0].left(), Some((sync, tails)));
            let kept = live(&disk);
            if !disk[0].is_frozen() {
                assert!(sync > STEPS / ROUND && kept + 1 == states.len(), "a day without a freeze keeps everything");
                break;
            }
            let case = format!("{tails:?}, frozen at sync {sync}, {kept} acknowledged");
            // The power goes once more while the log is brought into the file.
            let again = Disk::pair(disk[0].left(), Some((1 + sync % 4, tails)));
            drop(open(&again).map(|store| store.close()));
            let disk = Disk::pair(again[0].left(), None);
            let store = open(&disk).unwrap_or_else(|e| panic!("{case}: {e}"));
            let found = everything(&store);
            assert!(states[kept..].contains(&found), "{case}: not a state the day went through");
            assert_eq!(catalogue().verify(&store.snapshot().unwrap()).unwrap().wrong, Vec::<String>::new(), "{case}");
            // And life goes on.
            store.write_blocking(stamp(), step(1)).unwrap();
            let found = everything(&store);
            store.close();
            let [file, _] = Disk::pair(disk[0].left(), None);
            let alone = Store::over(Arc::new(Redb::on(file, "the file alone").unwrap()), "the file alone").unwrap();
            assert!(everything(&alone) == found, "{case}: after a clean close the file is not everything");
        }
    }
}

#[test]
fn a_group_takes_one_sync_and_the_log_never_outgrows_its_limit() {
    let disk = Disk::pair(Files::default(), None);
    let store = open(&disk).unwrap();
    store.write_blocking(stamp(), step(1)).unwrap();
    let before = disk[0].syncs();
    for n in 2..6 {
        store.write_blocking(stamp(), step(n)).unwrap();
    }
    assert_eq!(disk[0].syncs() - before, 4);
    store.close();
    live(&disk);
    assert!(disk[1].left()[1].len() as u64 <= LOG);
}
