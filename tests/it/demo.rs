//! The demo marketplace: who is there, what happened, and that it is the same every time.

use std::collections::BTreeMap;

use instainstru::bookings::model::Status;
use instainstru::bookings::tables::BOOKINGS;
use instainstru::store::{Dir, ReadExt, Span};
use serde_json::{Value, json};

use crate::kit::TestApp;

const NOON: &str = "2026-11-10T17:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_the_contract_are_there_and_sign_in() {
    let app = TestApp::demo_at(NOON).await;
    let accounts = app.get("/sandbox/v1/demo/accounts").await.expect(200);
    let people = accounts["items"].as_array().unwrap();
    let of = |role: &str| people.iter().filter(|p| p["role"] == role).count();
    assert_eq!((of("instructor"), of("student"), of("admin")), (120, 40, 1));
    for name in ["Sarah Chen", "Michael Rodriguez", "Amara Okafor", "Yuki Tanaka", "Emma Johnson", "John Smith"] {
        assert!(people.iter().any(|p| p["name"] == name), "{name} is missing");
    }
    for email in ["sarah.chen@demo.example", "emma.johnson@demo.example", "alex.rivera@demo.example"] {
        let person = people.iter().find(|p| p["email"] == email).unwrap();
        let body = json!({ "email": email, "password": person["password"] });
        let entered = app.post("/api/v1/auth/login-with-session", body).await.expect(200);
        assert_eq!(entered["requires_2fa"], false);
    }
    let page = app.get("/login").await.text;
    assert!(page.contains("sarah.chen@demo.example") && page.contains("teach-what-you-love"));
}

#[tokio::test(flavor = "multi_thread")]
async fn piano_on_the_upper_west_side_has_an_evening_every_day() {
    let app = TestApp::demo_at(NOON).await;
    let (id, piano) = sarah(&app).await;
    assert!(piano["hourly_rate_cents"].as_i64().unwrap() <= 10_000, "{piano}");
    let path = format!("/api/v1/public/instructors/{id}/availability?start_date=2026-11-10&end_date=2026-12-09");
    let calendar = app.get(&path).await.expect(200);
    let days = calendar["availability_by_date"].as_object().unwrap();
    assert!(days.len() >= 29, "{} days", days.len());
    for (date, day) in days {
        let slots = day["available_slots"].as_array().unwrap();
        let evening = |slot: &Value| slot["end_time"].as_str() >= Some("20:00");
        assert!(slots.iter().any(evening), "no evening on {date}: {slots:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_of_the_front_page_finds_a_true_slot() {
    let app = TestApp::demo_at(NOON).await;
    app.settle().await;
    let q = "piano lessons on the upper west side under $100 tomorrow evening";
    let found = app.get(&format!("/api/v1/search?q={}", q.replace(' ', "%20").replace('$', "%24"))).await.expect(200);
    let sarah = found["items"].as_array().unwrap().iter().find(|i| i["instructor"]["first_name"] == "Sarah");
    let sarah = sarah.unwrap_or_else(|| panic!("{found}"));
    assert_eq!(sarah["group"], "exact", "{sarah}");
    let slots = sarah["next_slots"].as_array().unwrap();
    assert!(slots.iter().any(|s| s["date"] == "2026-11-11" && s["start_time"].as_str() >= Some("17:00")), "{sarah}");
}

/// Sarah Chen's id and her piano lessons.
async fn sarah(app: &TestApp) -> (String, Value) {
    let services = app.get("/api/v1/services/catalog?category=music").await.expect(200);
    let piano = services["items"].as_array().unwrap().iter().find(|s| s["slug"] == "piano").unwrap()["id"].clone();
    let path = format!("/api/v1/instructors?service_catalog_id={}&per_page=100", piano.as_str().unwrap());
    let found = app.get(&path).await.expect(200);
    let sarah = found["items"].as_array().unwrap().iter().find(|i| i["user"]["first_name"] == "Sarah").unwrap().clone();
    let lesson = sarah["services"].as_array().unwrap().iter().find(|s| s["slug"] == "piano").unwrap().clone();
    (sarah["id"].as_str().unwrap().to_owned(), lesson)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_and_day_give_the_same_people() {
    let (one, other) = (TestApp::demo_at(NOON).await, TestApp::demo_at("2026-11-10T17:00:00.000Z").await);
    assert_eq!(sarah(&one).await, sarah(&other).await);
    let list = |app: TestApp| async move { app.get("/sandbox/v1/demo/accounts").await.expect(200) };
    assert_eq!(list(one).await, list(other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_full_of_lessons_in_every_state_and_its_books_add_up() {
    let app = TestApp::demo_at(NOON).await;
    let mut by_status = BTreeMap::new();
    app.site()
        .read(|r| {
            for (_, booking) in r.scan(&BOOKINGS, Span::all(), 10_000, Dir::Up)? {
                *by_status.entry(booking.status.name()).or_insert(0) += 1;
            }
            Ok(())
        })
        .unwrap();
    let all: usize = by_status.values().sum();
    assert!((520..=700).contains(&all), "{by_status:?}");
    for status in Status::ALL {
        assert!(by_status.contains_key(status.name()), "no booking is {}: {by_status:?}", status.name());
    }
    // The store itself, ledger included, is verified when the app ends.
    let mails = app.get("/sandbox/v1/outbox?limit=100").await.expect(200);
    let letters = mails["items"].as_array().unwrap();
    let of_the_past = |mail: &&Value| mail["created_at"].as_str() < Some(&NOON[..19]);
    assert_eq!(letters.iter().find(of_the_past), None, "a letter about the past");
    assert!(letters.len() < 30, "{} letters at once", letters.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_stands_also_on_the_day_stripe_pays_everybody() {
    // A Thursday: what an instant payout would take was paid out a moment before.
    let app = TestApp::demo_at("2026-11-26T20:00:00Z").await;
    assert!(!app.get("/api/v1/search?q=piano").await.expect(200)["items"].as_array().unwrap().is_empty());
}
