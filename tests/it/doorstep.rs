//! What every request meets before anybody looks at it: host, origin, size, headers (part 20 §13).

use serde_json::{Value, json};

use super::kit::{Stage, TestApp, answered};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_dressed() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    for (path, api) in [
        ("/", false),
        ("/api/docs", false),
        ("/api/v1/services/categories", true),
        ("/nowhere", false),
        ("/api/v1/nowhere", true),
    ] {
        let answer = app.get(path).await;
        let header = |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "strict-origin-when-cross-origin");
        assert_eq!(header("permissions-policy"), "camera=(), microphone=(), geolocation=()");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!((header("x-beta-phase"), header("x-beta-allow-signup")), ("disabled".into(), "1".into()));
        assert!(header("strict-transport-security").is_empty(), "only where there is https");
        let policy = header("content-security-policy");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(policy.contains("form-action 'self'"), !api);
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        let shared = path == "/api/v1/services/categories";
        assert_eq!(header("cache-control") == "no-store", !shared, "only what is everybody's is kept: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_hosts_are_sent_away() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    for (path, host) in
        [("/", "evil.example"), ("/api/v1/health", "127.0.0.1.evil.example"), ("/login", "evil.example:443")]
    {
        let poisoned = app.http.get(format!("{}{path}", app.base)).header("host", host);
        assert_eq!(answered(poisoned).await.status, 421, "{path} of {host:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_origins_are_sent_away() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let change = |headers: &[(&str, String)]| {
        let mut request = app.http.post(format!("{}/api/v1/public/logout", app.base)).json(&json!({}));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        answered(request)
    };
    let cookie = || ("cookie", "theme=dark".to_owned());
    let ours = app.base.clone();
    let https = ours.replace("http://", "https://");
    for (headers, status) in [
        (vec![cookie()], 403),
        (vec![cookie(), ("sec-fetch-site", "same-origin".into())], 204),
        (vec![cookie(), ("sec-fetch-site", "none".into())], 204),
        (vec![cookie(), ("sec-fetch-site", "same-site".into())], 403),
        (vec![cookie(), ("sec-fetch-site", "cross-site".into())], 403),
        (vec![cookie(), ("origin", ours.clone())], 204),
        (vec![cookie(), ("origin", https)], 403),
        (vec![cookie(), ("origin", format!("{ours}.evil.example"))], 403),
        (vec![cookie(), ("origin", "null".into())], 403),
        (vec![cookie(), ("referer", format!("{ours}/account"))], 204),
        (vec![cookie(), ("referer", "https://evil.example/".into())], 403),
        (vec![], 204),
        (vec![("sec-fetch-site", "cross-site".into())], 403),
        (vec![("origin", "https://evil.example".into())], 403),
        (vec![("sec-fetch-site", "same-site".into())], 204),
    ] {
        let answer = change(&headers).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.text);
        if status == 403 {
            assert_eq!(answer.json()["code"], "CSRF_ORIGIN_MISMATCH");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_big_or_packed_is_not_unpacked() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let login = |body: Vec<u8>, encoding: Option<&str>| {
        let mut request = app.http.post(format!("{}/api/v1/auth/login-with-session", app.base));
        request = request.header("content-type", "application/json").body(body);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        answered(request)
    };
    let long = format!("{{\"email\": \"{}\", \"password\": \"x\"}}", "a".repeat(300_000));
    login(long.into_bytes(), None).await.refused(413, "BODY_TOO_LARGE");
    for encoding in ["gzip", "br", "deflate", "gzip, gzip"] {
        login(vec![0x1f, 0x8b, 8, 0], Some(encoding)).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    login(br#"{"email": "a@b.co", "password": "a wrong one"}"#.to_vec(), Some("identity")).await.expect(401);
    login("[".repeat(100_000).into_bytes(), None).await.expect(422);
    let deep = format!("{{\"email\": {}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    login(deep.into_bytes(), None).await.expect(422);
    let webhook = app.http.post(format!("{}/api/v1/payments/webhooks/stripe", app.base)).body(vec![b'x'; 300_000]);
    assert_eq!(answered(webhook).await.status, 413);
}

/// What a socket gets back for these bytes; the sending side stays open.
async fn raw(app: &TestApp, request: String) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = app.base.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8(answer.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_announced_counts_before_it_comes() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let host = app.base.strip_prefix("http://").unwrap().to_owned();
    let kind = "Content-Type: application/json\r\nContent-Length: 999999999";
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"), "421"),
        (format!("GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n"), "421"),
        (format!("GET http://{host}/api/v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n"), "200"),
        (format!("POST /api/v1/auth/login HTTP/1.1\r\nHost: {host}\r\n{kind}\r\n\r\n{{"), "413"),
    ] {
        assert_eq!(raw(&app, request.clone()).await, format!("HTTP/1.1 {status}"), "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_kind_of_value_is_no_wrong_json() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let register = |role: Value| {
        app.post(
            "/api/v1/auth/register",
            json!({ "first_name": "A", "last_name": "B", "email": "a@b.co", "role": role }),
        )
    };
    for wrong in [json!(7), json!(["student"]), json!({ "a": 1 })] {
        let refused = register(wrong.clone()).await.refused(422, "VALIDATION_ERROR");
        assert_eq!(refused["errors"][0]["field"], "role", "{wrong}: {refused}");
    }
    let nothing = app.post("/api/v1/auth/login-with-session", Value::Null).await.refused(422, "VALIDATION_ERROR");
    assert!(!nothing.to_string().contains("struct"), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn helpers_find_the_password_page_and_finders_of_faults_a_contact() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let change = app.get("/.well-known/change-password").await;
    assert_eq!((change.status.as_u16(), &change.headers["location"]), (303, &"/account/security".parse().unwrap()));
    let contact = app.get("/.well-known/security.txt").await;
    assert_eq!(contact.status, 200);
    assert!(contact.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(contact.text.contains("Contact: ") && contact.text.contains("Expires: 2027-02-08T"), "{}", contact.text);
}
