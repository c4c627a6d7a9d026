//! `kill -9` under load, again and again: what was acknowledged is there, and the store is in order.
//!
//! `INSTAINSTRU_CRASH_ROUNDS` says how often (default 20).

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use instainstru::app::rooms;
use instainstru::store::{ReadExt, Store, Table};
use serde_json::{Value, json};

use crate::kit::{Serving, http};

/// The codes sent to addresses, as the accounts keep them.
static CODES: Table<String, Value> = Table::new(0x1008, "email_code");
const CLIENTS: usize = 8;

/// Asks for codes for ever new addresses until nobody answers; notes the acknowledged ones.
async fn press(http: reqwest::Client, base: String, name: String, acknowledged: Arc<Mutex<BTreeSet<String>>>) {
    for n in 0.. {
        let email = format!("{name}-{n}@example.org");
        let asked = http.post(format!("{base}/api/v1/auth/send-email-verification")).json(&json!({ "email": email }));
        match asked.send().await {
            Ok(answer) if answer.status().is_success() => drop(acknowledged.lock().unwrap().insert(email)),
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => return,
        }
    }
}

fn check(dir: &Path, acknowledged: &BTreeSet<String>, round: usize) {
    let store = Store::open(dir).unwrap();
    let snapshot = store.snapshot().unwrap();
    let lost: Vec<_> = acknowledged.iter().filter(|email| !snapshot.has(&CODES, email).unwrap()).collect();
    assert!(lost.is_empty(), "round {round}: {} of {} acknowledged writes are lost", lost.len(), acknowledged.len());
    let report = rooms::catalogue().verify(&snapshot).unwrap();
    assert!(report.wrong.is_empty(), "round {round}: {:#?}", report.wrong);
    drop(snapshot);
    store.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_to_kill_9() {
    let rounds = std::env::var("INSTAINSTRU_CRASH_ROUNDS").map_or(20, |n| n.parse().unwrap());
    let (dir, http) = (tempfile::tempdir().unwrap(), http());
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..rounds {
        let program = Serving::on(dir.path());
        let pressing: Vec<_> = (0..CLIENTS)
            .map(|n| {
                tokio::spawn(press(http.clone(), program.base.clone(), format!("r{round}c{n}"), acknowledged.clone()))
            })
            .collect();
        // At ever other moments of a commit.
        tokio::time::sleep(Duration::from_micros(60_000 + (round as u64 * 77_777) % 200_000)).await;
        program.kill();
        for client in pressing {
            client.await.unwrap();
        }
        check(dir.path(), &acknowledged.lock().unwrap(), round);
    }
    let kept = acknowledged.lock().unwrap().len();
    assert!(kept >= rounds * CLIENTS, "only {kept} writes in {rounds} rounds: that was no load");
}
