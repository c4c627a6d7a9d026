//! What availability tells the other rooms, in the journal.

use serde::{Deserialize, Serialize};

use crate::base::id::UserId;
use crate::base::time::Date;
use crate::store::Event;

/// How published time changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    pub instructor_id: UserId,
    /// Who changed it.
    pub actor_id: UserId,
    /// The Monday edited or copied to; the first date of a range.
    pub week_start: Date,
    pub affected_dates: Vec<Date>,
    pub created: usize,
    pub deleted: usize,
    /// The calendar's revision: unique per change, unlike the content's version.
    pub revision: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WeekSaved {
    #[serde(flatten)]
    pub edit: Edit,
    pub clear_existing: bool,
    pub version: String,
}
impl Event for WeekSaved {
    const KIND: &'static str = "availability.week_saved";
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WeekCopied {
    #[serde(flatten)]
    pub edit: Edit,
    pub from_week_start: Date,
}
impl Event for WeekCopied {
    const KIND: &'static str = "availability.week_copied";
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RangeApplied {
    #[serde(flatten)]
    pub edit: Edit,
    pub from_week_start: Date,
    pub end_date: Date,
}
impl Event for RangeApplied {
    const KIND: &'static str = "availability.range_applied";
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlackoutChanged {
    pub instructor_id: UserId,
    pub dates: Vec<Date>,
    /// Taken off, or given back.
    pub added: bool,
    pub revision: u64,
}
impl Event for BlackoutChanged {
    const KIND: &'static str = "availability.blackout_changed";
}

/// The buffers or the protected mornings of an instructor changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CalendarChanged {
    pub instructor_id: UserId,
    pub revision: u64,
}
impl Event for CalendarChanged {
    const KIND: &'static str = "availability.calendar_changed";
}
