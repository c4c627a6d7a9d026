//! May this lesson be moved, and what does moving it take (part 10 §2.8, Reschedule).

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::bookings::model::Status;
use crate::bookings::rules::cancel::{credit_until, free_until};
use crate::payments::model::PaymentStatus;

/// What decides it.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    pub status: Status,
    pub payment: PaymentStatus,
    pub has_card: bool,
    pub start: Timestamp,
    pub now: Timestamp,
    pub moved_late_before: bool,
    /// Another service or another length is wanted.
    pub other_terms: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// 24 hours ahead or more: as often as wished, the card is asked later.
    Early,
    /// From 12 to 24 hours ahead: once, and the money is taken now and kept for the new time.
    Late,
}

pub fn judge(at: &Situation) -> Outcome<Way> {
    let no = |code, words: &str| Err(Refusal::unprocessable(code, words));
    if at.status == Status::Pending || (at.status == Status::Confirmed && !at.has_card) {
        let words = "Pay for the lesson first, then it can be moved.";
        return Err(Refusal::bad_request("payment_method_required_for_reschedule", words));
    }
    if at.status != Status::Confirmed {
        return no("INVALID_STATUS", "Only a confirmed lesson can be moved.");
    }
    if at.payment == PaymentStatus::Locked {
        return no("reschedule_locked", "This lesson was moved late before, so it cannot be moved again.");
    }
    if at.now > credit_until(at.start) {
        return no("reschedule_window_closed", "A lesson can be moved until 12 hours before it starts.");
    }
    let way = if at.now <= free_until(at.start) { Way::Early } else { Way::Late };
    if way == Way::Late && at.moved_late_before {
        return no("reschedule_limit_reached", "Within 24 hours a lesson can be moved once only.");
    }
    if at.other_terms && (way == Way::Late || at.payment != PaymentStatus::Scheduled) {
        return no("RESCHEDULE_TERMS_FIXED", "Now that the payment is under way, service and length stay as they are.");
    }
    if matches!(at.payment, PaymentStatus::ManualReview | PaymentStatus::Settled) {
        return no("PAYMENT_UNDER_REVIEW", "The payment of this lesson is being reviewed, so it cannot be moved now.");
    }
    Ok(way)
}
