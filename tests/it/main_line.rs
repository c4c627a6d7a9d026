//! The main line over HTTP: search → profile → time → pay → lesson → review, cent by cent.

use serde_json::json;

use crate::kit::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_is_booked_paid_taught_captured_and_reviewed() {
    let app = TestApp::empty_at("2026-11-10T17:00:00Z").await;
    let mut teacher = app.teacher("sarah").await;
    teacher.opens("2026-11-11", 14).await;
    let mut emma = app.student("emma").await;

    let slots = format!(
        "/api/v1/public/instructors/{}/availability?start_date=2026-11-13&end_date=2026-11-13",
        teacher.person.id
    );
    let before = app.get(&slots).await.expect(200);
    assert_eq!(before["availability_by_date"]["2026-11-13"]["available_slots"][0]["start_time"], "08:00");

    let booking = emma.book(&teacher, "2026-11-13", "16:00").await.expect(201);
    assert_eq!(booking["status"], "PENDING");
    assert_eq!(booking["total_price_cents"], 8000);
    assert_eq!(booking["requires_payment_method"], true);
    assert_eq!(booking["start_utc"], "2026-11-13T21:00:00Z");

    let paid = emma.pay(&booking).await.expect(200);
    assert_eq!((paid["success"].clone(), paid["status"].clone()), (json!(true), json!("scheduled")), "{paid}");
    assert_eq!(paid["amount_cents"], 8960);
    assert_eq!(paid["booking"]["status"], "CONFIRMED");
    let after = app.get(&slots).await.expect(200).to_string();
    assert!(!after.contains("\"start_time\":\"16:00\""), "{after}");
    app.student("late").await.book(&teacher, "2026-11-13", "16:00").await.refused(409, "BOOKING_CONFLICT");

    // A day before the lesson the card is authorised by itself.
    app.post("/sandbox/v1/clock", json!({ "set": "2026-11-12T21:00:01Z" })).await.expect(200);
    emma.again().await;
    teacher.person.again().await;
    let path = format!("/api/v1/bookings/{}", booking["id"].as_str().unwrap());
    assert_eq!(emma.get(&path).await.expect(200)["payment"]["payment_status"], "authorized");

    teacher.person.post(&format!("{path}/complete"), json!({})).await.expect(422);
    app.post("/sandbox/v1/clock", json!({ "set": "2026-11-13T22:00:01Z" })).await.expect(200);
    teacher.person.again().await;
    emma.again().await;
    let done = teacher.person.post(&format!("{path}/complete"), json!({})).await.expect(200);
    assert_eq!(done["status"], "COMPLETED");
    assert_eq!(emma.get(&path).await.expect(200)["payment"]["payment_status"], "authorized");

    // Captured 24 hours after the end, however early it was marked complete.
    app.post("/sandbox/v1/clock", json!({ "set": "2026-11-14T22:00:01Z" })).await.expect(200);
    emma.again().await;
    let settled = emma.get(&path).await.expect(200);
    assert_eq!(settled["payment"]["payment_status"], "settled", "{settled}");
    assert_eq!(settled["payment"]["settlement_outcome"], "lesson_completed_full_payout");
    assert_eq!(settled["payment_summary"]["total_paid_cents"], 8960);
    let objects = format!("/sandbox/v1/stripe/objects?booking_id={}&type=", booking["id"].as_str().unwrap());
    let intents = app.get(&format!("{objects}payment_intent")).await.expect(200);
    assert_eq!(intents["items"][0]["amount_captured"], 8960, "{intents}");
    let transfers = app.get(&format!("{objects}transfer")).await.expect(200);
    assert_eq!(transfers["items"][0]["amount"], 6800, "{transfers}");

    let review = json!({ "booking_id": booking["id"], "rating": 5, "review_text": "Clear, kind and on time." });
    emma.post("/api/v1/reviews", review).await.expect(200);
    let recent = app.get(&format!("/api/v1/reviews/instructor/{}/recent", teacher.person.id)).await.expect(200);
    assert_eq!(recent["items"][0]["review_text"], "Clear, kind and on time.");
}
