//! Money that moves after a payment has ended: how much, and what comes next (part 10 §2.8 later refunds, §2.9).

use serde_json::json;

use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::later::{Correction, Purpose};
use crate::payments::model::{BookingPayment, PaymentStatus};

/// What an admin may still give back: all the card gave, less what came back already.
pub fn refundable(payment: &BookingPayment) -> Cents {
    let open_dispute = payment.dispute.as_ref().is_some_and(|dispute| dispute.is_open());
    // Money that was taken early for a lesson moved late lies still as well.
    let at_rest =
        matches!(payment.status, PaymentStatus::Settled | PaymentStatus::ManualReview | PaymentStatus::Locked);
    if open_dispute || !at_rest || payment.settling.is_some() || payment.correcting.is_some() {
        return Cents::ZERO;
    }
    (payment.captured - payment.refunded_to_card).max_zero()
}

/// The refund an admin asks for: `None` is all of the card's money (rule: 10§2.8).
pub fn refund(payment: &BookingPayment, amount: Option<Cents>, reverse_payout: bool) -> Outcome<Correction> {
    let left = refundable(payment);
    if !left.is_positive() || payment.intent.is_none() {
        return Err(Refusal::unprocessable(
            "NOTHING_TO_REFUND",
            "No money of this lesson's card is left to give back.",
        ));
    }
    let amount = amount.unwrap_or(left);
    if !amount.is_positive() || amount > left {
        let words = format!("Between $0.01 and {} can be given back.", left.dollars());
        return Err(Refusal::unprocessable("REFUND_OUT_OF_RANGE", words).details(json!({ "refundable_cents": left })));
    }
    let reverse = if reverse_payout { share_of_payout(payment, amount) } else { Cents::ZERO };
    Ok(Correction {
        why: Purpose::Refund,
        before: payment.status,
        refund: amount,
        reverse,
        restore: Cents::ZERO,
        total: amount,
        wanted: None,
    })
}

/// rule: 10§2.8: the same share of the transfer as is refunded of the card's money, half-up.
fn share_of_payout(payment: &BookingPayment, refund: Cents) -> Cents {
    let paid = payment.instructor_payout + payment.reversed;
    paid.times_ratio_half_up(refund.0, payment.captured.0).min(reversible(payment))
}

/// What is still with the instructor and came by transfers we can name.
pub fn reversible(payment: &BookingPayment) -> Cents {
    payment.transfers.iter().map(|part| part.left()).sum()
}

/// The next thing a correction needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    Refund(Cents),
    /// Of the transfer with this place in the list.
    Reverse(usize, Cents),
    Restore(Cents),
    Done,
}

/// Reads only what has already happened, so it can be asked again after any crash. The student comes first.
pub fn next(payment: &BookingPayment) -> Next {
    let Some(correction) = &payment.correcting else { return Next::Done };
    if correction.refund.is_positive() {
        return Next::Refund(correction.refund);
    }
    if correction.reverse.is_positive() {
        let open = payment.transfers.iter().enumerate().rev().find(|(_, part)| part.left().is_positive());
        if let Some((at, part)) = open {
            return Next::Reverse(at, part.left().min(correction.reverse));
        }
    }
    if correction.restore.is_positive() {
        return Next::Restore(correction.restore);
    }
    Next::Done
}
