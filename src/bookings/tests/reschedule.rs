use super::at;
use crate::bookings::model::Status;
use crate::bookings::rules::reschedule::{Situation, Way, judge};
use crate::payments::model::PaymentStatus;

/// rule: 10§2.8, Reschedule: every refusal, and the edges at exactly 24 and 12 hours.
#[test]
fn when_a_lesson_can_be_moved() {
    let base = Situation {
        status: Status::Confirmed,
        payment: PaymentStatus::Scheduled,
        has_card: true,
        start: at("2026-11-12T21:30:00Z"),
        now: at("2026-11-10T19:05:00Z"),
        moved_late_before: false,
        other_terms: false,
    };
    let (day, half) = (at("2026-11-11T21:30:00Z"), at("2026-11-12T09:30:00Z"));
    let (late, too_late) = (at("2026-11-11T21:30:01Z"), at("2026-11-12T09:30:01Z"));
    let held = PaymentStatus::Authorized;
    let rows = [
        (base, Ok(Way::Early)),
        (Situation { other_terms: true, ..base }, Ok(Way::Early)),
        (Situation { now: day, ..base }, Ok(Way::Early)),
        (Situation { now: late, payment: held, ..base }, Ok(Way::Late)),
        (Situation { now: half, payment: held, ..base }, Ok(Way::Late)),
        (Situation { now: too_late, payment: held, ..base }, Err("reschedule_window_closed")),
        (Situation { now: late, payment: held, other_terms: true, ..base }, Err("RESCHEDULE_TERMS_FIXED")),
        (Situation { now: late, payment: held, moved_late_before: true, ..base }, Err("reschedule_limit_reached")),
        (Situation { payment: PaymentStatus::Locked, ..base }, Err("reschedule_locked")),
        (Situation { status: Status::Pending, has_card: false, ..base }, Err("payment_method_required_for_reschedule")),
        (Situation { status: Status::Cancelled, ..base }, Err("INVALID_STATUS")),
        (Situation { payment: PaymentStatus::ManualReview, ..base }, Err("PAYMENT_UNDER_REVIEW")),
    ];
    for (situation, want) in rows {
        assert_eq!(judge(&situation).map_err(|refusal| refusal.code), want, "{situation:?}");
    }
}
