//! Reviews in the running program: after the lesson, once, answered once, shown where people decide.

use serde_json::{Value, json};

use crate::kit::{Person, Stage};

async fn page(stage: &Stage, who: Option<&Person>, path: &str) -> (u16, String) {
    let answer = stage.app.ask(reqwest::Method::GET, path, who.map(|p| p.token.as_str()), None).await;
    (answer.status.as_u16(), answer.text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_is_reviewed_after_it_took_place() {
    let mut stage = Stage::set().await;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let review = json!({ "booking_id": booking, "rating": 5, "review_text": "  She hid the scales in a tune.  " });
    stage.post(&stage.emma, "/api/v1/reviews", review.clone()).await.refused(400, "BOOKING_NOT_REVIEWABLE");
    let (status, form) = page(&stage, Some(&stage.emma), &format!("/student/review/{booking}")).await;
    assert!(status == 200 && form.contains("Only a lesson that took place"), "{form}");
    stage.at("2026-11-12T23:00:00Z").await;
    let (status, form) = page(&stage, Some(&stage.emma), &format!("/student/review/{booking}")).await;
    assert!(status == 200 && form.contains("How was the lesson with Sarah?"), "{form}");
    for (body, status) in [
        (json!({ "booking_id": booking, "rating": 6 }), 422),
        (json!({ "booking_id": booking, "rating": 0 }), 422),
        (json!({ "booking_id": booking, "rating": 5, "review_text": "ok" }), 422),
        (json!({ "booking_id": booking, "rating": 5, "stars": 1 }), 422),
        (json!({ "booking_id": "01BX5ZZKBKACTAV9WEVGEMMVRZ", "rating": 5 }), 404),
    ] {
        stage.post(&stage.emma, "/api/v1/reviews", body).await.expect(status);
    }
    stage.post(&stage.john, "/api/v1/reviews", review.clone()).await.refused(404, "BOOKING_NOT_FOUND");
    let written = stage.post(&stage.emma, "/api/v1/reviews", review.clone()).await.expect(200);
    assert_eq!(written["review_text"], "She hid the scales in a tune.");
    assert_eq!((&written["status"], &written["reviewer_display_name"]), (&json!("published"), &json!("Emma J.")));
    stage.post(&stage.emma, "/api/v1/reviews", review).await.refused(400, "ALREADY_REVIEWED");
    let existing = json!({ "booking_ids": [booking, "01BX5ZZKBKACTAV9WEVGEMMVRZ"] });
    let existing = stage.post(&stage.emma, "/api/v1/reviews/booking/existing", existing).await.expect(200);
    assert_eq!(existing["items"], json!([booking]));
    answered_once(&stage, &written).await;
    shown(&stage).await;
}

async fn answered_once(stage: &Stage, written: &Value) {
    let path = format!("/api/v1/reviews/{}/respond", written["id"].as_str().unwrap());
    let answer = json!({ "response_text": "See you Thursday." });
    stage.post(&stage.john, &path, answer.clone()).await.refused(403, "FORBIDDEN");
    let (_, own) = page(stage, Some(&stage.sarah), "/instructor/reviews").await;
    assert!(own.contains("Publish the answer"), "{own}");
    stage.post(&stage.sarah, &path, json!({ "response_text": " " })).await.expect(422);
    let said = stage.post(&stage.sarah, &path, answer.clone()).await.expect(200);
    assert_eq!(said["response_text"], "See you Thursday.");
    stage.post(&stage.sarah, &path, answer).await.refused(400, "ALREADY_RESPONDED");
}

async fn shown(stage: &Stage) {
    let base = format!("/api/v1/reviews/instructor/{}", stage.sarah.id);
    let ratings = stage.app.get(&format!("{base}/ratings")).await.expect(200);
    assert_eq!((&ratings["overall"]["rating"], &ratings["overall"]["total_reviews"]), (&Value::Null, &json!(1)));
    assert_eq!(ratings["by_service"][0]["instructor_service_id"], json!(stage.piano));
    let recent = stage.app.get(&format!("{base}/recent?min_rating=4&with_text=true")).await.expect(200);
    assert_eq!(
        (&recent["total"], &recent["items"][0]["response"]["response_text"]),
        (&json!(1), &json!("See you Thursday."))
    );
    assert_eq!(stage.app.get(&format!("{base}/recent?rating=3")).await.expect(200)["total"], 0);
    stage.app.get(&format!("{base}/recent?rating=9")).await.expect(422);
    let batch = json!({ "instructor_ids": [stage.sarah.id] });
    let batch = stage.app.post("/api/v1/reviews/ratings/batch", batch).await.expect(200);
    assert_eq!(batch["items"][0]["total_reviews"], 1);
    for path in [format!("/instructors/{}/reviews", stage.sarah.id), format!("/instructors/{}", stage.sarah.id)] {
        let (status, text) = page(stage, None, &path).await;
        assert!(status == 200 && text.contains("She hid the scales") && text.contains("See you Thursday."), "{path}");
    }
    let profile = stage.app.get(&format!("/api/v1/instructors/{}", stage.sarah.id)).await.expect(200);
    assert_eq!((&profile["review_count"], &profile["rating"]), (&json!(1), &Value::Null));
}

/// A tip is charged at once and passed on whole; one that fails leaves the review as it is (rule: 10§2.10).
#[tokio::test(flavor = "multi_thread")]
async fn tips_go_to_the_instructor() {
    let mut stage = Stage::set().await;
    let first = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let second = stage.book(&stage.john, "2026-11-12", "19:00").await;
    stage.at("2026-11-13T02:00:00Z").await;
    let with_tip = |booking: &str, cents: i64| json!({ "booking_id": booking, "rating": 5, "tip_amount_cents": cents });
    for cents in [49, 99_901, -100] {
        stage.post(&stage.emma, "/api/v1/reviews", with_tip(&first, cents)).await.expect(422);
    }
    let written = stage.post(&stage.emma, "/api/v1/reviews", with_tip(&first, 1000)).await.expect(200);
    assert_eq!(written["tip_status"], "succeeded", "{written}");
    let seen = stage.booking(&stage.emma, &first).await;
    assert_eq!(seen["payment_summary"]["tip_amount_cents"], 1000, "{seen}");
    assert_eq!(stage.booking(&stage.sarah, &first).await["payout_summary"]["tip_cents"], 1000);
    for operation in ["payment_intents.create", "payment_intents.confirm"] {
        let fault = json!({ "operation": operation, "error": "card_declined", "times": 2 });
        stage.app.post("/sandbox/v1/stripe/faults", fault).await.expect(200);
    }
    let written = stage.post(&stage.john, "/api/v1/reviews", with_tip(&second, 500)).await.expect(200);
    assert_eq!(written["tip_status"], "requires_payment_method", "{written}");
    let own = stage.get(&stage.john, &format!("/api/v1/reviews/booking/{second}")).await.expect(200);
    assert_eq!((&own["rating"], &own["tip_status"]), (&json!(5), &json!("requires_payment_method")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_page_works_without_a_script() {
    let mut stage = Stage::set().await;
    let booking = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    stage.at("2026-11-13T02:00:00Z").await;
    let path = format!("/student/review/{booking}");
    let send = async |fields: &[(&str, &str)]| {
        let request = stage.app.http.post(format!("{}{path}", stage.app.base)).bearer_auth(&stage.emma.token);
        crate::kit::answered(request.form(fields)).await
    };
    let refused = send(&[("rating", ""), ("review_text", "A tune she loves")]).await;
    assert!(
        refused.status == 422
            && refused.text.contains("Between 1 and 5 stars")
            && refused.text.contains("A tune she loves")
    );
    let refused = send(&[("rating", "5"), ("tip", "other"), ("other_tip", "a lot")]).await;
    assert!(refused.status == 422 && refused.text.contains("Write dollars") && refused.text.contains("a lot"));
    let sent =
        send(&[("rating", "5"), ("review_text", "A tune she loves"), ("tip", "other"), ("other_tip", "7.5")]).await;
    assert_eq!(
        (sent.status.as_u16(), sent.headers["location"].to_str().unwrap()),
        (303, format!("{path}?done=1").as_str())
    );
    let (_, seen) = page(&stage, Some(&stage.emma), &path).await;
    assert!(seen.contains("Your tip has reached Sarah.") && seen.contains("A tune she loves"), "{seen}");
    assert_eq!(stage.booking(&stage.sarah, &booking).await["payout_summary"]["tip_cents"], 750);
    let (_, lesson) = page(&stage, Some(&stage.emma), &format!("/student/lessons/{booking}")).await;
    assert!(lesson.contains("A tune she loves"), "{lesson}");
}
