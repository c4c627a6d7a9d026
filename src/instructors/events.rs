//! What this room tells others.

use serde::{Deserialize, Serialize};

use super::model::Step;
use crate::base::id::UserId;
use crate::base::time::Timestamp;
use crate::store::Event;

/// Anything a person could search by, or see on a card, is different now. Emitted once per write.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstructorChanged {
    pub instructor_id: UserId,
    /// What changed: `profile`, `services`, `areas`, `live`, `trust`, `dropped`.
    pub what: String,
}
impl Event for InstructorChanged {
    const KIND: &'static str = "instructor.changed";
}

/// A background check runs out, or has: the instructor is to hear of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckRunsOut {
    pub instructor_id: UserId,
    pub valid_until: Timestamp,
    /// It has run out: the instructor is no longer live.
    pub over: bool,
}
impl Event for CheckRunsOut {
    const KIND: &'static str = "instructor.check_runs_out";
}

/// A step of onboarding was reached for the first time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstructorStep {
    pub instructor_id: UserId,
    pub step: Step,
}
impl Event for InstructorStep {
    const KIND: &'static str = "instructor.step";
}
