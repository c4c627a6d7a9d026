//! What every engine must do: any sequence of writes reads like a `BTreeMap`, inside a write and after it, alone and
//! grouped, whoever refuses or panics in between.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::disk::{Disk, Files};
use super::*;
use crate::base::refusal::{Outcome, Refusal};
use crate::store::engine::{Chaos, Engine, Logged, Memory, Redb};
use crate::store::tx::Overlay;

type Model = BTreeMap<u64, Row>;

#[derive(Clone, Debug)]
enum Op {
    Put(u64, u8),
    Delete(u64),
    Get(u64),
    Scan(u64, u64, usize, bool),
    ByColour(u8, usize, bool),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Keep,
    Refuse,
    Panic,
}

fn colour(n: u8) -> String {
    // One is the beginning of the other, and one holds a zero byte: what a sloppy key order would mix up.
    ["red", "redder", "re\0d"][usize::from(n % 3)].to_owned()
}

fn dir(down: bool) -> Dir {
    if down { Dir::Down } else { Dir::Up }
}

fn op() -> impl Strategy<Value = Op> {
    let key = 0u64..24;
    prop_oneof![
        4 => (key.clone(), any::<u8>()).prop_map(|(k, c)| Op::Put(k, c)),
        2 => key.clone().prop_map(Op::Delete),
        1 => key.clone().prop_map(Op::Get),
        2 => (key.clone(), key, 0usize..12, any::<bool>()).prop_map(|(a, b, n, d)| Op::Scan(a, b, n, d)),
        2 => (any::<u8>(), 0usize..12, any::<bool>()).prop_map(|(c, n, d)| Op::ByColour(c, n, d)),
    ]
}

fn writes() -> impl Strategy<Value = Vec<(Vec<Op>, End)>> {
    let end = prop_oneof![6 => Just(End::Keep), 1 => Just(End::Refuse), 1 => Just(End::Panic)];
    prop::collection::vec((prop::collection::vec(op(), 0..12), end), 1..12)
}

/// What an op shows, in the store.
fn seen(tx: &mut Tx, op: &Op) -> Outcome<Vec<u64>> {
    let keys = |rows: Vec<(u64, Row)>| rows.into_iter().map(|(k, _)| k).collect();
    Ok(match op {
        Op::Put(k, c) => {
            tx.put(&ROWS, k, &row(&colour(*c)))?;
            Vec::new()
        }
        Op::Delete(k) => {
            tx.delete(&ROWS, k)?;
            Vec::new()
        }
        Op::Get(k) => tx.get(&ROWS, k)?.map(|_| *k).into_iter().collect(),
        Op::Scan(a, b, n, d) => keys(tx.scan(&ROWS, Span::from_to(a, b), *n, dir(*d))?),
        Op::ByColour(c, n, d) => keys(tx.by_index(&ROWS, &BY_COLOUR, Span::prefix(&(colour(*c),)), *n, dir(*d))?),
    })
}

/// The same op on the model.
fn modelled(model: &mut Model, op: &Op) -> Vec<u64> {
    let pick = |found: Vec<u64>, n: usize, down: bool| -> Vec<u64> {
        if down { found.into_iter().rev().take(n).collect() } else { found.into_iter().take(n).collect() }
    };
    match op {
        Op::Put(k, c) => drop(model.insert(*k, row(&colour(*c)))),
        Op::Delete(k) => drop(model.remove(k)),
        Op::Get(k) => return model.get(k).map(|_| *k).into_iter().collect(),
        Op::Scan(a, b, n, d) => return pick(model.keys().copied().filter(|k| a <= k && k < b).collect(), *n, *d),
        Op::ByColour(c, n, d) => {
            let of_it = model.iter().filter(|(_, r)| r.colour == colour(*c));
            return pick(of_it.map(|(k, _)| *k).collect(), *n, *d);
        }
    }
    Vec::new()
}

/// Queues all writes at once, so that they meet in groups, and compares what each saw with the model.
fn reads_like_a_map(store: &Store, writes: &[(Vec<Op>, End)]) -> Result<Model, TestCaseError> {
    let before = store.snapshot().unwrap();
    let queued: Vec<_> = writes
        .iter()
        .cloned()
        .map(|(ops, end)| {
            store.write(stamp(), move |tx| {
                let shown = ops.iter().map(|op| seen(tx, op)).collect::<Outcome<Vec<_>>>()?;
                tx.emit(&Painted { number: ops.len() as u64 })?;
                match end {
                    End::Keep => Ok(shown),
                    End::Refuse => Err(Refusal::conflict("NO", "no")),
                    End::Panic => std::panic::resume_unwind(Box::new("on purpose")),
                }
            })
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answers = runtime.block_on(futures_util::future::join_all(queued));
    let (mut model, mut kept) = (Model::new(), 0);
    for ((ops, end), answer) in writes.iter().zip(answers) {
        if *end != End::Keep {
            prop_assert!(answer.is_err());
            continue;
        }
        kept += 1;
        let expected: Vec<_> = ops.iter().map(|op| modelled(&mut model, op)).collect();
        prop_assert_eq!(answer.unwrap(), expected);
    }
    prop_assert!(before.scan(&ROWS, Span::all(), 100, Dir::Up).unwrap().is_empty(), "a snapshot stays as it was");
    holds(store, &model, kept)?;
    Ok(model)
}

/// The store holds exactly the model, `kept` events, and is in order.
fn holds(store: &Store, model: &Model, kept: u64) -> Result<(), TestCaseError> {
    let snapshot = store.snapshot().unwrap();
    let rows: Model = snapshot.scan(&ROWS, Span::all(), 100, Dir::Up).unwrap().into_iter().collect();
    prop_assert_eq!(&rows, model);
    let events: Vec<u64> = journal::events_after(&snapshot, 0, 100).unwrap().into_iter().map(|e| e.seq).collect();
    prop_assert_eq!(events, (1..=kept).collect::<Vec<_>>());
    prop_assert_eq!(catalogue().verify(&snapshot).unwrap().wrong, Vec::<String>::new());
    Ok(())
}

fn conforms(cases: u32, engine: impl Fn() -> Arc<dyn Engine>) {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) });
    runner
        .run(&writes(), |writes| reads_like_a_map(&Store::over(engine(), "a test").unwrap(), &writes).map(drop))
        .unwrap();
    let commits = prop::collection::vec(prop::collection::btree_map(bytes(), prop::option::of(bytes()), 0..8), 0..6);
    let asked = (bytes(), bytes(), 0usize..9, any::<bool>());
    runner.run(&(commits, asked), |(commits, asked)| bytes_like_a_map(&*engine(), &commits, asked)).unwrap();
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0u8, 1, 0x7F, 0xFE, 0xFF]), 0..4)
}

/// The engine itself, below tables and writes.
fn bytes_like_a_map(
    engine: &dyn Engine,
    commits: &[Overlay],
    (from, to, limit, down): (Vec<u8>, Vec<u8>, usize, bool),
) -> Result<(), TestCaseError> {
    let mut model: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    for changes in commits {
        engine.commit(changes).unwrap();
        for (key, value) in changes {
            match value {
                Some(value) => model.insert(key.clone(), value.clone()),
                None => model.remove(key),
            };
        }
    }
    let read = engine.snapshot().unwrap();
    prop_assert_eq!(read.get(&from).unwrap(), model.get(&from).cloned());
    let mut expected: Vec<_> = model.into_iter().filter(|(k, _)| from <= *k && *k < to).collect();
    if down {
        expected.reverse();
    }
    expected.truncate(limit);
    prop_assert_eq!(read.scan(&from, &to, limit, dir(down)).unwrap(), expected);
    Ok(())
}

#[test]
fn memory_conforms() {
    conforms(128, || Arc::new(Memory::default()));
}

#[test]
fn redb_conforms() {
    conforms(64, || Arc::new(Redb::on(redb::backends::InMemoryBackend::new(), "a test").unwrap()));
}

/// Hardly room for a few groups, so that checkpoints come in between.
#[test]
fn logged_conforms() {
    conforms(64, || {
        let [file, log] = Disk::pair(Files::default(), None);
        Arc::new(Logged::on(file, log, 16 * 1024, "a test").unwrap())
    });
}

#[test]
fn chaos_conforms() {
    conforms(128, || Arc::new(Chaos(Memory::default())));
}

#[test]
fn a_file_holds_the_same_after_it_was_closed() {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(6) });
    let run = |writes: Vec<(Vec<Op>, End)>| {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let model = reads_like_a_map(&store, &writes)?;
        store.close();
        drop(store);
        let kept = writes.iter().filter(|(_, end)| *end == End::Keep).count() as u64;
        holds(&Store::open(dir.path()).unwrap(), &model, kept)
    };
    runner.run(&writes(), run).unwrap();
}

#[test]
fn chaos_finds_a_write_with_side_effects() {
    let store = Store::over(Arc::new(Chaos(Memory::default())), "a test").unwrap();
    let mut runs = 0;
    let counted = store.write_blocking(stamp(), move |tx| {
        runs += 1;
        tx.put(&ROWS, &runs, &row("red"))
    });
    assert!(counted.unwrap_err().cause.unwrap().contains("ran again"));
    let mut once = Some(row("red"));
    let taken = store.write_blocking(stamp(), move |tx| tx.put(&ROWS, &1, &once.take().unwrap()));
    assert_eq!(taken.unwrap_err().status, 500);
    assert!(store.snapshot().unwrap().scan(&ROWS, Span::all(), 10, Dir::Up).unwrap().is_empty());
}
