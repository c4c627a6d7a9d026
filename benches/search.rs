//! What search can do on this machine. `cargo bench --bench search`; the last line is JSON.
//!
//! For each size a demo marketplace is filled (`demo --scale`), opened like any other, and asked the sentences of the
//! search room's own tests: a mix of single services, shelves, places, days and windows. "Cold" is the first time a
//! sentence is asked; "search" is every later time with the clock a minute on, so that no kept answer helps; "kept" is
//! the same minute again. "Page" is `/search` over HTTP from the real server, markup and all. "Freshness" is the time
//! from a commit to the first answer that has it: a price, a day off, a lesson held.
//! `INSTAINSTRU_BENCH_SCALES` names other sizes (default `8,83,1000`: about 1,000, 10,000 and 120,000 instructors).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use instainstru::app::config::Config;
use instainstru::app::demo::accounts;
use instainstru::app::start::start;
use instainstru::app::{demo, rooms, start};
use instainstru::availability::ops::blackouts::{self, NewBlackout};
use instainstru::availability::ops::calendar_of;
use instainstru::base::access::Role;
use instainstru::base::id::UserId;
use instainstru::base::time::{Timestamp, plus_minutes};
use instainstru::bookings::ops::create::{Ask as Lesson, create};
use instainstru::instructors::ops::revise::revise;
use instainstru::instructors::tables::OFFERINGS;
use instainstru::search::find::Card;
use instainstru::search::ops::{Answered, Ask, search};
use instainstru::search::{Search, knowledge};
use instainstru::site::Site;
use instainstru::site::audit::By;
use instainstru::store::ReadExt as _;
use serde_json::{Value, json};

/// A Tuesday, 2:05 pm in New York: the moment the sentences were judged at.
const NOW: &str = "2026-11-10T19:05:00Z";
const SEARCHERS: usize = 50;
const PRESSED: Duration = Duration::from_secs(10);
/// Changes of each kind whose way into the answers is timed.
const CHANGES: usize = 100;
const WANTED: &str = "piano lessons";

fn sentences() -> Vec<&'static str> {
    let lines = include_str!("../src/search/tests/sentences.txt").lines();
    lines.filter_map(|line| line.split_once(" => ").map(|(sentence, _)| sentence)).collect()
}

/// Microseconds at a share of the sorted samples.
fn at(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let place = ((samples.len() as f64 - 1.0) * share).round() as usize;
    samples.get(place).copied().unwrap_or_default()
}

/// Everything measured, by name.
type Figures = serde_json::Map<String, Value>;

fn note(figures: &mut Figures, name: &str, value: f64) {
    figures.insert(name.to_owned(), json!((value * 1000.0).round() / 1000.0));
}

/// Median and 99th percentile in milliseconds, as `name_p50_ms…` and `name_p99_ms…`.
fn spread(figures: &mut Figures, name: &str, size: &str, mut samples: Vec<f64>) {
    let (p50, p99) = (at(&mut samples, 0.5) / 1000.0, at(&mut samples, 0.99) / 1000.0);
    println!("{name}{size}: p50 {p50:.3} ms, p99 {p99:.3} ms, of {}", samples.len());
    note(figures, &format!("{name}_p50_ms{size}"), p50);
    note(figures, &format!("{name}_p99_ms{size}"), p99);
}

fn micros(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}

/// Bytes of memory this process holds.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

fn parsing(now: &jiff::Zoned, figures: &mut Figures) {
    for sentence in sentences() {
        knowledge().understand(sentence, now);
    }
    let mut took = Vec::new();
    for _ in 0..20 {
        for sentence in sentences() {
            let begun = Instant::now();
            std::hint::black_box(knowledge().understand(sentence, now));
            took.push(micros(begun));
        }
    }
    spread(figures, "parse", "", took);
}

async fn ask(site: &Site, sentence: &str) -> Answered {
    search(site, Ask { query: sentence.to_owned(), limit: 20, ..Ask::default() })
        .await
        .expect("every sentence is answered")
}

/// Every sentence once; microseconds of each answer and the answers' own stages.
async fn round(site: &Site, took: &mut Vec<f64>, stages: &mut [f64; 6]) {
    for sentence in sentences() {
        let begun = Instant::now();
        let answered = ask(site, sentence).await;
        took.push(micros(begun));
        let funnel = &answered.found.funnel;
        let parts =
            [answered.parse_us, answered.index_us, funnel.narrow_us, funnel.judge_us, funnel.rank_us, funnel.cards_us];
        stages.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part as f64);
    }
}

/// Asks until an answer shows what was just committed, and how long that took.
async fn until_seen(site: &Site, query: &str, seen: impl Fn(&Answered) -> bool) -> f64 {
    let committed = Instant::now();
    while !seen(&ask(site, query).await) {}
    micros(committed)
}

fn card_of(answered: &Answered, who: UserId) -> Option<&Card> {
    answered.cards().iter().find(|card| card.row.id == who)
}

/// Each round moves a price by a cent and asks until the answer has it.
async fn new_prices(site: &Site, took: &mut Vec<f64>) {
    let found = ask(site, WANTED).await;
    let Some(card) = found.cards().first() else { return };
    let (who, offer, place) = (card.row.id, card.row.offers[card.best.offer].id, card.best.place);
    let begun = card.row.offers[card.best.offer].rate_at(place).0;
    for n in 0..CHANGES {
        let cents = begun + 1 + n as i64 % 7;
        site.write(move |tx| {
            let mut offering = tx.get(&OFFERINGS, &offer)?.expect("it was just found");
            offering.terms.hourly_rate.0 = cents;
            offering.terms.format_rates.clear();
            tx.put(&OFFERINGS, &offer, &offering)?;
            revise(tx, who, "services", |_| Ok(()))
        })
        .await
        .expect("the change is written");
        let seen = |answered: &Answered| {
            let card = card_of(answered, who).expect("a cent moves nobody off the page");
            card.row.offers[card.best.offer].rate_at(place).0 == cents
        };
        took.push(until_seen(site, WANTED, seen).await);
    }
}

/// Each round takes the day of somebody's next slot off, and gives it back.
async fn days_off(site: &Site, took: &mut Vec<f64>) {
    for n in 0..CHANGES {
        let found = ask(site, WANTED).await;
        let Some((who, date)) = found.cards().get(n % 20).and_then(|c| Some((c.row.id, c.slots.first()?.date))) else {
            continue;
        };
        let off = NewBlackout { date, end_date: None, reason: None };
        let made = site
            .write(move |tx| {
                let calendar = calendar_of(tx, who)?;
                blackouts::add(tx, &By::nobody(), who, &calendar, &off)
            })
            .await
            .expect("the day off is written");
        let gone = |answered: &Answered| {
            card_of(answered, who).is_none_or(|card| card.slots.iter().all(|slot| slot.date != date))
        };
        took.push(until_seen(site, WANTED, gone).await);
        let id = made[0].blackout.id;
        site.write(move |tx| blackouts::delete(tx, &By::nobody(), who, id)).await.expect("the day is given back");
    }
}

/// Each round holds the next slot of somebody on the page.
async fn holds(site: &Site, took: &mut Vec<f64>) {
    let accounts = accounts(site).expect("the demo's people").into_iter().filter(|known| known.role == Role::Student);
    let students: Vec<UserId> = accounts
        .filter_map(|known| site.read(|read| instainstru::accounts::user_by_email(read, &known.email)).ok().flatten())
        .map(|user| user.id)
        .collect();
    for n in 0..CHANGES {
        let found = ask(site, WANTED).await;
        let Some(card) = found.cards().get(n % 20).filter(|card| !card.slots.is_empty()) else { continue };
        let (who, slot) = (card.row.id, card.slots[0]);
        let lesson = Lesson {
            student: students[n % students.len()],
            instructor: who,
            offering: card.row.offers[card.best.offer].id,
            date: slot.date,
            start: slot.start,
            minutes: card.best.minutes,
            place: Some(card.best.place),
            meeting_location: None,
            student_note: None,
        };
        // A student whose own time is taken, or who may not book, is no matter of this bench.
        if create(site, lesson).await.is_err() {
            continue;
        }
        let gone = |answered: &Answered| {
            let there = |card: &Card| card.slots.iter().any(|s| (s.date, s.start) == (slot.date, slot.start));
            card_of(answered, who).is_none_or(|card| !there(card))
        };
        took.push(until_seen(site, WANTED, gone).await);
    }
}

async fn freshness(site: &Site, figures: &mut Figures, size: &str) {
    let (mut prices, mut calendars, mut bookings) = (Vec::new(), Vec::new(), Vec::new());
    new_prices(site, &mut prices).await;
    days_off(site, &mut calendars).await;
    holds(site, &mut bookings).await;
    spread(figures, "freshness_price", size, prices.clone());
    spread(figures, "freshness_calendar", size, calendars.clone());
    spread(figures, "freshness_booking", size, bookings.clone());
    spread(figures, "freshness", size, [prices, calendars, bookings].concat());
}

/// `SEARCHERS` at once, each asking again as soon as it was answered.
async fn pressed(site: &Site, figures: &mut Figures, size: &str) {
    let (begun, turned_away) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let searchers = (0..SEARCHERS).map(|n| {
        let (site, turned_away) = (site.clone(), turned_away.clone());
        tokio::spawn(async move {
            let mut took = Vec::new();
            let all = sentences();
            for sentence in all.iter().cycle().skip(n * 7) {
                if begun.elapsed() > PRESSED {
                    break;
                }
                let asked = Instant::now();
                let ask = Ask { query: (*sentence).to_owned(), limit: 20, ..Ask::default() };
                match search(&site, ask).await {
                    Ok(_) => took.push(micros(asked)),
                    Err(_) => drop(turned_away.fetch_add(1, Ordering::Relaxed)),
                }
            }
            took
        })
    });
    let mut all = Vec::new();
    for searcher in searchers.collect::<Vec<_>>() {
        all.extend(searcher.await.expect("a searcher ends"));
    }
    note(figures, &format!("pressed_by_50_per_s{size}"), all.len() as f64 / begun.elapsed().as_secs_f64());
    note(figures, &format!("pressed_by_50_turned_away{size}"), turned_away.load(Ordering::Relaxed) as f64);
    spread(figures, "pressed_by_50", size, all);
}

/// Biographies by meaning: how many of the fifty nearest the vector index names, against looking at all of them, and how
/// long either takes. Many people of the demo say the same, so whoever is as near as the fiftieth counts.
fn biographies(site: &Site, part: &Search, figures: &mut Figures, size: &str) {
    const NEAREST: usize = 50;
    const ASKED: [&str; 8] = [
        "patient with nervous beginners",
        "conservatory trained performer",
        "former olympic athlete",
        "worked as a software engineer",
        "exam stress and confidence",
        "songs my grandmother knew",
        "prepares auditions and competitions",
        "teaches through games and stories",
    ];
    let read = site.store.snapshot().expect("a snapshot");
    let index = part.supply.index(site, &read).expect("the index");
    let encode = |text: &str| knowledge().embedder.encode(text);
    let said: Vec<(UserId, Vec<f32>)> = index
        .rows()
        .filter_map(|row| Some((row.id, encode(&instainstru::instructors::profile(&read, row.id).ok()??.bio).to_vec())))
        .collect();
    let (mut found, mut by_index, mut by_all) = (0, Vec::new(), Vec::new());
    for text in ASKED {
        let asked = encode(text);
        let near = |vector: &[f32]| asked.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
        let begun = Instant::now();
        let mut all: Vec<(f32, UserId)> = said.iter().map(|(id, vector)| (near(vector), *id)).collect();
        all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        by_all.push(micros(begun));
        let least = all.get(NEAREST - 1).map_or(0.0, |(likeness, _)| f64::from(*likeness)) - 0.005;
        let begun = Instant::now();
        let named = part.supply.nearest_bios(text, NEAREST);
        by_index.push(micros(begun));
        found += named.iter().filter(|(_, likeness)| *likeness >= least).count();
    }
    note(figures, &format!("biography_recall_at_50{size}"), found as f64 / (ASKED.len() * NEAREST) as f64);
    spread(figures, "biography_index", size, by_index);
    spread(figures, "biography_scan", size, by_all);
}

/// The pages people look at, from the real server.
async fn pages(config: &Config, clock: Timestamp, figures: &mut Figures, size: &str) {
    let running = start(config, Some(clock)).await.expect("a server");
    let (http, base) = (reqwest::Client::new(), format!("http://{}", running.address));
    let post = |path: &str, body: Value| http.post(format!("{base}{path}")).json(&body).send();
    post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect("an answer");
    post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect("an answer");
    let get = async |path: &str| {
        let begun = Instant::now();
        let answer = http.get(format!("{base}{path}")).send().await.expect("an answer");
        let ok = answer.status().is_success();
        drop(answer.bytes().await);
        assert!(ok, "{path}");
        micros(begun)
    };
    // The first visitors wait for what is built at start.
    for path in ["/", "/search?q=piano"] {
        note(figures, &format!("first_page_ms{size}"), get(path).await / 1000.0);
    }
    let mut results = Vec::new();
    for sentence in sentences() {
        results.push(get(&format!("/search?{}", serde_urlencoded::to_string([("q", sentence)]).unwrap())).await);
    }
    spread(figures, "results_page", size, results);
    for (name, path) in [
        ("home_page", "/"),
        ("area_page", "/areas/brooklyn/park-slope"),
        ("borough_page", "/areas/brooklyn"),
        ("category_page", "/categories/music"),
    ] {
        let mut took = Vec::new();
        for _ in 0..50 {
            post("/sandbox/v1/clock", json!({ "advance_seconds": 60 })).await.expect("an answer");
            took.push(get(path).await);
        }
        spread(figures, name, size, took);
    }
    running.stop().await;
}

/// How long answers take, and where the time goes.
async fn answers(site: &Site, figures: &mut Figures, size: &str) {
    let (mut cold, mut unused) = (Vec::new(), [0.0; 6]);
    round(site, &mut cold, &mut unused).await;
    spread(figures, "search_cold", size, cold);
    let (mut warm, mut kept, mut stages) = (Vec::new(), Vec::new(), [0.0; 6]);
    for _ in 0..5 {
        site.clock.advance_to(plus_minutes(site.now(), 1));
        round(site, &mut warm, &mut stages).await;
        round(site, &mut kept, &mut unused).await;
    }
    spread(figures, "search", size, warm);
    spread(figures, "search_kept", size, kept);
    let whole: f64 = stages.iter().sum();
    for (stage, sum) in ["parse", "follow", "narrow", "judge", "rank", "cards"].into_iter().zip(stages) {
        note(figures, &format!("percent_{stage}{size}"), sum / whole * 100.0);
    }
}

async fn measure(scale: u32, figures: &mut Figures) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let bind = "127.0.0.1:0".parse().expect("an address");
    let config = Config { data_dir: dir.path().to_owned(), demo_scale: scale, bind, ..Config::default() };
    let clock: Timestamp = NOW.parse().expect("an instant");
    let begun = Instant::now();
    demo::fill_when_empty(&config, Some(clock)).await.expect("the demo is filled");
    let fill = begun.elapsed();
    let bytes = std::fs::metadata(dir.path().join("store.redb")).map_or(0, |file| file.len());
    let site = start::open_site(&config, Some(clock)).expect("the directory opens");
    rooms::wire(&site).expect("the rooms are wired");
    site.clock.freeze(true);
    let before = resident();
    let part = site.part::<Search>().expect("search is wired");
    let (inside, inner) = (site.clone(), part.clone());
    let built = tokio::task::spawn_blocking(move || inner.supply.index(&inside, &inside.store.snapshot()?)).await;
    built.expect("the index").expect("is built");
    let rows = resident().saturating_sub(before);
    let (begun, inner) = (Instant::now(), part.clone());
    tokio::task::spawn_blocking(move || while inner.supply.read_bios(Duration::from_secs(1)) {}).await.expect("bios");
    let bios = begun.elapsed();
    let known = part.supply.figures();
    let size = match known.instructors {
        ..5_000 => "_1000",
        5_000..50_000 => "_10000",
        _ => "_120000",
    };
    let mut say = |name: &str, value: f64| note(figures, &format!("{name}{size}"), value);
    let each = |bytes: usize| bytes as f64 / known.instructors.max(1) as f64;
    say("instructors", known.instructors as f64);
    say("fill_s", fill.as_secs_f64());
    say("store_mb", bytes as f64 / 1e6);
    say("index_build_ms", known.build.as_secs_f64() * 1000.0);
    say("bios_build_ms", bios.as_secs_f64() * 1000.0);
    say("resident_mb_rows", rows as f64 / 1e6);
    say("bytes_per_instructor_row", each(known.row_bytes));
    say("bytes_per_instructor_lists", each(known.list_bytes));
    say("bytes_per_instructor_biography", each(known.bio_bytes));
    let (inside, inner) = (site.clone(), part.clone());
    tokio::task::block_in_place(|| biographies(&inside, &inner, figures, size));
    answers(&site, figures, size).await;
    freshness(&site, figures, size).await;
    pressed(&site, figures, size).await;
    note(figures, &format!("resident_mb_in_all{size}"), resident() as f64 / 1e6);
    let clock = site.now();
    site.store.close();
    drop(site);
    drop(part);
    pages(&config, clock, figures, size).await;
    println!("{}", json!(figures));
}

fn main() {
    let mut figures = Figures::new();
    let before = resident();
    let now = NOW
        .parse::<Timestamp>()
        .expect("an instant")
        .to_zoned(jiff::tz::TimeZone::get("America/New_York").expect("a zone"));
    parsing(&now, &mut figures);
    note(&mut figures, "model_mb", (resident() - before) as f64 / 1e6);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let scales = std::env::var("INSTAINSTRU_BENCH_SCALES").unwrap_or_else(|_| "8,83,1000".to_owned());
    for scale in scales.split(',').filter_map(|scale| scale.trim().parse().ok()) {
        runtime.block_on(measure(scale, &mut figures));
    }
    println!("{}", json!({ "bench": "search", "figures": figures }));
}
