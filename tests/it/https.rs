//! A marketplace under a name of its own: its certificate is got, kept and renewed, and everything works behind it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use instainstru::app::config::Config;
use instainstru::app::start::start;
use reqwest::header::LOCATION;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use crate::kit::{Issuer, TestApp, http};

const NAME: &str = "school.example";
const START: &str = "2026-11-10T12:00:00Z";

/// The certificate that somebody sees who asks for a name, if they get through.
async fn seen(app: &TestApp, issuer: &Issuer, name: &'static str) -> Option<Vec<u8>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(issuer.root().as_bytes()).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(app.addresses().0).await.unwrap();
    let name = ServerName::try_from(name).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    Some(stream.get_ref().1.peer_certificates().unwrap()[0].to_vec())
}

/// Whatever comes after a while, or the test has failed.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not come");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_gets_its_certificate_and_everything_works_behind_it() {
    let issuer = Issuer::open().await;
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("https");
    let app = TestApp::named(dir, Some(START), NAME, &issuer).await;
    let plain = app.addresses().1.unwrap();
    assert_eq!(seen(&app, &issuer, NAME).await, None, "no certificate, no greeting");
    issuer.leads_to(plain);
    until("the certificate", async || seen(&app, &issuer, NAME).await).await;
    assert_eq!(issuer.signed(), 1);
    for file in ["certificate.pem", "account.json"] {
        assert_eq!(mode(&kept.join(file)), 0o600, "{file}");
    }
    // Only our name is greeted, and only our name is answered.
    assert_eq!(seen(&app, &issuer, "other.example").await, None);
    let answer = app.get("/api/v1/ready").await;
    assert_eq!(answer.headers["strict-transport-security"], "max-age=63072000; includeSubDomains; preload");
    assert_eq!(answer.expect(200)["status"], "ok");
    let stray = app.http.get(format!("{}/", app.base)).header("host", "other.example").send().await.unwrap();
    assert_eq!(stray.status(), 421);
    // Port 80 leads there, whoever is asked for, with path and query.
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).tls_certs_only([]).build().unwrap();
    for host in [NAME, "other.example"] {
        let url = format!("http://{plain}/search?q=piano%20tomorrow");
        let sent = http.get(url).header("host", host).send().await.unwrap();
        let there = sent.headers()[LOCATION].to_str().unwrap();
        assert_eq!((sent.status().as_u16(), there), (308, "https://school.example/search?q=piano%20tomorrow"));
    }
    let unasked = http.get(format!("http://{plain}/.well-known/acme-challenge/x")).send().await.unwrap();
    assert_eq!(unasked.status(), 404);
    // People join, with cookies that only https carries and the address they come from; Stripe's events arrive.
    let teacher = app.teacher("sarah").await;
    let sessions = teacher.person.get("/api/v1/account/sessions").await.expect(200);
    assert_eq!(sessions["items"][0]["ip"], "127.0.0.1");
    let body = json!({ "email": teacher.person.email, "password": crate::kit::PASSWORD });
    let entered = app.post("/api/v1/auth/login-with-session", body).await;
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-sid=") && cookie.contains("Secure"), "{cookie}");
    let secrets = app.get("/sandbox/v1/secrets").await.expect(200);
    let key = |name: &str| secrets[name].as_str().unwrap().to_owned();
    until("an event of Stripe's", async || {
        let scraped = app.http.get(format!("{}/api/v1/internal/metrics", app.base));
        let scraped = scraped.basic_auth(key("metrics_user"), Some(key("metrics_password"))).send().await.unwrap();
        let text = scraped.text().await.unwrap();
        text.contains("instainstru_stripe_webhooks_total{status=\"processed\"}").then_some(())
    })
    .await;
    // Another issuer is asked at once: the first one may have been there to try things out.
    let (mut app, other) = (app, Issuer::open().await);
    let app = TestApp::named(app.close().await, None, NAME, &other).await;
    other.leads_to(app.addresses().1.unwrap());
    until("the other issuer's certificate", async || seen(&app, &other, NAME).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_certificate_serves_while_the_issuer_is_away_and_is_renewed_when_it_is_back() {
    let issuer = Issuer::open().await;
    let dir = tempfile::tempdir().unwrap();
    let old = issuer.chain(NAME, 85);
    std::fs::create_dir(dir.path().join("https")).unwrap();
    std::fs::write(dir.path().join("https/certificate.pem"), &old).unwrap();
    issuer.is_away(true);
    let mut app = TestApp::named(dir, Some(START), NAME, &issuer).await;
    let old = CertificateDer::from_pem_slice(old.as_bytes()).unwrap().to_vec();
    assert_eq!(seen(&app, &issuer, NAME).await.as_ref(), Some(&old));
    let unwell = until("the trouble", async || {
        let ready = app.get("/api/v1/ready").await.expect(200);
        (ready["certificate_healthy"] == false).then_some(ready)
    });
    assert_eq!(unwell.await["status"], "degraded");
    assert_eq!(seen(&app, &issuer, NAME).await.as_ref(), Some(&old));
    let told = doctor(&app);
    assert!(
        told.contains("note https      No certificate for school.example was issued, and the old one serves"),
        "{told}"
    );
    let dir = app.close().await;

    issuer.is_away(false);
    let app = TestApp::named(dir, None, NAME, &issuer).await;
    issuer.leads_to(app.addresses().1.unwrap());
    until("another certificate", async || seen(&app, &issuer, NAME).await.filter(|seen| *seen != old)).await;
    assert_eq!(app.get("/api/v1/ready").await.expect(200)["certificate_healthy"], Value::Bool(true));
    assert_eq!(issuer.signed(), 1, "it was asked once");
    let told = doctor(&app);
    assert!(told.contains("ok   https      the certificate for school.example is good until"), "{told}");
}

/// What `doctor` says of this marketplace; the name leads nowhere in a test, so it is not content.
fn doctor(app: &TestApp) -> String {
    let site = app.site();
    let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
    command.arg("--data-dir").arg(&site.data_dir).arg("doctor").current_dir(&site.data_dir);
    command.env("INSTAINSTRU_DOMAIN", NAME).env("INSTAINSTRU_PLAIN_BIND", "127.0.0.1:0");
    let output = command.env("INSTAINSTRU_BIND", "127.0.0.1:0").output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_elsewhere_gets_none_and_the_reason_is_told() {
    let issuer = Issuer::open().await;
    // Somebody else's web server answers there.
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    issuer.leads_to(elsewhere.local_addr().unwrap());
    tokio::spawn(axum::serve(elsewhere, axum::Router::new().fallback(async || "It works!")).into_future());
    let app = TestApp::named(tempfile::tempdir().unwrap(), Some(START), NAME, &issuer).await;
    let told =
        until("the reason", async || std::fs::read_to_string(app.site().data_dir.join("https/failure")).ok()).await;
    assert!(told.contains("there is none yet") && told.contains("It works!") && told.contains("(DNS)"), "{told}");
    assert!(doctor(&app).contains("BAD  https      No certificate for school.example was issued"));
    assert_eq!((issuer.signed(), seen(&app, &issuer, NAME).await), (0, None));
    let plain = app.addresses().1.unwrap();
    assert_eq!(
        http().get(format!("http://{plain}/.well-known/acme-challenge/token-0")).send().await.unwrap().status(),
        404
    );
    // Who speaks no TLS is not answered.
    let mut stranger = TcpStream::connect(app.addresses().0).await.unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\nHost: school.example\r\n\r\n").await.unwrap();
    let mut heard = Vec::new();
    drop(stranger.read_to_end(&mut heard).await);
    assert!(!String::from_utf8_lossy(&heard).contains("HTTP/"), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Config {
        domain: Some(NAME.into()),
        bind: "127.0.0.1:0".parse().unwrap(),
        plain_bind: taken.local_addr().unwrap(),
        data_dir: dir.path().join("data"),
        ..Config::default()
    };
    config.settle();
    let why = start(&config, None).await.err().unwrap();
    assert!(why.contains(&taken.local_addr().unwrap().to_string()) && why.contains("certificate's issuer"), "{why}");
    assert!(!config.data_dir.exists(), "nothing was begun");
}
