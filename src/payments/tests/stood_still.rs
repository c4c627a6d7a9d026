//! A settlement that stood still because a card gave nothing, and went on when somebody said so.

use super::flows::Bench;
use crate::base::money::Cents;
use crate::payments::model::PaymentStatus;
use crate::payments::ops;
use crate::payments::rules::settle::Cause;

/// The student had their credit back meanwhile. The card pays what it would have paid, and credit the rest: still there
/// it is reserved again, spent on another lesson it counts as given back, and what is too much of it is owed.
#[tokio::test]
async fn credit_that_went_back_meanwhile_is_not_given_twice() {
    for (cause, credit, spent, card, instructor, left, owed) in [
        (Cause::StudentCredit, 2000, 0, 6960, 0, 8000, 0),
        (Cause::StudentCredit, 2000, 2000, 6960, 0, 6000, 0),
        (Cause::StudentHalf, 2000, 500, 6960, 3400, 3500, 0),
        (Cause::StudentHalf, 8000, 0, 960, 3400, 4000, 0),
        (Cause::StudentHalf, 8000, 5000, 960, 3400, 0, 1000),
        (Cause::AdminKeep, 2000, 0, 6960, 6800, 0, 0),
        (Cause::AdminKeep, 2000, 1500, 6960, 6800, 0, 1500),
    ] {
        let at = format!("{cause:?} {credit} {spent}");
        let b = Bench::new().await;
        b.give_credit(credit).await;
        let lesson = b.lesson(10).await;
        assert!(b.check_out(lesson, "pm_card_visa", credit).await.success);
        b.fault("payment_intents.capture", "card_declined", 1);
        let stands = b.settle(lesson, cause).await;
        assert_eq!((stands.status, stands.instructor_payout), (PaymentStatus::ManualReview, Cents(0)), "{at}");
        assert_eq!((b.credit(), b.provider(lesson)), (credit, (0, 0)), "cancelled anyway, credit back: {at}");
        if spent > 0 {
            let other = b.lesson(30).await;
            assert_eq!(b.check_out(other, "pm_card_visa", spent).await.credit_applied_cents, Cents(spent));
        }
        b.site.write(move |tx| ops::resume(tx, lesson)).await.unwrap();
        let done = ops::run(&b.site, lesson).await.unwrap();
        assert_eq!(done.status, PaymentStatus::Settled, "the refusal is not repeated: {at}");
        let standing = b.site.read(|r| ops::standing(r, b.emma)).unwrap();
        assert_eq!((b.credit(), -standing.balance.0), (left, owed), "{at}");
        assert_eq!(b.provider(lesson), (card, instructor), "{at}");
        b.balanced(&[lesson]);
    }
}

/// Refused twice and resumed twice; the credit expires in between, which is nobody's debt.
#[tokio::test]
async fn credit_that_expired_meanwhile_is_not_owed() {
    let b = Bench::new().await;
    let (user, soon) = (b.emma, crate::base::time::plus_hours(b.site.now(), 20));
    b.site.write(move |tx| ops::issue(tx, user, Cents(6000), "admin", None, Some(soon)).map(drop)).await.unwrap();
    let lesson = b.lesson(10).await;
    assert!(b.check_out(lesson, "pm_card_visa", 6000).await.success);
    b.fault("payment_intents.capture", "card_declined", 2);
    b.settle(lesson, Cause::StudentHalf).await;
    b.site.write(move |tx| ops::resume(tx, lesson)).await.unwrap();
    let again = ops::run(&b.site, lesson).await.unwrap();
    assert_eq!((again.status, b.credit()), (PaymentStatus::ManualReview, 6000));
    b.forward(30).await;
    ops::expire_credits(&b.site, false).await.unwrap();
    assert_eq!(b.credit(), 0);
    b.site.write(move |tx| ops::resume(tx, lesson)).await.unwrap();
    let done = ops::run(&b.site, lesson).await.unwrap();
    let standing = b.site.read(|r| ops::standing(r, b.emma)).unwrap();
    assert_eq!((done.status, b.credit(), standing.balance), (PaymentStatus::Settled, 0, Cents(0)));
    assert_eq!(b.provider(lesson), (2960, 3400));
    b.balanced(&[lesson]);
}

/// What was taken before anybody asked the card ahead of the lesson is no promise any more when the rest goes on.
#[tokio::test]
async fn money_that_was_taken_is_not_scheduled_again() {
    let b = Bench::new().await;
    let lesson = b.lesson(60).await;
    assert!(b.check_out(lesson, "pm_card_visa", 0).await.success);
    b.fault("transfers.create", "card_declined", 1);
    let stands = b.settle(lesson, Cause::AdminKeep).await;
    assert_eq!((stands.status, stands.captured), (PaymentStatus::ManualReview, Cents(8960)));
    b.site.write(move |tx| ops::resume(tx, lesson)).await.unwrap();
    assert_eq!(b.money(lesson).status, PaymentStatus::Authorized);
    assert_eq!(ops::run(&b.site, lesson).await.unwrap().status, PaymentStatus::Settled);
    assert_eq!(b.provider(lesson), (8960, 6800));
    b.balanced(&[lesson]);
}

/// A bank that refused the charge of a late move may take it a minute later.
#[tokio::test]
async fn a_lock_that_was_refused_can_be_asked_for_again() {
    let b = Bench::new().await;
    let lesson = b.lesson(20).await;
    assert!(b.check_out(lesson, "pm_card_visa", 0).await.success);
    b.fault("payment_intents.capture", "card_declined", 1);
    for wanted in [PaymentStatus::Authorized, PaymentStatus::Locked] {
        b.site
            .write(move |tx| {
                let payment = ops::payment(tx, lesson)?;
                ops::plan_lock(tx, &payment)
            })
            .await
            .unwrap();
        assert_eq!(ops::run(&b.site, lesson).await.unwrap().status, wanted);
    }
    assert_eq!(b.provider(lesson), (8960, 0));
}

/// A part was given back by a person while the rest stood still: giving back the rest is another refund, under its own key.
#[tokio::test]
async fn the_rest_goes_back_after_a_part_did() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    assert!(b.check_out(lesson, "pm_card_visa", 0).await.success);
    b.fault("transfers.create", "card_declined", 1);
    assert!(b.settle(lesson, Cause::AdminKeep).await.in_review());
    let wanted = crate::payments::later::Wanted { by: b.sarah, reason: "A part of it back.".into() };
    b.site.write(move |tx| ops::plan_refund(tx, lesson, wanted.clone(), Some(Cents(1000)), false)).await.unwrap();
    assert_eq!(ops::run(&b.site, lesson).await.unwrap().refunded_to_card, Cents(1000));
    assert_eq!(b.settle(lesson, Cause::AdminRefund).await.status, PaymentStatus::Settled);
    assert_eq!(b.provider(lesson), (0, 0), "all of it is back on the card");
    b.balanced(&[lesson]);
}
