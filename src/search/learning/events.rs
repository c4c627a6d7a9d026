//! What this part tells: that search has to read its names anew.

use serde::{Deserialize, Serialize};

use crate::base::id::AliasId;
use crate::store::Event;

/// A name came into force or out of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamesChanged {
    pub alias_id: AliasId,
}
impl Event for NamesChanged {
    const KIND: &'static str = "search.names_changed";
}
