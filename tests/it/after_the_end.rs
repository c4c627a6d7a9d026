//! What happens to a lesson's money once it has ended: refunds, disputes, milestones, bars, the nightly comparison.

use serde_json::{Value, json};

use crate::kit::{Person, Stage};

const BECAUSE: &str = "It is what this test is about.";

/// A lesson of Emma's that took place today and was paid out.
async fn taught(stage: &mut Stage, date: &str, time: &str, after: &str) -> String {
    let id = stage.book(&stage.emma, date, time).await;
    stage.at(after).await;
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 6800));
    id
}

async fn refund(stage: &Stage, admin: &Person, id: &str, more: Value) -> crate::kit::Answered {
    let mut body = json!({ "reason": BECAUSE });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    stage.post(admin, &format!("/api/v1/admin/bookings/{id}/refund"), body).await
}

fn intent(of: &Value) -> String {
    of["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn dispute(stage: &Stage, booking: &str, status: &str) {
    let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={booking}");
    let intent = intent(&stage.app.get(&path).await.expect(200));
    let body = json!({ "payment_intent": intent, "status": status });
    stage.app.post("/sandbox/v1/stripe/disputes", body).await.expect(200);
}

/// Waits until an event of the stand-in has reached us; it travels by itself.
async fn until(stage: &Stage, who: &Person, booking: &str, wanted: (&str, &str)) -> Value {
    let path = format!("/api/v1/admin/bookings/{booking}");
    for _ in 0..400 {
        let seen = stage.get(who, &path).await.expect(200);
        let outcome = seen["payment"]["settlement_outcome"].as_str().unwrap_or_default().to_owned();
        if (seen["payment"]["payment_status"].as_str().unwrap(), outcome.as_str()) == wanted {
            return seen;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{booking} never became {wanted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_gives_part_and_then_all_of_it_back() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = taught(&mut stage, "2026-11-10", "18:00", "2026-11-12T01:00:00Z").await;
    stage.again(&mut admin).await;
    refund(&stage, &stage.emma, &id, json!({})).await.refused(403, "FORBIDDEN");
    refund(&stage, &admin, &id, json!({ "amount_cents": 8961 })).await.refused(422, "REFUND_OUT_OF_RANGE");
    refund(&stage, &admin, &id, json!({ "reason": "short" })).await.refused(422, "VALIDATION_ERROR");
    // A third of the card's money and, half-up, the same share of the payout: 6800 × 2987 / 8960.
    let part = json!({ "amount_cents": 2987, "reverse_payout": true });
    let seen = refund(&stage, &admin, &id, part).await.expect(200);
    assert_eq!(
        (&seen["status"], &seen["payment_summary"]["refunded_to_card_cents"]),
        (&json!("COMPLETED"), &json!(2987))
    );
    assert_eq!(stage.at_stripe(&[&id]).await, (8960 - 2987, 6800 - 2267));
    let mail = stage.app.mail(&stage.emma.email, "alert").await;
    assert_eq!(mail["data"]["amount_cents"], 2987, "{mail}");
    let rest = refund(&stage, &admin, &id, json!({})).await.expect(200);
    assert_eq!(rest["status"], "CANCELLED");
    assert_eq!((&rest["cancelled_by_id"], &rest["cancellation_reason"]), (&json!(admin.id), &json!(BECAUSE)));
    assert_eq!(rest["payment"]["settlement_outcome"], "admin_refund");
    assert_eq!(stage.at_stripe(&[&id]).await, (0, 6800 - 2267), "the rest came from the platform");
    refund(&stage, &admin, &id, json!({})).await.refused(422, "NOTHING_TO_REFUND");
    let file = stage.get(&admin, &format!("/api/v1/admin/bookings/{id}")).await.expect(200);
    let sum: i64 = file["ledger"].as_array().unwrap().iter().map(|line| line["amount_cents"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0);
    let trail = stage.get(&admin, "/api/v1/admin/audit").await.expect(200);
    let refunds = trail["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "booking.refund");
    let ends: Vec<&str> = refunds.map(|entry| entry["status"].as_str().unwrap()).collect();
    assert_eq!(ends, ["failed", "success", "success", "failed"], "{trail}");
    // Emma earned by that lesson what counts as never held.
    let earned = stage.get(&stage.sarah, "/api/v1/payments/earnings").await.expect(200);
    assert_eq!(earned["total_earned_cents"], 6800 - 2267);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_lesson_brings_credit_and_its_refund_takes_it_back() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let mut ids = Vec::new();
    for time in ["09:00", "10:30", "12:00", "13:30", "15:00"] {
        ids.push(stage.book(&stage.emma, "2026-11-12", time).await);
    }
    stage.at("2026-11-13T01:00:00Z").await;
    for id in &ids {
        stage.post(&stage.sarah, &format!("/api/v1/bookings/{id}/complete"), json!({})).await.expect(200);
    }
    let held = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!((&held["available_cents"], &held["lots"][0]["source_type"]), (&json!(1000), &json!("milestone_s5")));
    stage.at("2026-11-14T01:00:00Z").await;
    stage.again(&mut admin).await;
    let me = stage.get(&stage.emma, "/api/v1/auth/me").await.expect(200);
    assert_eq!(me["credit_available_cents"], 1000);
    refund(&stage, &admin, &ids[4], json!({})).await.expect(200);
    assert_eq!(stage.credit(&stage.emma).await, 0);
    // The number five is rewarded once in a lifetime: the next fifth lesson brings nothing.
    let sixth = stage.book(&stage.emma, "2026-11-14", "12:00").await;
    stage.at("2026-11-14T20:00:00Z").await;
    stage.post(&stage.sarah, &format!("/api/v1/bookings/{sixth}/complete"), json!({})).await.expect(200);
    assert_eq!(stage.credit(&stage.emma).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_milestone_that_was_spent_is_owed_and_paid_with_the_next_credit() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let mut ids = Vec::new();
    for time in ["09:00", "10:30", "12:00", "13:30", "15:00"] {
        ids.push(stage.book(&stage.emma, "2026-11-11", time).await);
    }
    stage.at("2026-11-12T01:00:00Z").await;
    for id in &ids {
        stage.post(&stage.sarah, &format!("/api/v1/bookings/{id}/complete"), json!({})).await.expect(200);
    }
    let spent = stage.hold(&stage.emma, "2026-11-12", "12:00").await;
    let body = json!({ "booking_id": spent, "payment_method_id": "pm_card_visa", "requested_credit_cents": 1000 });
    assert_eq!(
        stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200)["credit_applied_cents"],
        1000
    );
    stage.at("2026-11-14T01:00:00Z").await;
    stage.again(&mut admin).await;
    refund(&stage, &admin, &ids[4], json!({})).await.expect(200);
    let held = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!(held["credit_balance_cents"], -1000);
    let wish = stage.piano("2026-11-16", "12:00");
    stage.post(&stage.emma, "/api/v1/bookings", wish.clone()).await.refused(422, "ACCOUNT_RESTRICTED");
    let gift = json!({ "amount_cents": 1500, "reason": BECAUSE });
    stage.post(&admin, &format!("/api/v1/admin/users/{}/credits", stage.emma.id), gift).await.expect(201);
    let held = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!((&held["credit_balance_cents"], &held["available_cents"]), (&json!(0), &json!(500)));
    stage.post(&stage.emma, "/api/v1/bookings", wish).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_is_won_pays_the_instructor_again() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = taught(&mut stage, "2026-11-10", "18:00", "2026-11-12T01:00:00Z").await;
    stage.again(&mut admin).await;
    dispute(&stage, &id, "opened").await;
    until(&stage, &admin, &id, ("manual_review", "lesson_completed_full_payout")).await;
    for _ in 0..200 {
        if stage.at_stripe(&[&id]).await.1 == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 0), "the payout was taken back");
    let told = stage.app.mail(&stage.sarah.email, "alert").await;
    assert_eq!(told["data"]["amount_cents"], 8960, "{told}");
    refund(&stage, &admin, &id, json!({})).await.refused(422, "NOTHING_TO_REFUND");
    dispute(&stage, &id, "won").await;
    until(&stage, &admin, &id, ("settled", "dispute_won")).await;
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 6800));
    let earned = stage.get(&stage.sarah, "/api/v1/payments/earnings").await.expect(200);
    assert_eq!(earned["total_earned_cents"], 6800);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_is_lost_revokes_credit_and_bars_the_student() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    // Cancelled late: 8000 of credit came of this payment, of which 3000 are spent.
    let id = stage.book(&stage.emma, "2026-11-11", "10:00").await;
    stage.post(&stage.emma, &format!("/api/v1/bookings/{id}/cancel"), json!({ "reason": "Ill" })).await.expect(200);
    let spent = stage.hold(&stage.emma, "2026-11-10", "21:00").await;
    let body = json!({ "booking_id": spent, "payment_method_id": "pm_card_visa", "requested_credit_cents": 3000 });
    stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200);
    stage.at("2026-11-12T03:30:00Z").await;
    stage.again(&mut admin).await;
    assert_eq!(stage.credit(&stage.emma).await, 5000);
    dispute(&stage, &id, "opened").await;
    until(&stage, &admin, &id, ("manual_review", "student_cancel_12_24_full_credit")).await;
    let held = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!((&held["frozen_cents"], &held["available_cents"]), (&json!(5000), &json!(0)));
    assert_eq!(held["credit_balance_cents"], -3000);
    dispute(&stage, &id, "lost").await;
    until(&stage, &admin, &id, ("settled", "student_wins_dispute_full_refund")).await;
    let held = stage.get(&stage.emma, "/api/v1/payments/credits").await.expect(200);
    assert_eq!((&held["frozen_cents"], &held["available_cents"]), (&json!(0), &json!(0)));
    let wish = stage.piano("2026-11-16", "12:00");
    stage.post(&stage.emma, "/api/v1/bookings", wish.clone()).await.refused(422, "ACCOUNT_RESTRICTED");
    let lifted = format!("/api/v1/admin/users/{}/lift-payment-bar", stage.emma.id);
    let free = stage.post(&admin, &lifted, json!({ "reason": BECAUSE })).await.expect(200);
    assert_eq!((&free["account_restricted"], &free["credit_balance_cents"]), (&json!(false), &json!(0)));
    stage.post(&stage.emma, "/api/v1/bookings", wish).await.expect(201);
}

/// rule: 10§2.7, §2.9: the bank may judge before anybody said that the lesson took place; it ends by itself all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_whose_money_the_bank_took_still_ends() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let first = stage.book(&stage.emma, "2026-11-11", "10:00").await;
    let body = json!({ "booking_date": "2026-11-12", "start_time": "12:00", "selected_duration": 60 });
    let moved = stage.post(&stage.emma, &format!("/api/v1/bookings/{first}/reschedule"), body).await.expect(200);
    assert_eq!(moved["payment"]["payment_status"], "locked", "{moved}");
    let id = moved["id"].as_str().unwrap();
    stage.at("2026-11-12T19:00:00Z").await;
    stage.again(&mut admin).await;
    dispute(&stage, &first, "opened").await;
    until(&stage, &admin, id, ("manual_review", "")).await;
    dispute(&stage, &first, "lost").await;
    let judged = until(&stage, &admin, id, ("settled", "student_wins_dispute_full_refund")).await;
    assert_eq!(judged["status"], "CONFIRMED", "it can still be reported");
    stage.at("2026-11-13T18:30:00Z").await;
    stage.again(&mut admin).await;
    let ended = until(&stage, &admin, id, ("settled", "student_wins_dispute_full_refund")).await;
    assert_eq!(ended["status"], "COMPLETED");
    assert_eq!(stage.at_stripe(&[&first, id]).await.1, 0, "nobody is paid for it");
}

/// rule: 10§2.9: opened before a lesson that was paid early, won after its money was due: that is how it ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_won_after_the_lesson_ends_it() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let mut moved = Vec::new();
    for (from, to) in [("10:00", "08:00"), ("12:00", "10:00")] {
        let first = stage.book(&stage.emma, "2026-11-11", from).await;
        let wish = json!({ "booking_date": "2026-11-12", "start_time": to, "selected_duration": 60 });
        let new = stage.post(&stage.emma, &format!("/api/v1/bookings/{first}/reschedule"), wish).await.expect(200);
        let new = new["id"].as_str().unwrap().to_owned();
        dispute(&stage, &first, "opened").await;
        until(&stage, &admin, &new, ("manual_review", "")).await;
        moved.push((first, new));
    }
    dispute(&stage, &moved[0].0, "won").await;
    until(&stage, &admin, &moved[0].1, ("locked", "")).await;
    stage.at("2026-11-13T20:00:00Z").await;
    stage.again(&mut admin).await;
    until(&stage, &admin, &moved[0].1, ("settled", "lesson_completed_full_payout")).await;
    dispute(&stage, &moved[1].0, "won").await;
    let won = until(&stage, &admin, &moved[1].1, ("settled", "dispute_won")).await;
    assert_eq!(won["status"], "COMPLETED");
    for (first, new) in &moved {
        assert_eq!(stage.at_stripe(&[first, new]).await, (8960, 6800));
    }
}

/// rule: 10§2.8: a lesson that was moved late is paid already. Given back once it is over, before anybody marked it or
/// after its instructor contested it, it counts as never held; a part of it leaves the lesson to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_moved_lesson_that_is_over_can_be_paid_back_before_anybody_marked_it() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let mut moved = Vec::new();
    for (from, to) in [("10:00", "08:00"), ("12:00", "10:00"), ("14:00", "12:00")] {
        let first = stage.book(&stage.emma, "2026-11-11", from).await;
        let wish = json!({ "booking_date": "2026-11-12", "start_time": to, "selected_duration": 60 });
        let new = stage.post(&stage.emma, &format!("/api/v1/bookings/{first}/reschedule"), wish).await.expect(200);
        moved.push((first, new["id"].as_str().unwrap().to_owned()));
    }
    let [unmarked, contested, partly] = [&moved[0].1, &moved[1].1, &moved[2].1];
    refund(&stage, &admin, unmarked, json!({})).await.refused(422, "NOTHING_TO_REFUND");
    stage.at("2026-11-12T19:00:00Z").await;
    stage.again(&mut admin).await;
    let path = format!("/api/v1/instructor-bookings/{contested}/dispute");
    stage.post(&stage.sarah, &path, json!({ "reason": "They never came." })).await.expect(200);
    for id in [unmarked, contested] {
        let back = refund(&stage, &admin, id, json!({})).await.expect(200);
        let ended = (&back["status"], &back["payment"]["settlement_outcome"]);
        assert_eq!(ended, (&json!("CANCELLED"), &json!("admin_refund")));
    }
    let part = refund(&stage, &admin, partly, json!({ "amount_cents": 1000 })).await.expect(200);
    assert_eq!((&part["status"], &part["payment"]["payment_status"]), (&json!("CONFIRMED"), &json!("locked")));
    stage.at("2026-11-13T19:00:00Z").await;
    assert_eq!(stage.at_stripe(&[&moved[0].0, unmarked]).await, (0, 0));
    assert_eq!(stage.at_stripe(&[&moved[1].0, contested]).await, (0, 0));
    assert_eq!(stage.at_stripe(&[&moved[2].0, partly]).await, (7960, 6800), "the part came from the platform");
    assert_eq!(stage.booking(&stage.emma, partly).await["payment"]["payment_status"], "settled");
}

/// rule: 10§2.8: within 24 hours the lock asks the bank first, where it was refused before.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_move_asks_the_card_that_was_refused_before() {
    let mut stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-12", "12:00").await;
    stage.checkout(&stage.emma, &id, "pm_card_visa").await;
    let once = json!({ "operation": "payment_intents.confirm", "error": "card_declined", "times": 2 });
    stage.app.post("/sandbox/v1/stripe/faults", once).await.expect(200);
    stage.at("2026-11-11T17:05:00Z").await;
    let refused = stage.booking(&stage.emma, &id).await;
    assert_eq!(refused["payment"]["payment_status"], "payment_method_required");
    let to = json!({ "booking_date": "2026-11-13", "start_time": "12:00", "selected_duration": 60 });
    let path = format!("/api/v1/bookings/{id}/reschedule");
    stage.post(&stage.emma, &path, to.clone()).await.refused(422, "reschedule_lock_failed");
    let same = stage.booking(&stage.emma, &id).await;
    assert_eq!((&same["status"], &same["payment"]), (&refused["status"], &refused["payment"]), "nothing changed");
    let moved = stage.post(&stage.emma, &path, to).await.expect(200);
    assert_eq!((&moved["status"], &moved["payment"]["payment_status"]), (&json!("CONFIRMED"), &json!("locked")));
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_was_sent_and_what_can_be_taken_away() {
    let mut stage = Stage::set().await;
    let none = stage.post(&stage.sarah, "/api/v1/payments/connect/instant-payout", json!({})).await;
    none.refused(400, "NOTHING_TO_PAY_OUT");
    taught(&mut stage, "2026-11-10", "18:00", "2026-11-12T01:00:00Z").await;
    stage.post(&stage.emma, "/api/v1/payments/connect/instant-payout", json!({})).await.refused(403, "FORBIDDEN");
    let paid = stage.post(&stage.sarah, "/api/v1/payments/connect/instant-payout", json!({})).await.expect(200);
    assert_eq!((&paid["amount_cents"], &paid["method"]), (&json!(6800), &json!("instant")));
    stage
        .post(&stage.sarah, "/api/v1/payments/connect/instant-payout", json!({}))
        .await
        .refused(400, "NOTHING_TO_PAY_OUT");
    let all = stage.get(&stage.sarah, "/api/v1/payments/payouts").await.expect(200);
    assert_eq!((&all["total_paid_cents"], &all["payout_count"]), (&json!(6800), &json!(1)), "{all}");
    let mail = stage.app.mail(&stage.sarah.email, "payout_sent").await;
    assert_eq!(
        (&mail["data"]["amount_cents"], &mail["subject"]),
        (&json!(6800), &json!("$68.00 was paid to your bank"))
    );
    let link = stage.get(&stage.sarah, "/api/v1/payments/connect/dashboard").await.expect(200);
    assert!(link["dashboard_url"].as_str().unwrap().starts_with("http"));
    let schedule = "/api/v1/payments/connect/payout-schedule";
    let day = stage.post(&stage.sarah, schedule, json!({ "weekly_anchor": "friday" })).await.expect(200);
    assert_eq!(day, json!({ "interval": "weekly", "weekly_anchor": "friday" }));
    stage.post(&stage.sarah, schedule, json!({ "weekly_anchor": "sunday" })).await.refused(422, "VALIDATION_ERROR");
    let usual = stage.post(&stage.sarah, schedule, json!({})).await.expect(200);
    assert_eq!(usual["weekly_anchor"], "tuesday");
    let audit = stage.app.post("/sandbox/v1/jobs/run", json!({ "job": "payout_audit" })).await.expect(200);
    assert_eq!((&audit["report"]["accounts"], &audit["report"]["schedules_repaired"]), (&json!(1), &json!(0)));
    let export = "/api/v1/payments/earnings/export";
    let sheet = stage.post(&stage.sarah, export, json!({})).await;
    assert_eq!(sheet.headers["content-type"], "text/csv; charset=utf-8");
    assert!(sheet.text.contains("2026-11-11,2026-11-10,Piano with Emma J.,"), "{}", sheet.text);
    assert!(sheet.text.trim_end().ends_with("80.00,12.00,68.00,0.00,68.00"), "{}", sheet.text);
    let page = stage.post(&stage.sarah, export, json!({ "format": "pdf" })).await;
    assert_eq!((page.status.as_u16(), &page.text[..5]), (200, "%PDF-"));
    let odd = json!({ "start_date": "2026-11-12", "end_date": "2026-11-01" });
    stage.post(&stage.sarah, export, odd).await.refused(422, "VALIDATION_ERROR");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_is_proved_once() {
    let stage = Stage::set().await;
    let (open, refresh) = ("/api/v1/payments/identity/session", "/api/v1/payments/identity/refresh");
    stage.post(&stage.emma, open, json!({})).await.refused(403, "FORBIDDEN");
    let none = stage.post(&stage.sarah, refresh, json!({})).await.expect(200);
    assert_eq!(none, json!({ "status": "not_started", "verified": false }));
    let first = stage.post(&stage.sarah, open, json!({})).await.expect(200);
    let again = stage.post(&stage.sarah, open, json!({})).await.expect(200);
    assert_eq!(first["verification_session_id"], again["verification_session_id"], "an open session is used again");
    let session = first["verification_session_id"].as_str().unwrap();
    stage.app.post(&format!("/sandbox/v1/stripe/identity/{session}/verify"), json!({})).await.expect(200);
    let done = stage.post(&stage.sarah, refresh, json!({})).await.expect(200);
    assert_eq!(done, json!({ "status": "verified", "verified": true }));
    stage.post(&stage.sarah, open, json!({})).await.refused(400, "IDENTITY_ALREADY_VERIFIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nightly_comparison_finds_what_we_never_booked() {
    use instainstru::base::money::Cents;
    use instainstru::outside::stripe::Stripe;
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = taught(&mut stage, "2026-11-10", "18:00", "2026-11-12T01:00:00Z").await;
    let run = async || stage.app.post("/sandbox/v1/jobs/run", json!({ "job": "reconcile" })).await.expect(200);
    assert_eq!(run().await["report"]["differences"], 0);
    // Somebody refunds by hand at Stripe, behind our back.
    let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={id}");
    let intent = intent(&stage.app.get(&path).await.expect(200));
    let stripe = stage.app.site().part::<Stripe>().unwrap();
    let alien = stripe.refund(&intent, Cents(100), &id, "by_hand").await.unwrap();
    stage.app.advance(3600).await;
    assert_eq!(run().await["report"]["new"], 1);
    assert_eq!(run().await["report"]["new"], 0, "told once");
    stage.again(&mut admin).await;
    let open = stage.get(&admin, "/api/v1/admin/payments/discrepancies").await.expect(200);
    let row = &open["items"][0];
    assert_eq!((&row["object_id"], &row["what"]), (&json!(alien.id), &json!("unknown_to_us")), "{open}");
    assert_eq!((&row["stripe_cents"], &row["booking_id"]), (&json!(100), &json!(id)));
    let mail = stage.app.mail(&admin.email, "alert").await;
    assert!(mail["subject"].as_str().unwrap().contains("books"), "{mail}");
    let health = stage.get(&admin, "/api/v1/monitoring/payment-health").await.expect(200);
    assert_eq!((&health["status"], &health["discrepancies"]), (&json!("critical"), &json!(1)), "{health}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_stands_still_goes_on_when_somebody_says_so() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = stage.book(&stage.emma, "2026-11-10", "18:00").await;
    let once = json!({ "operation": "transfers.create", "error": "card_declined", "times": 1 });
    stage.app.post("/sandbox/v1/stripe/faults", once).await.expect(200);
    stage.at("2026-11-12T01:00:00Z").await;
    stage.again(&mut admin).await;
    assert_eq!(stage.booking(&stage.emma, &id).await["payment"]["payment_status"], "manual_review");
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 0));
    let path = format!("/api/v1/admin/bookings/{id}/resume-payment");
    let done = stage.post(&admin, &path, json!({ "reason": BECAUSE })).await.expect(200);
    assert_eq!(done["payment"]["payment_status"], "settled", "{done}");
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 6800));
    stage.post(&admin, &path, json!({ "reason": BECAUSE })).await.refused(422, "NOTHING_TO_RESUME");
}

/// rule: 10§2.9: the instructor contests a completion; an admin lets it stand, or gives the money back.
#[tokio::test(flavor = "multi_thread")]
async fn a_contested_completion_waits_for_a_person() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let (stands, falls) =
        (stage.book(&stage.emma, "2026-11-10", "18:00").await, stage.book(&stage.john, "2026-11-10", "20:00").await);
    stage.at("2026-11-11T03:00:00Z").await;
    for id in [&stands, &falls] {
        let path = format!("/api/v1/instructor-bookings/{id}/dispute");
        stage.post(&stage.sarah, &path, json!({ "reason": "They never came." })).await.expect(200);
    }
    stage.at("2026-11-13T03:00:00Z").await;
    stage.again(&mut admin).await;
    assert_eq!(stage.at_stripe(&[&stands, &falls]).await, (0, 0), "nothing was captured meanwhile");
    let path = format!("/api/v1/admin/bookings/{stands}/complete");
    stage.post(&admin, &path, json!({ "reason": BECAUSE })).await.expect(200);
    let off = refund(&stage, &admin, &falls, json!({})).await.expect(200);
    assert_eq!((&off["status"], &off["payment"]["settlement_outcome"]), (&json!("CANCELLED"), &json!("admin_refund")));
    stage.app.settle().await;
    assert_eq!(stage.at_stripe(&[&stands]).await, (8960, 6800));
    assert_eq!(stage.at_stripe(&[&falls]).await, (0, 0));
}

/// rule: 10§2.11: forged, unknown, replayed and out of order: each event counts once, and never moves anything back.
#[tokio::test(flavor = "multi_thread")]
async fn events_count_once_in_whatever_order_they_come() {
    use instainstru::base::secret::hmac_sha256_hex;
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = taught(&mut stage, "2026-11-10", "18:00", "2026-11-12T01:00:00Z").await;
    stage.again(&mut admin).await;
    let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={id}");
    let intent = intent(&stage.app.get(&path).await.expect(200));
    let secrets = stage.app.get("/sandbox/v1/secrets").await.expect(200);
    let secret = secrets["stripe_webhook_secret"].as_str().unwrap().to_owned();
    let send = async |event: &str, kind: &str, intent: &str, status: &str, secret: &str| {
        let object =
            json!({ "id": "dp_1", "object": "dispute", "amount": 8960, "payment_intent": intent, "status": status });
        let body = json!({ "id": event, "object": "event", "type": kind, "created": 0, "livemode": false,
            "pending_webhooks": 1, "data": { "object": object } })
        .to_string();
        let at = stage.app.site().now().as_second();
        let signed = hmac_sha256_hex(secret.as_bytes(), format!("{at}.{body}").as_bytes());
        let request = stage.app.http.post(format!("{}/api/v1/payments/webhooks/stripe", stage.app.base));
        crate::kit::answered(request.header("stripe-signature", format!("t={at},v1={signed}")).body(body)).await
    };
    let (opened, closed) = ("charge.dispute.created", "charge.dispute.closed");
    send("evt_x", opened, &intent, "needs_response", "whsec_forged").await.refused(400, "INVALID_SIGNATURE");
    let alien = send("evt_0", opened, "pi_nobody", "needs_response", &secret).await.expect(200);
    assert_eq!(alien["status"], "ignored");
    // The end arrives before the beginning.
    assert_eq!(send("evt_2", closed, &intent, "won", &secret).await.expect(200)["status"], "processed");
    until(&stage, &admin, &id, ("settled", "dispute_won")).await;
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 6800), "taken back and paid again");
    assert_eq!(send("evt_1", opened, &intent, "needs_response", &secret).await.expect(200)["status"], "processed");
    assert_eq!(send("evt_2", closed, &intent, "won", &secret).await.expect(200)["status"], "ignored");
    until(&stage, &admin, &id, ("settled", "dispute_won")).await;
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 6800), "what is over stays as it is");
    let page = stage.get(&admin, "/admin/payments").await.text;
    assert!(page.contains("charge.dispute.closed") && page.contains("nothing to do"), "{page}");
}

/// A dispute of money that was taken early: won, the lesson goes on; lost, it is off.
#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_of_locked_money_holds_the_lesson_in_the_balance() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let mut moved = Vec::new();
    for (who, time, to) in [(&stage.emma, "10:00", "12:00"), (&stage.john, "12:00", "14:00")] {
        let id = stage.book(who, "2026-11-11", time).await;
        let wish = json!({ "booking_date": "2026-11-13", "start_time": to, "selected_duration": 60 });
        let new = stage.post(who, &format!("/api/v1/bookings/{id}/reschedule"), wish).await.expect(200);
        moved.push((id, new["id"].as_str().unwrap().to_owned()));
    }
    for ((old, new), end) in moved.iter().zip(["won", "lost"]) {
        dispute(&stage, old, "opened").await;
        until(&stage, &admin, new, ("manual_review", "")).await;
        dispute(&stage, old, end).await;
    }
    let stands = until(&stage, &admin, &moved[0].1, ("locked", "")).await;
    assert_eq!(stands["status"], "CONFIRMED");
    let off = until(&stage, &admin, &moved[1].1, ("settled", "student_wins_dispute_full_refund")).await;
    assert_eq!(off["status"], "CANCELLED");
}
