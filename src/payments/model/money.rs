//! Cards, credit, prices and what was noticed about them.

use serde::{Deserialize, Serialize};

use crate::base::id::{BookingId, LotId, MethodId, UserId};
use crate::base::money::Cents;
use crate::base::price::Floors;
use crate::base::time::Timestamp;
use crate::payments::rules::pricing::PricingConfig;
use crate::payments::rules::reconcile::Difference;

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
    /// What a frozen lot was before.
    #[serde(default)]
    pub frozen_from: Option<LotStatus>,
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

/// A milestone a student reached, and the lesson that brought them there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    pub booking_id: BookingId,
    pub lot_id: LotId,
    pub amount: Cents,
    pub at: Timestamp,
    /// The lesson was paid back, and this with it.
    #[serde(default)]
    pub undone: bool,
}

/// A movement of money that we and Stripe tell differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// Stripe's id.
    pub object: String,
    pub what: Difference,
    pub booking_id: Option<BookingId>,
    pub ours: Cents,
    pub theirs: Cents,
    pub found_at: Timestamp,
    pub seen_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
}

/// The prices as they were from one instant on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PricingVersion {
    pub config: PricingConfig,
    pub floors: Floors,
    /// `None`: from the beginning.
    pub at: Option<Timestamp>,
    pub by: Option<UserId>,
    pub reason: Option<String>,
}

/// A provider event that was taken, so that it is taken once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookRow {
    pub source: String,
    pub kind: String,
    pub received_at: Timestamp,
    pub retry_count: u32,
    pub processed: bool,
    /// What became of it, for whoever looks.
    #[serde(default)]
    pub note: String,
}
