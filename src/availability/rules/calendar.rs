//! An instructor's terms: zone, notice, buffers, and what the platform's own booking rules make of them.

use crate::base::price::Place;
use crate::base::time::{Date, TimeZone, Timestamp, WallTime, plus_days, plus_minutes, utc_to_local};

use super::open::Busy;

/// What a profile says about its calendar (rule: 30§2.1 Calendar settings).
#[derive(Clone, Debug)]
pub struct Calendar {
    pub zone: TimeZone,
    /// IANA name of `zone`.
    pub zone_name: String,
    pub notice_hours: u16,
    pub buffer_minutes: u16,
    /// Present when `booking_rules.mode` is `platform`: replaces notice and buffer (rule: 00§4 Buffer).
    pub platform: Option<Platform>,
}

/// The platform's booking rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    pub notice_online: u16,
    pub notice_studio: u16,
    pub notice_travel: u16,
    /// Between two lessons without travel, and where either needs it.
    pub buffer: u16,
    pub travel_buffer: u16,
    pub overnight: bool,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            notice_online: 60,
            notice_studio: 60,
            notice_travel: 180,
            buffer: 15,
            travel_buffer: 60,
            overnight: true,
        }
    }
}

/// The hours in which the coming morning is protected, and when mornings begin then (rule: 30§2.9).
const NIGHT_BEGINS: u16 = 20 * 60;
const NIGHT_ENDS: u16 = 8 * 60;
const MORNING: i64 = 9 * 60;
const TRAVEL_MORNING: i64 = 11 * 60;

/// What holds for one question: asked now, about a lesson at a place (or any).
#[derive(Clone, Debug)]
pub struct Terms {
    pub now: Timestamp,
    pub place: Option<Place>,
    /// No lesson may start before.
    pub earliest: Timestamp,
    pub notice_minutes: u32,
    buffer: u16,
    travel_buffer: u16,
    protected: Option<(Date, WallTime)>,
}

impl Calendar {
    pub fn terms(&self, place: Option<Place>, now: Timestamp) -> Terms {
        // Without a place the platform's rules assume the strictest lesson (rule: 30§2.7 "assumes travel").
        let travels = place.is_none_or(Place::travels);
        let (notice_minutes, buffer, travel_buffer) = match &self.platform {
            None => (u32::from(self.notice_hours) * 60, self.buffer_minutes, self.buffer_minutes),
            Some(p) => {
                let notice = match place {
                    Some(Place::Remote) => p.notice_online,
                    Some(Place::InstructorLocation) => p.notice_studio,
                    _ => p.notice_travel,
                };
                (u32::from(notice), if travels { p.travel_buffer } else { p.buffer }, p.travel_buffer)
            }
        };
        let night = self.platform.is_some_and(|p| p.overnight);
        Terms {
            now,
            place,
            // Also without notice a lesson begins after it was booked: its hold ends when it begins.
            earliest: plus_minutes(now, notice_minutes.max(1).into()),
            notice_minutes,
            buffer,
            travel_buffer,
            protected: if night { self.protected_morning(travels, now) } else { None },
        }
    }

    /// The terms without what depends on the moment: no notice, no protected morning, every unpaid hold standing.
    pub(super) fn terms_at_any_moment(&self, place: Place) -> Terms {
        Terms { earliest: Timestamp::MIN, protected: None, ..self.terms(Some(place), Timestamp::MIN) }
    }

    fn protected_morning(&self, travels: bool, now: Timestamp) -> Option<(Date, WallTime)> {
        let (today, wall) = utc_to_local(now, &self.zone);
        let date = match wall.minutes() {
            NIGHT_BEGINS.. => plus_days(today, 1),
            0..NIGHT_ENDS => today,
            _ => return None,
        };
        Some((date, WallTime::clamped(if travels { TRAVEL_MORNING } else { MORNING })))
    }
}

impl Terms {
    /// A lesson's instants with the buffer on both sides.
    pub fn widened(&self, busy: &Busy) -> (Timestamp, Timestamp) {
        let buffer = i64::from(if busy.travels { self.travel_buffer } else { self.buffer });
        (plus_minutes(busy.start_utc, -buffer), plus_minutes(busy.end_utc, buffer))
    }

    /// The first start allowed on `date`, if its morning is protected at the moment.
    pub fn first_start_on(&self, date: Date) -> Option<WallTime> {
        self.protected.filter(|(protected, _)| *protected == date).map(|(_, first)| first)
    }
}
