//! Where figures rest, by day.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{DayRow, PhraseDay, ServiceDay};
use crate::base::id::ServiceId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, dates, plus_days};
use crate::store::{AnyTable, Dir, Read, ReadExt, Span, Table};

pub static DAYS: Table<Date, DayRow> = Table::new(0x1A2C, "date_dayrow");
pub static PHRASES: Table<(Date, String), PhraseDay> = Table::new(0x1A2D, "date_key_phraseday");
pub static SERVICES: Table<(Date, ServiceId), ServiceDay> = Table::new(0x1A2E, "date_serviceid_serviceday");
/// Who searched on a day, so that people are counted once; the number is how often.
pub static PEOPLE: Table<(Date, String), u32> = Table::new(0x1A2F, "date_identity_count");
/// The last report of each job, and the daily ones by their day.
pub static REPORTS: Table<(String, Timestamp), Value> = Table::new(0x1A30, "name_at_report");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&DAYS, &PHRASES, &SERVICES, &PEOPLE, &REPORTS]
}

/// A span of days, the last one included.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

impl Days {
    /// The `count` days that end with `last`.
    pub fn ending(last: Date, count: i64) -> Self {
        Self { first: plus_days(last, 1 - count), last }
    }

    fn after_last(&self) -> Date {
        plus_days(self.last, 1)
    }

    pub fn dates(&self) -> impl Iterator<Item = Date> + use<> {
        dates(self.first, self.last)
    }
}

pub fn days(read: &dyn Read, days: Days) -> Outcome<BTreeMap<Date, DayRow>> {
    let rows = read.scan(&DAYS, Span::from_to(&days.first, &days.after_last()), SCAN_ROWS, Dir::Up)?;
    Ok(rows.into_iter().collect())
}

pub fn phrases(read: &dyn Read, days: Days) -> Outcome<Vec<((Date, String), PhraseDay)>> {
    read.scan(&PHRASES, Span::from_to(&(days.first,), &(days.after_last(),)), SCAN_ROWS, Dir::Down)
}

pub fn services(read: &dyn Read, days: Days) -> Outcome<Vec<((Date, ServiceId), ServiceDay)>> {
    read.scan(&SERVICES, Span::from_to(&(days.first,), &(days.after_last(),)), SCAN_ROWS, Dir::Down)
}

/// Identities by day; day after day, so that many on the first days do not hide those of the last.
pub fn people(read: &dyn Read, days: Days) -> Outcome<Vec<((Date, String), u32)>> {
    let mut found = Vec::new();
    for date in days.dates() {
        found.extend(read.scan(&PEOPLE, Span::prefix(&(date,)), SCAN_ROWS, Dir::Up)?);
    }
    Ok(found)
}
