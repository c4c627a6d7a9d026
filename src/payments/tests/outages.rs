//! Stripe is gone for longer than a timer waits or a key is remembered.

use super::flows::Bench;
use crate::base::id::ReviewId;
use crate::base::money::Cents;
use crate::jobs;
use crate::outside::stripe::Stripe;
use crate::payments::model::{PaymentStatus, SettlementOutcome};
use crate::payments::ops;
use crate::payments::tables;

/// The timer of a capture finds a tip of the same lesson on its way, hour after hour: it comes round again instead of
/// dying of it, and the lesson is paid once the line is back.
#[tokio::test]
async fn a_capture_waits_for_another_call_as_long_as_it_takes() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.forward(12).await;
    b.fault("payment_intents.confirm", "timeout", 10_000);
    b.site.write(move |tx| ops::plan_tip(tx, lesson, ReviewId::of_name("r"), Cents(1500))).await.unwrap();
    ops::run(&b.site, lesson).await.unwrap();
    b.forward(48).await;
    assert_eq!(b.site.read(|r| jobs::dead(r, 10)).unwrap().len(), 0, "a timer died");
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Authorized, (0, 0)));
    b.fault("payment_intents.confirm", "timeout", 0);
    b.forward(1).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (8960 + 1500, 6800 + 1500)));
    b.balanced(&[lesson]);
}

/// A capture that was refused is tried again four hours later, also when a tip is on its way just then.
#[tokio::test]
async fn a_second_capture_waits_for_another_call_too() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.fault("payment_intents.capture", "card_declined", 1);
    b.forward(10 + 1 + 24 + 1).await;
    assert_eq!(b.money(lesson).status, PaymentStatus::PaymentMethodRequired);
    b.fault("payment_intents.confirm", "timeout", 10_000);
    b.site.write(move |tx| ops::plan_tip(tx, lesson, ReviewId::of_name("r"), Cents(1500))).await.unwrap();
    ops::run(&b.site, lesson).await.unwrap();
    b.forward(12).await;
    assert_eq!(b.provider(lesson), (0, 0));
    b.fault("payment_intents.confirm", "timeout", 0);
    b.forward(6).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (8960 + 1500, 6800 + 1500)));
    b.balanced(&[lesson]);
}

/// A transfer arrived, nobody heard of it, and a day later Stripe has forgotten its key: it is looked for, not made again.
#[tokio::test]
async fn a_transfer_whose_key_is_forgotten_is_not_made_twice() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.fault("transfers.create", "timeout", 2);
    let held = |held: bool| b.site.write(move |tx| jobs::set_held(tx, "payment_health", held));
    held(true).await.unwrap();
    b.forward(10 + 26).await;
    let asked = b.site.read(|r| tables::pending(r, lesson)).unwrap().expect("the transfer is on its way");
    assert_eq!((asked.amount, b.provider(lesson)), (Cents(6800), (8960, 0)));
    let account = b.site.read(|r| tables::account(r, b.sarah)).unwrap().unwrap().account_id;
    let stripe = b.site.part::<Stripe>().unwrap();
    let charge = b.money(lesson).charge;
    let (key, booking) = (asked.idempotency_key.as_str(), lesson.to_string());
    stripe.transfer(&account, Cents(6800), charge.as_deref(), &booking, key).await.unwrap();
    b.forward(30).await;
    held(false).await.unwrap();
    b.forward(1).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (8960, 6800)));
    b.balanced(&[lesson]);
}

/// rule: 10§2.7: a capture that only Stripe makes fail is given up like any other after 72 hours: the instructor is
/// paid from platform funds, the hold is let go, and the student, who did nothing, may go on booking.
#[tokio::test]
async fn an_instructor_waits_three_days_for_a_capture_and_no_longer() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.fault("payment_intents.capture", "api_error", 100_000);
    b.forward(10 + 1 + 24 + 71).await;
    let waits = b.money(lesson);
    assert!(waits.first_capture_failed_at.is_some());
    assert_eq!((waits.outcome, b.provider(lesson)), (None, (0, 0)));
    b.forward(2).await;
    let ended = b.money(lesson);
    assert_eq!(ended.outcome, Some(SettlementOutcome::CaptureFailureInstructorPaid));
    assert_eq!((ended.status, b.provider(lesson)), (PaymentStatus::ManualReview, (0, 6800)));
    assert!(!b.site.read(|r| ops::standing(r, b.emma)).unwrap().is_barred());
    // Nobody takes it later as well.
    b.fault("payment_intents.capture", "api_error", 0);
    b.forward(48).await;
    assert_eq!(b.provider(lesson), (0, 6800));
    b.balanced(&[lesson]);
}

/// The hold expired while Stripe took nothing: the next hold is taken under a key of its own.
#[tokio::test]
async fn a_new_hold_is_captured_under_a_new_key() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.fault("payment_intents.capture", "timeout", 1);
    b.forward(10 + 1 + 23).await;
    let intent = b.money(lesson).intent.unwrap();
    let stripe = b.site.part::<Stripe>().unwrap();
    stripe.cancel(&intent, "by somebody in the dashboard").await.unwrap();
    b.forward(2).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (8960, 6800)));
    let calls = b.stand_in.objects(None, Some(&lesson.to_string())).unwrap()["calls"].clone();
    let keys: Vec<&str> = calls.as_array().unwrap().iter().filter_map(|c| c["idempotency_key"].as_str()).collect();
    assert!(keys.contains(&format!("capture_{lesson}_1").as_str()), "{keys:?}");
    b.balanced(&[lesson]);
}

/// rule: 10§7: a new card is the one that is charged for a lesson whose capture failed, and the answer says so.
#[tokio::test]
async fn a_new_card_pays_for_the_lesson_that_is_over() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.fault("payment_intents.capture", "card_declined", 1);
    b.forward(10 + 1 + 24 + 1).await;
    let before = b.money(lesson);
    assert_eq!(before.status, PaymentStatus::PaymentMethodRequired);
    let view = b.check_out(lesson, "pm_card_mastercard", 0).await;
    let after = b.money(lesson);
    assert_eq!((view.success, after.status), (true, PaymentStatus::Settled));
    assert_ne!((after.intent, after.method_id), (before.intent, before.method_id));
    assert_eq!(b.provider(lesson), (8960, 6800));
    b.balanced(&[lesson]);
}
