//! Bytes nobody meant, at every place that reads bytes from outside: cookies, tokens, queries, forms, JSON, multipart,
//! webhooks, the request line itself. Nothing may answer 5xx, and the server must still answer afterwards.
//!
//! `INSTAINSTRU_FUZZ_SECONDS` says how long each place is tried (default: a few hundred tries).

use std::time::{Duration, Instant};

use instainstru::base::secret::Entropy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::kit::TestApp;

const TRIES: usize = 150;

/// Numbers that replay: the same seed gives the same bytes.
struct Dice(Entropy);

impl Dice {
    fn below(&self, n: usize) -> usize {
        usize::from(u16::from_be_bytes(self.0.bytes::<2>())) % n.max(1)
    }

    fn pick<'a>(&self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// Pieces that parsers care about, between bytes that they do not expect.
    fn text(&self, pieces: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        for _ in 0..self.below(12) {
            match self.below(4) {
                0 => out.extend((0..self.below(20)).map(|_| self.0.bytes::<1>()[0])),
                1 => out.extend(std::iter::repeat_n(self.0.bytes::<1>()[0], self.below(2000))),
                _ => out.extend_from_slice(self.pick(pieces).as_bytes()),
            }
        }
        out
    }

    /// The same without what would end a header line.
    fn line(&self, pieces: &[&str]) -> Vec<u8> {
        self.text(pieces).into_iter().filter(|b| !matches!(b, b'\r' | b'\n' | 0)).collect()
    }
}

fn request(head: &str, extra: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = format!("{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n").into_bytes();
    out.extend_from_slice(extra);
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
    out
}

fn header(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b": ", value, b"\r\n"].concat()
}

/// What one try sends.
type Make = fn(&Dice) -> Vec<u8>;

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "1e999",
    "-0",
    "\\u0000",
    "\\ud800",
    "{\"email\":",
    "\"password\":",
    "\"a@b.co\"",
    "18446744073709551616",
    "true",
    "\"x\":",
    "\u{feff}",
    "[[[[[[[[[[[[[[",
];

const PLACES: [(&str, Make); 8] = [
    ("cookies", |d| {
        let cookie = d.line(&[
            "sid=",
            "did=",
            "__Host-sid=",
            "theme=",
            "second_step=",
            ";",
            "=",
            "tfa_device_trust=",
            "a.b",
            "guest_id=",
        ]);
        let path = d.pick(&["/", "/login/code", "/account", "/api/v1/auth/me"]);
        request(&format!("GET {path}"), &header("Cookie", &cookie), b"")
    }),
    ("tokens", |d| {
        let token = d.line(&["Bearer ", "bearer", " ", "Basic ", "ey", ".", "AAAA"]);
        request("GET /api/v1/auth/me", &header("Authorization", &token), b"")
    }),
    ("queries", |d| {
        let escapes = d.line(&[
            "%", "%00", "%ff", "%c0%af", "&", "=", "q=", "page=", "cursor=", "limit=", "date=", "lat=", "+", "ab", "[]",
        ]);
        let query: String = escapes.into_iter().filter(u8::is_ascii_graphic).map(char::from).collect();
        let path = d.pick(&["/api/v1/search", "/search", "/api/v1/instructors", "/api/v1/services/catalog", "/login"]);
        request(&format!("GET {path}?{query}"), b"", b"")
    }),
    ("JSON", |d| {
        let path = d.pick(&[
            "/api/v1/auth/login-with-session",
            "/api/v1/auth/register",
            "/api/v1/auth/send-email-verification",
            "/api/v1/2fa/verify-login",
            "/api/v1/pricing/preview",
            "/api/v1/search/click",
            "/api/v1/password-reset/confirm",
        ]);
        request(&format!("POST {path}"), &header("Content-Type", b"application/json"), &d.text(JSON))
    }),
    ("forms", |d| {
        let body = d.text(&[
            "username=",
            "password=",
            "&",
            "%",
            "%ff",
            "=",
            "+",
            "captcha_token=",
            "email=",
            "redirect=//x",
            "pause=",
            "a:b",
        ]);
        let path =
            d.pick(&["/login", "/signup", "/forgot-password", "/api/v1/auth/login", "/theme", "/reset-password"]);
        request(&format!("POST {path}"), &header("Content-Type", b"application/x-www-form-urlencoded"), &body)
    }),
    ("multipart", |d| {
        let kind = d.line(&["multipart/form-data", "; boundary=", "x", "\"", "application/json"]);
        let body = d.text(&[
            "--x\r\n",
            "Content-Disposition: form-data; name=\"a\"",
            "\r\n\r\n",
            "--x--",
            "filename=\"../../a\"",
        ]);
        request("POST /login", &header("Content-Type", &kind), &body)
    }),
    ("webhooks", |d| {
        let signature = d.line(&["t=", "v1=", ",", "1700000000", "00ff", "=", "-1", "99999999999999999999"]);
        let body = d.text(&[
            "{\"id\":\"evt_1\"",
            "\"type\":",
            "\"object\":",
            "payment_intent.succeeded",
            "}",
            "{",
            "\"data\":",
        ]);
        request("POST /api/v1/payments/webhooks/stripe", &header("Stripe-Signature", &signature), &body)
    }),
    ("request lines and paths", |d| {
        let path = d.line(&[
            "/",
            "..",
            "%2e%2e",
            "%2f",
            "assets/",
            "api/v1/",
            "password-reset/verify/",
            "instructors/",
            "%",
            "sitemap.xml",
            "setup/",
        ]);
        let mut out =
            d.pick(&["GET /", "POST /", "PATCH /", "X", "GET http://evil.example/", "OPTIONS *"]).as_bytes().to_vec();
        out.extend(path.into_iter().filter(|b| *b != b' '));
        let other = d.line(&[
            "X-Forwarded-For: 1.2.3.4",
            "Content-Encoding: gzip",
            "Origin: null",
            "Idempotency-Key: ",
            "Range: bytes=0-",
            ":",
        ]);
        out.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        out.extend_from_slice(&other);
        out.extend_from_slice(b"\r\n\r\n");
        out
    }),
];

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
    let seconds: Option<u64> = std::env::var("INSTAINSTRU_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let mut tried = 0;
    for (n, (place, make)) in PLACES.into_iter().enumerate() {
        let dice = Dice(Entropy::seeded(n as u64 + seconds.unwrap_or_default()));
        let (started, mut tries) = (Instant::now(), 0);
        while seconds.map_or(tries < TRIES, |s| started.elapsed() < Duration::from_secs(s)) {
            let bytes = make(&dice);
            let status = send(&address, &bytes).await;
            assert!(
                status.is_none_or(|status| status < 500),
                "{place}: {status:?} to {}",
                String::from_utf8_lossy(&bytes)
            );
            tries += 1;
        }
        tried += tries;
        if seconds.is_some() {
            eprintln!("{place}: {tries} tries, none answered 5xx");
        }
    }
    assert!(tried >= PLACES.len());
    app.get("/api/v1/services/categories").await.expect(200);
}
