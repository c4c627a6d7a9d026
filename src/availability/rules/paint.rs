//! The editor's half hours over the store's five minutes (rule: 30§2.2).
//!
//! A cell is drawn free if any of its slots is; ticking one that was not publishes all of it, clearing one takes all
//! of it back, and leaving one as it was leaves its slots as they were. So a window of odd length survives an editor
//! that cannot show it.

use std::collections::BTreeSet;

use super::bits::{Day, SLOT_MINUTES, Tag};
use super::week::Days;
use crate::base::time::{Date, WallTime};

pub const CELL_MINUTES: u16 = 30;

/// What a painted week sends back.
#[derive(Clone, Debug)]
pub struct Painted {
    /// Rows that were shown.
    pub from: WallTime,
    pub to: WallTime,
    /// Days that were shown.
    pub days: Vec<Date>,
    /// Ticked half hours.
    pub ticked: BTreeSet<(Date, WallTime)>,
    /// Half hours that could not be ticked: past, booked, days off.
    pub fixed: BTreeSet<(Date, WallTime)>,
}

pub fn is_drawn_open(day: &Day, at: WallTime) -> bool {
    let first = usize::from(at.minutes() / SLOT_MINUTES);
    (first..first + usize::from(CELL_MINUTES / SLOT_MINUTES)).any(|slot| day.is_open(slot))
}

/// The half hours of a row range.
pub fn cells(from: WallTime, to: WallTime) -> impl Iterator<Item = WallTime> {
    (from.minutes()..to.minutes()).step_by(CELL_MINUTES.into()).map(|at| WallTime::clamped(at.into()))
}

impl Painted {
    /// The days as painted over what is published now.
    pub fn over(&self, current: &Days) -> Days {
        let painted = self.days.iter().map(|date| {
            let mut day = current.get(date).cloned().unwrap_or_default();
            for at in cells(self.from, self.to).filter(|at| !self.fixed.contains(&(*date, *at))) {
                let end = at.plus(CELL_MINUTES).unwrap_or(WallTime::END);
                match (self.ticked.contains(&(*date, at)), is_drawn_open(&day, at)) {
                    (true, false) => day.open(at, end, Tag::Any),
                    (false, true) => day.close(at, end),
                    _ => {}
                }
            }
            (*date, day)
        });
        painted.collect()
    }
}
