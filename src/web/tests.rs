use axum::Json;
use axum::body::Body as HttpBody;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;
use crate::base::access::Actor;
use crate::site::{Site, SiteParts};

#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[allow(dead_code)]
    size: u8,
}

#[utoipa::path(post, path = "/api/v1/wishes", request_body = Wish, responses((status = 200)))]
async fn wish(Body(_wish): Body<Wish>) -> Answer<Json<Success>> {
    Ok(Success::json())
}

#[utoipa::path(get, path = "/api/v1/secret", responses((status = 200)))]
async fn secret(_actor: Actor) -> Json<Success> {
    Success::json()
}

static DONE: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

async fn slow() -> Json<Success> {
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    DONE.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    Success::json()
}

async fn boom() -> Json<Success> {
    panic!("on purpose")
}

fn site() -> Site {
    Site::new(SiteParts::at("2026-03-07T12:00:00Z"))
}

fn app() -> axum::Router {
    let site = site();
    let api = Api::new()
        .route(Access::Public, utoipa_axum::routes!(wish))
        .route(Access::SignedIn, utoipa_axum::routes!(secret));
    let pages = Pages::new().get(Access::SignedIn, "/student/lessons", boom).get(Access::Public, "/boom", boom).post(
        Access::Public,
        "/slow",
        slow,
    );
    assemble(&site, Hosts::new("localhost:8080", true), api, pages).0
}

async fn ask(request: Request<HttpBody>) -> (StatusCode, axum::http::HeaderMap, String) {
    let response = app().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

fn post(body: &str, headers: &[(&str, &str)]) -> Request<HttpBody> {
    let mut request = Request::builder().method(Method::POST).uri("/api/v1/wishes").header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(HttpBody::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn bad_bodies_are_problems_that_name_the_field() {
    let json = [("content-type", "application/json")];
    let big = format!("{{\"size\": {}1}}", " ".repeat(300_000));
    let rows = [
        (r#"{"size": 1}"#, &json[..], 200, "", ""),
        (r#"{"size": "x"}"#, &json, 422, "VALIDATION_ERROR", "size"),
        (r#"{"size": 1, "extra": 2}"#, &json, 422, "VALIDATION_ERROR", "extra"),
        ("{}", &json, 422, "VALIDATION_ERROR", "size"),
        ("", &[], 422, "VALIDATION_ERROR", "size"),
        ("{", &json, 422, "INVALID_JSON", ""),
        ("size=1", &[("content-type", "text/plain")], 415, "UNSUPPORTED_MEDIA_TYPE", ""),
        (big.as_str(), &json, 413, "BODY_TOO_LARGE", ""),
        (
            r#"{"size": 1}"#,
            &[json[0], ("cookie", "sid=x"), ("origin", "http://evil.example")],
            403,
            "CSRF_ORIGIN_MISMATCH",
            "",
        ),
        (r#"{"size": 1}"#, &[json[0], ("sec-fetch-site", "cross-site")], 403, "CSRF_ORIGIN_MISMATCH", ""),
        (r#"{"size": 1}"#, &[json[0], ("origin", "http://localhost:8080")], 200, "", ""),
    ];
    for (body, headers, status, code, field) in rows {
        let (got, answer_headers, text) = ask(post(body, headers)).await;
        assert_eq!(got.as_u16(), status, "{:.60} {text}", body);
        if status != 200 {
            assert_eq!(answer_headers["content-type"], "application/problem+json");
            let problem: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(problem["code"], code);
            assert_eq!(problem["instance"], "/api/v1/wishes");
            assert_eq!(problem["request_id"].as_str().unwrap().len(), 26);
            if !field.is_empty() {
                assert_eq!(problem["errors"][0]["field"], field);
            }
        }
    }
}

#[tokio::test]
async fn strangers_are_led_to_the_door_and_nothing_ends_bare() {
    let get =
        |path: &str, host: &str| Request::builder().uri(path).header("host", host).body(HttpBody::empty()).unwrap();
    let (status, headers, _) = ask(get("/api/v1/secret", "localhost:8080")).await;
    assert_eq!((status.as_u16(), headers["www-authenticate"].to_str().unwrap()), (401, "Bearer"));
    let (status, headers, _) = ask(get("/student/lessons?tab=history", "localhost:8080")).await;
    assert_eq!(status, 303);
    assert_eq!(headers["location"], "/login?redirect=%2Fstudent%2Flessons%3Ftab%3Dhistory");
    for (path, host, status, kind) in [
        ("/nowhere", "localhost:8080", 404, "text/html"),
        ("/api/v1/nowhere", "localhost:8080", 404, "application/problem+json"),
        ("/api/v1/wishes", "localhost:8080", 405, "application/problem+json"),
        ("/boom", "localhost:8080", 500, "text/html"),
        ("/", "evil.example", 421, "text/html"),
        ("/api/docs", "localhost:8080", 200, "text/html"),
    ] {
        let (got, headers, _) = ask(get(path, host)).await;
        assert_eq!(got.as_u16(), status, "{path}");
        assert!(headers["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        assert!(headers.contains_key("content-security-policy") && headers.contains_key("x-request-id"));
        assert_eq!(headers["x-beta-phase"], "disabled");
    }
}

/// Sends `body` under `key`; the work answers what `answer` says and counts how often it ran.
async fn once(site: &Site, key: &str, body: &str, keep: bool, ran: &std::sync::atomic::AtomicU32) -> (u16, bool) {
    use axum::extract::FromRequestParts as _;
    use axum::response::IntoResponse as _;
    let request = Request::builder().header("idempotency-key", key).body(()).unwrap();
    let mut parts = request.into_parts().0;
    let key = IdempotencyKey::from_request_parts(&mut parts, &()).await.map_err(|f| f.0).unwrap();
    let work = async {
        ran.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(Reply::created("made").keep_if(keep))
    };
    let user = crate::base::id::UserId::of_name("emma");
    let response = key.run(site, user, "make", &body, work).await.into_response();
    (response.status().as_u16(), response.headers().contains_key("idempotency-replayed"))
}

#[tokio::test]
async fn a_key_acts_once_and_belongs_to_its_body() {
    let (site, ran) = (site(), std::sync::atomic::AtomicU32::new(0));
    assert_eq!(once(&site, "a", "x", true, &ran).await, (201, false));
    assert_eq!(once(&site, "a", "x", true, &ran).await, (201, true));
    assert_eq!(once(&site, "a", "y", true, &ran).await, (422, false));
    assert_eq!(ran.load(std::sync::atomic::Ordering::Relaxed), 1);
    // An answer not worth keeping frees the key.
    assert_eq!(once(&site, "b", "x", false, &ran).await, (201, false));
    assert_eq!(once(&site, "b", "y", true, &ran).await, (201, false));
    assert_eq!(ran.load(std::sync::atomic::Ordering::Relaxed), 3);
}

#[tokio::test]
async fn what_was_begun_is_finished_though_nobody_waits_any_more() {
    let request = Request::builder().method(Method::POST).uri("/slow").header("host", "localhost:8080");
    let request = request.header("origin", "http://localhost:8080").body(HttpBody::empty()).unwrap();
    let gone = tokio::time::timeout(std::time::Duration::from_millis(5), app().oneshot(request)).await;
    assert!(gone.is_err(), "it was given up while the work went on");
    while DONE.load(std::sync::atomic::Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}
