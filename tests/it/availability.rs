//! Calendars in the running program: what is booked is gone from view, what ends comes back, what is off stays off.

use instainstru::base::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::Stage;

/// The free stretches of one date, as the public sees them.
async fn free(stage: &Stage, date: &str) -> Vec<String> {
    let path = format!("/api/v1/public/instructors/{}/availability?start_date={date}&end_date={date}", stage.sarah.id);
    let seen = stage.app.get(&path).await.expect(200);
    let slots = seen["availability_by_date"][date]["available_slots"].as_array().unwrap().clone();
    let text = |slot: &Value, name: &str| slot[name].as_str().unwrap().to_owned();
    slots.iter().map(|s| format!("{}-{}", text(s, "start_time"), text(s, "end_time"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn booked_time_is_gone_with_its_buffer_and_comes_back() {
    let mut stage = Stage::set().await;
    assert_eq!(free(&stage, "2026-11-12").await, ["08:00-22:00"]);
    // Today at 2:05 pm, an hour of notice, on the quarter.
    assert_eq!(free(&stage, "2026-11-10").await, ["15:15-22:00"]);
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    assert_eq!(free(&stage, "2026-11-12").await, ["08:00-16:15", "17:45-22:00"]);
    let held = stage.hold(&stage.john, "2026-11-12", "08:00").await;
    assert_eq!(free(&stage, "2026-11-12").await, ["09:15-16:15", "17:45-22:00"]);
    let path = "/api/v1/instructors/availability/week/booked-slots?start_date=2026-11-12";
    let slots = stage.get(&stage.sarah, path).await.expect(200);
    assert_eq!(slots["items"].as_array().unwrap().len(), 1, "an unpaid hold is no lesson yet: {slots}");
    assert_eq!(
        (&slots["items"][0]["booking_id"], &slots["items"][0]["student_first_name"]),
        (&json!(booking), &json!("Emma"))
    );
    stage.at("2026-11-10T19:36:00Z").await;
    assert_eq!(stage.booking(&stage.john, &held).await["status"], "PAYMENT_FAILED");
    assert_eq!(free(&stage, "2026-11-12").await, ["08:00-16:15", "17:45-22:00"]);
    let cancel = format!("/api/v1/bookings/{booking}/cancel");
    stage.post(&stage.emma, &cancel, json!({ "reason": "Ill" })).await.expect(200);
    assert_eq!(free(&stage, "2026-11-12").await, ["08:00-22:00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_can_be_booked() {
    let stage = Stage::set().await;
    stage.book(&stage.emma, "2026-11-10", "16:30").await;
    let next = format!("/api/v1/public/instructors/{}/next-available?duration_minutes=60", stage.sarah.id);
    let first = stage.app.get(&next).await.expect(200);
    assert_eq!(
        (&first["found"], &first["date"], &first["start_time"]),
        (&json!(true), &json!("2026-11-10"), &json!("15:15"))
    );
    stage.book(&stage.john, "2026-11-10", first["start_time"].as_str().unwrap()).await;
    let second = stage.app.get(&next).await.expect(200);
    assert_eq!((&second["date"], &second["start_time"]), (&json!("2026-11-10"), &json!("17:45")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_off_refuses_bookings_and_names_the_lessons_that_stay() {
    let stage = Stage::set().await;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let path = "/api/v1/instructors/availability/blackout-dates";
    let off = stage.post(&stage.sarah, path, json!({ "date": "2026-11-12", "reason": "away" })).await.expect(201);
    assert_eq!(off["affected_bookings"], json!([booking]));
    stage.post(&stage.sarah, path, json!({ "date": "2026-11-12" })).await.refused(409, "BLACKOUT_EXISTS");
    stage.post(&stage.john, "/api/v1/bookings", stage.piano("2026-11-12", "09:00")).await.refused(422, "NOT_AVAILABLE");
    assert!(free(&stage, "2026-11-12").await.is_empty());
    assert_eq!(stage.booking(&stage.emma, &booking).await["status"], "CONFIRMED");
    let one = format!("{path}/{}", off["id"].as_str().unwrap());
    stage.app.ask(Method::DELETE, &one, Some(&stage.emma.token), None).await.refused(403, "FORBIDDEN");
    stage.app.ask(Method::DELETE, &one, Some(&stage.sarah.token), None).await.expect(200);
    stage.hold(&stage.john, "2026-11-12", "09:00").await;
}

/// Taking published time back leaves the lessons in it; a validation says which.
#[tokio::test(flavor = "multi_thread")]
async fn lessons_outlive_the_hours_they_were_booked_in() {
    let stage = Stage::set().await;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let saved =
        stage.get(&stage.sarah, "/api/v1/instructors/availability/week?start_date=2026-11-09").await.expect(200);
    let mut edited = saved.clone();
    edited.as_object_mut().unwrap().remove("2026-11-12");
    let body = json!({ "week_start": "2026-11-09", "current_week": edited, "saved_week": saved });
    let path = "/api/v1/instructors/availability/week/validate-changes";
    let dry = stage.post(&stage.sarah, path, body).await.expect(200);
    assert_eq!((&dry["valid"], &dry["summary"]["removes"]), (&json!(true), &json!(1)), "{dry}");
    assert_eq!(dry["details"][0]["affected_bookings"], json!([booking]));
    let clear = json!({ "week_start": "2026-11-09", "schedule": [] });
    let done = stage.post(&stage.sarah, "/api/v1/instructors/availability/week", clear).await.expect(200);
    assert_eq!(done["days_written"], 7);
    assert_eq!(stage.booking(&stage.emma, &booking).await["status"], "CONFIRMED");
}

/// Twenty editors with the same version: one saves, the others are told (rule: 30§2.4.1).
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_editors_wins() {
    let stage = Stage::set().await;
    let week = "/api/v1/instructors/availability/week";
    let seen = stage.get(&stage.sarah, &format!("{week}?start_date=2026-11-16")).await;
    let version = seen.headers["etag"].to_str().unwrap().to_owned();
    let tries = (0..20).map(|n| {
        let body = json!({ "week_start": "2026-11-16", "base_version": version,
            "schedule": [{ "date": "2026-11-16", "start_time": format!("{:02}:00", n % 20), "end_time": "23:00" }] });
        stage.post(&stage.sarah, week, body)
    });
    let answers = futures_util::future::join_all(tries).await;
    let statuses: Vec<u16> = answers.into_iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|s| **s == 409).count(), 19, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_students_have_no_calendar() {
    let stage = Stage::set().await;
    for path in ["/api/v1/instructors/availability", "/api/v1/instructors/availability/blackout-dates"] {
        stage.app.get(path).await.refused(401, "NOT_SIGNED_IN");
        stage.get(&stage.emma, path).await.refused(403, "FORBIDDEN");
    }
    let nobody = format!("/api/v1/public/instructors/{}/next-available", UserId::of_name("nobody"));
    stage.app.get(&nobody).await.refused(404, "INSTRUCTOR_NOT_FOUND");
    let student = format!("/api/v1/public/instructors/{}/availability", stage.emma.id);
    stage.app.get(&student).await.refused(404, "INSTRUCTOR_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_calendar_is_no_trap() {
    let stage = Stage::set().await;
    let public = format!("/api/v1/public/instructors/{}/availability?start_date=9999-12-31", stage.sarah.id);
    stage.app.get(&public).await;
    for path in [
        "/api/v1/search?q=piano&date=9999-12-31",
        "/api/v1/search?q=piano%2012/31/9999",
        "/search?q=piano&date=9999-12-31",
    ] {
        assert_ne!(stage.app.get(path).await.status, 503, "{path}");
    }
    let week = "/api/v1/instructors/availability/week?start_date=9999-12-27";
    assert!(!stage.get(&stage.sarah, week).await.status.is_server_error());
    let copy = json!({ "from_week_start": "2026-11-09", "to_week_start": "9999-12-27" });
    let day = json!({ "specific_date": "9999-12-31", "start_time": "09:00", "end_time": "10:00" });
    for (call, body) in
        [("copy-week", copy), ("specific-date", day), ("blackout-dates", json!({ "date": "9999-12-31" }))]
    {
        stage.post(&stage.sarah, &format!("/api/v1/instructors/availability/{call}"), body).await;
    }
    // The writer still takes what comes.
    assert_eq!(stage.post(&stage.emma, "/api/v1/search-history", json!({ "search_query": "oboe" })).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_a_calendar_is_written_down_with_what_was_open() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let path = |part: &str| format!("/api/v1/instructors/availability/{part}");
    let copy = json!({ "from_week_start": "2026-11-09", "to_week_start": "2027-01-04" });
    stage.post(&stage.sarah, &path("copy-week"), copy).await.expect(200);
    let off = json!({ "date": "2027-01-06" });
    stage.post(&stage.sarah, &path("blackout-dates"), off).await.expect(201);
    let settings = json!({ "travel_buffer_minutes": 90 });
    let change = "/api/v1/instructors/me/calendar-settings";
    stage.app.ask(Method::PATCH, change, Some(&stage.sarah.token), Some(settings)).await.expect(200);
    let id = format!("{}:2027-01-04", stage.sarah.id);
    let trail = "/api/v1/admin/audit?entity_type=availability";
    let found = stage.get(&admin, &format!("{trail}&entity_id={id}")).await.expect(200);
    let actions: Vec<_> = found["items"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    assert_eq!(actions, ["block_dates", "copy_week"], "{found}");
    let copied = &found["items"][1];
    assert_eq!(copied["before"]["window_count"], 0, "{copied}");
    assert_eq!(copied["after"]["windows"]["2027-01-04"], json!([{ "start_time": "08:00", "end_time": "22:00" }]));
    assert_eq!(copied["actor"]["id"], json!(stage.sarah.id.to_string()));
    let changed = stage.get(&admin, &format!("{trail}&action=calendar_settings")).await.expect(200);
    assert_eq!(changed["items"][0]["after"]["travel_buffer_minutes"], 90, "{changed}");
}
