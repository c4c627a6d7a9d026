//! What a load balancer hears.

use crate::kit::{TestApp, answered};
use serde_json::json;

const NOON: &str = "2026-11-10T17:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn health_says_who_answers_and_ready_whether_to_come() {
    let app = TestApp::empty_at(NOON).await;
    let health = app.get("/api/v1/health").await;
    assert_eq!(health.headers["x-site-mode"], "sandbox");
    assert_eq!(health.headers["x-phase"], "disabled");
    assert!(health.headers.contains_key("x-commit-sha"));
    let body = health.expect(200);
    assert_eq!((&body["service"], &body["environment"]), (&json!("instainstru"), &json!("sandbox")));
    assert_eq!(app.get("/api/v1/health/lite").await.expect(200), json!({ "status": "ok" }));
    assert_eq!(
        app.get("/api/v1/ready").await.expect(200),
        json!({ "status": "ok", "notifications_healthy": true, "certificate_healthy": true })
    );

    app.post("/sandbox/v1/faults", json!({ "search_index": "down" })).await.expect(200);
    let away = app.get("/api/v1/ready").await.expect(503);
    assert_eq!(away["status"], "cache_not_ready");
    app.post("/sandbox/v1/faults", json!({ "search_index": "up" })).await.expect(200);
    app.get("/api/v1/ready").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_read_with_a_key_of_their_own_and_count_the_door() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let form = [("username", "nobody@mail.example"), ("password", "a wrong password")];
    answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form)).await.expect(401);
    let secrets = app.get("/sandbox/v1/secrets").await.expect(200);
    let (user, password) = (secrets["metrics_user"].as_str().unwrap(), secrets["metrics_password"].as_str().unwrap());
    let scrape = |user: &str, password: &str| {
        answered(app.http.get(format!("{}/api/v1/internal/metrics", app.base)).basic_auth(user, Some(password)))
    };
    let stranger = app.get("/api/v1/internal/metrics").await;
    assert_eq!(stranger.headers["www-authenticate"], "Basic realm=\"metrics\"");
    stranger.refused(401, "METRICS_AUTH_REQUIRED");
    scrape(user, "guessed").await.refused(401, "METRICS_AUTH_REQUIRED");
    let told = scrape(user, password).await;
    assert!(told.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    for line in [
        "instainstru_login_attempts_total{result=\"wrong\"} 1",
        "instainstru_metrics_auth_fail_total 2",
        "instainstru_http_requests_total{endpoint=\"/api/v1/auth/login\",method=\"POST\",status_code=\"401\"} 1",
        "instainstru_login_slot_wait_seconds_count 1",
        "instainstru_rl_decisions_total{action=\"allow\",bucket=\"write\",shadow=\"true\"}",
    ] {
        assert!(told.text.contains(line), "{line} in\n{}", told.text);
    }
    app.post("/api/v1/internal/metrics", serde_json::json!({})).await.expect(405);
    app.get("/api/v1/metrics/prometheus").await.refused(401, "NOT_SIGNED_IN");
}
