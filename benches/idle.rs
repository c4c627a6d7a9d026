//! What the server needs at rest with a long history behind it. `cargo bench --bench idle`; the last line is JSON.
//!
//! The demo marketplace gets the past of many years: its taught lessons again and again, week by week, with payment and
//! place in the calendar. `INSTAINSTRU_BENCH_BOOKINGS` says how many (default 1,000,000). Then the real program starts on
//! it, and its memory is read: after the start, and after somebody looked at the first pages.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use instainstru::app::config::Config;
use instainstru::app::{demo, rooms};
use instainstru::availability::model::Entry;
use instainstru::availability::tables::ENTRIES;
use instainstru::base::id::{AnyId as _, BookingId, bits_of_draw};
use instainstru::base::secret::expand;
use instainstru::base::time::{SignedDuration, Timestamp, plus_days};
use instainstru::bookings::model::{Booking, Status};
use instainstru::bookings::tables::BOOKINGS;
use instainstru::payments::model::BookingPayment;
use instainstru::payments::tables::PAYMENTS;
use instainstru::store::{Dir, ReadExt as _, Span, Stamp, Store};
use serde_json::json;

/// Lessons of one write: about 2 MB.
const STEP: u64 = 500;

type Lesson = (Booking, BookingPayment, Entry);

fn main() {
    let wanted = std::env::var("INSTAINSTRU_BENCH_BOOKINGS").map_or(1_000_000, |n| n.parse().unwrap());
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let config = Config { data_dir: dir.path().to_owned(), ..Config::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(demo::fill_when_empty(&config, None)).unwrap();
    drop(runtime);
    let began = Instant::now();
    fill(dir.path(), wanted);
    let filled = began.elapsed().as_secs_f64();
    let file_mb = std::fs::metadata(dir.path().join("store.redb")).unwrap().len() >> 20;
    println!("{wanted} bookings in {file_mb} MB, written in {filled:.0} s");
    let (mut server, address, started) = start(dir.path());
    std::thread::sleep(Duration::from_secs(5));
    let idle = rss_mb(&server);
    println!("ready after {started:.2} s, {idle} MB resident at rest");
    for path in ["/", "/search?q=piano+tomorrow", "/services"] {
        look_at(&address, path);
    }
    let looked = rss_mb(&server);
    println!("{looked} MB after the first pages");
    server.kill().unwrap();
    server.wait().unwrap();
    let began = Instant::now();
    let verified = Command::new(env!("CARGO_BIN_EXE_instainstru"))
        .args(["--data-dir", dir.path().to_str().unwrap(), "verify"])
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&verified.stdout).trim());
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let figures = json!({
        "bookings": wanted, "file_mb": file_mb, "start_s": started, "idle_rss_mb": idle, "rss_after_pages_mb": looked,
        "verify_s": began.elapsed().as_secs_f64(),
    });
    println!("{}", json!({ "bench": "idle", "figures": figures }));
}

/// The demo's taught lessons, each with what belongs to it.
fn taught(store: &Store) -> Vec<Lesson> {
    let read = store.snapshot().unwrap();
    let all = read.scan(&BOOKINGS, Span::all(), 100_000, Dir::Up).unwrap();
    let taught = all.into_iter().filter(|(_, booking)| booking.status == Status::Completed && booking.holds_slot);
    let whole = |(id, booking): (BookingId, Booking)| {
        Some((booking, read.get(&PAYMENTS, &id).unwrap()?, read.get(&ENTRIES, &id).unwrap()?))
    };
    taught.filter_map(whole).collect()
}

/// The n-th lesson of the long past: one of the taught ones, so many weeks earlier.
fn earlier(taught: &[Lesson], n: u64) -> Lesson {
    let count = taught.len() as u64;
    let (mut booking, mut payment, mut entry) = taught[(n % count) as usize].clone();
    let weeks = (n / count + 1) as i64;
    let back = |at: Timestamp| at - SignedDuration::from_hours(weeks * 7 * 24);
    let mut random = [0; 10];
    expand(&n.to_be_bytes(), &mut random);
    let id = BookingId::from_bits(bits_of_draw(back(booking.created_at).as_millisecond(), random));
    booking.id = id;
    booking.date = plus_days(booking.date, -7 * weeks);
    (booking.start, booking.end) = (back(booking.start), back(booking.end));
    booking.created_at = back(booking.created_at);
    (payment.booking_id, payment.start, payment.end, payment.intent) = (id, booking.start, booking.end, None);
    entry.busy.booking_id = id;
    (entry.busy.start_utc, entry.busy.end_utc, entry.date) = (booking.start, booking.end, booking.date);
    (booking, payment, entry)
}

fn fill(dir: &Path, wanted: u64) {
    let store = Store::open(dir).unwrap();
    let stamp = Stamp { now: Timestamp::UNIX_EPOCH, seed: [0; 32] };
    // What the first start on the demo does: later ones find its indexes complete.
    store.upgrade(dir, &dir.join("backups"), &rooms::catalogue(), stamp).unwrap();
    let taught = std::sync::Arc::new(taught(&store));
    for from in (0..wanted).step_by(STEP as usize) {
        let taught = taught.clone();
        let write = move |tx: &mut instainstru::store::Tx| {
            (from..wanted.min(from + STEP)).try_for_each(|n| {
                let (booking, payment, entry) = earlier(&taught, n);
                tx.put(&BOOKINGS, &booking.id, &booking)?;
                tx.put(&PAYMENTS, &booking.id, &payment)?;
                tx.put(&ENTRIES, &booking.id, &entry)
            })
        };
        store.write_blocking(stamp, write).unwrap();
    }
    store.close();
}

/// The program, where it answers, and after how many seconds.
fn start(dir: &Path) -> (Child, String, f64) {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_instainstru"))
        .args(["--data-dir", dir.to_str().unwrap(), "serve", "--no-demo", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let started = began.elapsed().as_secs_f64();
    let address = line.trim().split_once("ready at http://").unwrap().1.to_owned();
    (child, address, started)
}

fn look_at(address: &str, path: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{path}: {}",
        String::from_utf8_lossy(&answer[..200.min(answer.len())])
    );
}

fn rss_mb(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}
