//! The program as a whole: starting, stopping, refusing, the clock.

use serde_json::json;

use crate::kit::TestApp;

const NOON: &str = "2026-11-10T17:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_moves_forward_only_and_says_what_ran() {
    let app = TestApp::empty_at(NOON).await;
    let clock = app.get("/sandbox/v1/clock").await.expect(200);
    assert!(clock["now"].as_str().unwrap().starts_with("2026-11-10T17:00:0"), "{clock}");
    let moved = app.advance(3 * 3600).await;
    assert!(moved["now"].as_str().unwrap().starts_with("2026-11-10T20:00:0"), "{moved}");
    app.post("/sandbox/v1/clock", json!({ "set": NOON })).await.refused(422, "TIME_GOES_FORWARD");
    app.post("/sandbox/v1/clock", json!({ "advance_seconds": i64::MAX })).await.refused(422, "TIME_ENDS_HERE");
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let frozen = app.get("/sandbox/v1/clock").await.expect(200);
    assert_eq!(frozen, app.get("/sandbox/v1/clock").await.expect(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_documented_with_its_refusals() {
    let app = TestApp::empty_at(NOON).await;
    let document = app.get("/api/v1/openapi.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id"));
            assert!(ids.insert(id.to_owned()), "two operations are called {id}");
            assert!(operation["tags"][0].is_string(), "{method} {path} has no tag");
            assert!(operation["responses"]["422"].is_object(), "{method} {path} documents no refusal");
            assert!(operation["security"].is_array(), "{method} {path} does not say who may call it");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let words = answer["description"].as_str().unwrap_or_default();
                assert!(!words.is_empty(), "{method} {path} {status} has no description");
            }
        }
    }
    let codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    let page = app.get("/api/docs").await;
    assert!(
        page.text.contains("openapi.json")
            && page.headers["content-security-policy"].to_str().unwrap().contains("style-src")
    );
    for code in codes.iter().map(|code| code.as_str().unwrap()) {
        assert!(page.text.contains(&format!("id=\"{code}\"")), "a problem's type leads to {code}");
    }
    assert!(codes.len() > 150);
}
