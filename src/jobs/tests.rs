use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use super::*;
use crate::base::refusal::Refusal;
use crate::base::time::{Timestamp, plus_hours};
use crate::site::{Site, SiteParts};
use crate::store::{Event, ReadExt, journal};

fn site() -> Site {
    Site::new(SiteParts::at("2026-03-07T12:00:00Z"))
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

#[tokio::test]
async fn a_job_cancelled_and_enqueued_again_while_it_runs_stays() {
    let site = site();
    let again = JobKind::timer("again", |site: Site, call| async move {
        let work = site.write(move |tx| {
            cancel(tx, "again", &call.key)?;
            enqueue(tx, Job::new("again", &call.key).due(plus_hours(tx.now(), 1)))
        });
        work.await
    });
    let runner = Runner::new(site.clone(), vec![again], vec![]);
    site.write(|tx| enqueue(tx, Job::new("again", "one"))).await.unwrap();
    assert_eq!(runner.run_until(site.now(), false).await.unwrap(), 1);
    let waits = site.read(|r| find(r, "again", "one")).unwrap().map(|row| row.state);
    assert_eq!(waits, Some(JobState::Waiting));
}

/// A kind whose runs say that they began and wait until they are let go.
fn waiting(name: &'static str, began: &tokio::sync::mpsc::UnboundedSender<String>, go: &Arc<Semaphore>) -> JobKind {
    let (began, go) = (began.clone(), go.clone());
    JobKind::timer(name, move |_, call| {
        let (began, go) = (began.clone(), go.clone());
        async move {
            began.send(call.key).unwrap();
            go.acquire().await.unwrap().forget();
            Ok(())
        }
    })
}

#[tokio::test]
async fn a_slow_kind_has_its_own_places_and_holds_up_nobody() {
    let (site, log) = (site(), Log::default());
    let (began, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let go = Arc::new(Semaphore::new(0));
    let slow = waiting("slow", &began, &go);
    let places = slow.at_once;
    let runner = Runner::new(site.clone(), vec![slow, logging("ring", &log)], vec![]);
    site.write(|tx| (0..20).try_for_each(|n| enqueue(tx, Job::new("slow", format!("{n:02}"))))).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(runner.clone().run(stopped));
    for _ in 0..places {
        begins.recv().await.unwrap();
    }
    // All its places are taken; another kind still runs at once, woken by the commit alone.
    site.write(|tx| enqueue(tx, Job::new("ring", "quick"))).await.unwrap();
    let mut commits = site.store.commits();
    while site.read(|r| find(r, "ring", "quick")).unwrap().is_some() {
        commits.changed().await.unwrap();
    }
    assert_eq!(log.lock().unwrap().len(), 1);
    assert!(begins.try_recv().is_err(), "no more of the slow kind began");
    go.add_permits(20);
    for _ in places..20 {
        begins.recv().await.unwrap();
    }
    // Whoever moves the clock waits for what runs.
    runner.run_until(plus_hours(site.now(), 1), true).await.unwrap();
    assert!(site.read(|r| pending(r, 100)).unwrap().is_empty());
    stop.send_replace(true);
    running.await.unwrap();
}

#[tokio::test]
async fn what_a_crash_interrupted_is_due_at_the_next_start_and_failures_wait_longer_and_longer() {
    let (site, log) = (site(), Log::default());
    let start = site.now();
    site.write(|tx| enqueue(tx, Job::new("ring", "a"))).await.unwrap();
    let seen = site.read(|r| find(r, "ring", "a")).unwrap().unwrap();
    // Claimed by a program that then died.
    site.write(move |tx| queue::claim(tx, &seen)).await.unwrap().unwrap();
    let runner = Runner::new(site.clone(), vec![logging("ring", &log)], vec![]);
    assert_eq!(runner.run_until(start, false).await.unwrap(), 0, "its lease holds");
    runner.prepare().await.unwrap();
    assert_eq!(runner.run_until(start, false).await.unwrap(), 1);
    let broken = JobKind::timer("broken", |_, _| async { Err::<(), _>(Refusal::unavailable("DOWN", "down")) });
    let runner = Runner::new(site.clone(), vec![broken], vec![]);
    site.write(|tx| enqueue(tx, Job::new("broken", "b"))).await.unwrap();
    runner.run_until(plus_hours(start, 24), true).await.unwrap();
    let tries: Vec<_> = runner.runs(Some("broken"), None, 100).unwrap().into_iter().rev().collect();
    assert_eq!(tries.len(), 8);
    let pauses: Vec<i64> = tries.windows(2).map(|two| two[1].ran_at.duration_since(two[0].ran_at).as_secs()).collect();
    for (pause, base) in pauses.iter().zip([30, 60, 120, 240, 480, 960, 1800]) {
        assert!((pause - base).abs() <= base / 10, "{pauses:?}");
    }
    let dead = runner.dead().unwrap();
    assert!(dead.len() == 1 && dead[0].last_error.as_ref().unwrap().contains("DOWN"), "{dead:?}");
}

#[tokio::test]
async fn a_sweep_catches_up_once_however_long_the_program_was_away() {
    let (site, log) = (site(), Log::default());
    let log_of = log.clone();
    let sweep = JobKind::sweep("tidy", Every::hours(1), move |site, call| {
        log_of.lock().unwrap().push((call.key, site.now()));
        async { Ok(()) }
    });
    let runner = Runner::new(site.clone(), vec![sweep], vec![]);
    runner.prepare().await.unwrap();
    site.clock.advance_to(plus_hours(site.now(), 100));
    assert_eq!(runner.run_until(site.now(), false).await.unwrap(), 1);
    let next = site.read(|r| find(r, "tidy", "")).unwrap().unwrap().due;
    assert_eq!(next, plus_hours(site.now(), 1));
}

#[tokio::test]
async fn a_consumer_starts_over_from_the_store() {
    let site = site();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, rebuilt) = (seen.clone(), seen.clone());
    let keeper = Consumer::new("keeper", move |_, events| {
        log.lock().unwrap().extend(events.iter().map(|e| e.seq));
        async { Ok(()) }
    })
    .rebuilt_by(move |_| {
        *rebuilt.lock().unwrap() = vec![100];
        async { Ok(7) }
    });
    let teller = Consumer::new("teller", |_, _| async { Ok(()) });
    let runner = Runner::new(site.clone(), vec![], vec![keeper.clone(), teller]);
    site.write(|tx| tx.emit(&Rang).and_then(|()| tx.emit(&Rang))).await.unwrap();
    assert_eq!(runner.reindex().await.unwrap(), [("keeper", 7)]);
    assert_eq!(*seen.lock().unwrap(), [100], "what was rebuilt is not followed again");
    assert_eq!(site.read(|r| journal::cursor(r, "keeper")).unwrap(), 2);
    assert_eq!(
        site.read(|r| journal::cursor(r, "teller")).unwrap(),
        0,
        "those that keep nothing go on where they were"
    );
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
