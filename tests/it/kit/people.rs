//! People who use the marketplace through its API.

use instainstru::base::id::UserId;
use instainstru::base::time::plus_days;
use instainstru::base::time::{Date, plus_hours};
use instainstru::instructors;
use instainstru::instructors::model::CheckStatus;
use reqwest::Method;
use serde_json::{Value, json};

use super::app::{Answered, TestApp, answered};

pub const PASSWORD: &str = "Quiet-Harbor-42";

/// A signed-in person with a token of their own.
pub struct Member<'a> {
    pub app: &'a TestApp,
    pub id: String,
    pub email: String,
    pub token: String,
}

/// A live instructor with one offering.
pub struct Teacher<'a> {
    pub person: Member<'a>,
    pub offering: String,
}

impl TestApp {
    /// Joins as a student, through the e-mail code.
    pub async fn student(&self, name: &str) -> Member<'_> {
        self.join(name, "student").await
    }

    /// Joins as an instructor, with everything else still to do.
    pub async fn instructor(&self, name: &str) -> Member<'_> {
        self.join(name, "instructor").await
    }

    async fn join(&self, name: &str, role: &str) -> Member<'_> {
        let email = format!("{name}@people.example");
        self.post("/api/v1/auth/send-email-verification", json!({ "email": email })).await.expect(200);
        let mail = self.mail(&email, "email_code").await;
        let code = mail["data"]["code"].as_str().unwrap_or_else(|| panic!("no code for {email}: {mail}")).to_owned();
        let proof =
            self.post("/api/v1/auth/verify-email-code", json!({ "email": email, "code": code })).await.expect(200);
        let body = json!({
            "email": email, "password": PASSWORD, "first_name": capital(name), "last_name": "Tester",
            "zip_code": "10024", "role": role, "email_verification_token": proof["verification_token"],
        });
        self.post("/api/v1/auth/register", body).await.expect(201);
        self.sign_in(&email, PASSWORD).await
    }

    /// Signs in over the programs' door.
    pub async fn sign_in(&self, email: &str, password: &str) -> Member<'_> {
        let form = [("username", email), ("password", password)];
        let answer = answered(self.http.post(format!("{}/api/v1/auth/login", self.base)).form(&form)).await.expect(200);
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        let me = self.ask(Method::GET, "/api/v1/auth/me", Some(&token), None).await.expect(200);
        let id = me["id"].as_str().expect("an id").to_owned();
        Member { app: self, id, email: email.to_owned(), token }
    }

    /// A live piano teacher at $80 an hour, online and at the student's place, paid out through Stripe.
    pub async fn teacher(&self, name: &str) -> Teacher<'_> {
        self.teacher_of(name, "piano", 8000).await
    }

    pub async fn teacher_of(&self, name: &str, service_slug: &str, rate_cents: i64) -> Teacher<'_> {
        let person = self.join(name, "instructor").await;
        let services = self.get("/api/v1/services/catalog").await.expect(200);
        let found = services["items"].as_array().and_then(|all| all.iter().find(|s| s["slug"] == service_slug));
        let service = json!({
            "service_catalog_id": found.expect("the service")["id"], "hourly_rate_cents": rate_cents,
            "duration_options": [30, 60, 90], "location_types": ["student_home", "remote"],
        });
        let profile = json!({ "bio": "Patient lessons for every age, at your pace.", "years_experience": 7, "services": [service] });
        let own = person.put("/api/v1/instructors/me", profile).await.expect(200);
        let offering = own["services"][0]["id"].as_str().expect("an offering").to_owned();
        self.vouch_for(&person).await;
        person.post("/api/v1/instructors/me/go-live", json!({})).await.expect(200);
        Teacher { person, offering }
    }

    /// What Stripe and Checkr would have told by now.
    async fn vouch_for(&self, person: &Member<'_>) {
        let account = person.post("/api/v1/payments/connect/onboard", json!({})).await.expect(200);
        let account = account["account_id"].as_str().expect("an account").to_owned();
        self.post(&format!("/sandbox/v1/stripe/accounts/{account}/onboard"), json!({})).await.expect(200);
        let id: UserId = person.id.parse().expect("an id");
        self.site()
            .write(move |tx| {
                let now = tx.now();
                instructors::ops::revise::revise(tx, id, "trust", |profile| {
                    profile.identity.verified_at = Some(now);
                    profile.check.status = CheckStatus::Passed;
                    profile.check.valid_until = Some(plus_hours(now, 24 * 365));
                    profile.payouts.ready = true;
                    Ok(())
                })
                .map(drop)
            })
            .await
            .expect("the facts are kept");
        person.get("/api/v1/payments/connect/status").await.expect(200);
    }
}

impl Member<'_> {
    /// Signs in anew: sessions end while days go by.
    pub async fn again(&mut self) {
        self.token = self.app.sign_in(&self.email, PASSWORD).await.token;
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.app.ask(Method::GET, path, Some(&self.token), None).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answered {
        self.app.ask(Method::POST, path, Some(&self.token), Some(body)).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answered {
        self.app.ask(Method::PUT, path, Some(&self.token), Some(body)).await
    }

    /// The body of `POST /bookings` for an hour online.
    pub fn wish(teacher: &Teacher<'_>, date: &str, start: &str) -> Value {
        json!({
            "instructor_id": teacher.person.id, "instructor_service_id": teacher.offering, "booking_date": date,
            "start_time": start, "selected_duration": 60, "location_type": "remote",
        })
    }

    pub async fn book(&self, teacher: &Teacher<'_>, date: &str, start: &str) -> Answered {
        self.post("/api/v1/bookings", Self::wish(teacher, date, start)).await
    }

    /// Pays with Stripe's test card that always works.
    pub async fn pay(&self, booking: &Value) -> Answered {
        let body = json!({ "booking_id": booking["id"], "payment_method_id": "pm_card_visa" });
        self.post("/api/v1/payments/checkout", body).await
    }
}

impl Teacher<'_> {
    /// Publishes whole days, 08:00 to 22:00, beginning with this date.
    pub async fn opens(&self, from: &str, days: i64) {
        let from: Date = from.parse().expect("a date");
        let mut by_week: std::collections::BTreeMap<Date, Vec<Value>> = Default::default();
        for day in 0..days {
            let date = plus_days(from, day);
            let window = json!({ "date": date, "start_time": "08:00", "end_time": "22:00" });
            by_week.entry(instainstru::base::time::monday_of(date)).or_default().push(window);
        }
        for (week, schedule) in by_week {
            let body = json!({ "week_start": week, "schedule": schedule, "clear_existing": false });
            self.person.post("/api/v1/instructors/availability/week", body).await.expect(200);
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars().filter(|c| c.is_alphabetic());
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What an authenticator app would show for a typed secret.
pub fn totp(secret: &str, second: i64) -> String {
    let digit = |c: u8| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".bytes().position(|d| d == c).expect("base 32");
    let bits: String = secret.bytes().map(|c| format!("{:05b}", digit(c))).collect();
    let byte = |i: usize| u8::from_str_radix(&bits[i * 8..i * 8 + 8], 2).expect("eight bits");
    let bytes: Vec<u8> = (0..20).map(byte).collect();
    instainstru::accounts::rules::totp::code(&bytes, u64::try_from(second / 30).expect("after 1970"))
}
