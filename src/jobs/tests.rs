use std::sync::{Arc, Mutex};

use super::*;
use crate::base::refusal::Refusal;
use crate::base::secret::Entropy;
use crate::base::time::{Clock, TimeZone, Timestamp, plus_hours};
use crate::site::{Mode, Parts, Site, SiteParts};
use crate::store::{Event, ReadExt, Store, journal};

fn site() -> Site {
    let clock = Clock::starting_at("2026-03-07T12:00:00Z".parse().unwrap());
    clock.freeze(true);
    Site::new(SiteParts {
        store: Store::in_memory().unwrap(),
        clock,
        entropy: Entropy::seeded(1),
        mode: Mode::Sandbox,
        base_url: "http://localhost".into(),
        zone: TimeZone::UTC,
        zone_name: "UTC".into(),
        data_dir: std::env::temp_dir(),
        parts: Parts::default(),
    })
}

type Log = Arc<Mutex<Vec<(String, Timestamp)>>>;

fn logging(name: &'static str, log: &Log) -> JobKind {
    let log = log.clone();
    JobKind::timer(name, move |site, call| {
        log.lock().unwrap().push((call.key.clone(), site.now()));
        async move { if call.key == "bad" { Err(Refusal::conflict("NO", "no")) } else { Ok(()) } }
    })
}

#[tokio::test]
async fn a_moved_clock_runs_jobs_in_time_order_at_their_own_instants() {
    let (site, log) = (site(), Log::default());
    let runner = Runner::new(site.clone(), vec![logging("ring", &log)], vec![]);
    let start = site.now();
    site.write(move |tx| {
        enqueue(tx, Job::new("ring", "late").due(plus_hours(start, 5)))?;
        enqueue(tx, Job::new("ring", "early").due(plus_hours(start, 2)))?;
        enqueue(tx, Job::new("ring", "bad").due(plus_hours(start, 3)))?;
        enqueue(tx, Job::new("ring", "never").due(plus_hours(start, 4)))?;
        cancel(tx, "ring", "never")
    })
    .await
    .unwrap();
    assert_eq!(runner.run_until(plus_hours(start, 6), true).await.unwrap(), 3);
    let want = [("early", 2), ("bad", 3), ("late", 5)].map(|(key, h)| (key.to_owned(), plus_hours(start, h)));
    assert_eq!(*log.lock().unwrap(), want);
    let dead = site.read(|r| r.get(&queue::JOBS, &("ring".into(), "bad".into()))).unwrap().unwrap();
    assert_eq!(dead.state, JobState::Dead);
    assert!(dead.last_error.unwrap().contains("NO"));
}

#[tokio::test]
async fn held_jobs_stay_due_and_sweeps_come_round() {
    let (site, log) = (site(), Log::default());
    let sweep = JobKind::sweep("tidy", Every::hours(1), |_, _| async { Ok(()) });
    let runner = Runner::new(site.clone(), vec![logging("ring", &log), sweep], vec![]);
    runner.prepare().await.unwrap();
    let start = site.now();
    site.write(|tx| {
        set_held(tx, "ring", true)?;
        enqueue(tx, Job::new("ring", "a"))
    })
    .await
    .unwrap();
    assert_eq!(runner.run_until(plus_hours(start, 3), true).await.unwrap(), 3);
    assert!(log.lock().unwrap().is_empty());
    site.write(|tx| set_held(tx, "ring", false)).await.unwrap();
    assert_eq!(runner.run_until(site.now(), false).await.unwrap(), 1);
    assert_eq!(runner.runs(Some("tidy"), None, 10).unwrap().len(), 3);
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Rang;
impl Event for Rang {
    const KIND: &'static str = "bell.rang";
}

#[tokio::test]
async fn consumers_keep_their_place() {
    let site = site();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let consumer = Consumer::new("listener", move |_, events| {
        log.lock().unwrap().extend(events.iter().map(|e| e.seq));
        async { Ok(()) }
    });
    for _ in 0..3 {
        site.write(|tx| tx.emit(&Rang)).await.unwrap();
    }
    consumer.catch_up(&site).await.unwrap();
    site.write(|tx| tx.emit(&Rang)).await.unwrap();
    consumer.catch_up(&site).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 4]);
    assert_eq!(site.read(|r| journal::cursor(r, "listener")).unwrap(), 4);
}

#[test]
fn schedules_skip_and_repeat_as_promised() {
    let ny = crate::base::time::zone("America/New_York").unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let half_past_two = Every::daily_local(2, 30);
    // 02:30 does not exist on March 8: it runs at 03:00 EDT.
    assert_eq!(half_past_two.next_after(at("2026-03-07T12:00:00Z"), &ny), at("2026-03-08T07:00:00Z"));
    let half_past_one = Every::daily_local(1, 30);
    assert_eq!(half_past_one.next_after(at("2026-11-01T05:30:00Z"), &ny), at("2026-11-02T06:30:00Z"));
    assert_eq!(Every::daily_utc(3, 15).next_after(at("2026-03-07T03:15:00Z"), &ny), at("2026-03-08T03:15:00Z"));
}
