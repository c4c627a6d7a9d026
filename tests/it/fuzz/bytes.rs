//! Bytes that parsers do not expect, the same for the same seed: for the test here and for `benches/fuzz.rs`.

use instainstru::base::secret::Entropy;

/// Numbers that replay: the same seed gives the same bytes.
pub struct Dice(pub Entropy);

impl Dice {
    pub fn below(&self, n: usize) -> usize {
        usize::from(u16::from_be_bytes(self.0.bytes::<2>())) % n.max(1)
    }

    pub fn pick<'a>(&self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// Pieces that parsers care about, between bytes that they do not expect.
    pub fn text(&self, pieces: &[&str]) -> Vec<u8> {
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

    /// The same as [`Self::text`], without what would end a header line.
    pub fn line(&self, pieces: &[&str]) -> Vec<u8> {
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
pub type Make = fn(&Dice) -> Vec<u8>;

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

pub const DATES: &[&str] = &[
    "2026-11-10",
    "2024-02-29",
    "2026-02-30",
    "9999-12-31",
    "-009999-01-01",
    "0000-00-00",
    "24:00",
    "23:59:60",
    "T",
    "Z",
    "+23:59",
    "-25:00",
    "[America/New_York]",
    "America/New_York",
    "99999999999",
    "P1Y",
    ".000000000000",
    "tomorrow",
    "next",
    "feb",
    "31st",
    "12/31",
];

pub const PLACES: [(&str, Make); 10] = [
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
    ("dates", |d| {
        let some = |d: &Dice| String::from_utf8_lossy(&d.line(DATES)).chars().filter(char::is_ascii_graphic).collect();
        let (first, second): (String, String) = (some(d), some(d));
        let path = d.pick(&[
            "/api/v1/public/instructors/01ARZ3NDEKTSV4RRFFQ69G5FAV/availability?start_date=",
            "/sandbox/v1/search/parse?q=piano+tomorrow&now=",
            "/api/v1/search?q=piano&date=",
            "/sandbox/v1/jobs?since=",
            "/api/v1/search?q=piano+",
        ]);
        request(&format!("GET {path}{first}&end_date={second}&time_after={second}&tz={first}"), b"", b"")
    }),
    ("ids", |d| {
        let id = d.line(&[
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "8",
            "Z",
            "%30",
            "0",
            "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "I",
            "%00",
            "é",
        ]);
        let id: String = String::from_utf8_lossy(&id).chars().filter(char::is_ascii_graphic).collect();
        let path = d.pick(&[
            "/api/v1/instructors/",
            "/api/v1/password-reset/verify/",
            "/instructors/",
            "/book/01ARZ3NDEKTSV4RRFFQ69G5FAV/",
            "/setup/",
            "/unsubscribe/",
        ]);
        request(&format!("GET {path}{id}"), b"", b"")
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
