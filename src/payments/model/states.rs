//! The words for how a payment stands and how it ended.

use serde::{Deserialize, Serialize};

/// rule: 10§1, table "Payment status".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Scheduled,
    Authorized,
    PaymentMethodRequired,
    Locked,
    ManualReview,
    Settled,
}

impl PaymentStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Authorized => "authorized",
            Self::PaymentMethodRequired => "payment_method_required",
            Self::Locked => "locked",
            Self::ManualReview => "manual_review",
            Self::Settled => "settled",
        }
    }
}

/// How the money of a booking ended (rule: 10§1, settlement_outcome).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementOutcome {
    LessonCompletedFullPayout,
    #[serde(rename = "student_cancel_gt24_no_charge")]
    StudentCancelGt24NoCharge,
    #[serde(rename = "student_cancel_12_24_full_credit")]
    StudentCancel12To24FullCredit,
    #[serde(rename = "student_cancel_lt12_split_50_50")]
    StudentCancelLt12Split,
    #[serde(rename = "locked_cancel_ge12_full_credit")]
    LockedCancelGe12FullCredit,
    #[serde(rename = "locked_cancel_lt12_split_50_50")]
    LockedCancelLt12Split,
    InstructorCancelFullRefund,
    InstructorNoShowFullRefund,
    StudentNoShowFullPayout,
    MutualNoShowFullRefund,
    PaymentFailedNoCharge,
    CaptureFailureInstructorPaid,
    CaptureFailureEscalated,
    StudentWinsDisputeFullRefund,
    DisputeWon,
    AdminRefund,
    AdminNoRefund,
}

impl SettlementOutcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::LessonCompletedFullPayout => "lesson_completed_full_payout",
            Self::StudentCancelGt24NoCharge => "student_cancel_gt24_no_charge",
            Self::StudentCancel12To24FullCredit => "student_cancel_12_24_full_credit",
            Self::StudentCancelLt12Split => "student_cancel_lt12_split_50_50",
            Self::LockedCancelGe12FullCredit => "locked_cancel_ge12_full_credit",
            Self::LockedCancelLt12Split => "locked_cancel_lt12_split_50_50",
            Self::InstructorCancelFullRefund => "instructor_cancel_full_refund",
            Self::InstructorNoShowFullRefund => "instructor_no_show_full_refund",
            Self::StudentNoShowFullPayout => "student_no_show_full_payout",
            Self::MutualNoShowFullRefund => "mutual_no_show_full_refund",
            Self::PaymentFailedNoCharge => "payment_failed_no_charge",
            Self::CaptureFailureInstructorPaid => "capture_failure_instructor_paid",
            Self::CaptureFailureEscalated => "capture_failure_escalated",
            Self::StudentWinsDisputeFullRefund => "student_wins_dispute_full_refund",
            Self::DisputeWon => "dispute_won",
            Self::AdminRefund => "admin_refund",
            Self::AdminNoRefund => "admin_no_refund",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TipStatus {
    Succeeded,
    Processing,
    RequiresAction,
    RequiresPaymentMethod,
    Failed,
}

impl TipStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Processing => "processing",
            Self::RequiresAction => "requires_action",
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::Failed => "failed",
        }
    }
}
