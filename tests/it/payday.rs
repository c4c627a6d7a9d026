//! The weekly payday, credit that goes with a lesson paid back before its money moved, refusals an admin meets.

use serde_json::{Value, json};

use crate::kit::Stage;

const BECAUSE: &str = "It is what this test is about.";

async fn payouts(stage: &Stage) -> Value {
    stage.get(&stage.sarah, "/api/v1/payments/payouts").await.expect(200)
}

/// rule: 10§2.10: weekly on Tuesday, and audited every night. Wednesday's lesson is paid out on the Tuesday after it.
#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_is_paid_on_tuesday_without_asking() {
    let mut stage = Stage::set().await;
    stage.book(&stage.emma, "2026-11-11", "12:00").await;
    let late = stage.book(&stage.john, "2026-11-14", "18:00").await;
    stage.at("2026-11-16T23:00:00Z").await;
    assert_eq!(payouts(&stage).await["payout_count"], 0, "the week is not over");
    stage.at("2026-11-17T04:00:00Z").await;
    let week = payouts(&stage).await;
    let first = &week["items"][0];
    assert_eq!(
        (&first["amount_cents"], &first["automatic"], &first["method"]),
        (&json!(6800), &json!(true), &json!("standard"))
    );
    assert_eq!((&first["status"], &first["created_at"]), (&json!("in_transit"), &json!("2026-11-17T00:00:00Z")));
    assert_eq!((&week["total_pending_cents"], &week["total_paid_cents"]), (&json!(6800), &json!(0)));
    // Captured on Sunday evening in New York: less than two days in the account.
    assert_eq!(stage.booking(&stage.sarah, &late).await["payment"]["payment_status"], "settled");
    stage.at("2026-11-19T04:00:00Z").await;
    let week = payouts(&stage).await;
    assert_eq!((&week["payout_count"], &week["total_paid_cents"]), (&json!(1), &json!(6800)), "{week}");
    assert_eq!(stage.app.mail(&stage.sarah.email, "payout_sent").await["data"]["amount_cents"], 6800);
    // What came too late for the payday can be had at once.
    let paid = stage.post(&stage.sarah, "/api/v1/payments/connect/instant-payout", json!({})).await.expect(200);
    assert_eq!(paid["amount_cents"], 6800);
    stage.at("2026-11-24T04:00:00Z").await;
    assert_eq!(payouts(&stage).await["payout_count"], 2, "nothing is paid twice");
}

/// rule: 10§2.5: a refund of the source lesson takes its milestone back, also before the lesson's money was captured.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_let_go_before_its_capture_keeps_no_milestone() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let mut ids = Vec::new();
    for time in ["09:00", "10:30", "12:00", "13:30", "15:00"] {
        ids.push(stage.book(&stage.emma, "2026-11-12", time).await);
    }
    stage.at("2026-11-13T01:00:00Z").await;
    stage.again(&mut admin).await;
    for id in &ids {
        stage.post(&stage.sarah, &format!("/api/v1/bookings/{id}/complete"), json!({})).await.expect(200);
    }
    assert_eq!(stage.credit(&stage.emma).await, 1000);
    let path = format!("/api/v1/admin/bookings/{}/refund", ids[4]);
    let refunded = stage.post(&admin, &path, json!({ "reason": BECAUSE })).await.expect(200);
    assert_eq!(
        (&refunded["status"], &refunded["payment"]["settlement_outcome"]),
        (&json!("CANCELLED"), &json!("admin_refund"))
    );
    assert_eq!(stage.at_stripe(&[&ids[4]]).await, (0, 0));
    assert_eq!(stage.credit(&stage.emma).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_was_refused_is_in_the_trail_too() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = stage.book(&stage.emma, "2026-11-12", "12:00").await;
    let booking = format!("/api/v1/admin/bookings/{id}");
    let why = json!({ "reason": BECAUSE });
    stage.post(&admin, &format!("{booking}/refund"), why.clone()).await.refused(422, "NOTHING_TO_REFUND");
    stage.post(&admin, &format!("{booking}/complete"), why.clone()).await.refused(422, "LESSON_NOT_ENDED");
    stage.post(&admin, &format!("{booking}/resume-payment"), why.clone()).await.refused(422, "NOTHING_TO_RESUME");
    let decision = json!({ "reason": BECAUSE, "resolution": "mutual" });
    stage.post(&admin, &format!("{booking}/no-show/resolve"), decision).await.refused(422, "NO_SHOW_NOT_REPORTED");
    let person = format!("/api/v1/admin/users/{}", stage.emma.id);
    stage.post(&admin, &format!("{person}/lift-payment-bar"), why).await.refused(422, "NOT_BARRED");
    stage.at("2026-11-12T17:30:00Z").await;
    stage.again(&mut admin).await;
    let cancel = json!({ "reason": BECAUSE, "refund": true });
    stage.post(&admin, &format!("{booking}/cancel"), cancel).await.refused(422, "LESSON_STARTED");
    let report = json!({ "no_show_type": "student", "reason": BECAUSE });
    stage.post(&admin, &format!("/api/v1/bookings/{id}/no-show"), report).await.expect(200);
    let trail = stage.get(&admin, "/api/v1/admin/audit?limit=100").await.expect(200);
    let told = |action: &str| {
        let entry = trail["items"].as_array().unwrap().iter().find(|entry| entry["action"] == action);
        let entry = entry.unwrap_or_else(|| panic!("{action} is not in {trail}"));
        assert_eq!((&entry["reason"], &entry["actor"]["id"]), (&json!(BECAUSE), &json!(admin.id)));
        (
            entry["status"].as_str().unwrap().to_owned(),
            entry["after"]["refused"].as_str().unwrap_or_default().to_owned(),
        )
    };
    for (action, code) in [
        ("booking.refund", "NOTHING_TO_REFUND"),
        ("booking.complete", "LESSON_NOT_ENDED"),
        ("booking.resume_payment", "NOTHING_TO_RESUME"),
        ("booking.resolve_no_show", "NO_SHOW_NOT_REPORTED"),
        ("user.lift_bar", "NOT_BARRED"),
        ("booking.cancel", "LESSON_STARTED"),
    ] {
        assert_eq!(told(action), ("failed".to_owned(), code.to_owned()));
    }
    assert_eq!(told("booking.report_no_show").0, "success");
}

/// rule: 10§2.9 dispute_upheld: decided after the lesson's money was due, it is settled before the admin is answered;
/// decided earlier, it waits for its hour.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_that_took_place_after_all_is_paid_at_once() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    for (day, decided, standing) in [
        ("2026-11-12", "2026-11-13T19:00:00Z", ("settled", json!("lesson_completed_full_payout"), (8960, 6800))),
        ("2026-11-14", "2026-11-15T16:00:00Z", ("authorized", json!(null), (0, 0))),
    ] {
        let id = stage.book(&stage.emma, day, "12:00").await;
        stage.at(&format!("{day}T17:30:00Z")).await;
        let path = format!("/api/v1/bookings/{id}/no-show");
        stage.post(&stage.emma, &path, json!({ "no_show_type": "instructor" })).await.expect(200);
        let word = json!({ "reason": "I was there all the time." });
        stage.post(&stage.sarah, &format!("{path}/dispute"), word).await.expect(200);
        stage.at(decided).await;
        stage.again(&mut admin).await;
        let decision = json!({ "reason": BECAUSE, "resolution": "dispute_upheld" });
        let path = format!("/api/v1/admin/bookings/{id}/no-show/resolve");
        let told = stage.post(&admin, &path, decision).await.expect(200);
        let payment = &told["payment"];
        assert_eq!((&told["status"], &payment["payment_status"]), (&json!("COMPLETED"), &json!(standing.0)), "{told}");
        assert_eq!(
            (&payment["settlement_outcome"], stage.at_stripe(&[&id]).await),
            (&standing.1, standing.2),
            "{told}"
        );
    }
}
