//! The outbox and the reminders as jobs.

use crate::jobs::JobKind;

use super::{ops, reminders};

pub fn jobs() -> Vec<JobKind> {
    vec![
        JobKind::timer(ops::JOB, |site, call| async move { ops::dispatch(&site, call.id()?).await }),
        JobKind::timer(reminders::JOB, reminders::ring),
    ]
}
