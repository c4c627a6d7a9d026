//! Bills: whatever becomes of a lesson's money, both sides' lines add up to what really moved.

use proptest::prelude::*;

use crate::base::id::{BookingId, MethodId, ReviewId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::time::Timestamp;
use crate::payments::model::{
    BookingMoney, BookingPayment, PaymentStatus, PriceQuote, SettlementOutcome, Tip, TipStatus,
};
use crate::payments::rules::bill::{Bill, credit_back, of_instructor, of_student};

/// An hour at $80, sold at 15%.
fn paid(credit: Cents) -> BookingPayment {
    let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let mut payment = BookingPayment::open(&BookingMoney {
        booking_id: BookingId::of_name("b"),
        student_id: UserId::of_name("emma"),
        instructor_id: UserId::of_name("sarah"),
        quote: PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1500), 1),
        start: at,
        end: at,
        description: String::new(),
    });
    payment.credits_reserved = credit;
    payment
}

fn told(bill: &Bill) -> Vec<(&str, i64)> {
    bill.lines.iter().map(|line| (line.label.as_str(), line.amount.0)).collect()
}

fn adds_up(bill: &Bill) -> bool {
    bill.lines.iter().map(|line| line.amount).sum::<Cents>() == bill.total
}

/// rule: 10§6, the table of cancellations: $80 with $20 of credit.
#[test]
fn a_cancelled_lesson_is_billed_as_it_ended() {
    let mut payment = paid(Cents(2000));
    assert_eq!(of_student(&payment).total, Cents(6960), "to be charged");
    assert_eq!(of_instructor(&payment).total, Cents(6800), "to be paid");
    payment.status = PaymentStatus::Settled;
    payment.outcome = Some(SettlementOutcome::StudentCancelGt24NoCharge);
    payment.student_credit = Cents(2000);
    let free = of_student(&payment);
    assert_eq!((told(&free).last(), free.total), (Some(&("Not charged", -6960)), Cents::ZERO));
    assert_eq!(credit_back(&payment).as_deref(), Some("The credit of $20.00 came back."));
    assert_eq!(told(&of_instructor(&payment)).last(), Some(&("Not paid: cancelled in time", -6800)));

    (payment.captured, payment.student_credit) = (Cents(6960), Cents(4000));
    (payment.instructor_payout, payment.outcome) = (Cents(3400), Some(SettlementOutcome::StudentCancelLt12Split));
    assert_eq!(told(&of_student(&payment)).last(), Some(&("Credit", -2000)));
    let words = "$40.00 came back as credit: the $20.00 used and $20.00 more.";
    assert_eq!(credit_back(&payment).as_deref(), Some(words));
    assert_eq!(told(&of_instructor(&payment)).last(), Some(&("Half, cancelled less than 12 hours ahead", -3400)));
    payment.student_credit = Cents(500);
    assert_eq!(credit_back(&payment).as_deref(), Some("$5.00 of the credit of $20.00 came back."));
}

proptest! {
    #[test]
    fn lines_always_add_up(
        lesson in 1000i64..50_000, credit in 0i64..50_000, captured in proptest::bool::ANY, back in 0i64..10_000,
        payout in 0i64..40_000, reversed in 0i64..5_000, ended in proptest::bool::ANY, tip in 0i64..5_000,
    ) {
        let mut payment = paid(Cents(credit.min(lesson)));
        payment.quote = PriceQuote::new(Cents(lesson), 60, Bp(1200), Bp(1500), 1);
        payment.captured = if captured { payment.card_amount() } else { Cents::ZERO };
        payment.refunded_to_card = Cents(back).min(payment.captured);
        (payment.instructor_payout, payment.reversed) = (Cents(payout), Cents(reversed));
        payment.status = if ended { PaymentStatus::Settled } else { PaymentStatus::Authorized };
        payment.tip = (tip > 0).then(|| Tip {
            review_id: ReviewId::of_name("r"), amount: Cents(tip), status: TipStatus::Succeeded,
            method_id: MethodId::of_name("m"), intent: None, charge: None,
            client_secret: None, action_url: None, waiting: false,
        });
        let (student, instructor) = (of_student(&payment), of_instructor(&payment));
        prop_assert!(adds_up(&student) && adds_up(&instructor), "{student:?} {instructor:?}");
        if ended {
            prop_assert_eq!(student.total, payment.captured - payment.refunded_to_card + Cents(tip));
            prop_assert_eq!(instructor.total, payment.instructor_payout + Cents(tip));
        }
    }
}
