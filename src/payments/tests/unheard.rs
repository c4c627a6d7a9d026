//! Money on its way that Stripe makes fail, or says nothing about: a person hears of it, and whoever waits for something
//! that needs no Stripe has it at once.

use super::flows::Bench;
use crate::base::id::{BookingId, ReviewId};
use crate::base::money::Cents;
use crate::payments::model::{BookingPayment, PaymentStatus, SettlementOutcome, TipStatus};
use crate::payments::ops;
use crate::payments::rules::settle::Cause;
use crate::payments::tables;

async fn paid(b: &Bench, credit: i64) -> BookingId {
    b.give_credit(credit).await;
    let lesson = b.lesson(10).await;
    assert!(b.check_out(lesson, "pm_card_visa", credit).await.success);
    lesson
}

async fn locked(b: &Bench, lesson: BookingId) {
    let plan = b.site.write(move |tx| ops::plan_lock(tx, &ops::payment(tx, lesson)?));
    plan.await.unwrap();
    assert_eq!(ops::run(&b.site, lesson).await.unwrap().status, PaymentStatus::Locked);
}

fn stands(payment: &BookingPayment) -> (PaymentStatus, Option<SettlementOutcome>) {
    (payment.status, payment.outcome)
}

/// rule: 10§2.8: a failed transfer or refund goes to a person; an answer that Stripe failed is the end of a call, silence
/// is asked about until it breaks. The student's credit waits for neither.
#[tokio::test]
async fn a_person_hears_of_what_comes_to_nothing() {
    for (cause, operation, credit, now, then) in [
        (Cause::StudentHalf, "transfers.create", 4000, (8960, 0), (8960, 3400)),
        (Cause::AdminKeep, "transfers.create", 0, (8960, 0), (8960, 6800)),
        (Cause::LockedHalf, "transfers.create", 4000, (8960, 0), (8960, 3400)),
        (Cause::InstructorCancel, "refunds.create", 0, (8960, 0), (0, 0)),
    ] {
        for error in ["api_error", "timeout"] {
            let at = format!("{cause:?} {operation} {error}");
            let b = Bench::new().await;
            let lesson = paid(&b, 0).await;
            if operation == "refunds.create" || cause == Cause::LockedHalf {
                locked(&b, lesson).await;
            }
            b.fault(operation, error, 1000);
            let failed = b.settle(lesson, cause).await;
            assert_eq!(stands(&failed), (PaymentStatus::ManualReview, None), "{at}");
            assert_eq!((b.credit(), b.provider(lesson)), (credit, now), "{at}");
            b.forward(25).await;
            assert_eq!(stands(&b.money(lesson)), (PaymentStatus::ManualReview, None), "{at}");
            b.fault(operation, error, 0);
            b.forward(25).await;
            if error == "api_error" {
                assert_eq!((b.money(lesson).in_review(), b.provider(lesson)), (true, now), "frozen: {at}");
                b.site.write(move |tx| ops::resume(tx, lesson)).await.unwrap();
                ops::run(&b.site, lesson).await.unwrap();
            }
            assert_eq!(b.money(lesson).status, PaymentStatus::Settled, "{at}");
            assert_eq!((b.credit(), b.provider(lesson)), (credit, then), "{at}");
            b.balanced(&[lesson]);
        }
    }
}

/// rule: 10§2.8: failing the card, cancelled anyway: credit back, no payout, a person looks.
#[tokio::test]
async fn a_cancellation_does_not_wait_for_its_card() {
    for (error, hours) in [("api_error", 0), ("timeout", 2)] {
        let b = Bench::new().await;
        let lesson = paid(&b, 2000).await;
        b.fault("payment_intents.capture", error, 1000);
        b.settle(lesson, Cause::StudentHalf).await;
        assert_eq!(stands(&b.money(lesson)), (PaymentStatus::ManualReview, None), "{error}");
        b.forward(hours).await;
        assert_eq!((b.credit(), b.provider(lesson)), (2000, (0, 0)), "{error}");
        assert!(b.site.read(|r| tables::pending(r, lesson)).unwrap().is_none(), "{error}");
        b.fault("payment_intents.capture", error, 0);
        b.forward(24).await;
        assert_eq!(b.provider(lesson), (0, 0), "frozen: {error}");
        b.site.write(move |tx| ops::resume(tx, lesson)).await.unwrap();
        assert_eq!(ops::run(&b.site, lesson).await.unwrap().status, PaymentStatus::Settled);
        assert_eq!((b.credit(), b.provider(lesson)), (4000, (6960, 3400)), "{error}");
        b.balanced(&[lesson]);
    }
}

/// The call arrived and Stripe failed afterwards: what happened counts, and is not made again.
#[tokio::test]
async fn what_failed_and_happened_all_the_same_counts() {
    let b = Bench::new().await;
    let lesson = paid(&b, 0).await;
    b.fault("transfers.create", "timeout_after_success", 1);
    b.fault("transfers.create", "api_error", 1);
    assert_eq!(b.settle(lesson, Cause::StudentHalf).await.status, PaymentStatus::Settled);
    assert_eq!((b.credit(), b.provider(lesson)), (4000, (8960, 3400)));
    b.balanced(&[lesson]);
}

/// rule: 10§2.7: three days without the card, and the platform's own transfer fails too.
#[tokio::test]
async fn a_payout_that_fails_as_well_is_escalated() {
    for error in ["api_error", "timeout"] {
        let b = Bench::new().await;
        let lesson = paid(&b, 0).await;
        b.fault("payment_intents.capture", "card_declined", 1000);
        b.fault("transfers.create", error, 1000);
        b.forward(10 + 1 + 24 + 73).await;
        let escalated = (PaymentStatus::ManualReview, Some(SettlementOutcome::CaptureFailureEscalated));
        assert_eq!((stands(&b.money(lesson)), b.provider(lesson)), (escalated, (0, 0)), "{error}");
        assert!(b.site.read(|r| ops::standing(r, b.emma)).unwrap().is_barred(), "{error}");
        b.fault("transfers.create", error, 0);
        b.forward(1).await;
        let heard = error == "timeout";
        let paid = if heard { SettlementOutcome::CaptureFailureInstructorPaid } else { escalated.1.unwrap() };
        assert_eq!(stands(&b.money(lesson)), (PaymentStatus::ManualReview, Some(paid)), "{error}");
        assert_eq!(b.provider(lesson), (0, if heard { 6800 } else { 0 }), "{error}");
    }
}

/// A lesson paid early is captured after its end, although a person was called about a refund meanwhile.
#[tokio::test]
async fn a_refund_nobody_answers_does_not_hold_up_the_lesson() {
    let b = Bench::new().await;
    let lesson = paid(&b, 0).await;
    locked(&b, lesson).await;
    b.fault("refunds.create", "timeout", 10_000);
    let wanted = crate::payments::later::Wanted { by: b.sarah, reason: "A part of it back.".into() };
    b.site.write(move |tx| ops::plan_refund(tx, lesson, wanted.clone(), Some(Cents(1000)), false)).await.unwrap();
    assert!(ops::run(&b.site, lesson).await.unwrap().in_review());
    b.forward(10 + 1 + 25).await;
    assert_eq!(b.provider(lesson), (8960, 0));
    b.fault("refunds.create", "timeout", 0);
    b.forward(1).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (7960, 6800)));
    b.balanced(&[lesson]);
}

/// rule: 10§2.10: a tip wished while the lesson's own money is on its way comes after it.
#[tokio::test]
async fn a_tip_waits_for_the_call_before_it() {
    let b = Bench::new().await;
    let lesson = paid(&b, 0).await;
    b.fault("transfers.create", "timeout", 1000);
    b.forward(10 + 1 + 24).await;
    let plan = b.site.write(move |tx| ops::plan_tip(tx, lesson, ReviewId::of_name("r"), Cents(1500)));
    assert_eq!(plan.await.unwrap(), TipStatus::Processing);
    assert_eq!(b.provider(lesson), (8960, 0));
    b.fault("transfers.create", "timeout", 0);
    b.forward(1).await;
    assert_eq!(b.money(lesson).tip.map(|tip| tip.status), Some(TipStatus::Succeeded));
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (8960 + 1500, 6800 + 1500)));
    b.balanced(&[lesson]);
}
