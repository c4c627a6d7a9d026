//! The launch state as everybody meets it: what is shut, for whom, and how somebody is let in.

use reqwest::Method;
use serde_json::{Value, json};

use super::kit::{Answered, Stage, TestApp, answered};

async fn launch(stage: &Stage, admin: &super::kit::Person, instructor: &str, student: &str) {
    let state = json!({ "instructor": instructor, "student": student });
    stage.app.ask(Method::PUT, "/api/v1/admin/launch", Some(&admin.token), Some(state)).await.expect(200);
}

async fn let_in(stage: &Stage, admin: &super::kit::Person, who: &str, roles: Value) -> Answered {
    let path = format!("/api/v1/admin/users/{who}/beta-access");
    stage.app.ask(Method::PUT, &path, Some(&admin.token), Some(json!({ "roles": roles }))).await
}

fn leads_to(answer: &Answered) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.headers["location"].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_students_side_shuts_search_and_booking_until_somebody_is_let_in() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    let admin = stage.admin().await;
    let booked = stage.post(emma, "/api/v1/bookings", stage.piano("2026-11-20", "10:00")).await.expect(201);
    for axis in ["closed", "referral_only"] {
        launch(&stage, &admin, "open", axis).await;
        app.get("/api/v1/search?q=piano").await.refused(403, "BETA_ACCESS_REQUIRED");
        app.get("/api/v1/bookings").await.refused(401, "NOT_SIGNED_IN");
        app.get("/api/v1/gated/ping").await.refused(401, "NOT_SIGNED_IN");
        // An instructor's own side is open, the students' is not theirs.
        for who in [emma, &stage.sarah] {
            for path in ["/api/v1/search?q=piano", "/api/v1/bookings", "/api/v1/gated/ping"] {
                stage.get(who, path).await.refused(403, "BETA_ACCESS_REQUIRED");
            }
        }
        let another = stage.piano("2026-11-21", "10:00");
        stage.post(emma, "/api/v1/bookings", another).await.refused(403, "BETA_ACCESS_REQUIRED");
        stage.post(&stage.sarah, "/api/v1/bookings", json!({})).await.refused(403, "FORBIDDEN");
        // What was agreed goes on; the own account is nobody else's business.
        let own = format!("/api/v1/bookings/{}", booked["id"].as_str().unwrap());
        stage.get(emma, &own).await.expect(200);
        stage.get(emma, "/api/v1/auth/me").await.expect(200);
        stage.get(&admin, "/api/v1/search?q=piano").await.expect(200);
        stage.get(&admin, "/api/v1/gated/ping").await.expect(200);
    }
    stage.get(emma, "/api/v1/search?q=piano").await.refused(403, "BETA_ACCESS_REQUIRED");
    let_in(&stage, emma, &emma.id.to_string(), json!(["student"])).await.refused(403, "FORBIDDEN");
    let_in(&stage, &admin, &emma.id.to_string(), json!(["admin"])).await.refused(422, "VALIDATION_ERROR");
    let given = let_in(&stage, &admin, &emma.id.to_string(), json!(["student"])).await.expect(200);
    assert_eq!(given["roles"], json!(["student"]));
    for path in ["/api/v1/search?q=piano", "/api/v1/bookings", "/api/v1/gated/ping"] {
        stage.get(emma, path).await.expect(200);
    }
    let me = stage.get(emma, "/api/v1/auth/me").await.expect(200);
    assert_eq!(
        (&me["beta_access"], &me["beta_role"], &me["beta_phase"]),
        (&json!(true), &json!("student"), &json!("alpha"))
    );
    let trail = stage.get(&admin, "/api/v1/admin/audit?action=user.beta_access").await.expect(200);
    assert_eq!(trail["items"][0]["after"]["let_in"], json!(["student"]), "{trail}");
    let_in(&stage, &admin, &emma.id.to_string(), json!([])).await.expect(200);
    stage.get(emma, "/api/v1/search?q=piano").await.refused(403, "BETA_ACCESS_REQUIRED");
    launch(&stage, &admin, "closed", "open").await;
    app.get("/api/v1/search?q=piano").await.expect(200);
    stage.get(emma, "/api/v1/bookings").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructors_side_that_is_not_open_lets_them_look_and_not_write() {
    let stage = Stage::set().await;
    let (sarah, admin) = (&stage.sarah, stage.admin().await);
    launch(&stage, &admin, "invite_only", "open").await;
    let put = |body: Value| stage.app.ask(Method::PUT, "/api/v1/instructors/me", Some(&sarah.token), Some(body));
    let week = json!({ "week_start": "2026-11-16", "schedule": [] });
    put(json!({ "years_experience": 9 })).await.refused(403, "BETA_ACCESS_REQUIRED");
    for (path, body) in [
        ("/api/v1/instructors/availability/week", week.clone()),
        ("/api/v1/services/instructor/add", json!({})),
        ("/api/v1/instructors/me/go-live", json!({})),
        ("/api/v1/instructors/availability/blackout-dates", json!({ "date": "2026-11-26" })),
    ] {
        stage.post(sarah, path, body).await.refused(403, "BETA_ACCESS_REQUIRED");
    }
    for path in ["/api/v1/instructors/me", "/api/v1/instructors/availability/week?start_date=2026-11-16"] {
        stage.get(sarah, path).await.expect(200);
    }
    // Pausing and resuming stay free, and a student does not become an instructor past the gate.
    stage.post(sarah, "/api/v1/account/suspend", json!({})).await.expect(200);
    assert!(stage.get(sarah, "/instructor/dashboard").await.text.contains("You are paused"));
    stage.post(sarah, "/api/v1/account/reactivate", json!({})).await.expect(200);
    assert!(!stage.get(sarah, "/instructor/dashboard").await.text.contains("You are paused"));
    let teaches = json!({ "bio": "I would like to teach the piano, too.", "years_experience": 3 });
    stage.post(&stage.john, "/api/v1/instructors/me", teaches).await.refused(400, "INVITE_REQUIRED");
    let_in(&stage, &admin, &sarah.id.to_string(), json!(["student"])).await.expect(200);
    put(json!({ "years_experience": 9 })).await.refused(403, "BETA_ACCESS_REQUIRED");
    let_in(&stage, &admin, &sarah.id.to_string(), json!(["instructor"])).await.expect(200);
    put(json!({ "years_experience": 9 })).await.expect(200);
    stage.post(sarah, "/api/v1/instructors/availability/week", week).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_are_led_to_where_instructors_join() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let page = |path: String| answered(stage.app.http.get(format!("{}{path}", stage.app.base)));
    let profile = format!("/instructors/{}", stage.sarah.id);
    let book = format!("/book/{}/{}", stage.sarah.id, stage.piano);
    launch(&stage, &admin, "invite_only", "closed").await;
    for path in ["/", "/search?q=piano", "/services", &profile, &book, "/student/lessons", "/signup"] {
        assert_eq!(leads_to(&page(path.to_owned()).await), "/instructor/join", "{path}");
    }
    let join = page("/instructor/join".into()).await;
    assert_eq!(join.status, 200);
    assert!(join.text.contains("name=\"invite_code\"") && join.text.contains("href=\"/login\""), "{}", join.text);
    for path in ["/login", "/help", "/signup?role=instructor&invite_code=ABCD-2345", "/terms"] {
        assert_eq!(page(path.into()).await.status, 200, "{path}");
    }
    // Whoever is signed in sees the shop's window, and is told why searching is not theirs yet.
    let of_emma =
        |path: &str| answered(stage.app.http.get(format!("{}{path}", stage.app.base)).bearer_auth(&stage.emma.token));
    assert_eq!(of_emma("/").await.status, 200);
    let refused = of_emma("/search?q=piano").await;
    assert!(refused.status == 403 && refused.text.contains("Not open yet."), "{}", refused.text);
    assert_eq!(of_emma("/student/lessons").await.status, 200);
    launch(&stage, &admin, "open", "referral_only").await;
    assert_eq!(page("/".into()).await.status, 200);
    assert!(leads_to(&page("/search?q=piano".into()).await).starts_with("/login?redirect="));
    launch(&stage, &admin, "open", "open").await;
    assert_eq!(page("/search?q=piano".into()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_lets_in_says_what_closing_does_and_opens_what_was_closed() {
    let app = TestApp::demo_at("2026-03-02T15:00:00Z").await;
    app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    let people = app.get("/sandbox/v1/demo/accounts").await.expect(200);
    let sign_in = async |email: &str| {
        let known = people["items"].as_array().unwrap().iter().find(|person| person["email"] == email).unwrap();
        let form = [("username", email), ("password", known["password"].as_str().unwrap())];
        answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form)).await
    };
    let admin = sign_in("alex.rivera@demo.example").await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let get = |path: &str| answered(app.http.get(format!("{}{path}", app.base)).bearer_auth(&admin));
    let post = |path: &str, form: &[(&str, &str)]| {
        answered(app.http.post(format!("{}{path}", app.base)).bearer_auth(&admin).form(form))
    };
    assert!(get("/admin/settings/launch").await.text.contains("guests are led"));
    let yuki = "yuki.tanaka@demo.example";
    let token = sign_in(yuki).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let id = app.ask(Method::GET, "/api/v1/auth/me", Some(&token), None).await.expect(200)["id"].clone();
    let file = format!("/admin/users/{}", id.as_str().unwrap());
    let reason = ("reason", "They asked for it on the telephone.");
    // Pausing, twice: the second one finds it done.
    assert_eq!(post(&format!("{file}/account/pause"), &[("reason", "short")]).await.status, 422);
    for _ in 0..2 {
        assert_eq!(leads_to(&post(&format!("{file}/account/pause"), &[reason]).await), file);
    }
    let status = app.ask(Method::GET, "/api/v1/account/status", Some(&token), None).await.expect(200);
    assert_eq!(status["can_receive_bookings"], false, "{status}");
    assert_eq!(leads_to(&post(&format!("{file}/account/resume"), &[reason]).await), file);
    assert_eq!(post(&format!("{file}/account/other"), &[reason]).await.status, 404);
    assert_eq!(leads_to(&post(&format!("{file}/let-in"), &[("instructor", "on"), reason]).await), file);
    assert!(get(&file).await.text.contains("Let in before the doors open: instructor."));
    // Wrong passwords show at the door, and are let through from there.
    app.post("/sandbox/v1/switches", json!({ "login_challenge": false })).await.expect(200);
    for _ in 0..5 {
        let form = [("username", yuki), ("password", "not this one")];
        answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form)).await;
    }
    sign_in(yuki).await.refused(429, "AUTH_ACCOUNT_LOCKED");
    let held = get("/admin/ops/auth-blocks").await;
    assert!(held.status == 200 && held.text.contains(yuki) && held.text.contains("Locked"), "{}", held.text);
    let path = format!("/admin/ops/auth-blocks/{yuki}");
    assert_eq!(get(&path).await.status, 200);
    assert_eq!(post(&path, &[reason]).await.status, 422, "nothing is ticked");
    assert!(leads_to(&post(&path, &[("lockout", "on"), ("captcha", "on"), reason]).await).contains("cleared="));
    sign_in(yuki).await.expect(200);
}
