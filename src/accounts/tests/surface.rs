//! The door as browsers and programs meet it: status codes, headers, cookies, words.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;
use crate::accounts::parts::{DemoPeople, DemoPerson};
use crate::web::{Api, DoorPart, Hosts, Pages, assemble};

pub(super) struct Browser {
    site: Site,
    router: Router,
    cookies: Vec<(String, String)>,
    bearer: Option<String>,
}

pub(super) struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
    pub fn location(&self) -> &str {
        self.headers["location"].to_str().unwrap()
    }
}

impl Browser {
    pub fn new(site: &Site) -> Self {
        site.parts.put(DoorPart(Arc::new(AccountsDoor)));
        let hosts = Hosts::new("localhost:8080", true);
        let router = assemble(site, hosts, routes(Api::new()), pages(Pages::new())).0;
        Self { site: site.clone(), router, cookies: vec![], bearer: None }
    }

    async fn send(&mut self, method: Method, path: &str, kind: &str, body: String) -> Reply {
        let jar: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        request = request.header("content-type", kind).header("sec-fetch-site", "same-origin");
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        if let Some(token) = &self.bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let (parts, body) =
            self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap().into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(k, _)| k != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub async fn call(&mut self, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/api/v1{path}");
        self.send(method.parse().unwrap(), &path, "application/json", body).await
    }
    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, "text/html", String::new()).await
    }
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(form).unwrap();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body).await
    }
    pub fn has(&self, cookie: &str) -> bool {
        self.cookies.iter().any(|(k, _)| k == cookie)
    }
}

#[tokio::test]
async fn programs_join_sign_in_and_read_themselves() {
    let site = site();
    let mut program = Browser::new(&site);
    let sent = program.call("POST", "/auth/send-email-verification", json!({ "email": EMAIL })).await;
    assert_eq!((sent.status, sent.json()["expires_in_s"].clone()), (200, json!(300)));
    let code = letter(&site).await;
    let proof = program.call("POST", "/auth/verify-email-code", json!({ "email": EMAIL, "code": code })).await;
    let token = proof.json()["verification_token"].as_str().unwrap().to_owned();
    let mut form = json!({
        "email": EMAIL, "password": PASSWORD, "first_name": "Ana", "last_name": "Lima", "zip_code": "10024",
        "email_verification_token": token,
    });
    for (field, value) in [("role", json!("admin")), ("is_active", json!(true)), ("zip_code", json!("90210"))] {
        let mut bad = form.clone();
        bad[field] = value;
        assert_eq!(program.call("POST", "/auth/register", bad).await.status, 422, "{field}");
    }
    form["metadata"] = json!({ "referral_code": "ABC" });
    let made = program.call("POST", "/auth/register", form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(!program.has("sid"), "joining opens no session");
    let wrong = program.post("/api/v1/auth/login", &[("username", EMAIL), ("password", "not this one")]).await;
    assert_eq!((wrong.status, wrong.json()["code"].clone()), (401, json!("AUTH_INVALID_CREDENTIALS")));
    let right = program.post("/api/v1/auth/login", &[("username", EMAIL), ("password", PASSWORD)]).await.json();
    assert_eq!((&right["token_type"], &right["requires_2fa"]), (&json!("bearer"), &json!(false)));
    program.bearer = right["access_token"].as_str().map(str::to_owned);
    let me = program.call("GET", "/auth/me", Value::Null).await.json();
    assert_eq!(
        (&me["email"], &me["roles"], &me["timezone"]),
        (&json!(EMAIL), &json!(["student"]), &json!("America/New_York"))
    );
    assert_eq!(me["permissions"].as_array().unwrap().len(), 12);
    let changed = program.call("PATCH", "/auth/me", json!({ "zip_code": "11201", "timezone": "Europe/Berlin" })).await;
    assert_eq!(changed.json()["timezone"], "Europe/Berlin");
    let listed = program.call("GET", "/account/sessions", Value::Null).await.json();
    assert_eq!((&listed["items"][0]["current"], listed["items"].as_array().unwrap().len()), (&json!(true), 1));
    assert_eq!(program.call("POST", "/public/logout", Value::Null).await.status, 204);
    assert_eq!(program.call("GET", "/auth/me", Value::Null).await.status, 401);
}

#[tokio::test]
async fn the_challenge_is_asked_for_and_accepted() {
    let site = joined().await;
    let mut program = Browser::new(&site);
    let login = |token: Option<String>| json!({ "email": EMAIL, "password": PASSWORD, "captcha_token": token });
    for _ in 0..3 {
        program.call("POST", "/auth/login-with-session", json!({ "email": EMAIL, "password": "not this" })).await;
    }
    let asked = program.call("POST", "/auth/login-with-session", login(None)).await;
    assert_eq!((asked.status, asked.headers["x-captcha-required"].to_str().unwrap()), (428, "true"));
    let given = program.call("GET", "/auth/challenge", Value::Null).await.json();
    let (text, bits) = (given["challenge"].as_str().unwrap(), given["difficulty"].as_u64().unwrap());
    let solved = (0u64..).map(|n| format!("{text}:{n}")).find(|token| {
        use sha2::Digest as _;
        let hash = sha2::Sha256::digest(token.as_bytes());
        u64::from_be_bytes(hash[..8].try_into().unwrap()).leading_zeros() as u64 >= bits
    });
    let wrong = program.call("POST", "/auth/login-with-session", login(Some("nonsense".into()))).await;
    assert_eq!(wrong.status, 400);
    let entered = program.call("POST", "/auth/login-with-session", login(solved)).await;
    assert_eq!(entered.status, 200, "{}", entered.text);
    assert!(program.has("sid"));
}

#[tokio::test]
async fn people_join_on_plain_pages_and_come_back_to_where_they_were() {
    let site = site();
    let mut browser = Browser::new(&site);
    let first = browser.get("/signup?redirect=%2Fbook%2Fx&role=student").await;
    assert!(first.text.contains("value=\"/book/x\""), "{}", first.text);
    let bad = browser.post("/signup", &[("email", "nonsense")]).await;
    assert_eq!(bad.status, 422);
    assert!(bad.text.contains("value=\"nonsense\""));
    let sent = browser.post("/signup", &[("email", EMAIL), ("role", "student"), ("redirect", "/book/x")]).await;
    assert_eq!((sent.status, sent.location()), (303, "/signup/code"));
    let page = browser.get("/signup/code").await.text;
    let code =
        page.split("your code is").nth(1).unwrap().chars().filter(char::is_ascii_digit).take(6).collect::<String>();
    assert_eq!(browser.post("/signup/code", &[("code", "abc")]).await.status, 422);
    assert_eq!(browser.post("/signup/code", &[("code", &code)]).await.location(), "/signup/details");
    let details = |zip: &'static str, again: &'static str| {
        [
            ("first_name", "Ana"),
            ("last_name", "Lima"),
            ("zip_code", zip),
            ("password", PASSWORD),
            ("password_again", again),
        ]
    };
    assert_eq!(browser.post("/signup/details", &details("10024", "something else")).await.status, 422);
    let both = browser.post("/signup/details", &details("90210", "something else")).await;
    let marks = ["href=\"#zip_code\"", "href=\"#password_again\"", "2 things to correct"];
    assert!(both.status == 422 && marks.iter().all(|mark| both.text.contains(mark)), "all at once: {}", both.text);
    let outside = browser.post("/signup/details", &details("90210", PASSWORD)).await;
    assert!(outside.status == 422 && outside.text.contains("value=\"Ana\""));
    let done = browser.post("/signup/details", &details("10024", PASSWORD)).await;
    assert_eq!((done.status, done.location()), (303, "/book/x"));
    assert!(browser.has("sid") && !browser.has("joining"));
    assert_eq!(browser.get("/student/dashboard").await.status, 200);
    assert_eq!(browser.get("/login").await.location(), "/");
    assert_eq!(browser.post("/logout", &[]).await.location(), "/");
    assert_eq!(browser.get("/student/dashboard").await.location(), "/login?redirect=%2Fstudent%2Fdashboard");
}

#[tokio::test]
async fn signing_in_on_the_page_keeps_the_way_back_and_asks_for_patience() {
    let site = joined().await;
    let mut browser = Browser::new(&site);
    let form = |password: &'static str, pause: String| {
        vec![
            ("email", EMAIL.to_owned()),
            ("password", password.to_owned()),
            ("redirect", "//evil.example".to_owned()),
            ("pause", pause),
        ]
    };
    let mut pause = String::new();
    for _ in 0..4 {
        let fields = form("not this one", pause.clone());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let refused = browser.post("/login", &fields).await;
        assert_eq!(refused.status, 422);
        pause = refused.text.split("name=\"pause\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    }
    forward(&browser.site, 6);
    let fields = form(PASSWORD, pause);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let entered = browser.post("/login", &fields).await;
    assert_eq!((entered.status, entered.location()), (303, "/"), "a foreign address is not followed");
}

#[tokio::test]
async fn demo_people_are_one_press_away_in_a_sandbox() {
    let site = joined().await;
    let ana = DemoPerson {
        email: EMAIL.into(),
        password: PASSWORD.into(),
        role: Role::Student,
        name: "Ana Lima".into(),
        note: String::new(),
    };
    site.parts.put(DemoPeople(vec![ana]));
    let page = Browser::new(&site).get("/login").await.text;
    assert!(page.contains("Demo people") && page.contains(PASSWORD));
}

#[tokio::test]
async fn the_account_page_changes_facts_and_password() {
    let site = joined().await;
    let mut browser = Browser::new(&site);
    browser.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await;
    let profile = |zip: &'static str| {
        [
            ("first_name", "Ana"),
            ("last_name", "Lima"),
            ("phone", ""),
            ("zip_code", zip),
            ("timezone", "America/New_York"),
        ]
    };
    assert_eq!(browser.post("/account/profile", &profile("123")).await.status, 422);
    assert_eq!(browser.post("/account/profile", &profile("11201")).await.location(), "/student/dashboard?done=profile");
    let new = "seven red kites";
    let change = [("current_password", PASSWORD), ("password", new), ("password_again", new), ("username", EMAIL)];
    let before = browser.cookies.clone();
    assert_eq!(browser.post("/account/password", &change).await.location(), "/account/security?done=password");
    assert_ne!(browser.cookies, before, "the cookie is rotated");
    let page = browser.get("/account/security").await;
    assert!(page.status == 200 && page.text.contains("this one"));
    assert_eq!(browser.post("/account/sessions/end-all", &[]).await.location(), "/login");
    assert_eq!(browser.get("/account").await.status, 303);
}

#[tokio::test]
async fn admins_change_rights_with_a_fresh_proof_and_never_their_own() {
    let site = joined().await;
    let admin = ops::admin::NewAdmin {
        email: "boss@mail.example".into(),
        password: "a fine long password".into(),
        first_name: "Alex".into(),
        last_name: "Rivera".into(),
    };
    let boss = ops::admin::create(&site, admin).await.unwrap();
    let ana = site.read(|r| user_by_email(r, EMAIL)).unwrap().unwrap();
    let mut browser = Browser::new(&site);
    browser.post("/login", &[("email", "boss@mail.example"), ("password", "a fine long password")]).await;
    let path = |id: crate::base::id::UserId| format!("/admin/users/{id}/roles");
    let instructor = json!({ "roles": ["instructor"], "reason": "she teaches now" });
    let given = browser.call("PUT", &path(ana.id), instructor.clone()).await;
    assert_eq!((given.status, given.json()["roles"].clone()), (200, json!(["instructor"])));
    assert_eq!(browser.call("PUT", &path(boss.id), instructor.clone()).await.json()["code"], "SELF_GRANT");
    let odd = json!({ "grants": ["fly"] });
    assert_eq!(browser.call("PUT", &format!("/admin/users/{}/permissions", ana.id), odd).await.status, 422);
    forward(&site, 11 * 60);
    assert_eq!(browser.call("PUT", &path(ana.id), instructor).await.json()["code"], "REAUTH_REQUIRED");
    let again = browser.call("POST", "/auth/reauth", json!({ "password": "a fine long password" })).await;
    assert_eq!(again.status, 200);
    let out = browser.call("POST", &format!("/admin/users/{}/force-logout", ana.id), Value::Null).await;
    assert_eq!((out.status, out.json()["revoked"].clone()), (200, json!(0)));
}
