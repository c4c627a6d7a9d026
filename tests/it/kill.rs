//! `kill -9` in the middle of a thousand bookings: what was acknowledged is there afterwards.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use instainstru::base::time::plus_days;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::kit::{Serving, TestApp, http};

const PAIRS: usize = 10;
const DAYS: i64 = 8;
const A_DAY: usize = 14;
const KILL_AFTER: usize = 400;

/// Every wish of one student to one teacher: half an hour at each full hour.
fn wishes(teacher: &str, offering: &str) -> Vec<Value> {
    let first = "2026-11-16".parse().unwrap();
    let hours = (0..DAYS).flat_map(|day| (0..A_DAY).map(move |hour| (day, 8 + hour)));
    hours
        .map(|(day, hour)| {
            json!({
                "instructor_id": teacher, "instructor_service_id": offering, "booking_date": plus_days(first, day),
                "start_time": format!("{hour:02}:00"), "selected_duration": 30, "location_type": "remote",
            })
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_bookings_survive_kill_nine() {
    let mut app = TestApp::empty_at("2026-11-10T17:00:00Z").await;
    let mut pairs = Vec::new();
    for n in 0..PAIRS {
        let teacher = app.teacher(&format!("teacher{n}")).await;
        teacher.opens("2026-11-16", DAYS).await;
        let wishes = wishes(&teacher.person.id, &teacher.offering);
        let student = app.student(&format!("student{n}")).await;
        pairs.push((student.token, wishes));
    }
    let dir = app.close().await;

    let program = Serving::on(dir.path());
    let kept: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let count = Arc::new(AtomicUsize::new(0));
    let mut running = tokio::task::JoinSet::new();
    for (token, wishes) in pairs.clone() {
        let (kept, count, url) = (kept.clone(), count.clone(), format!("{}/api/v1/bookings", program.base));
        running.spawn(async move {
            let http = http();
            for wish in wishes {
                let Ok(answer) = http.post(&url).bearer_auth(&token).json(&wish).send().await else { return };
                let status = answer.status().as_u16();
                let Ok(body) = answer.json::<Value>().await else { return };
                assert_eq!(status, 201, "{body}");
                kept.lock().await.push((token.clone(), body["id"].as_str().unwrap().to_owned()));
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while count.load(Ordering::Relaxed) < KILL_AFTER {
        match running.try_join_next() {
            Some(ended) => ended.unwrap(),
            None if running.is_empty() => break,
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    program.kill();
    running.join_all().await;
    let kept = kept.lock().await.clone();
    assert!((KILL_AFTER..PAIRS * A_DAY * DAYS as usize).contains(&kept.len()), "killed too late: {}", kept.len());

    let again = Serving::on(dir.path());
    let http = http();
    for (token, id) in &kept {
        let answer = http.get(format!("{}/api/v1/bookings/{id}", again.base)).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "an acknowledged booking is gone: {id}");
    }
    let verify = Command::new(env!("CARGO_BIN_EXE_instainstru"))
        .args(["--data-dir", dir.path().to_str().unwrap(), "verify"])
        .output()
        .unwrap();
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
    again.kill();
}
