//! The room over HTTP: its own routes around a store with one live instructor, Sarah.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::accounts::ops::register::{NewPerson, add};
use crate::availability::{api, pages};
use crate::base::access::{Actor, Role};
use crate::base::id::{SessionId, UserId};
use crate::base::refusal::Outcome;
use crate::instructors::ops::create::blank;
use crate::instructors::tables::PROFILES;
use crate::site::{Site, SiteParts};
use crate::web::{Api, Door, DoorPart, Hosts, Pages, assemble};

struct OnlySarah(UserId);

impl Door for OnlySarah {
    fn actor(&self, _: &Site, token: &str, _: crate::web::Carried) -> Outcome<Option<Actor>> {
        Ok((token == "sarah").then(|| Actor {
            user_id: self.0,
            session_id: SessionId::of_name("s"),
            roles: BTreeSet::from([Role::Instructor]),
            permissions: Role::Instructor.permissions(),
            first_name: "Sarah".into(),
            last_name: "Chen".into(),
            email: "sarah@demo.example".into(),
            timezone: "America/New_York".into(),
            has_second_factor: false,
            elevated_until: None,
            key: None,
            let_in: BTreeSet::new(),
        }))
    }
}

struct App {
    router: axum::Router,
    sarah: UserId,
}

/// Tuesday, Nov 10 2026, 9:00 am in New York.
const NOW: &str = "2026-11-10T14:00:00Z";

fn app() -> App {
    let site = Site::new(SiteParts::at(NOW));
    let sarah = site.store.write_blocking(site.stamp(), |tx| {
        let person = NewPerson {
            email: "sarah@demo.example".into(),
            password_hash: String::new(),
            first_name: "Sarah".into(),
            last_name: "Chen".into(),
            phone: None,
            zip_code: "10025".into(),
            timezone: "America/New_York".into(),
            role: Role::Instructor,
        };
        let user = add(tx, &person)?;
        let mut profile = blank(user.id, "Piano.".into(), tx.now());
        profile.is_live = true;
        profile.check.valid_until = Some(tx.now() + crate::base::time::SignedDuration::from_hours(24 * 300));
        tx.put(&PROFILES, &user.id, &profile)?;
        Ok(user.id)
    });
    let sarah = sarah.unwrap();
    site.parts.put(DoorPart(Arc::new(OnlySarah(sarah))));
    let hosts = Hosts::new("localhost:8080", true);
    let router = assemble(&site, hosts, api::routes(Api::new()), pages::routes(Pages::new())).0;
    App { router, sarah }
}

impl App {
    async fn send(&self, request: Request<Body>) -> (u16, HeaderMap, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn call(&self, method: &str, path: &str, body: Value, headers: &[(&str, &str)]) -> (u16, HeaderMap, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("host", "localhost:8080")
            .header("authorization", "Bearer sarah")
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let (status, headers, text) = self.send(request.body(body).unwrap()).await;
        (status, headers, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (u16, HeaderMap, Value) {
        self.call("GET", path, Value::Null, &[]).await
    }

    async fn page(&self, method: &str, path: &str, form: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:8080")
            .header("authorization", "Bearer sarah")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(serde_urlencoded::to_string(form).unwrap())).unwrap()).await
    }
}

const WEEK: &str = "/instructors/availability/week";

#[tokio::test]
async fn a_week_goes_round_with_its_version() {
    let app = app();
    let (status, headers, week) = app.get(&format!("{WEEK}?start_date=2026-11-12")).await;
    assert_eq!((status, week), (200, json!({})));
    assert_eq!(headers["x-allow-past"], "true");
    let empty = headers["etag"].to_str().unwrap().to_owned();
    let save = json!({"schedule": [
        {"date": "2026-11-12", "start_time": "09:00:00", "end_time": "12:00"},
        {"date": "2026-11-15", "start_time": "22:00", "end_time": "02:00", "tag": "online_only"},
    ]});
    let (status, headers, saved) = app.call("POST", WEEK, save.clone(), &[("if-match", &empty)]).await;
    assert_eq!((status, &saved["windows_created"], &saved["weeks_affected"]), (200, &json!(3), &json!(2)));
    assert_eq!(headers["etag"].to_str().unwrap(), format!("\"{}\"", saved["version"].as_str().unwrap()));
    let (status, headers, stale) = app.call("POST", WEEK, save, &[("if-match", &empty)]).await;
    assert_eq!((status, &stale["error"]), (409, &json!("version_conflict")));
    assert_eq!(headers["etag"].to_str().unwrap(), format!("\"{}\"", stale["current_version"].as_str().unwrap()));
    let (_, headers, week) = app.get(&format!("{WEEK}?start_date=2026-11-09")).await;
    assert!(headers["last-modified"].to_str().unwrap().ends_with("GMT"));
    assert_eq!(week["2026-11-12"], json!([{"start_time": "09:00", "end_time": "12:00"}]));
    assert_eq!(week["2026-11-15"], json!([{"start_time": "22:00", "end_time": "24:00", "tag": "online_only"}]));
    let (_, _, bitmap) = app.get(&format!("{WEEK}?start_date=2026-11-09&format=bitmap")).await;
    assert_eq!(bitmap["days"].as_array().unwrap().len(), 7);
    let (_, _, list) = app.get("/instructors/availability").await;
    assert_eq!((list["total"].clone(), list["items"][2]["date"].clone()), (json!(3), json!("2026-11-16")));
}

#[tokio::test]
async fn refusals_are_as_documented() {
    let app = app();
    let window =
        |start: &str, end: &str| json!({"schedule": [{"date": "2026-11-12", "start_time": start, "end_time": end}]});
    for (path, body, status) in [
        (WEEK, window("09:03", "10:00"), 422),
        (WEEK, window("10:00", "10:00"), 422),
        (WEEK, json!({"week_start": "2026-11-10", "schedule": []}), 422),
        (WEEK, json!({"schedule": [], "colour": 1}), 422),
        (
            "/instructors/availability/copy-week",
            json!({"from_week_start": "2026-11-09", "to_week_start": "2026-11-09"}),
            422,
        ),
        (
            "/instructors/availability/apply-to-date-range",
            json!({"from_week_start": "2026-11-09", "start_date": "2026-11-09", "end_date": "2027-12-01"}),
            422,
        ),
        ("/instructors/availability/blackout-dates", json!({"date": "2026-11-09"}), 422),
    ] {
        let (got, _, problem) = app.call("POST", path, body, &[]).await;
        assert_eq!(got, status, "{path} {problem}");
    }
    assert_eq!(app.call("PATCH", "/instructors/availability/bulk-update", json!({}), &[]).await.0, 410);
    assert_eq!(app.call("PATCH", "/instructors/availability/x", json!({}), &[]).await.0, 501);
    assert_eq!(app.call("DELETE", "/instructors/availability/x", Value::Null, &[]).await.0, 501);
    let signed_out = Request::builder().uri("/api/v1/instructors/availability").header("host", "localhost:8080");
    assert_eq!(app.send(signed_out.body(Body::empty()).unwrap()).await.0, 401);
}

#[tokio::test]
async fn the_public_sees_what_is_free() {
    let app = app();
    let save = json!({"schedule": [{"date": "2026-11-10", "start_time": "08:00", "end_time": "12:00"},
        {"date": "2026-11-12", "start_time": "09:00", "end_time": "24:00"}]});
    assert_eq!(app.call("POST", WEEK, save, &[]).await.0, 200);
    let base = format!("/public/instructors/{}", app.sarah);
    let (status, headers, seen) = app.get(&format!("{base}/availability?start_date=2026-11-10")).await;
    assert_eq!(status, 200);
    assert_eq!(seen["availability_by_date"].as_object().unwrap().len(), 30);
    // 9:00 am and an hour of notice.
    let today = &seen["availability_by_date"]["2026-11-10"];
    assert_eq!(today["available_slots"], json!([{"start_time": "10:00", "end_time": "12:00"}]));
    assert_eq!((&seen["timezone"], &seen["total_available_slots"]), (&json!("America/New_York"), &json!(2)));
    assert_eq!(seen["earliest_available_date"], "2026-11-10");
    let tag = headers["etag"].to_str().unwrap();
    let again = app.call("GET", &format!("{base}/availability"), Value::Null, &[("if-none-match", tag)]).await;
    assert_eq!((again.0, again.1["cache-control"].to_str().unwrap()), (304, "public, no-cache"));
    let off = json!({"date": "2026-11-12", "reason": "away"});
    let (status, _, off) = app.call("POST", "/instructors/availability/blackout-dates", off, &[]).await;
    assert_eq!((status, &off["affected_bookings"]), (201, &json!([])));
    let (status, _, seen) = app.get(&format!("{base}/availability?detail_level=summary")).await;
    assert_eq!((status, &seen["total_available_slots"]), (200, &json!(1)));
    let (_, _, next) = app.get(&format!("{base}/next-available?duration_minutes=90")).await;
    assert_eq!(
        (&next["found"], &next["start_time"], &next["end_time"]),
        (&json!(true), &json!("10:00"), &json!("11:30"))
    );
    let id = off["id"].as_str().unwrap();
    let (status, _, gone) =
        app.call("DELETE", &format!("/instructors/availability/blackout-dates/{id}"), Value::Null, &[]).await;
    assert_eq!((status, &gone["success"]), (200, &json!(true)));
    for (query, status) in [
        ("start_date=2026-11-09", 400),
        ("start_date=2026-11-12&end_date=2026-11-11", 400),
        ("start_date=2026-11-12&end_date=2027-11-11", 400),
        ("location_type=moon", 422),
    ] {
        assert_eq!(app.get(&format!("{base}/availability?{query}")).await.0, status, "{query}");
    }
    let nobody = UserId::of_name("nobody");
    assert_eq!(app.get(&format!("/public/instructors/{nobody}/availability")).await.0, 404);
}

#[tokio::test]
async fn the_editor_works_without_a_script() {
    let app = app();
    let (status, _, page) = app.page("GET", "/instructor/availability?week=2026-11-12", &[]).await;
    assert_eq!(status, 200);
    assert!(page.contains("Nov 9 to 15") && page.contains("slot") && page.contains("Thursday 12"));
    let version = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [
        ("week", "2026-11-09"),
        ("version", version.as_str()),
        ("from", "08:00"),
        ("to", "20:00"),
        ("fixed", ""),
        ("slot", "2026-11-12T09:00"),
        ("slot", "2026-11-12T09:30"),
    ];
    let (status, headers, _) = app.page("POST", "/instructor/availability", &form).await;
    assert_eq!(
        (status, headers["location"].to_str().unwrap()),
        (303, "/instructor/availability?week=2026-11-09&done=saved")
    );
    let (status, _, conflict) = app.page("POST", "/instructor/availability", &form[..6]).await;
    assert_eq!(status, 409);
    assert!(conflict.contains("saved meanwhile") && conflict.contains("9–10am") && conflict.contains("override"));
    let (_, _, week) = app.get(&format!("{WEEK}?start_date=2026-11-09")).await;
    assert_eq!(week["2026-11-12"], json!([{"start_time": "09:00", "end_time": "10:00"}]));
    let preview = "/instructor/availability/preview?week=2026-11-09&d3=3-7pm&d4=26pm&weeks=2";
    let (status, _, page) = app.page("GET", preview, &[]).await;
    assert_eq!(status, 422);
    assert!(page.contains("Write 2–6pm?") && page.contains("3-7pm"));
    let (status, _, page) = app.page("GET", &preview.replace("26pm", "2-6pm"), &[]).await;
    assert_eq!(status, 200);
    assert!(page.contains("4 days change in 2 weeks") && page.contains("Thu Nov 19"), "{page}");
    let written = [("week", "2026-11-09"), ("d3", "3-7pm"), ("d4", "2-6pm"), ("weeks", "2")];
    assert_eq!(app.page("POST", "/instructor/availability/written", &written).await.0, 303);
    let (_, _, week) = app.get(&format!("{WEEK}?start_date=2026-11-16")).await;
    assert_eq!(week["2026-11-20"], json!([{"start_time": "14:00", "end_time": "18:00"}]));
    let off = [("week", "2026-11-09"), ("date", "2026-11-09"), ("end_date", ""), ("reason", "")];
    let (status, _, page) = app.page("POST", "/instructor/availability/days-off", &off).await;
    assert!(status == 422 && page.contains("today or later"));
    let off = [("week", "2026-11-09"), ("date", "2026-11-26"), ("end_date", ""), ("reason", "Thanksgiving")];
    assert_eq!(app.page("POST", "/instructor/availability/days-off", &off).await.0, 303);
    let (_, _, page) = app.page("GET", "/instructor/availability", &[]).await;
    assert!(page.contains("Thu Nov 26") && page.contains("Thanksgiving"));
}
