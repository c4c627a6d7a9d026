//! Many people, one slot: exactly one of them gets it.

use serde_json::Value;

use crate::kit::{Member, TestApp};

const CLIENTS: usize = 64;
/// The free hours of thirty days.
const ON_ONE_APP: usize = 200;

/// Rounds in an ordinary run; `RACE_ROUNDS` sets another number.
fn rounds() -> usize {
    std::env::var("RACE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_clients_racing_for_one_slot_exactly_one_wins() {
    for first in (0..rounds()).step_by(ON_ONE_APP) {
        race(ON_ONE_APP.min(rounds() - first)).await;
    }
}

async fn race(rounds: usize) {
    let app = TestApp::empty_at("2026-11-10T17:00:00Z").await;
    let teacher = app.teacher("sarah").await;
    teacher.opens("2026-11-16", 30).await;
    let mut students = Vec::new();
    for n in 0..8 {
        students.push(app.student(&format!("racer{n}")).await);
    }
    for round in 0..rounds {
        // Seven free hours a day, an hour and its buffers apart.
        let date = instainstru::base::time::plus_days("2026-11-16".parse().unwrap(), (round / 7) as i64).to_string();
        let start = format!("{:02}:00", 8 + 2 * (round % 7));
        let wish = Member::wish(&teacher, &date, &start);
        let mut running = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let token = students[client % students.len()].token.clone();
            let (http, url, wish) = (app.http.clone(), format!("{}/api/v1/bookings", app.base), wish.clone());
            running.spawn(async move {
                let answer = http.post(url).bearer_auth(token).json(&wish).send().await.unwrap();
                (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
            });
        }
        let answers = running.join_all().await;
        let won = answers.iter().filter(|(status, _)| *status == 201).count();
        let lost = answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "BOOKING_CONFLICT").count();
        assert_eq!((won, lost), (1, CLIENTS - 1), "round {round}: {:?}", answers.iter().find(|a| a.0 != 409));
        for (_, body) in answers.iter().filter(|(status, _)| *status == 409) {
            assert!(matches!(body["details"]["conflict_scope"].as_str(), Some("instructor" | "student")), "{body}");
        }
    }
    assert_eq!(app.site().read(instainstru::payments::check).unwrap(), Vec::<String>::new(), "the books add up");
}
