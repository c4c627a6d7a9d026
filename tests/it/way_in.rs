//! An instructor's way in, by its pages and without scripts: signing up, every step, going live, being found and booked;
//! the same forms afterwards; what an admin vouches for.

use instainstru::accounts::ops::admin::{NewAdmin, create};
use instainstru::base::id::UserId;
use instainstru::base::time::plus_hours;
use instainstru::instructors::ops::revise::revise;
use reqwest::header::LOCATION;
use serde_json::{Value, json};

use crate::kit::{Answered, Member, Teacher, TestApp, answered};

const NOON: &str = "2026-11-10T17:00:00Z";
const IN: &str = "/instructor/onboarding";
const SECRET: &str = "seven copper kettles sing";
const WHY: &str = "Report 4711 of the checking company, seen on paper.";
const BIO: &str = "I teach beginners of every age to play what they love, one small piece at a time.";

type Pairs<'a> = &'a [(&'a str, &'a str)];

async fn send(who: &Member<'_>, path: &str, form: Pairs<'_>) -> Answered {
    let request = who.app.http.post(format!("{}{path}", who.app.base)).bearer_auth(&who.token);
    answered(request.header("origin", &who.app.base).form(form)).await
}

/// Where an answer leads, without the host.
#[track_caller]
fn leads(answer: &Answered) -> String {
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text);
    let to = answer.headers[LOCATION].to_str().unwrap();
    let path = to.split_once("://").map_or(to, |(_, rest)| &rest[rest.find('/').unwrap()..]);
    path.to_owned()
}

#[track_caller]
fn shows(answer: &Answered, status: u16, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.text.matches("<h1").count(), 1, "one heading: {}", answer.text);
    assert!(!answer.text.contains(" style=\"") && !answer.text.contains("<script>"), "nothing inline");
    for word in words {
        assert!(answer.text.contains(word), "lacks {word:?}: {}", answer.text);
    }
}

async fn admin(app: &TestApp) -> Member<'_> {
    let alex = NewAdmin {
        email: "alex.rivera@demo.example".into(),
        password: SECRET.into(),
        first_name: "Alex".into(),
        last_name: "Rivera".into(),
    };
    create(app.site(), alex).await.unwrap();
    app.sign_in("alex.rivera@demo.example", SECRET).await
}

/// From our page to Stripe's, what is done there, and back.
async fn at_stripe(who: &Member<'_>, path: &str, there: Pairs<'_>) -> String {
    let away = leads(&send(who, path, &[]).await);
    assert!(away.starts_with("/sandbox/"), "{away}");
    let back = leads(&send(who, &away, there).await);
    leads(&who.get(&back).await)
}

/// Tells everything but what an admin has to say.
async fn fill_in(who: &Member<'_>, last_name: &str) {
    let about = [
        ("zip_code", "10024"),
        ("bio", BIO),
        ("years_experience", "7"),
        ("languages", "English, spanish"),
        ("space_1", "Columbus Circle"),
        ("whole-si", "all"),
    ];
    assert_eq!(
        leads(&send(who, &format!("{IN}/account-setup"), &about).await),
        format!("{IN}/skill-selection?done=about")
    );
    let piano = [
        ("hourly_rate", "90"),
        ("rate_remote", "72.50"),
        ("places", "remote"),
        ("places", "student_home"),
        ("durations", "60"),
        ("ages", "adults"),
        ("equipment", "A keyboard"),
    ];
    let done = leads(&send(who, &format!("{IN}/skill-selection/piano"), &piano).await);
    assert_eq!(done, format!("{IN}/skill-selection?done=saved&skill=piano"));
    let pay = format!("{IN}/payment-setup");
    assert_eq!(at_stripe(who, &format!("/payments/connect?next={pay}"), &[]).await, pay);
    let names = [("first_name", "Nina"), ("last_name", last_name)];
    let proven = at_stripe(who, &format!("{IN}/verification/identity"), &names).await;
    assert_eq!(proven, format!("{IN}/verification?identity=verified"));
    who.app.settle().await;
}

async fn enter_check(alex: &Member<'_>, id: &str) -> Answered {
    let form = [("reason", WHY), ("completed_on", "2026-10-30"), ("consented", "yes")];
    send(alex, &format!("/admin/users/{id}/trust/background-check"), &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_sign_up_to_the_first_booking() {
    let app = TestApp::empty_at(NOON).await;
    let nina = app.instructor("nina").await;
    let door = [("email", nina.email.as_str()), ("password", crate::kit::PASSWORD)];
    assert_eq!(leads(&send(&nina, "/login", &door).await), "/instructor");
    assert_eq!(leads(&nina.get("/instructor").await), format!("{IN}/status"));
    shows(&nina.get(&format!("{IN}/welcome")).await, 200, &["Welcome, Nina", "Begin"]);
    let status = format!("{IN}/status");
    shows(&nina.get(&status).await, 200, &["4 steps are left", "disabled", ", still to do"]);
    shows(&send(&nina, &status, &[]).await, 422, &["You are not live yet."]);

    fill_in(&nina, "Tester").await;
    let pay = nina.get(&format!("{IN}/payment-setup")).await;
    shows(&pay, 200, &["Your account is ready.", "you are paid <b>$68.00</b>; we keep 15%"]);
    let proven = nina.get(&format!("{IN}/verification")).await;
    shows(&proven, 200, &["Your identity is verified.", "Not started. Nothing is on file yet."]);
    shows(&nina.get(&status).await, 200, &["1 step is left"]);

    let alex = admin(&app).await;
    let asking = format!("/admin/users/{}/trust/background-check", nina.id);
    shows(&alex.get(&asking).await, 200, &["Enter a background check for Nina?", "value=\"2026-11-10\""]);
    for (form, words) in [
        ([("reason", WHY), ("completed_on", "2026-10-30"), ("consented", "")], "Without consent and report"),
        ([("reason", WHY), ("completed_on", "2025-11-09"), ("consented", "yes")], "this one is older"),
        ([("reason", WHY), ("completed_on", "2026-11-11"), ("consented", "yes")], "still to come"),
        ([("reason", "short"), ("completed_on", "2026-10-30"), ("consented", "yes")], "At least 10 characters."),
    ] {
        shows(&send(&alex, &asking, &form).await, 422, &[words, "Nothing is changed yet."]);
    }
    assert_eq!(send(&nina, &asking, &[]).await.status, 403, "nobody vouches for themselves");
    assert_eq!(leads(&enter_check(&alex, &nina.id).await), format!("/admin/users/{}", nina.id));
    shows(
        &alex.get(&format!("/admin/users/{}", nina.id)).await,
        200,
        &["passed, until Oct 30, 2027", "Ready to go live"],
    );
    let trail = alex.get("/api/v1/admin/audit?action=instructor.approve").await.expect(200);
    let entered = trail["items"].as_array().unwrap().iter().find(|e| e["status"] == "success").unwrap().clone();
    assert_eq!((&entered["reason"], &entered["after"]["bgc_status"]), (&json!(WHY), &json!("passed")));

    shows(
        &nina.get(&format!("{IN}/verification")).await,
        200,
        &["Verified. It is on file and counts until Sat Oct 30"],
    );
    shows(&nina.get(&status).await, 200, &["Everything is there.", "Going live…"]);
    let home = leads(&send(&nina, &status, &[]).await);
    assert_eq!(home, "/instructor/dashboard?done=live");
    shows(&nina.get(&home).await, 200, &["You are live."]);
    for step in [
        "welcome",
        "account-setup",
        "skill-selection",
        "skill-selection/piano",
        "verification",
        "payment-setup",
        "status",
    ] {
        assert_eq!(leads(&nina.get(&format!("{IN}/{step}")).await), "/instructor/dashboard", "{step}");
    }
    assert_eq!(leads(&nina.get("/instructor").await), "/instructor/dashboard");

    let own = nina.get("/api/v1/instructors/me").await.expect(200);
    assert_eq!(own["languages"], json!(["English", "Spanish"]));
    assert_eq!(own["service_area_boroughs"], json!(["Staten Island"]));
    let offering = own["services"][0]["id"].as_str().unwrap().to_owned();
    let nina = Teacher { person: nina, offering };
    nina.opens("2026-11-11", 5).await;
    app.settle().await;
    let found = app.get("/api/v1/search?q=online+piano+lessons").await.expect(200);
    assert_eq!(found["items"][0]["instructor_id"], nina.person.id.as_str(), "{found}");
    let emma = app.student("emma").await;
    let booking = emma.book(&nina, "2026-11-12", "16:00").await.expect(201);
    assert_eq!(booking["total_price_cents"], 7250, "at the rate for online");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_keeps_what_was_typed() {
    let app = TestApp::empty_at(NOON).await;
    let nina = app.instructor("nina").await;
    let about = format!("{IN}/account-setup");
    shows(
        &nina.get(&about).await,
        200,
        &["Nina is a New York-based instructor.", "36</span> of the 400", "All of Brooklyn"],
    );
    let wrong = [
        ("zip_code", "99999"),
        ("bio", "Hi <b>"),
        ("years_experience", "many"),
        ("languages", ""),
        ("studio_1", "12 Grand St"),
        ("studio_name_1", &"x".repeat(51)),
    ];
    let page = send(&nina, &about, &wrong).await;
    shows(
        &page,
        422,
        &[
            "6 things to correct.",
            "At least 10 characters.",
            "A whole number, in figures.",
            "Between 1 and 12 languages.",
            "Between 1 and 100 neighborhoods.",
            "id=\"studio_name_1-error\"",
            "lies outside of it",
            "Hi &lt;b&gt;",
            "value=\"99999\"",
            "value=\"12 Grand St\"",
        ],
    );
    let skill = format!("{IN}/skill-selection/piano");
    shows(
        &nina.get(&skill).await,
        200,
        &["At least $80 in person and $60 online", "an hour you earn <b data-yours>$68.00</b>"],
    );
    let cheap =
        [("hourly_rate", "79.50"), ("places", "student_home"), ("durations", "60"), ("description", "Slow & easy")];
    let page = send(&nina, &skill, &cheap).await;
    shows(
        &page,
        422,
        &["the least allowed is $80.00", "value=\"79.50\"", "Slow &amp; easy", "id=\"hourly_rate-error\""],
    );
    let cheap_online = [("hourly_rate", "80"), ("rate_remote", "59"), ("places", "remote"), ("durations", "60")];
    shows(&send(&nina, &skill, &cheap_online).await, 422, &["id=\"rate_remote-error\"", "the least allowed is $60.00"]);
    for (form, words) in [
        (vec![("hourly_rate", "eighty"), ("places", "remote"), ("durations", "60")], "Dollars, such as 80 or 82.50."),
        (vec![("hourly_rate", "80"), ("durations", "60")], "Name at least one kind of place."),
        (vec![("hourly_rate", "80"), ("places", "remote")], "One or more lengths"),
        (vec![("places", "remote"), ("durations", "60")], "Say what an hour costs."),
    ] {
        shows(&send(&nina, &skill, &form).await, 422, &[words]);
    }
    assert_eq!(nina.get(&format!("{IN}/skill-selection/juggling-with-fire")).await.status, 404);
    let own = nina.get("/api/v1/instructors/me").await.expect(200);
    assert_eq!((&own["services"], &own["bio"]), (&json!([]), &json!("Nina is a New York-based instructor.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_live_keeps_the_profile_by_the_same_forms() {
    let app = TestApp::empty_at(NOON).await;
    let sarah = app.teacher("sarah").await.person;
    assert_eq!(leads(&sarah.get("/instructor/dashboard?panel=profile").await), "/instructor/profile");
    shows(&sarah.get("/instructor/profile").await, 200, &["Patient lessons for every age", "Lessons and rates"]);
    let about =
        [("zip_code", "10025"), ("bio", BIO), ("years_experience", "8"), ("languages", "English"), ("whole-mn", "all")];
    assert_eq!(leads(&send(&sarah, "/instructor/profile", &about).await), "/instructor/profile?done=saved");
    shows(&sarah.get("/instructor/profile?done=saved").await, 200, &["Your profile is saved.", "value=\"10025\""]);

    let skills = "/instructor/profile/skills";
    shows(
        &sarah.get(&format!("{skills}?q=guit")).await,
        200,
        &["href=\"/instructor/profile/skills/guitar\"", "$80 an hour, 30, 60 or 90 min"],
    );
    shows(&sarah.get(&format!("{skills}?q=zzz")).await, 200, &["Nothing in the catalogue is called “zzz”."]);
    let guitar = [("hourly_rate", "100"), ("places", "instructor_location"), ("durations", "60")];
    assert_eq!(
        leads(&send(&sarah, &format!("{skills}/guitar"), &guitar).await),
        format!("{skills}?done=saved&skill=guitar")
    );
    let gone = leads(&send(&sarah, &format!("{skills}/piano/remove"), &[]).await);
    shows(&sarah.get(&gone).await, 200, &["Piano is no longer offered.", "Offer it again"]);
    shows(&sarah.get(&format!("{skills}/piano")).await, 200, &["value=\"80.00\""]);
    let names = |own: &Value| own["services"].as_array().unwrap().iter().map(|s| s["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&sarah.get("/api/v1/instructors/me").await.expect(200)), ["Guitar"]);

    let settings = "/instructor/settings";
    shows(
        &sarah.get(settings).await,
        200,
        &["value=\"15\"", "href=\"/account/stop-teaching\"", "href=\"/account/leave\""],
    );
    let odd = [("min_advance_booking_hours", "169"), ("buffer_time_minutes", "soon")];
    shows(
        &send(&sarah, settings, &odd).await,
        422,
        &["Between 0 and 168.", "A whole number, in figures.", "value=\"soon\""],
    );
    let wanted = [("min_advance_booking_hours", "48"), ("buffer_time_minutes", "30")];
    assert_eq!(leads(&send(&sarah, settings, &wanted).await), "/instructor/settings?done=saved");
    let own = sarah.get("/api/v1/instructors/me").await.expect(200);
    assert_eq!((own["min_advance_booking_hours"].as_i64(), own["buffer_time_minutes"].as_i64()), (Some(48), Some(30)));
    assert!(own["is_live"].as_bool().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_on_the_document_is_judged_by_an_admin() {
    let app = TestApp::empty_at(NOON).await;
    let (nina, alex) = (app.instructor("nina").await, admin(&app).await);
    fill_in(&nina, "Somebody").await;
    assert_eq!(enter_check(&alex, &nina.id).await.status, 303);
    assert_eq!(enter_check(&alex, &nina.id).await.status, 422, "it is on file already");
    let (status, person) = (format!("{IN}/status"), format!("/admin/users/{}", nina.id));
    shows(&nina.get(&format!("{IN}/verification")).await, 200, &["is not the one of your account"]);
    shows(&send(&nina, &status, &[]).await, 422, &["is not the name of your account", "You are not live yet."]);
    let judging = format!("{person}/trust/same-person");
    shows(&alex.get(&judging).await, 200, &["Somebody", "Tester"]);
    assert_eq!(leads(&send(&alex, &judging, &[("reason", WHY)]).await), person);
    shows(&alex.get(&judging).await, 409, &["The names agree already."]);

    let reset = format!("{person}/trust/check-reset");
    assert_eq!(leads(&send(&alex, &reset, &[("reason", WHY)]).await), person);
    shows(&nina.get(&status).await, 200, &["1 step is left"]);
    assert_eq!(enter_check(&alex, &nina.id).await.status, 303);
    assert_eq!(leads(&send(&nina, &status, &[]).await), "/instructor/dashboard?done=live");
    shows(&alex.get(&reset).await, 409, &["The profile is live on the strength of this check."]);
    assert_eq!(alex.get(&format!("{person}/trust/anything")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_runs_out_is_told_before_and_takes_the_profile_off() {
    let app = TestApp::empty_at(NOON).await;
    let mut sarah = app.teacher("sarah").await.person;
    let id: UserId = sarah.id.parse().unwrap();
    let until = plus_hours(NOON.parse().unwrap(), 50);
    let shorter = move |tx: &mut instainstru::store::Tx| {
        revise(tx, id, "trust", |profile| {
            profile.check.valid_until = Some(until);
            Ok(())
        })
        .map(drop)
    };
    app.site().write(shorter).await.unwrap();
    let sweep = json!({ "job": "bgc_expiry_sweep" });
    for told in [1, 0] {
        let ran = app.post("/sandbox/v1/jobs/run", sweep.clone()).await.expect(200);
        assert_eq!(ran["report"]["told"], told, "{ran}");
    }
    let mail = app.mail(&sarah.email, "bgc_expiring").await;
    assert_eq!(mail["subject"], "Your background check runs out on Thu Nov 12");
    assert!(app.mail(&sarah.email, "bgc_expired").await.is_null());
    assert_eq!(app.get(&format!("/api/v1/instructors/{}", sarah.id)).await.status, 200);

    app.advance(72 * 3600).await;
    assert!(
        app.mail(&sarah.email, "bgc_expired").await["text"].as_str().unwrap().contains("/instructor/onboarding/status")
    );
    assert_eq!(app.get(&format!("/api/v1/instructors/{}", sarah.id)).await.status, 404);
    sarah.again().await;
    assert_eq!(sarah.get("/api/v1/instructors/me").await.expect(200)["is_live"], false);
    assert_eq!(leads(&sarah.get("/instructor").await), format!("{IN}/status"));
    shows(&sarah.get(&format!("{IN}/verification")).await, 200, &["Run out."]);
}
