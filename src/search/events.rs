//! What this room tells others: searches and what came of them, for analytics and learning.

use serde::{Deserialize, Serialize};

use super::grammar::Parsed;
use crate::base::id::{OfferingId, SearchId, UserId};
use crate::store::Event;

/// A search was answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SearchPerformed {
    pub search_id: SearchId,
    /// Trimmed and lower-cased.
    pub query: String,
    pub parsed: Parsed,
    pub mode: String,
    pub viewer: Option<UserId>,
    pub total: u64,
    pub exact: u64,
    /// The first ten, in order.
    pub shown: Vec<UserId>,
    pub relaxed: Vec<String>,
    /// A place nobody knows.
    pub unresolved_place: Option<String>,
    pub degraded: bool,
    pub latency_us: u64,
}
impl Event for SearchPerformed {
    const KIND: &'static str = "search.performed";
}

/// Somebody acted on a result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SearchClicked {
    pub search_id: SearchId,
    pub clicked: UserId,
    pub service: Option<OfferingId>,
    /// Counts from 1.
    pub position: u32,
    pub action: String,
    pub viewer: Option<UserId>,
}
impl Event for SearchClicked {
    const KIND: &'static str = "search.clicked";
}
