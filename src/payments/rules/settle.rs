//! How the money of a booking ends: one table of terms, one function for the next step towards them (part 10 §2.7–2.9).

use serde::{Deserialize, Serialize};

use crate::base::money::Cents;
use crate::payments::model::{BookingPayment, PriceQuote, SettlementOutcome as End};

/// Why a payment is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Never promised: somebody took the unpaid booking back.
    Unpaid,
    /// The student, 24 hours ahead or more.
    StudentFree,
    /// The student, 12 to 24 hours ahead.
    StudentCredit,
    /// The student, less than 12 hours ahead.
    StudentHalf,
    LockedCredit,
    LockedHalf,
    InstructorCancel,
    AdminRefund,
    AdminKeep,
    /// No card could be charged in time.
    PaymentFailed,
    LessonCompleted,
    InstructorNoShow,
    StudentNoShow,
    MutualNoShow,
}

/// What happens to the card's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardEnd {
    /// A hold is released, captured money refunded, service fee included.
    GiveBack,
    /// Taken in full, unless it is already.
    Take,
    /// No longer asked for: three days of failures (rule: 10§2.7).
    Waive,
}

/// What happens to the credit that is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditEnd {
    Release,
    /// The student ends up with this much credit of the lesson.
    Target(Cents),
    Consume,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub cause: Cause,
    pub outcome: End,
    pub card: CardEnd,
    pub credit: CreditEnd,
    /// What the instructor gets, whatever credit was used.
    pub payout: Cents,
}

/// rule: 10§2.8, the table; half of P, not of the credit-reduced transfer.
pub fn terms(cause: Cause, quote: &PriceQuote) -> Terms {
    let (lesson, payout) = (quote.lesson, quote.payout);
    let back = |outcome| (outcome, CardEnd::GiveBack, CreditEnd::Release, Cents::ZERO);
    let full = |outcome| (outcome, CardEnd::Take, CreditEnd::Consume, payout);
    let credit = |outcome| (outcome, CardEnd::Take, CreditEnd::Target(lesson), Cents::ZERO);
    let half = |outcome| (outcome, CardEnd::Take, CreditEnd::Target(lesson.half()), payout.half());
    let (outcome, card, credit, payout) = match cause {
        Cause::Unpaid | Cause::StudentFree => back(End::StudentCancelGt24NoCharge),
        Cause::StudentCredit => credit(End::StudentCancel12To24FullCredit),
        Cause::StudentHalf => half(End::StudentCancelLt12Split),
        Cause::LockedCredit => credit(End::LockedCancelGe12FullCredit),
        Cause::LockedHalf => half(End::LockedCancelLt12Split),
        Cause::InstructorCancel => back(End::InstructorCancelFullRefund),
        Cause::AdminRefund => back(End::AdminRefund),
        Cause::AdminKeep => full(End::AdminNoRefund),
        Cause::PaymentFailed => back(End::PaymentFailedNoCharge),
        Cause::LessonCompleted => full(End::LessonCompletedFullPayout),
        Cause::InstructorNoShow => back(End::InstructorNoShowFullRefund),
        Cause::StudentNoShow => full(End::StudentNoShowFullPayout),
        Cause::MutualNoShow => back(End::MutualNoShowFullRefund),
    };
    Terms { cause, outcome, card, credit, payout }
}

impl Cause {
    /// The lesson took place, or counts as if it had: a failed capture is tried again for days.
    pub fn owes_the_lesson(self) -> bool {
        matches!(self, Self::LessonCompleted | Self::StudentNoShow)
    }

    /// The idempotency key of the capture (rule: 10§2.11).
    pub fn capture_word(self) -> &'static str {
        if self.owes_the_lesson() { "capture" } else { "cancel" }
    }
}

impl Terms {
    /// rule: 10§2.7: 72 hours after the first failed capture the instructor is paid from platform funds.
    pub fn without_card(&self) -> Self {
        Self { outcome: End::CaptureFailureInstructorPaid, card: CardEnd::Waive, ..*self }
    }

    /// The idempotency key of the transfer.
    pub fn payout_word(&self) -> &'static str {
        match (self.card, self.cause) {
            (CardEnd::Waive, _) => "payout_cf",
            (_, Cause::StudentHalf) => "payout_lt12",
            (_, Cause::LockedCredit | Cause::LockedHalf) => "payout_lock",
            _ => "payout",
        }
    }
}

/// The next thing that has to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Authorize,
    Capture(Cents),
    Release,
    Refund(Cents),
    /// From the charge of this very payment.
    Transfer(Cents),
    /// From the platform's own money, where credit left less than P on the card.
    TopUp(Cents),
    Finish,
}

/// Reads only what has already happened, so it can be asked again after any crash.
pub fn next_step(payment: &BookingPayment) -> Step {
    let Some(settling) = &payment.settling else { return Step::Finish };
    let terms = &settling.terms;
    match terms.card {
        CardEnd::GiveBack => {
            let to_refund = payment.captured - payment.refunded_to_card;
            if to_refund.is_positive() {
                return Step::Refund(to_refund);
            }
            if payment.intent.is_some() && payment.captured == Cents::ZERO {
                return Step::Release;
            }
        }
        CardEnd::Take => {
            let due = payment.card_amount();
            if due.is_positive() && payment.captured == Cents::ZERO {
                return if payment.held { Step::Capture(due) } else { Step::Authorize };
            }
        }
        CardEnd::Waive => {}
    }
    let from_charge = terms.payout.min(payment.captured);
    if from_charge > settling.paid_from_charge {
        return Step::Transfer(from_charge - settling.paid_from_charge);
    }
    let top_up = terms.payout - from_charge;
    if top_up > settling.topped_up {
        return Step::TopUp(top_up - settling.topped_up);
    }
    Step::Finish
}
