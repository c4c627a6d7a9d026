//! Pausing, closing, the export, erasing; login protection as operators see it.

use serde_json::json;

use super::surface::Browser;
use super::*;
use crate::base::id::UserId;

async fn signed_in(site: &Site) -> Browser {
    let mut browser = Browser::new(site);
    browser.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await;
    browser
}

fn ana(site: &Site) -> UserId {
    site.read(|r| user_by_email(r, EMAIL)).unwrap().unwrap().id
}

#[tokio::test]
async fn an_instructor_pauses_resumes_and_closes() {
    let site = site();
    let token = proven(&site).await;
    let teach = Application { role: Role::Instructor, ..application(token) };
    ops::register::register(&site, teach).await.unwrap();
    let mut browser = signed_in(&site).await;
    let paused = browser.call("POST", "/account/suspend", json!({})).await.json();
    assert_eq!((&paused["previous_status"], &paused["new_status"]), (&json!("active"), &json!("suspended")));
    assert_eq!(browser.call("POST", "/account/suspend", json!({})).await.status, 400);
    let status = browser.call("GET", "/account/status", json!(null)).await.json();
    assert_eq!((&status["can_login"], &status["can_receive_bookings"]), (&json!(true), &json!(false)));
    assert_eq!(browser.call("POST", "/account/reactivate", json!({})).await.status, 200);
    assert_eq!(browser.call("POST", "/account/deactivate", json!({})).await.status, 200);
    assert_eq!(browser.call("GET", "/account/status", json!(null)).await.status, 401, "sessions ended");
    assert_eq!(enter(&site, PASSWORD, None).await.unwrap_err().code, "AUTH_ACCOUNT_DEACTIVATED");
}

#[tokio::test]
async fn students_cannot_pause() {
    let mut browser = signed_in(&joined().await).await;
    assert_eq!(browser.call("POST", "/account/suspend", json!({})).await.status, 403);
}

#[tokio::test]
async fn leaving_takes_a_proof_and_leaves_nothing_personal() {
    let site = joined().await;
    let id = ana(&site);
    let mut browser = signed_in(&site).await;
    let data = browser.call("GET", "/privacy/export/me", json!(null)).await.json();
    assert_eq!(data["data"]["profile"]["email"], EMAIL);
    assert!(!data.to_string().contains("argon2"), "no secrets");
    forward(&site, 11 * 60);
    let wish = json!({ "delete_account": true });
    assert_eq!(browser.call("POST", "/privacy/delete/me", wish).await.json()["code"], "REAUTH_REQUIRED");
    let wrong = json!({ "delete_account": true, "current_password": "not this one" });
    assert_eq!(browser.call("POST", "/privacy/delete/me", wrong).await.status, 400);
    let right = json!({ "delete_account": true, "current_password": PASSWORD });
    let left = browser.call("POST", "/privacy/delete/me", right).await;
    assert_eq!((left.status, left.json()["account_deleted"].clone()), (200, json!(true)));
    let rest = site.read(|r| must_user(r, id)).unwrap();
    assert_eq!(rest.full_name(), "Deleted User");
    assert_eq!(rest.email, format!("deleted_{id}@deleted.com"));
    assert_eq!(enter(&site, PASSWORD, None).await.unwrap_err().code, "AUTH_INVALID_CREDENTIALS");
    assert_eq!(browser.call("GET", "/auth/me", json!(null)).await.status, 401);
    verify(&site);
}

#[tokio::test]
async fn the_page_asks_for_the_word_and_the_password() {
    let site = joined().await;
    let mut browser = signed_in(&site).await;
    assert_eq!(browser.get("/account/leave").await.status, 200);
    assert!(browser.get("/account/export").await.text.starts_with("PK"), "a zip archive");
    let form = |word: &'static str| [("what", "anonymise"), ("word", word), ("current_password", PASSWORD)];
    assert_eq!(browser.post("/account/erase", &form("delete")).await.status, 422);
    assert_eq!(browser.post("/account/erase", &form("DELETE")).await.location(), "/login?done=erased");
    assert!(!browser.has("sid"));
}

#[tokio::test]
async fn operators_see_and_clear_what_holds_people_up() {
    let site = joined().await;
    let admin = ops::admin::NewAdmin {
        email: "boss@mail.example".into(),
        password: "a fine long password".into(),
        first_name: "Alex".into(),
        last_name: "Rivera".into(),
    };
    ops::admin::create(&site, admin).await.unwrap();
    let mut boss = Browser::new(&site);
    boss.post("/login", &[("email", "boss@mail.example"), ("password", "a fine long password")]).await;
    let path = format!("/admin/auth-blocks/{EMAIL}");
    assert_eq!(boss.call("GET", &path, json!(null)).await.status, 404);
    site.part::<Accounts>().unwrap().switches.set_challenge(false);
    for _ in 0..5 {
        drop(enter(&site, "wrong wrong", None).await);
    }
    let held = boss.call("GET", &path, json!(null)).await.json();
    assert_eq!(held["blocks"]["lockout"]["failures"], 5);
    assert_eq!(held["blocks"].as_object().unwrap().len(), 3);
    assert_eq!(boss.call("GET", "/admin/auth-blocks/summary", json!(null)).await.json()["lockout"], 1);
    let short = json!({ "reason": "because" });
    assert_eq!(boss.call("DELETE", &path, short).await.status, 422);
    let reason = json!({ "types": ["lockout"], "reason": "Called and proved who she is" });
    assert_eq!(boss.call("DELETE", &path, reason).await.json()["cleared"], json!(["lockout"]));
    assert!(enter(&site, PASSWORD, None).await.is_ok());
    assert_eq!(boss.call("GET", &path, json!(null)).await.status, 404);
}
