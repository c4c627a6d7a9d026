//! What the room of money keeps: one payment per booking, intended provider calls, cards, credit, accounts.

use serde::{Deserialize, Serialize};

use super::rules::settle::Terms;
use crate::base::id::{BookingId, LotId, MethodId, MoneyActionId, ReviewId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Split, lesson_price, split};
use crate::base::time::Timestamp;

/// The least Stripe charges; the platform waives less (rule: 10§2.6).
pub const LEAST_CHARGE: Cents = Cents(50);

/// The price a lesson was sold at, frozen at creation: later edits of tiers, fees or rates do not touch it
/// (rule: 10§2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceQuote {
    /// LP.
    pub lesson: Cents,
    /// SF.
    pub student_fee: Cents,
    /// IF.
    pub instructor_fee: Cents,
    /// P.
    pub payout: Cents,
    pub tier: Bp,
    pub fee: Bp,
    /// Version of the pricing settings it was computed under.
    pub config_version: u64,
}

impl PriceQuote {
    pub fn new(hourly: Cents, minutes: u16, fee: Bp, tier: Bp, config_version: u64) -> Self {
        let lesson = lesson_price(hourly, minutes);
        let Split { student_fee, instructor_fee, payout, .. } = split(lesson, fee, tier, Cents::ZERO, Cents::ZERO);
        Self { lesson, student_fee, instructor_fee, payout, tier, fee, config_version }
    }

    /// The split once `credit` of the student's `balance` is used.
    pub fn split(&self, requested: Cents, balance: Cents) -> Split {
        split(self.lesson, self.fee, self.tier, requested, balance)
    }
}

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

/// The sale that `bookings` opens a payment for.
#[derive(Clone, Debug)]
pub struct BookingMoney {
    pub booking_id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub quote: PriceQuote,
    pub start: Timestamp,
    pub end: Timestamp,
    /// What the card statement and Stripe's pages say it is: "Piano with Sarah C."
    pub description: String,
}

/// The card holder has to prove themselves to the bank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Awaiting {
    pub client_secret: Option<String>,
    /// The bank's page.
    pub url: Option<String>,
}

/// The money of one booking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BookingPayment {
    pub booking_id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub quote: PriceQuote,
    pub start: Timestamp,
    pub end: Timestamp,
    pub description: String,

    pub status: PaymentStatus,
    pub outcome: Option<SettlementOutcome>,
    pub method_id: Option<MethodId>,
    /// Somebody paid or saved a card for it: the lesson is promised, and failures are now ours to repair.
    pub promised: bool,
    pub credits_reserved: Cents,

    pub intent: Option<String>,
    pub charge: Option<String>,
    /// The bank holds the money for us.
    pub held: bool,
    /// Grows with every authorisation that got a definite answer; part of its key.
    pub attempt: u32,
    pub awaiting: Option<Awaiting>,
    pub auth_scheduled_for: Option<Timestamp>,
    pub auth_attempted_at: Option<Timestamp>,
    pub auth_first_failed_at: Option<Timestamp>,
    pub auth_failure_count: u32,
    pub auth_last_error: Option<String>,
    pub auth_warned: bool,

    pub captured: Cents,
    pub first_capture_failed_at: Option<Timestamp>,
    pub capture_retry_count: u32,
    pub locked_at: Option<Timestamp>,
    pub locked_amount: Cents,

    /// The end this payment is being brought to, while it is.
    pub settling: Option<Settling>,
    pub refunded_to_card: Cents,
    /// Given as credit at settlement: released and newly issued.
    pub student_credit: Cents,
    /// Transferred to the instructor, top-up included.
    pub instructor_payout: Cents,
    pub transfer: Option<String>,
    pub top_up: Option<String>,
    pub refund: Option<String>,
    pub settled_at: Option<Timestamp>,
    #[serde(default)]
    pub tip: Option<Tip>,
    pub version: u32,
}

/// What a student adds after the lesson; all of it is the instructor's (part 10 §2.10).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tip {
    pub review_id: ReviewId,
    pub amount: Cents,
    pub status: TipStatus,
    pub method_id: MethodId,
    pub intent: Option<String>,
    pub charge: Option<String>,
    pub client_secret: Option<String>,
    pub action_url: Option<String>,
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

/// A settlement under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settling {
    pub terms: Terms,
    /// Authorising inside a settlement is tried once (rule: 10§2.7, 10§2.8).
    pub reauthorized: bool,
    pub paid_from_charge: Cents,
    pub topped_up: Cents,
}

impl BookingPayment {
    pub fn open(sale: &BookingMoney) -> Self {
        Self {
            booking_id: sale.booking_id,
            student_id: sale.student_id,
            instructor_id: sale.instructor_id,
            quote: sale.quote,
            start: sale.start,
            end: sale.end,
            description: sale.description.clone(),
            status: PaymentStatus::Scheduled,
            outcome: None,
            method_id: None,
            promised: false,
            credits_reserved: Cents::ZERO,
            intent: None,
            charge: None,
            held: false,
            attempt: 1,
            awaiting: None,
            auth_scheduled_for: None,
            auth_attempted_at: None,
            auth_first_failed_at: None,
            auth_failure_count: 0,
            auth_last_error: None,
            auth_warned: false,
            captured: Cents::ZERO,
            first_capture_failed_at: None,
            capture_retry_count: 0,
            locked_at: None,
            locked_amount: Cents::ZERO,
            settling: None,
            refunded_to_card: Cents::ZERO,
            student_credit: Cents::ZERO,
            instructor_payout: Cents::ZERO,
            transfer: None,
            top_up: None,
            refund: None,
            settled_at: None,
            tip: None,
            version: 1,
        }
    }

    /// The split with the credit that is reserved.
    pub fn split(&self) -> Split {
        self.quote.split(self.credits_reserved, self.credits_reserved)
    }

    /// What the card is asked for; nothing where it is less than Stripe charges.
    pub fn card_amount(&self) -> Cents {
        let due = self.split().student_pay;
        if due < LEAST_CHARGE { Cents::ZERO } else { due }
    }

    pub fn is_settled(&self) -> bool {
        self.status == PaymentStatus::Settled
    }

    /// Automation stays away (rule: 10§2.8).
    pub fn in_review(&self) -> bool {
        self.status == PaymentStatus::ManualReview
    }
}

/// One call to the provider, written down before it is made (rule: 10§2.11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyAction {
    pub id: MoneyActionId,
    pub booking_id: BookingId,
    pub kind: ActionKind,
    pub amount: Cents,
    pub idempotency_key: String,
    pub state: ActionState,
    pub created_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub provider_id: Option<String>,
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// `on_session`: the student is here and may be sent to authenticate.
    Authorize {
        on_session: bool,
    },
    Capture,
    Release,
    Refund,
    Transfer,
    TopUp,
    Tip,
    TipTransfer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    Pending,
    Done,
    Failed,
}

/// A saved card; exactly one listed card per user is the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaymentMethod {
    pub id: MethodId,
    pub user_id: UserId,
    /// Stripe's id.
    pub provider_id: String,
    pub brand: String,
    pub last4: String,
    pub exp_month: u8,
    pub exp_year: u16,
    pub fingerprint: Option<String>,
    pub is_default: bool,
    /// A card used once without being saved is kept for its booking only.
    pub listed: bool,
    pub created_at: Timestamp,
}

impl PaymentMethod {
    /// "Visa ending 4242"
    pub fn label(&self) -> String {
        let mut brand = self.brand.clone();
        if let Some(first) = brand.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        format!("{brand} ending {}", self.last4)
    }
}

/// Credit of one student from one source (part 10 §2.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditLot {
    pub id: LotId,
    pub user_id: UserId,
    pub amount: Cents,
    pub source_type: String,
    pub reason: Option<String>,
    pub source_booking_id: Option<BookingId>,
    pub status: LotStatus,
    pub reserved_for: Option<BookingId>,
    pub used_booking_id: Option<BookingId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub used_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LotStatus {
    Available,
    Reserved,
    Consumed,
    Expired,
    Frozen,
    Revoked,
    Forfeited,
}

impl LotStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Reserved => "reserved",
            Self::Consumed => "consumed",
            Self::Expired => "expired",
            Self::Frozen => "frozen",
            Self::Revoked => "revoked",
            Self::Forfeited => "forfeited",
        }
    }

    /// Still the student's: counted in the ledger's credit account.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Available | Self::Reserved | Self::Frozen)
    }
}

/// An instructor's account at Stripe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayoutAccount {
    pub user_id: UserId,
    pub account_id: String,
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    pub details_submitted: bool,
    pub requirements: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl PayoutAccount {
    /// rule: 10§1: onboarding_completed = charges_enabled ∧ details_submitted.
    pub fn onboarded(&self) -> bool {
        self.charges_enabled && self.details_submitted
    }
}

/// What money thinks of a person (part 10 §1, User).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub locked: bool,
    pub restricted: bool,
    /// At most zero: what the person owes.
    pub balance: Cents,
}

impl Standing {
    /// May not buy (rule: 10§2.4, ACCOUNT_RESTRICTED).
    pub fn is_barred(&self) -> bool {
        self.locked || self.restricted || self.balance < Cents::ZERO
    }
}

/// A provider event that was taken, so that it is taken once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookRow {
    pub source: String,
    pub kind: String,
    pub received_at: Timestamp,
    pub retry_count: u32,
    pub processed: bool,
}
