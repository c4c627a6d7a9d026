//! The second factor over both surfaces: on, in, replayed, locked, recovered, trusted, off.

use serde_json::{Value, json};

use super::surface::Browser;
use super::*;
use crate::accounts::rules::totp;

/// What an authenticator would show now for a typed secret.
fn shown(site: &Site, secret: &str) -> String {
    let digit = |c: u8| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".bytes().position(|d| d == c).unwrap();
    let bits: String = secret.bytes().map(|c| format!("{:05b}", digit(c))).collect();
    let bytes: Vec<u8> = (0..20).map(|i| u8::from_str_radix(&bits[i * 8..i * 8 + 8], 2).unwrap()).collect();
    totp::code(&bytes, (site.now().as_second() / 30) as u64)
}

async fn login(browser: &mut Browser) -> Value {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    browser.call("POST", "/auth/login-with-session", body).await.json()
}

/// Somebody whose second factor is on: their browser, secret and recovery codes.
async fn guarded(site: &Site) -> (Browser, String, Vec<String>) {
    let mut browser = Browser::new(site);
    login(&mut browser).await;
    let setup = browser.call("POST", "/2fa/setup/initiate", json!(null)).await.json();
    let secret = setup["secret"].as_str().unwrap().to_owned();
    assert!(setup["qr_code_data_url"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    assert!(setup["otpauth_url"].as_str().unwrap().contains(&secret));
    assert_eq!(browser.call("POST", "/2fa/setup/verify", json!({ "code": "000000" })).await.status, 400);
    let on = browser.call("POST", "/2fa/setup/verify", json!({ "code": shown(site, &secret) })).await;
    assert_eq!(on.status, 200, "{}", on.text);
    let codes: Vec<String> = serde_json::from_value(on.json()["backup_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    (browser, secret, codes)
}

#[tokio::test]
async fn signing_in_takes_the_code_once() {
    let site = joined().await;
    let (mut owner, secret, codes) = guarded(&site).await;
    assert_eq!(owner.call("POST", "/2fa/setup/initiate", json!(null)).await.status, 409, "stays on");
    assert_eq!(owner.call("GET", "/auth/me", json!(null)).await.json()["totp_enabled"], true);
    let early = login(&mut Browser::new(&site)).await["temp_token"].clone();
    let turned_on_with = json!({ "temp_token": early, "code": shown(&site, &secret) });
    let replayed = Browser::new(&site).call("POST", "/2fa/verify-login", turned_on_with).await;
    assert_eq!(replayed.status, 400, "the code that turned it on signs nobody in");
    forward(&site, 60);
    let mut browser = Browser::new(&site);
    let first = login(&mut browser).await;
    assert_eq!((&first["requires_2fa"], browser.has("sid")), (&json!(true), false));
    let token = first["temp_token"].clone();
    let code = shown(&site, &secret);
    let step = |token: &Value, code: &str| json!({ "temp_token": token, "code": code });
    assert_eq!(browser.call("POST", "/2fa/verify-login", step(&token, "123456")).await.status, 400);
    let passed = browser.call("POST", "/2fa/verify-login", step(&token, &code)).await;
    assert_eq!((passed.status, browser.has("sid")), (200, true), "{}", passed.text);
    let spent = browser.call("POST", "/2fa/verify-login", step(&token, &code)).await.json();
    assert_eq!(spent["detail"], "Invalid temp token");
    let again = login(&mut Browser::new(&site)).await["temp_token"].clone();
    assert_eq!(browser.call("POST", "/2fa/verify-login", step(&again, &code)).await.status, 400, "no replay");
    let recovered = json!({ "temp_token": again, "backup_code": codes[3].to_lowercase() });
    assert_eq!(browser.call("POST", "/2fa/verify-login", recovered).await.status, 200);
    let third = login(&mut Browser::new(&site)).await["temp_token"].clone();
    let reused = json!({ "temp_token": third, "backup_code": codes[3] });
    assert_eq!(browser.call("POST", "/2fa/verify-login", reused).await.status, 400, "a recovery code works once");
    verify(&site);
}

#[tokio::test]
async fn programs_get_their_token_and_five_wrong_codes_end_the_step() {
    let site = joined().await;
    let (_, secret, _) = guarded(&site).await;
    site.part::<Accounts>().unwrap().switches.set_challenge(false);
    forward(&site, 60);
    let mut program = Browser::new(&site);
    let form = [("username", EMAIL), ("password", PASSWORD)];
    let token = program.post("/api/v1/auth/login", &form).await.json()["temp_token"].clone();
    let passed = json!({ "temp_token": token, "code": shown(&site, &secret) });
    let answer = program.call("POST", "/2fa/verify-login", passed).await.json();
    assert_eq!(answer["token_type"], "bearer");
    let token = program.post("/api/v1/auth/login", &form).await.json()["temp_token"].clone();
    for _ in 0..5 {
        let wrong = json!({ "temp_token": token, "code": "000000" });
        assert_eq!(program.call("POST", "/2fa/verify-login", wrong).await.status, 400);
    }
    forward(&site, 30);
    let late = json!({ "temp_token": token, "code": shown(&site, &secret) });
    assert_eq!(program.call("POST", "/2fa/verify-login", late).await.json()["code"], "TEMP_TOKEN_INVALID");
    assert_eq!(program.post("/api/v1/auth/login", &form).await.json()["requires_2fa"], true);
    for _ in 0..4 {
        program.post("/api/v1/auth/login", &[("username", EMAIL), ("password", "not this one")]).await;
    }
    program.post("/api/v1/auth/login", &[("username", EMAIL), ("password", "not this one")]).await;
    assert_eq!(program.post("/api/v1/auth/login", &form).await.status, 429, "wrong codes count towards the lock");
}

#[tokio::test]
async fn a_trusted_browser_skips_the_step_until_it_is_distrusted() {
    let site = joined().await;
    let (mut owner, secret, _) = guarded(&site).await;
    forward(&site, 60);
    let mut browser = Browser::new(&site);
    browser.post("/login", &[("email", EMAIL), ("password", PASSWORD), ("redirect", "/search")]).await;
    assert_eq!(browser.get("/login/code").await.status, 200);
    assert_eq!(browser.post("/login/code", &[("code", "000000")]).await.status, 422);
    let entered = browser.post("/login/code", &[("code", &shown(&site, &secret)), ("trust", "yes")]).await;
    assert_eq!((entered.status, entered.location()), (303, "/search"));
    assert!(browser.has("tfa_device_trust"));
    browser.post("/logout", &[]).await;
    assert_eq!(login(&mut browser).await["requires_2fa"], false);
    let listed = owner.call("GET", "/2fa/trusted-devices", json!(null)).await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(owner.call("DELETE", &format!("/2fa/trusted-devices/{id}"), json!(null)).await.status, 200);
    assert_eq!(login(&mut browser).await["requires_2fa"], true);
}

#[tokio::test]
async fn the_page_turns_it_on_and_off() {
    let site = joined().await;
    let mut browser = Browser::new(&site);
    login(&mut browser).await;
    let password = |p: &'static str| [("current_password", p)];
    assert_eq!(browser.post("/account/two-factor/start", &password("not this one")).await.status, 422);
    assert_eq!(browser.post("/account/two-factor/start", &password(PASSWORD)).await.location(), "/account/two-factor");
    let page = browser.get("/account/two-factor").await.text;
    let secret = page.split("Secret: ").nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
    let code = shown(&site, &secret.replace(' ', ""));
    assert_eq!(browser.post("/account/two-factor/on", &[("code", "000000")]).await.status, 422);
    let on = browser.post("/account/two-factor/on", &[("code", &code)]).await;
    assert!(on.status == 200 && on.text.contains("Your recovery codes"), "{}", on.text);
    assert!(browser.get("/account/two-factor").await.text.contains("10 recovery codes"));
    let codes = browser.post("/account/two-factor/codes", &password(PASSWORD)).await;
    assert!(codes.text.contains("Your recovery codes"));
    assert_eq!(browser.call("POST", "/2fa/disable", json!({ "current_password": "not this one" })).await.status, 400);
    assert_eq!(browser.post("/account/two-factor/off", &password(PASSWORD)).await.status, 303);
    assert_eq!(browser.call("GET", "/2fa/status", json!(null)).await.json()["enabled"], false);
}
