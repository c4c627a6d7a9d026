//! Part 10 §6, row by row, through the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Person, Stage};

const TODAY: &str = "2026-11-10";
const TOMORROW: &str = "2026-11-11";
const LATER: &str = "2026-11-13";

/// The same share for every instructor, whatever they taught.
async fn tier(stage: &Stage, admin: &Person, pct: f64) {
    let body = json!({ "instructor_tiers": [{ "min": 1, "pct": pct }], "reason": "the tier of the next example" });
    stage.app.ask(Method::PATCH, "/api/v1/admin/config/pricing", Some(&admin.token), Some(body)).await.expect(200);
}

async fn give(stage: &Stage, admin: &Person, who: &Person, cents: i64) {
    if cents > 0 {
        let body = json!({ "amount_cents": cents, "reason": "credit for the next example" });
        stage.post(admin, &format!("/api/v1/admin/users/{}/credits", who.id), body).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_price_is_split_to_the_cent() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    give(&stage, &admin, &stage.emma, 20_000).await;
    // rate, minutes, tier, credit asked → LP, SF, IF, P, pays, application fee, top-up
    let rows: [(i64, i64, f64, i64, [i64; 7]); 12] = [
        (8000, 60, 0.15, 0, [8000, 960, 1200, 6800, 8960, 2160, 0]),
        (8000, 60, 0.15, 2000, [8000, 960, 1200, 6800, 6960, 160, 0]),
        (8000, 60, 0.15, 2160, [8000, 960, 1200, 6800, 6800, 0, 0]),
        (8000, 60, 0.15, 4500, [8000, 960, 1200, 6800, 4460, 0, 2340]),
        (8000, 60, 0.15, 10_000, [8000, 960, 1200, 6800, 960, 0, 5840]),
        (10_000, 60, 0.12, 0, [10_000, 1200, 1200, 8800, 11_200, 2400, 0]),
        (10_000, 60, 0.08, 0, [10_000, 1200, 800, 9200, 11_200, 2000, 0]),
        (8500, 45, 0.15, 0, [6375, 765, 956, 5419, 7140, 1721, 0]),
        (9500, 50, 0.12, 0, [7917, 950, 950, 6967, 8867, 1900, 0]),
        (6500, 30, 0.15, 0, [3250, 390, 488, 2762, 3640, 878, 0]),
        (8025, 60, 0.15, 0, [8025, 963, 1204, 6821, 8988, 2167, 0]),
        (12_000, 60, 0.12, 5000, [12_000, 1440, 1440, 10_560, 8440, 0, 2120]),
    ];
    let names = [
        "base_price_cents",
        "student_fee_cents",
        "instructor_platform_fee_cents",
        "target_instructor_payout_cents",
        "student_pay_cents",
        "application_fee_cents",
        "top_up_transfer_cents",
    ];
    let question = |minutes: i64, place: &str, credit: i64| {
        let mut body = stage.piano(LATER, "10:00");
        body["selected_duration"] = minutes.into();
        body["location_type"] = place.into();
        body["applied_credit_cents"] = credit.into();
        body
    };
    for (rate, minutes, pct, credit, want) in rows {
        stage.rate(rate).await;
        tier(&stage, &admin, pct).await;
        let place = if minutes == 30 { "remote" } else { "instructor_location" };
        let body = question(minutes, place, credit);
        let priced = stage.post(&stage.emma, "/api/v1/pricing/preview", body).await.expect(200);
        assert_eq!(names.map(|name| priced[name].as_i64().unwrap()), want, "{rate} {minutes} {pct} {credit}");
    }
    for (rate, minutes, place, base, floor) in [
        (7999, 60, "instructor_location", 7999, 8000),
        (7999, 45, "instructor_location", 5999, 6000),
        (5998, 30, "remote", 2999, 3000),
    ] {
        stage.rate(rate).await;
        let refused = stage.post(&stage.emma, "/api/v1/pricing/preview", question(minutes, place, 0)).await;
        let details = &refused.refused(422, "PRICE_BELOW_FLOOR")["details"];
        assert_eq!((&details["base_price_cents"], &details["required_floor_cents"]), (&json!(base), &json!(floor)));
    }
}

struct Case {
    rate: i64,
    tier: f64,
    credit: i64,
    /// When the lesson is.
    at: (&'static str, &'static str),
    /// Moved to here before it ends.
    moved: Option<(&'static str, &'static str)>,
    by_instructor: bool,
    /// Card net, credit won back or issued, instructor.
    want: (i64, i64, i64),
}

async fn play(stage: &Stage, admin: &Person, case: &Case) {
    stage.rate(case.rate).await;
    tier(stage, admin, case.tier).await;
    let before = stage.credit(&stage.emma).await;
    give(stage, admin, &stage.emma, case.credit).await;
    let first = stage.hold(&stage.emma, case.at.0, case.at.1).await;
    let body = json!({
        "booking_id": first, "payment_method_id": "pm_card_visa", "requested_credit_cents": case.credit,
    });
    let paid = stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200);
    assert_eq!(paid["success"], true, "{paid}");
    let mut booking = first.clone();
    if let Some((date, time)) = case.moved {
        let body = json!({ "booking_date": date, "start_time": time, "selected_duration": 60 });
        let moved = stage.post(&stage.emma, &format!("/api/v1/bookings/{first}/reschedule"), body).await.expect(200);
        assert_eq!(moved["payment"]["payment_status"], "locked", "{moved}");
        booking = moved["id"].as_str().unwrap().to_owned();
    }
    let who = if case.by_instructor { &stage.sarah } else { &stage.emma };
    let path = format!("/api/v1/bookings/{booking}/cancel");
    let ended = stage.post(who, &path, json!({ "reason": "An example" })).await.expect(200);
    assert_eq!(ended["payment"]["payment_status"], "settled", "{ended}");
    let mut chain = vec![first.as_str()];
    if booking != first {
        chain.push(&booking);
    }
    let (card, instructor) = stage.at_stripe(&chain).await;
    let credit = stage.credit(&stage.emma).await - before;
    assert_eq!((card, credit, instructor), case.want, "{:?} moved {:?}: {ended}", case.at, case.moved);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cancellation_ends_to_the_cent() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let (half, whole, free) = ((TODAY, "21:00"), (TOMORROW, "10:00"), (LATER, "16:30"));
    let plain = |credit, at, want| Case { rate: 8000, tier: 0.15, credit, at, moved: None, by_instructor: false, want };
    let cases = [
        plain(0, whole, (8960, 8000, 0)),
        plain(0, half, (8960, 4000, 3400)),
        plain(2000, free, (0, 2000, 0)),
        plain(2000, whole, (6960, 8000, 0)),
        plain(2000, half, (6960, 4000, 3400)),
        plain(8000, half, (960, 4000, 3400)),
        // Locked, and then the instructor cancels: everything back.
        Case { moved: Some(free), by_instructor: true, ..plain(2000, whole, (0, 2000, 0)) },
        Case { rate: 12_000, tier: 0.12, moved: Some(free), ..plain(0, whole, (13_440, 12_000, 0)) },
        Case { rate: 12_000, tier: 0.12, moved: Some(half), ..plain(0, whole, (13_440, 6000, 5280)) },
        Case { rate: 8025, ..plain(0, half, (8988, 4013, 3411)) },
    ];
    for case in &cases {
        play(&stage, &admin, case).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn completed_lessons_are_paid_to_the_cent() {
    let mut stage = Stage::set().await;
    let admin = stage.admin().await;
    give(&stage, &admin, &stage.emma, 2000).await;
    let used = stage.hold(&stage.emma, TOMORROW, "18:00").await;
    let body = json!({ "booking_id": used, "payment_method_id": "pm_card_visa", "requested_credit_cents": 2000 });
    stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200);
    stage.rate(12_000).await;
    tier(&stage, &admin, 0.12).await;
    let moved_from = stage.book(&stage.john, TOMORROW, "10:00").await;
    let body = json!({ "booking_date": "2026-11-12", "start_time": "12:00", "selected_duration": 60 });
    let path = format!("/api/v1/bookings/{moved_from}/reschedule");
    let moved = stage.post(&stage.john, &path, body).await.expect(200)["id"].as_str().unwrap().to_owned();
    stage.at("2026-11-13T23:00:00Z").await;
    assert_eq!(stage.at_stripe(&[&used]).await, (6960, 6800));
    assert_eq!(stage.credit(&stage.emma).await, 0);
    assert_eq!(stage.at_stripe(&[&moved_from, &moved]).await, (13_440, 10_560), "paid once, on the locked chain");
    let settled: Value = stage.booking(&stage.john, &moved).await;
    assert_eq!(settled["payment"]["settlement_outcome"], "lesson_completed_full_payout");
}

/// New York 2026-03-08 10:00 is 14:00Z; its card is asked on 03-07 at 14:00Z; 09:30 local on that day is 23.5 h.
#[tokio::test(flavor = "multi_thread")]
async fn windows_are_elapsed_time_across_the_change_of_clocks() {
    use instainstru::base::time::{local_to_utc, zone};
    use instainstru::bookings::rules::cancel::{By, Situation, cause};
    use instainstru::payments::rules::authorize::scheduled_for;
    use instainstru::payments::rules::settle::Cause;
    let tz = zone("America/New_York").unwrap();
    let utc = |date: &str, time: &str| {
        local_to_utc(date.parse().unwrap(), time.parse().unwrap(), &tz).instant().expect("it exists")
    };
    let start = utc("2026-03-08", "10:00");
    assert_eq!(start, "2026-03-08T14:00:00Z".parse().unwrap());
    let asked = scheduled_for(start, utc("2026-03-06", "10:00")).unwrap();
    assert_eq!(asked, utc("2026-03-07", "09:00"));
    let at = |now| {
        let status = instainstru::bookings::model::Status::Confirmed;
        cause(By::Student, &Situation { status, start, now, locked: false })
    };
    assert_eq!(at(utc("2026-03-07", "09:30")), Cause::StudentCredit);
    assert_eq!(at(utc("2026-03-07", "09:00")), Cause::StudentFree);
}
