//! How often somebody may ask: buckets, windows, money, and what operators can do about them (part 20 §9).

use reqwest::Method;
use serde_json::{Value, json};

use super::kit::{Answered, Stage, TestApp, answered};

const RELOAD: &str = "/api/v1/internal/config/reload";

async fn switch(app: &TestApp, rule: &str) {
    app.post("/sandbox/v1/switches", json!({ "rate_limits": rule })).await.expect(200);
}

fn header(answer: &Answered, name: &str) -> String {
    let value = answer.headers.get(name).unwrap_or_else(|| panic!("no {name} on {}", answer.status));
    value.to_str().unwrap().to_owned()
}

async fn keyed(stage: &Stage, path: &str, key: &str, body: &Value) -> Answered {
    let request = stage.app.http.post(format!("{}{path}", stage.app.base)).bearer_auth(&stage.emma.token);
    answered(request.header("idempotency-key", key).json(body)).await
}

/// A held lesson of Emma's, `day` days from now.
async fn held(stage: &Stage, date: &str) -> Value {
    let wish = json!({
        "instructor_id": stage.sarah.id, "instructor_service_id": stage.piano, "booking_date": date,
        "start_time": "10:00", "selected_duration": 60, "location_type": "remote",
    });
    stage.post(&stage.emma, "/api/v1/bookings", wish).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_lets_its_burst_through_and_then_one_at_a_time() {
    let stage = Stage::set().await;
    switch(&stage.app, "shadow").await;
    let me = || stage.app.ask(Method::PATCH, "/api/v1/auth/me", Some(&stage.emma.token), Some(json!({})));
    let first = me().await;
    assert_eq!(header(&first, "x-ratelimit-shadow"), "true", "a sandbox only counts until it is told otherwise");
    switch(&stage.app, "enforce").await;
    stage.app.advance(60).await;
    for left in (0..=10).rev() {
        let answer = me().await;
        assert_eq!((answer.status.as_u16(), header(&answer, "x-ratelimit-remaining")), (200, left.to_string()));
        assert_eq!(
            (header(&answer, "x-ratelimit-limit"), header(&answer, "x-ratelimit-policy")),
            ("11".into(), "write".into())
        );
    }
    let refused = me().await;
    assert_eq!((header(&refused, "retry-after"), header(&refused, "x-ratelimit-remaining")), ("2".into(), "0".into()));
    assert_eq!(header(&refused, "x-ratelimit-shadow"), "false");
    let body = refused.refused(429, "RATE_LIMIT_EXCEEDED");
    assert_eq!(body["retry_after"], 2);
    stage.app.ask(Method::PATCH, "/api/v1/auth/me", Some(&stage.john.token), Some(json!({}))).await.expect(200);
    stage.get(&stage.emma, "/api/v1/auth/me").await.expect(200);
    stage.app.advance(2).await;
    me().await.expect(200);
    switch(&stage.app, "off").await;
    let free = me().await;
    assert!(free.headers.get("x-ratelimit-limit").is_none());
    free.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_blocks_even_in_shadow_and_a_replay_costs_nothing() {
    let stage = Stage::set().await;
    switch(&stage.app, "shadow").await;
    let booking = held(&stage, "2026-11-11").await;
    let path = "/api/v1/payments/checkout";
    let declined = json!({ "booking_id": booking["id"], "payment_method_id": "pm_card_chargeDeclined" });
    let good = json!({ "booking_id": booking["id"], "payment_method_id": "pm_card_visa" });
    assert_eq!(stage.post(&stage.emma, path, declined).await.expect(200)["success"], false);
    let paid = keyed(&stage, path, "k1", &good).await;
    assert_eq!(header(&paid, "x-ratelimit-remaining"), "1");
    assert_eq!(paid.expect(200)["success"], true);
    for _ in 0..5 {
        let again = keyed(&stage, path, "k1", &good).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert!(again.headers.get("x-ratelimit-limit").is_none(), "nothing was counted");
        again.expect(200);
    }
    keyed(&stage, path, "k1", &json!({ "booking_id": booking["id"] })).await.refused(422, "IDEMPOTENCY_KEY_REUSED");
    // Nor does it without a key: the booking says that it is paid.
    for _ in 0..5 {
        assert_eq!(stage.post(&stage.emma, path, good.clone()).await.expect(200)["success"], true);
    }
    let over = keyed(&stage, path, "k2", &good).await;
    assert_eq!(header(&over, "x-ratelimit-policy"), "financial");
    assert!((1..=12).contains(&header(&over, "retry-after").parse::<u64>().unwrap()));
    over.refused(429, "RATE_LIMIT_EXCEEDED");
    stage.post(&stage.emma, path, json!({})).await.refused(429, "RATE_LIMIT_EXCEEDED");
    keyed(&stage, path, "k3", &json!({})).await.refused(429, "RATE_LIMIT_EXCEEDED");
    // Per person and route: another call that moves money has a bucket of its own, and so has John.
    let card = json!({ "payment_method_id": "pm_card_visa" });
    let change = format!("/api/v1/bookings/{}/payment-method", booking["id"].as_str().unwrap());
    let changed = stage.app.ask(Method::PATCH, &change, Some(&stage.emma.token), Some(card)).await;
    assert_eq!(header(&changed, "x-ratelimit-remaining"), "2");
    switch(&stage.app, "off").await;
    assert_ne!(keyed(&stage, path, "k3", &good).await.status.as_u16(), 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moves_money_happens_once_at_a_time() {
    let stage = Stage::set().await;
    switch(&stage.app, "shadow").await;
    let booking = held(&stage, "2026-11-18").await;
    let path = "/api/v1/payments/checkout";
    let good = json!({ "booking_id": booking["id"], "payment_method_id": "pm_card_visa" });
    let all = (0..2).map(|n| {
        let (stage, good) = (&stage, &good);
        async move { keyed(stage, path, &format!("together-{n}"), good).await }
    });
    let answers = futures_util::future::join_all(all).await;
    let (done, turned): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.status == 200);
    assert!(!done.is_empty());
    for answer in turned {
        let body = answer.json();
        assert!(matches!(answer.status.as_u16(), 409 | 422 | 429), "{body}");
    }
    // Whatever happened, nothing stays locked.
    stage.app.advance(60).await;
    assert_ne!(keyed(&stage, path, "later", &good).await.json()["code"], "OPERATION_IN_PROGRESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_share_what_their_address_has() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    switch(&app, "enforce").await;
    // Twenty a minute at the door, whatever the address typed.
    for n in 0..20 {
        let form = [("username", format!("nobody{n}@mail.example")), ("password", "wrong horse battery".into())];
        let login = app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form);
        let status = answered(login).await.status.as_u16();
        assert!(matches!(status, 401 | 428 | 429), "{status}");
    }
    let form = [("username", "nobody@mail.example"), ("password", "wrong horse battery")];
    let login = answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form)).await;
    assert_eq!(header(&login, "x-ratelimit-policy"), "door");
    login.refused(429, "RATE_LIMIT_EXCEEDED");
    // An hour's window outlives a minute's: ten links an hour.
    app.advance(120).await;
    for n in 0..10 {
        app.advance(2).await;
        let body = json!({ "email": format!("n{n}@mail.example") });
        app.post("/api/v1/password-reset/request", body).await.expect(200);
    }
    app.advance(1800).await;
    let body = json!({ "email": "n@mail.example" });
    let late = app.post("/api/v1/password-reset/request", body.clone()).await;
    assert!(header(&late, "retry-after").parse::<u64>().unwrap() > 1000);
    late.refused(429, "RATE_LIMIT_EXCEEDED");
    app.advance(1800).await;
    app.post("/api/v1/password-reset/request", body).await.expect(200);
    // Spoofed addresses change nothing: nobody is trusted to forward.
    let spoofed = app.http.get(format!("{}/api/v1/search?q=piano", app.base)).header("x-forwarded-for", "6.6.6.6");
    let spoofed = spoofed.header("cf-connecting-ip", "7.7.7.7").header("forwarded", "for=8.8.8.8");
    let (first, second) = (answered(spoofed).await, app.get("/api/v1/search?q=piano").await);
    let left = |answer: &Answered| header(answer, "x-ratelimit-remaining").parse::<u32>().unwrap();
    assert_eq!(left(&first), left(&second) + 1);
    app.get("/api/v1/search/health").await.expect(200);
    assert!(app.get("/api/v1/search/health").await.headers.get("x-ratelimit-limit").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_counts_like_the_call_it_stands_for() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let left = |answer: Answered| header(&answer, "x-ratelimit-remaining").parse::<u32>().unwrap();
    let call = left(app.get("/api/v1/search?q=piano").await);
    assert_eq!(left(app.get("/search?q=piano").await), call - 1);
    assert_eq!(left(app.get("/api/v1/search?q=piano").await), call - 2);
    switch(&app, "enforce").await;
    for _ in 0..=call {
        app.get("/search?q=piano").await;
    }
    let page = app.get("/search?q=piano").await;
    assert_eq!(page.status, 429);
    assert!(page.text.contains("<h1") && page.text.contains('1'), "a designed page says how long");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_changes_limits_by_a_signed_call() {
    use instainstru::base::secret::hmac_sha256_hex;
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let secret = app.get("/sandbox/v1/secrets").await.expect(200)["reload_secret"].as_str().unwrap().to_owned();
    let now = app.site().now().as_second();
    let send = |at: i64, nonce: &str, body: &str, secret: &str| {
        let signature = hmac_sha256_hex(secret.as_bytes(), format!("{at}{nonce}{body}").as_bytes());
        let request = app.http.post(format!("{}{RELOAD}", app.base)).body(body.to_owned());
        answered(
            request
                .header("content-type", "application/json")
                .header("x-config-reload-timestamp", at)
                .header("x-config-reload-nonce", nonce)
                .header("x-config-reload-signature", signature),
        )
    };
    let body = r#"{"overrides": {"/api/v1/services": {"rate": 1, "burst": 0, "window": 60}}, "shadow": false}"#;
    app.post(RELOAD, json!({})).await.refused(403, "RELOAD_SIGNATURE_INVALID");
    send(now, "n1", body, "another").await.refused(403, "RELOAD_SIGNATURE_INVALID");
    send(now - 301, "n1", body, &secret).await.refused(403, "RELOAD_SIGNATURE_INVALID");
    send(now, "n0", r#"{"overrides": {"nowhere": {"rate": 1}}}"#, &secret).await.expect(422);
    let done = send(now, "n1", body, &secret).await.expect(200);
    assert_eq!(done["overrides"]["/api/v1/services"]["rate"], 1);
    send(now, "n1", body, &secret).await.refused(403, "RELOAD_SIGNATURE_INVALID");
    // It holds at once, also for what is more than counted.
    app.get("/api/v1/services/categories").await.expect(200);
    let over = app.get("/api/v1/services/categories").await;
    assert_eq!(header(&over, "retry-after"), "60");
    over.refused(429, "RATE_LIMIT_EXCEEDED");
    app.get("/api/v1/services/catalog").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_and_forget_what_was_counted() {
    let stage = Stage::set().await;
    switch(&stage.app, "shadow").await;
    let admin = stage.admin().await;
    switch(&stage.app, "enforce").await;
    for _ in 0..25 {
        stage.get(&stage.emma, "/api/v1/payments/credits").await;
    }
    let seen = stage.get(&admin, "/api/v1/ops/rate-limits").await.expect(200);
    let top = &seen["top"][0];
    assert!(top["key"].as_str().unwrap().contains(&stage.emma.id.to_string()), "{seen}");
    assert!(top["limited"].as_u64().unwrap() >= 4);
    assert_eq!(seen["policy"]["mode"], "enforce");
    stage.get(&stage.emma, "/api/v1/ops/rate-limits").await.expect(429);
    let wish = json!({ "pattern": stage.emma.id, "reason": "she asked nicely" });
    assert_eq!(stage.post(&admin, "/api/v1/ops/rate-limits/reset", wish).await.expect(200)["cleared"], 1);
    stage.get(&stage.emma, "/api/v1/ops/rate-limits").await.refused(403, "FORBIDDEN");
    let trail = stage.get(&admin, "/api/v1/admin/audit?action=rate_limits.reset").await.expect(200);
    assert_eq!(trail["items"][0]["reason"], "she asked nicely");
    let policy = stage.get(&admin, "/api/v1/internal/rate-limit/policy").await.expect(200);
    assert_eq!(policy["buckets"].as_array().unwrap().len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_limit_that_refused() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    app.post("/sandbox/v1/switches", json!({ "rate_limits": "enforce", "login_challenge": false })).await.expect(200);
    let email = json!({ "email": "somebody@mail.example" });
    let told = |answer: &Answered| {
        let named = ["policy", "limit", "remaining"].map(|name| header(answer, &format!("x-ratelimit-{name}")));
        (answer.status.as_u16(), named.join(" "))
    };
    for (path, most, policy) in [
        ("/api/v1/password-reset/request", 5, "reset_mails 5 0"),
        ("/api/v1/auth/send-email-verification", 3, "email_codes_address 3 0"),
    ] {
        for _ in 0..most {
            app.post(path, email.clone()).await.expect(200);
        }
        let refused = app.post(path, email.clone()).await;
        assert_eq!(told(&refused), (429, policy.to_owned()), "{path}");
        let reset: i64 = header(&refused, "x-ratelimit-reset").parse().unwrap();
        let wait: i64 = header(&refused, "retry-after").parse().unwrap();
        assert!(wait > 0 && reset >= app.site().now().as_second() + wait, "{reset} {wait}");
    }
    let knock = || {
        answered(
            app.http
                .post(format!("{}/api/v1/auth/login", app.base))
                .form(&[("username", "a@mail.example"), ("password", "not this")]),
        )
    };
    // The bucket of writes fills up again.
    app.advance(60).await;
    for _ in 0..5 {
        assert_eq!(knock().await.status, 401);
    }
    assert_eq!(told(&knock().await), (429, "login_lock 5 0".to_owned()));
    app.advance(31).await;
    assert_eq!(told(&knock().await), (429, "login_failures 5 0".to_owned()));
}
