//! What a lesson cost its student and brought its instructor, line by line. The lines always add up to the total.

use crate::base::money::Cents;
use crate::payments::model::{BookingPayment, SettlementOutcome as End, Tip, TipStatus};
use crate::payments::view::has_ended;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub amount: Cents,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    pub lines: Vec<Line>,
    pub total: Cents,
    /// What the card gave, or the instructor was sent, is what the total says; before that it is what will be.
    pub is_final: bool,
}

impl Bill {
    fn open(lines: Vec<Line>) -> Self {
        Self { lines, total: Cents::ZERO, is_final: false }
    }

    fn add(&mut self, label: impl Into<String>, amount: Cents) {
        if amount != Cents::ZERO {
            self.lines.push(Line { label: label.into(), amount });
        }
    }

    /// Closes the bill at what really is; the reason takes whatever the lines before it do not explain.
    fn close(mut self, total: Cents, reason: &str) -> Self {
        let told: Cents = self.lines.iter().map(|line| line.amount).sum();
        self.add(reason, total - told);
        self.total = total;
        self
    }
}

fn line(label: impl Into<String>, amount: Cents) -> Line {
    Line { label: label.into(), amount }
}

fn given_tip(payment: &BookingPayment) -> Cents {
    let given = |tip: &&Tip| tip.status == TipStatus::Succeeded;
    payment.tip.as_ref().filter(given).map_or(Cents::ZERO, |tip| tip.amount)
}

/// Whether the card's side is over: something was taken, or nothing will be.
fn card_is_over(payment: &BookingPayment) -> bool {
    payment.captured.is_positive() || has_ended(payment)
}

/// The student's bill. The total is what their card gave in the end, tip included, or will be asked for.
pub fn of_student(payment: &BookingPayment) -> Bill {
    let split = payment.split();
    let mut bill = Bill::open(vec![
        line("Lesson", split.lesson),
        line(format!("Booking protection, {}", payment.quote.fee.percent()), split.student_fee),
    ]);
    bill.add("Credit", -payment.credits_reserved);
    let tip = given_tip(payment);
    bill.add("Tip", tip);
    if !card_is_over(payment) {
        // Too little to be charged is not charged.
        return bill.close(payment.card_amount() + tip, "Not charged, too little");
    }
    bill.is_final = true;
    bill.add("Back to the card", -payment.refunded_to_card);
    bill.close(payment.captured - payment.refunded_to_card + tip, "Not charged")
}

/// The instructor's: what was sent to them, or will be.
pub fn of_instructor(payment: &BookingPayment) -> Bill {
    let quote = &payment.quote;
    let mut bill = Bill::open(vec![
        line("Lesson", quote.lesson),
        line(format!("Platform share, {}", quote.tier.percent()), -quote.instructor_fee),
    ]);
    let tip = given_tip(payment);
    bill.add("Tip, all of it", tip);
    if !has_ended(payment) {
        return bill.close(quote.payout + tip, "Difference");
    }
    bill.is_final = true;
    bill.add("Taken back", -payment.reversed);
    bill.close(payment.instructor_payout + tip, &not_paid(payment))
}

/// Why an instructor got less than the lesson's share.
fn not_paid(payment: &BookingPayment) -> String {
    let all = |why: &str| format!("Not paid: {why}");
    match payment.outcome {
        Some(End::StudentCancelLt12Split | End::LockedCancelLt12Split) => {
            "Half, cancelled less than 12 hours ahead".to_owned()
        }
        Some(End::StudentCancelGt24NoCharge) => all("cancelled in time"),
        Some(End::StudentCancel12To24FullCredit | End::LockedCancelGe12FullCredit) => {
            all("cancelled 12 hours ahead or more")
        }
        Some(End::InstructorCancelFullRefund) => all("cancelled by the instructor"),
        Some(End::InstructorNoShowFullRefund) => all("the instructor did not come"),
        Some(End::MutualNoShowFullRefund) => all("neither came"),
        Some(End::PaymentFailedNoCharge) => all("the card was refused"),
        Some(End::AdminRefund) => all("given back to the student"),
        Some(End::StudentWinsDisputeFullRefund) => all("the bank took it back"),
        _ if payment.in_review() => "Not paid so far".to_owned(),
        _ => "Not paid".to_owned(),
    }
}

/// What came back as credit, in a sentence; nothing where nothing did.
pub fn credit_back(payment: &BookingPayment) -> Option<String> {
    let (back, used) = (payment.student_credit, payment.credits_reserved);
    // A bank that took the payment back took this away with it.
    let kept = back.is_positive() && payment.outcome != Some(End::StudentWinsDisputeFullRefund);
    kept.then(|| match used {
        Cents::ZERO => format!("{} came back as credit.", back.dollars()),
        used if used == back => format!("The credit of {} came back.", back.dollars()),
        used if used > back => format!("{} of the credit of {} came back.", back.dollars(), used.dollars()),
        used => {
            let new = (back - used).dollars();
            format!("{} came back as credit: the {} used and {new} more.", back.dollars(), used.dollars())
        }
    })
}
