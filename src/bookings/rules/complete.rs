//! When a lesson counts as having taken place, and what follows from it (part 10 §2.7).

use crate::base::time::{Timestamp, plus_hours};

/// How somebody came to say that a lesson took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The instructor, or an admin, said so.
    Marked,
    /// Nobody said anything for 24 hours.
    Automatic,
}

/// rule: 10§2.7: an automatic completion counts from the end of the lesson, a marked one from the moment it was made.
pub fn completed_at(how: How, now: Timestamp, end: Timestamp) -> Timestamp {
    match how {
        How::Marked => now,
        How::Automatic => end,
    }
}

/// When a lesson nobody marked becomes complete; the same instant the money is captured at, however early it was
/// marked (rule: 10§2.7).
pub fn settles_at(end: Timestamp) -> Timestamp {
    plus_hours(end, 24)
}
