//! The door under load, and whether its answers take the same time for people it knows and people it does not.
//! `cargo bench --bench door`; the last line is JSON.
//!
//! Timing: `INSTAINSTRU_BENCH_TRIES` interleaved tries (default 200) of sign-in, password reset and registration, for an
//! address with and without an account; medians, how far they lie apart, and how far equal tries lie from each other. Load: 50 clients sign in without pause for ten seconds while another
//! asks for a page and a search every 20 ms; its p50 and p95 before and meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use instainstru::app::config::Config;
use instainstru::app::start::start;
use reqwest::Client;
use serde_json::{Value, json};

const KNOWN: &str = "emma.johnson@demo.example";
const UNKNOWN: &str = "emma.jonson@demo.example";
const PASSWORD: &str = "learn-something-new";
const CLIENTS: usize = 50;
const SECONDS: u64 = 10;

struct Door {
    http: Client,
    base: String,
}

impl Door {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value, Duration) {
        let started = Instant::now();
        let answer = self.http.post(format!("{}{path}", self.base)).json(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.json().await.unwrap_or_default();
        (status, body, started.elapsed())
    }

    async fn get(&self, path: &str) -> Duration {
        let started = Instant::now();
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        drop(answer.bytes().await);
        started.elapsed()
    }

    async fn sign_in(&self, email: &str, password: &str) -> (u16, Duration) {
        let body = json!({ "email": email, "password": password });
        let (status, _, took) = self.post("/api/v1/auth/login-with-session", &body).await;
        (status, took)
    }

    /// Lets time pass, so that no lock stands in the way.
    async fn later(&self) {
        self.post("/sandbox/v1/clock", &json!({ "advance_seconds": 7200 })).await;
    }

    async fn proof(&self, email: &str) -> Value {
        self.post("/api/v1/auth/send-email-verification", &json!({ "email": email })).await;
        self.post("/sandbox/v1/jobs/run", &json!({ "job": "outbox" })).await;
        let query = format!("{}/sandbox/v1/outbox?to={email}&template=email_code&limit=1", self.base);
        let mails: Value = self.http.get(query).send().await.expect("mails").json().await.expect("JSON");
        let code = mails["items"][0]["data"]["code"].clone();
        let body = json!({ "email": email, "code": code });
        self.post("/api/v1/auth/verify-email-code", &body).await.1["verification_token"].clone()
    }

    async fn register(&self, email: &str) -> Duration {
        let proof = self.proof(email).await;
        let body = json!({
            "email": email, "password": "harbor lights at dusk", "first_name": "Emma", "last_name": "Johnson",
            "zip_code": "10024", "email_verification_token": proof,
        });
        let (status, answer, took) = self.post("/api/v1/auth/register", &body).await;
        assert_eq!(status, 201, "{answer}");
        took
    }
}

fn at(mut times: Vec<Duration>, part: f64) -> f64 {
    times.sort_unstable();
    let index = ((times.len().max(1) - 1) as f64 * part) as usize;
    times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

fn pair(name: &str, known: Vec<Duration>, unknown: Vec<Duration>) -> Value {
    // How far the same question lies from itself: a difference within that says nothing.
    let noise = noise(&known).max(noise(&unknown));
    let (known, unknown) = (at(known, 0.5), at(unknown, 0.5));
    let apart = apart(known, unknown);
    println!(
        "{name}: {known:.2} ms for a known address, {unknown:.2} ms for an unknown one, {apart:.1}% apart ({noise:.1}% noise)"
    );
    json!({ "known_ms": known, "unknown_ms": unknown, "apart_percent": apart, "noise_percent": noise })
}

/// Percent by which the smaller lies below the larger.
fn apart(one: f64, other: f64) -> f64 {
    let most = one.max(other);
    if most > 0.0 { (one - other).abs() / most * 100.0 } else { 0.0 }
}

/// The same tries, the even ones against the odd ones.
fn noise(times: &[Duration]) -> f64 {
    let half = |rest: usize| times.iter().skip(rest).step_by(2).copied().collect();
    apart(at(half(0), 0.5), at(half(1), 0.5))
}

async fn timing(door: &Door, tries: usize) -> Value {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..tries {
        // Who comes first changes, so that neither pays for what the other left behind.
        for first in [n % 2 == 0, n % 2 == 1] {
            // A hundred wrong tries in a row shut an address: nobody has more than a third of them.
            let person = ["emma.johnson", "john.smith", "sarah.chen"][n % 3];
            let (host, times) = if first { ("demo.example", &mut known) } else { ("mail.example", &mut unknown) };
            let (status, took) = door.sign_in(&format!("{person}@{host}"), "a wrong password").await;
            assert_eq!(status, 401, "an answer that cost a hash");
            times.push(took);
        }
        door.later().await;
    }
    let sign_in = pair("sign-in", known, unknown);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..tries {
        for first in [n % 2 == 0, n % 2 == 1] {
            let (email, times) = if first { (KNOWN, &mut known) } else { (UNKNOWN, &mut unknown) };
            times.push(door.post_json("/api/v1/password-reset/request", email).await);
        }
    }
    let reset = pair("password reset", known, unknown);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..tries {
        for first in [n % 2 == 0, n % 2 == 1] {
            match first {
                true => known.push(door.register(KNOWN).await),
                false => unknown.push(door.register(&format!("new{n}@mail.example")).await),
            }
        }
        door.post("/sandbox/v1/clock", &json!({ "advance_seconds": 700 })).await;
    }
    let register = pair("registration", known, unknown);
    json!({ "tries": tries, "sign_in": sign_in, "password_reset": reset, "registration": register })
}

impl Door {
    async fn post_json(&self, path: &str, email: &str) -> Duration {
        self.post(path, &json!({ "email": email })).await.2
    }
}

async fn others(door: &Door, until: Duration) -> (f64, f64) {
    let started = Instant::now();
    let mut times = Vec::new();
    while started.elapsed() < until {
        times.push(door.get("/").await);
        times.push(door.get("/api/v1/search?q=piano").await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (at(times.clone(), 0.5), at(times, 0.95))
}

async fn load(door: Arc<Door>) -> Value {
    let quiet = others(&door, Duration::from_secs(3)).await;
    let (stop, entered, busy) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let crowd: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (door, stop, entered, busy) = (door.clone(), stop.clone(), entered.clone(), busy.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let counter = if door.sign_in(KNOWN, PASSWORD).await.0 == 200 { &entered } else { &busy };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let crowded = others(&door, Duration::from_secs(SECONDS)).await;
    stop.store(true, Ordering::Relaxed);
    for client in crowd {
        drop(client.await);
    }
    let per_second = entered.load(Ordering::Relaxed) as f64 / SECONDS as f64;
    let turned_away = busy.load(Ordering::Relaxed);
    println!("{CLIENTS} clients: {per_second:.1} sign-ins a second, {turned_away} turned away");
    println!(
        "others: p50 {:.1} ms, p95 {:.1} ms alone; p50 {:.1} ms, p95 {:.1} ms meanwhile",
        quiet.0, quiet.1, crowded.0, crowded.1
    );
    json!({
        "clients": CLIENTS, "sign_ins_per_s": per_second, "turned_away": turned_away,
        "others_alone_ms": { "p50": quiet.0, "p95": quiet.1 }, "others_meanwhile_ms": { "p50": crowded.0, "p95": crowded.1 },
    })
}

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = Config {
        bind: "127.0.0.1:0".parse().expect("an address"),
        data_dir: dir.path().to_owned(),
        ..Config::default()
    };
    let running = start(&config, None).await.expect("a server");
    let door = Arc::new(Door { http: Client::new(), base: format!("http://{}", running.address) });
    door.post("/sandbox/v1/switches", &json!({ "rate_limits": "off", "login_challenge": false })).await;
    let tries = std::env::var("INSTAINSTRU_BENCH_TRIES").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let load = load(door.clone()).await;
    let timing = timing(&door, tries).await;
    let most = |name: &str| timing[name]["apart_percent"].as_f64().unwrap_or(100.0);
    let most = ["sign_in", "password_reset", "registration"].map(most).into_iter().fold(0.0, f64::max);
    println!(
        "{}",
        json!({ "bench": "door", "figures": { "load": load, "timing": timing, "most_apart_percent": most } })
    );
    running.stop().await;
}
