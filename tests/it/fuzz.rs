//! Bytes nobody meant, at every place that reads bytes from outside: cookies, tokens, queries, forms, JSON, multipart,
//! webhooks, dates, ids, the request line itself. Nothing may answer 5xx, and the server must still answer afterwards. A
//! short form: `cargo bench --bench fuzz` goes on for as long as one likes and watches the memory.

mod bytes;

use std::time::Duration;

use instainstru::base::secret::Entropy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::kit::TestApp;
use bytes::{Dice, PLACES};

const TRIES: usize = 150;

/// The status of the answer; `None` when the server just hung up on nonsense.
async fn send(address: &str, bytes: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    drop(tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await.expect("an end"));
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_nobody_meant_are_refused_and_forgotten() {
    let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
    let address = app.base.trim_start_matches("http://").to_owned();
    for (n, (place, make)) in PLACES.into_iter().enumerate() {
        let dice = Dice(Entropy::seeded(n as u64));
        for _ in 0..TRIES {
            let bytes = make(&dice);
            let status = send(&address, &bytes).await;
            assert!(
                status.is_none_or(|status| status < 500),
                "{place}: {status:?} to {}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
    app.get("/api/v1/services/categories").await.expect(200);
}
