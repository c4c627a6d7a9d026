use proptest::prelude::*;

use super::at;
use crate::base::time::plus_seconds;
use crate::bookings::model::Status;
use crate::bookings::rules::cancel::{By, Situation, cause, credit_until, free_until};
use crate::payments::rules::settle::Cause;

fn situation(now: &str, status: Status, locked: bool) -> Situation {
    Situation { status, start: at("2026-03-08T14:00:00Z"), now: at(now), locked }
}

/// rule: 10§2.8; the start is 10:00 in New York on the day the clocks go forward, so "24 h" is elapsed time.
#[test]
fn every_window_of_the_policy() {
    let c = Status::Confirmed;
    let rows = [
        (By::Student, "2026-03-07T13:59:59Z", c, false, Cause::StudentFree),
        (By::Student, "2026-03-07T14:00:00Z", c, false, Cause::StudentFree),
        (By::Student, "2026-03-07T14:00:01Z", c, false, Cause::StudentCredit),
        (By::Student, "2026-03-07T14:30:00Z", c, false, Cause::StudentCredit),
        (By::Student, "2026-03-08T02:00:00Z", c, false, Cause::StudentCredit),
        (By::Student, "2026-03-08T02:00:01Z", c, false, Cause::StudentHalf),
        (By::Student, "2026-03-08T13:59:59Z", c, false, Cause::StudentHalf),
        (By::Student, "2026-03-06T14:00:00Z", c, true, Cause::LockedCredit),
        (By::Student, "2026-03-08T02:00:00Z", c, true, Cause::LockedCredit),
        (By::Student, "2026-03-08T02:00:01Z", c, true, Cause::LockedHalf),
        (By::Instructor, "2026-03-08T13:00:00Z", c, false, Cause::InstructorCancel),
        (By::Instructor, "2026-03-01T13:00:00Z", c, true, Cause::InstructorCancel),
        (By::Student, "2026-03-08T13:00:00Z", Status::Pending, false, Cause::Unpaid),
        (By::Instructor, "2026-03-08T13:00:00Z", Status::Pending, false, Cause::Unpaid),
        (By::Admin { refund: true }, "2026-03-08T13:00:00Z", Status::Pending, false, Cause::Unpaid),
        (By::Admin { refund: false }, "2026-03-08T13:00:00Z", Status::Pending, false, Cause::Unpaid),
        (By::Admin { refund: true }, "2026-03-08T13:00:00Z", c, false, Cause::AdminRefund),
        (By::Admin { refund: false }, "2026-03-01T13:00:00Z", c, false, Cause::AdminKeep),
        (By::System, "2026-03-08T02:00:00Z", c, false, Cause::PaymentFailed),
    ];
    for (by, now, status, locked, want) in rows {
        assert_eq!(cause(by, &situation(now, status, locked)), want, "{by:?} {now} {status:?} {locked}");
    }
}

proptest! {
    /// The later a student cancels, the less they keep: the policy never gets better with time.
    #[test]
    fn waiting_never_helps(first in 0i64..200_000, wait in 0i64..200_000, locked: bool) {
        let start = at("2026-03-08T14:00:00Z");
        let rank = |seconds_before: i64| {
            let now = plus_seconds(start, -seconds_before);
            match cause(By::Student, &Situation { status: Status::Confirmed, start, now, locked }) {
                Cause::StudentFree => 0,
                Cause::StudentCredit | Cause::LockedCredit => 1,
                _ => 2,
            }
        };
        prop_assert!(rank(first + wait) <= rank(first));
    }

    #[test]
    fn free_ends_twelve_hours_before_credit(start in 1_700_000_000i64..1_900_000_000) {
        let start = crate::base::time::Timestamp::from_second(start).unwrap();
        prop_assert_eq!(credit_until(start).duration_since(free_until(start)).as_hours(), 12);
    }
}

/// rule: 10§2.8: the buckets meet exactly at 24 and 12 elapsed hours, also across a change of clocks.
#[test]
fn the_buckets_meet_at_the_second_through_ten_years() {
    use crate::base::time::{WallTime, local_to_utc, plus_days, plus_hours, plus_seconds, zone};
    for name in ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"] {
        let tz = zone(name).unwrap();
        for day in 0..3652 {
            let date = plus_days("2026-01-01".parse().unwrap(), day);
            let Some(start) = local_to_utc(date, WallTime::clamped(10 * 60), &tz).instant() else { continue };
            let judged = |now| cause(By::Student, &Situation { status: Status::Confirmed, start, now, locked: false });
            let (day_ahead, half_ahead) = (plus_hours(start, -24), plus_hours(start, -12));
            assert_eq!(judged(day_ahead), Cause::StudentFree);
            assert_eq!(judged(plus_seconds(day_ahead, 1)), Cause::StudentCredit);
            assert_eq!(judged(half_ahead), Cause::StudentCredit);
            assert_eq!(judged(plus_seconds(half_ahead, 1)), Cause::StudentHalf);
        }
    }
}
