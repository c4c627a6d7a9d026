//! What the editor's forms send, read back.

use std::collections::{BTreeMap, BTreeSet};

use super::damaged;
use super::editor::Typed;
use crate::availability::ops::blackouts::NewBlackout;
use crate::availability::ops::editor::Written;
use crate::availability::rules::paint::{CELL_MINUTES, Painted};
use crate::availability::rules::ranges;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime, monday_of, plus_days};

/// Name and value as they came; names repeat.
pub(super) struct Fields(pub Vec<(String, String)>);

/// A line that could not be read: weekday from Monday, and why.
pub(super) type LineErrors = Vec<(usize, String)>;

impl Fields {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(|value| value.parse().ok())
    }

    /// The Monday of the week the form is about.
    pub fn week(&self) -> Outcome<Date> {
        self.parsed::<Date>("week").map(monday_of).ok_or_else(damaged)
    }

    /// The version that was looked at; none when the writer insists.
    pub fn seen(&self) -> Option<String> {
        let insists = self.get("override").is_some();
        self.get("version").filter(|version| !insists && !version.is_empty()).map(str::to_owned)
    }

    pub fn painted(&self) -> Outcome<Painted> {
        let week = self.week()?;
        let hours = self.parsed::<WallTime>("from").zip(self.parsed::<WallTime>("to"));
        let (from, to) = hours.filter(|(from, _)| from.minutes().is_multiple_of(CELL_MINUTES)).ok_or_else(damaged)?;
        let values =
            |name: &'static str| self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str());
        let ticked: Option<BTreeSet<_>> = values("slot").map(cell).collect();
        let fixed: Option<BTreeSet<_>> = values("fixed").flat_map(str::split_whitespace).map(cell).collect();
        Ok(Painted {
            from,
            to,
            days: (0..7).map(|i| plus_days(week, i)).collect(),
            ticked: ticked.ok_or_else(damaged)?,
            fixed: fixed.ok_or_else(damaged)?,
        })
    }

    /// The same form once more, this time over whatever is there.
    pub fn resent(&self) -> Vec<(String, String)> {
        let mut fields: Vec<_> = self.0.iter().filter(|(key, _)| key != "override").cloned().collect();
        fields.push(("override".into(), "1".into()));
        fields
    }

    /// Lines `d0` (Monday) to `d6`; days without a line are not written.
    pub fn written(&self, week: Date) -> Result<Written, LineErrors> {
        let (mut days, mut errors) = (BTreeMap::new(), LineErrors::new());
        for weekday in 0..7usize {
            let Some(line) = self.get(&format!("d{weekday}")) else { continue };
            match ranges::parse(line) {
                Ok(day) => drop(days.insert(plus_days(week, weekday as i64), day)),
                Err(why) => errors.push((weekday, why)),
            }
        }
        let weeks = self.parsed("weeks").unwrap_or(1);
        if errors.is_empty() { Ok(Written { week_start: week, days, weeks, seen: self.seen() }) } else { Err(errors) }
    }

    pub fn day_off(&self) -> Outcome<NewBlackout> {
        let date = |name: &str| match self.get(name).filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map(Some).map_err(|_| Refusal::invalid(name, "Write a date, like 2026-11-26.")),
            None => Ok(None),
        };
        Ok(NewBlackout {
            date: date("date")?.ok_or_else(|| Refusal::invalid("date", "Choose the day you take off."))?,
            end_date: date("end_date")?,
            reason: self.get("reason").map(str::to_owned),
        })
    }

    /// What was typed, to show it again.
    pub fn typed(&self) -> Typed {
        let text = |name: &str| self.get(name).unwrap_or_default().to_owned();
        Typed {
            lines: (0..7).map(|i| self.get(&format!("d{i}")).map(str::to_owned)).collect(),
            weeks: self.parsed("weeks").unwrap_or(1),
            off: (text("date"), text("end_date"), text("reason")),
            ..Typed::default()
        }
    }
}

/// `2026-11-12T16:30`.
fn cell(text: &str) -> Option<(Date, WallTime)> {
    let (date, time) = text.split_once('T')?;
    Some((date.parse().ok()?, time.parse().ok()?))
}
