//! What can really be booked: the one function under public availability, next departures, search and the gate.
//!
//! Published windows, minus days off, minus blocking lessons widened by the buffer, minus what is too soon, minus
//! hours the clock skips (rules: 30§2.7, 00§4 Buffer).

use super::bits::Day;
use super::calendar::Terms;
use super::dayline::DayLine;
use super::spans::Spans;
use crate::base::id::{BookingId, UserId};
use crate::base::time::{Date, Timestamp, WallTime};

/// Lessons start on this grid (rule: 00§4 Availability step).
pub const STEP_MINUTES: u16 = 15;

/// Time that a lesson takes from both people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Busy {
    pub booking_id: BookingId,
    pub instructor_id: UserId,
    pub student_id: UserId,
    pub start_utc: Timestamp,
    pub end_utc: Timestamp,
    /// The instructor travels to it.
    pub travels: bool,
    /// An unpaid hold blocks until here and not a moment longer; a lesson without it blocks for good.
    #[serde(default)]
    pub hold_expires_at: Option<Timestamp>,
}

impl Busy {
    /// Whether it still takes time at `now` (rule: 00§4 Unpaid PENDING hold).
    pub fn blocks(&self, now: Timestamp) -> bool {
        self.hold_expires_at.is_none_or(|until| now < until)
    }
}

/// Everything stored about one local date of one instructor.
#[derive(Clone, Copy, Debug)]
pub struct DayFacts<'a> {
    pub line: &'a DayLine,
    pub day: &'a Day,
    pub blackout: bool,
    /// May hold lessons of other dates; only what touches this date counts.
    pub busy: &'a [Busy],
}

/// A start that can be booked for the length asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Opening {
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub start_utc: Timestamp,
    pub end_utc: Timestamp,
}

impl DayFacts<'_> {
    /// Published minutes that a lesson at the place asked about may use.
    pub(super) fn published(&self, fits: impl Fn(super::bits::Tag) -> bool) -> Spans {
        if self.blackout {
            return Spans::default();
        }
        let windows = self.day.windows();
        Spans::of(windows.iter().filter(|w| fits(w.tag)).flat_map(|w| self.line.spans_of(w.start, w.end)).collect())
    }

    /// The free minutes of the date under `terms`.
    pub fn free(&self, terms: &Terms) -> Spans {
        let mut free = self.published(|tag| tag.allows(terms.place));
        if free.is_empty() {
            return free;
        }
        for busy in self.busy.iter().filter(|b| b.blocks(terms.now)) {
            let (from, to) = terms.widened(busy);
            let (from, to) = self.line.clamp(from, to);
            free.cut(from, to);
        }
        let too_soon = self.line.clamp(self.line.start(), terms.earliest.max(self.line.start()));
        free.cut(0, too_soon.1);
        if let Some(first) = terms.first_start_on(self.line.date) {
            free.cut(0, self.line.minute_of(first).unwrap_or(0));
        }
        free
    }

    /// Free stretches as wall times: each begins on the booking grid and lasts at least `minutes` (and 15).
    pub fn open_windows(&self, terms: &Terms, minutes: u16) -> Vec<(WallTime, WallTime)> {
        let least = minutes.max(STEP_MINUTES);
        let free = self.free(terms);
        let walls = free.iter().flat_map(|span| self.line.walls_of(span));
        walls
            .map(|(from, to)| (from.next_multiple_of(STEP_MINUTES), to))
            .filter(|(from, to)| from + least <= *to)
            .map(|(from, to)| (WallTime::clamped(from.into()), WallTime::clamped(to.into())))
            .collect()
    }

    /// Every start on the grid at which a lesson of `minutes` fits.
    pub fn open_starts(&self, terms: &Terms, minutes: u16) -> Vec<Opening> {
        let free = self.free(terms);
        if free.is_empty() || minutes == 0 {
            return Vec::new();
        }
        let grid = (0..WallTime::END.minutes()).step_by(STEP_MINUTES.into());
        grid.filter_map(|wall| {
            let start = WallTime::clamped(wall.into());
            let at = self.line.minute_of(start)?;
            free.covers(at, at.checked_add(minutes)?).then(|| self.opening(start, at, minutes))
        })
        .collect()
    }

    pub(super) fn opening(&self, start: WallTime, at: u16, minutes: u16) -> Opening {
        self.line.opening_at(start, at, minutes)
    }
}

impl DayLine {
    /// The lesson that begins when the clock first shows `start`; none if it jumps over it.
    pub fn opening(&self, start: WallTime, minutes: u16) -> Option<Opening> {
        Some(self.opening_at(start, self.minute_of(start)?, minutes))
    }

    fn opening_at(&self, start: WallTime, at: u16, minutes: u16) -> Opening {
        Opening {
            date: self.date,
            start,
            end: self.wall_at(at + minutes),
            start_utc: self.instant(at),
            end_utc: self.instant(at + minutes),
        }
    }
}
