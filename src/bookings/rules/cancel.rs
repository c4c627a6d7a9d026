//! Which row of the cancellation policy applies, and until when (part 10 §2.8). The money behind a row is
//! `payments::rules::settle`.

use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::Status;
use crate::payments::rules::settle::Cause;

/// Who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Student,
    Instructor,
    Admin { refund: bool },
    System,
}

/// What decides the row.
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
pub fn cause(by: By, at: &Situation) -> Cause {
    match by {
        By::System => Cause::PaymentFailed,
        // Nothing was paid, so whoever calls it off there is nothing to keep.
        _ if at.status == Status::Pending => Cause::Unpaid,
        By::Admin { refund: true } => Cause::AdminRefund,
        By::Admin { refund: false } => Cause::AdminKeep,
        By::Instructor => Cause::InstructorCancel,
        By::Student if at.locked && at.now <= credit_until(at.start) => Cause::LockedCredit,
        By::Student if at.locked => Cause::LockedHalf,
        By::Student if at.now <= free_until(at.start) => Cause::StudentFree,
        By::Student if at.now <= credit_until(at.start) => Cause::StudentCredit,
        By::Student => Cause::StudentHalf,
    }
}
