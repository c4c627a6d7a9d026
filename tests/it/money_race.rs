//! Two who want something of the same lesson's money at the same moment: one of them gets it, and the books add up.
//!
//! An ordinary run does a few rounds of each; `RACE_ROUNDS=1000` does a thousand. A stage is set anew when its weeks
//! are used up.

use instainstru::base::id::BookingId;
use instainstru::bookings::tables::load;
use instainstru::outside::sandbox::stripe::StandIn;
use instainstru::payments::ledger::{self, Account};
use instainstru::payments::model::{BookingPayment, PaymentStatus, SettlementOutcome};
use instainstru::payments::ops as money;
use serde_json::{Value, json};

use crate::kit::{Answered, Person, Stage};

/// Rounds on one stage where no time passes.
const ON_ONE_STAGE: usize = 60;

fn rounds() -> usize {
    std::env::var("RACE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

/// How many rounds each stage gets, where one has room for `most`.
fn stages(most: usize) -> impl Iterator<Item = usize> {
    let all = rounds();
    (0..all).step_by(most).map(move |first| most.min(all - first))
}

async fn calm_stage() -> Stage {
    let stage = Stage::set().await;
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    stage
}

fn status(answer: &Answered) -> u16 {
    answer.status.as_u16()
}

/// A loser is told so, in words of the contract; nobody meets a fault of ours.
#[track_caller]
fn honest(answers: &[&Answered]) {
    for answer in answers {
        assert!(matches!(status(answer), 200 | 201 | 400 | 409 | 422 | 429 | 503), "{}", answer.text);
    }
}

impl Stage {
    fn payment(&self, id: &str) -> BookingPayment {
        let id: BookingId = id.parse().unwrap();
        self.app.site().read(|r| money::payment(r, id)).unwrap()
    }

    /// Stripe's books and ours agree over these bookings, and the ledger sums to zero.
    fn balanced(&self, ids: &[&str]) {
        let site = self.app.site();
        assert_eq!(site.read(ledger::check).unwrap(), Vec::<String>::new());
        let stand_in = site.part::<StandIn>().unwrap();
        let (mut ours, mut theirs) = (0, 0);
        for id in ids {
            let booking: BookingId = id.parse().unwrap();
            ours += site.read(|r| ledger::balance_of_booking(r, booking, Account::Cash)).unwrap().0;
            let held = stand_in.position(id);
            theirs += held.captured - held.refunded - held.transferred + held.reversed;
        }
        assert_eq!(ours, theirs, "our books and Stripe's over {ids:?}");
    }

    async fn cancel(&self, who: &Person, id: &str) -> Answered {
        self.post(who, &format!("/api/v1/bookings/{id}/cancel"), json!({ "reason": "Something came up." })).await
    }

    async fn moved(&self, id: &str, date: &str, time: &str) -> Answered {
        let wish = json!({ "booking_date": date, "start_time": time, "selected_duration": 60 });
        self.post(&self.emma, &format!("/api/v1/bookings/{id}/reschedule"), wish).await
    }

    /// Whatever was left to a job is done.
    async fn come_to_rest(&self) {
        self.app.advance(6 * 60).await;
    }
}

/// Student and instructor call the same lesson off: the terms of one of them hold, whole.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_cancellations_one_counts() {
    for rounds in stages(ON_ONE_STAGE) {
        let stage = calm_stage().await;
        for round in 0..rounds {
            // Tonight: less than twelve hours ahead, the card is authorised at once.
            let id = stage.book(&stage.emma, "2026-11-10", &format!("{}:00", 21 - round % 2)).await;
            let (a, b) = tokio::join!(stage.cancel(&stage.emma, &id), stage.cancel(&stage.sarah, &id));
            honest(&[&a, &b]);
            assert!(status(&a) == 200 || status(&b) == 200, "{} {}", a.text, b.text);
            let site = stage.app.site();
            let payment = settled(&stage, &id);
            let booking = site.read(|r| load(r, id.parse().unwrap())).unwrap();
            let (outcome, captured, paid) = (
                payment.outcome.unwrap(),
                (payment.captured - payment.refunded_to_card).0,
                payment.instructor_payout.0,
            );
            if booking.cancelled_by == Some(stage.emma.id) {
                let want = (SettlementOutcome::StudentCancelLt12Split, 8960, 3400);
                assert_eq!((outcome, captured, paid), want);
            } else {
                assert_eq!((outcome, captured, paid), (SettlementOutcome::InstructorCancelFullRefund, 0, 0));
            }
            stage.balanced(&[&id]);
        }
    }
}

fn settled(stage: &Stage, id: &str) -> BookingPayment {
    let payment = stage.payment(id);
    assert_eq!(payment.status, PaymentStatus::Settled, "{payment:#?}");
    payment
}

/// Moving a lesson late captures its money, calling it off captures it too: it is captured once, for one of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_and_a_capture_share_no_money() {
    for rounds in stages(ON_ONE_STAGE) {
        let stage = calm_stage().await;
        for round in 0..rounds {
            // Between twelve and twenty-four hours ahead.
            let hour = 8 + 2 * (round % 2);
            let id = stage.book(&stage.emma, "2026-11-11", &format!("{hour:02}:00")).await;
            let later = format!("{:02}:00", 13 + (round % 4) * 2);
            let day = format!("2026-11-{}", 12 + (round / 4) % 16);
            let (a, b) = tokio::join!(stage.cancel(&stage.emma, &id), stage.moved(&id, &day, &later));
            honest(&[&a, &b]);
            stage.come_to_rest().await;
            let seen = stage.booking(&stage.emma, &id).await;
            let new = seen["rescheduled_to_id"].as_str().map(str::to_owned);
            assert_eq!(new.is_some(), status(&b) == 200, "{}", b.text);
            match new {
                Some(new) => {
                    assert_eq!(
                        (stage.payment(&new).status, stage.payment(&new).captured.0),
                        (PaymentStatus::Locked, 8960)
                    );
                    stage.cancel(&stage.sarah, &new).await.expect(200);
                    stage.balanced(&[&id, &new]);
                    assert_eq!(settled(&stage, &new).refunded_to_card.0, 8960);
                }
                None => {
                    // The capture of the move may have come first: then the lesson is locked and was called off so.
                    if seen["status"] == "CONFIRMED" {
                        stage.cancel(&stage.sarah, &id).await.expect(200);
                    }
                    stage.balanced(&[&id]);
                    assert!(settled(&stage, &id).captured.0 <= 8960);
                }
            }
        }
    }
}

/// A lesson is moved at the very instant its card is asked: the old one holds nothing, the new one is promised once.
#[tokio::test(flavor = "multi_thread")]
async fn moving_and_authorising_never_both_hold_the_card() {
    // Lessons every two hours from Thursday on; a day before each its card is asked.
    for rounds in stages(36) {
        let mut stage = calm_stage().await;
        for round in 0..rounds {
            let (day, hour) = (12 + round / 6, 9 + 2 * (round % 6));
            let id = stage.book(&stage.emma, &format!("2026-11-{day}"), &format!("{hour:02}:00")).await;
            let ask = format!("2026-11-{}T{:02}:00:00Z", day - 1, hour + 5);
            let before = format!("2026-11-{}T{:02}:59:58Z", day - 1, hour + 4);
            stage.at(&before).await;
            let later = format!("2026-11-{}", day + 6);
            let time = format!("{hour:02}:00");
            let (a, b) = tokio::join!(
                stage.app.post("/sandbox/v1/clock", json!({ "set": ask })),
                stage.moved(&id, &later, &time),
            );
            honest(&[&a, &b]);
            stage.come_to_rest().await;
            let seen = stage.booking(&stage.emma, &id).await;
            let stand_in = stage.app.site().part::<StandIn>().unwrap();
            match seen["rescheduled_to_id"].as_str() {
                Some(new) => {
                    assert_eq!((stand_in.position(&id).held, stage.payment(&id).is_settled()), (0, true));
                    // Early, or late and locked; either way the new one is the lesson.
                    assert_eq!(stage.booking(&stage.emma, new).await["status"], "CONFIRMED");
                    stage.balanced(&[&id, new]);
                    stage.cancel(&stage.sarah, new).await.expect(200);
                }
                None => {
                    assert_eq!(
                        (seen["status"].as_str(), stand_in.position(&id).held),
                        (Some("CONFIRMED"), 1),
                        "{}",
                        b.text
                    );
                    stage.balanced(&[&id]);
                    stage.cancel(&stage.sarah, &id).await.expect(200);
                }
            }
        }
    }
}

/// An instructor presses twice: the lesson is completed once.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_completions_one_counts() {
    // Six lessons every second day: a day's money is taken late on the next.
    for rounds in stages(48) {
        let mut stage = calm_stage().await;
        for day in 0..rounds.div_ceil(6) {
            let first = 11 + 2 * day;
            let date = format!("2026-11-{first}");
            let mut ids = Vec::new();
            for n in 0..6.min(rounds - 6 * day) {
                ids.push(stage.book(&stage.emma, &date, &format!("{:02}:00", 9 + 2 * n)).await);
            }
            stage.at(&format!("2026-11-{}T03:30:00Z", first + 1)).await;
            for id in &ids {
                let paths =
                    [format!("/api/v1/bookings/{id}/complete"), format!("/api/v1/instructor-bookings/{id}/complete")];
                let (one, two) = tokio::join!(
                    stage.post(&stage.sarah, &paths[0], json!({})),
                    stage.post(&stage.sarah, &paths[1], json!({})),
                );
                honest(&[&one, &two]);
                let mut both = [status(&one), status(&two)];
                both.sort_unstable();
                assert_eq!(both, [200, 422], "{} {}", one.text, two.text);
                assert_eq!(completions(&stage, id), 1);
            }
            stage.at(&format!("2026-11-{}T04:00:00Z", first + 2)).await;
            for id in &ids {
                assert_eq!(settled(&stage, id).instructor_payout, stage.payment(id).quote.payout);
                stage.balanced(&[id]);
            }
        }
    }
}

fn completions(stage: &Stage, id: &str) -> usize {
    let events = stage.app.site().read(|r| instainstru::store::journal::events_after(r, 0, 100_000)).unwrap();
    let mine = |data: &Value| data.to_string().contains(id);
    events.iter().filter(|event| event.kind == "booking.completed" && mine(&event.data)).count()
}

/// A capture falls due while the instructor contests the lesson: it is frozen with nothing taken, or taken and paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_capture_and_an_objection_never_both_count() {
    // Every second day: a round ends after the next morning's lesson would have begun.
    for rounds in stages(7) {
        let mut stage = calm_stage().await;
        for day in (11..25).step_by(2).take(rounds) {
            let date = format!("2026-11-{day}");
            let id = stage.book(&stage.emma, &date, "09:00").await;
            // It ends at ten in the morning; a day later its money is taken.
            stage.at(&format!("2026-11-{}T14:59:58Z", day + 1)).await;
            let path = format!("/api/v1/instructor-bookings/{id}/dispute");
            let due = json!({ "set": format!("2026-11-{}T15:00:00Z", day + 1) });
            let (_, objected) = tokio::join!(
                stage.app.post("/sandbox/v1/clock", due),
                stage.post(&stage.sarah, &path, json!({ "reason": "We agreed on another day." })),
            );
            honest(&[&objected]);
            let payment = stage.payment(&id);
            match status(&objected) {
                200 => assert_eq!((payment.status, payment.captured.0), (PaymentStatus::ManualReview, 0)),
                _ => assert_eq!((payment.status, payment.instructor_payout.0), (PaymentStatus::Settled, 6800)),
            }
            stage.balanced(&[&id]);
        }
    }
}

/// The button is pressed on eight machines: the card is authorised once.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_checkouts_one_holds_the_card() {
    for rounds in stages(ON_ONE_STAGE) {
        let stage = calm_stage().await;
        for round in 0..rounds {
            let id = stage.hold(&stage.emma, "2026-11-10", &format!("{}:00", 21 - round % 2)).await;
            let body = json!({ "booking_id": id, "payment_method_id": "pm_card_visa" });
            let tries = (0..8).map(|_| stage.post(&stage.emma, "/api/v1/payments/checkout", body.clone()));
            let answers = futures_util::future::join_all(tries).await;
            honest(&answers.iter().collect::<Vec<_>>());
            let paid = |a: &&Answered| status(a) == 200 && a.json()["success"] == true;
            assert!(answers.iter().filter(paid).count() >= 1, "{}", answers[0].text);
            let stand_in = stage.app.site().part::<StandIn>().unwrap();
            assert_eq!(stand_in.position(&id).held, 1);
            stage.cancel(&stage.sarah, &id).await.expect(200);
            assert_eq!(stand_in.position(&id).held, 0);
            stage.balanced(&[&id]);
        }
    }
}
