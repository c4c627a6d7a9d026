//! An instructor's time over several dates, as loaded at one moment.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::Day;
use super::calendar::{Calendar, Terms};
use super::dayline::DayLine;
use super::open::{Busy, DayFacts, Opening};
use crate::base::time::{Date, WallTime, dates};

#[derive(Clone, Debug)]
pub struct Sheet {
    pub calendar: Calendar,
    pub days: BTreeMap<Date, Day>,
    pub blackouts: BTreeSet<Date>,
    /// Every lesson that touches the dates, expired holds included.
    pub busy: Vec<Busy>,
}

/// What the public may see of one date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenDay {
    pub windows: Vec<(WallTime, WallTime)>,
    pub is_blackout: bool,
}

impl Sheet {
    /// Asks `question` of one date.
    pub fn on<T>(&self, date: Date, question: impl FnOnce(&DayFacts<'_>) -> T) -> T {
        let line = DayLine::of(date, &self.calendar.zone);
        let day = self.days.get(&date).unwrap_or(&Day::EMPTY);
        question(&DayFacts { line: &line, day, blackout: self.blackouts.contains(&date), busy: &self.busy })
    }

    /// Open windows of each date in `[from, to]`.
    pub fn open_days(&self, terms: &Terms, from: Date, to: Date, minutes: u16) -> BTreeMap<Date, OpenDay> {
        dates(from, to)
            .map(|date| {
                let is_blackout = self.blackouts.contains(&date);
                let windows = match self.days.get(&date) {
                    Some(_) if !is_blackout => self.on(date, |facts| facts.open_windows(terms, minutes)),
                    _ => Vec::new(),
                };
                (date, OpenDay { windows, is_blackout })
            })
            .collect()
    }

    /// The first `limit` starts in `[from, to]` at which `minutes` fit.
    pub fn openings(&self, terms: &Terms, from: Date, to: Date, minutes: u16, limit: usize) -> Vec<Opening> {
        let mut found = Vec::new();
        for date in self.days.range(from..=to).map(|(date, _)| *date) {
            if found.len() >= limit {
                break;
            }
            found.extend(self.on(date, |facts| facts.open_starts(terms, minutes)));
        }
        found.truncate(limit);
        found
    }
}
