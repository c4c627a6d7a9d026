//! Nothing that happens to an instructor is overlooked: after every kind of change the index that followed the journal
//! says what an index read from the store says.

use instainstru::base::id::NeighborhoodId;
use instainstru::catalog::catalogue;
use instainstru::search::Search;
use instainstru::search::supply::{Index, Row};
use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Person, Stage};

/// Everybody in an index, calendars written out, in the order of their ids.
fn told(index: &Index) -> Vec<String> {
    let calendar = |terms: u16| format!("{:?}", index.calendars().get(usize::from(terms)));
    let rows = index.rows().map(|row| {
        let same = Row { terms: 0, ..(**row).clone() };
        format!("{same:?} {}", calendar(row.terms))
    });
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows
}

/// What has changed since `before`, by the index as it follows; it must be what the store says.
fn followed(stage: &Stage, before: &mut Vec<String>, what: &str) {
    let site = stage.app.site();
    let (part, read) = (site.part::<Search>().unwrap(), site.store.snapshot().unwrap());
    let now = told(&part.supply.index(site, &read).unwrap());
    let anew = told(&part.supply.index_from_store(site, &read).unwrap());
    assert!(now == anew, "{what}: the index says\n{now:#?}\nand the store\n{anew:#?}");
    assert!(now != *before, "{what} changes nothing that is searched");
    *before = now;
}

async fn send(stage: &Stage, who: &Person, method: Method, path: &str, body: Value) -> Value {
    let answered = stage.app.ask(method, &format!("/api/v1{path}"), Some(&who.token), Some(body)).await;
    assert!(answered.status.is_success(), "{path}: {} {}", answered.status, answered.text);
    if answered.text.is_empty() { Value::Null } else { answered.json() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_an_instructor_reaches_the_index() {
    let mut stage = Stage::set().await;
    let (sarah, emma) = (&stage.sarah.clone(), &stage.emma.clone());
    let mut known = Vec::new();
    followed(&stage, &mut known, "the stage");
    let week = "/instructors/availability";
    let windows = json!([{ "date": "2026-11-11", "start_time": "09:00", "end_time": "17:00" }]);
    let weeks = json!({ "from_week_start": "2026-11-09", "to_week_start": "2026-11-30" });
    let range = json!({ "from_week_start": "2026-11-09", "start_date": "2026-12-07", "end_date": "2026-12-13" });
    let day = json!({ "specific_date": "2026-12-30", "start_time": "10:00", "end_time": "12:00" });
    let blackout = json!({ "date": "2026-11-20", "reason": "A concert" });
    let changes = [
        (
            "a saved week",
            Method::POST,
            format!("{week}/week"),
            json!({ "week_start": "2026-11-09", "schedule": windows }),
        ),
        ("a copied week", Method::POST, format!("{week}/copy-week"), weeks),
        ("a range", Method::POST, format!("{week}/apply-to-date-range"), range),
        ("one day", Method::POST, format!("{week}/specific-date"), day),
        ("a day off", Method::POST, format!("{week}/blackout-dates"), blackout),
        ("a profile", Method::PUT, "/instructors/me".into(), json!({ "languages": ["English", "French"] })),
        ("the notice", Method::PUT, "/instructors/me".into(), json!({ "min_advance_booking_hours": 30 })),
        ("the buffer", Method::PUT, "/instructors/me".into(), json!({ "buffer_time_minutes": 45 })),
        ("a name", Method::PATCH, "/auth/me".into(), json!({ "first_name": "Sally" })),
    ];
    for (what, method, path, body) in changes {
        send(&stage, sarah, method, &path, body).await;
        followed(&stage, &mut known, what);
    }

    let areas = json!({ "neighborhood_ids": [NeighborhoodId::of_name("QN0103")] });
    send(&stage, sarah, Method::PUT, "/addresses/service-areas/me", areas).await;
    followed(&stage, &mut known, "an area");
    let guitar = catalogue().service_by_name("Guitar").unwrap().id;
    let offered = json!({ "service_catalog_id": guitar, "hourly_rate_cents": 9_000, "location_types": ["online"] });
    send(&stage, sarah, Method::POST, "/services/instructor/add", offered).await;
    followed(&stage, &mut known, "another lesson");
    let held = stage.hold(emma, "2026-11-17", "10:00").await;
    followed(&stage, &mut known, "a hold");
    send(&stage, emma, Method::POST, &format!("/bookings/{held}/cancel"), json!({ "reason": "Another day" })).await;
    followed(&stage, &mut known, "a hold given up");
    let booked = stage.book(emma, "2026-11-18", "10:00").await;
    followed(&stage, &mut known, "a lesson");
    let moved = json!({ "booking_date": "2026-11-19", "start_time": "10:00", "selected_duration": 60 });
    let moved = send(&stage, emma, Method::POST, &format!("/bookings/{booked}/reschedule"), moved).await;
    followed(&stage, &mut known, "a lesson moved");

    stage.at("2026-11-19T16:30:00Z").await;
    let (sarah, emma) = (&stage.sarah, &stage.emma);
    let lesson = moved["id"].as_str().unwrap();
    send(&stage, sarah, Method::POST, &format!("/bookings/{lesson}/complete"), json!({})).await;
    followed(&stage, &mut known, "a lesson given");
    send(&stage, emma, Method::POST, "/reviews", json!({ "booking_id": lesson, "rating": 5 })).await;
    followed(&stage, &mut known, "a review");
    for (what, path) in [("a pause", "/account/suspend"), ("the end of a pause", "/account/reactivate")] {
        send(&stage, sarah, Method::POST, path, json!({})).await;
        followed(&stage, &mut known, what);
    }
}
