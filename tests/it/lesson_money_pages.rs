//! What the pages of a lesson say about its money where something went another way: moved late, reported, refused,
//! disputed, given back. Every sum is the one the API tells.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Person, Stage};

const BECAUSE: &str = "It is what this test is about.";

async fn page(stage: &Stage, who: &Person, path: &str) -> String {
    let seen = stage.app.ask(Method::GET, path, Some(&who.token), None).await;
    assert_eq!(seen.status, 200, "{path}: {}", seen.text);
    // Words only, so that a sentence may have a link or bold words in it.
    let mut text = String::new();
    let mut inside = false;
    for letter in seen.text.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "lacks {word:?}: {text}");
    }
}

#[track_caller]
fn hides(text: &str, words: &[&str]) {
    for word in words {
        assert!(!text.contains(word), "has {word:?}: {text}");
    }
}

async fn give(stage: &Stage, admin: &Person, cents: i64) {
    let gift = json!({ "amount_cents": cents, "reason": BECAUSE });
    stage.post(admin, &format!("/api/v1/admin/users/{}/credits", stage.emma.id), gift).await.expect(201);
}

async fn fault(stage: &Stage, operation: &str, id: &str) {
    let order = json!({ "operation": operation, "error": "card_declined", "times": 100, "booking_id": id });
    stage.app.post("/sandbox/v1/stripe/faults", order).await.expect(200);
}

/// A lesson that was moved late is paid already: no band promises it free, no line says the card is still to be charged.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_moved_late_is_shown_as_paid() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let old = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    let wish = json!({ "booking_date": "2026-11-14", "start_time": "12:00", "selected_duration": 60 });
    let new = stage.post(&stage.emma, &format!("/api/v1/bookings/{old}/reschedule"), wish).await.expect(200);
    let id = new["id"].as_str().unwrap();
    let lesson = page(&stage, &stage.emma, &format!("/student/lessons/{id}")).await;
    says(&lesson, &["You get $80.00 as credit, for another lesson.", "Of the $89.60 paid you get $80.00 as credit"]);
    says(
        &lesson,
        &["You paid$89.60", "$89.60 was charged to Visa ending 4242.", "Moved here", "Nothing more leaves your card"],
    );
    hides(&lesson, &["The card is never charged", "To be charged", "leaves Visa"]);
    says(
        &page(&stage, &stage.emma, &format!("/student/lessons/{old}")).await,
        &["Not charged−$89.60", "You paid$0.00"],
    );
    let sheet = page(&stage, &stage.emma, &format!("/student/lessons/{id}/receipt")).await;
    says(&sheet, &["Paid by card$89.60", "carried over between the two times of this lesson"]);
    let file = page(&stage, &admin, &format!("/admin/bookings/{id}")).await;
    says(&file, &["Paid when it was moved", "Card has given$89.60", "The instructor is paid"]);
    let cancelling = page(&stage, &admin, &format!("/admin/bookings/{id}/cancel")).await;
    says(&cancelling, &["Card was charged$89.60", "Back to the card$89.60"]);
}

/// Both sides of a report read who said what, until when it can be objected to, and what it comes to.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_follows_for_whom() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let id = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    stage.at("2026-11-11T17:10:00Z").await;
    let path = format!("/api/v1/bookings/{id}/no-show");
    stage.post(&stage.sarah, &path, json!({ "no_show_type": "student" })).await.expect(200);
    let (mine, hers) = (format!("/student/lessons/{id}"), format!("/instructor/bookings/{id}"));
    says(
        &page(&stage, &stage.emma, &mine).await,
        &["Sarah says that you did not come.", "say so by Thu Nov 12, 12:10 pm", "you pay $89.60 as if"],
    );
    says(&page(&stage, &stage.emma, "/student/lessons").await, &["you are said not to have come"]);
    says(
        &page(&stage, &stage.sarah, &hers).await,
        &["You reported that Emma did not come.", "If nobody objects by Thu Nov 12, 12:10 pm, you are paid $68.00"],
    );
    stage.again(&mut admin).await;
    says(&page(&stage, &admin, "/admin/payments").await, &["a no-show report that can be objected to"]);
    let word = json!({ "reason": "I sat at the piano." });
    stage.post(&stage.emma, &format!("{path}/dispute"), word).await.expect(200);
    says(&page(&stage, &stage.emma, &mine).await, &["No-show disputed", "You objected. A person of ours", "Objected"]);
    says(&page(&stage, &stage.sarah, &hers).await, &["Emma objected. A person of ours looks at it"]);
    let decision = json!({ "resolution": "confirmed_after_review", "reason": BECAUSE });
    stage.post(&admin, &format!("/api/v1/admin/bookings/{id}/no-show/resolve"), decision).await.expect(200);
    says(&page(&stage, &stage.emma, &mine).await, &["Student did not come", "You paid$89.60"]);
    says(&page(&stage, &stage.sarah, &hers).await, &["You got$68.00"]);
}

/// rule: 10§7 payment-method: a card refused after its lesson is told, and another one pays at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_that_is_over_is_paid_with_another_card() {
    let mut stage = Stage::set().await;
    let id = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    fault(&stage, "payment_intents.capture", &id).await;
    stage.at("2026-11-12T18:00:00Z").await;
    says(&page(&stage, &stage.emma, "/student/lessons").await, &["Piano on Wed Nov 11 is not paid yet."]);
    let lesson = page(&stage, &stage.emma, &format!("/student/lessons/{id}")).await;
    says(&lesson, &["Card needed", "This lesson is not paid yet.", "until Sun Nov 15, 1:00 pm", "Refused", "Last try"]);
    hides(&lesson, &["To be charged"]);
    let hers = page(&stage, &stage.sarah, &format!("/instructor/bookings/{id}")).await;
    says(&hers, &["After three days we pay you ourselves."]);
    let card = format!("/student/lessons/{id}/card");
    let order =
        json!({ "operation": "payment_intents.capture", "error": "card_declined", "times": 0, "booking_id": id });
    stage.app.post("/sandbox/v1/stripe/faults", order).await.expect(200);
    stage.post(&stage.emma, "/api/v1/payments/methods", json!({ "payment_method_id": "pm_card_mastercard" })).await;
    let choosing = page(&stage, &stage.emma, &card).await;
    says(&choosing, &["The last card did not give $89.60; nothing was charged.", "Pay $89.60 with this card"]);
    let saved = stage.get(&stage.emma, "/api/v1/payments/methods").await.expect(200);
    let other = saved["items"].as_array().unwrap().iter().find(|m| m["brand"] == "mastercard").unwrap()["id"].clone();
    let form = [("payment_method_id", other.as_str().unwrap())];
    let request = stage.app.http.post(format!("{}{card}", stage.app.base)).bearer_auth(&stage.emma.token).form(&form);
    assert_eq!(crate::kit::answered(request).await.status, 303);
    assert_eq!(stage.at_stripe(&[&id]).await, (8960, 6800));
    let paid = page(&stage, &stage.emma, &format!("/student/lessons/{id}")).await;
    says(&paid, &["Completed", "$89.60 was charged to Mastercard ending 4444."]);
}

/// A cancelled lesson's bill ends at what the card gave; credit is told apart, and the instructor reads why they got less.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_lesson_shows_where_each_cent_went() {
    let mut stage = Stage::set().await;
    let admin = stage.admin().await;
    give(&stage, &admin, 2000).await;
    let book = async |stage: &Stage, date: &str, credit: i64| -> String {
        let id = stage.hold(&stage.emma, date, "12:00").await;
        let body = json!({ "booking_id": id, "payment_method_id": "pm_card_visa", "requested_credit_cents": credit });
        stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200);
        id
    };
    let cancel = async |stage: &Stage, id: &str| -> Value {
        let path = format!("/api/v1/bookings/{id}/cancel");
        stage.post(&stage.emma, &path, json!({ "reason": "Not today" })).await.expect(200)
    };
    let free = book(&stage, "2026-11-16", 2000).await;
    let ahead = page(&stage, &stage.emma, &format!("/student/lessons/{free}/cancellation")).await;
    says(&ahead, &["Cancel Piano with Sarah C.?", "You pay nothing. Your credit of $20.00 comes back."]);
    says(&ahead, &["You pay $69.60 and get $80.00 as credit, your own $20.00 and $60.00 more."]);
    cancel(&stage, &free).await;
    let lesson = page(&stage, &stage.emma, &format!("/student/lessons/{free}")).await;
    says(&lesson, &["Not charged−$69.60", "You paid$0.00", "Nothing was charged. The credit of $20.00 came back."]);
    let hers = page(&stage, &stage.sarah, &format!("/instructor/bookings/{free}")).await;
    says(&hers, &["Not paid: cancelled in time−$68.00", "You got$0.00"]);

    let late = book(&stage, "2026-11-13", 2000).await;
    stage.at("2026-11-13T10:00:00Z").await;
    let path = format!("/student/lessons/{late}");
    says(
        &page(&stage, &stage.emma, &path).await,
        &["You pay $69.60 and get $40.00 as credit, your own $20.00 and $20.00 more, and the instructor is paid half."],
    );
    cancel(&stage, &late).await;
    let lesson = page(&stage, &stage.emma, &path).await;
    says(
        &lesson,
        &["You paid$69.60", "$69.60 was charged. $40.00 came back as credit: the $20.00 used and $20.00 more."],
    );
    let hers = page(&stage, &stage.sarah, &format!("/instructor/bookings/{late}")).await;
    says(&hers, &["Half, cancelled less than 12 hours ahead−$34.00", "You got$34.00"]);
    let history = page(&stage, &stage.emma, "/student/lessons?tab=history").await;
    says(&history, &["$40.00 back as credit", "$20.00 back as credit"]);
    says(&page(&stage, &stage.sarah, "/instructor/bookings?tab=past").await, &["half, cancelled late"]);
    let earned = page(&stage, &stage.sarah, "/instructor/earnings").await;
    says(&earned, &["Lesson prices $80.00 − our share $12.00 − $34.00 cancelled late or given back", "paid in part"]);
}

/// What an instructor is still to get stands first: lessons over, lessons ahead.
#[tokio::test(flavor = "multi_thread")]
async fn earnings_tell_what_is_on_its_way() {
    let mut stage = Stage::set().await;
    stage.book(&stage.emma, "2026-11-11", "12:00").await;
    stage.book(&stage.john, "2026-11-14", "12:00").await;
    let at = "/instructor/earnings";
    says(&page(&stage, &stage.sarah, at).await, &["On its way to you$0.00", "Booked ahead$136.00"]);
    stage.at("2026-11-11T18:00:00Z").await;
    says(&page(&stage, &stage.sarah, at).await, &["On its way to you$68.00", "1 lesson over", "Booked ahead$68.00"]);
    stage.at("2026-11-12T18:00:00Z").await;
    let paid = page(&stage, &stage.sarah, at).await;
    says(&paid, &["On its way to you$0.00", "Paid to you$68.00", "Lesson prices $80.00 − our share $12.00"]);
}

/// A bank that took the payment back is named on both sides, and the console shows what is really with whom; a completion
/// that its instructor contested can be decided there.
#[tokio::test(flavor = "multi_thread")]
async fn disputes_and_contests_say_who_decides() {
    let mut stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let disputed = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    let contested = stage.book(&stage.john, "2026-11-12", "12:00").await;
    stage.at("2026-11-12T18:30:00Z").await;
    stage.again(&mut admin).await;
    let path = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={disputed}");
    let intent = stage.app.get(&path).await.expect(200)["items"][0]["id"].clone();
    let order = json!({ "payment_intent": intent, "status": "opened" });
    stage.app.post("/sandbox/v1/stripe/disputes", order).await.expect(200);
    says(
        &page(&stage, &stage.emma, &format!("/student/lessons/{disputed}")).await,
        &["Your bank took the payment back"],
    );
    let hers = page(&stage, &stage.sarah, &format!("/instructor/bookings/{disputed}")).await;
    says(&hers, &["The student’s bank took the payment back", "You got$0.00"]);
    let file = page(&stage, &admin, &format!("/admin/bookings/{disputed}")).await;
    says(&file, &["Sarah got$0.00", "The student’s bank judges"]);

    stage.post(&stage.sarah, &format!("/api/v1/bookings/{contested}/complete"), json!({})).await.expect(200);
    let word = json!({ "reason": "He never came." });
    stage.post(&stage.sarah, &format!("/api/v1/instructor-bookings/{contested}/dispute"), word).await.expect(200);
    let his = page(&stage, &stage.john, &format!("/student/lessons/{contested}")).await;
    says(&his, &["The instructor says that the lesson did not take place.", "Nothing is charged until it is decided."]);
    let path = format!("/admin/bookings/{contested}");
    says(&page(&stage, &admin, &path).await, &["Mark complete"]);
    let form = [("reason", BECAUSE)];
    let request =
        stage.app.http.post(format!("{}{path}/complete", stage.app.base)).bearer_auth(&admin.token).form(&form);
    assert_eq!(crate::kit::answered(request).await.status, 303);
    assert_eq!(stage.booking(&stage.john, &contested).await["payment"]["payment_status"], "authorized");
}
