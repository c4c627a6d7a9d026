//! The console: who gets in, what the pages show, that filters and exports say the same, that changes ask why.

use instainstru::accounts::ops::admin::{NewAdmin, create};
use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Answered, Person, Stage, answered};

const SECRET: &str = "seven copper kettles sing";
const WHY: &str = "The student asked for it on the phone.";

const PAGES: [&str; 29] = [
    "/admin",
    "/admin/find?q=john",
    "/admin/style",
    "/admin/bookings",
    "/admin/bookings.csv",
    "/admin/users",
    "/admin/instructors",
    "/admin/reviews",
    "/admin/jobs",
    "/admin/jobs?show=dead",
    "/admin/jobs?show=waiting",
    "/admin/jobs?show=runs",
    "/admin/outbox",
    "/admin/audit",
    "/admin/backups",
    "/admin/settings",
    "/admin/privacy",
    "/admin/privacy/retention",
    "/admin/mail-texts",
    "/admin/mail-texts/reminder_24h",
    "/admin/search",
    "/admin/search/unmet",
    "/admin/search/services",
    "/admin/search/phrases",
    "/admin/search/names",
    "/admin/search/bench",
    "/admin/search/bench?q=piano+tomorrow&price=60",
    "/admin/settings/pricing",
    "/admin/payments",
];

/// A stage with an admin on it.
struct Desk {
    stage: Stage,
    token: String,
    id: String,
}

impl Desk {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let alex = NewAdmin {
            email: "alex.rivera@demo.example".into(),
            password: SECRET.into(),
            first_name: "Alex".into(),
            last_name: "Rivera".into(),
        };
        let id = create(stage.app.site(), alex).await.unwrap().id.to_string();
        let token = sign_in(&stage).await;
        Self { stage, token, id }
    }

    /// Moves the clock; admins' sessions end early, so Alex signs in again.
    async fn at(&mut self, instant: &str) {
        self.stage.at(instant).await;
        self.token = sign_in(&self.stage).await;
    }

    async fn get(&self, path: &str) -> Answered {
        self.stage.app.ask(Method::GET, path, Some(&self.token), None).await
    }

    async fn html(&self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        page.text
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        self.stage.app.ask(method, path, Some(&self.token), Some(body)).await
    }

    async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let app = &self.stage.app;
        let request = app.http.post(format!("{}{path}", app.base)).header("origin", &app.base);
        answered(request.bearer_auth(&self.token).form(form)).await
    }

    async fn trail(&self) -> Vec<Value> {
        let answer = self.get("/api/v1/admin/audit").await.expect(200);
        // What people do for themselves stands there too; this desk looks at what is done for others.
        let own = |entry: &&Value| {
            entry["actor"]["role"] == "admin" && !entry["action"].as_str().unwrap().starts_with("user.log")
        };
        answer["items"].as_array().unwrap().iter().filter(own).cloned().collect()
    }
}

async fn sign_in(stage: &Stage) -> String {
    let form = [("username", "alex.rivera@demo.example"), ("password", SECRET)];
    let request = stage.app.http.post(format!("{}/api/v1/auth/login", stage.app.base)).form(&form);
    answered(request).await.expect(200)["access_token"].as_str().unwrap().to_owned()
}

fn location(answer: &Answered) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.headers["location"].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_get_in() {
    let desk = Desk::set().await;
    let stage = &desk.stage;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let mut paths: Vec<String> = PAGES.iter().map(|path| (*path).to_owned()).collect();
    paths.extend(["", "/cancel", "/complete", "/money"].map(|what| format!("/admin/bookings/{booking}{what}")));
    paths.extend(["", "/sign-out", "/export", "/erase"].map(|what| format!("/admin/users/{}{what}", stage.emma.id)));
    paths.push("/admin/settings/booking.hold_minutes".into());
    for path in &paths {
        let guest = stage.app.get(path).await;
        assert!(location(&guest).starts_with("/login?redirect="), "{path}");
        for person in [&stage.emma, &stage.sarah] {
            assert_eq!(stage.get(person, path).await.status, 403, "{path}");
        }
        let wanted = if path.ends_with("/complete") { 409 } else { 200 };
        assert_eq!(desk.get(path).await.status, wanted, "{path}");
    }
    let changes = [format!("/admin/bookings/{booking}/cancel"), format!("/admin/users/{}/sign-out", stage.emma.id)];
    for path in changes {
        let request = stage.app.http.post(format!("{}{path}", stage.app.base)).header("origin", &stage.app.base);
        let form = [("reason", WHY), ("money", "back")];
        assert_eq!(answered(request.bearer_auth(&stage.emma.token).form(&form)).await.status, 403, "{path}");
    }
    for path in ["/api/v1/admin/settings", "/api/v1/admin/launch", "/api/v1/admin/audit"] {
        stage.app.get(path).await.refused(401, "NOT_SIGNED_IN");
        stage.get(&stage.emma, path).await.refused(403, "FORBIDDEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_whole_and_show_what_there_is() {
    let desk = Desk::set().await;
    let stage = &desk.stage;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    stage.app.settle().await;
    for path in PAGES.iter().filter(|path| !path.ends_with(".csv")) {
        let html = desk.html(path).await;
        for (mark, times) in [("<main", 1), ("<h1", 1), ("class=\"con__nav\"", 1)] {
            assert_eq!(html.matches(mark).count(), times, "{path}: {mark}");
        }
        for banned in [" style=\"", " onclick", "javascript:"] {
            assert!(!html.contains(banned), "{path}: {banned}");
        }
    }
    let home = desk.html("/admin").await;
    assert!(
        home.contains("Tuesday, November 10") && home.contains("Booked today") && home.contains("$89.60"),
        "{home}"
    );
    assert!(home.contains("Nothing waits"));
    let list = desk.html("/admin/bookings").await;
    for words in ["Emma Johnson", "Sarah Chen", "Piano", "60 min", "$89.60", "Confirmed", "Scheduled", "1 to 1 of 1"] {
        assert!(list.contains(words), "{words}");
    }
    let file = desk.html(&format!("/admin/bookings/{booking}")).await;
    for words in ["Emma Johnson", "emma.johnson@demo.example", "Booking protection, 12%", "$68.00", "The card is asked"]
    {
        assert!(file.contains(words), "{words}");
    }
    let users = desk.html("/admin/users?role=student").await;
    assert!(users.contains("Emma Johnson") && users.contains("John Smith") && !users.contains("Sarah Chen"));
    let emma = desk.html(&format!("/admin/users/{}", stage.emma.id)).await;
    assert!(emma.contains("Latest lessons") && emma.contains("Sign out everywhere") && emma.contains("none saved"));
    assert!(desk.html("/admin/instructors?stage=public").await.contains("Sarah Chen"));
    let mails = desk.html("/admin/outbox?to=emma.johnson@demo.example").await;
    assert!(mails.contains("booking_confirmed"), "{mails}");
    assert_eq!(desk.get("/admin/bookings/01BX5ZZKBKACTAV9WEVGEMMVRZ").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_pages_and_exports_alike() {
    let desk = Desk::set().await;
    let stage = &desk.stage;
    stage.book(&stage.emma, "2026-11-12", "16:30").await;
    stage.book(&stage.john, "2026-11-14", "10:00").await;
    stage.hold(&stage.john, "2026-11-15", "12:00").await;
    for (query, want) in [
        ("", 3),
        ("q=emma", 1),
        ("q=john.smith%40demo.example", 2),
        ("status=PENDING", 1),
        ("status=confirmed&payment=scheduled", 2),
        ("from=2026-11-13", 2),
        ("from=2026-11-13&to=2026-11-14", 1),
        ("view=today", 0),
        ("view=action", 0),
        ("from=nonsense", 3),
        ("q=nobody", 0),
        ("sort=total&page=99", 3),
    ] {
        let csv = desk.html(&format!("/admin/bookings.csv?{query}")).await;
        assert_eq!(csv.matches("\r\n").count(), want + 1, "{query}: {csv}");
        let html = desk.html(&format!("/admin/bookings?{query}")).await;
        if want > 0 && !query.contains("page=") {
            assert!(html.contains(&format!("1 to {want} of {want}")), "{query}");
        }
    }
    let order = desk.html("/admin/bookings.csv?sort=start").await;
    assert!(order.find("2026-11-12").unwrap() < order.find("2026-11-14").unwrap());
    assert!(desk.html("/admin/bookings?from=nonsense").await.contains("A date as 2026-11-05."));
    assert_eq!(
        location(&desk.get("/admin/find?q=emma.johnson@demo.example").await),
        format!("/admin/users/{}", stage.emma.id)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_of_an_export_is_a_formula() {
    let desk = Desk::set().await;
    let stage = &desk.stage;
    let change = json!({ "first_name": "=HYPERLINK(\"http://x\")" });
    let renamed = stage.app.ask(Method::PATCH, "/api/v1/auth/me", Some(&stage.emma.token), Some(change)).await;
    stage.hold(&stage.emma, "2026-11-12", "16:30").await;
    let csv = desk.get("/admin/bookings.csv").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("bookings-2026-11-10.csv"));
    if renamed.status == 200 {
        assert!(csv.text.contains("\"'=HYPERLINK(\"\"http://x\"\") Johnson\""), "{}", csv.text);
    }
    assert!(!csv.text.contains(",=") && !csv.text.contains("\n="), "{}", csv.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_shows_the_money_first_and_asks_why() {
    let desk = Desk::set().await;
    let stage = &desk.stage;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let path = format!("/admin/bookings/{booking}/cancel");
    let asked = desk.html(&path).await;
    for words in ["Everything back to the student", "Card is charged", "$89.60", "Sarah gets", "$68.00", "$0.00"] {
        assert!(asked.contains(words), "{words}");
    }
    for (form, words) in [
        (vec![("reason", "short"), ("money", "back")], "At least 10 characters."),
        (vec![("reason", WHY)], "Say what becomes of the money."),
        (vec![("reason", WHY), ("money", "back")], "Type exactly: cancel the lesson"),
    ] {
        let refused = desk.submit(&path, &form).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(words) && refused.text.contains(form[0].1), "{}", refused.text);
    }
    assert_eq!(stage.booking(&stage.emma, &booking).await["status"], "CONFIRMED");
    let sure = ("phrase", "cancel the lesson");
    let done = desk.submit(&path, &[("reason", WHY), ("money", "back"), sure]).await;
    assert_eq!(location(&done), format!("/admin/bookings/{booking}?done=cancelled"));
    let now = stage.booking(&stage.emma, &booking).await;
    assert_eq!((&now["status"], &now["payment"]["settlement_outcome"]), (&json!("CANCELLED"), &json!("admin_refund")));
    let entry = &desk.trail().await[0];
    assert_eq!(entry["action"], "booking.cancel");
    assert_eq!((&entry["actor"]["id"], &entry["reason"]), (&json!(desk.id), &json!(WHY)));
    assert_eq!((&entry["before"]["status"], &entry["after"]["status"]), (&json!("CONFIRMED"), &json!("CANCELLED")));
    assert_eq!(entry["request_id"].as_str().unwrap().len(), 26);
    assert!(desk.html("/admin/audit").await.contains(WHY));
    // What is over cannot be cancelled again, and the page says so.
    assert_eq!(desk.get(&path).await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn completing_waits_for_the_end_of_the_lesson() {
    let mut desk = Desk::set().await;
    let booking = desk.stage.book(&desk.stage.emma, "2026-11-11", "10:00").await;
    let path = format!("/admin/bookings/{booking}/complete");
    assert_eq!(desk.get(&path).await.status, 409);
    assert_eq!(desk.submit(&path, &[("reason", WHY)]).await.status, 409);
    desk.at("2026-11-11T16:30:00Z").await;
    assert!(desk.html(&path).await.contains("$68.00"));
    assert_eq!(
        location(&desk.submit(&path, &[("reason", WHY)]).await),
        format!("/admin/bookings/{booking}?done=completed")
    );
    assert_eq!(desk.stage.booking(&desk.stage.emma, &booking).await["status"], "COMPLETED");
    desk.at("2026-11-12T17:00:00Z").await;
    let file = desk.html(&format!("/admin/bookings/{booking}")).await;
    for words in ["Sarah got", "Fees earned", "Card gave in the end", "lesson completed full payout", "$0.00"] {
        assert!(file.contains(words), "{words}");
    }
    let home = desk.html("/admin").await;
    assert!(home.contains("To instructors") && home.contains("$68.00") && home.contains("$21.60"), "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_card_needs_someone() {
    let mut desk = Desk::set().await;
    let booking = desk.stage.book(&desk.stage.emma, "2026-11-12", "16:30").await;
    let fault =
        json!({ "operation": "payment_intents.create", "error": "card_declined", "times": 9, "booking_id": booking });
    desk.stage.app.post("/sandbox/v1/stripe/faults", fault).await.expect(200);
    desk.at("2026-11-11T21:31:00Z").await;
    let home = desk.html("/admin").await;
    assert!(home.contains("Card refused: Piano, Emma Johnson") && home.contains("Act now"), "{home}");
    assert!(desk.html("/admin/bookings?view=action").await.contains("Card needed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_signed_out_everywhere() {
    let desk = Desk::set().await;
    let emma: &Person = &desk.stage.emma;
    let path = format!("/admin/users/{}/sign-out", emma.id);
    assert_eq!(desk.submit(&path, &[("reason", "no")]).await.status, 422);
    assert_eq!(desk.stage.get(emma, "/api/v1/auth/me").await.status, 200);
    assert_eq!(location(&desk.submit(&path, &[("reason", WHY)]).await), format!("/admin/users/{}?ended=1", emma.id));
    assert_eq!(desk.stage.get(emma, "/api/v1/auth/me").await.status, 401);
    assert_eq!(desk.trail().await[0]["action"], "admin.force_logout");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_listed_changed_and_written_down() {
    let desk = Desk::set().await;
    let of =
        |list: &Value, key: &str| list["items"].as_array().unwrap().iter().find(|s| s["key"] == key).unwrap().clone();
    let before = desk.get("/api/v1/admin/settings").await.expect(200);
    assert_eq!(
        (&of(&before, "booking.hold_minutes")["value"], &of(&before, "booking.hold_minutes")["updated_at"]),
        (&json!(30), &Value::Null)
    );
    let patch = |values: Value| json!({ "values": values, "reason": WHY });
    let call = async |values: Value| desk.call(Method::PATCH, "/api/v1/admin/settings", patch(values)).await;
    call(json!({ "booking.hold_minutes": 1 })).await.refused(422, "VALIDATION_ERROR");
    call(json!({ "booking.hold_minutes": "long" })).await.refused(422, "VALIDATION_ERROR");
    call(json!({ "no.such": 1, "booking.hold_minutes": 20 })).await.refused(422, "UNKNOWN_SETTING");
    let after = call(json!({ "booking.hold_minutes": 20, "signup.region_zip_only": false })).await.expect(200);
    let hold = of(&after, "booking.hold_minutes");
    assert_eq!((&hold["value"], &hold["default"], &hold["updated_by"]), (&json!(20), &json!(30), &json!(desk.id)));
    let (changed, refused): (Vec<_>, Vec<_>) =
        desk.trail().await.into_iter().partition(|entry| entry["status"] == "success");
    assert_eq!((changed.len(), refused.len()), (2, 3), "what was refused is written down, too");

    let page = desk.submit("/admin/settings/booking.hold_minutes", &[("value", "500"), ("reason", WHY)]).await;
    assert!(page.status == 422 && page.text.contains("Between 5 and 240 minutes."), "{}", page.text);
    let saved = desk.submit("/admin/settings/booking.hold_minutes", &[("value", "45"), ("reason", WHY)]).await;
    assert_eq!(location(&saved), "/admin/settings?saved=booking.hold_minutes");
    assert!(desk.html("/admin/settings").await.contains("45"));

    let launch = desk.get("/api/v1/admin/launch").await.expect(200);
    assert_eq!(launch, json!({ "instructor": "open", "student": "open" }));
    let wish = json!({ "instructor": "invite_only", "student": "closed" });
    assert_eq!(desk.call(Method::PUT, "/api/v1/admin/launch", wish.clone()).await.expect(200), wish);
    let odd = json!({ "instructor": "maybe", "student": "open" });
    desk.call(Method::PUT, "/api/v1/admin/launch", odd).await.refused(422, "VALIDATION_ERROR");
    assert_eq!(desk.stage.app.get("/help").await.headers["x-beta-phase"], "instructor_only");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_only_after_a_proof_and_every_cent_is_explained() {
    let mut desk = Desk::set().await;
    let booking = desk.stage.book(&desk.stage.emma, "2026-11-10", "18:00").await;
    let path = format!("/admin/bookings/{booking}/refund");
    assert_eq!(desk.get(&path).await.status, 409, "nothing was taken yet");
    desk.at("2026-11-12T01:00:00Z").await;
    let asked = desk.html(&path).await;
    for words in ["$89.60", "Taken back from Sarah", "$68.00", "$21.60"] {
        assert!(asked.contains(words), "{words}");
    }
    let version = asked.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = |phrase: &'static str| {
        let version = version.clone();
        vec![
            ("reason", WHY.to_owned()),
            ("amount", "29.87".to_owned()),
            ("from", "instructor".to_owned()),
            ("version", version),
            ("phrase", phrase.to_owned()),
        ]
    };
    let send = async |form: Vec<(&'static str, String)>| {
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.submit(&path, &pairs).await
    };
    let refused = send(form("yes")).await;
    assert!(refused.status == 422 && refused.text.contains("Type exactly: give the money back"), "{}", refused.text);
    let done = send(form("give the money back")).await;
    assert_eq!(location(&done), format!("/admin/bookings/{booking}?done=refunded"));
    // The same click again finds the payment changed, and gives nothing back twice.
    let again = send(form("give the money back")).await;
    assert!(again.status == 422 && again.text.contains("changed meanwhile"), "{}", again.text);
    assert_eq!(desk.stage.at_stripe(&[&booking]).await, (8960 - 2987, 6800 - 2267));
    let told = desk.html(&format!("/admin/bookings/{booking}/money")).await;
    for words in [
        "$29.87 went back to the card.",
        "Later refunds, 10 §2.8",
        "24 hours after the lesson’s end, 10 §2.7",
        "payout_",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let explained = desk.get(&format!("/api/v1/admin/bookings/{booking}/explanation")).await.expect(200);
    assert_eq!(explained["sum_cents"], 0);
    let mails: Vec<&str> =
        explained["told"].as_array().unwrap().iter().map(|mail| mail["template"].as_str().unwrap()).collect();
    assert!(mails.contains(&"booking_confirmed") && mails.contains(&"payout_sent"), "{mails:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_tried_on_the_past_before_they_change() {
    let mut desk = Desk::set().await;
    desk.stage.book(&desk.stage.emma, "2026-11-10", "18:00").await;
    desk.at("2026-11-12T01:00:00Z").await;
    let path = "/admin/settings/pricing";
    let page = desk.html(path).await;
    assert!(page.contains("1-4: 15"), "{page}");
    let form = |fee: &'static str, go: &'static str, phrase: &'static str| {
        vec![
            ("student_fee", fee),
            ("tiers", "1-4: 15\n5-10: 12\n11+: 10"),
            ("activity_window", "30"),
            ("stepdown", "1"),
            ("inactivity", "90"),
            ("founding_rate", "8"),
            ("founding_cap", "100"),
            ("founding_boost", "1.5"),
            ("floor_in_person", "80"),
            ("floor_remote", "60"),
            ("cycle", "11"),
            ("steps", "5: 10\n0: 20"),
            ("version", "1"),
            ("reason", WHY),
            ("go", go),
            ("phrase", phrase),
        ]
    };
    let wrong = desk.submit(path, &form("a lot", "try", "")).await;
    assert_eq!(wrong.status, 422);
    let tried = desk.submit(path, &form("15", "try", "")).await;
    assert_eq!(tried.status, 200, "{}", tried.text);
    for words in ["1 lesson was", "$89.60", "$92.00", "$2.40"] {
        assert!(tried.text.contains(words), "{words} in {}", tried.text);
    }
    let public = desk.stage.app.get("/api/v1/config/public").await.expect(200);
    assert_eq!(public["student_fee_pct"], 0.12, "trying changes nothing");
    assert_eq!(desk.submit(path, &form("15", "save", "no")).await.status, 422);
    let saved = desk.submit(path, &form("15", "save", "change the prices")).await;
    assert_eq!(location(&saved), "/admin/settings/pricing?saved=true");
    assert_eq!(desk.stage.app.get("/api/v1/config/public").await.expect(200)["student_fee_pct"], 0.15);
    let stale = desk.submit(path, &form("18", "save", "change the prices")).await;
    assert!(stale.status == 422 && stale.text.contains("meanwhile"), "{}", stale.text);
    let history = desk.get("/api/v1/admin/config/pricing/history").await.expect(200);
    let versions: Vec<_> = history["items"].as_array().unwrap().iter().map(|v| v["version"].clone()).collect();
    assert_eq!(versions, [json!(2), json!(1)]);
    assert_eq!((&history["items"][0]["reason"], &history["items"][1]["since"]), (&json!(WHY), &json!(null)));
    assert!(desk.html("/admin/settings/pricing?from=1").await.contains("Begin from these"));
    let old = json!({ "student_fee_pct": 0.12 });
    let rehearsed = desk.call(Method::POST, "/api/v1/admin/config/pricing/rehearse", old).await.expect(200);
    assert_eq!((&rehearsed["lessons"], &rehearsed["was"]), (&json!(1), &rehearsed["would_be"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_objected_to_on_a_page_and_decided_at_the_desk() {
    let mut desk = Desk::set().await;
    let booking = desk.stage.book(&desk.stage.emma, "2026-11-10", "18:00").await;
    desk.at("2026-11-11T00:10:00Z").await;
    let stage = &desk.stage;
    let send = async |who: &Person, path: String, form: Vec<(&'static str, &'static str)>| {
        let request = stage.app.http.post(format!("{}{path}", stage.app.base)).header("origin", &stage.app.base);
        answered(request.bearer_auth(&who.token).form(&form)).await
    };
    let (hers, theirs) = (format!("/student/lessons/{booking}"), format!("/instructor/bookings/{booking}"));
    assert!(stage.get(&stage.emma, &hers).await.text.contains("Sarah did not come"));
    assert!(stage.get(&stage.emma, &format!("{hers}/no-show")).await.text.contains("you pay nothing"));
    let reported = send(&stage.emma, format!("{hers}/no-show"), vec![("reason", "I waited 20 minutes.")]).await;
    assert_eq!(location(&reported), format!("{hers}?done=no-show"));
    assert!(stage.get(&stage.sarah, &theirs).await.text.contains("I did come"));
    let blank = send(&stage.sarah, format!("{theirs}/objection"), vec![("reason", " ")]).await;
    assert_eq!(blank.status, 422);
    let objected = send(&stage.sarah, format!("{theirs}/objection"), vec![("reason", "We were both online.")]).await;
    assert_eq!(location(&objected), format!("{theirs}?done=objection"));
    let path = format!("/admin/bookings/{booking}/no-show");
    let asked = desk.html(&path).await;
    assert!(asked.contains("I waited 20 minutes.") && asked.contains("We were both online."), "{asked}");
    assert_eq!(desk.submit(&path, &[("reason", WHY)]).await.status, 422);
    let decided = desk.submit(&path, &[("reason", WHY), ("resolution", "dispute_upheld")]).await;
    assert_eq!(location(&decided), format!("/admin/bookings/{booking}?done=decided"));
    assert_eq!(stage.booking(&stage.emma, &booking).await["status"], "COMPLETED");
    assert_eq!(desk.trail().await[0]["action"], "booking.resolve_no_show");
    for (who, path) in [(&stage.emma, format!("{hers}/receipt")), (&stage.sarah, format!("{theirs}/payout"))] {
        let sheet = stage.get(who, &path).await;
        assert!(sheet.status == 200 && sheet.text.contains("$80.00"), "{path} {}", sheet.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_was_held_back_is_published_or_taken_down() {
    let mut desk = Desk::set().await;
    let booking = desk.stage.book(&desk.stage.emma, "2026-11-12", "12:00").await;
    desk.at("2026-11-13T19:00:00Z").await;
    let review = json!({ "booking_id": booking, "rating": 5, "review_text": "aaaaaaaaaaaaaaaaaaaaaaaaaa" });
    let written = desk.stage.post(&desk.stage.emma, "/api/v1/reviews", review).await.expect(200);
    assert_eq!(written["status"], "flagged");
    let path = format!("/admin/reviews/{}", written["id"].as_str().unwrap());
    assert!(desk.html("/admin/reviews").await.contains(&path));
    assert_eq!(desk.submit(&path, &[("reason", WHY)]).await.status, 422);
    let shown = desk.submit(&path, &[("reason", WHY), ("status", "published")]).await;
    assert_eq!(location(&shown), "/admin/reviews?status=published");
    assert!(!desk.html("/admin/reviews").await.contains(&path));
    desk.submit(&path, &[("reason", WHY), ("status", "removed")]).await;
    assert!(desk.html("/admin/reviews?status=removed").await.contains(&path));
    let (last, first) = (desk.trail().await[0].clone(), desk.trail().await[1].clone());
    assert_eq!((&last["action"], &last["after"]["status"]), (&json!("review.moderate"), &json!("removed")));
    assert_eq!(first["before"]["status"], "flagged");
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_is_given_once_per_click() {
    let desk = Desk::set().await;
    let path = format!("/admin/users/{}/credit", desk.stage.emma.id);
    assert!(desk.html(&path).await.contains("$0.00"));
    let form = [("reason", WHY), ("amount", "25"), ("seen", ""), ("phrase", "give credit")];
    let (one, other) = tokio::join!(desk.submit(&path, &form), desk.submit(&path, &form));
    let (went, refused) = if one.status == 303 { (one, other) } else { (other, one) };
    assert_eq!(location(&went), format!("/admin/users/{}", desk.stage.emma.id));
    assert_eq!(refused.status, 422, "the same click, at the same time");
    assert_eq!(desk.submit(&path, &form).await.status, 422, "and once more");
    assert_eq!(desk.stage.credit(&desk.stage.emma).await, 2500);
    assert_eq!(desk.trail().await[0]["action"], "user.give_credit");
    assert_eq!(desk.get(&format!("/admin/users/{}/lift", desk.stage.emma.id)).await.status, 409);
}
