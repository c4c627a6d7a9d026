//! Keys for programs, another address, the notification centre: what people do with their accounts.

use reqwest::Method;
use serde_json::{Value, json};

use crate::door::knock;
use crate::kit::{Member, PASSWORD, Person, Stage, TestApp, answered};

const NOW: &str = "2026-11-10T19:00:00Z";

async fn key(member: &Member<'_>, scope: &str) -> Value {
    member.post("/api/v1/account/api-keys", json!({ "name": "My calendar", "scope": scope })).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_acts_as_its_owner_and_never_beyond() {
    let app = TestApp::empty_at(NOW).await;
    let (emma, john) = (app.student("emma").await, app.student("john").await);
    let (read, all) = (key(&emma, "read").await, key(&emma, "all").await);
    let (read_key, all_key) = (read["api_key"].as_str().unwrap(), all["api_key"].as_str().unwrap());
    let me = app.ask(Method::GET, "/api/v1/auth/me", Some(read_key), None).await.expect(200);
    assert_eq!(me["email"], emma.email.as_str());
    let rename = json!({ "last_name": "Keyed" });
    app.ask(Method::PATCH, "/api/v1/auth/me", Some(read_key), Some(rename.clone()))
        .await
        .refused(403, "API_KEY_READ_ONLY");
    app.ask(Method::PATCH, "/api/v1/auth/me", Some(all_key), Some(rename)).await.expect(200);
    let change = json!({ "current_password": PASSWORD, "new_password": "seven quiet copper kettles" });
    app.ask(Method::POST, "/api/v1/auth/change-password", Some(all_key), Some(change)).await.refused(403, "FORBIDDEN");
    let another = json!({ "name": "More" });
    app.ask(Method::POST, "/api/v1/account/api-keys", Some(all_key), Some(another))
        .await
        .refused(403, "REAUTH_REQUIRED");
    let proof = json!({ "password": PASSWORD });
    app.ask(Method::POST, "/api/v1/auth/reauth", Some(all_key), Some(proof)).await.expect(401);

    let listed = emma.get("/api/v1/account/api-keys").await;
    assert!(!listed.text.contains(all_key), "the key is told once");
    assert_eq!(listed.expect(200)["items"][1]["ending"], all_key[all_key.len() - 4..]);
    let path = format!("/api/v1/account/api-keys/{}", all["id"].as_str().unwrap());
    app.ask(Method::DELETE, &path, Some(&john.token), None).await.refused(404, "API_KEY_NOT_FOUND");
    app.ask(Method::DELETE, &path, Some(&emma.token), None).await.expect(200);
    app.ask(Method::GET, "/api/v1/auth/me", Some(all_key), None).await.expect(401);
    app.advance(601).await;
    emma.post("/api/v1/account/api-keys", json!({ "name": "Late" })).await.refused(403, "REAUTH_REQUIRED");
}

async fn proof_of(app: &TestApp, email: &str) -> Value {
    app.post("/api/v1/auth/send-email-verification", json!({ "email": email })).await.expect(200);
    let code = app.mail(email, "email_code").await["data"]["code"].clone();
    let body = json!({ "email": email, "code": code });
    app.post("/api/v1/auth/verify-email-code", body).await.expect(200)["verification_token"].clone()
}

/// Asks for another address and lets the old one agree; answers the token that takes it back.
async fn moved(app: &TestApp, emma: &Member<'_>, new: &str) -> String {
    let body = json!({ "new_email": new, "email_verification_token": proof_of(app, new).await });
    emma.post("/api/v1/auth/change-email", body).await.expect(200);
    assert_eq!(emma.get("/api/v1/auth/me").await.expect(200)["email"], emma.email.as_str(), "not yet");
    let link = app.mail(&emma.email, "email_changed").await;
    let token = link["data"]["token"].as_str().unwrap();
    let page = app.get(&format!("/account/email/link?token={token}")).await;
    assert!(page.text.contains("Another address for your account?") && page.text.contains(new), "{}", page.text);
    let request = app.http.post(format!("{}/account/email/link", app.base)).header("origin", &app.base);
    let done = answered(request.form(&[("token", token)])).await;
    assert!(done.text.contains("Your address is changed"), "{}", done.text);
    assert_eq!(emma.get("/api/v1/auth/me").await.expect(200)["email"], new);
    assert_eq!(app.mail(new, "email_changed").await["data"]["stage"], "new");
    let undo = app.mail(&emma.email, "email_changed").await;
    assert_eq!(undo["data"]["stage"], "done");
    undo["data"]["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_proven_agreed_to_and_taken_back() {
    let app = TestApp::empty_at(NOW).await;
    let (emma, john) = (app.student("emma").await, app.student("john").await);
    let taken = json!({ "new_email": john.email, "email_verification_token": proof_of(&app, &john.email).await });
    emma.post("/api/v1/auth/change-email", taken).await.refused(409, "EMAIL_TAKEN");
    let unproven = json!({ "new_email": "emma@new.example", "email_verification_token": "nothing" });
    emma.post("/api/v1/auth/change-email", unproven).await.refused(400, "EMAIL_VERIFICATION_INVALID");
    let token = moved(&app, &emma, "emma@new.example").await;
    // Whoever moved it made themselves at home.
    let set_up = emma.post("/api/v1/2fa/setup/initiate", json!({})).await.expect(200);
    let code = crate::kit::totp(set_up["secret"].as_str().unwrap(), app.site().now().as_second());
    emma.post("/api/v1/2fa/setup/verify", json!({ "code": code })).await.expect(200);

    // The old address is nobody else's for three days.
    let proof = proof_of(&app, &emma.email).await;
    let body = json!({
        "email": emma.email, "password": PASSWORD, "first_name": "Eve", "last_name": "Tester", "zip_code": "10024",
        "email_verification_token": proof,
    });
    app.post("/api/v1/auth/register", body).await.expect(201);
    app.mail("emma@new.example", "account_exists").await["id"].as_str().expect("its owner is told");

    app.post("/api/v1/auth/change-email/undo", json!({ "token": token })).await.expect(200);
    emma.get("/api/v1/auth/me").await.expect(401);
    let form = [("username", emma.email.as_str()), ("password", PASSWORD)];
    let door = || answered(app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form));
    door().await.refused(401, "AUTH_INVALID_CREDENTIALS");
    let reset = app.mail(&emma.email, "password_reset").await["data"]["token"].clone();
    let new = json!({ "token": reset, "new_password": PASSWORD });
    app.post("/api/v1/password-reset/confirm", new).await.expect(200);
    let entered = door().await.expect(200);
    assert_eq!(entered["requires_2fa"], false, "the stranger's second step went with them: {entered}");
    app.post("/api/v1/auth/change-email/undo", json!({ "token": token })).await.refused(400, "EMAIL_CHANGE_INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_can_be_taken_back_for_three_days_only() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let token = moved(&app, &emma, "emma@new.example").await;
    app.advance(72 * 3600).await;
    app.post("/api/v1/auth/change-email/undo", json!({ "token": token })).await.refused(400, "EMAIL_CHANGE_INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_factor_belongs_to_a_full_proof() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let setup = emma.post("/api/v1/2fa/setup/initiate", json!({})).await.expect(200);
    let secret = setup["secret"].as_str().unwrap().to_owned();
    let code = || crate::kit::totp(&secret, app.site().now().as_second());
    emma.post("/api/v1/2fa/setup/verify", json!({ "code": code() })).await.expect(200);
    app.advance(700).await;
    let proof = |code: Option<String>| json!({ "password": PASSWORD, "code": code });
    emma.post("/api/v1/auth/reauth", proof(None)).await.expect(401);
    emma.post("/api/v1/auth/reauth", proof(Some("000000".into()))).await.expect(401);
    emma.post("/api/v1/2fa/regenerate-backup-codes", json!({})).await.refused(403, "REAUTH_REQUIRED");
    emma.post("/api/v1/auth/reauth", proof(Some(code()))).await.expect(200);
    emma.post("/api/v1/2fa/regenerate-backup-codes", json!({})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_stands_in_the_centre_until_it_is_read_and_removed() {
    let app = TestApp::empty_at(NOW).await;
    let (emma, john) = (app.student("emma").await, app.student("john").await);
    key(&emma, "read").await;
    let change = json!({ "current_password": PASSWORD, "new_password": "seven quiet copper kettles" });
    emma.post("/api/v1/auth/change-password", change).await.expect(200);
    app.settle().await;
    let listed = emma.get("/api/v1/notifications").await.expect(200);
    let newest = &listed["items"][0];
    assert_eq!((&newest["type"], &newest["category"]), (&json!("password_changed"), &json!("security")), "{listed}");
    assert!(listed["items"].as_array().unwrap().iter().all(|n| n["type"] != "email_code"));
    let count = emma.get("/api/v1/notifications/unread-count").await.expect(200)["unread_count"].as_u64().unwrap();
    let page = emma.get("/notifications").await;
    assert!(
        page.text.contains("Your password was changed") && page.text.contains(&format!("{count} new")),
        "{}",
        page.text
    );
    let path = format!("/api/v1/notifications/{}", newest["id"].as_str().unwrap());
    john.post(&format!("{path}/read"), json!({})).await.refused(404, "NOTIFICATION_NOT_FOUND");
    assert!(emma.post(&format!("{path}/read"), json!({})).await.expect(200)["read_at"].is_string());
    let unread = emma.get("/api/v1/notifications?unread_only=true").await.expect(200);
    assert_eq!(unread["items"].as_array().unwrap().len() as u64, count - 1);
    emma.post("/api/v1/notifications/read-all", json!({})).await.expect(200);
    assert_eq!(emma.get("/api/v1/notifications/unread-count").await.expect(200)["unread_count"], 0);
    app.ask(Method::DELETE, &path, Some(&emma.token), None).await.expect(200);
    app.ask(Method::DELETE, &path, Some(&emma.token), None).await.refused(404, "NOTIFICATION_NOT_FOUND");
    emma.get("/api/v1/notifications?limit=51").await.expect(422);
    let first = emma.get("/api/v1/notifications?limit=1").await.expect(200);
    assert!(first["items"].as_array().unwrap().len() <= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_beside_a_wish_serves_as_a_fresh_proof() {
    let app = TestApp::empty_at(NOW).await;
    let emma = app.student("emma").await;
    let all = emma.post("/api/v1/account/api-keys", json!({ "name": "Program", "scope": "all" })).await.expect(200);
    let key = all["api_key"].as_str().unwrap();
    app.advance(700).await;
    let phone = |password: Value| json!({ "phone": "212 555 0142", "current_password": password });
    let change = |body: Value| app.ask(Method::PATCH, "/api/v1/auth/me", Some(&emma.token), Some(body));
    change(phone(Value::Null)).await.refused(403, "REAUTH_REQUIRED");
    change(json!({ "first_name": "Em" })).await.expect(200);
    change(phone(json!("not this one"))).await.refused(400, "CURRENT_PASSWORD_WRONG");
    assert_eq!(change(phone(json!(PASSWORD))).await.expect(200)["phone"], "+12125550142");
    for (path, more) in
        [("/api/v1/2fa/setup/initiate", json!({})), ("/api/v1/passkeys/register/start", json!({ "name": "Phone" }))]
    {
        app.advance(700).await;
        emma.post(path, more.clone()).await.refused(403, "REAUTH_REQUIRED");
        let mut with = more;
        with["current_password"] = json!("not this one");
        emma.post(path, with.clone()).await.refused(400, "CURRENT_PASSWORD_WRONG");
        with["current_password"] = json!(PASSWORD);
        emma.post(path, with).await.expect(200);
    }
    app.advance(700).await;
    let path = format!("/api/v1/account/api-keys/{}", all["id"].as_str().unwrap());
    let end = |token: &str, body: Value| {
        let token = token.to_owned();
        let (app, path) = (&app, &path);
        async move { app.ask(Method::DELETE, path, Some(&token), Some(body)).await }
    };
    end(&emma.token, json!({})).await.refused(403, "REAUTH_REQUIRED");
    end(&emma.token, json!({ "password": PASSWORD })).await.refused(422, "VALIDATION_ERROR");
    // A key proves nothing, and is believed only where programs show it.
    end(key, json!({ "current_password": PASSWORD })).await.refused(403, "REAUTH_REQUIRED");
    let in_cookie = app.http.get(format!("{}/api/v1/auth/me", app.base)).header("cookie", format!("sid={key}"));
    answered(in_cookie).await.refused(401, "NOT_SIGNED_IN");
    app.ask(Method::GET, "/api/v1/auth/me", Some(key), None).await.expect(200);
    end(&emma.token, json!({ "current_password": PASSWORD })).await.expect(200);
    app.ask(Method::GET, "/api/v1/auth/me", Some(key), None).await.expect(401);
    let pages = emma.get("/api/v1/account/sessions?limit=1").await.expect(200);
    assert_eq!((pages["items"].as_array().unwrap().len(), &pages["next_cursor"]), (1, &Value::Null));
    emma.get("/api/v1/account/sessions?limit=0").await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_every_session_wants_a_fresh_proof_and_a_session_says_when_it_ends_for_good() {
    let stage = Stage::set().await;
    let emma = &stage.emma;
    let own = stage.get(emma, "/api/v1/account/sessions").await.expect(200)["items"][0].clone();
    let at = |name: &str| own[name].as_str().unwrap().parse::<instainstru::base::time::Timestamp>().unwrap();
    assert_eq!(at("expires_at").as_second() - at("created_at").as_second(), 7 * 86_400, "{own}");
    stage.app.advance(601).await;
    let all = "/api/v1/account/logout-all-devices";
    stage.post(emma, all, json!({})).await.refused(403, "REAUTH_REQUIRED");
    stage.app.settle().await;
    let admin = stage.admin().await;
    let denied = stage.get(&admin, "/api/v1/admin/audit?status=denied").await.expect(200)["items"].clone();
    let told = (&denied[0]["entity_id"], &denied[0]["actor"]["id"], &denied[0]["after"]["code"]);
    let wanted = (&json!(format!("POST {all}")), &json!(emma.id), &json!("REAUTH_REQUIRED"));
    assert_eq!((told, denied.as_array().unwrap().len()), (wanted, 1), "written down, once: {denied}");
    stage.post(emma, all, json!({ "bogus": 1 })).await.refused(422, "VALIDATION_ERROR");
    let wrong = json!({ "current_password": "not this one" });
    stage.post(emma, all, wrong).await.refused(400, "CURRENT_PASSWORD_WRONG");
    let proof = json!({ "current_password": "lantern orchard velvet" });
    assert!(stage.post(emma, all, proof).await.expect(200)["revoked"].as_u64().unwrap() >= 1);
    stage.get(emma, "/api/v1/auth/me").await.refused(401, "NOT_SIGNED_IN");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closed_their_account_is_let_in_again_by_an_admin_and_who_was_erased_is_not() {
    let stage = Stage::set().await;
    let (app, sarah, admin) = (&stage.app, &stage.sarah, stage.admin().await);
    let page = |method: Method, path: &str, who: &Person| {
        answered(app.http.request(method, format!("{}{path}", app.base)).bearer_auth(&who.token))
    };
    let asked = page(Method::GET, "/account/close", sarah).await;
    assert!(asked.status == 200 && asked.text.contains("What will happen"), "{}", asked.text);
    let closed = page(Method::POST, "/account/close", sarah).await;
    assert_eq!((closed.status.as_u16(), &closed.headers["location"]), (303, &"/login?done=closed".parse().unwrap()));
    assert!(app.get("/login?done=closed").await.text.contains("Your account is closed."));
    knock(app, &sarah.email, "lantern orchard velvet").await.refused(401, "AUTH_ACCOUNT_DEACTIVATED");
    let reopen = |who: &Person| format!("/api/v1/admin/users/{}/reactivate", who.id);
    stage.post(&stage.emma, &reopen(sarah), json!({})).await.refused(403, "FORBIDDEN");
    let opened = stage.post(&admin, &reopen(sarah), json!({ "reason": "she asked us" })).await.expect(200);
    assert_eq!((&opened["previous_status"], &opened["new_status"]), (&json!("deactivated"), &json!("active")));
    stage.post(&admin, &reopen(sarah), json!({})).await.refused(400, "ACCOUNT_STATUS_UNCHANGED");
    knock(app, &sarah.email, "lantern orchard velvet").await.expect(200);
    let trail = stage.get(&admin, "/api/v1/admin/audit?action=instructor.reactivate").await.expect(200);
    assert_eq!(trail["items"][0]["after"]["account_status"], "active", "{trail}");
    let gone = json!({ "delete_account": true, "current_password": "lantern orchard velvet" });
    stage.post(&stage.john, "/api/v1/privacy/delete/me", gone).await.expect(200);
    stage.post(&admin, &reopen(&stage.john), json!({})).await.refused(409, "ACCOUNT_ERASED");
}

#[tokio::test(flavor = "multi_thread")]
async fn teaching_is_given_up_on_a_page_once_no_lesson_lies_ahead() {
    let stage = Stage::set().await;
    let (app, sarah) = (&stage.app, &stage.sarah);
    let path = "/account/stop-teaching";
    let page =
        |method: Method| answered(app.http.request(method, format!("{}{path}", app.base)).bearer_auth(&sarah.token));
    let booked = stage.book(&stage.emma, "2026-11-20", "10:00").await;
    assert!(page(Method::GET).await.text.contains("lessons ahead"));
    assert_eq!(page(Method::POST).await.status, 409);
    let cancel = format!("/api/v1/bookings/{booked}/cancel");
    stage.post(sarah, &cancel, json!({ "reason": "I give up teaching" })).await.expect(200);
    let stopped = page(Method::POST).await;
    assert_eq!(
        (stopped.status.as_u16(), &stopped.headers["location"]),
        (303, &"/account/leave?done=student".parse().unwrap())
    );
    assert_eq!(stage.get(sarah, "/api/v1/auth/me").await.expect(200)["roles"], json!(["student"]));
    app.get(&format!("/api/v1/instructors/{}", sarah.id)).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_tries_are_written_down_and_the_trail_refuses_what_it_does_not_know() {
    let stage = Stage::set().await;
    let (app, admin) = (&stage.app, stage.admin().await);
    knock(app, "nobody.at.all@mail.example", "Summer2026!").await.refused(401, "AUTH_INVALID_CREDENTIALS");
    let own = format!("/api/v1/admin/users/{}/permissions", admin.id);
    let raise = json!({ "grants": ["manage_users"], "revokes": [] });
    app.ask(Method::PUT, &own, Some(&admin.token), Some(raise)).await.refused(403, "SELF_GRANT");
    let last = json!({ "roles": ["student"] });
    let roles = format!("/api/v1/admin/users/{}/roles", admin.id);
    assert!(app.ask(Method::PUT, &roles, Some(&admin.token), Some(last)).await.status.is_client_error());
    let odd = json!({ "values": { "booking.hold_minutes": -1 } });
    app.ask(Method::PATCH, "/api/v1/admin/settings", Some(&admin.token), Some(odd)).await.expect(422);
    stage.post(&stage.emma, "/api/v1/2fa/setup/initiate", json!({})).await.expect(200);
    stage.post(&stage.emma, "/api/v1/2fa/setup/verify", json!({ "code": "000000" })).await.expect(400);
    let wrong = json!({ "current_password": "not this one" });
    stage.post(&stage.emma, "/api/v1/2fa/disable", wrong).await.expect(400);
    let trail = stage.get(&admin, "/api/v1/admin/audit?limit=50").await.expect(200);
    let seen: Vec<String> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["action"].as_str().unwrap(),
                entry["entity_type"].as_str().unwrap(),
                entry["status"].as_str().unwrap()
            )
        })
        .collect();
    for wanted in [
        "user.login address failed",
        "user.permissions user denied",
        "setting.update setting failed",
        "user.2fa_enable user failed",
    ] {
        assert!(seen.iter().any(|line| line == wanted), "{wanted} in {seen:#?}");
    }
    assert!(seen.iter().any(|line| line.starts_with("user.roles user") && !line.ends_with("success")), "{seen:#?}");
    assert!(!trail.to_string().contains("nobody.at.all@mail.example"), "addresses are masked");
    let stranger = trail["items"].as_array().unwrap().iter().find(|entry| entry["entity_type"] == "address").unwrap();
    assert_eq!(stranger["actor"]["type"], "anonymous", "a stranger is not the program");
    let refused = stage.get(&admin, "/api/v1/admin/audit?bogus=1").await.refused(422, "VALIDATION_ERROR");
    assert_eq!(refused["errors"][0]["field"], "bogus");
    let refused = stage.get(&admin, "/api/v1/admin/audit?limit=201").await.refused(422, "VALIDATION_ERROR");
    assert_eq!(refused["errors"][0]["field"], "limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_browsers_lock_is_seen_and_lifted_too() {
    let stage = Stage::set().await;
    let (app, emma, admin) = (&stage.app, &stage.emma, stage.admin().await);
    app.post("/sandbox/v1/switches", json!({ "login_challenge": false })).await.expect(200);
    let enter = |password: &str, cookies: &str| {
        let body = json!({ "email": emma.email, "password": password });
        let request = app.http.post(format!("{}/api/v1/auth/login-with-session", app.base)).json(&body);
        answered(request.header("cookie", cookies).header("sec-fetch-site", "same-origin"))
    };
    let first = enter("lantern orchard velvet", "x=1").await;
    let lines = first.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let did = lines.filter_map(|line| line.split(';').next()).find(|pair| pair.starts_with("did=")).unwrap().to_owned();
    for _ in 0..5 {
        enter("not this one", &did).await.expect(401);
    }
    enter("lantern orchard velvet", &did).await.refused(429, "AUTH_ACCOUNT_LOCKED");
    let path = format!("/api/v1/admin/auth-blocks/{}", emma.email);
    let held = stage.get(&admin, &path).await.expect(200);
    assert_eq!(held["blocks"]["lockout"]["failures"], 5, "{held}");
    assert_eq!(stage.get(&admin, "/api/v1/admin/auth-blocks/summary").await.expect(200)["lockout"], 1);
    let why = json!({ "reason": "called and proved who she is" });
    app.ask(Method::DELETE, &path, Some(&admin.token), Some(why)).await.expect(200);
    stage.get(&admin, &path).await.refused(404, "NO_AUTH_BLOCKS");
    enter("lantern orchard velvet", &did).await.expect(200);
}
