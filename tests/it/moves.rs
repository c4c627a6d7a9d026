//! Lessons that are moved: what the bank is asked first, what goes over, and what stays when it says no.

use serde_json::{Value, json};

use crate::kit::{Answered, Stage};

fn to(date: &str, time: &str) -> Value {
    json!({ "booking_date": date, "start_time": time, "selected_duration": 60 })
}

async fn moved(stage: &Stage, id: &str, date: &str, time: &str) -> Answered {
    stage.post(&stage.emma, &format!("/api/v1/bookings/{id}/reschedule"), to(date, time)).await
}

/// What the bank holds, by the status of the intents of these bookings.
async fn held(stage: &Stage, bookings: &[&str]) -> usize {
    let mut found = 0;
    for id in bookings {
        let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={id}");
        let seen = stage.app.get(&path).await.expect(200);
        found += seen["items"].as_array().unwrap().iter().filter(|o| o["status"] == "requires_capture").count();
    }
    found
}

/// rule: 10§2.8: exactly a day ahead is early: what the bank holds by then is let go at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_moved_a_day_ahead_leaves_no_hold() {
    let mut stage = Stage::set().await;
    let id = stage.book(&stage.emma, "2026-11-12", "12:00").await;
    stage.at("2026-11-11T17:00:00Z").await;
    assert_eq!(stage.booking(&stage.emma, &id).await["payment"]["payment_status"], "authorized");
    let new = moved(&stage, &id, "2026-11-14", "12:00").await.expect(200);
    assert_eq!(new["payment"]["payment_status"], "scheduled");
    assert_eq!(held(&stage, &[&id]).await, 0);
    let old = stage.booking(&stage.emma, &id).await;
    assert_eq!(old["payment"]["settlement_outcome"], "student_cancel_gt24_no_charge", "{old}");
}

/// rule: 10§2.5: reserved credit cannot expire, and moving a lesson is no reason to.
#[tokio::test(flavor = "multi_thread")]
async fn credit_goes_over_with_the_lesson_it_pays_for() {
    let mut stage = Stage::set().await;
    let admin = stage.admin().await;
    let gift =
        json!({ "amount_cents": 1000, "expires_at": "2026-11-11T00:00:00Z", "reason": "A gift that ends soon." });
    stage.post(&admin, &format!("/api/v1/admin/users/{}/credits", stage.emma.id), gift).await.expect(201);
    let id = stage.hold(&stage.emma, "2026-11-20", "12:00").await;
    let pay = json!({ "booking_id": id, "payment_method_id": "pm_card_visa", "requested_credit_cents": 1000 });
    stage.post(&stage.emma, "/api/v1/payments/checkout", pay).await.expect(200);
    stage.at("2026-11-12T17:00:00Z").await;
    let new = moved(&stage, &id, "2026-11-21", "12:00").await.expect(200);
    assert_eq!(new["payment_summary"]["credit_applied_cents"], 1000, "{new}");
    let lots = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!((&lots["reserved_cents"], &lots["available_cents"]), (&json!(1000), &json!(0)), "{lots}");
    assert_eq!(stage.booking(&stage.emma, &id).await["payment_summary"]["credit_applied_cents"], 0);
}
