//! What the public may see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::availability::rules::sheet::OpenDay;
use crate::base::id::UserId;
use crate::base::time::{Date, WallTime};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DetailLevel {
    #[default]
    Full,
    /// Mornings, afternoons and evenings.
    Summary,
    /// Only how much there is.
    Minimal,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicAvailability {
    pub instructor_id: UserId,
    pub instructor_first_name: String,
    pub instructor_last_initial: String,
    /// IANA name; all times are this zone's.
    pub timezone: String,
    pub detail_level: DetailLevel,
    /// Absent at level `minimal`.
    #[schema(value_type = Option<BTreeMap<String, PublicDay>>)]
    pub availability_by_date: Option<BTreeMap<Date, PublicDay>>,
    /// At level `summary`.
    #[schema(value_type = Option<BTreeMap<String, DayParts>>)]
    pub availability_summary: Option<BTreeMap<Date, DayParts>>,
    pub total_available_slots: usize,
    pub earliest_available_date: Option<Date>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicDay {
    pub date: Date,
    pub available_slots: Vec<PublicSlot>,
    pub is_blackout: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicSlot {
    pub start_time: WallTime,
    pub end_time: WallTime,
}

/// Whether anything is free before noon, before five, and after.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DayParts {
    pub date: Date,
    pub morning_available: bool,
    pub afternoon_available: bool,
    pub evening_available: bool,
    pub total_hours: f64,
}

const NOON: u16 = 12 * 60;
const EVENING: u16 = 17 * 60;

impl PublicDay {
    pub fn of(date: Date, day: &OpenDay) -> Self {
        let slots = day.windows.iter().map(|(start, end)| PublicSlot { start_time: *start, end_time: *end });
        Self { date, available_slots: slots.collect(), is_blackout: day.is_blackout }
    }
}

impl DayParts {
    pub fn of(date: Date, day: &OpenDay) -> Self {
        let touches = |from: u16, to: u16| day.windows.iter().any(|(a, b)| a.minutes() < to && from < b.minutes());
        let minutes: u32 = day.windows.iter().map(|(a, b)| u32::from(b.minutes() - a.minutes())).sum();
        Self {
            date,
            morning_available: touches(0, NOON),
            afternoon_available: touches(NOON, EVENING),
            evening_available: touches(EVENING, WallTime::END.minutes()),
            total_hours: f64::from(minutes) / 60.0,
        }
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NextAvailable {
    pub found: bool,
    pub date: Option<Date>,
    pub start_time: Option<WallTime>,
    pub end_time: Option<WallTime>,
    pub duration_minutes: u16,
    pub timezone: String,
}
