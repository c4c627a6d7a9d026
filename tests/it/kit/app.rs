//! One running program. When it is dropped the store is verified, consumers must have caught up and no job be dead.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use instainstru::app::config::Config;
use instainstru::app::start::{Running, start};
use instainstru::app::{demo, rooms};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::Issuer;

pub struct TestApp {
    running: Option<Running>,
    pub base: String,
    pub http: reqwest::Client,
    dir: Option<tempfile::TempDir>,
    /// Set by a test that leaves broken jobs behind on purpose.
    pub dead_jobs_expected: bool,
}

/// Status, headers and body of an answer.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e} in {} {}", self.status, self.text))
    }
    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
    /// Asserts a problem with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        body
    }
}

impl TestApp {
    /// An empty marketplace at the given instant; the clock runs on.
    pub async fn empty_at(clock: &str) -> Self {
        Self::launch(tempfile::tempdir().unwrap(), clock, false).await
    }

    /// The demo marketplace at the given instant. It is played once per instant; every test gets a copy.
    pub async fn demo_at(clock: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_dir(&golden_demo(clock).await, dir.path());
        Self::launch(dir, clock, false).await
    }

    /// A marketplace in a directory that is there already.
    pub async fn on(dir: tempfile::TempDir, clock: &str) -> Self {
        Self::launch(dir, clock, false).await
    }

    async fn launch(dir: tempfile::TempDir, clock: &str, demo: bool) -> Self {
        let running = start(&Self::config(&dir, demo), Some(clock.parse().unwrap())).await.unwrap();
        let base = format!("http://{}", running.address);
        let http = builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { running: Some(running), base, http, dir: Some(dir), dead_jobs_expected: false }
    }

    fn config(dir: &tempfile::TempDir, demo: bool) -> Config {
        Config {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: dir.path().to_owned(),
            demo,
            rehearse_writes: true,
            ..Config::default()
        }
    }

    /// An empty marketplace under a name of its own; its clients trust the issuer, and find the name here.
    pub async fn named(dir: tempfile::TempDir, clock: Option<&str>, name: &str, issuer: &Issuer) -> Self {
        let mut config = Config {
            domain: Some(name.to_owned()),
            plain_bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            acme_directory: Some(issuer.directory()),
            ..Self::config(&dir, false)
        };
        config.settle();
        let running = start(&config, clock.map(|at| at.parse().unwrap())).await.unwrap();
        let base = format!("https://{name}");
        let root = reqwest::Certificate::from_pem(issuer.root().as_bytes()).unwrap();
        let http = builder().tls_certs_only([root]).resolve(name, running.address);
        let http = http.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { running: Some(running), base, http, dir: Some(dir), dead_jobs_expected: false }
    }

    /// Where it answers, and where it sends people to https.
    pub fn addresses(&self) -> (SocketAddr, Option<SocketAddr>) {
        let running = self.running.as_ref().unwrap();
        (running.address, running.plain_address)
    }

    /// Stops the program, checked, and hands over its directory.
    pub async fn close(&mut self) -> tempfile::TempDir {
        let running = self.running.take().unwrap();
        Self::check(&running, self.dead_jobs_expected).await;
        running.stop().await;
        self.dir.take().unwrap()
    }

    pub fn site(&self) -> &instainstru::site::Site {
        &self.running.as_ref().unwrap().site
    }

    pub async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Answered {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        answered(request).await
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.ask(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answered {
        self.ask(Method::POST, path, None, Some(body)).await
    }

    /// Moves the clock on; everything due meanwhile has run afterwards.
    pub async fn advance(&self, seconds: i64) -> Value {
        self.post("/sandbox/v1/clock", json!({ "advance_seconds": seconds })).await.expect(200)
    }

    /// Runs what is due and lets every consumer catch up.
    pub async fn settle(&self) {
        self.post("/sandbox/v1/jobs/run", json!({})).await.expect(200);
    }

    /// The newest mail of a template to an address.
    pub async fn mail(&self, to: &str, template: &str) -> Value {
        self.settle().await;
        let query = format!("/sandbox/v1/outbox?to={}&template={template}&limit=1", to.replace('+', "%2B"));
        self.get(&query).await.expect(200)["items"][0].clone()
    }

    async fn check(running: &Running, dead_jobs_expected: bool) {
        running.runner.catch_up().await.unwrap();
        let report = running.site.store.verify(&rooms::catalogue()).unwrap();
        assert!(report.wrong.is_empty(), "the store is not in order: {:#?}", report.wrong);
        if !dead_jobs_expected {
            let dead = running.runner.dead().unwrap();
            assert!(dead.is_empty(), "dead jobs: {dead:#?}");
        }
    }
}

/// Where the demo of an instant lies: played when it is first asked for, and again whenever the program has changed.
async fn golden_demo(clock: &str) -> PathBuf {
    static PLAYING: Mutex<()> = Mutex::const_new(());
    let _one_at_a_time = PLAYING.lock().await;
    let program = std::fs::metadata(std::env::current_exe().unwrap()).unwrap();
    let made_by = format!("{:?} {}", program.modified().unwrap(), program.len());
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo").join(clock.replace(':', "-"));
    let label = dir.with_extension("made-by");
    if std::fs::read_to_string(&label).is_ok_and(|by| by == made_by) {
        return dir;
    }
    drop(std::fs::remove_dir_all(&dir));
    let config = Config { data_dir: dir.clone(), ..Config::default() };
    demo::fill_when_empty(&config, Some(clock.parse().unwrap())).await.unwrap();
    std::fs::write(label, made_by).unwrap();
    dir
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Nobody here speaks TLS: reading the machine's certificates would only take time.
fn builder() -> reqwest::ClientBuilder {
    instainstru::outside::choose_tls();
    reqwest::Client::builder().tls_certs_only([])
}

/// A client for what is no [`TestApp`].
pub fn http() -> reqwest::Client {
    builder().build().unwrap()
}

pub async fn answered(request: reqwest::RequestBuilder) -> Answered {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let page = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    assert!(!page || !forms_nest(&text), "a form inside a form, which no browser sends: {text}");
    Answered { status, headers, text }
}

fn forms_nest(page: &str) -> bool {
    let mut open = false;
    page.split('<').any(|tag| {
        let begins = tag.starts_with("form ") || tag.starts_with("form>");
        let nests = begins && open;
        open = begins || open && !tag.starts_with("/form>");
        nests
    })
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let failing = std::thread::panicking();
        let dead_jobs_expected = self.dead_jobs_expected;
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                if !failing {
                    Self::check(&running, dead_jobs_expected).await;
                }
                running.stop().await;
            });
        });
    }
}
