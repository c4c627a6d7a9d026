//! The rest of part 20 §14 beside `door.rs` and `doorstep.rs`: proofs spent twice, forged headers, other people's things,
//! passwords that fall to a list.

use std::net::SocketAddr;

use instainstru::app::config::Config;
use instainstru::app::start::start;
use instainstru::base::secret::hmac_sha256_hex;
use reqwest::Method;
use serde_json::{Value, json};

use super::door::{knock, second_factor};
use super::kit::{Person, Stage, TestApp, answered};

fn application(email: &str, password: &str, proof: Value) -> Value {
    json!({
        "email": email, "password": password, "first_name": "New", "last_name": "Person", "zip_code": "10024",
        "email_verification_token": proof,
    })
}

async fn code(app: &TestApp, email: &str) -> Value {
    app.post("/api/v1/auth/send-email-verification", json!({ "email": email })).await.expect(200);
    app.mail(email, "email_code").await["data"]["code"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_proven_once_for_itself_only() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let (email, other) = ("new.person@mail.example", "other.person@mail.example");
    let body = json!({ "email": email, "code": code(&app, email).await });
    app.post("/api/v1/auth/verify-email-code", json!({ "email": other, "code": body["code"] }))
        .await
        .refused(400, "EMAIL_VERIFICATION_CODE_INVALID");
    let (a, b) = tokio::join!(
        app.post("/api/v1/auth/verify-email-code", body.clone()),
        app.post("/api/v1/auth/verify-email-code", body)
    );
    let mut both = [a, b];
    both.sort_by_key(|answer| answer.status);
    let [right, wrong] = both;
    wrong.refused(400, "EMAIL_VERIFICATION_CODE_INVALID");
    let proof = right.expect(200)["verification_token"].clone();
    let join =
        |email: &str| app.post("/api/v1/auth/register", application(email, "harbor lights at dusk", proof.clone()));
    join(other).await.refused(400, "EMAIL_VERIFICATION_EMAIL_MISMATCH");
    let (a, b) = tokio::join!(join(email), join(email));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400], "one proof, one account");
    app.post("/api/v1/auth/register", application(email, "harbor lights at dusk", Value::Null))
        .await
        .refused(400, "EMAIL_VERIFICATION_REQUIRED");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_cookies_that_once_meant_something_mean_nothing() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let forged = [
        ("x-trusted-bypass", "1".to_owned()),
        ("x-enforce-beta-checks", "0".to_owned()),
        ("x-staff-preview-token", "preview".to_owned()),
        ("x-impersonate-user-id", admin.id.to_string()),
        ("x-rate-limit-bypass", "1".to_owned()),
        ("x-forwarded-for", "127.0.0.1".to_owned()),
        ("cf-connecting-ip", "127.0.0.1".to_owned()),
    ];
    let ask = |path: &str, token: Option<&str>| {
        let mut request = stage.app.http.get(format!("{}{path}", stage.app.base));
        for (name, value) in &forged {
            request = request.header(*name, value);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answered(request.header("cookie", "tfa_trusted=1; staff=1"))
    };
    ask("/api/v1/auth/me", None).await.refused(401, "NOT_SIGNED_IN");
    ask("/api/v1/admin/audit", Some(&stage.emma.token)).await.refused(403, "FORBIDDEN");
    let me = ask("/api/v1/auth/me", Some(&stage.emma.token)).await.expect(200);
    assert_eq!(me["email"], stage.emma.email.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn real_devices_keys_and_exports_of_others_are_not_there() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    let key = stage.post(emma, "/api/v1/account/api-keys", json!({ "name": "Mine" })).await.expect(200);
    let (secret, _) = second_factor(&stage, emma).await;
    app.advance(60).await;
    let temp = knock(app, &emma.email, "lantern orchard velvet").await.expect(200)["temp_token"].clone();
    let entry = json!({ "temp_token": temp, "code": super::door::code_at(&stage, &secret, 0) });
    let trusting = app.http.post(format!("{}/api/v1/2fa/verify-login", app.base)).json(&entry);
    let entered = answered(trusting.header("x-trust-browser", "true")).await.expect(200);
    let token = entered["access_token"].as_str().unwrap().to_owned();
    let devices = app.ask(Method::GET, "/api/v1/2fa/trusted-devices", Some(&token), None).await.expect(200);
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/api/v1/2fa/trusted-devices/{}", id(&devices["items"][0])),
        format!("/api/v1/account/api-keys/{}", id(&key)),
    ] {
        let answer = app.ask(Method::DELETE, &path, Some(&stage.john.token), None).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    let of_emma = |what: &str| format!("/api/v1/privacy/{what}/user/{}", emma.id);
    let john = Some(stage.john.token.as_str());
    app.ask(Method::GET, &of_emma("export"), john, None).await.refused(404, "NOT_FOUND");
    app.ask(Method::POST, &of_emma("delete"), john, None).await.refused(403, "FORBIDDEN");
    let own = stage.get(&stage.john, "/api/v1/privacy/export/me").await;
    assert!(!own.text.contains(&emma.email));
    // A way back after sign-in never leads elsewhere.
    let form = [
        ("email", stage.john.email.as_str()),
        ("password", "lantern orchard velvet"),
        ("redirect", "//evil.example/x"),
    ];
    let entered = answered(app.http.post(format!("{}/login", app.base)).form(&form)).await;
    assert_eq!((entered.status.as_u16(), entered.headers["location"].to_str().unwrap()), (303, "/"));
}

/// How somebody's token fares.
async fn holds(app: &TestApp, token: &str) -> u16 {
    app.ask(Method::GET, "/api/v1/auth/me", Some(token), None).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_token_dies_with_whatever_ends_sessions() {
    let stage = Stage::set().await;
    let (app, admin) = (&stage.app, stage.admin().await);
    let enter = async |email: &str, password: &str| {
        knock(app, email, password).await.expect(200)["access_token"].as_str().unwrap().to_owned()
    };
    let ask = |method: Method, path: String, token: String, body: Value| async move {
        app.ask(method, &path, Some(&token), Some(body)).await.expect(200)
    };
    let (first, second) = ("lantern orchard velvet", "harbor lights at dusk");
    let stolen = enter(&stage.emma.email, first).await;
    let change = json!({ "current_password": first, "new_password": second });
    ask(Method::POST, "/api/v1/auth/change-password".into(), stage.emma.token.clone(), change).await;
    assert_eq!((holds(app, &stolen).await, holds(app, &stage.emma.token).await), (401, 200), "another password");
    let (stolen, own) = (enter(&stage.emma.email, second).await, enter(&stage.emma.email, second).await);
    ask(Method::POST, "/api/v1/account/logout-all-devices".into(), own.clone(), json!({})).await;
    assert_eq!((holds(app, &stolen).await, holds(app, &own).await), (401, 401), "signed out everywhere");
    let stolen = enter(&stage.emma.email, second).await;
    let path = format!("/api/v1/admin/users/{}/roles", stage.emma.id);
    let rights = json!({ "roles": ["instructor"], "reason": "she teaches from now on" });
    ask(Method::PUT, path, admin.token.clone(), rights).await;
    assert_eq!(holds(app, &stolen).await, 401, "a role was taken away");
    let stolen = enter(&stage.sarah.email, first).await;
    ask(Method::POST, "/api/v1/account/suspend".into(), stage.sarah.token.clone(), json!({})).await;
    assert_eq!(holds(app, &stolen).await, 200, "who pauses stays signed in");
    ask(Method::POST, "/api/v1/account/deactivate".into(), stage.sarah.token.clone(), json!({})).await;
    assert_eq!((holds(app, &stolen).await, holds(app, &stage.sarah.token).await), (401, 401), "the account is closed");
    let gone = json!({ "delete_account": true, "current_password": first });
    let stolen = enter(&stage.john.email, first).await;
    ask(Method::POST, "/api/v1/privacy/delete/me".into(), stage.john.token.clone(), gone).await;
    assert_eq!((holds(app, &stolen).await, holds(app, &stage.john.token).await), (401, 401), "the account is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_void_the_code_and_a_new_one_does_not_lift_the_lock() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let email = "new.person@mail.example";
    let right = code(&app, email).await;
    let other = if right == "000000" { "111111" } else { "000000" };
    let verify = |code: Value| app.post("/api/v1/auth/verify-email-code", json!({ "email": email, "code": code }));
    for n in 1..=5 {
        let wanted = if n < 5 { "EMAIL_VERIFICATION_CODE_INVALID" } else { "EMAIL_VERIFICATION_LOCKED" };
        verify(json!(other)).await.refused(400, wanted);
    }
    verify(right).await.refused(400, "EMAIL_VERIFICATION_LOCKED");
    app.advance(1).await;
    let newer = code(&app, email).await;
    verify(newer).await.refused(400, "EMAIL_VERIFICATION_LOCKED");
    app.advance(600).await;
    let newest = code(&app, email).await;
    verify(newest).await.expect(200);
    // While no mail can leave nothing is promised.
    app.post("/sandbox/v1/faults", json!({ "mail": { "to": "*", "times": 1 } })).await.expect(200);
    let ask = || app.post("/api/v1/auth/send-email-verification", json!({ "email": "third.person@mail.example" }));
    ask().await.refused(503, "EMAIL_VERIFICATION_UNAVAILABLE");
    ask().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn provider_events_told_late_twice_or_backwards_change_nothing_more() {
    let mut stage = Stage::set().await;
    let booking = stage.book(&stage.emma, "2026-11-11", "10:00").await;
    stage.at("2026-11-12T18:00:00Z").await;
    let objects = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={booking}");
    let intent = stage.app.get(&objects).await.expect(200)["items"][0].clone();
    let secret = stage.app.get("/sandbox/v1/secrets").await.expect(200)["stripe_webhook_secret"].clone();
    let event = |id: &str, kind: &str, status: &str| {
        let dispute = json!({
            "id": "dp_attack", "object": "dispute", "payment_intent": intent["id"], "amount": intent["amount"],
            "currency": "usd", "status": status, "reason": "fraudulent",
        });
        json!({
            "id": id, "object": "event", "type": kind, "created": 0, "livemode": false, "pending_webhooks": 1,
            "data": { "object": dispute },
        })
        .to_string()
    };
    let send = async |stage: &Stage, event: &str, age: i64| {
        let at = stage.app.site().now().as_second() - age;
        let hash = hmac_sha256_hex(secret.as_str().unwrap().as_bytes(), format!("{at}.{event}").as_bytes());
        let request = stage.app.http.post(format!("{}/api/v1/payments/webhooks/stripe", stage.app.base));
        let request = request.header("stripe-signature", format!("t={at},v1={hash}")).body(event.to_owned());
        let answer = answered(request).await;
        stage.app.settle().await;
        answer
    };
    let mut admin = stage.admin().await;
    let file = async |stage: &Stage, admin: &Person| {
        let file = stage.get(admin, &format!("/api/v1/admin/bookings/{booking}")).await.expect(200);
        (file["payment_status"].clone(), file["ledger"].as_array().unwrap().len(), file["ledger"].clone())
    };
    let closed = event("evt_closed", "charge.dispute.closed", "lost");
    assert_eq!(send(&stage, &closed, 301).await.status, 400, "an old signature");
    assert_eq!(send(&stage, &closed, 0).await.expect(200)["status"], "processed");
    let after = file(&stage, &admin).await;
    assert!(after.2.to_string().contains("dispute"), "{}", after.2);
    // The beginning, told after the end; the end, told again hours later with a signature of then.
    assert_eq!(send(&stage, &event("evt_created", "charge.dispute.created", "needs_response"), 0).await.status, 200);
    stage.app.advance(6 * 3600).await;
    assert_eq!(send(&stage, &closed, 0).await.expect(200)["status"], "ignored");
    let won = event("evt_won", "charge.dispute.closed", "won");
    assert_eq!(send(&stage, &won, 0).await.status, 200, "what is closed stays as it was closed");
    stage.again(&mut admin).await;
    assert_eq!(file(&stage, &admin).await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn easy_and_leaked_passwords_are_refused_wherever_one_is_set() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("leaked");
    std::fs::write(&list, "correct horse battery staple\nlantern orchard velvet\nzebra crossing nine\n").unwrap();
    let config = Config {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        data_dir: dir.path().join("data"),
        demo: false,
        leaked_passwords: Some(list.clone()),
        ..Config::default()
    };
    let running = start(&config, Some("2026-11-10T19:00:00Z".parse().unwrap())).await.unwrap();
    let http = reqwest::Client::new();
    let join = |password: &str| {
        let body = application("new.person@mail.example", password, json!("made up"));
        answered(http.post(format!("http://{}/api/v1/auth/register", running.address)).json(&body))
    };
    for (password, code) in [
        ("short 1", "PASSWORD_TOO_SHORT"),
        ("monkey2013", "PASSWORD_BLOCKED"),
        ("New.Person1", "PASSWORD_BLOCKED"),
        ("lantern orchard velvet", "PASSWORD_BLOCKED"),
        ("Zebra Crossing Nine", "PASSWORD_BLOCKED"),
        (&"long ".repeat(26), "PASSWORD_TOO_LONG"),
    ] {
        let refused = join(password).await.refused(422, code);
        assert_eq!(refused["errors"][0]["field"], "password");
    }
    join("lantern orchard silk").await.refused(400, "EMAIL_VERIFICATION_INVALID");
    running.stop().await;
    std::fs::write(&list, "b\na\n").unwrap();
    let told = start(&config, None).await.err().unwrap();
    assert!(told.contains("leaked_passwords") && told.contains("sort"), "{told}");
}

/// Signs in; answers the token.
async fn enter(app: &TestApp, email: &str) -> String {
    knock(app, email, "lantern orchard velvet").await.expect(200)["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_twelve_hours_after_its_last_use_and_a_week_after_its_first() {
    let stage = Stage::set().await;
    let (app, admin) = (&stage.app, stage.admin().await);
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let (hour, student) = (3600, stage.emma.email.as_str());
    // Left alone.
    for (email, idle) in [(student, 12 * hour), (admin.email.as_str(), hour)] {
        let (used, left) = (enter(app, email).await, enter(app, email).await);
        app.advance(idle - 1).await;
        assert_eq!(holds(app, &used).await, 200, "{email} a second before");
        app.advance(1).await;
        assert_eq!((holds(app, &used).await, holds(app, &left).await), (200, 401), "{email}: used lives on, left ends");
    }
    // Used all the time.
    for (email, whole, step) in [(admin.email.as_str(), 12 * hour, hour - 60), (student, 168 * hour, 12 * hour - 60)] {
        let (used, mut lived) = (enter(app, email).await, 0);
        while lived + step < whole {
            app.advance(step).await;
            lived += step;
            assert_eq!(holds(app, &used).await, 200, "{email} after {lived} s");
        }
        app.advance(whole - lived - 1).await;
        assert_eq!(holds(app, &used).await, 200, "{email} a second before its end");
        app.advance(1).await;
        assert_eq!(holds(app, &used).await, 401, "{email}: no use makes it longer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_opens_what_is_shut_or_lifts_a_limit() {
    let stage = Stage::set().await;
    let (app, admin) = (&stage.app, stage.admin().await);
    let shut = json!({ "instructor": "open", "student": "closed" });
    app.ask(Method::PUT, "/api/v1/admin/launch", Some(&admin.token), Some(shut)).await.expect(200);
    let forged = |request: reqwest::RequestBuilder| {
        let request = request.header("x-enforce-beta-checks", "0").header("x-staff-preview-token", "preview");
        let request = request.header("x-trusted-bypass", "1").header("x-rate-limit-bypass", "1");
        answered(request.header("x-impersonate-user-id", admin.id.to_string()).bearer_auth(&stage.emma.token))
    };
    let search = || app.http.get(format!("{}/api/v1/search?q=piano", app.base));
    forged(search()).await.refused(403, "BETA_ACCESS_REQUIRED");
    app.post("/sandbox/v1/switches", json!({ "rate_limits": "enforce" })).await.expect(200);
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let change = || app.http.patch(format!("{}/api/v1/auth/me", app.base)).json(&json!({}));
    let mut last = forged(change()).await;
    for _ in 0..11 {
        last = forged(change()).await;
    }
    last.refused(429, "RATE_LIMIT_EXCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_a_way_in_is_told_to_its_owner() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    app.advance(600).await;
    let (form, agent) = (
        [("username", emma.email.as_str()), ("password", "lantern orchard velvet")],
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    );
    let strange = app.http.post(format!("{}/api/v1/auth/login", app.base)).header("user-agent", agent).form(&form);
    let token = answered(strange).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let told = app.mail(&emma.email, "new_device").await;
    assert!(told["text"].as_str().unwrap_or_default().contains("Firefox"), "{told}");
    let person = Person { id: emma.id, email: emma.email.clone(), token };
    let (_, backup) = second_factor(&stage, &person).await;
    assert_eq!(app.mail(&emma.email, "two_factor_changed").await["to"], emma.email.as_str());
    let temp = knock(app, &emma.email, "lantern orchard velvet").await.expect(200)["temp_token"].clone();
    let entry = json!({ "temp_token": temp, "backup_code": backup });
    app.post("/api/v1/2fa/verify-login", entry).await.expect(200);
    assert_eq!(app.mail(&emma.email, "backup_code_used").await["to"], emma.email.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_skips_no_second_step_and_another_factor_ends_other_sessions() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    let other = enter(app, &emma.email).await;
    let (secret, _) = second_factor(&stage, emma).await;
    assert_eq!((holds(app, &other).await, holds(app, &emma.token).await), (401, 200), "a factor came on");
    // A trusted browser is asked for the password alone ...
    let sign_in = async |password: &str, trust: &str| {
        let form = [("username", emma.email.as_str()), ("password", password)];
        let request = app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form);
        answered(request.header("cookie", trust).header("sec-fetch-site", "none")).await.expect(200)
    };
    let temp = sign_in("lantern orchard velvet", "theme=dark").await["temp_token"].clone();
    let entry = json!({ "temp_token": temp, "code": super::door::code_at(&stage, &secret, 0) });
    let entry = app.http.post(format!("{}/api/v1/2fa/verify-login", app.base)).json(&entry);
    let entered = answered(entry.header("x-trust-browser", "true")).await;
    let trust = super::door::cookie(&entered, "tfa_device_trust");
    let second = entered.expect(200)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(sign_in("lantern orchard velvet", &trust).await["requires_2fa"], false);
    // ... until the password is another one.
    let token = super::door::reset_token(app, &emma.email).await;
    let confirm = json!({ "token": token, "new_password": "harbor lights at dusk" });
    let reset = app.post("/api/v1/password-reset/confirm", confirm).await;
    assert!(!reset.headers.contains_key("set-cookie"), "it signs nobody in");
    reset.expect(200);
    assert_eq!((holds(app, &second).await, holds(app, &emma.token).await), (401, 401));
    let asked = sign_in("harbor lights at dusk", &trust).await;
    assert_eq!((&asked["requires_2fa"], &asked["access_token"]), (&json!(true), &Value::Null));
    let pass = async |temp: Value, later: i64| {
        app.advance(later).await;
        let entry = json!({ "temp_token": temp, "code": super::door::code_at(&stage, &secret, 0) });
        let entered = app.post("/api/v1/2fa/verify-login", entry).await.expect(200);
        entered["access_token"].as_str().unwrap().to_owned()
    };
    let one = pass(asked["temp_token"].clone(), 60).await;
    let two = pass(sign_in("harbor lights at dusk", "theme=dark").await["temp_token"].clone(), 60).await;
    let off = json!({ "current_password": "harbor lights at dusk" });
    app.ask(Method::POST, "/api/v1/2fa/disable", Some(&two), Some(off)).await.expect(200);
    assert_eq!((holds(app, &one).await, holds(app, &two).await), (401, 200), "a factor went off");
}
