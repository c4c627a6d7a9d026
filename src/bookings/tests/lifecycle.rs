use super::at;
use crate::bookings::model::Status::{self, *};
use crate::bookings::rules::complete::{How, completed_at, settles_at};
use crate::bookings::rules::lifecycle::{Cause, Moment, Step, step};

const STEPS: [Step; 7] = [
    Step::Confirm,
    Step::FailPayment,
    Step::Cancel,
    Step::Complete,
    Step::ReportNoShow,
    Step::ReinstateLesson,
    Step::Undo,
];
const CAUSES: [Cause; 4] = [Cause::Student, Cause::Instructor, Cause::Admin, Cause::System];

fn moment(now: &str) -> Moment {
    Moment { now: at(now), start: at("2026-11-12T21:30:00Z"), end: at("2026-11-12T22:30:00Z"), manual_review: false }
}

/// rule: 10§1: every row of the table, at a moment that fits it.
#[test]
fn the_table_of_moves() {
    let rows = [
        (Pending, Step::Confirm, Cause::Student, "2026-11-10T10:00:00Z", Some(Confirmed)),
        (Pending, Step::FailPayment, Cause::System, "2026-11-10T10:30:00Z", Some(PaymentFailed)),
        (Pending, Step::Cancel, Cause::Student, "2026-11-10T10:00:00Z", Some(Cancelled)),
        (Confirmed, Step::Cancel, Cause::Instructor, "2026-11-12T21:29:59Z", Some(Cancelled)),
        (Confirmed, Step::Cancel, Cause::Student, "2026-11-12T21:30:00Z", None),
        (Confirmed, Step::Cancel, Cause::Admin, "2026-11-12T21:30:00Z", None),
        (Confirmed, Step::Complete, Cause::Instructor, "2026-11-12T22:29:59Z", None),
        (Confirmed, Step::Complete, Cause::Instructor, "2026-11-12T22:30:00Z", Some(Completed)),
        (Confirmed, Step::Complete, Cause::System, "2026-11-13T22:29:59Z", None),
        (Confirmed, Step::Complete, Cause::System, "2026-11-13T22:30:00Z", Some(Completed)),
        (Confirmed, Step::ReportNoShow, Cause::Student, "2026-11-12T21:29:59Z", None),
        (Confirmed, Step::ReportNoShow, Cause::Student, "2026-11-12T21:30:00Z", Some(NoShow)),
        (Confirmed, Step::ReportNoShow, Cause::Student, "2026-11-13T22:30:00Z", Some(NoShow)),
        (Confirmed, Step::ReportNoShow, Cause::Student, "2026-11-13T22:30:01Z", None),
        (NoShow, Step::Complete, Cause::Admin, "2026-11-14T10:00:00Z", Some(Completed)),
        (NoShow, Step::ReinstateLesson, Cause::Admin, "2026-11-14T10:00:00Z", Some(Confirmed)),
        (NoShow, Step::Cancel, Cause::System, "2026-11-14T10:00:00Z", Some(Cancelled)),
        (NoShow, Step::Cancel, Cause::Student, "2026-11-14T10:00:00Z", None),
        (Completed, Step::Undo, Cause::Admin, "2026-11-14T10:00:00Z", Some(Cancelled)),
        (Completed, Step::Undo, Cause::Instructor, "2026-11-14T10:00:00Z", None),
        (Completed, Step::Cancel, Cause::Student, "2026-11-12T10:00:00Z", None),
    ];
    for (from, what, cause, now, want) in rows {
        assert_eq!(step(from, what, cause, &moment(now)).ok(), want, "{from:?} {what:?} {cause:?} {now}");
    }
}

#[test]
fn nothing_follows_a_terminal_status_and_every_no_is_422() {
    for from in Status::ALL {
        for what in STEPS {
            for cause in CAUSES {
                for now in ["2026-11-10T10:00:00Z", "2026-11-12T22:00:00Z", "2026-11-20T10:00:00Z"] {
                    match step(from, what, cause, &moment(now)) {
                        Ok(_) => assert!(!from.is_terminal(), "{from:?} {what:?}"),
                        Err(refusal) => assert_eq!(refusal.status, 422),
                    }
                }
            }
        }
    }
}

#[test]
fn money_under_review_keeps_the_status() {
    let held = Moment { manual_review: true, ..moment("2026-11-14T10:00:00Z") };
    assert_eq!(step(Confirmed, Step::Complete, Cause::System, &held).unwrap_err().code, "PAYMENT_UNDER_REVIEW");
    assert!(step(NoShow, Step::Complete, Cause::Admin, &held).is_ok());
}

#[test]
fn automatic_completion_counts_from_the_end() {
    let (end, late) = (at("2026-11-12T22:30:00Z"), at("2026-11-13T22:35:00Z"));
    assert_eq!(completed_at(How::Automatic, late, end), end);
    assert_eq!(completed_at(How::Marked, late, end), late);
    assert_eq!(settles_at(end), at("2026-11-13T22:30:00Z"));
}
