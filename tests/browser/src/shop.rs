//! A running demo marketplace whose clock the test moves.

use std::net::SocketAddr;

use instainstru::app::config::Config;
use instainstru::app::start::{Running, start};
use serde_json::{Value, json};

pub struct Shop {
    running: Option<Running>,
    pub base: String,
    http: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Shop {
    /// The demo marketplace at this instant.
    pub async fn open(clock: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config { bind, data_dir: dir.path().to_owned(), ..Config::default() };
        let running = start(&config, Some(clock.parse().expect("an instant"))).await.expect("the program starts");
        let base = format!("http://{}", running.address);
        Self { running: Some(running), base, http: reqwest::Client::new(), _dir: dir }
    }

    pub async fn advance_hours(&self, hours: i64) {
        self.post("/sandbox/v1/clock", json!({ "advance_seconds": hours * 3600 })).await;
    }

    pub async fn settle(&self) {
        self.post("/sandbox/v1/jobs/run", json!({})).await;
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.base)).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    /// The six digits that were mailed to an address.
    pub async fn email_code(&self, to: &str) -> String {
        self.settle().await;
        let mails = self.get(&format!("/sandbox/v1/outbox?to={to}&template=email_code&limit=1")).await;
        mails["items"][0]["data"]["code"].as_str().unwrap_or_else(|| panic!("no code in {mails}")).to_owned()
    }

    /// A demo person's password.
    pub async fn password_of(&self, email: &str) -> String {
        let accounts = self.get("/sandbox/v1/demo/accounts").await;
        let found = accounts["items"].as_array().and_then(|all| all.iter().find(|a| a["email"] == email));
        found.and_then(|a| a["password"].as_str()).unwrap_or_else(|| panic!("{email} is not in the demo")).to_owned()
    }

    pub async fn close(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}
