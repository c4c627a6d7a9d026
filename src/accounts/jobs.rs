//! What is swept: sessions, proofs, codes and spent challenges that ended by themselves.

use crate::jobs::{Every, JobKind};

use super::ops;

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::sweep("session_cleanup", Every::hours(1), |site, _| async move {
        let ended = ops::session::sweep(&site).await?;
        Ok(serde_json::json!({ "ended": ended }))
    })]
}
