//! The pages of a lesson without scripts: profile → time → sign in → pay → booked → diary → cancelled.

use reqwest::header::LOCATION;
use serde_json::json;

use crate::kit::{Answered, Person, Stage, answered};

async fn see(stage: &Stage, who: Option<&Person>, path: &str) -> Answered {
    stage.app.ask(reqwest::Method::GET, path, who.map(|p| p.token.as_str()), None).await
}

async fn send(stage: &Stage, who: &Person, path: &str, form: &[(&str, &str)]) -> Answered {
    let request = stage.app.http.post(format!("{}{path}", stage.app.base)).bearer_auth(&who.token).form(form);
    answered(request).await
}

#[track_caller]
fn shows(answer: &Answered, status: u16, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.text.matches("<h1").count(), 1, "one heading: {}", answer.text);
    assert!(!answer.text.contains(" style=") && !answer.text.contains("<script>"), "nothing inline");
    for word in words {
        assert!(answer.text.contains(word), "lacks {word:?}: {}", answer.text);
    }
}

#[track_caller]
fn leads(answer: &Answered) -> String {
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text);
    answer.headers[LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_finds_a_time_and_keeps_it_through_the_door() {
    let stage = Stage::set().await;
    let profile = see(&stage, None, &format!("/instructors/{}", stage.sarah.id)).await;
    shows(&profile, 200, &["Sarah C.", "Free times, piano, 60 min", "$89.60", "Background checked", "No reviews yet."]);
    assert!(!profile.text.contains("Chen"), "surnames stay private");
    let path = format!("/book/{}/{}", stage.sarah.id, stage.piano);
    let choosing = see(&stage, None, &path).await;
    shows(&choosing, 200, &["When would you like to start?", "November 2026", "30 min", "$44.80"]);
    let chosen = see(&stage, None, &format!("{path}?date=2026-11-12&time=16:30")).await;
    shows(&chosen, 200, &["Sign in and continue", "/login?redirect=", "Cancel free until", "Wed Nov 11, 4:30 pm"]);
    assert!(chosen.text.contains("time%3D16%253A30"), "the choice is in the way back: {}", chosen.text);
    let odd = see(&stage, None, &format!("{path}?date=2026-11-12&time=03:00&minutes=17&place=moon&month=x")).await;
    shows(&odd, 200, &["3:00 am on Thu Nov 12 is not free"]);
    shows(&see(&stage, None, "/instructors/01BX5ZZKBKACTAV9WEVGEMMVRZ").await, 404, &[]);
    shows(&see(&stage, None, &format!("/instructors/{}", stage.john.id)).await, 404, &[]);
    let december = see(&stage, None, &format!("{path}?month=2026-12")).await;
    shows(&december, 200, &["December 2026"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn emma_books_pays_and_cancels() {
    let stage = Stage::set().await;
    let path = format!("/book/{}/{}", stage.sarah.id, stage.piano);
    let choosing = see(&stage, Some(&stage.emma), &format!("{path}?date=2026-11-12&time=16:30")).await;
    shows(&choosing, 200, &["Hold 4:30 pm and continue", "Held for 30 minutes", "$9.60"]);
    let form = [("date", "2026-11-12"), ("time", "16:30"), ("minutes", "60"), ("place", "instructor_location")];
    let confirm = leads(&send(&stage, &stage.emma, &path, &form).await);
    assert!(confirm.starts_with("/student/booking/confirm?booking="), "{confirm}");
    let id = confirm.rsplit('=').next().unwrap().to_owned();

    let empty = see(&stage, Some(&stage.emma), &confirm).await;
    shows(
        &empty,
        200,
        &["Check it, then book it", "held for you until <b>2:35 pm", "Add a card", "/payments/cards/new?next="],
    );
    let card = json!({ "payment_method_id": "pm_card_visa" });
    stage.post(&stage.emma, "/api/v1/payments/methods", card).await;
    let ready = see(&stage, Some(&stage.emma), &confirm).await;
    shows(
        &ready,
        200,
        &["Book the lesson for $89.60", "Visa ending 4242", "If plans change", "You are here", "$40.00 as credit"],
    );
    shows(&see(&stage, Some(&stage.john), &confirm).await, 404, &[]);

    // Somebody who wants the same time sees the nearest free ones.
    let late = send(&stage, &stage.john, &path, &form).await;
    shows(&late, 409, &["That time is gone", "Thu Nov 12, "]);
    let grid = see(&stage, Some(&stage.john), &format!("{path}?date=2026-11-12")).await;
    shows(&grid, 200, &["held by someone else"]);

    let pay = [
        ("booking", id.as_str()),
        ("requested_credit_cents", "0"),
        ("student_note", "Maya is 8."),
        ("payment_method_id", ""),
    ];
    let booked = leads(&send(&stage, &stage.emma, "/student/booking/confirm", &pay).await);
    assert_eq!(booked, format!("/student/lessons/{id}/booked"));
    let ticket = see(&stage, Some(&stage.emma), &booked).await;
    shows(&ticket, 200, &["You’re booked, Emma.", "Reference ", "Add to calendar", "What happens next"]);
    assert_eq!(leads(&see(&stage, Some(&stage.emma), &confirm).await), booked);
    let file = see(&stage, Some(&stage.emma), &format!("/student/lessons/{id}/calendar.ics")).await;
    assert!(file.text.contains("SUMMARY:Piano with Sarah C.") && file.text.contains("DTSTART:20261112T213000Z"));

    let diary = see(&stage, Some(&stage.emma), "/student/lessons").await;
    shows(&diary, 200, &["Upcoming, 1", "Past, 0", "Piano, 60 min", "Confirmed"]);
    let lesson = see(&stage, Some(&stage.emma), &format!("/student/lessons/{id}")).await;
    shows(
        &lesson,
        200,
        &[
            "Piano with Sarah C.",
            "If you cancel now",
            "It is 50 hours and 25 minutes before the lesson.",
            "Where the money is",
            "Maya is 8.",
            "You pay nothing.",
        ],
    );
    shows(
        &see(&stage, Some(&stage.sarah), &format!("/instructor/bookings/{id}")).await,
        200,
        &["Piano with Emma J.", "Platform share, 15%", "$68.00", "Maya is 8."],
    );

    let cancelling = format!("/student/lessons/{id}/cancellation");
    shows(
        &see(&stage, Some(&stage.emma), &cancelling).await,
        200,
        &["Cancel Piano with Sarah C.?", "You pay nothing.", "Keep the lesson"],
    );
    let unsaid = send(&stage, &stage.emma, &cancelling, &[("words", "")]).await;
    shows(&unsaid, 422, &["Choose a reason, or write one.", "The lesson is not cancelled yet."]);
    let gone = leads(&send(&stage, &stage.emma, &cancelling, &[("reason", "I am ill"), ("words", "Flu")]).await);
    shows(
        &see(&stage, Some(&stage.emma), &gone).await,
        200,
        &["The lesson is cancelled.", "I am ill: Flu", "Nothing was charged."],
    );
    shows(&see(&stage, Some(&stage.emma), "/student/lessons?tab=history").await, 200, &["Past, 1", "Cancelled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_card_is_explained_and_replaced() {
    let stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-11", "10:00").await;
    let pay = |card: &'static str| {
        let id = id.clone();
        let stage = &stage;
        async move {
            let form = [("booking", id.as_str()), ("payment_method_id", card)];
            send(stage, &stage.emma, "/student/booking/confirm", &form).await
        }
    };
    shows(
        &pay("pm_card_chargeDeclinedInsufficientFunds").await,
        422,
        &["not enough money on this card", "Nothing was charged"],
    );
    let waiting = see(&stage, Some(&stage.emma), &format!("/student/lessons/{id}")).await;
    shows(&waiting, 200, &["This time waits for another card until", "Finish paying"]);
    let bank = leads(&pay("pm_card_authenticationRequired").await);
    assert!(bank.contains("/sandbox/authentication/"), "{bank}");
    assert_eq!(leads(&pay("pm_card_visa").await), format!("/student/lessons/{id}/booked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sarah_sees_her_day_and_marks_a_lesson() {
    let mut stage = Stage::set().await;
    let home = see(&stage, Some(&stage.sarah), "/instructor/dashboard").await;
    shows(&home, 200, &["Hello, Sarah", "No lesson is booked at the moment.", "Hours this week", "98"]);
    let id = stage.book(&stage.emma, "2026-11-10", "18:00").await;
    shows(&see(&stage, Some(&stage.sarah), "/instructor/bookings").await, 200, &["Upcoming, 1", "Emma J."]);
    stage.at("2026-11-11T00:30:00Z").await;
    let home = see(&stage, Some(&stage.sarah), "/instructor/dashboard").await;
    shows(&home, 200, &["Did they take place?", "Say it took place"]);
    let page = format!("/instructor/bookings/{id}");
    shows(&see(&stage, Some(&stage.sarah), &page).await, 200, &["The lesson took place"]);
    let done = leads(&send(&stage, &stage.sarah, &format!("{page}/completion"), &[]).await);
    shows(&see(&stage, Some(&stage.sarah), &done).await, 200, &["Noted: the lesson took place."]);
    let note = [("instructor_note", "Scales in C."), ("meeting_location", "Studio 5C")];
    let saved = leads(&send(&stage, &stage.sarah, &format!("{page}/note"), &note).await);
    shows(&see(&stage, Some(&stage.sarah), &saved).await, 200, &["Saved.", "Scales in C."]);
    let lesson = see(&stage, Some(&stage.emma), &format!("/student/lessons/{id}")).await;
    shows(&lesson, 200, &["Studio 5C", "Scales in C.", "Book again"]);
    shows(&see(&stage, Some(&stage.emma), "/student/lessons").await, 200, &["Book again", "Their next free times."]);
    assert_eq!(leads(&see(&stage, Some(&stage.emma), "/instructor/dashboard").await), "/student/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_is_moved_with_the_same_picker() {
    let stage = Stage::set().await;
    let id = stage.book(&stage.emma, "2026-11-12", "16:30").await;
    let page = format!("/student/lessons/{id}/move");
    shows(
        &see(&stage, Some(&stage.emma), &format!("/student/lessons/{id}")).await,
        200,
        &["Move to another time", &page],
    );
    let picker = see(&stage, Some(&stage.emma), &format!("{page}?date=2026-11-12&time=16:45")).await;
    shows(&picker, 200, &["Move it to when?", "Booked for <b>Thu Nov 12, 4:30 pm", "Move to 4:45 pm"]);
    shows(&see(&stage, Some(&stage.john), &page).await, 404, &[]);
    let form = [("date", "2026-11-12"), ("time", "16:45"), ("minutes", "60"), ("place", "instructor_location")];
    let moved = leads(&send(&stage, &stage.emma, &page, &form).await);
    shows(&see(&stage, Some(&stage.emma), &moved).await, 200, &["The lesson is moved.", "4:45"]);
    shows(&see(&stage, Some(&stage.emma), &format!("/student/lessons/{id}")).await, 200, &["This lesson was moved."]);
    let again = send(&stage, &stage.emma, &page, &form).await;
    shows(&again, 422, &["Only a confirmed lesson can be moved."]);
}

/// rule: 50§1b: the old addresses lead on, and a lesson that can no longer be moved says so before a time is chosen.
#[tokio::test(flavor = "multi_thread")]
async fn old_addresses_lead_on_and_closed_ones_say_so() {
    let mut stage = Stage::set().await;
    for (from, to) in [
        ("/student/dashboard?tab=billing", "/student/billing"),
        ("/student/dashboard?tab=notifications", "/account/notifications"),
        ("/student/booking/confirm", "/student/lessons"),
    ] {
        let led = see(&stage, Some(&stage.emma), from).await;
        assert_eq!((led.status.as_u16(), led.headers["location"].to_str().unwrap()), (303, to), "{from}");
    }
    let id = stage.book(&stage.emma, "2026-11-11", "12:00").await;
    let path = format!("/student/lessons/{id}/move");
    assert!(!see(&stage, Some(&stage.emma), &path).await.text.contains("until 12 hours before it starts"));
    stage.at("2026-11-11T14:00:00Z").await;
    let closed = see(&stage, Some(&stage.emma), &path).await;
    assert!(closed.text.contains("until 12 hours before it starts"), "{}", closed.text);
    let sheet = see(&stage, Some(&stage.emma), "/student/billing/payments.csv").await;
    assert_eq!(sheet.headers["content-type"], "text/csv; charset=utf-8");
    assert!(sheet.text.contains("2026-11-11,Piano with Sarah C.,"), "{}", sheet.text);
}

/// Part of the credit, chosen before the card is.
#[tokio::test(flavor = "multi_thread")]
async fn as_much_credit_is_used_as_one_likes() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let gift = json!({ "amount_cents": 3000, "reason": "For a lesson that failed." });
    stage.post(&admin, &format!("/api/v1/admin/users/{}/credits", stage.emma.id), gift).await.expect(201);
    let id = stage.hold(&stage.emma, "2026-11-12", "12:00").await;
    for (asked, total) in [("12.50", "$77.10"), ("all", "$59.60"), ("500", "$59.60"), ("0", "$89.60"), ("x", "$89.60")]
    {
        let path = format!("/student/booking/confirm?booking={id}&credit={asked}");
        let text = see(&stage, Some(&stage.emma), &path).await.text;
        assert!(text.contains(total), "{asked}: {text}");
    }
}
