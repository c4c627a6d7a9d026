//! What an instructor keeps beside the week: days off, lessons in it, settings.

use serde::{Deserialize, Serialize};

use crate::availability::model::{Blackout, CalendarSettings};
use crate::availability::ops::blackouts::Added;
use crate::base::id::{BlackoutId, BookingId};
use crate::base::paging::Page;
use crate::base::price::Place;
use crate::base::time::{Date, Timestamp, WallTime};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBlackoutBody {
    pub date: Date,
    /// The last day, to take several off.
    pub end_date: Option<Date>,
    #[schema(max_length = 255)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BlackoutView {
    pub id: BlackoutId,
    pub date: Date,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    /// Lessons that take place on the day all the same.
    pub affected_bookings: Vec<BookingId>,
}

impl BlackoutView {
    pub fn of(blackout: Blackout, affected_bookings: Vec<BookingId>) -> Self {
        let Blackout { id, date, reason, created_at, .. } = blackout;
        Self { id, date, reason, created_at, affected_bookings }
    }
}

impl From<Added> for BlackoutView {
    fn from(added: Added) -> Self {
        Self::of(added.blackout, added.affected)
    }
}

/// One day off, or a list of them when a range was taken off.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum NewBlackoutAnswer {
    One(BlackoutView),
    Several(Page<BlackoutView>),
}

impl NewBlackoutAnswer {
    pub fn of(mut added: Vec<BlackoutView>, range: bool) -> Self {
        match (range, added.pop()) {
            (false, Some(one)) => Self::One(one),
            (_, last) => {
                added.extend(last);
                Self::Several(Page::whole(added))
            }
        }
    }
}

/// A lesson in the week, for the editor's grid.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BookedSlot {
    pub booking_id: BookingId,
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    pub student_first_name: String,
    pub student_last_initial: String,
    pub service_name: String,
    pub service_area_short: Option<String>,
    pub duration_minutes: i64,
    pub location_type: Place,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarSettingsBody {
    #[schema(minimum = 10, maximum = 120)]
    pub non_travel_buffer_minutes: Option<u16>,
    #[schema(minimum = 30, maximum = 120)]
    pub travel_buffer_minutes: Option<u16>,
    pub overnight_protection_enabled: Option<bool>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CalendarSettingsView {
    pub non_travel_buffer_minutes: u16,
    pub travel_buffer_minutes: u16,
    pub overnight_protection_enabled: bool,
    pub calendar_settings_acknowledged_at: Option<Timestamp>,
}

impl From<CalendarSettings> for CalendarSettingsView {
    fn from(s: CalendarSettings) -> Self {
        Self {
            non_travel_buffer_minutes: s.non_travel_buffer_minutes,
            travel_buffer_minutes: s.travel_buffer_minutes,
            overnight_protection_enabled: s.overnight_protection_enabled,
            calendar_settings_acknowledged_at: s.acknowledged_at,
        }
    }
}
