//! Passkeys with a software authenticator: made, used in place of a password and after one, copied, taken away.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Authenticator, Member, TestApp, answered};

const NOW: &str = "2026-11-10T19:00:00Z";

/// Pages live under a name; on this machine that is `localhost`.
fn origin(app: &TestApp) -> String {
    app.base.replace("127.0.0.1", "localhost")
}

async fn add(member: &Member<'_>, name: &str) -> (Authenticator, Value) {
    let options = member.post("/api/v1/passkeys/register/start", json!({ "name": name })).await.expect(200);
    let (key, answer) = Authenticator::create(&options, &origin(member.app));
    (key, member.post("/api/v1/passkeys/register/finish", answer).await.expect(200))
}

async fn start(app: &TestApp, body: Value) -> Value {
    app.post("/api/v1/passkeys/login/start", body).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_without_a_password_and_each_challenge_once() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let (mut key, row) = add(&emma, "My phone").await;
    assert_eq!(row["name"], "My phone");
    let mail = app.mail(&emma.email, "passkey_changed").await;
    assert_eq!(mail["data"]["added"], true, "{mail}");

    let options = start(&app, json!({})).await;
    assert_eq!(options["publicKey"]["userVerification"], "required");
    assert!(options["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty), "discoverable");
    let shown = key.sign(&options);
    let entered = app.post("/api/v1/passkeys/login/finish", shown.clone()).await;
    assert!(entered.headers["set-cookie"].to_str().unwrap().starts_with("sid="), "{:?}", entered.headers);
    assert_eq!(entered.expect(200)["requires_2fa"], false);
    app.post("/api/v1/passkeys/login/finish", shown).await.refused(400, "PASSKEY_CEREMONY_GONE");

    let listed = emma.get("/api/v1/passkeys").await.expect(200);
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_strangers_and_mere_touches_open_nothing() {
    let app = TestApp::empty_at(NOW).await;
    let (emma, john) = (app.student("emma").await, app.student("john").await);
    let (mut key, _) = add(&emma, "Key").await;
    let refused =
        async |answer: Value| app.post("/api/v1/passkeys/login/finish", answer).await.refused(400, "PASSKEY_REFUSED");

    let real = key.origin.clone();
    key.origin = "http://evil.example".into();
    refused(key.sign(&start(&app, json!({})).await)).await;
    key.origin = real;

    key.verifies = false;
    refused(key.sign(&start(&app, json!({})).await)).await;
    key.verifies = true;

    // Somebody else's registration cannot be finished, and a known key is not registered twice.
    let options = john.post("/api/v1/passkeys/register/start", json!({})).await.expect(200);
    let (_, answer) = Authenticator::create(&options, &origin(&app));
    emma.post("/api/v1/passkeys/register/finish", answer).await.refused(400, "PASSKEY_CEREMONY_GONE");

    app.post("/api/v1/passkeys/login/finish", key.sign(&start(&app, json!({})).await)).await.expect(200);
    key.count -= 2;
    refused(key.sign(&start(&app, json!({})).await)).await;
    key.count += 5;
    let options = start(&app, json!({})).await;
    app.advance(301).await;
    app.post("/api/v1/passkeys/login/finish", key.sign(&options)).await.refused(400, "PASSKEY_CEREMONY_GONE");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_passkeys_are_looked_after_with_a_fresh_proof() {
    let app = TestApp::empty_at(NOW).await;
    let (emma, john) = (app.student("emma").await, app.student("john").await);
    let (mut phone, first) = add(&emma, "Phone").await;
    add(&emma, "Laptop").await;
    app.advance(601).await;
    emma.post("/api/v1/passkeys/register/start", json!({})).await.refused(403, "REAUTH_REQUIRED");
    let path = format!("/api/v1/passkeys/{}", first["id"].as_str().unwrap());
    app.ask(Method::DELETE, &path, Some(&emma.token), None).await.refused(403, "REAUTH_REQUIRED");
    for who in [&emma, &john] {
        who.post("/api/v1/auth/reauth", json!({ "password": crate::kit::PASSWORD })).await.expect(200);
    }
    app.ask(Method::DELETE, &path, Some(&john.token), None).await.refused(404, "PASSKEY_NOT_FOUND");
    app.ask(Method::DELETE, &path, Some(&emma.token), None).await.expect(200);
    let options = start(&app, json!({})).await;
    app.post("/api/v1/passkeys/login/finish", phone.sign(&options)).await.refused(400, "PASSKEY_REFUSED");
    assert_eq!(emma.get("/api/v1/passkeys").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_a_second_step_like_a_code() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let (mut key, _) = add(&emma, "Phone").await;
    let setup = emma.post("/api/v1/2fa/setup/initiate", json!({})).await.expect(200);
    let code = crate::kit::totp(setup["secret"].as_str().unwrap(), app.site().now().as_second());
    emma.post("/api/v1/2fa/setup/verify", json!({ "code": code })).await.expect(200);

    let form = [("username", emma.email.as_str()), ("password", crate::kit::PASSWORD)];
    let door = answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form)).await.expect(200);
    assert_eq!(door["requires_2fa"], true);
    let options = start(&app, json!({ "temp_token": door["temp_token"] })).await;
    assert_eq!(options["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1);
    let entered = app.post("/api/v1/passkeys/login/finish", key.sign(&options)).await.expect(200);
    assert_eq!(entered["token_type"], "bearer", "the programs' door answers programs: {entered}");
    app.post("/api/v1/passkeys/login/start", json!({ "temp_token": door["temp_token"] }))
        .await
        .refused(400, "TEMP_TOKEN_INVALID");
}
