//! One local date laid out on the line of instants (rule: 30§1 DST).
//!
//! A date has 23, 24 or 25 hours. Everything about free time is judged in minutes since the date's first instant, so
//! a skipped hour cannot be booked, a repeated one is offered once, and an hour always lasts sixty minutes.

use super::spans::Span;
use crate::base::time::{Date, SignedDuration, TimeZone, Timestamp, WallTime, plus_days, plus_minutes, utc_to_local};

#[derive(Clone, Debug)]
pub struct DayLine {
    pub date: Date,
    start: Timestamp,
    minutes: u16,
    pieces: Vec<Piece>,
}

/// A stretch of the date with one offset from UTC.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Wall minutes at its begin.
    wall: u16,
    /// Minutes since the date's first instant.
    at: u16,
    len: u16,
    /// Wall minutes up to which an earlier piece showed the same wall times.
    shown_until: u16,
}

impl DayLine {
    pub fn of(date: Date, zone: &TimeZone) -> Self {
        let (start, end) = (first_instant(date, zone), first_instant(plus_days(date, 1), zone));
        let mut cuts = vec![start];
        cuts.extend(zone.following(start).map(|t| t.timestamp()).take_while(|at| *at < end));
        let mut pieces: Vec<Piece> = Vec::with_capacity(cuts.len());
        let mut shown_until = 0;
        for (i, from) in cuts.iter().enumerate() {
            let to = cuts.get(i + 1).copied().unwrap_or(end);
            let wall = utc_to_local(*from, zone).1.minutes();
            let len = minutes_between(*from, to);
            pieces.push(Piece { wall, at: minutes_between(start, *from), len, shown_until });
            shown_until = shown_until.max(wall + len);
        }
        Self { date, start, minutes: minutes_between(start, end), pieces }
    }

    /// Minutes of the date: 1440, an hour less or an hour more.
    pub fn minutes(&self) -> u16 {
        self.minutes
    }

    pub fn start(&self) -> Timestamp {
        self.start
    }

    pub fn end(&self) -> Timestamp {
        self.instant(self.minutes)
    }

    pub fn instant(&self, minute: u16) -> Timestamp {
        plus_minutes(self.start, i64::from(minute))
    }

    /// The minute at which the clock first shows `wall`; none if it jumps over it.
    pub fn minute_of(&self, wall: WallTime) -> Option<u16> {
        let wall = wall.minutes();
        let piece = self.pieces.iter().find(|p| (p.wall..p.wall + p.len).contains(&wall))?;
        Some(piece.at + wall - piece.wall)
    }

    /// What the clock shows at a minute; the date's end is `24:00`.
    pub fn wall_at(&self, minute: u16) -> WallTime {
        if minute >= self.minutes {
            return WallTime::END;
        }
        let piece = self.pieces.iter().rev().find(|p| p.at <= minute);
        piece.map_or(WallTime::END, |p| WallTime::clamped(i64::from(p.wall + minute - p.at)))
    }

    /// Every minute at which the clock shows a time in `[from, to)`, both passes of a repeated hour included.
    pub fn spans_of(&self, from: WallTime, to: WallTime) -> impl Iterator<Item = Span> + '_ {
        self.pieces.iter().filter_map(move |p| {
            let (a, b) = (from.minutes().max(p.wall), to.minutes().min(p.wall + p.len));
            (a < b).then(|| (p.at + a - p.wall, p.at + b - p.wall))
        })
    }

    /// The wall times of a stretch as people read them: cut around a skipped hour, a repeated one once.
    pub fn walls_of(&self, (from, to): Span) -> Vec<Span> {
        let mut walls: Vec<Span> = Vec::new();
        for p in &self.pieces {
            let first_shown = p.at + p.shown_until.saturating_sub(p.wall).min(p.len);
            let (a, b) = (from.max(first_shown), to.min(p.at + p.len));
            if a >= b {
                continue;
            }
            let (a, b) = (p.wall + a - p.at, p.wall + b - p.at);
            match walls.last_mut() {
                Some(last) if last.1 == a => last.1 = b,
                _ => walls.push((a, b)),
            }
        }
        walls
    }

    /// The minutes that instants `[from, to)` take of this date, whole minutes outwards; empty if none.
    pub fn clamp(&self, from: Timestamp, to: Timestamp) -> Span {
        let minute = |at: Timestamp, up: i64| {
            let seconds = at.duration_since(self.start).as_secs();
            (seconds + up).div_euclid(60).clamp(0, i64::from(self.minutes)) as u16
        };
        (minute(from, 0), minute(to, 59))
    }
}

fn minutes_between(from: Timestamp, to: Timestamp) -> u16 {
    (to.duration_since(from).max(SignedDuration::ZERO).as_secs() / 60).try_into().unwrap_or(u16::MAX)
}

/// The first instant whose local date is `date`; midnight, or the end of a jump over it.
fn first_instant(date: Date, zone: &TimeZone) -> Timestamp {
    let midnight = zone.to_ambiguous_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    midnight.compatible().unwrap_or(Timestamp::MAX)
}
