//! Every parser of bytes from outside, tried with bytes nobody meant, for as long as one likes.
//! `cargo bench --bench fuzz`; one line of JSON per parser.
//!
//! `INSTAINSTRU_FUZZ_SECONDS` says how long each is tried (default 10), `INSTAINSTRU_FUZZ_ONLY` which (names separated by
//! commas), `INSTAINSTRU_FUZZ_SEED` where the dice start. What counts as found: an answer 5xx, a panic, a try that takes
//! longer than a second, memory that grows by more than [`MOST_MB`] while one parser is tried.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use instainstru::accounts::Leaked;
use instainstru::app::config::{self, Config};
use instainstru::app::rooms;
use instainstru::app::start::{Running, start};
use instainstru::base::id::{BookingId, UserId};
use instainstru::base::secret::Entropy;
use instainstru::base::time::{Date, Timestamp, WallTime, rfc3339};
use instainstru::places::Gazetteer;
use instainstru::places::rules::import::{Wish, import};
use instainstru::places::rules::pack::PackText;
use instainstru::store::{self, Stamp};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "../tests/it/fuzz/bytes.rs"]
mod bytes;

use bytes::{DATES, Dice, PLACES};

/// Megabytes that one parser may add to the peak.
const MOST_MB: u64 = 512;
const SLOW: Duration = Duration::from_secs(1);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A line of `/proc/self/status` in megabytes.
fn memory_mb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap_or(0) / 1024
}

/// What was seen of one parser.
#[derive(Default)]
struct Seen {
    tries: u64,
    slowest: Duration,
    found: Vec<String>,
}

impl Seen {
    fn note(&mut self, bytes: &[u8], took: Duration, wrong: Option<String>) {
        self.tries += 1;
        self.slowest = self.slowest.max(took);
        let slow = (took > SLOW).then(|| format!("took {} ms", took.as_millis()));
        if let Some(why) = wrong.or(slow) {
            self.found.push(format!("{why}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(600)])));
        }
    }
}

async fn status(address: &str, bytes: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    drop(tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await.ok()?);
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

/// What a parser is given besides the dice.
struct Valid {
    region: Vec<u8>,
    /// Settings, regions, ZIPs, their regions, aliases.
    pack: Vec<Vec<u8>>,
    config: Vec<u8>,
    export: Vec<u8>,
    dir: tempfile::TempDir,
}

type Parse = fn(&Dice, &Valid) -> Vec<u8>;

fn wish() -> Wish {
    let text = |text: &str| text.to_owned();
    Wish {
        name: text("Anywhere"),
        timezone: text("America/New_York"),
        state: text("NY"),
        country: text("US"),
        name_field: text("name"),
        parent_field: Some(text("parent")),
        parent_label: text("borough"),
        source: text("nobody"),
        licence: text("CC0-1.0"),
    }
}

const GEO: &[&str] = &[
    "{\"type\":\"FeatureCollection\",\"features\":[",
    "1e999",
    "-1e308",
    "null",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"coordinates\":",
    "[[[",
    "\"MultiPolygon\"",
    "\"GeometryCollection\"",
    "\u{202e}",
    "[-73.9,40.7],[-73.9,40.7]",
    "180.0000001",
];

const TOML: &[&str] = &[
    "bind = ",
    "\"127.0.0.1:0\"",
    "[table]",
    "[[",
    "]]",
    "= = =",
    "\n",
    "\"\"\"",
    "\\u{FFFFFFFF}",
    "0x",
    "1e999",
    "1979-05-27T25:61:00Z",
    "inf",
    "smtp_url = \"smtps://[::1\"",
    "trusted_proxies = \"10.0.0.0/99\"",
    "demo = \"maybe\"",
    "timezone = \"../../etc/passwd\"",
    "base_url = \"https://\u{202e}\"",
    "{",
    "}",
    "a.b.c.d.e = 1",
    "#",
];

const LEAKED: &[&str] = &[
    "password\n",
    "letmein\r\n",
    "\n",
    "\n\n\n",
    "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3303003\n",
    "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8\n",
    ":",
    "zzz",
    "\u{e9}t\u{e9}\n",
    "\u{0}",
];

/// Something valid, bent in a few places.
fn bent(d: &Dice, valid: &[u8], pieces: &[&str]) -> Vec<u8> {
    let mut out = valid.to_vec();
    for _ in 0..=d.below(8) {
        let (at, to) = (place(d, &out), place(d, &out));
        let (from, to) = (at.min(to), at.max(to));
        match d.below(6) {
            0 if from < out.len() => out[from] = d.0.bytes::<1>()[0],
            1 => drop(out.drain(from..to.min(from + 64))),
            2 => out.truncate(to),
            3 => {
                let twice = out[from..to.min(from + 200)].to_vec();
                drop(out.splice(from..from, twice));
            }
            4 if from < out.len() => out[from] ^= 1 << d.below(8),
            _ => drop(out.splice(from..from, d.pick(pieces).bytes())),
        }
    }
    out
}

fn place(d: &Dice, bytes: &[u8]) -> usize {
    (d.below(65_536) * 65_536 + d.below(65_536)) % (bytes.len() + 1)
}

/// Parsers that no request leads to, or that are worth more tries than requests allow.
const PARSERS: [(&str, Parse); 6] = [
    ("dates and ids alone", |d, _| {
        let bytes = d.text(DATES);
        let text = String::from_utf8_lossy(&bytes);
        drop((text.parse::<Date>(), text.parse::<WallTime>(), text.parse::<UserId>(), text.parse::<BookingId>()));
        if let Ok(at) = text.parse::<Timestamp>() {
            drop(rfc3339(at));
        }
        bytes
    }),
    ("region GeoJSON", |d, valid| {
        let bytes = if d.below(4) == 0 { d.text(GEO) } else { bent(d, &valid.region, GEO) };
        drop(import(&String::from_utf8_lossy(&bytes), &wish()));
        bytes
    }),
    ("configuration", |d, valid| {
        let bytes = if d.below(4) == 0 { d.text(TOML) } else { bent(d, &valid.config, TOML) };
        let file = valid.dir.path().join("config.toml");
        std::fs::write(&file, &bytes).expect("a file");
        drop(config::load(Some(&file), |_| None));
        bytes
    }),
    ("leaked passwords", |d, valid| {
        let (bytes, file) = (d.text(LEAKED), valid.dir.path().join("leaked.txt"));
        std::fs::write(&file, &bytes).expect("a file");
        if let Ok(list) = Leaked::open(&file) {
            for password in ["password", "", "\u{e9}t\u{e9}", "zzzzzzzzzzzz"] {
                drop(list.holds(password));
            }
        }
        bytes
    }),
    ("places pack", |d, valid| {
        let mut files = valid.pack.clone();
        let at = d.below(files.len());
        files[at] = bent(d, &files[at], GEO);
        let text: Vec<String> = files.iter().map(|file| String::from_utf8_lossy(file).into_owned()).collect();
        drop(Gazetteer::read(PackText {
            settings: &text[0],
            regions: &text[1],
            zips: &text[2],
            zip_regions: &text[3],
            aliases: &text[4],
        }));
        files.swap_remove(at)
    }),
    ("import", |d, valid| {
        let bytes =
            bent(d, &valid.export, &["PK\u{3}\u{4}", "../../etc/passwd", "\u{0}\u{0}", "PK\u{5}\u{6}", "\u{7f}"]);
        let file = valid.dir.path().join("bent.zip");
        std::fs::write(&file, &bytes).expect("a file");
        let into = valid.dir.path().join("into");
        let stamp = Stamp { now: "2026-11-10T19:00:00Z".parse().expect("an instant"), seed: d.0.bytes() };
        drop(store::import(&file, &into, stamp, &rooms::catalogue()));
        drop(std::fs::remove_dir_all(&into));
        assert!(!valid.dir.path().join("passwd").exists());
        bytes
    }),
];

/// A marketplace of one person, and its export.
async fn valid(running: &Running) -> Valid {
    let dir = tempfile::tempdir().expect("a directory");
    let to = dir.path().join("whole.zip");
    let site = &running.site;
    store::export(&site.store, &site.data_dir, &rooms::catalogue(), site.now(), &to).expect("an export");
    let square = |x: f64, name: &str| {
        let ring = [[x, 40.0], [x + 0.1, 40.0], [x + 0.1, 40.1], [x, 40.1], [x, 40.0]];
        json!({
            "type": "Feature", "properties": { "name": name, "parent": "East", "zips": ["10001", "10002"] },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    };
    let region =
        json!({ "type": "FeatureCollection", "features": [square(-73.0, "Mill Pond"), square(-72.9, "Old Town")] });
    let region = region.to_string().into_bytes();
    let pack = import(&String::from_utf8_lossy(&region), &wish()).expect("the sample is whole");
    let pack =
        [pack.settings, pack.regions, pack.zips, pack.zip_regions, pack.aliases].map(String::into_bytes).to_vec();
    // The described file, with its defaults in force.
    let config = config::describe().replace("\n# bind", "\nbind").replace("\n# log", "\nlog").into_bytes();
    Valid { region, pack, config, export: std::fs::read(&to).expect("an export"), dir }
}

fn tell(name: &str, seen: &Seen, before: u64) -> usize {
    let peak = memory_mb("VmHWM:");
    let grown = peak.saturating_sub(before);
    for found in seen.found.iter().take(5) {
        println!("FOUND in {name}: {found}");
    }
    let too_much = usize::from(grown > MOST_MB);
    println!(
        "{}",
        json!({
            "bench": "fuzz", "parser": name, "tries": seen.tries, "found": seen.found.len() + too_much,
            "slowest_ms": seen.slowest.as_millis() as u64, "peak_mb": peak, "grown_mb": grown,
        })
    );
    seen.found.len() + too_much
}

/// Forgets the peak so far; answers what is in use now.
fn fresh_peak() -> u64 {
    drop(std::fs::write(Path::new("/proc/self/clear_refs"), "5"));
    memory_mb("VmRSS:")
}

#[tokio::main]
async fn main() {
    let (seconds, seed) = (number("INSTAINSTRU_FUZZ_SECONDS", 10), number("INSTAINSTRU_FUZZ_SEED", 1));
    let only = std::env::var("INSTAINSTRU_FUZZ_ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split(',').any(|part| part.trim() == name);
    let lasting = Duration::from_secs(seconds);
    let dir = tempfile::tempdir().expect("a directory");
    let bind = "127.0.0.1:0".parse().expect("an address");
    let config = Config { bind, data_dir: dir.path().to_owned(), demo: false, ..Config::default() };
    let running = start(&config, None).await.expect("a server");
    let mut found = 0;
    for (n, (name, make)) in PLACES.into_iter().enumerate().filter(|(_, (name, _))| wanted(name)) {
        let (dice, address, began) =
            (Dice(Entropy::seeded(seed * 100 + n as u64)), running.address.to_string(), Instant::now());
        let (mut seen, before) = (Seen::default(), fresh_peak());
        while began.elapsed() < lasting {
            let bytes = make(&dice);
            let tried = Instant::now();
            let answer = status(&address, &bytes).await;
            seen.note(&bytes, tried.elapsed(), answer.filter(|status| *status >= 500).map(|status| status.to_string()));
        }
        found += tell(name, &seen, before);
    }
    let valid = valid(&running).await;
    for (n, (name, parse)) in PARSERS.into_iter().enumerate().filter(|(_, (name, _))| wanted(name)) {
        let (dice, began) = (Dice(Entropy::seeded(seed * 100 + 50 + n as u64)), Instant::now());
        let (mut seen, before) = (Seen::default(), fresh_peak());
        while began.elapsed() < lasting {
            let tried = Instant::now();
            match catch_unwind(AssertUnwindSafe(|| parse(&dice, &valid))) {
                Ok(bytes) => seen.note(&bytes, tried.elapsed(), None),
                Err(_) => seen.note(b"(see the panic above)", tried.elapsed(), Some("panic".into())),
            }
        }
        found += tell(name, &seen, before);
    }
    running.stop().await;
    assert_eq!(found, 0, "something was found");
}
