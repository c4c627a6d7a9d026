//! Weeks: windows, saving, copying, repeating.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::availability::ops::week::{Applied, Copied, Saved};
use crate::availability::rules::bits::{Day, Tag, Window};
use crate::availability::rules::week::{Days, MAX_WINDOWS, Wanted, stretch};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime, plus_days};

/// A published stretch; the day's end is `24:00`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowView {
    pub start_time: WallTime,
    pub end_time: WallTime,
    /// Left out when the time is offered for any kind of lesson.
    #[serde(default, skip_serializing_if = "Tag::is_any")]
    pub tag: Tag,
}

impl From<Window> for WindowView {
    fn from(w: Window) -> Self {
        Self { start_time: w.start, end_time: w.end, tag: w.tag }
    }
}

/// Date → its windows; days without any are left out.
pub type WeekMap = BTreeMap<Date, Vec<WindowView>>;

pub fn week_map(days: &Days) -> WeekMap {
    let listed = days.iter().filter(|(_, day)| !day.is_empty());
    listed.map(|(date, day)| (*date, windows_of(day))).collect()
}

fn windows_of(day: &Day) -> Vec<WindowView> {
    day.windows().into_iter().map(WindowView::from).collect()
}

/// The days that a week map describes; windows past midnight are split.
pub fn days_of(field: &str, map: &WeekMap) -> Outcome<Days> {
    if map.values().map(Vec::len).sum::<usize>() > MAX_WINDOWS || map.len() > 31 {
        return Err(Refusal::invalid(field, format!("At most {MAX_WINDOWS} windows.")));
    }
    let mut days = Days::new();
    for (date, windows) in map {
        for (i, w) in windows.iter().enumerate() {
            let (end, spill) = stretch(w.start_time, w.end_time, &format!("{field}.{date}[{i}]."))?;
            days.entry(*date).or_default().open(w.start_time, end, w.tag);
            if let Some(end) = spill {
                days.entry(plus_days(*date, 1)).or_default().open(WallTime::START, end, w.tag);
            }
        }
    }
    Ok(days)
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleItem {
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    #[serde(default)]
    pub tag: Tag,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveWeekBody {
    /// A Monday; left out, the week of the earliest window.
    pub week_start: Option<Date>,
    #[schema(max_items = 1000)]
    pub schedule: Vec<ScheduleItem>,
    /// Whether days that are not listed lose their windows.
    #[serde(default = "yes")]
    pub clear_existing: bool,
    /// The version that was read; refused with 409 if the week is another one by now.
    pub base_version: Option<String>,
    /// Another name of `base_version`.
    pub version: Option<String>,
    #[serde(default, rename = "override")]
    pub force: bool,
}

fn yes() -> bool {
    true
}

impl SaveWeekBody {
    pub fn windows(&self) -> Vec<Wanted> {
        let wanted = |i: &ScheduleItem| Wanted { date: i.date, start: i.start_time, end: i.end_time, tag: i.tag };
        self.schedule.iter().map(wanted).collect()
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SavedView {
    pub message: String,
    pub week_start: Date,
    pub week_end: Date,
    pub windows_created: usize,
    pub windows_updated: usize,
    pub windows_deleted: usize,
    pub days_written: usize,
    pub weeks_affected: usize,
    pub edited_dates: Vec<Date>,
    pub skipped_dates: Vec<Date>,
    pub skipped_past_window: usize,
    pub version: String,
    pub week_version: String,
}

impl From<Saved> for SavedView {
    fn from(saved: Saved) -> Self {
        let Saved { week_start, plan, version } = saved;
        Self {
            message: if plan.writes.is_empty() { "Nothing changed." } else { "Saved." }.into(),
            week_start,
            week_end: plus_days(week_start, 6),
            windows_created: plan.windows_created,
            windows_updated: 0,
            windows_deleted: 0,
            days_written: plan.writes.len(),
            weeks_affected: plan.weeks_affected(),
            edited_dates: plan.writes.keys().copied().collect(),
            skipped_dates: plan.skipped_dates,
            skipped_past_window: plan.skipped_past_window,
            week_version: version.clone(),
            version,
        }
    }
}

/// A window with its date, for lists.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DatedWindow {
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    /// Left out when the time is offered for any kind of lesson.
    #[serde(skip_serializing_if = "Tag::is_any")]
    pub tag: Tag,
}

impl DatedWindow {
    pub fn all_of(date: Date, day: &Day) -> Vec<Self> {
        let dated = |w: Window| Self { date, start_time: w.start, end_time: w.end, tag: w.tag };
        day.windows().into_iter().map(dated).collect()
    }
}

/// A week as bytes: base64 of 36 bytes of slots and 72 of tags for each of its days.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BitmapWeek {
    pub version: String,
    pub days: Vec<BitmapDay>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BitmapDay {
    pub date: Date,
    pub bits: String,
    pub format_tags: String,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyWeekBody {
    pub from_week_start: Date,
    pub to_week_start: Date,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CopiedView {
    pub message: String,
    pub source_week_start: Date,
    pub target_week_start: Date,
    pub windows_copied: usize,
    pub version: String,
}

impl CopiedView {
    pub fn of(source_week_start: Date, target_week_start: Date, copied: Copied) -> Self {
        Self {
            message: if copied.plan.writes.is_empty() { "Nothing changed." } else { "Copied." }.into(),
            source_week_start,
            target_week_start,
            windows_copied: copied.windows_copied,
            version: copied.version,
        }
    }
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyRangeBody {
    pub from_week_start: Date,
    pub start_date: Date,
    pub end_date: Date,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AppliedView {
    pub message: String,
    pub weeks_applied: usize,
    pub weeks_affected: usize,
    pub days_written: usize,
    pub windows_created: usize,
    pub skipped_past_targets: usize,
    pub edited_dates: Vec<Date>,
    pub written_dates: Vec<Date>,
    pub dates_processed: usize,
    pub dates_with_windows: usize,
}

impl From<Applied> for AppliedView {
    fn from(applied: Applied) -> Self {
        let Applied { plan, weeks_applied, dates_processed, dates_with_windows } = applied;
        let written: Vec<Date> = plan.writes.keys().copied().collect();
        Self {
            message: if written.is_empty() { "Nothing changed." } else { "Repeated." }.into(),
            weeks_applied,
            weeks_affected: plan.weeks_affected(),
            days_written: written.len(),
            windows_created: plan.windows_created,
            skipped_past_targets: plan.skipped_dates.len(),
            edited_dates: written.clone(),
            written_dates: written,
            dates_processed,
            dates_with_windows,
        }
    }
}

/// One window on one date, as sent and as merged.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecificDate {
    pub specific_date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    #[serde(default, skip_serializing_if = "Tag::is_any")]
    pub tag: Tag,
}
