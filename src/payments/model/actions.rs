//! Calls to the provider, each written down before it is made.

use serde::{Deserialize, Serialize};

use crate::base::id::{BookingId, MoneyActionId};
use crate::base::money::Cents;
use crate::base::time::Timestamp;

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
    /// Takes back a part of a transfer.
    Reverse,
    /// Pays again what was taken back for a dispute that was won.
    Restore,
    Tip,
    TipTransfer,
}

impl ActionKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorize { .. } => "authorize",
            Self::Capture => "capture",
            Self::Release => "release",
            Self::Refund => "refund",
            Self::Transfer => "transfer",
            Self::TopUp => "top_up",
            Self::Reverse => "reverse",
            Self::Restore => "restore",
            Self::Tip => "tip",
            Self::TipTransfer => "tip_transfer",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    Pending,
    Done,
    Failed,
}
