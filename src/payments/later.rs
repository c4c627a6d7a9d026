//! What can still happen to a booking's money once it has ended: refunds, payouts taken back or paid again, a bank's
//! dispute. The rules about them are `rules::corrections`, the use cases `ops::corrections` and `ops::disputes`.

use serde::{Deserialize, Serialize};

use super::model::PaymentStatus;
use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::time::Timestamp;

/// One transfer to the instructor, and how much of it was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Stripe's id.
    pub id: String,
    pub amount: Cents,
    pub reversed: Cents,
}

impl Part {
    pub fn left(&self) -> Cents {
        self.amount - self.reversed
    }
}

/// Why money moves again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An admin gives money back.
    Refund,
    /// A bank disputes the payment: the payout is taken back.
    DisputeOpened,
    /// The dispute was won: the payout is made again.
    DisputeWon,
}

/// A correction under way: what is still to be moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub why: Purpose,
    /// How the payment stood before.
    pub before: PaymentStatus,
    pub refund: Cents,
    pub reverse: Cents,
    pub restore: Cents,
    /// All of the refund, for the one who is told of it.
    pub total: Cents,
    /// The admin who wanted it, and why; nobody in what a bank brings about.
    #[serde(default)]
    pub wanted: Option<Wanted>,
}

/// Who gives money back, in whose words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub by: UserId,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    Open,
    Won,
    Lost,
}

/// The card holder went to their bank (part 10 §2.9, Chargeback).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Stripe's id.
    pub id: String,
    pub amount: Cents,
    pub opened_at: Timestamp,
    pub state: DisputeState,
    pub closed_at: Option<Timestamp>,
    /// How the payment stood before.
    pub before: PaymentStatus,
    /// Taken back from the instructor because of it.
    pub reversed: Cents,
    /// Credit of this booking that was spent already, and so became the student's debt.
    pub debt: Cents,
}

impl Dispute {
    pub fn is_open(&self) -> bool {
        self.state == DisputeState::Open
    }
}
