//! Leaving, taking one's data along, and what is let go with time.

use std::io::{Cursor, Read as _};

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Member, PASSWORD, TestApp, answered};

const NOW: &str = "2026-11-10T19:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn the_export_holds_everything_in_words_and_for_programs_and_no_secrets() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let address = json!({
        "label": "home", "street_line1": "41 W 83rd St", "locality": "New York", "administrative_area": "NY",
        "postal_code": "10024",
    });
    emma.post("/api/v1/addresses/me", address).await.expect(201);
    let key = emma.post("/api/v1/account/api-keys", json!({ "name": "My calendar" })).await.expect(200);
    let data = emma.get("/api/v1/privacy/export/me").await;
    let secret = key["api_key"].as_str().unwrap();
    assert!(
        !data.text.contains(secret) && !data.text.contains("argon2") && !data.text.contains("sha256"),
        "{}",
        data.text
    );
    let data = data.expect(200)["data"].clone();
    for section in [
        "profile",
        "addresses",
        "bookings",
        "reviews",
        "payment_methods",
        "credits",
        "sessions",
        "devices",
        "sign_in",
        "notifications",
        "mails",
    ] {
        assert!(!data[section].is_null(), "{section} is missing in {data}");
    }
    assert_eq!(data["sign_in"]["api_keys"][0]["name"], "My calendar");

    let request = app.http.get(format!("{}/account/export", app.base)).bearer_auth(&emma.token);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/zip");
    let mut archive = zip::ZipArchive::new(Cursor::new(response.bytes().await.unwrap())).unwrap();
    let mut text = String::new();
    archive.by_name("index.html").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("41 W 83rd St") && text.contains(&emma.email), "{text}");
    let mut json = String::new();
    archive.by_name("data.json").unwrap().read_to_string(&mut json).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["profile"]["email"], emma.email.as_str());

    app.advance(601).await;
    emma.get("/api/v1/privacy/export/me").await.refused(403, "REAUTH_REQUIRED");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_is_gone_from_every_shelf() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let key = emma.post("/api/v1/account/api-keys", json!({ "name": "Key", "scope": "all" })).await.expect(200);
    let body = json!({ "delete_account": true, "current_password": "not this one" });
    emma.post("/api/v1/privacy/delete/me", body).await.refused(400, "CURRENT_PASSWORD_WRONG");
    let body = json!({ "delete_account": true, "current_password": PASSWORD });
    assert_eq!(emma.post("/api/v1/privacy/delete/me", body).await.expect(200)["account_deleted"], true);
    emma.get("/api/v1/auth/me").await.expect(401);
    app.ask(Method::GET, "/api/v1/auth/me", key["api_key"].as_str(), None).await.expect(401);
    assert_eq!(app.mail(&emma.email, "account_deleted").await["template"], "account_deleted");
    let id = emma.id.parse().unwrap();
    let left = app.site().read(|r| instainstru::accounts::must_user(r, id)).unwrap();
    assert_eq!(
        (left.first_name.as_str(), left.last_name.as_str(), left.zip_code.as_str()),
        ("Deleted", "User", "00000")
    );
    assert_eq!(left.email, format!("deleted_{}@deleted.com", emma.id));
    assert!(app.site().read(|r| instainstru::notify::centre::of(r, id, false)).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_taught_and_leaves_takes_the_words_and_the_letters_along() {
    let app = TestApp::empty_at(NOW).await;
    let sarah = app.teacher("sarah").await;
    let id = sarah.person.id.parse().unwrap();
    let taught = || app.site().read(|r| instainstru::instructors::tables::must_profile(r, id)).unwrap();
    let letters = || app.site().read(|r| instainstru::notify::mails_of(r, id, 100)).unwrap();
    app.site()
        .write(move |tx| {
            let home =
                |address: &str| instainstru::instructors::model::NamedPlace { address: address.into(), label: None };
            instainstru::instructors::ops::revise::revise(tx, id, "places", |profile| {
                profile.teaching_locations = vec![home("41 W 83rd St")];
                profile.public_spaces = vec![home("Riverside Park")];
                Ok(())
            })
            .map(drop)
        })
        .await
        .unwrap();
    assert!(!taught().bio.is_empty() && !letters().is_empty());
    let body = json!({ "delete_account": true, "current_password": PASSWORD });
    sarah.person.post("/api/v1/privacy/delete/me", body).await.expect(200);
    app.settle().await;
    let left = taught();
    assert!(left.bio.is_empty() && left.teaching_locations.is_empty() && left.public_spaces.is_empty(), "{left:?}");
    assert!(!left.is_live);
    assert!(letters().iter().all(|mail| mail.template == "account_deleted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_goes_after_thirty_days() {
    let app = TestApp::empty_at(NOW).await;
    let mut emma = app.student("emma").await;
    let address = json!({
        "label": "home", "street_line1": "41 W 83rd St", "locality": "New York", "administrative_area": "NY",
        "postal_code": "10024",
    });
    let row = emma.post("/api/v1/addresses/me", address).await.expect(201);
    let path = format!("/api/v1/addresses/me/{}", row["id"].as_str().unwrap());
    app.ask(Method::DELETE, &path, Some(&emma.token), None).await.expect(200);
    let run =
        async |job: &str| app.post("/sandbox/v1/jobs/run", json!({ "job": job })).await.expect(200)["report"].clone();
    assert_eq!(run("soft_delete_purge").await["deleted_addresses"], 0);
    app.post("/sandbox/v1/jobs/hold", json!({ "jobs": "all", "held": true })).await.expect(200);
    app.advance(31 * 86_400).await;
    let dry = json!({ "job": "soft_delete_purge", "dry_run": true });
    assert_eq!(app.post("/sandbox/v1/jobs/run", dry).await.expect(200)["report"]["deleted_addresses"], 1);
    assert_eq!(run("soft_delete_purge").await["deleted_addresses"], 1);
    assert_eq!(run("soft_delete_purge").await["deleted_addresses"], 0);
    emma.again().await;
    emma.post("/api/v1/privacy/retention/apply", json!({})).await.refused(403, "FORBIDDEN");
    emma.get("/api/v1/privacy/statistics").await.refused(403, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_in_a_mail_ends_mails_of_its_kind() {
    let app = TestApp::empty_at(NOW).await;
    let (emma, sarah) = (app.student("emma").await, app.teacher("sarah").await);
    sarah.opens("2026-11-12", 1).await;
    let booking = emma.book(&sarah, "2026-11-12", "16:30").await.expect(201);
    emma.pay(&booking).await.expect(200);
    let mail = app.mail(&emma.email, "booking_confirmed").await;
    let text = mail["text"].as_str().unwrap();
    let url = text.split("No more mails of this kind: ").nth(1).expect("a way to end them").trim();
    let path = &url[url.find("/unsubscribe/").unwrap()..];
    assert!(app.get(path).await.text.contains("No more mails about this?"));
    let request = app.http.post(format!("{}{path}", app.base)).form(&[("List-Unsubscribe", "One-Click")]);
    assert!(answered(request).await.text.contains("You get no more of these"));
    assert_eq!(app.get("/unsubscribe/unknown").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_tells_teaching_and_both_sides_of_the_money() {
    let app = TestApp::empty_at(NOW).await;
    let sarah = app.teacher("sarah").await;
    sarah.opens("2026-11-16", 1).await;
    let emma = app.student("emma").await;
    let booking = emma.book(&sarah, "2026-11-16", "10:00").await.expect(201);
    emma.pay(&booking).await.expect(200);
    let of = async |member: &Member<'_>| member.get("/api/v1/privacy/export/me").await.expect(200)["data"].clone();
    let (hers, own) = (of(&sarah.person).await, of(&emma).await);
    assert_eq!(hers["calendar"]["hours"]["2026-11-16"][0]["start_time"], "08:00", "{hers}");
    assert_eq!(hers["teaching"]["services"].as_array().unwrap().len(), 1);
    assert!(hers["teaching"]["background_check"]["status"].is_string());
    assert_eq!(
        (&hers["payments"][0]["booking_id"], &own["payments"][0]["booking_id"]),
        (&booking["id"], &booking["id"])
    );
    assert!(hers["payments"][0]["lesson_cents"].is_null() && own["payments"][0]["payout_cents"].is_null());
    assert!(own["teaching"].is_null());
}
