//! How many lessons can be booked: the real server over HTTP, a slot held and paid for by each client in turn.
//! `cargo bench --bench booking`; the last line is JSON.
//!
//! One booking is `POST /bookings` and `POST /payments/checkout` of a lesson less than a day ahead, so that the stand-in
//! of Stripe authorises the card each time. Store and stand-in sync what they write, as in production.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use instainstru::accounts::hasher::hash_now;
use instainstru::accounts::ops::register::{NewPerson, add};
use instainstru::app::config::Config;
use instainstru::app::start::{Running, start};
use instainstru::availability::ops::week::{Editor, SaveWeek, save_week};
use instainstru::availability::rules::bits::Tag;
use instainstru::availability::rules::week::Wanted;
use instainstru::base::access::Role;
use instainstru::base::id::{OfferingId, UserId};
use instainstru::base::money::Cents;
use instainstru::base::price::Place;
use instainstru::base::time::{WallTime, monday_of, plus_days, plus_hours, today_in};
use instainstru::catalog::catalogue;
use instainstru::instructors::model::{CheckStatus, Level, Offering, Terms};
use instainstru::instructors::ops::create::create_for_new_user;
use instainstru::instructors::ops::revise::revise;
use instainstru::instructors::tables::OFFERINGS;
use instainstru::places::Gazetteer;
use instainstru::site::Mode;
use instainstru::site::audit::By;
use serde_json::{Map, Value, json};

const CLIENTS: [usize; 3] = [1, 50, 150];
const RUN: Duration = Duration::from_secs(8);
/// As many students; each pair of an hour is one booking.
const TEACHERS: usize = 1_200;
/// A Tuesday morning in New York, so that a working day of slots lies within the next 24 hours.
const BEGIN: &str = "2026-11-10T12:00:00Z";
const DATE: &str = "2026-11-10";
const HOURS: std::ops::Range<usize> = 9..23;
const PASSWORD: &str = "lantern orchard velvet";

struct Shop {
    running: Running,
    base: String,
    http: reqwest::Client,
    teachers: Vec<(UserId, OfferingId)>,
    /// Sessions of the students.
    tokens: Vec<String>,
    next: AtomicUsize,
}

fn newcomer(name: String, role: Role, hash: &str) -> NewPerson {
    NewPerson {
        email: format!("{name}@bench.example"),
        password_hash: hash.to_owned(),
        first_name: name,
        last_name: "Bench".into(),
        phone: None,
        zip_code: "10024".into(),
        timezone: "America/New_York".into(),
        role,
    }
}

impl Shop {
    async fn open(dir: &std::path::Path) -> Self {
        let config = Config {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: dir.to_owned(),
            demo: false,
            ..Config::default()
        };
        let running = start(&config, Some(BEGIN.parse().unwrap())).await.unwrap();
        let base = format!("http://{}", running.address);
        let http = reqwest::Client::builder().pool_max_idle_per_host(200).build().unwrap();
        let (teachers, tokens) = (Vec::new(), Vec::new());
        let mut shop = Self { running, base, http, teachers, tokens, next: AtomicUsize::new(0) };
        shop.post("", "/sandbox/v1/switches", &json!({ "rate_limits": "off", "login_challenge": false })).await;
        let hash = tokio::task::spawn_blocking(|| hash_now(PASSWORD).unwrap()).await.unwrap();
        for n in 0..TEACHERS {
            let teacher = shop.teacher(n).await;
            shop.teachers.push(teacher);
            let token = shop.student(format!("student{n}"), hash.clone()).await;
            shop.tokens.push(token);
        }
        shop
    }

    async fn teacher(&self, n: usize) -> (UserId, OfferingId) {
        let piano = catalogue().service_by_name("Piano").unwrap().id;
        self.running
            .site
            .write(move |tx| {
                let user = add(tx, &newcomer(format!("teacher{n}"), Role::Instructor, ""))?;
                create_for_new_user(tx, &user, "New York", &Gazetteer::builtin())?;
                let now = tx.now();
                revise(tx, user.id, "live", |profile| {
                    profile.buffer_time_minutes = 0;
                    profile.check.status = CheckStatus::Passed;
                    profile.check.valid_until = Some(plus_hours(now, 24 * 300));
                    profile.is_live = true;
                    Ok(())
                })?;
                let editor = Editor::of(tx, Mode::Sandbox, now, user.id, &By::nobody())?;
                let monday = monday_of(today_in(now, &instainstru::base::time::zone("America/New_York").unwrap()));
                let window = |day| Wanted {
                    date: plus_days(monday, day),
                    start: WallTime::clamped(0),
                    end: WallTime::END,
                    tag: Tag::Any,
                };
                let windows = (0..7).map(window).collect();
                let week =
                    SaveWeek { week_start: Some(monday), windows, clear_existing: true, version: None, force: true };
                save_week(tx, &editor, &week)?;
                let offering = Offering {
                    id: tx.new_id(),
                    instructor_id: user.id,
                    service_id: piano,
                    terms: Terms {
                        hourly_rate: Cents(8000),
                        format_rates: Default::default(),
                        description: None,
                        requirements: None,
                        durations: vec![60],
                        places: vec![Place::Remote],
                        levels: Level::ALL.into(),
                        age_groups: Default::default(),
                        equipment: Vec::new(),
                    },
                    position: 0,
                    is_active: true,
                    created_at: now,
                    updated_at: now,
                };
                tx.put(&OFFERINGS, &offering.id, &offering)?;
                Ok((user.id, offering.id))
            })
            .await
            .unwrap()
    }

    /// Signed in, with a saved card.
    async fn student(&self, name: String, hash: String) -> String {
        let person = newcomer(name.clone(), Role::Student, &hash);
        self.running.site.write(move |tx| add(tx, &person).map(drop)).await.unwrap();
        let form = [("username", format!("{name}@bench.example")), ("password", PASSWORD.to_owned())];
        let answer = self.http.post(format!("{}/api/v1/auth/login", self.base)).form(&form).send().await.unwrap();
        let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
        let (status, card) = self
            .post(
                &token,
                "/api/v1/payments/methods",
                &json!({ "payment_method_id": "pm_card_visa", "set_as_default": true }),
            )
            .await;
        assert_eq!(status, 200, "{card}");
        token
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// One lesson held and paid for: the next pair of teacher and student, hour by hour. `false` when the day is full.
    async fn book(&self) -> bool {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let (who, hour) = (n % TEACHERS, HOURS.start + n / TEACHERS);
        if hour >= HOURS.end {
            return false;
        }
        let ((instructor, offering), token) = (self.teachers[who], &self.tokens[who]);
        let wish = json!({ "instructor_id": instructor, "instructor_service_id": offering, "booking_date": DATE,
                           "start_time": format!("{hour:02}:00"), "selected_duration": 60 });
        let (status, made) = self.post(token, "/api/v1/bookings", &wish).await;
        assert_eq!(status, 201, "{made}");
        let (status, paid) = self.post(token, "/api/v1/payments/checkout", &json!({ "booking_id": made["id"] })).await;
        assert_eq!((status, &paid["status"]), (200, &json!("authorized")), "{paid}");
        true
    }
}

/// What so many clients at once come to.
async fn level(shop: &Arc<Shop>, clients: usize, out: &mut Map<String, Value>) {
    let before = shop.running.site.store.figures().commits;
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let shop = shop.clone();
        running.spawn(async move {
            let mut millis = Vec::new();
            while began.elapsed() < RUN {
                let one = Instant::now();
                if !shop.book().await {
                    break;
                }
                millis.push(one.elapsed().as_secs_f64() * 1000.0);
            }
            millis
        });
    }
    let mut millis: Vec<f64> = running.join_all().await.into_iter().flatten().collect();
    let seconds = began.elapsed().as_secs_f64();
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| millis[((millis.len() - 1) as f64 * share) as usize];
    let commits = shop.running.site.store.figures().commits - before;
    let (rate, p50, p99) = (millis.len() as f64 / seconds, at(0.50), at(0.99));
    let fsyncs = commits as f64 / millis.len() as f64;
    println!(
        "{clients:>3} clients: {rate:.1} bookings/s, p50 {p50:.1} ms, p99 {p99:.1} ms, {fsyncs:.2} commits per booking \
         ({} bookings in {seconds:.1} s)",
        millis.len()
    );
    let mut put = |name: &str, value: f64| out.insert(format!("{name}_{clients}"), json!(value));
    put("bookings_per_second", rate);
    put("p50_ms", p50);
    put("p99_ms", p99);
    put("fsyncs_per_booking", fsyncs);
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let shop = Arc::new(Shop::open(dir.path()).await);
        let mut figures = Map::new();
        for clients in CLIENTS {
            level(&shop, clients, &mut figures).await;
        }
        if let Ok(shop) = Arc::try_unwrap(shop) {
            shop.running.stop().await;
        }
        println!("{}", json!({ "bench": "booking", "figures": figures }));
    });
}
