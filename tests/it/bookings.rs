//! Bookings over HTTP: the refusals in order, races, holds, paying, cancelling, completing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Person, Stage};

const TOMORROW_EVENING: (&str, &str) = ("2026-11-11", "18:00");
const THURSDAY: (&str, &str) = ("2026-11-12", "16:30");

fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_is_held_paid_and_seen_by_both_sides() {
    let stage = Stage::set().await;
    let made = stage.post(&stage.emma, "/api/v1/bookings", stage.piano(THURSDAY.0, THURSDAY.1)).await.expect(201);
    assert_eq!(made["status"], "PENDING");
    assert_eq!(made["requires_payment_method"], true);
    assert!(made["setup_intent_client_secret"].is_string(), "{made}");
    assert_eq!(made["total_price_cents"], 8000);
    assert_eq!((&made["start_utc"], &made["end_time"]), (&json!("2026-11-12T21:30:00Z"), &json!("17:30")));
    assert_eq!(made["hold_expires_at"], "2026-11-10T19:35:00Z");
    let id = made["id"].as_str().unwrap();
    let paid = stage.checkout(&stage.emma, id, "pm_card_visa").await;
    assert_eq!((&paid["success"], &paid["status"]), (&json!(true), &json!("scheduled")), "{paid}");
    assert_eq!(paid["amount_cents"], 8960);
    let seen = stage.booking(&stage.emma, id).await;
    assert_eq!(seen["status"], "CONFIRMED");
    assert_eq!(seen["payment"]["payment_status"], "scheduled");
    assert_eq!(seen["payment"]["auth_scheduled_for"], "2026-11-11T21:30:00Z");
    assert_eq!(seen["payment_summary"]["service_fee_cents"], 960);
    assert!(seen["payout_summary"].is_null());
    let taught = stage.booking(&stage.sarah, id).await;
    assert_eq!(taught["payout_summary"]["payout_cents"], 6800);
    assert!(taught["payment_summary"].is_null());
    assert_eq!(taught["student"], json!({ "id": stage.emma.id, "first_name": "Emma", "last_initial": "J" }));
    stage.get(&stage.john, &format!("/api/v1/bookings/{id}")).await.refused(404, "BOOKING_NOT_FOUND");
    // A second checkout answers the success again.
    assert_eq!(stage.checkout(&stage.emma, id, "pm_card_visa").await["success"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_with_a_lesson_is_written_down_once() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let made = stage.post(&stage.emma, "/api/v1/bookings", stage.piano(THURSDAY.0, THURSDAY.1)).await.expect(201);
    let id = made["id"].as_str().unwrap();
    for _ in 0..2 {
        cancel(&stage, &stage.emma, id).await;
    }
    let trail = stage.get(&admin, "/api/v1/admin/audit?entity_type=booking").await.expect(200);
    let seen = |entry: &Value| (entry["action"].clone(), entry["actor"]["role"].clone(), entry["entity_id"].clone());
    let seen: Vec<_> = trail["items"].as_array().unwrap().iter().map(seen).collect();
    let deed = |action: &str| (json!(action), json!("student"), json!(id));
    assert_eq!(seen, [deed("booking.cancel"), deed("booking.create")]);
}

/// rule: 20§12: paying and another card are written down with what came of them, declines too, and no card's details.
#[tokio::test(flavor = "multi_thread")]
async fn cards_that_were_given_are_written_down() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let near = stage.hold(&stage.emma, "2026-11-11", "12:00").await;
    stage.checkout(&stage.emma, &near, "pm_card_chargeDeclined").await;
    stage.checkout(&stage.emma, &near, "pm_card_visa").await;
    let far = stage.book(&stage.emma, THURSDAY.0, THURSDAY.1).await;
    let other = json!({ "payment_method_id": "pm_card_mastercard" });
    let path = format!("/api/v1/bookings/{far}/payment-method");
    stage.app.ask(reqwest::Method::PATCH, &path, Some(&stage.emma.token), Some(other)).await.expect(200);
    let trail = stage.get(&admin, "/api/v1/admin/audit?entity_type=booking").await.expect(200);
    let about = |id: &str| -> Vec<Value> {
        let entries = trail["items"].as_array().unwrap().iter().filter(|entry| entry["entity_id"] == id);
        let told = |entry: &Value| {
            assert_eq!(entry["actor"]["role"], "student", "{entry}");
            json!([entry["action"], entry["status"], entry["after"]["status"], entry["after"]["amount_cents"]])
        };
        entries.map(told).collect()
    };
    let near_deeds = about(&near);
    assert_eq!(near_deeds.len(), 3, "{near_deeds:?}");
    assert_eq!(near_deeds[0], json!(["booking.checkout", "success", "CONFIRMED", 8960]));
    assert_eq!(near_deeds[1], json!(["booking.checkout", "failed", "PENDING", 8960]));
    let far_deeds = about(&far);
    assert_eq!(far_deeds[0], json!(["booking.change_card", "success", "CONFIRMED", 8960]));
    assert_eq!(far_deeds[1], json!(["booking.checkout", "success", "CONFIRMED", 8960]));
    assert!(!trail.to_string().contains("4242"), "{trail}");
}

/// Contract §7: the refusals of POST /bookings.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_name_their_reason() {
    let stage = Stage::set().await;
    let other = "01BX5ZZKBKACTAV9WEVGEMMVRZ";
    let base = stage.piano(THURSDAY.0, THURSDAY.1);
    let rows = [
        (json!({ "instructor_service_id": other }), 404, "SERVICE_NOT_FOUND"),
        (json!({ "instructor_id": stage.john.id }), 400, "SERVICE_INSTRUCTOR_MISMATCH"),
        (json!({ "location_type": "neutral" }), 422, "LOCATION_TYPE_NOT_OFFERED"),
        (json!({ "selected_duration": 45 }), 422, "DURATION_NOT_OFFERED"),
        (json!({ "selected_duration": 10 }), 422, "VALIDATION_ERROR"),
        (json!({ "start_time": "23:30" }), 400, "CROSSES_MIDNIGHT"),
        (json!({ "start_time": "16:35" }), 422, "INVALID_START_TIME"),
        (json!({ "start_time": "06:00" }), 422, "NOT_AVAILABLE"),
        (json!({ "booking_date": "2026-11-10", "start_time": "14:30" }), 422, "NOTICE_TOO_SHORT"),
        (json!({ "surprise": 1 }), 422, "VALIDATION_ERROR"),
    ];
    for (changes, status, code) in rows {
        stage.post(&stage.emma, "/api/v1/bookings", with(base.clone(), changes)).await.refused(status, code);
    }
    stage.post(&stage.sarah, "/api/v1/bookings", base.clone()).await.refused(403, "FORBIDDEN");
    stage.app.post("/api/v1/bookings", base).await.refused(401, "NOT_SIGNED_IN");
    let question = with(stage.piano(THURSDAY.0, "06:00"), json!({}));
    let asked = stage.post(&stage.emma, "/api/v1/bookings/check-availability", question).await.expect(200);
    assert_eq!((&asked["available"], &asked["code"]), (&json!(false), &json!("NOT_AVAILABLE")), "{asked}");
}

/// rule: 10§2.4: of N identical requests exactly one gets the slot; the buffer keeps neighbours away.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_gets_the_slot() {
    let stage = Stage::set().await;
    let body = stage.piano(THURSDAY.0, THURSDAY.1);
    let tries = (0..12).map(|n| {
        let who = if n % 2 == 0 { &stage.emma } else { &stage.john };
        stage.post(who, "/api/v1/bookings", body.clone())
    });
    let answers = futures_util::future::join_all(tries).await;
    let made = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(made, 1);
    for refused in answers.into_iter().filter(|a| a.status != 201) {
        let problem = refused.refused(409, "BOOKING_CONFLICT");
        assert_eq!(problem["details"]["conflict_scope"], "instructor");
    }
    // 15 minutes of buffer on both sides.
    for (time, free) in [("17:30", false), ("17:45", true), ("15:15", true)] {
        let asked = stage
            .post(&stage.john, "/api/v1/bookings/check-availability", stage.piano(THURSDAY.0, time))
            .await
            .expect(200);
        assert_eq!(asked["available"], free, "{time} {asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_books_once() {
    let stage = Stage::set().await;
    let send = async |key: &str, body: Value| {
        let request = stage.app.http.post(format!("{}/api/v1/bookings", stage.app.base));
        crate::kit::answered(request.bearer_auth(&stage.emma.token).header("Idempotency-Key", key).json(&body)).await
    };
    let first = send("k1", stage.piano(THURSDAY.0, THURSDAY.1)).await.expect(201);
    let again = send("k1", stage.piano(THURSDAY.0, THURSDAY.1)).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    send("k1", stage.piano(THURSDAY.0, "19:00")).await.refused(422, "IDEMPOTENCY_KEY_REUSED");
    send("k2", stage.piano(THURSDAY.0, THURSDAY.1)).await.refused(409, "BOOKING_CONFLICT");
}

/// rule: 00§4: an unpaid hold lasts 30 minutes, ends at its own instant and gives the slot back.
#[tokio::test(flavor = "multi_thread")]
async fn holds_end_by_themselves() {
    let mut stage = Stage::set().await;
    let id = stage.hold(&stage.emma, THURSDAY.0, THURSDAY.1).await;
    stage.at("2026-11-10T19:34:59Z").await;
    assert_eq!(stage.booking(&stage.emma, &id).await["status"], "PENDING");
    stage.at("2026-11-10T19:35:00Z").await;
    let over = stage.booking(&stage.emma, &id).await;
    assert_eq!(over["status"], "PAYMENT_FAILED");
    assert_eq!(over["payment"]["settlement_outcome"], "payment_failed_no_charge");
    let late = json!({ "booking_id": id, "payment_method_id": "pm_card_visa" });
    stage.post(&stage.emma, "/api/v1/payments/checkout", late).await.refused(422, "HOLD_EXPIRED");
    stage.hold(&stage.john, THURSDAY.0, THURSDAY.1).await;
}

/// Contract §4: a declined card answers 200, frees the slot, and another card may follow.
#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_may_be_followed_by_another() {
    let stage = Stage::set().await;
    let soon = ("2026-11-11", "10:00");
    let id = stage.hold(&stage.emma, soon.0, soon.1).await;
    let declined = stage.checkout(&stage.emma, &id, "pm_card_chargeDeclined").await;
    assert_eq!((&declined["success"], &declined["status"]), (&json!(false), &json!("requires_payment_method")));
    assert_eq!(declined["booking"]["status"], "PENDING");
    let paid = stage.checkout(&stage.emma, &id, "pm_card_visa").await;
    assert_eq!((&paid["success"], &paid["status"]), (&json!(true), &json!("authorized")), "{paid}");
    assert_eq!(paid["booking"]["status"], "CONFIRMED");
    // Somebody who was refused holds nothing: the time can be taken meanwhile, and then it is gone.
    let lost = stage.hold(&stage.emma, soon.0, "12:00").await;
    stage.checkout(&stage.emma, &lost, "pm_card_chargeDeclined").await;
    stage.book(&stage.john, soon.0, "12:00").await;
    let late = json!({ "booking_id": lost, "payment_method_id": "pm_card_visa" });
    stage.post(&stage.emma, "/api/v1/payments/checkout", late).await.refused(409, "BOOKING_CONFLICT");
}

async fn cancel(stage: &Stage, who: &Person, id: &str) -> Value {
    stage.post(who, &format!("/api/v1/bookings/{id}/cancel"), json!({ "reason": "Ill" })).await.expect(200)
}

/// rule: 10§2.8 and §6: what each window costs.
#[tokio::test(flavor = "multi_thread")]
async fn cancelling_costs_what_the_window_says() {
    let stage = Stage::set().await;
    let unpaid = stage.hold(&stage.emma, THURSDAY.0, "09:00").await;
    let gone = cancel(&stage, &stage.emma, &unpaid).await;
    assert_eq!(
        (&gone["status"], &gone["payment"]["settlement_outcome"]),
        (&json!("CANCELLED"), &json!("student_cancel_gt24_no_charge"))
    );

    let free = stage.book(&stage.emma, THURSDAY.0, THURSDAY.1).await;
    let gone = cancel(&stage, &stage.emma, &free).await;
    assert_eq!(gone["payment"]["settlement_outcome"], "student_cancel_gt24_no_charge");
    assert_eq!(gone["payment_summary"]["total_paid_cents"], 0);
    assert_eq!(cancel(&stage, &stage.emma, &free).await["version"], gone["version"]);

    // Wednesday 10:00 is 19:55 h away, Wednesday 00:30 would be 10:25 h.
    let credit = stage.book(&stage.emma, "2026-11-11", "10:00").await;
    let gone = cancel(&stage, &stage.emma, &credit).await;
    assert_eq!(gone["payment"]["settlement_outcome"], "student_cancel_12_24_full_credit");
    assert_eq!(gone["payment_summary"]["total_paid_cents"], 8960);
    assert_eq!(gone["payment_summary"]["student_credit_cents"], 8000);

    let half = stage.book(&stage.emma, "2026-11-10", "21:00").await;
    let gone = cancel(&stage, &stage.emma, &half).await;
    assert_eq!(gone["payment"]["settlement_outcome"], "student_cancel_lt12_split_50_50");
    assert_eq!(stage.booking(&stage.sarah, &half).await["payout_summary"]["payout_cents"], 3400);

    let theirs = stage.book(&stage.emma, TOMORROW_EVENING.0, TOMORROW_EVENING.1).await;
    let gone = cancel(&stage, &stage.sarah, &theirs).await;
    assert_eq!(gone["payment"]["settlement_outcome"], "instructor_cancel_full_refund");
    assert_eq!(gone["cancelled_by_id"], json!(stage.sarah.id));
    let missing = stage.post(&stage.emma, &format!("/api/v1/bookings/{theirs}/cancel"), json!({ "reason": " " })).await;
    missing.refused(422, "VALIDATION_ERROR");
}

/// rule: 10§2.7: not before the end; capture 24 h after the end whoever completed it.
#[tokio::test(flavor = "multi_thread")]
async fn lessons_complete_once_and_are_captured_a_day_later() {
    let mut stage = Stage::set().await;
    let marked = stage.book(&stage.emma, "2026-11-10", "18:00").await;
    let forgotten = stage.book(&stage.john, "2026-11-10", "20:00").await;
    let path = format!("/api/v1/bookings/{marked}/complete");
    stage.post(&stage.sarah, &path, json!({})).await.refused(422, "LESSON_NOT_ENDED");
    stage.at("2026-11-11T02:30:00Z").await;
    let waiting = stage.get(&stage.sarah, "/api/v1/instructor-bookings/pending-completion").await.expect(200);
    assert_eq!(waiting["total"], 2, "{waiting}");
    let done = stage.post(&stage.sarah, &path, json!({})).await.expect(200);
    assert_eq!((&done["status"], &done["completed_at"]), (&json!("COMPLETED"), &json!("2026-11-11T02:30:00Z")));
    assert_eq!(done["payment"]["payment_status"], "authorized");
    stage
        .post(&stage.emma, &format!("/api/v1/bookings/{marked}/cancel"), json!({ "reason": "x" }))
        .await
        .refused(422, "INVALID_STATUS");
    stage.at("2026-11-12T02:00:00Z").await;
    let over = stage.booking(&stage.john, &forgotten).await;
    assert_eq!((&over["status"], &over["completed_at"]), (&json!("COMPLETED"), &json!("2026-11-11T02:00:00Z")));
    for (who, id) in [(&stage.emma, &marked), (&stage.john, &forgotten)] {
        let settled = stage.booking(who, id).await;
        assert_eq!(settled["payment"]["settlement_outcome"], "lesson_completed_full_payout", "{settled}");
    }
    let stats = stage.get(&stage.sarah, "/api/v1/bookings/stats").await.expect(200);
    assert_eq!((&stats["completed_bookings"], &stats["total_earnings_cents"]), (&json!(2), &json!(13600)));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_previews_and_prices() {
    let stage = Stage::set().await;
    let id = stage.book(&stage.emma, THURSDAY.0, THURSDAY.1).await;
    stage.hold(&stage.emma, THURSDAY.0, "19:00").await;
    let all = stage.get(&stage.emma, "/api/v1/bookings").await.expect(200);
    assert_eq!((&all["total"], &all["items"][0]["start_time"]), (&json!(2), &json!("19:00")));
    let upcoming = stage.get(&stage.emma, "/api/v1/bookings/upcoming").await.expect(200);
    assert_eq!(upcoming["items"].as_array().unwrap().len(), 1);
    stage.get(&stage.emma, "/api/v1/bookings?status=LOST").await.refused(422, "VALIDATION_ERROR");
    let preview = stage.get(&stage.sarah, &format!("/api/v1/bookings/{id}/preview")).await.expect(200);
    assert_eq!((&preview["student_last_initial"], &preview["service_name"]), (&json!("J"), &json!("Piano")));
    let priced =
        stage.get(&stage.emma, &format!("/api/v1/bookings/{id}/pricing?applied_credit_cents=500")).await.expect(200);
    assert_eq!((&priced["student_pay_cents"], &priced["credit_applied_cents"]), (&json!(8960), &json!(0)));
    let question = with(stage.piano(THURSDAY.0, "12:00"), json!({ "location_type": "instructor_location" }));
    let priced = stage.post(&stage.emma, "/api/v1/pricing/preview", question.clone()).await.expect(200);
    assert_eq!(priced["line_items"], json!([{ "label": "Booking Protection (12%)", "amount_cents": 960 }]));
    assert_eq!(priced["instructor_tier_pct"], 0.15);
    let negative = with(question, json!({ "applied_credit_cents": -1 }));
    stage.post(&stage.emma, "/api/v1/pricing/preview", negative).await.refused(422, "NEGATIVE_CREDIT");
    let note = json!({ "instructor_note": "Bring the blue book." });
    let path = format!("/api/v1/bookings/{id}");
    let changed = stage.app.ask(Method::PATCH, &path, Some(&stage.sarah.token), Some(note)).await.expect(200);
    assert_eq!(changed["instructor_note"], "Bring the blue book.");
}

/// rule: 10§2.9.
#[tokio::test(flavor = "multi_thread")]
async fn who_did_not_come_is_reported_objected_to_and_decided() {
    use instainstru::bookings::ops::no_show::{Resolution, resolve};
    let mut stage = Stage::set().await;
    let hers = stage.book(&stage.emma, "2026-11-10", "18:00").await;
    let his = stage.book(&stage.john, "2026-11-10", "20:00").await;
    let of = |id: &str| format!("/api/v1/bookings/{id}/no-show");
    let instructor = json!({ "no_show_type": "instructor" });
    stage.post(&stage.emma, &of(&hers), instructor.clone()).await.refused(422, "NO_SHOW_WINDOW_CLOSED");
    stage.at("2026-11-11T02:10:00Z").await;
    stage.post(&stage.emma, &of(&hers), json!({ "no_show_type": "student" })).await.refused(403, "NO_SHOW_WRONG_SIDE");
    let reported = stage.post(&stage.emma, &of(&hers), instructor.clone()).await.expect(200);
    assert_eq!(
        (&reported["status"], &reported["payment"]["payment_status"]),
        (&json!("NO_SHOW"), &json!("manual_review"))
    );
    stage.post(&stage.emma, &of(&hers), instructor).await.refused(422, "INVALID_STATUS");
    stage.post(&stage.sarah, &of(&his), json!({ "no_show_type": "student", "reason": "Waited." })).await.expect(200);
    let objection = json!({ "reason": "I was there." });
    let dispute = format!("{}/dispute", of(&his));
    stage.post(&stage.sarah, &dispute, objection.clone()).await.refused(403, "NO_SHOW_WRONG_SIDE");
    stage.post(&stage.john, &dispute, objection.clone()).await.expect(200);
    stage.post(&stage.john, &dispute, objection).await.refused(422, "NO_SHOW_ALREADY_DISPUTED");

    // Nobody objected to hers within 24 hours; his waits for a person.
    stage.at("2026-11-12T02:10:00Z").await;
    let over = stage.booking(&stage.emma, &hers).await;
    assert_eq!(
        (&over["status"], &over["payment"]["settlement_outcome"]),
        (&json!("NO_SHOW"), &json!("instructor_no_show_full_refund"))
    );
    assert_eq!(stage.booking(&stage.john, &his).await["payment"]["payment_status"], "manual_review");
    let (site, id) = (stage.app.site().clone(), his.parse().unwrap());
    let by = instainstru::site::audit::By { actor: Some(stage.sarah.id), ..Default::default() };
    let by = by.because("Messages show that both were there.").unwrap();
    resolve(&site, id, by, Resolution::DisputeUpheld).await.unwrap();
    stage.app.settle().await;
    let paid = stage.booking(&stage.sarah, &his).await;
    assert_eq!(
        (&paid["status"], &paid["payment"]["settlement_outcome"]),
        (&json!("COMPLETED"), &json!("lesson_completed_full_payout"))
    );
    assert_eq!(paid["payout_summary"]["payout_cents"], 6800);
}

/// rule: 10§2.8, Reschedule: early moves are free, a late one takes the money along, and nobody keeps both times.
#[tokio::test(flavor = "multi_thread")]
async fn lessons_are_moved_with_their_money() {
    let mut stage = Stage::set().await;
    let to = |date: &str, time: &str| json!({ "booking_date": date, "start_time": time, "selected_duration": 60 });
    let of = |id: &str| format!("/api/v1/bookings/{id}/reschedule");
    let unpaid = stage.hold(&stage.john, "2026-11-20", "10:00").await;
    let problem = stage.post(&stage.john, &of(&unpaid), to("2026-11-20", "12:00")).await;
    problem.refused(400, "payment_method_required_for_reschedule");

    let first = stage.book(&stage.emma, THURSDAY.0, THURSDAY.1).await;
    stage.post(&stage.sarah, &of(&first), to("2026-11-13", "10:00")).await.refused(403, "FORBIDDEN");
    stage.post(&stage.emma, &of(&first), to("2026-11-20", "10:00")).await.refused(409, "BOOKING_CONFLICT");
    // Its own old time does not stand in the way.
    let moved = stage.post(&stage.emma, &of(&first), to(THURSDAY.0, "16:45")).await.expect(200);
    assert_eq!((&moved["status"], &moved["rescheduled_from_id"]), (&json!("CONFIRMED"), &json!(first)));
    assert_eq!(moved["payment"]["auth_scheduled_for"], "2026-11-11T21:45:00Z");
    let old = stage.booking(&stage.emma, &first).await;
    assert_eq!((&old["status"], &old["cancellation_reason"]), (&json!("CANCELLED"), &json!("Rescheduled")));
    assert_eq!(old["rescheduled_to_id"], moved["id"]);

    // 20 hours before: the money is taken now and rides along; the instructor is paid once, for the new lesson.
    stage.at("2026-11-12T01:45:00Z").await;
    let second = moved["id"].as_str().unwrap().to_owned();
    let late = stage.post(&stage.emma, &of(&second), to("2026-11-13", "10:00")).await.expect(200);
    assert_eq!(late["payment"]["payment_status"], "locked", "{late}");
    let third = late["id"].as_str().unwrap().to_owned();
    stage.post(&stage.emma, &of(&third), to("2026-11-14", "10:00")).await.refused(422, "reschedule_locked");
    stage.at("2026-11-14T16:00:00Z").await;
    let paid = stage.booking(&stage.sarah, &third).await;
    assert_eq!(paid["payment"]["settlement_outcome"], "lesson_completed_full_payout", "{paid}");
    assert_eq!(paid["payout_summary"]["payout_cents"], 6800);
    assert_eq!(stage.booking(&stage.emma, &third).await["payment_summary"]["total_paid_cents"], 8960);
    assert_eq!(stage.booking(&stage.emma, &second).await["payment_summary"]["total_paid_cents"], 0);
}

/// Contract §3: a date has its dashes; 10§7: reminders by hand once an hour.
#[tokio::test(flavor = "multi_thread")]
async fn odd_dates_and_hasty_reminders_are_refused() {
    let stage = Stage::set().await;
    let odd = with(stage.piano(THURSDAY.0, THURSDAY.1), json!({ "booking_date": "20261112" }));
    stage.post(&stage.emma, "/api/v1/bookings", odd).await.refused(422, "VALIDATION_ERROR");
    let admin = stage.admin().await;
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "enforce" })).await.expect(200);
    let path = "/api/v1/bookings/send-reminders";
    stage.post(&admin, path, json!({})).await.expect(200);
    let hasty = stage.post(&admin, path, json!({})).await;
    assert_eq!(hasty.headers["retry-after"], "3600");
    hasty.refused(429, "RATE_LIMIT_EXCEEDED");
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    stage.post(&admin, path, json!({})).await.expect(200);
}
