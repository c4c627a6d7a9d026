//! What this room tells others.

use serde::{Deserialize, Serialize};

use super::model::Step;
use crate::base::id::UserId;
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

/// A step of onboarding was reached for the first time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstructorStep {
    pub instructor_id: UserId,
    pub step: Step,
}
impl Event for InstructorStep {
    const KIND: &'static str = "instructor.step";
}
