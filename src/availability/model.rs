//! What availability keeps: published days, days off, and the lessons that stand in people's calendars.

use serde::{Deserialize, Serialize};

use super::rules::bits::Day;
use super::rules::open::Busy;
use crate::base::id::{BlackoutId, UserId};
use crate::base::price::Place;
use crate::base::time::{Date, Timestamp, WallTime};

/// One instructor's local date. A missing row means that nothing is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedDay {
    pub day: Day,
    /// Grows with every change of this date.
    pub revision: u64,
    pub updated_at: Timestamp,
    /// A lesson was once booked on it: retention keeps the day (rule: 30§2.10).
    #[serde(default)]
    pub booked: bool,
}

/// A day off: hides the day and refuses bookings; lessons booked before stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blackout {
    pub id: BlackoutId,
    pub instructor_id: UserId,
    pub date: Date,
    pub reason: Option<String>,
    pub created_at: Timestamp,
}

/// A lesson in the calendars of both people, kept in step by `bookings` in its own writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub busy: Busy,
    /// The instructor's local date and wall times.
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub place: Place,
    pub service_name: String,
    /// Where it is, in a few words.
    #[serde(default)]
    pub area: Option<String>,
    #[serde(default)]
    pub no_show: bool,
}

/// Grows with every change of what an instructor's calendar shows (rule: 30§6 calendar_rev).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub rev: u64,
}

/// What an instructor set for the marketplace's own booking rules (rule: 30§2.1; they act in mode `platform`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalendarSettings {
    pub non_travel_buffer_minutes: u16,
    pub travel_buffer_minutes: u16,
    pub overnight_protection_enabled: bool,
    pub acknowledged_at: Option<Timestamp>,
}

impl Default for CalendarSettings {
    fn default() -> Self {
        Self {
            non_travel_buffer_minutes: 15,
            travel_buffer_minutes: 60,
            overnight_protection_enabled: true,
            acknowledged_at: None,
        }
    }
}
