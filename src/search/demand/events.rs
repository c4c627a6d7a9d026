//! What a fulfilled wish tells the mail room.

use serde::{Deserialize, Serialize};

use crate::base::id::DemandId;
use crate::store::Event;

/// Somebody fits all of a wish for the first time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemandMatched {
    pub demand_id: DemandId,
}
impl Event for DemandMatched {
    const KIND: &'static str = "search.demand_matched";
}
