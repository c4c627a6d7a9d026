//! Which cancellation policy applies, and until when (part 10 §2.8). The money behind a band is `payments::rules`.

use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::Status;

/// The bands of the cancellation policy, one row of the table each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// Never paid: nothing to settle but reserved credit.
    Unpaid,
    /// The student, 24 hours ahead or more.
    Free,
    /// The student, from 12 hours up to, not including, 24.
    Credit,
    /// The student, less than 12 hours ahead.
    Half,
    /// The student, a lesson moved late before, 12 hours ahead or more.
    LockedCredit,
    /// The student, a lesson moved late before, less than 12 hours ahead.
    LockedHalf,
    Instructor,
    AdminRefund,
    AdminKeep,
    /// The card could not be authorised until 12 hours before the start.
    PaymentFailed,
}

/// Who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Student,
    Instructor,
    Admin { refund: bool },
    System,
}

/// What decides the band.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    pub status: Status,
    pub start: Timestamp,
    pub now: Timestamp,
    /// The money was captured when the lesson was moved late (payment status `locked`).
    pub locked: bool,
}

/// Free cancelling ends here; exactly then it still is free.
pub fn free_until(start: Timestamp) -> Timestamp {
    plus_hours(start, -24)
}

/// The lesson price comes back as credit until here, this instant included.
pub fn credit_until(start: Timestamp) -> Timestamp {
    plus_hours(start, -12)
}

/// rule: 10§2.8: exactly 24 h and exactly 12 h belong to the earlier bucket; hours are elapsed time.
pub fn band(by: By, at: &Situation) -> Band {
    match by {
        By::System => Band::PaymentFailed,
        By::Admin { refund: true } => Band::AdminRefund,
        By::Admin { refund: false } => Band::AdminKeep,
        By::Student | By::Instructor if at.status == Status::Pending => Band::Unpaid,
        By::Instructor => Band::Instructor,
        By::Student if at.locked && at.now <= credit_until(at.start) => Band::LockedCredit,
        By::Student if at.locked => Band::LockedHalf,
        By::Student if at.now <= free_until(at.start) => Band::Free,
        By::Student if at.now <= credit_until(at.start) => Band::Credit,
        By::Student => Band::Half,
    }
}
