//! Live mode: strangers' money is real, so nothing of the sandbox exists and admins need a second factor.

use std::net::SocketAddr;

use instainstru::accounts::ops::admin::{NewAdmin, create};
use instainstru::accounts::rules::totp;
use instainstru::app::config::{Config, Environment};
use instainstru::app::start::{Running, start};
use reqwest::Method;
use serde_json::{Value, json};

use super::kit::{Answered, answered};

const PASSWORD: &str = "keep the house in order";

struct Live {
    running: Running,
    http: reqwest::Client,
    base: String,
    host: &'static str,
    _dir: tempfile::TempDir,
}

fn config(dir: &std::path::Path) -> Config {
    Config {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        base_url: Some("https://lessons.example".into()),
        data_dir: dir.to_owned(),
        stripe_secret_key: Some("sk_test_nothing".into()),
        stripe_webhook_secret: Some("whsec_nothing".into()),
        trusted_proxies: "127.0.0.1".into(),
        rehearse_writes: true,
        ..Config::default()
    }
}

impl Live {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let running = start(&config(dir.path()), None).await.unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let base = format!("http://{}", running.address);
        Self { running, http, base, host: "lessons.example", _dir: dir }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answered {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).header("host", self.host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        answered(request).await
    }

    async fn get(&self, path: &str, token: &str) -> Answered {
        self.ask(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], None).await
    }

    async fn admin(&self) -> String {
        let new = NewAdmin {
            email: "alex@lessons.example".into(),
            password: PASSWORD.into(),
            first_name: "Alex".into(),
            last_name: "Rivera".into(),
        };
        create(&self.running.site, new).await.unwrap();
        let form = [("username", "alex@lessons.example"), ("password", PASSWORD)];
        let login = self.http.post(format!("{}/api/v1/auth/login", self.base)).header("host", self.host).form(&form);
        answered(login).await.expect(200)["access_token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_sandbox_is_there_and_everything_is_encrypted() {
    let live = Live::start().await;
    for path in ["/sandbox/v1/clock", "/sandbox/v1/secrets", "/sandbox/v1/outbox", "/sandbox/v1/demo/accounts"] {
        assert_eq!(live.ask(Method::GET, path, &[], None).await.status, 404, "{path}");
    }
    let home = live.ask(Method::GET, "/", &[], None).await;
    assert_eq!(home.headers["strict-transport-security"], "max-age=63072000; includeSubDomains; preload");
    // A trusted proxy says that somebody came in the clear, and from where.
    let plain = live.ask(Method::GET, "/search?q=piano", &[("x-forwarded-proto", "http")], None).await;
    assert_eq!(plain.status, 308);
    assert_eq!(plain.headers["location"], "https://lessons.example/search?q=piano");
    let body = json!({ "email": "nobody@mail.example", "password": "a wrong password" });
    let door = "/api/v1/auth/login-with-session";
    for n in 0..20 {
        let ip = format!("203.0.113.{n}, 198.51.100.7");
        live.ask(Method::POST, door, &[("x-forwarded-for", &ip)], Some(body.clone())).await;
    }
    // What stands left of the proxy's own word is the client's invention.
    let spoofed =
        live.ask(Method::POST, door, &[("x-forwarded-for", "6.6.6.6, 198.51.100.7")], Some(body.clone())).await;
    assert_eq!((spoofed.status.as_u16(), &spoofed.headers["x-ratelimit-policy"]), (429, &"door".parse().unwrap()));
    let other = live.ask(Method::POST, door, &[("x-forwarded-for", "198.51.100.8")], Some(body)).await;
    assert_ne!(other.headers["x-ratelimit-policy"], "door");
    live.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_get_a_second_factor_before_anything_else() {
    let live = Live::start().await;
    let token = live.admin().await;
    for path in
        ["/api/v1/admin/settings", "/api/v1/admin/users/01ARZ3NDEKTSV4RRFFQ69G5FAV/force-logout", "/api/v1/bookings"]
    {
        let method = if path.ends_with("logout") { Method::POST } else { Method::GET };
        let bearer = format!("Bearer {token}");
        let answer = live.ask(method, path, &[("authorization", &bearer)], None).await;
        answer.refused(403, "SECOND_FACTOR_REQUIRED");
    }
    let page = live.get("/admin", &token).await;
    assert_eq!((page.status.as_u16(), &page.headers["location"]), (303, &"/account/two-factor".parse().unwrap()));
    assert_eq!(live.get("/account/two-factor", &token).await.status, 200);
    live.get("/api/v1/auth/me", &token).await.expect(200);
    let bearer = format!("Bearer {token}");
    let call = |path: &'static str, body: Value| {
        let live = &live;
        let bearer = bearer.clone();
        async move { live.ask(Method::POST, path, &[("authorization", &bearer)], Some(body)).await }
    };
    let setup = call("/api/v1/2fa/setup/initiate", json!({})).await.expect(200);
    let url = setup["otpauth_url"].as_str().unwrap();
    assert!(url.contains("secret="));
    let secret = super::door::base32(setup["secret"].as_str().unwrap());
    let step = u64::try_from(live.running.site.now().as_second() / 30).unwrap();
    call("/api/v1/2fa/setup/verify", json!({ "code": totp::code(&secret, step) })).await.expect(200);
    live.get("/api/v1/admin/settings", &token).await.expect(200);
    live.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_bound_to_the_host() {
    let live = Live::start().await;
    live.admin().await;
    let body = json!({ "email": "alex@lessons.example", "password": PASSWORD });
    let entered = live.ask(Method::POST, "/api/v1/auth/login-with-session", &[], Some(body)).await;
    let cookies: Vec<&str> = entered.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    for name in ["__Host-sid=", "__Host-did="] {
        let line =
            cookies.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {cookies:?}"));
        assert!(line.contains("; Path=/") && line.contains("; HttpOnly") && line.contains("; SameSite=Lax"), "{line}");
        assert!(line.contains("; Secure") && !line.contains("Domain"), "{line}");
    }
    live.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn production_does_not_start_without_keys() {
    let dir = tempfile::tempdir().unwrap();
    let production = Config { environment: Environment::Production, ..config(dir.path()) };
    let keyless = Config { stripe_secret_key: None, ..production.clone() };
    assert!(keyless.check().unwrap_err().contains("stripe_secret_key"));
    let refused = start(&production, None).await.err().expect("it does not start");
    assert!(refused.contains("keys new"), "{refused}");
    instainstru::site::Seal::add_key(dir.path(), &instainstru::base::secret::Entropy::system()).unwrap();
    start(&production, None).await.unwrap().stop().await;
}
