//! Attacks on the door and what must come of them (part 20 §14).

use instainstru::accounts::rules::totp;
use instainstru::base::time::plus_seconds;
use reqwest::Method;
use serde_json::{Value, json};

use super::kit::{Answered, Person, Stage, TestApp, answered};

const PASSWORD: &str = "lantern orchard velvet";

pub async fn knock(app: &TestApp, email: &str, password: &str) -> Answered {
    let form = [("username", email), ("password", password)];
    answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form)).await
}

/// The browsers' door, with cookies as a browser sends them.
async fn browser(app: &TestApp, email: &str, password: &str, cookies: &str) -> Answered {
    let body = json!({ "email": email, "password": password });
    let mut request = app.http.post(format!("{}/api/v1/auth/login-with-session", app.base)).json(&body);
    if !cookies.is_empty() {
        request = request.header("cookie", cookies).header("sec-fetch-site", "same-origin");
    }
    answered(request).await
}

pub fn cookie(answer: &Answered, name: &str) -> String {
    let lines = answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    let pair = lines.filter_map(|line| line.split(';').next()).find(|pair| pair.starts_with(&format!("{name}=")));
    pair.unwrap_or_else(|| panic!("no cookie {name}")).to_owned()
}

async fn no_challenge(app: &TestApp) {
    app.post("/sandbox/v1/switches", json!({ "login_challenge": false })).await.expect(200);
}

/// All of an answer that a stranger could learn from: what is drawn anew for every request, and what they typed
/// themselves, are not among it.
fn seen(answer: &Answered, typed: &str) -> (u16, String, Vec<(String, String)>) {
    let header = |name: &str| answer.headers[name].to_str().unwrap();
    let nonce = header("content-security-policy").split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    let (id, nonce) = (header("x-request-id"), nonce.unwrap_or("(no page)"));
    let plain = |text: &str| unsigned(&text.replace(id, "(id)").replace(nonce, "(nonce)").replace(typed, "(typed)"));
    let own = ["date", "x-request-id", "content-length"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), plain(value.to_str().unwrap()))).collect();
    headers.sort();
    (answer.status.as_u16(), plain(&answer.text), headers)
}

/// Without the signed note of the script-free page, which is another one every time.
fn unsigned(text: &str) -> String {
    match text.split_once("value=\"pause.") {
        Some((before, after)) => before.to_owned() + after.split_once('"').map_or("", |(_, rest)| rest),
        None => text.to_owned(),
    }
}

/// The same form for both addresses; both answers must be the same.
async fn same_for_both(app: &TestApp, path: &str, known: &str, field: &str, rest: &[(&str, &str)]) -> u16 {
    let unknown = "nobody@demo.example";
    let ask = |email: &str| {
        let fields: Vec<(String, String)> =
            rest.iter().copied().chain([(field, email)]).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        answered(app.http.post(format!("{}{path}", app.base)).form(&fields))
    };
    let (one, other) = (ask(known).await, ask(unknown).await);
    assert_eq!(seen(&one, known), seen(&other, unknown), "{path}");
    one.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_an_address_has_an_account() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, stage.emma.email.as_str());
    no_challenge(app).await;
    for n in 1..=6 {
        let asked = std::time::Instant::now();
        let known = knock(app, emma, "a wrong password").await;
        assert!(asked.elapsed().as_millis() >= 100, "who is turned away hears it on the beat, never sooner");
        let unknown = knock(app, "nobody@demo.example", "a wrong password").await;
        assert_eq!(seen(&known, emma), seen(&unknown, "nobody@demo.example"), "try {n}");
        assert_eq!(known.status, if n <= 5 { 401 } else { 429 }, "the fifth failure locks, for both alike");
    }
    let ask = |email: &'static str| app.post("/api/v1/password-reset/request", json!({ "email": email }));
    assert_eq!(
        seen(&ask("emma.johnson@demo.example").await, emma),
        seen(&ask("nobody@demo.example").await, "nobody@demo.example")
    );
    let mut told = Vec::new();
    for email in [emma, "new.person@demo.example"] {
        let sent = app.post("/api/v1/auth/send-email-verification", json!({ "email": email })).await;
        told.push(seen(&sent, email));
        sent.expect(200);
        let code = app.mail(email, "email_code").await["data"]["code"].as_str().unwrap().to_owned();
        let proof =
            app.post("/api/v1/auth/verify-email-code", json!({ "email": email, "code": code })).await.expect(200);
        let body = json!({
            "email": email, "password": "harbor lights at dusk", "first_name": "New", "last_name": "Person",
            "zip_code": "10024", "email_verification_token": proof["verification_token"],
        });
        told.push(seen(&app.post("/api/v1/auth/register", body).await, email));
    }
    assert_eq!((&told[0], &told[1]), (&told[2], &told[3]));
    assert_eq!(told[1].0, 201);
    assert_eq!(app.mail(emma, "account_exists").await["to"], emma);
    // Nothing changed for the owner.
    app.advance(60).await;
    knock(app, emma, "harbor lights at dusk").await.expect(401);
    // Pages say no more than the calls behind them, and a closed account no more than none at all.
    app.advance(3600).await;
    let john = stage.john.email.as_str();
    let wrong = [("password", "a wrong password")];
    assert_eq!(same_for_both(app, "/login", john, "email", &wrong).await, 422);
    assert_eq!(same_for_both(app, "/forgot-password", john, "email", &[]).await, 303);
    let sarah = stage.sarah.email.as_str();
    stage.post(&stage.sarah, "/api/v1/account/deactivate", json!({})).await.expect(200);
    assert_eq!(same_for_both(app, "/api/v1/auth/login", sarah, "username", &wrong).await, 401);
    knock(app, sarah, PASSWORD).await.refused(401, "AUTH_ACCOUNT_DEACTIVATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_grow_and_a_right_password_does_not_open_them() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, stage.emma.email.as_str());
    no_challenge(app).await;
    let mut failures = 0;
    for (at, seconds) in [(5, 30), (10, 300), (15, 1800), (20, 3600)] {
        while failures < at {
            knock(app, emma, "a wrong password").await.expect(401);
            failures += 1;
        }
        let locked = knock(app, emma, PASSWORD).await;
        assert_eq!(locked.headers["retry-after"], seconds.to_string().as_str());
        locked.refused(429, "AUTH_ACCOUNT_LOCKED");
        // On the page the button counts the wait down.
        let form = app.http.post(format!("{}/login", app.base)).form(&[("email", emma), ("password", PASSWORD)]);
        let page = answered(form).await;
        assert!(page.status == 429 && page.text.contains(&format!("data-wait=\"{seconds}\"")), "{}", page.status);
        if seconds < 3600 {
            app.advance(seconds).await;
        }
    }
    app.advance(3600).await;
    knock(app, emma, PASSWORD).await.expect(200);
    let mails = app.mail(emma, "lockout").await;
    assert_eq!(mails["to"], emma);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_failure_asks_for_work_and_work_opens_once() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, stage.emma.email.as_str());
    for _ in 0..3 {
        knock(app, emma, "a wrong password").await.expect(401);
    }
    let asked = knock(app, emma, PASSWORD).await;
    assert_eq!((asked.status.as_u16(), &asked.headers["x-captcha-required"]), (428, &"true".parse().unwrap()));
    let challenge = app.get("/api/v1/auth/challenge").await.expect(200);
    let (text, bits) = (challenge["challenge"].as_str().unwrap(), challenge["difficulty"].as_u64().unwrap());
    let solves = |nonce: &u64| {
        let hash = instainstru::base::secret::sha256_hex(format!("{text}:{nonce}"));
        u64::from_str_radix(&hash[..16], 16).unwrap().leading_zeros() as u64 >= bits
    };
    let token = format!("{text}:{}", (0u64..).find(solves).unwrap());
    let with = |token: String, password: &'static str| {
        let form = [("username", emma.to_owned()), ("password", password.to_owned()), ("captcha_token", token)];
        answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form))
    };
    with("nonsense:1".into(), PASSWORD).await.expect(400);
    with(token.clone(), "a wrong password").await.expect(401);
    with(token, PASSWORD).await.expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_lock_an_owner_out_of_their_browser() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, stage.emma.email.as_str());
    no_challenge(app).await;
    let first = browser(app, emma, PASSWORD, "").await;
    let device = cookie(&first, "did");
    for _ in 0..5 {
        knock(app, emma, "a stranger's guess").await.expect(401);
    }
    browser(app, emma, PASSWORD, "").await.refused(429, "AUTH_ACCOUNT_LOCKED");
    // Forged, or somebody else's: no help.
    browser(app, emma, PASSWORD, "did=0123456789abcdef0123456789abcdef.00").await.expect(429);
    let johns = cookie(&browser(app, &stage.john.email, PASSWORD, "").await, "did");
    browser(app, emma, PASSWORD, &johns).await.expect(429);
    browser(app, emma, PASSWORD, &device).await.expect(200);
    // The known browser has a lock of its own, which is no stranger's.
    for _ in 0..5 {
        browser(app, emma, "a slip of the finger", &device).await.expect(401);
    }
    browser(app, emma, PASSWORD, &device).await.expect(429);
    // A new password starts every count anew, also that of the very browser that was locked.
    let token = reset_token(app, emma).await;
    let other = "harbor lights at dusk";
    let confirm = json!({ "token": token, "new_password": other });
    app.post("/api/v1/password-reset/confirm", confirm).await.expect(200);
    browser(app, emma, other, &device).await.expect(200);
}

/// Asks for a new password, and takes the link out of the mail.
pub async fn reset_token(app: &TestApp, email: &str) -> String {
    app.post("/api/v1/password-reset/request", json!({ "email": email })).await.expect(200);
    let mail = app.mail(email, "password_reset").await;
    let link = mail["links"][0].as_str().unwrap_or_default().to_owned();
    assert!(link.starts_with(&app.base), "only ever the configured address: {link}");
    link.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_sprays_must_work_and_is_closed_in_the_end() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    for n in 0..20 {
        knock(&app, &format!("victim{n}@mail.example"), "Summer2026!").await.expect(401);
    }
    knock(&app, "victim99@mail.example", "Summer2026!").await.expect(401);
    app.advance(61).await;
    app.post("/sandbox/v1/switches", json!({ "rate_limits": "enforce" })).await.expect(200);
    let asked = knock(&app, "another@mail.example", "Summer2026!").await;
    assert_eq!(asked.status, 428, "an address never tried before: {}", asked.text);
    no_challenge(&app).await;
    app.post("/sandbox/v1/switches", json!({ "rate_limits": "shadow" })).await.expect(200);
    for n in 100..180 {
        knock(&app, &format!("victim{n}@mail.example"), "Summer2026!").await.expect(401);
    }
    app.post("/sandbox/v1/switches", json!({ "rate_limits": "enforce" })).await.expect(200);
    app.advance(120).await;
    knock(&app, "another@mail.example", "Summer2026!").await.refused(429, "RATE_LIMIT_EXCEEDED");
    app.advance(2 * 3600).await;
    knock(&app, "another@mail.example", "Summer2026!").await.expect(401);
}

/// Turns somebody's second factor on; answers its secret and one recovery code.
pub async fn second_factor(stage: &Stage, who: &Person) -> (Vec<u8>, String) {
    let setup = stage.post(who, "/api/v1/2fa/setup/initiate", json!({})).await.expect(200);
    let secret = base32(setup["secret"].as_str().unwrap());
    let code = code_at(stage, &secret, 0);
    let on = stage.post(who, "/api/v1/2fa/setup/verify", json!({ "code": code })).await.expect(200);
    // The code that turned it on signs nobody in: the next one does.
    stage.app.advance(30).await;
    (secret, on["backup_codes"][0].as_str().unwrap().to_owned())
}

pub fn code_at(stage: &Stage, secret: &[u8], later: i64) -> String {
    let at = plus_seconds(stage.app.site().now(), later).as_second();
    totp::code(secret, u64::try_from(at / 30).unwrap())
}

pub fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for c in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|d| *d == c).unwrap() as u32;
        bits = bits << 5 | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn second_steps_work_once_and_failures_are_forgotten_only_behind_them() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    no_challenge(app).await;
    let (secret, backup) = second_factor(&stage, emma).await;
    stage.post(emma, "/api/v1/2fa/setup/initiate", json!({})).await.expect(409);
    for _ in 0..4 {
        knock(app, &emma.email, "a wrong password").await.expect(401);
    }
    let temp = knock(app, &emma.email, PASSWORD).await.expect(200)["temp_token"].as_str().unwrap().to_owned();
    // The password alone clears nothing: the next failure is the fifth.
    knock(app, &emma.email, "a wrong password").await.expect(401);
    knock(app, &emma.email, PASSWORD).await.refused(429, "AUTH_ACCOUNT_LOCKED");
    app.advance(30).await;
    let pass = |temp: String, body: Value| {
        let mut body = body;
        body["temp_token"] = json!(temp);
        app.post("/api/v1/2fa/verify-login", body)
    };
    let code = code_at(&stage, &secret, 0);
    let entered = pass(temp.clone(), json!({ "code": code })).await.expect(200);
    assert_eq!(entered.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "token_type"], "{entered}");
    pass(temp, json!({ "code": code })).await.refused(400, "TEMP_TOKEN_INVALID");
    let fresh =
        || async { knock(app, &emma.email, PASSWORD).await.expect(200)["temp_token"].as_str().unwrap().to_owned() };
    pass(fresh().await, json!({ "code": code })).await.expect(400);
    // One recovery code, two at once: one gets in.
    let (a, b) = (fresh().await, fresh().await);
    let both = tokio::join!(pass(a, json!({ "backup_code": backup })), pass(b, json!({ "backup_code": backup })));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    // A forged mark of trust, or a header that once meant something, skips nothing.
    let request = app.http.post(format!("{}/api/v1/auth/login", app.base));
    let form = [("username", emma.email.as_str()), ("password", PASSWORD)];
    let forged =
        request.form(&form).header("cookie", "tfa_trusted=1; tfa_device_trust=1").header("sec-fetch-site", "none");
    let forged = forged.header("x-trusted-bypass", "1").header("x-impersonate-user-id", stage.john.id.to_string());
    assert_eq!(answered(forged).await.expect(200)["requires_2fa"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_end_a_second_step() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    no_challenge(app).await;
    let (secret, _) = second_factor(&stage, emma).await;
    app.advance(60).await;
    let temp = knock(app, &emma.email, PASSWORD).await.expect(200)["temp_token"].clone();
    for _ in 0..5 {
        let body = json!({ "temp_token": temp, "code": "000000" });
        app.post("/api/v1/2fa/verify-login", body).await.refused(400, "TWO_FACTOR_CODE_INVALID");
    }
    let right = json!({ "temp_token": temp, "code": code_at(&stage, &secret, 0) });
    app.post("/api/v1/2fa/verify-login", right).await.refused(400, "TEMP_TOKEN_INVALID");
    knock(app, &emma.email, PASSWORD).await.refused(429, "AUTH_ACCOUNT_LOCKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cannot_be_planted_and_ends_when_it_ends() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, stage.emma.email.as_str());
    let planted = "sid=0000000000000000000000000000000000000000000";
    let entered = browser(app, emma, PASSWORD, planted).await;
    let own = cookie(&entered, "sid");
    assert_ne!(own, planted);
    let me = |cookies: String| answered(app.http.get(format!("{}/api/v1/auth/me", app.base)).header("cookie", cookies));
    me(own.clone()).await.expect(200);
    // Signing in over it ends it; another browser's goes on.
    let elsewhere = cookie(&browser(app, emma, PASSWORD, "").await, "sid");
    let former = own;
    let own = cookie(&browser(app, emma, PASSWORD, &former).await, "sid");
    me(former).await.expect(401);
    me(elsewhere).await.expect(200);
    me(own.clone()).await.expect(200);
    let refused = me(planted.to_owned()).await;
    assert!(refused.headers.contains_key("www-authenticate"));
    refused.refused(401, "NOT_SIGNED_IN");
    // Never out of the query string.
    let token = stage.emma.token.clone();
    app.get(&format!("/api/v1/auth/me?access_token={token}&sid={token}")).await.expect(401);
    let out = app.http.post(format!("{}/api/v1/public/logout", app.base));
    let out = answered(out.header("cookie", &own).header("sec-fetch-site", "same-origin")).await;
    assert_eq!(out.status, 204);
    me(own).await.expect(401);
    app.post("/api/v1/public/logout", json!({})).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_codes_work_once_even_for_two_at_once() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, stage.emma.email.as_str());
    let token = reset_token(app, emma).await;
    let confirm = |word: &str| {
        let body = json!({ "token": token, "new_password": format!("harbor lights {word}") });
        app.post("/api/v1/password-reset/confirm", body)
    };
    let both = tokio::join!(confirm("at dusk"), confirm("at dawn"));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    confirm("at noon").await.refused(400, "PASSWORD_RESET_INVALID");
    stage.get(&stage.emma, "/api/v1/auth/me").await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_themselves_more_than_they_are() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let join = |extra: Value| {
        let mut body = json!({
            "email": "sly@mail.example", "password": "harbor lights at dusk", "first_name": "Sly", "last_name": "Fox",
            "zip_code": "10024", "email_verification_token": "x",
        });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        app.post("/api/v1/auth/register", body)
    };
    for extra in [json!({ "role": "admin" }), json!({ "is_active": true }), json!({ "permissions": ["admin:read"] })] {
        join(extra).await.expect(422);
    }
    let admin = stage.admin().await;
    let roles = json!({ "roles": ["admin", "student"], "reason": "I like it here" });
    let put = |who: &Person, target: String, path: &str, body: &Value| {
        let path = format!("/api/v1/admin/users/{target}/{path}");
        let (token, body) = (who.token.clone(), body.clone());
        async move { app.ask(Method::PUT, &path, Some(&token), Some(body)).await }
    };
    let emma = stage.emma.id.to_string();
    put(&stage.emma, emma.clone(), "roles", &roles).await.refused(403, "FORBIDDEN");
    put(&admin, admin.id.to_string(), "roles", &roles).await.refused(403, "SELF_GRANT");
    let grant = json!({ "grants": ["manage_users"], "revokes": ["create_bookings"], "reason": "helps out on Sundays" });
    put(&admin, admin.id.to_string(), "permissions", &grant).await.refused(403, "SELF_GRANT");
    let rights = put(&admin, emma.clone(), "permissions", &grant).await.expect(200);
    let held: Vec<&str> = rights["permissions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(held.contains(&"manage_users") && !held.contains(&"create_bookings"));
    let both = json!({ "roles": ["student", "instructor"], "reason": "wants to be both" });
    put(&admin, emma.clone(), "roles", &both).await.refused(422, "ROLES_EXCLUDE");
    // Emma may manage users now: yet the last admin stays.
    let grant = json!({ "grants": ["manage_roles"], "revokes": [], "reason": "helps out on Sundays" });
    put(&admin, emma.clone(), "permissions", &grant).await.expect(200);
    let demote = json!({ "roles": ["student"], "reason": "a coup, of sorts" });
    put(&stage.emma, admin.id.to_string(), "roles", &demote).await.refused(409, "LAST_ADMIN");
    let out = stage.post(&admin, &format!("/api/v1/admin/users/{emma}/force-logout"), json!({})).await.expect(200);
    assert!(out["revoked"].as_u64().unwrap() >= 1);
    stage.get(&stage.emma, "/api/v1/auth/me").await.expect(401);
    app.settle().await;
    let denied = stage.get(&admin, "/api/v1/admin/audit?status=denied").await.expect(200);
    let first = denied["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&first["action"], &first["actor"]["id"]), (&json!("access.denied"), &json!(stage.emma.id)));
    assert_eq!(first["actor"]["ip"], "127.0.0.1");
    assert_eq!(first["entity_id"], "PUT /api/v1/admin/users/{id}/roles");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_things_are_not_there() {
    let stage = Stage::set().await;
    let booking = stage.hold(&stage.emma, "2026-11-18", "10:00").await;
    let sessions = stage.get(&stage.emma, "/api/v1/account/sessions").await.expect(200);
    let address = json!({
        "label": "home", "street_line1": "1 West 72nd Street", "locality": "New York", "administrative_area": "NY",
        "postal_code": "10023", "verification_status": "verified",
    });
    let saved = stage.post(&stage.emma, "/api/v1/addresses/me", address).await.expect(201);
    assert_ne!(saved["verification_status"], "verified", "what the client says about it is ignored");
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    for (method, path) in [
        (Method::GET, format!("/api/v1/bookings/{booking}")),
        (Method::POST, format!("/api/v1/bookings/{booking}/retry-payment")),
        (Method::DELETE, format!("/api/v1/account/sessions/{}", id(&sessions["items"][0]))),
        (Method::DELETE, format!("/api/v1/addresses/me/{}", id(&saved))),
        (Method::DELETE, "/api/v1/2fa/trusted-devices/01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned()),
    ] {
        let body = (method != Method::GET).then(|| json!({}));
        let answer = stage.app.ask(method.clone(), &path, Some(&stage.john.token), body).await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_only_names() {
    let stage = Stage::set().await;
    let change = |first: &str| {
        let body = json!({ "first_name": first });
        let token = stage.emma.token.clone();
        let app = &stage.app;
        async move { app.ask(Method::PATCH, "/api/v1/auth/me", Some(&token), Some(body)).await }
    };
    let breaks = ["Emma\r\nBcc: all@mail.example", "Emma\nBcc: all@mail.example", "Emma\u{0}", "Emma\u{7}"];
    let unseen =
        ["Em\u{2028}ma", "Em\u{200b}ma", "\u{200b}", "\u{feff}Emma", "Em\u{ad}ma", "\u{202e}ammE", "Em\u{200d}ma"];
    for name in breaks.into_iter().chain(unseen) {
        let refused = change(name).await.refused(422, "VALIDATION_ERROR");
        assert_eq!(refused["errors"][0]["field"], "first_name", "{name:?}");
    }
    let joined = "می\u{200c}خواهم";
    assert_eq!(change(joined).await.expect(200)["first_name"], joined, "a script that needs joiners keeps them");
    let labels = [
        ("/api/v1/account/api-keys", json!({ "name": "Mi\u{2066}ne" })),
        (
            "/api/v1/addresses/me",
            json!({
                "label": "home", "street_line1": "1 West\u{202e} 72nd Street", "locality": "New York",
                "administrative_area": "NY", "postal_code": "10023",
            }),
        ),
    ];
    for (path, body) in labels {
        stage.post(&stage.emma, path, body).await.refused(422, "VALIDATION_ERROR");
    }
    let odd = "<script>{{7*7}}{subject}</script>";
    assert_eq!(change(odd).await.expect(200)["first_name"], odd);
    let page = answered(stage.app.http.get(format!("{}/account", stage.app.base)).bearer_auth(&stage.emma.token)).await;
    assert!(page.text.contains("&lt;script&gt;{{7*7}}{subject}&lt;/script&gt;"), "{}", page.text);
    assert!(!page.text.contains("<script>{"));
    // Nor in mails, the operator's own words included.
    let words = [("subject", "Hello {name}"), ("body", "Dear {name}\n\n{letter}"), ("reason", "Our way of saying it.")];
    let admin = stage.admin().await;
    let form = words.into_iter().chain([("wish", "keep")]).collect::<Vec<_>>();
    let kept = stage.app.http.post(format!("{}/admin/mail-texts/password_changed", stage.app.base)).form(&form);
    assert_eq!(answered(kept.bearer_auth(&admin.token)).await.status, 303);
    let change = json!({ "current_password": PASSWORD, "new_password": "harbor lights at dusk" });
    stage.post(&stage.emma, "/api/v1/auth/change-password", change).await.expect(200);
    let mail = stage.app.mail(&stage.emma.email, "password_changed").await;
    assert_eq!(mail["subject"], format!("Hello {odd}"));
    assert!(mail["text"].as_str().unwrap().contains(&format!("Dear {odd}")), "{mail}");
    let html = mail["html"].as_str().unwrap();
    assert!(html.contains("Dear &lt;script&gt;{{7*7}}{subject}&lt;/script&gt;") && !html.contains("<script"), "{html}");
}
