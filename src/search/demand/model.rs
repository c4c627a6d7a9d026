//! A wish that waits.

use serde::{Deserialize, Serialize};

use crate::base::id::{DemandId, UserId};
use crate::base::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DemandState)]
pub enum State {
    Waiting,
    /// Somebody fitted, and the person was told.
    Matched,
    /// The days asked for are over.
    Expired,
    Stopped,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demand {
    pub id: DemandId,
    pub owner: UserId,
    /// As typed.
    pub query: String,
    /// The filters beside it, as the address of the search has them.
    pub filters: String,
    /// What was understood, for people.
    pub label: String,
    pub said_at: Timestamp,
    pub state: State,
    pub checked_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Who fits, best first.
    pub matched: Vec<UserId>,
    /// Their names as people are named to each other.
    pub names: Vec<String>,
    /// Opens the link of the mail.
    pub token: String,
}
