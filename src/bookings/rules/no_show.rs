//! Who may say that somebody did not come, who may object, and what follows (part 10 §2.9).

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::{Accused, NoShow, Side};
use crate::payments::rules::settle::Cause as MoneyCause;

/// Hours the accused has to object, and after which an unanswered report counts.
pub const DISPUTE_HOURS: i64 = 24;

/// A student accuses the instructor, an instructor the student, an admin either. Once: what a person has decided is
/// taken up again by an admin only.
pub fn may_report(by: Side, accused: Accused, before: Option<&NoShow>) -> Outcome<()> {
    match (by, accused) {
        (Side::Admin, _) => Ok(()),
        (Side::Student, Accused::Instructor) | (Side::Instructor, Accused::Student) => match before {
            Some(report) if report.resolved_at.is_some() => Err(Refusal::unprocessable(
                "NO_SHOW_ALREADY_DECIDED",
                "A report about this lesson was decided already. Write to support if that was wrong.",
            )),
            _ => Ok(()),
        },
        _ => Err(Refusal::forbidden("NO_SHOW_WRONG_SIDE", "You can only report that the other side did not come.")),
    }
}

/// Once, by the accused, within 24 hours of the report.
pub fn may_dispute(report: Option<&NoShow>, by: Side, now: Timestamp) -> Outcome<()> {
    let Some(report) = report.filter(|report| report.resolved_at.is_none()) else {
        return Err(Refusal::unprocessable("NO_SHOW_NOT_REPORTED", "There is no open report to object to."));
    };
    let accused =
        matches!((by, report.accused), (Side::Student, Accused::Student) | (Side::Instructor, Accused::Instructor));
    if !accused {
        return Err(Refusal::forbidden("NO_SHOW_WRONG_SIDE", "Only the one who is said not to have come can object."));
    }
    if report.disputed_at.is_some() {
        return Err(Refusal::unprocessable("NO_SHOW_ALREADY_DISPUTED", "Your objection is already being looked at."));
    }
    if now > plus_hours(report.reported_at, DISPUTE_HOURS) {
        return Err(Refusal::unprocessable(
            "NO_SHOW_DISPUTE_CLOSED",
            "A report can be objected to within 24 hours. Write to support if it is wrong.",
        ));
    }
    Ok(())
}

/// Nobody objected in time.
pub fn is_confirmed(report: &NoShow, now: Timestamp) -> bool {
    report.resolved_at.is_none() && report.disputed_at.is_none() && now >= plus_hours(report.reported_at, DISPUTE_HOURS)
}

/// What the money comes to when a report counts.
pub fn money(accused: Accused) -> MoneyCause {
    match accused {
        Accused::Student => MoneyCause::StudentNoShow,
        Accused::Instructor => MoneyCause::InstructorNoShow,
    }
}
