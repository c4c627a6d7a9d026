//! What search can do on this machine. `cargo bench --bench search`; the last line is JSON.
//!
//! For each size a demo marketplace is filled (`demo --scale`), opened like any other, and asked the sentences of the
//! search room's own tests: a mix of single services, shelves, places, days and windows. "Cold" is the first time a
//! sentence is asked, "warm" the later ones. `INSTAINSTRU_BENCH_SCALES` names other sizes (default `8,83,1000`: about
//! 1,000, 10,000 and 120,000 instructors).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use instainstru::app::config::Config;
use instainstru::app::{demo, rooms, start};
use instainstru::base::id::UserId;
use instainstru::base::time::Timestamp;
use instainstru::instructors::tables::OFFERINGS;
use instainstru::search::ops::{Answered, Ask, search};
use instainstru::search::{Search, knowledge};
use instainstru::site::Site;
use instainstru::store::ReadExt as _;
use serde_json::{Value, json};

/// A Tuesday, 2:05 pm in New York: the moment the sentences were judged at.
const NOW: &str = "2026-11-10T19:05:00Z";
const SEARCHERS: usize = 50;
const PRESSED: Duration = Duration::from_secs(10);
const CHANGES: usize = 200;

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

fn spread(mut samples: Vec<f64>) -> Value {
    let round = |us: f64| (us * 10.0).round() / 10.0;
    let (p50, p99) = (round(at(&mut samples, 0.5)), round(at(&mut samples, 0.99)));
    json!({ "p50_us": p50, "p99_us": p99, "max_us": round(at(&mut samples, 1.0)), "samples": samples.len() })
}

fn micros(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}

/// Bytes of memory this process holds.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

fn parsing(now: &jiff::Zoned) -> Value {
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
    spread(took)
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

/// Each round changes a price and asks until the answer has it.
async fn freshness(site: &Site) -> Value {
    let found = ask(site, "piano lessons").await;
    let Some(card) = found.cards().first() else { return Value::Null };
    let (who, offer): (UserId, _) = (card.row.id, card.row.offers[card.best.offer].id);
    let mut took = Vec::new();
    for n in 0..CHANGES {
        let cents = 8_000 + (n as i64 % 7) * 500;
        site.write(move |tx| {
            let mut offering = tx.get(&OFFERINGS, &offer)?.expect("it was just found");
            offering.terms.hourly_rate.0 = cents;
            offering.terms.format_rates.clear();
            tx.put(&OFFERINGS, &offer, &offering)?;
            instainstru::instructors::ops::revise::revise(tx, who, "services", |_| Ok(()))
        })
        .await
        .expect("the change is written");
        let committed = Instant::now();
        loop {
            let found = ask(site, "piano lessons").await;
            let now = found.cards().iter().find(|card| card.row.id == who);
            if now.is_none_or(|card| card.row.offers[card.best.offer].rate_at(card.best.place).0 == cents) {
                break;
            }
        }
        took.push(micros(committed));
    }
    spread(took)
}

/// `SEARCHERS` at once, each asking again as soon as it was answered.
async fn pressed(site: &Site) -> Value {
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
    let per_second = all.len() as f64 / begun.elapsed().as_secs_f64();
    let mut result = spread(all);
    result["per_second"] = json!(per_second.round());
    result["turned_away"] = json!(turned_away.load(Ordering::Relaxed));
    result
}

async fn measure(scale: u32) -> Value {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = Config { data_dir: dir.path().to_owned(), demo_scale: scale, ..Config::default() };
    let clock: Timestamp = NOW.parse().expect("an instant");
    let begun = Instant::now();
    demo::fill_when_empty(&config, Some(clock)).await.expect("the demo is filled");
    let fill = begun.elapsed();
    let megabytes = std::fs::metadata(dir.path().join("store.redb")).map_or(0, |file| file.len()) / 1_000_000;
    let site = start::open_site(&config, Some(clock)).expect("the directory opens");
    rooms::wire(&site).expect("the rooms are wired");
    site.clock.freeze(true);
    let before = resident();
    let part = site.part::<Search>().expect("search is wired");
    let (inside, inner) = (site.clone(), part.clone());
    let built = tokio::task::spawn_blocking(move || inner.supply.index(&inside, &inside.store.snapshot()?)).await;
    built.expect("the index").expect("is built");
    let rows = resident() - before;
    let (begun, inner) = (Instant::now(), part.clone());
    tokio::task::spawn_blocking(move || while inner.supply.read_bios(Duration::from_secs(1)) {}).await.expect("bios");
    let bios = begun.elapsed();
    let figures = part.supply.figures();
    let (mut cold, mut stages) = (Vec::new(), [0.0; 6]);
    round(&site, &mut cold, &mut stages).await;
    let (mut warm, mut stages) = (Vec::new(), [0.0; 6]);
    for _ in 0..5 {
        round(&site, &mut warm, &mut stages).await;
    }
    let whole: f64 = stages.iter().sum();
    let share = |n: usize| (stages[n] / whole * 1000.0).round() / 10.0;
    let per_instructor = |bytes: usize| bytes / figures.instructors.max(1);
    let result = json!({
        "instructors": figures.instructors,
        "fill_s": fill.as_secs(),
        "store_mb": megabytes,
        "index_build_ms": figures.build.as_millis() as u64,
        "bios_build_ms": bios.as_millis() as u64,
        "resident_mb_for_rows": rows / 1_000_000,
        "resident_mb_in_all": resident() / 1_000_000,
        "bytes_per_instructor": {
            "row": per_instructor(figures.row_bytes), "lists": per_instructor(figures.list_bytes),
            "biography": per_instructor(figures.bio_bytes),
        },
        "search_cold": spread(cold),
        "search_warm": spread(warm),
        "percent_of_time": {
            "parse": share(0), "follow": share(1), "narrow": share(2), "judge": share(3), "rank": share(4), "cards": share(5),
        },
        "freshness": freshness(&site).await,
        "pressed_by_50": pressed(&site).await,
    });
    site.store.close();
    println!("{result:#}");
    result
}

fn main() {
    let before = resident();
    let now = NOW
        .parse::<Timestamp>()
        .expect("an instant")
        .to_zoned(jiff::tz::TimeZone::get("America/New_York").expect("a zone"));
    let parse = parsing(&now);
    let model = resident() - before;
    println!("parse {parse}; model, words and region pack {} MB", model / 1_000_000);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let scales = std::env::var("INSTAINSTRU_BENCH_SCALES").unwrap_or_else(|_| "8,83,1000".to_owned());
    let sizes: Vec<Value> = scales
        .split(',')
        .filter_map(|scale| scale.trim().parse().ok())
        .map(|scale| runtime.block_on(measure(scale)))
        .collect();
    println!("{}", json!({ "parse": parse, "model_mb": model / 1_000_000, "sizes": sizes }));
}
