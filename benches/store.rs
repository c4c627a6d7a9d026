//! What the store can do on this machine. `cargo bench --bench store`; the last line is JSON.
//!
//! Writes are measured three ways in one run: as the program does them, into the file without a log before it, and the
//! program's way with no fsync at all, neither of the file nor of the log. Each run is long enough for the log to begin
//! again, so what that costs is in the figures. `INSTAINSTRU_BENCH_ROWS` sets the size of the large file (default
//! 1,000,000 rows, about 1 GB), `INSTAINSTRU_BENCH_SECONDS` the length of a run.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use instainstru::base::limits::LOG_BYTES;
use instainstru::base::time::Timestamp;
use instainstru::store::engine::{Logged, Redb};
use instainstru::store::{Catalogue, Dir, Event, Index, Read, ReadExt, Span, Stamp, Store, Table, Tx, backup, journal};
use redb::StorageBackend;
use redb::backends::FileBackend;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Clone, Serialize, Deserialize)]
struct Lesson {
    student: u64,
    start: i64,
    note: String,
}

static LESSONS: Table<u64, Lesson> = Table::new(0xF001, "number_lesson").indexed(&[&BY_STUDENT]);
static BY_STUDENT: Index<u64, Lesson, (u64, i64)> =
    Index::new(0xF002, "student_start_number", |_, lesson| vec![(lesson.student, lesson.start)]);

#[derive(Serialize, Deserialize)]
struct Booked {
    lesson: u64,
}
impl Event for Booked {
    const KIND: &'static str = "lesson.booked";
}

const WRITERS: [usize; 4] = [1, 8, 64, 256];

/// A file that counts its syncs, and does without them when told so: what the work costs if no disk is waited for.
#[derive(Debug)]
struct Counted {
    file: FileBackend,
    syncs: Arc<AtomicU64>,
    waits: bool,
}
impl StorageBackend for Counted {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        if self.waits { self.file.sync_data() } else { Ok(()) }
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write(offset, data)
    }
}

fn stamp() -> Stamp {
    Stamp { now: Timestamp::UNIX_EPOCH, seed: [1; 32] }
}

fn lesson(n: u64, bytes: usize) -> Lesson {
    Lesson { student: n % 5000, start: n as i64, note: "x".repeat(bytes) }
}

/// One booking: looks whether the place is free, writes row and index, tells the journal.
fn book(tx: &mut Tx, n: u64) -> instainstru::base::refusal::Outcome<()> {
    if tx.get(&LESSONS, &n)?.is_none() {
        tx.put(&LESSONS, &n, &lesson(n, 150))?;
    }
    tx.emit(&Booked { lesson: n })
}

/// A fresh store in `dir`, with or without the log before its file, with or without syncs.
fn fresh(dir: &Path, logged: bool, waits: bool) -> (Store, Arc<AtomicU64>) {
    std::fs::create_dir_all(dir).unwrap();
    let syncs = Arc::new(AtomicU64::new(0));
    let disk = |name: &str| {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(dir.join(name)).unwrap();
        Counted { file: FileBackend::new(file).unwrap(), syncs: syncs.clone(), waits }
    };
    let store = if logged {
        let engine = Logged::on(disk("file"), disk("log"), LOG_BYTES, "a bench").unwrap();
        Store::over(Arc::new(engine), "a bench").unwrap()
    } else {
        Store::over(Arc::new(Redb::on(disk("file"), "a bench").unwrap()), "a bench").unwrap()
    };
    (store, syncs)
}

/// Microseconds of processor time this process has used.
fn cpu_micros() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) * 10_000.0
}

struct Pressed {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_us: f64,
    batch: f64,
    syncs: f64,
}

/// `writers` tasks, each writing again as soon as it was answered.
fn press((store, syncs): &(Store, Arc<AtomicU64>), writers: usize) -> Pressed {
    let run = std::env::var("INSTAINSTRU_BENCH_SECONDS").map_or(10, |seconds| seconds.parse().unwrap());
    let run = Duration::from_secs(run);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (before, synced) = (store.figures(), syncs.load(Ordering::Relaxed));
    let (cpu, began) = (cpu_micros(), Instant::now());
    let mut took: Vec<f64> = runtime.block_on(async {
        let tasks: Vec<_> = (0..writers as u64)
            .map(|w| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut took = Vec::new();
                    for n in 0u64.. {
                        if began.elapsed() > run {
                            break;
                        }
                        let asked = Instant::now();
                        store.write(stamp(), move |tx| book(tx, (n << 16) | w)).await.unwrap();
                        took.push(asked.elapsed().as_secs_f64() * 1000.0);
                    }
                    took
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    });
    let (seconds, after) = (began.elapsed().as_secs_f64(), store.figures());
    took.sort_by(f64::total_cmp);
    let commits = (after.commits - before.commits).max(1) as f64;
    Pressed {
        per_second: took.len() as f64 / seconds,
        p50_ms: took[took.len() / 2],
        p99_ms: took[took.len() * 99 / 100],
        cpu_us: (cpu_micros() - cpu) / took.len() as f64,
        batch: (after.writes - before.writes) as f64 / commits,
        syncs: (syncs.load(Ordering::Relaxed) - synced) as f64 / commits,
    }
}

fn measured(kind: &str, store: (Store, Arc<AtomicU64>), writers: usize, out: &mut Map<String, Value>) -> f64 {
    let run = press(&store, writers);
    store.0.close();
    println!(
        "{kind:>8} {writers:>4} writers: {:>7.0}/s, p50 {:.2} p99 {:.2} ms, {:.0} µs CPU each, {:.0} a commit, {:.2} syncs a commit",
        run.per_second, run.p50_ms, run.p99_ms, run.cpu_us, run.batch, run.syncs
    );
    let mut note = |what: &str, value: f64| out.insert(format!("{kind}_{writers}_{what}"), json!(value));
    note("per_s", run.per_second.round());
    note("p50_ms", run.p50_ms);
    note("p99_ms", run.p99_ms);
    note("cpu_us", run.cpu_us);
    note("syncs_per_commit", run.syncs);
    run.per_second
}

fn writes(dir: &Path, out: &mut Map<String, Value>) {
    let rates =
        WRITERS.map(|writers| measured("grouped", fresh(&dir.join(format!("w{writers}")), true, true), writers, out));
    for writers in [1, 256] {
        measured("unlogged", fresh(&dir.join(format!("u{writers}")), false, true), writers, out);
    }
    let free = measured("nosync", fresh(&dir.join("nosync"), true, false), 256, out);
    // One writer at a time shares its fsync with nobody.
    out.insert("grouped_256_over_single".into(), json!(rates[3] / rates[0]));
    out.insert("grouped_256_over_nosync".into(), json!(rates[3] / free));
}

fn each_us(times: u64, mut work: impl FnMut(u64)) -> f64 {
    let began = Instant::now();
    for n in 0..times {
        work(n);
    }
    began.elapsed().as_secs_f64() * 1e6 / times as f64
}

fn fill(store: &Store, rows: u64, bytes: usize) {
    for from in (0..rows).step_by(4000) {
        let write = move |tx: &mut Tx| {
            (from..rows.min(from + 4000))
                .try_for_each(|n| tx.put(&LESSONS, &n.wrapping_mul(0x9E37_79B9), &lesson(n, bytes)))
        };
        store.write_blocking(stamp(), write).unwrap();
    }
}

fn reads(dir: &Path, out: &mut Map<String, Value>) {
    let store = Store::open(&dir.join("reads")).unwrap();
    fill(&store, 100_000, 150);
    let snapshot = store.snapshot().unwrap();
    let point =
        each_us(200_000, |n| assert!(snapshot.has(&LESSONS, &((n % 100_000).wrapping_mul(0x9E37_79B9))).unwrap()));
    let range = each_us(20_000, |n| {
        let rows = snapshot.by_index(&LESSONS, &BY_STUDENT, Span::prefix(&(n % 5000,)), 20, Dir::Up).unwrap();
        assert_eq!(rows.len(), 20);
    });
    for n in 0..40u64 {
        store
            .write_blocking(stamp(), move |tx| (0..500).try_for_each(|k| tx.emit(&Booked { lesson: n * 500 + k })))
            .unwrap();
    }
    let began = Instant::now();
    let (mut cursor, mut dealt) = (0, 0u64);
    loop {
        let events = store.read(|r| journal::events_after(r, cursor, 500)).unwrap();
        let Some(last) = events.last() else { break };
        dealt += events.iter().filter_map(|e| e.decode::<Booked>()).count() as u64;
        cursor = last.seq;
        store.write_blocking(stamp(), move |tx| journal::set_cursor(tx, "bench", cursor)).unwrap();
    }
    let catch_up = dealt as f64 / began.elapsed().as_secs_f64();
    store.close();
    println!(
        "point read {point:.2} µs, 20 rows by an index {range:.1} µs, a consumer catches up {catch_up:.0} events/s"
    );
    out.insert("point_read_us".into(), json!(point));
    out.insert("range_20_us".into(), json!(range));
    out.insert("consumer_events_per_s".into(), json!(catch_up.round()));
}

/// A child fills a large file and is killed; how long until the file is open again.
fn reopening(dir: &Path, out: &mut Map<String, Value>) {
    let rows = std::env::var("INSTAINSTRU_BENCH_ROWS").map_or(1_000_000, |n| n.parse().unwrap());
    let place = dir.join("large");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--child", place.to_str().unwrap(), &rows.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    io::BufRead::read_line(&mut io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    child.kill().unwrap();
    child.wait().unwrap();
    let bytes = std::fs::metadata(place.join("store.redb")).unwrap().len();
    let began = Instant::now();
    let store = Store::open(&place).unwrap();
    let reopened = began.elapsed().as_secs_f64() * 1000.0;
    println!("{} MB reopened after kill -9 in {reopened:.1} ms", bytes >> 20);
    out.insert("large_file_mb".into(), json!(bytes >> 20));
    out.insert("reopen_after_kill_ms".into(), json!(reopened));
    out.insert("idle_rss_mb".into(), json!(rss_mb()));
    copying(&store, dir, &place, out);
    store.close();
    drop(store);
    drop(std::fs::remove_dir_all(place));
}

fn rss_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

/// Backs the large store up (proof included) while somebody writes, and restores it.
fn copying(store: &Store, dir: &Path, place: &Path, out: &mut Map<String, Value>) {
    let mut catalogue = Catalogue::new();
    catalogue.tables.push(&LESSONS);
    let stop = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        move || {
            let mut pause = Duration::ZERO;
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let asked = Instant::now();
                store.write_blocking(stamp(), move |tx| book(tx, n << 20)).unwrap();
                pause = pause.max(asked.elapsed());
            }
            pause.as_secs_f64() * 1000.0
        }
    });
    let began = Instant::now();
    let taken = backup::take(store, place, &dir.join("backups"), ("one", stamp()), &catalogue).unwrap();
    let seconds = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let pause = writer.join().unwrap();
    let began = Instant::now();
    backup::restore(&taken.path, &dir.join("restored"), false, &catalogue, stamp()).unwrap();
    let restored = began.elapsed().as_secs_f64();
    let mb = taken.bytes >> 20;
    println!(
        "{mb} MB backed up and proved in {seconds:.1} s, longest write meanwhile {pause:.0} ms, restored in {restored:.1} s"
    );
    for (name, value) in [("backup_s", seconds), ("backup_longest_write_ms", pause), ("restore_s", restored)] {
        out.insert(name.into(), json!(value));
    }
    out.insert("backup_mb".into(), json!(mb));
}

fn child(place: &Path, rows: u64) {
    let store = Store::open(place).unwrap();
    fill(&store, rows, 900);
    println!("filled");
    for n in 0.. {
        store.write_blocking(stamp(), move |tx| book(tx, n)).unwrap();
    }
}

/// What the file weighs after much coming and going, and after compaction.
fn churn(dir: &Path, out: &mut Map<String, Value>) {
    let place = dir.join("churn");
    let store = Store::open(&place).unwrap();
    fill(&store, 50_000, 200);
    for round in 0..200u64 {
        let write = move |tx: &mut Tx| {
            (0..250u64).try_for_each(|k| {
                let n = (round * 250 + k).wrapping_mul(7919) % 50_000;
                tx.put(&LESSONS, &n.wrapping_mul(0x9E37_79B9), &lesson(n + round, 100 + (n % 200) as usize))
            })
        };
        store.write_blocking(stamp(), write).unwrap();
    }
    let live: u64 = {
        let pairs = store.snapshot().unwrap().scan_bytes(&[0, 0], &[0xFF; 3], usize::MAX, Dir::Up).unwrap();
        pairs.iter().map(|(k, v)| (k.len() + v.len()) as u64).sum()
    };
    let mut catalogue = Catalogue::new();
    catalogue.tables.push(&LESSONS);
    let rewritten = backup::take(&store, &place, &dir.join("rewritten"), ("one", stamp()), &catalogue).unwrap().bytes;
    store.close();
    drop(store);
    let file = place.join("store.redb");
    let before = std::fs::metadata(&file).unwrap().len();
    redb::Database::open(&file).unwrap().compact().unwrap();
    let after = std::fs::metadata(&file).unwrap().len();
    println!(
        "after churn {:.2} × the live data, {:.2} × once compacted, {:.2} × once backed up and restored",
        before as f64 / live as f64,
        after as f64 / live as f64,
        rewritten as f64 / live as f64
    );
    out.insert("churn_file_over_live".into(), json!(before as f64 / live as f64));
    out.insert("rewritten_file_over_live".into(), json!(rewritten as f64 / live as f64));
    out.insert("compacted_file_over_live".into(), json!(after as f64 / live as f64));
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--child") {
        return child(Path::new(&args[at + 1]), args[at + 2].parse().unwrap());
    }
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut figures = Map::new();
    writes(dir.path(), &mut figures);
    reads(dir.path(), &mut figures);
    churn(dir.path(), &mut figures);
    reopening(dir.path(), &mut figures);
    println!("{}", json!({ "bench": "store", "figures": figures }));
}
