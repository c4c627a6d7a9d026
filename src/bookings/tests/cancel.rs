use proptest::prelude::*;

use super::at;
use crate::base::time::plus_seconds;
use crate::bookings::model::Status;
use crate::bookings::rules::cancel::{Band, By, Situation, band, credit_until, free_until};

fn situation(now: &str, status: Status, locked: bool) -> Situation {
    Situation { status, start: at("2026-03-08T14:00:00Z"), now: at(now), locked }
}

/// rule: 10§2.8; the start is 10:00 in New York on the day the clocks go forward, so "24 h" is elapsed time.
#[test]
fn every_window_of_the_policy() {
    let c = Status::Confirmed;
    let rows = [
        (By::Student, "2026-03-07T13:59:59Z", c, false, Band::Free),
        (By::Student, "2026-03-07T14:00:00Z", c, false, Band::Free),
        (By::Student, "2026-03-07T14:00:01Z", c, false, Band::Credit),
        (By::Student, "2026-03-07T14:30:00Z", c, false, Band::Credit),
        (By::Student, "2026-03-08T02:00:00Z", c, false, Band::Credit),
        (By::Student, "2026-03-08T02:00:01Z", c, false, Band::Half),
        (By::Student, "2026-03-08T13:59:59Z", c, false, Band::Half),
        (By::Student, "2026-03-06T14:00:00Z", c, true, Band::LockedCredit),
        (By::Student, "2026-03-08T02:00:00Z", c, true, Band::LockedCredit),
        (By::Student, "2026-03-08T02:00:01Z", c, true, Band::LockedHalf),
        (By::Instructor, "2026-03-08T13:00:00Z", c, false, Band::Instructor),
        (By::Instructor, "2026-03-01T13:00:00Z", c, true, Band::Instructor),
        (By::Student, "2026-03-08T13:00:00Z", Status::Pending, false, Band::Unpaid),
        (By::Instructor, "2026-03-08T13:00:00Z", Status::Pending, false, Band::Unpaid),
        (By::Admin { refund: true }, "2026-03-08T13:00:00Z", c, false, Band::AdminRefund),
        (By::Admin { refund: false }, "2026-03-01T13:00:00Z", c, false, Band::AdminKeep),
        (By::System, "2026-03-08T02:00:00Z", c, false, Band::PaymentFailed),
    ];
    for (by, now, status, locked, want) in rows {
        assert_eq!(band(by, &situation(now, status, locked)), want, "{by:?} {now} {status:?} {locked}");
    }
}

proptest! {
    /// The later a student cancels, the less they keep: bands never get better with time.
    #[test]
    fn waiting_never_helps(first in 0i64..200_000, wait in 0i64..200_000, locked: bool) {
        let start = at("2026-03-08T14:00:00Z");
        let rank = |seconds_before: i64| {
            let now = plus_seconds(start, -seconds_before);
            match band(By::Student, &Situation { status: Status::Confirmed, start, now, locked }) {
                Band::Free => 0,
                Band::Credit | Band::LockedCredit => 1,
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
