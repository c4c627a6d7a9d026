//! What a long run must have met at least once: a rule that nothing ever comes to is not proved by any number of days.

use std::collections::BTreeSet;

const BOOKING: [&str; 11] = [
    "booking new>PENDING",
    "booking new>CONFIRMED",
    "booking PENDING>CONFIRMED",
    "booking PENDING>PAYMENT_FAILED",
    "booking PENDING>CANCELLED",
    "booking CONFIRMED>CANCELLED",
    "booking CONFIRMED>COMPLETED",
    "booking CONFIRMED>NO_SHOW",
    "booking NO_SHOW>CONFIRMED",
    "booking NO_SHOW>COMPLETED",
    "booking NO_SHOW>CANCELLED",
];

const PAYMENT: [&str; 19] = [
    "payment new>scheduled",
    "payment new>locked",
    "payment scheduled>authorized",
    "payment scheduled>payment_method_required",
    "payment scheduled>settled",
    "payment authorized>locked",
    "payment authorized>settled",
    "payment authorized>payment_method_required",
    "payment authorized>manual_review",
    "payment payment_method_required>authorized",
    "payment payment_method_required>settled",
    "payment payment_method_required>manual_review",
    "payment locked>settled",
    "payment locked>manual_review",
    "payment manual_review>authorized",
    "payment manual_review>locked",
    "payment manual_review>settled",
    "tip succeeded",
    "tip requires_action",
];

const OUTCOMES: [&str; 15] = [
    "outcome lesson_completed_full_payout",
    "outcome student_cancel_gt24_no_charge",
    "outcome student_cancel_12_24_full_credit",
    "outcome student_cancel_lt12_split_50_50",
    "outcome locked_cancel_ge12_full_credit",
    "outcome locked_cancel_lt12_split_50_50",
    "outcome instructor_cancel_full_refund",
    "outcome instructor_no_show_full_refund",
    "outcome student_no_show_full_payout",
    "outcome mutual_no_show_full_refund",
    "outcome payment_failed_no_charge",
    "outcome capture_failure_instructor_paid",
    "outcome capture_failure_escalated",
    "outcome admin_refund",
    "outcome admin_no_refund",
];

const REFUSALS: [&str; 40] = [
    "refusal ACCOUNT_RESTRICTED",
    "refusal SERVICE_NOT_FOUND",
    "refusal SERVICE_INSTRUCTOR_MISMATCH",
    "refusal SELF_BOOKING",
    "refusal INSTRUCTOR_NOT_BOOKABLE",
    "refusal LOCATION_TYPE_NOT_OFFERED",
    "refusal DURATION_NOT_OFFERED",
    "refusal CROSSES_MIDNIGHT",
    "refusal NONEXISTENT_LOCAL_TIME",
    "refusal INVALID_START_TIME",
    "refusal NOT_AVAILABLE",
    "refusal FORMAT_TAG_INCOMPATIBLE",
    "refusal BOOKING_CONFLICT",
    "refusal NOTICE_TOO_SHORT",
    "refusal OVERNIGHT_PROTECTION",
    "refusal PRICE_BELOW_FLOOR",
    "refusal PAYMENT_METHOD_REQUIRED",
    "refusal HOLD_EXPIRED",
    "refusal INVALID_STATUS",
    "refusal PAYMENT_NOT_DUE",
    "refusal PAYMENT_SETTLED",
    "refusal PAYMENT_PROVIDER_UNAVAILABLE",
    "refusal PAYMENT_UNDER_REVIEW",
    "refusal OPERATION_IN_PROGRESS",
    "refusal LESSON_STARTED",
    "refusal LESSON_NOT_ENDED",
    "refusal payment_method_required_for_reschedule",
    "refusal reschedule_window_closed",
    "refusal reschedule_locked",
    "refusal reschedule_limit_reached",
    "refusal reschedule_lock_failed",
    "refusal RESCHEDULE_TERMS_FIXED",
    "refusal NO_SHOW_WINDOW_CLOSED",
    "refusal NO_SHOW_WRONG_SIDE",
    "refusal NO_SHOW_NOT_REPORTED",
    "refusal NO_SHOW_ALREADY_DISPUTED",
    "refusal NO_SHOW_DISPUTE_CLOSED",
    "refusal BOOKING_NOT_REVIEWABLE",
    "refusal ALREADY_REVIEWED",
    "refusal INVALID_SIGNATURE",
];

const FAULTS: [&str; 22] = [
    "fault card_declined",
    "fault insufficient_funds",
    "fault authentication_required",
    "fault api_error",
    "fault timeout",
    "fault timeout_after_success",
    "fault stripe_down.hours",
    "fault stripe_down.week",
    "fault webhook.late",
    "fault webhook.twice",
    "fault webhook.again",
    "fault webhook.reordered",
    "fault webhook.refused_for_now",
    "fault crash.before_commit",
    "fault crash.after_commit",
    "fault crash.before_call",
    "fault crash.after_call",
    "fault meanwhile.before_call",
    "fault meanwhile.after_call",
    "fault job.again",
    "fault job.by_hand",
    "deed unknown event",
];

fn wanted() -> impl Iterator<Item = &'static str> {
    BOOKING.into_iter().chain(PAYMENT).chain(OUTCOMES).chain(REFUSALS).chain(FAULTS)
}

/// How many there are, and which were never met.
pub(super) fn missing(reached: &BTreeSet<String>) -> (usize, Vec<&'static str>) {
    (wanted().count(), wanted().filter(|what| !reached.contains(*what)).collect())
}
