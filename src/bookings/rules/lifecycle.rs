//! Which status may follow which, and who may cause it (part 10 §1, table "Booking status").
//!
//! Every change of a booking's status passes through [`step`]; a move that is not in the table is 422.

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::Status;

/// Who causes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Student,
    Instructor,
    Admin,
    /// A timer or a sweep.
    System,
}

/// What happens to a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Checkout or confirm-payment succeeded.
    Confirm,
    /// The hold ran out, or the payment never came about.
    FailPayment,
    Cancel,
    Complete,
    ReportNoShow,
    /// A no-show report was found wrong: the lesson stands as it was.
    ReinstateLesson,
    /// A full refund or a correction after completion.
    Undo,
}

/// The facts about time and money that guard a step.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Timestamp,
    pub start: Timestamp,
    pub end: Timestamp,
    /// The money is being looked at by people; automation stays away.
    pub manual_review: bool,
}

/// The status after `step`, or why it cannot happen.
pub fn step(from: Status, step: Step, cause: Cause, at: &Moment) -> Outcome<Status> {
    use Status::{Cancelled, Completed, Confirmed, NoShow, PaymentFailed, Pending};
    let admin_or_system = matches!(cause, Cause::Admin | Cause::System);
    let to = match (from, step) {
        (Pending, Step::Confirm) => Confirmed,
        (Pending, Step::FailPayment) => PaymentFailed,
        (Pending | Confirmed, Step::Cancel) => {
            before_start(at)?;
            Cancelled
        }
        (Confirmed, Step::Complete) => {
            completable(cause, at)?;
            Completed
        }
        (Confirmed, Step::ReportNoShow) => {
            reportable(at)?;
            NoShow
        }
        (NoShow, Step::ReinstateLesson) if admin_or_system => Confirmed,
        (NoShow, Step::Complete) if admin_or_system => Completed,
        (NoShow, Step::Cancel) if admin_or_system => Cancelled,
        (Completed, Step::Undo) if cause == Cause::Admin => Cancelled,
        (Completed, Step::ReportNoShow) if cause == Cause::Admin => NoShow,
        _ => return Err(illegal(from, step)),
    };
    Ok(to)
}

/// rule: 10§1: cancelling ends at the start; afterwards it is a no-show or a completion.
fn before_start(at: &Moment) -> Outcome<()> {
    if at.now < at.start {
        return Ok(());
    }
    Err(Refusal::unprocessable(
        "LESSON_STARTED",
        "The lesson has already started, so it can no longer be cancelled. Report a no-show instead.",
    ))
}

/// rule: 10§2.7: the instructor once the lesson ended, the system 24 hours later, nobody while the money is in review.
fn completable(cause: Cause, at: &Moment) -> Outcome<()> {
    let earliest = if cause == Cause::System { plus_hours(at.end, 24) } else { at.end };
    if at.now < earliest {
        return Err(Refusal::unprocessable(
            "LESSON_NOT_ENDED",
            "The lesson has not ended yet. Mark it complete once it is over.",
        ));
    }
    if at.manual_review && cause != Cause::Admin {
        return Err(Refusal::unprocessable(
            "PAYMENT_UNDER_REVIEW",
            "The payment of this lesson is being reviewed, so its status cannot change now.",
        ));
    }
    Ok(())
}

/// rule: 10§2.9: from the start until 24 hours after the end.
fn reportable(at: &Moment) -> Outcome<()> {
    if at.now < at.start || at.now > plus_hours(at.end, 24) {
        return Err(Refusal::unprocessable(
            "NO_SHOW_WINDOW_CLOSED",
            "A no-show can be reported from the start of the lesson until 24 hours after its end.",
        ));
    }
    Ok(())
}

fn illegal(from: Status, step: Step) -> Refusal {
    let wish = match step {
        Step::Confirm => "confirmed",
        Step::FailPayment => "ended for lack of payment",
        Step::Cancel => "cancelled",
        Step::Complete => "completed",
        Step::ReportNoShow => "reported as a no-show",
        Step::ReinstateLesson => "reinstated",
        Step::Undo => "undone",
    };
    Refusal::unprocessable("INVALID_STATUS", format!("A booking that is {} cannot be {wish}.", from.words()))
        .details(serde_json::json!({ "status": from.name() }))
}
