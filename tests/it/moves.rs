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

/// rule: 10§2.8: a lesson is given only for money that is there: a card that is refused, or wants its holder, moves
/// nothing, and nobody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_moved_near_is_held_first_or_not_moved() {
    let mut stage = Stage::set().await;
    let admin = stage.admin().await;
    let gift = json!({ "amount_cents": 2000, "reason": "For the lesson that is moved." });
    stage.post(&admin, &format!("/api/v1/admin/users/{}/credits", stage.emma.id), gift).await.expect(201);
    let id = stage.hold(&stage.emma, "2026-11-12", "12:00").await;
    let pay = json!({ "booking_id": id, "payment_method_id": "pm_card_visa", "requested_credit_cents": 2000 });
    stage.post(&stage.emma, "/api/v1/payments/checkout", pay).await.expect(200);
    let order = |error: &str| json!({ "operation": "payment_intents.confirm", "error": error, "times": 1 });
    for error in ["card_declined", "authentication_required"] {
        stage.app.post("/sandbox/v1/stripe/faults", order(error)).await.expect(200);
        moved(&stage, &id, "2026-11-11", "12:00").await.refused(422, "reschedule_lock_failed");
        let same = stage.booking(&stage.emma, &id).await;
        let status = (&same["status"], &same["payment"]["payment_status"], &same["payment"]["auth_scheduled_for"]);
        assert_eq!(status, (&json!("CONFIRMED"), &json!("scheduled"), &json!("2026-11-11T17:00:00Z")), "{same}");
        assert_eq!(same["payment_summary"]["credit_applied_cents"], 2000, "{same}");
        assert_eq!(held(&stage, &[&id]).await, 0);
        let listed = stage.get(&stage.emma, "/api/v1/bookings").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(stage.app.mail(&stage.emma.email, "booking_rescheduled").await, Value::Null);
        assert_eq!(stage.app.mail(&stage.emma.email, "booking_cancelled").await, Value::Null);
        let free = stage.piano("2026-11-11", "12:00");
        let free = stage.post(&stage.john, "/api/v1/bookings/check-availability", free).await.expect(200);
        assert_eq!(free["available"], true, "{free}");
    }
    let new = moved(&stage, &id, "2026-11-11", "12:00").await.expect(200);
    let status = (&new["status"], &new["payment"]["payment_status"], &new["payment_summary"]["credit_applied_cents"]);
    assert_eq!(status, (&json!("CONFIRMED"), &json!("authorized"), &json!(2000)), "{new}");
    let new = new["id"].as_str().unwrap();
    assert_eq!(held(&stage, &[&id, new]).await, 1);
    let old = stage.booking(&stage.emma, &id).await;
    assert_eq!((&old["status"], &old["rescheduled_to_id"]), (&json!("CANCELLED"), &json!(new)), "{old}");
    assert_eq!(stage.app.mail(&stage.emma.email, "booking_rescheduled").await["template"], "booking_rescheduled");
    stage.at("2026-11-12T18:00:00Z").await;
    assert_eq!(stage.at_stripe(&[&id, new]).await, (6960, 6800));
    assert_eq!(stage.booking(&stage.emma, new).await["payment"]["settlement_outcome"], "lesson_completed_full_payout");
    assert_eq!(stage.credit(&stage.emma).await, 0);
}

/// The bank's answer comes when nobody waits for it any more: the lesson stays where it was, and is paid for as if its
/// move had never been asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_came_too_late_moves_nothing_and_is_let_go() {
    let mut stage = Stage::set().await;
    let id = stage.book(&stage.emma, "2026-11-12", "12:00").await;
    let fault = |times: u32| json!({ "operation": "payment_intents.confirm", "error": "timeout", "times": times });
    stage.app.post("/sandbox/v1/stripe/faults", fault(4)).await.expect(200);
    moved(&stage, &id, "2026-11-11", "12:00").await.refused(422, "reschedule_lock_failed");
    stage.at("2026-11-11T16:00:00Z").await;
    let same = stage.booking(&stage.emma, &id).await;
    let status = (&same["status"], &same["payment"]["payment_status"]);
    assert_eq!(status, (&json!("CONFIRMED"), &json!("scheduled")), "{same}");
    stage.at("2026-11-11T17:00:00Z").await;
    assert_eq!(stage.booking(&stage.emma, &id).await["payment"]["payment_status"], "authorized");
    let admin = stage.admin().await;
    let all = stage.get(&admin, "/api/v1/admin/bookings").await.expect(200);
    let ids: Vec<&str> = all["items"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), held(&stage, &ids).await), (2, 1), "the move's own hold is let go");
    stage.at("2026-11-13T18:00:00Z").await;
    assert_eq!(stage.at_stripe(&ids).await, (8960, 6800));
}

/// The half hour before a lesson is its own: moved there, it stands in nobody's way.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_next_to_the_old_one_is_no_conflict_with_it() {
    let stage = Stage::set().await;
    let id = stage.book(&stage.emma, "2026-11-11", "14:15").await;
    let new = moved(&stage, &id, "2026-11-11", "13:45").await.expect(200);
    assert_eq!(
        (&new["status"], &new["payment"]["payment_status"]),
        (&json!("CONFIRMED"), &json!("authorized")),
        "{new}"
    );
    assert_eq!(held(&stage, &[&id, new["id"].as_str().unwrap()]).await, 1);
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
