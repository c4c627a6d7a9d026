//! What a load balancer hears.

use crate::kit::TestApp;
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
    assert_eq!(app.get("/api/v1/ready").await.expect(200), json!({ "status": "ok", "notifications_healthy": true }));

    app.post("/sandbox/v1/faults", json!({ "search_index": "down" })).await.expect(200);
    let away = app.get("/api/v1/ready").await.expect(503);
    assert_eq!(away["status"], "cache_not_ready");
    app.post("/sandbox/v1/faults", json!({ "search_index": "up" })).await.expect(200);
    app.get("/api/v1/ready").await.expect(200);
}
