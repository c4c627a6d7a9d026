//! Every entry of the books in a sentence, with the rule that made it so.

use crate::base::money::Cents;
use crate::payments::ledger::{Account, Entry, EntryKind};
use crate::payments::model::{BookingPayment, SettlementOutcome as End};

/// Why an entry is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub sentence: String,
    /// The section of the rules, in words people can look up.
    pub rule: &'static str,
}

pub fn explain(entry: &Entry, payment: &BookingPayment) -> Reason {
    let amount = entry.lines.iter().map(|line| line.amount).max().unwrap_or_default().dollars();
    let split = payment.split();
    let (sentence, rule) = match entry.kind {
        EntryKind::Capture => (
            format!(
                "The card was charged {amount}: lesson {}, booking protection {}{}.",
                split.lesson.dollars(),
                split.student_fee.dollars(),
                less(split.credit)
            ),
            capture_rule(payment),
        ),
        EntryKind::Refund => (format!("{amount} went back to the card."), refund_rule(payment)),
        EntryKind::Payout => (
            format!(
                "The instructor was sent {amount}: {}the lesson’s {} less our {} of {}.",
                if is_half(payment) { "half of " } else { "" },
                payment.quote.lesson.dollars(),
                payment.quote.tier.percent(),
                payment.quote.instructor_fee.dollars()
            ),
            payout_rule(payment),
        ),
        EntryKind::TipCharged => (format!("The card was charged a tip of {amount}, at once."), "Tips, 10 §2.10"),
        EntryKind::Tip => (format!("The whole tip of {amount} went to the instructor."), "Tips, 10 §2.10"),
        EntryKind::CreditIssued if entry.lines.iter().any(|line| line.account == Account::CreditCost) => {
            (format!("The student earned {amount} of credit by the number of their lessons."), "Milestones, 10 §2.5")
        }
        EntryKind::CreditIssued => {
            (format!("The student got {amount} of new credit for the cancelled lesson."), "Return on cancel, 10 §2.5")
        }
        EntryKind::CreditUsed => (format!("{amount} of credit paid for the lesson."), "Credits, 10 §2.5"),
        EntryKind::CreditForfeited => {
            (format!("{amount} of credit was forfeited, the earliest to expire first."), "Return on cancel, 10 §2.5")
        }
        EntryKind::CreditExpired => (format!("{amount} of credit had expired while it was held."), "Credits, 10 §2.5"),
        EntryKind::FeesEarned if payment.student_credit.is_positive() || is_half(payment) => (
            format!("{amount} is what the marketplace keeps once credit and payout are taken off the charge."),
            "Cancellation, 10 §2.8",
        ),
        EntryKind::FeesEarned => (
            format!(
                "{amount} is what the marketplace keeps: protection {} and share {}{}.",
                split.student_fee.dollars(),
                payment.quote.instructor_fee.dollars(),
                if split.credit.is_positive() { ", less what credit paid" } else { "" }
            ),
            "Pricing, 10 §2.1",
        ),
        EntryKind::FeesReturned => (format!("{amount} of the later refund is borne by us."), "Later refunds, 10 §2.8"),
        EntryKind::PayoutReversed => (format!("{amount} of the payout was taken back."), refund_rule(payment)),
        EntryKind::DisputeOpened => (format!("The bank holds {amount} while it judges."), "Chargeback, 10 §2.9"),
        EntryKind::DisputeWon => (format!("The bank gave {amount} back: the dispute was won."), "Chargeback, 10 §2.9"),
        EntryKind::DisputeLost => (format!("{amount} is lost with the dispute."), "Chargeback, 10 §2.9"),
        EntryKind::CreditRevoked => (
            format!("{amount} of credit was taken away with the payment it came from."),
            "Chargeback, 10 §2.9; milestones, 10 §2.5",
        ),
        EntryKind::DebtRaised if entry.lines.iter().any(|line| line.account == Account::Lessons) => (
            format!("{amount} of credit this lesson counts on had been spent meanwhile; the student owes it."),
            "Return on cancel, 10 §2.5",
        ),
        EntryKind::DebtRaised => {
            (format!("The student owes {amount} of credit already spent."), "Chargeback, 10 §2.9; milestones, 10 §2.5")
        }
        EntryKind::DebtCleared => (format!("{amount} is owed no more."), "Chargeback, 10 §2.9"),
        EntryKind::DebtPaid => (format!("{amount} of debt was paid with credit."), "Credits, 10 §2.5"),
        EntryKind::Rebooked => {
            (format!("{amount} was carried over between the two times of this lesson."), "Reschedule, 10 §2.8")
        }
    };
    Reason { sentence, rule }
}

fn is_half(payment: &BookingPayment) -> bool {
    matches!(payment.outcome, Some(End::StudentCancelLt12Split | End::LockedCancelLt12Split))
}

fn less(credit: Cents) -> String {
    if credit.is_positive() { format!(", less {} of credit", credit.dollars()) } else { String::new() }
}

fn capture_rule(payment: &BookingPayment) -> &'static str {
    match payment.outcome {
        Some(End::StudentCancel12To24FullCredit) => "Cancelled 12 to 24 hours ahead, 10 §2.8",
        Some(End::StudentCancelLt12Split) => "Cancelled less than 12 hours ahead, 10 §2.8",
        Some(End::LockedCancelGe12FullCredit | End::LockedCancelLt12Split) => "Moved late, then cancelled, 10 §2.8",
        Some(End::StudentNoShowFullPayout) => "The student did not come, 10 §2.9",
        Some(End::AdminNoRefund) => "Cancelled by an admin without refund, 10 §2.8",
        _ if payment.locked_at.is_some() => "Moved late: taken early and kept, 10 §2.8",
        _ => "24 hours after the lesson’s end, 10 §2.7",
    }
}

fn refund_rule(payment: &BookingPayment) -> &'static str {
    match payment.outcome {
        Some(End::InstructorCancelFullRefund) => "Cancelled by the instructor, 10 §2.8",
        Some(End::InstructorNoShowFullRefund) => "The instructor did not come, 10 §2.9",
        Some(End::MutualNoShowFullRefund) => "Neither came, 10 §2.9",
        Some(End::DisputeWon | End::StudentWinsDisputeFullRefund) => "Chargeback, 10 §2.9",
        _ if payment.dispute.is_some() => "Chargeback, 10 §2.9",
        _ => "Given back by an admin, 10 §2.8",
    }
}

fn payout_rule(payment: &BookingPayment) -> &'static str {
    match payment.outcome {
        Some(End::StudentCancelLt12Split | End::LockedCancelLt12Split) => "Half of the payout, 10 §2.8",
        Some(End::StudentNoShowFullPayout) => "The student did not come, 10 §2.9",
        Some(End::CaptureFailureInstructorPaid) => "From our own money after 72 hours, 10 §2.7",
        Some(End::DisputeWon) => "Paid again after a dispute that was won, 10 §2.9",
        _ => "24 hours after the lesson’s end, 10 §2.7",
    }
}
