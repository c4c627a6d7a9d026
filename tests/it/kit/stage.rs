//! A stage for lessons: Sarah teaches piano and is free all week, Emma and John want to learn.
//!
//! People are written straight into the store (how they join is tested elsewhere); everything they do afterwards goes
//! through the API.

use instainstru::accounts::hasher::hash_now;
use instainstru::accounts::model::User;
use instainstru::accounts::ops::register::{NewPerson, add};
use instainstru::base::access::Role;
use instainstru::base::id::{OfferingId, UserId};
use instainstru::base::money::Cents;
use instainstru::base::price::Place;
use instainstru::base::time::{Timestamp, plus_days, plus_hours};
use instainstru::catalog::catalogue;
use instainstru::instructors::model::{Level, Offering, Terms};
use instainstru::instructors::ops::create::create_for_new_user;
use instainstru::instructors::ops::revise::revise;
use instainstru::instructors::tables::OFFERINGS;
use instainstru::places::Gazetteer;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answered, TestApp};

const PASSWORD: &str = "lantern orchard velvet";

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub token: String,
}

pub struct Stage {
    pub app: TestApp,
    pub sarah: Person,
    pub emma: Person,
    pub john: Person,
    pub piano: OfferingId,
}

impl Stage {
    /// Tuesday, November 10, 2026, 2:05 pm in New York. Sarah teaches every day from 8 am to 10 pm.
    pub async fn set() -> Self {
        let app = TestApp::empty_at("2026-11-10T19:00:00Z").await;
        app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
        // Time stands still here: what refills by the minute never would.
        app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
        app.post("/sandbox/v1/clock", json!({ "set": "2026-11-10T19:05:00Z" })).await.expect(200);
        let hash = tokio::task::spawn_blocking(|| hash_now(PASSWORD).unwrap()).await.unwrap();
        let sarah = person(&app, "Sarah", "Chen", Role::Instructor, &hash).await;
        let emma = person(&app, "Emma", "Johnson", Role::Student, &hash).await;
        let john = person(&app, "John", "Smith", Role::Student, &hash).await;
        let piano = teach(&app, sarah.id).await;
        let stage = Self { app, sarah, emma, john, piano };
        stage.publish().await;
        stage.onboard().await;
        stage
    }

    async fn publish(&self) {
        let first = "2026-11-09".parse().unwrap();
        for week in 0..3 {
            let monday = plus_days(first, 7 * week);
            let schedule: Vec<Value> = (0..7)
                .map(|d| json!({ "date": plus_days(monday, d), "start_time": "08:00", "end_time": "22:00" }))
                .collect();
            let body = json!({ "week_start": monday, "schedule": schedule });
            self.post(&self.sarah, "/api/v1/instructors/availability/week", body).await.expect(200);
        }
    }

    /// Sarah's account at Stripe is ready for payouts.
    async fn onboard(&self) {
        let site = self.app.site();
        let id = self.sarah.id;
        let begun = instainstru::payments::ops::begin_onboarding(site, id, "/instructor/dashboard").await.unwrap();
        let path = format!("/sandbox/v1/stripe/accounts/{}/onboard", begun.0.account_id);
        self.app.post(&path, json!({})).await.expect(200);
        instainstru::payments::ops::refresh_account(site, id).await.unwrap();
    }

    /// Somebody who runs the marketplace.
    pub async fn admin(&self) -> Person {
        let hash = tokio::task::spawn_blocking(|| hash_now(PASSWORD).unwrap()).await.unwrap();
        person(&self.app, "Alex", "Rivera", Role::Admin, &hash).await
    }

    /// Signed in anew: sessions end while days go by.
    pub async fn again(&self, who: &mut Person) {
        who.token = sign_in(&self.app, &who.email).await;
    }

    /// Sarah's piano at another rate, also for other lengths.
    pub async fn rate(&self, cents: i64) {
        let id = self.piano;
        let write = move |tx: &mut instainstru::store::Tx| {
            use instainstru::store::ReadExt as _;
            let mut offering = tx.get(&OFFERINGS, &id)?.unwrap();
            offering.terms.hourly_rate = Cents(cents);
            offering.terms.durations = vec![30, 45, 50, 60, 90];
            tx.put(&OFFERINGS, &id, &offering)
        };
        self.app.site().write(write).await.unwrap();
    }

    /// What Stripe holds of some bookings: taken from cards less refunds, sent to instructors less reversals.
    pub async fn at_stripe(&self, bookings: &[&str]) -> (i64, i64) {
        let mut sums = [0, 0];
        for (sum, kind) in sums.iter_mut().zip(["payment_intent", "transfer"]) {
            for booking in bookings {
                let path = format!("/sandbox/v1/stripe/objects?type={kind}&booking_id={booking}");
                let seen = self.app.get(&path).await.expect(200);
                for object in seen["items"].as_array().unwrap() {
                    *sum += object["amount_captured"].as_i64().unwrap() - object["amount_refunded"].as_i64().unwrap();
                }
            }
        }
        (sums[0], sums[1])
    }

    /// What `who` could spend now.
    pub async fn credit(&self, who: &Person) -> i64 {
        self.get(who, "/api/v1/payments/credits").await.expect(200)["available_cents"].as_i64().unwrap()
    }

    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answered {
        self.app.ask(Method::POST, path, Some(&who.token), Some(body)).await
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answered {
        self.app.ask(Method::GET, path, Some(&who.token), None).await
    }

    /// A piano hour with Sarah.
    pub fn piano(&self, date: &str, time: &str) -> Value {
        json!({
            "instructor_id": self.sarah.id, "instructor_service_id": self.piano,
            "booking_date": date, "start_time": time, "selected_duration": 60,
        })
    }

    /// Held by `who`; answers its id.
    pub async fn hold(&self, who: &Person, date: &str, time: &str) -> String {
        let made = self.post(who, "/api/v1/bookings", self.piano(date, time)).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn checkout(&self, who: &Person, booking: &str, card: &str) -> Value {
        let body = json!({ "booking_id": booking, "payment_method_id": card });
        self.post(who, "/api/v1/payments/checkout", body).await.expect(200)
    }

    /// Held and paid for.
    pub async fn book(&self, who: &Person, date: &str, time: &str) -> String {
        let booking = self.hold(who, date, time).await;
        let paid = self.checkout(who, &booking, "pm_card_visa").await;
        assert_eq!(paid["success"], true, "{paid}");
        booking
    }

    pub async fn booking(&self, who: &Person, id: &str) -> Value {
        self.get(who, &format!("/api/v1/bookings/{id}")).await.expect(200)
    }

    /// Moves the clock to an instant; everything due until then has run, and everybody is signed in (again).
    pub async fn at(&mut self, instant: &str) {
        self.app.post("/sandbox/v1/clock", json!({ "set": instant })).await.expect(200);
        for person in [&mut self.sarah, &mut self.emma, &mut self.john] {
            person.token = sign_in(&self.app, &person.email).await;
        }
    }
}

async fn person(app: &TestApp, first: &str, last: &str, role: Role, hash: &str) -> Person {
    let email = format!("{}.{}@demo.example", first.to_lowercase(), last.to_lowercase());
    let new = NewPerson {
        email: email.clone(),
        password_hash: hash.to_owned(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        phone: None,
        zip_code: "10024".to_owned(),
        timezone: "America/New_York".to_owned(),
        role,
    };
    let user: User = app.site().write(move |tx| add(tx, &new)).await.unwrap();
    Person { id: user.id, token: sign_in(app, &email).await, email }
}

async fn sign_in(app: &TestApp, email: &str) -> String {
    let form = [("username", email), ("password", PASSWORD)];
    let request = app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form);
    super::answered(request).await.expect(200)["access_token"].as_str().unwrap().to_owned()
}

/// A live, checked instructor with one offering: piano for $80 an hour, at the studio, at home or online.
async fn teach(app: &TestApp, id: UserId) -> OfferingId {
    let service = catalogue().service_by_name("Piano").unwrap().id;
    app.site()
        .write(move |tx| {
            let user = instainstru::accounts::must_user(tx, id)?;
            create_for_new_user(tx, &user, "New York", &Gazetteer::builtin())?;
            let now: Timestamp = tx.now();
            revise(tx, id, "live", |profile| {
                profile.check.valid_until = Some(plus_hours(now, 24 * 700));
                profile.is_live = true;
                Ok(())
            })?;
            let offering = Offering {
                id: tx.new_id(),
                instructor_id: id,
                service_id: service,
                terms: Terms {
                    hourly_rate: Cents(8000),
                    format_rates: Default::default(),
                    description: None,
                    requirements: None,
                    durations: vec![30, 60, 90],
                    places: vec![Place::InstructorLocation, Place::StudentHome, Place::Remote],
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
            Ok(offering.id)
        })
        .await
        .unwrap()
}
