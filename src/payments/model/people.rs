//! What money knows of people: their account at Stripe, what it paid to their bank, whether they may buy.

use serde::{Deserialize, Serialize};

use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::time::Timestamp;

/// An instructor's account at Stripe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayoutAccount {
    pub user_id: UserId,
    pub account_id: String,
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    pub details_submitted: bool,
    pub requirements: Vec<String>,
    /// The weekday Stripe pays out on.
    #[serde(default)]
    pub payout_day: Option<String>,
    /// The one the instructor chose.
    #[serde(default)]
    pub wished_day: Option<String>,
    /// Instant payouts that Stripe refused for good; part of the next one's key.
    #[serde(default)]
    pub instant_refused: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A payout from an instructor's balance at Stripe to their bank (part 10 §1, PayoutEvent).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayoutRow {
    /// Stripe's id.
    pub id: String,
    pub user_id: UserId,
    pub account_id: String,
    pub amount: Cents,
    /// `pending`, `in_transit`, `paid`, `failed` or `canceled`.
    pub status: String,
    pub instant: bool,
    pub automatic: bool,
    pub created_at: Timestamp,
    pub arrives_at: Timestamp,
    pub failure: Option<String>,
}

impl PayoutRow {
    pub fn is_pending(&self) -> bool {
        matches!(self.status.as_str(), "pending" | "in_transit")
    }
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
