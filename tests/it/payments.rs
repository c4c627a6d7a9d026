//! Money over HTTP: cards, the hosted card page, payout accounts, price settings, signed events.

use instainstru::accounts::hasher;
use instainstru::accounts::ops::register::{self, NewPerson};
use instainstru::base::access::Role;
use instainstru::base::secret::hmac_sha256_hex;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::kit::TestApp;

const START: &str = "2026-03-01T12:00:00Z";
const PASSWORD: &str = "a long enough pass phrase";

/// Somebody with an account; answers their bearer token.
async fn person(app: &TestApp, name: &'static str, role: Role) -> String {
    let email = format!("{name}@test.example");
    let new = NewPerson {
        email: email.clone(),
        password_hash: hasher::hash_now(PASSWORD).unwrap(),
        first_name: name.into(),
        last_name: "Tester".into(),
        phone: None,
        zip_code: "10024".into(),
        timezone: "America/New_York".into(),
        role,
    };
    app.site().write(move |tx| register::add(tx, &new)).await.unwrap();
    let form = [("username", email.as_str()), ("password", PASSWORD)];
    let answer = app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form).send().await.unwrap();
    let body: Value = answer.json().await.unwrap();
    body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_are_saved_listed_and_removed() {
    let app = TestApp::empty_at(START).await;
    let (emma, john) = (person(&app, "emma", Role::Student).await, person(&app, "john", Role::Student).await);
    let methods = "/api/v1/payments/methods";
    let ask = |method, path: String, who, body| {
        let app = &app;
        async move { app.ask(method, &path, Some(who), body).await }
    };
    app.get(methods).await.expect(401);
    let add = |token: &str| json!({ "payment_method_id": token });
    let visa = ask(Method::POST, methods.into(), &emma, Some(add("pm_card_visa"))).await.expect(200);
    assert_eq!(
        (visa["brand"].as_str(), visa["last4"].as_str(), &visa["is_default"]),
        (Some("visa"), Some("4242"), &json!(true))
    );
    let second = json!({ "payment_method_id": "pm_card_mastercard", "set_as_default": true });
    ask(Method::POST, methods.into(), &emma, Some(second)).await.expect(200);
    let list = ask(Method::GET, methods.into(), &emma, None).await.expect(200);
    let brands: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|c| (c["brand"].clone(), c["is_default"].clone())).collect();
    assert_eq!(brands, [(json!("mastercard"), json!(true)), (json!("visa"), json!(false))]);
    let foreign = format!("{methods}/{}", visa["id"].as_str().unwrap());
    ask(Method::DELETE, foreign.clone(), &john, None).await.refused(404, "PAYMENT_METHOD_NOT_FOUND");
    assert_eq!(ask(Method::DELETE, foreign, &emma, None).await.expect(200), json!({ "success": true }));
    ask(Method::POST, methods.into(), &emma, Some(add("4242424242424242")))
        .await
        .refused(404, "PAYMENT_METHOD_NOT_FOUND");
    ask(Method::POST, methods.into(), &emma, Some(json!({ "card": "4242" }))).await.refused(422, "VALIDATION_ERROR");
    let setup = ask(Method::POST, "/api/v1/payments/setup-intent".into(), &emma, None).await.expect(200);
    assert!(setup["client_secret"].as_str().unwrap().starts_with(setup["setup_intent_id"].as_str().unwrap()));
    let credits = ask(Method::GET, "/api/v1/payments/credits".into(), &emma, None).await.expect(200);
    assert_eq!((&credits["available_cents"], &credits["lots"]), (&json!(0), &json!([])));
    let paid = ask(Method::GET, "/api/v1/payments/transactions".into(), &emma, None).await.expect(200);
    assert_eq!(paid["items"], json!([]));
}

/// The way of a browser without scripts: our page → the hosted page → back with a saved card.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_added_on_the_hosted_page() {
    let app = TestApp::empty_at(START).await;
    let token = person(&app, "emma", Role::Student).await;
    let page = |method: Method, url: String, form: Vec<(&'static str, &'static str)>| {
        let request = app.http.request(method, url).bearer_auth(&token).header("sec-fetch-site", "same-origin");
        let request = if form.is_empty() { request } else { request.form(&form) };
        async move { request.send().await.unwrap() }
    };
    let location = |answer: &reqwest::Response| answer.headers()["location"].to_str().unwrap().to_owned();
    let out = page(Method::POST, format!("{}/payments/cards/new?next=/student/billing", app.base), vec![]).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    let hosted = location(&out);
    let shown = page(Method::GET, hosted.clone(), vec![]).await.text().await.unwrap();
    assert!(shown.contains("Visa ending 4242") && shown.contains("3-D Secure"), "{shown}");
    let back = page(Method::POST, hosted.clone(), vec![("card", "pm_card_visa")]).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    let home = page(Method::GET, location(&back), vec![]).await;
    assert_eq!(location(&home), "/student/billing");
    let billing = page(Method::GET, format!("{}/student/billing", app.base), vec![]).await.text().await.unwrap();
    assert!(billing.contains("Visa ending 4242"), "{billing}");
    let again = page(Method::GET, hosted, vec![]).await.text().await.unwrap();
    assert!(again.contains("used already"), "{again}");
    assert_eq!(page(Method::GET, format!("{}/sandbox/checkout/cs_none", app.base), vec![]).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_sets_up_payouts() {
    let app = TestApp::empty_at(START).await;
    let sarah = person(&app, "sarah", Role::Instructor).await;
    let status = "/api/v1/payments/connect/status";
    let none = app.ask(Method::GET, status, Some(&sarah), None).await.expect(200);
    assert_eq!((&none["has_account"], &none["onboarding_completed"]), (&json!(false), &json!(false)));
    let begun = app.ask(Method::POST, "/api/v1/payments/connect/onboard", Some(&sarah), None).await.expect(200);
    let account = begun["account_id"].as_str().unwrap();
    assert!(begun["onboarding_url"].as_str().unwrap().contains(account));
    app.post(&format!("/sandbox/v1/stripe/accounts/{account}/onboard"), json!({})).await.expect(200);
    let done = app.ask(Method::GET, status, Some(&sarah), None).await.expect(200);
    assert_eq!((&done["onboarding_completed"], &done["requirements"]), (&json!(true), &json!([])));
    let again = app.ask(Method::POST, "/api/v1/payments/connect/onboard", Some(&sarah), None).await.expect(200);
    assert_eq!((&again["already_onboarded"], &again["onboarding_url"]), (&json!(true), &json!(null)));
    let earned = app.ask(Method::GET, "/api/v1/payments/earnings", Some(&sarah), None).await.expect(200);
    assert_eq!((&earned["total_earned_cents"], &earned["items"]), (&json!(0), &json!([])));
    let emma = person(&app, "emma", Role::Student).await;
    app.ask(Method::GET, status, Some(&emma), None).await.refused(403, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_public_and_changed_by_admins_only() {
    let app = TestApp::empty_at(START).await;
    let (admin, emma) = (person(&app, "alex", Role::Admin).await, person(&app, "emma", Role::Student).await);
    let public = app.get("/api/v1/config/pricing").await.expect(200);
    assert_eq!(public["config"]["student_fee_pct"], json!(0.12));
    assert_eq!(public["config"]["instructor_tiers"][2], json!({ "min": 11, "max": null, "pct": 0.1 }));
    assert_eq!((&public["config"]["founding_search_boost"], &public["updated_at"]), (&json!(1.5), &json!(null)));
    let path = "/api/v1/admin/config/pricing";
    app.ask(Method::PATCH, path, Some(&emma), Some(json!({}))).await.refused(403, "FORBIDDEN");
    let change =
        json!({ "student_fee_pct": 0.15, "price_floor_cents": { "private_in_person": 9000, "private_remote": 6500 } });
    let changed = app.ask(Method::PATCH, path, Some(&admin), Some(change)).await.expect(200);
    assert_eq!(changed["config"]["student_fee_pct"], json!(0.15));
    assert_eq!(changed["config"]["price_floor_cents"]["private_remote"], json!(6500));
    for bad in [
        json!({ "student_fee_pct": 1.0 }),
        json!({ "student_fee_pct": 0.123456 }),
        json!({ "instructor_tiers": [] }),
        json!({ "instructor_tiers": [{ "min": 2, "pct": 0.1 }] }),
        json!({ "colour": "red" }),
    ] {
        app.ask(Method::PATCH, path, Some(&admin), Some(bad)).await.refused(422, "VALIDATION_ERROR");
    }
    let kept = app.ask(Method::GET, path, Some(&admin), None).await.expect(200);
    assert_eq!(kept["config"]["student_fee_pct"], json!(0.15));
}

#[tokio::test(flavor = "multi_thread")]
async fn provider_events_are_signed_and_taken_once() {
    let app = TestApp::empty_at(START).await;
    let secret = app.get("/sandbox/v1/secrets").await.expect(200)["stripe_webhook_secret"].as_str().unwrap().to_owned();
    let event = json!({ "id": "evt_1", "object": "event", "type": "customer.updated", "created": 0, "livemode": false,
        "pending_webhooks": 1, "data": { "object": { "id": "cus_1", "object": "customer" } } })
    .to_string();
    let now = app.site().now().as_second();
    let send = |signature: String| {
        let url = format!("{}/api/v1/payments/webhooks/stripe", app.base);
        let request = app.http.post(url).header("stripe-signature", signature).body(event.clone());
        async move { request.send().await.unwrap() }
    };
    let sign = |at: i64, secret: &str| {
        format!("t={at},v1={}", hmac_sha256_hex(secret.as_bytes(), format!("{at}.{event}").as_bytes()))
    };
    assert_eq!(send("t=1,v1=00".into()).await.status(), 400);
    assert_eq!(send(sign(now, "whsec_other")).await.status(), 400);
    assert_eq!(send(sign(now - 301, &secret)).await.status(), 400);
    for _ in 0..2 {
        let taken = send(sign(now, &secret)).await;
        assert_eq!(taken.status(), 200);
        assert_eq!(taken.json::<Value>().await.unwrap(), json!({ "status": "ignored" }));
    }
}
