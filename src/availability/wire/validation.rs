//! The dry run of a save.

use serde::{Deserialize, Serialize};

use super::week::{WeekMap, WindowView};
use crate::availability::rules::diff::{Change, Step};
use crate::base::id::BookingId;
use crate::base::time::{Date, WallTime, fmt_date};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateBody {
    pub week_start: Date,
    /// The week as edited.
    #[schema(value_type = BTreeMap<String, Vec<WindowView>>)]
    pub current_week: WeekMap,
    /// The week as it was read.
    #[schema(value_type = BTreeMap<String, Vec<WindowView>>)]
    pub saved_week: WeekMap,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Validation {
    pub valid: bool,
    pub summary: ValidationSummary,
    pub details: Vec<ValidationDetail>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ValidationSummary {
    pub total_operations: usize,
    pub valid_operations: usize,
    pub invalid_operations: usize,
    pub adds: usize,
    pub removes: usize,
    pub has_conflicts: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ValidationDetail {
    /// `add` or `remove`.
    pub action: &'static str,
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    pub valid: bool,
    pub reason: Option<String>,
    /// Lessons booked in time that is taken back; they stay.
    pub affected_bookings: Vec<BookingId>,
}

impl Validation {
    /// `affected` finds the lessons inside a stretch.
    pub fn of(steps: Vec<Step>, affected: impl Fn(&Step) -> Vec<BookingId>) -> Self {
        let details: Vec<ValidationDetail> = steps
            .iter()
            .map(|step| ValidationDetail {
                action: if step.change == Change::Add { "add" } else { "remove" },
                date: step.date,
                start_time: step.start,
                end_time: step.end,
                valid: step.refused.is_none(),
                reason: step.refused.map(str::to_owned),
                affected_bookings: if step.change == Change::Remove { affected(step) } else { Vec::new() },
            })
            .collect();
        let touched = details.iter().filter(|d| !d.affected_bookings.is_empty());
        let warnings = touched
            .map(|d| {
                let lessons = crate::base::text::count(d.affected_bookings.len(), "lesson is", "lessons are");
                format!("{}: {lessons} booked in the time you take back. They stay booked.", fmt_date(d.date))
            })
            .collect::<Vec<_>>();
        let invalid = details.iter().filter(|d| !d.valid).count();
        let adds = details.iter().filter(|d| d.action == "add").count();
        let summary = ValidationSummary {
            total_operations: details.len(),
            valid_operations: details.len() - invalid,
            invalid_operations: invalid,
            adds,
            removes: details.len() - adds,
            has_conflicts: !warnings.is_empty(),
        };
        Self { valid: invalid == 0, summary, details, warnings }
    }
}
