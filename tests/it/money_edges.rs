//! Money at the very second a rule changes its mind, and where several rules meet: credit, a late move, a tip, a refund.

use serde_json::{Value, json};

use crate::kit::{Person, Stage};

const BECAUSE: &str = "It is what this test is about.";

// One piano hour: its price, the instructor’s part, what the card is asked for.
const LP: i64 = 8000;
const P: i64 = 6800;
const PAY: i64 = 8960;

async fn give(stage: &Stage, admin: &Person, cents: i64) {
    let gift = json!({ "amount_cents": cents, "reason": BECAUSE });
    stage.post(admin, &format!("/api/v1/admin/users/{}/credits", stage.emma.id), gift).await.expect(201);
}

/// Held and paid, with as much of `credit` as the lesson has room for.
async fn book_with(stage: &Stage, date: &str, time: &str, credit: i64) -> String {
    let id = stage.hold(&stage.emma, date, time).await;
    let body = json!({ "booking_id": id, "payment_method_id": "pm_card_visa", "requested_credit_cents": credit });
    let paid = stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200);
    assert_eq!((&paid["success"], &paid["credit_applied_cents"]), (&json!(true), &json!(credit)), "{paid}");
    id
}

async fn cancel(stage: &Stage, who: &Person, id: &str) -> Value {
    stage.post(who, &format!("/api/v1/bookings/{id}/cancel"), json!({ "reason": "Not today" })).await.expect(200)
}

async fn moved(stage: &Stage, id: &str, date: &str, time: &str) -> String {
    let wish = json!({ "booking_date": date, "start_time": time, "selected_duration": 60 });
    let new = stage.post(&stage.emma, &format!("/api/v1/bookings/{id}/reschedule"), wish).await.expect(200);
    assert_eq!(new["payment"]["payment_status"], "locked", "{new}");
    new["id"].as_str().unwrap().to_owned()
}

fn ended(booking: &Value) -> (&str, &str, &str) {
    let payment = &booking["payment"];
    let outcome = payment["settlement_outcome"].as_str().unwrap_or_default();
    (booking["status"].as_str().unwrap(), payment["payment_status"].as_str().unwrap(), outcome)
}

/// rule: 10§2.8: exactly 24 and exactly 12 hours belong to the earlier bucket, one second later to the next; the credit
/// that was used comes back inside what is given.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_decides_what_cancelling_costs() {
    // Card net, instructor, what Emma has more than the credit she used.
    for (instant, outcome, card, payout, more) in [
        ("2026-11-12T17:00:00Z", "student_cancel_gt24_no_charge", 0, 0, 0),
        ("2026-11-12T17:00:01Z", "student_cancel_12_24_full_credit", PAY - 2000, 0, LP - 2000),
        ("2026-11-13T05:00:00Z", "student_cancel_12_24_full_credit", PAY - 2000, 0, LP - 2000),
        ("2026-11-13T05:00:01Z", "student_cancel_lt12_split_50_50", PAY - 2000, P / 2, LP / 2 - 2000),
        ("2026-11-13T16:59:59Z", "student_cancel_lt12_split_50_50", PAY - 2000, P / 2, LP / 2 - 2000),
    ] {
        let mut stage = Stage::set().await;
        let admin = stage.admin().await;
        give(&stage, &admin, 2000).await;
        let id = book_with(&stage, "2026-11-13", "12:00", 2000).await;
        stage.at(instant).await;
        let seen = cancel(&stage, &stage.emma, &id).await;
        assert_eq!(ended(&seen), ("CANCELLED", "settled", outcome), "{instant}");
        assert_eq!(stage.at_stripe(&[&id]).await, (card, payout), "{instant}");
        assert_eq!(stage.credit(&stage.emma).await, 2000 + more, "{instant}");
        assert_eq!(seen["payment_summary"]["total_paid_cents"], card, "{seen}");
        assert_eq!(seen["payment_summary"]["student_credit_cents"], 2000 + more, "{seen}");
    }
}

/// rule: 10§2.8, the rows of locked money: by the new start, to the second; the instructor's and an admin's word count
/// as for any lesson.
#[tokio::test(flavor = "multi_thread")]
async fn money_that_was_locked_ends_by_the_new_time() {
    for (who, instant, outcome, card, payout, credit) in [
        ("student", "2026-11-13T05:00:00Z", "locked_cancel_ge12_full_credit", PAY - 2000, 0, LP),
        ("student", "2026-11-13T05:00:01Z", "locked_cancel_lt12_split_50_50", PAY - 2000, P / 2, LP / 2),
        ("instructor", "2026-11-13T05:00:01Z", "instructor_cancel_full_refund", 0, 0, 2000),
        ("refund", "2026-11-13T05:00:01Z", "admin_refund", 0, 0, 2000),
        ("keep", "2026-11-13T05:00:01Z", "admin_no_refund", PAY - 2000, P, 0),
    ] {
        let mut stage = Stage::set().await;
        let mut admin = stage.admin().await;
        give(&stage, &admin, 2000).await;
        let old = book_with(&stage, "2026-11-11", "12:00", 2000).await;
        let new = moved(&stage, &old, "2026-11-13", "12:00").await;
        assert_eq!(stage.at_stripe(&[&old, &new]).await, (PAY - 2000, 0));
        stage.at(instant).await;
        stage.again(&mut admin).await;
        let path = format!("/api/v1/admin/bookings/{new}/cancel");
        let seen = match who {
            "student" => cancel(&stage, &stage.emma, &new).await,
            "instructor" => cancel(&stage, &stage.sarah, &new).await,
            _ => stage.post(&admin, &path, json!({ "reason": BECAUSE, "refund": who == "refund" })).await.expect(200),
        };
        assert_eq!(ended(&seen), ("CANCELLED", "settled", outcome), "{who}");
        assert_eq!(stage.at_stripe(&[&old, &new]).await, (card, payout), "{who}");
        assert_eq!(stage.credit(&stage.emma).await, credit, "{who}");
    }
}

/// rule: 10§2.7: the instructor waits 72 hours for a card and not a second longer; whoever's card it is books nothing.
#[tokio::test(flavor = "multi_thread")]
async fn three_days_of_refusals_are_three_days() {
    let mut stage = Stage::set().await;
    let id = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    let refusals = json!({ "operation": "payment_intents.capture", "error": "card_declined", "times": 1000,
        "booking_id": id });
    stage.app.post("/sandbox/v1/stripe/faults", refusals).await.expect(200);
    stage.at("2026-11-15T17:59:59Z").await;
    let waiting = stage.booking(&stage.emma, &id).await;
    assert_eq!(ended(&waiting), ("COMPLETED", "payment_method_required", ""));
    assert_eq!(stage.at_stripe(&[&id]).await, (0, 0));
    stage.hold(&stage.emma, "2026-11-20", "10:00").await;
    stage.at("2026-11-15T18:00:00Z").await;
    let over = stage.booking(&stage.emma, &id).await;
    assert_eq!(ended(&over), ("COMPLETED", "manual_review", "capture_failure_instructor_paid"));
    assert_eq!(stage.at_stripe(&[&id]).await, (0, P));
    let wish = stage.piano("2026-11-20", "12:00");
    stage.post(&stage.emma, "/api/v1/bookings", wish).await.refused(422, "ACCOUNT_RESTRICTED");
}

/// rule: 10§2.9: a report counts after exactly 24 hours; an objection in the last second stops it, and the one who was
/// paid early is paid once.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_after_a_day_to_the_second() {
    for objects in [false, true] {
        let mut stage = Stage::set().await;
        let old = stage.book(&stage.emma, "2026-11-11", "12:00").await;
        let id = moved(&stage, &old, "2026-11-12", "12:00").await;
        stage.at("2026-11-12T17:00:00Z").await;
        let path = format!("/api/v1/bookings/{id}/no-show");
        stage.post(&stage.sarah, &path, json!({ "no_show_type": "student" })).await.expect(200);
        stage.at("2026-11-13T16:59:59Z").await;
        if objects {
            let word = json!({ "reason": "I sat at the piano." });
            stage.post(&stage.emma, &format!("{path}/dispute"), word).await.expect(200);
        }
        assert_eq!(ended(&stage.booking(&stage.emma, &id).await), ("NO_SHOW", "manual_review", ""));
        stage.at("2026-11-13T17:00:00Z").await;
        let wanted = match objects {
            true => ("NO_SHOW", "manual_review", ""),
            false => ("NO_SHOW", "settled", "student_no_show_full_payout"),
        };
        assert_eq!(ended(&stage.booking(&stage.emma, &id).await), wanted);
        assert_eq!(stage.at_stripe(&[&old, &id]).await, (PAY, if objects { 0 } else { P }));
    }
}

/// rule: 10§2.8 later refunds: of a lesson that credit paid for, the card's few dollars are all that can go back, and the
/// instructor's share of them is a share of the whole payout.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_of_what_the_card_gave() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    give(&stage, &admin, LP).await;
    let id = book_with(&stage, "2026-11-11", "12:00", LP).await;
    stage.at("2026-11-12T18:00:00Z").await;
    stage.again(&mut admin).await;
    assert_eq!(stage.at_stripe(&[&id]).await, (960, P));
    let path = format!("/api/v1/admin/bookings/{id}/refund");
    for (cents, code) in [(961, "REFUND_OUT_OF_RANGE"), (0, "REFUND_OUT_OF_RANGE"), (-1, "REFUND_OUT_OF_RANGE")] {
        let answer = stage.post(&admin, &path, json!({ "reason": BECAUSE, "amount_cents": cents })).await;
        assert_eq!(answer.status, 422, "{cents} {}", answer.text);
        assert!(cents <= 0 || answer.text.contains(code), "{}", answer.text);
    }
    let part = json!({ "reason": BECAUSE, "amount_cents": 333, "reverse_payout": true });
    let seen = stage.post(&admin, &path, part).await.expect(200);
    // 6800 × 333 / 960 = 2358.75, half-up.
    assert_eq!(stage.at_stripe(&[&id]).await, (960 - 333, P - 2359));
    assert_eq!(ended(&seen), ("COMPLETED", "settled", "lesson_completed_full_payout"));
    let rest = stage.post(&admin, &path, json!({ "reason": BECAUSE, "reverse_payout": true })).await.expect(200);
    assert_eq!(ended(&rest), ("CANCELLED", "settled", "admin_refund"));
    assert_eq!(stage.at_stripe(&[&id]).await, (0, 0));
    assert_eq!(rest["payout_summary"]["payout_cents"], 0);
    stage.post(&admin, &path, json!({ "reason": BECAUSE })).await.refused(422, "NOTHING_TO_REFUND");
}

/// rule: 10§2.5, 2.6: credit reserved at the first try stays with the booking from card to card, and the bank holds one
/// of them only.
#[tokio::test(flavor = "multi_thread")]
async fn three_cards_later_there_is_one_hold_and_one_reservation() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    give(&stage, &admin, 1500).await;
    let id = stage.hold(&stage.emma, "2026-11-11", "12:00").await;
    let pay = async |card: &str, credit: Value| {
        let body = json!({ "booking_id": id, "payment_method_id": card, "requested_credit_cents": credit });
        stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200)
    };
    let refused = pay("pm_card_chargeDeclined", json!(1500)).await;
    assert_eq!((&refused["success"], &refused["status"]), (&json!(false), &json!("requires_payment_method")));
    let asked = pay("pm_card_authenticationRequired", json!(10)).await;
    assert_eq!((&asked["status"], &asked["credit_applied_cents"]), (&json!("requires_action"), &json!(1500)));
    let paid = pay("pm_card_visa", json!(0)).await;
    assert_eq!((&paid["status"], &paid["amount_cents"]), (&json!("authorized"), &json!(PAY - 1500)), "{paid}");
    let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={id}");
    let seen = stage.app.get(&path).await.expect(200);
    let holds: Vec<&Value> =
        seen["items"].as_array().unwrap().iter().filter(|o| o["status"] == "requires_capture").collect();
    assert_eq!((holds.len(), &holds[0]["amount"]), (1, &json!(PAY - 1500)));
    let lots = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!((&lots["reserved_cents"], &lots["available_cents"]), (&json!(1500), &json!(0)));
}

/// rule: 10§2.9, 2.10: a chargeback takes the lesson's payout back and leaves the tip, which was another payment.
#[tokio::test(flavor = "multi_thread")]
async fn a_disputed_lesson_keeps_its_tip() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    stage.at("2026-11-12T18:00:00Z").await;
    stage.again(&mut admin).await;
    let review = |tip: i64| json!({ "booking_id": id, "rating": 5, "tip_amount_cents": tip });
    for tip in [49, 99_901] {
        stage.post(&stage.emma, "/api/v1/reviews", review(tip)).await.refused(422, "VALIDATION_ERROR");
    }
    let given = stage.post(&stage.emma, "/api/v1/reviews", review(99_900)).await.expect(200);
    assert_eq!(given["tip_status"], "succeeded", "{given}");
    let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={id}");
    let intents = stage.app.get(&path).await.expect(200);
    let lesson = intents["items"].as_array().unwrap().iter().find(|o| o["amount"] == PAY).unwrap()["id"].clone();
    for (status, payout) in [("opened", 0), ("won", P)] {
        let order = json!({ "payment_intent": lesson, "status": status });
        stage.app.post("/sandbox/v1/stripe/disputes", order).await.expect(200);
        assert_eq!(stage.at_stripe(&[&id]).await.1, payout + 99_900, "{status}");
        let seen = stage.get(&admin, &format!("/api/v1/admin/bookings/{id}")).await.expect(200);
        let told = (&seen["payout_summary"]["payout_cents"], &seen["payout_summary"]["tip_cents"]);
        assert_eq!(told, (&json!(payout), &json!(99_900)), "{status}");
    }
}
