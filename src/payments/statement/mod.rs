//! An instructor's earnings of a span of days, to take away: as a table and as a page to file.

mod pdf;
mod sheet;

pub use pdf::pdf;
pub use sheet::csv;

use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, TimeZone, plus_days, today_in, utc_to_local};
use crate::payments::ops::{LessonEarning, earnings};
use crate::site::Site;

/// Days a statement covers unless told otherwise (rule: 10§7).
const USUAL_DAYS: i64 = 90;

/// What was paid out in a span of days, both included.
pub struct Statement {
    pub name: String,
    pub from: Date,
    pub to: Date,
    pub zone: TimeZone,
    /// The first payout first.
    pub lessons: Vec<LessonEarning>,
}

impl Statement {
    pub fn total(&self, of: impl Fn(&LessonEarning) -> Cents) -> Cents {
        self.lessons.iter().map(of).sum()
    }

    /// `earnings-2026-08-12-to-2026-11-10`.
    pub fn file_name(&self) -> String {
        format!("earnings-{}-to-{}", self.from, self.to)
    }
}

/// Judges the span and gathers what was paid in it.
pub fn statement(
    site: &Site,
    (user, name): (UserId, String),
    zone: TimeZone,
    from: Option<Date>,
    to: Option<Date>,
) -> Outcome<Statement> {
    let to = to.unwrap_or_else(|| today_in(site.now(), &zone));
    let from = from.unwrap_or_else(|| plus_days(to, -(USUAL_DAYS - 1)));
    if from > to {
        return Err(Refusal::invalid("start_date", "Not after the end."));
    }
    let mut lessons = site.read(|r| earnings(r, user))?.lessons;
    lessons.retain(|lesson| (from..=to).contains(&utc_to_local(lesson.paid_at, &zone).0));
    lessons.reverse();
    Ok(Statement { name, from, to, zone, lessons })
}
