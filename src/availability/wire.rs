//! The shapes of availability on the wire (contract §7 Time, part 30 §2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::{Blackout, CalendarSettings};
use super::ops::blackouts::Added;
use super::ops::week::{Applied, Copied, Saved};
use super::rules::bits::{Day, Tag, Window};
use super::rules::diff::{Change, Step};
use super::rules::sheet::OpenDay;
use super::rules::week::{Days, MAX_WINDOWS, Wanted, stretch};
use crate::base::id::{BlackoutId, BookingId, UserId};
use crate::base::paging::Page;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, Timestamp, WallTime, fmt_date, plus_days};

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
    #[serde(flatten)]
    pub window: WindowView,
}

impl DatedWindow {
    pub fn all_of(date: Date, day: &Day) -> Vec<Self> {
        windows_of(day).into_iter().map(|window| Self { date, window }).collect()
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

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBlackoutBody {
    pub date: Date,
    /// The last day, to take several off.
    pub end_date: Option<Date>,
    #[schema(max_length = 255)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BlackoutView {
    pub id: BlackoutId,
    pub date: Date,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    /// Lessons that take place on the day all the same.
    pub affected_bookings: Vec<BookingId>,
}

impl BlackoutView {
    pub fn of(blackout: Blackout, affected_bookings: Vec<BookingId>) -> Self {
        let Blackout { id, date, reason, created_at, .. } = blackout;
        Self { id, date, reason, created_at, affected_bookings }
    }
}

impl From<Added> for BlackoutView {
    fn from(added: Added) -> Self {
        Self::of(added.blackout, added.affected)
    }
}

/// One day off, or a list of them when a range was taken off.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum NewBlackoutAnswer {
    One(BlackoutView),
    Several(Page<BlackoutView>),
}

impl NewBlackoutAnswer {
    pub fn of(mut added: Vec<BlackoutView>, range: bool) -> Self {
        match (range, added.pop()) {
            (false, Some(one)) => Self::One(one),
            (_, last) => {
                added.extend(last);
                Self::Several(Page::whole(added))
            }
        }
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Deleted {
    pub success: bool,
}

/// A lesson in the week, for the editor's grid.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BookedSlot {
    pub booking_id: BookingId,
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    pub student_first_name: String,
    pub student_last_initial: String,
    pub service_name: String,
    pub service_area_short: Option<String>,
    pub duration_minutes: i64,
    pub location_type: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DetailLevel {
    #[default]
    Full,
    /// Mornings, afternoons and evenings.
    Summary,
    /// Only how much there is.
    Minimal,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicAvailability {
    pub instructor_id: UserId,
    pub instructor_first_name: String,
    pub instructor_last_initial: String,
    /// IANA name; all times are this zone's.
    pub timezone: String,
    pub detail_level: DetailLevel,
    /// Absent at level `minimal`.
    #[schema(value_type = Option<BTreeMap<String, PublicDay>>)]
    pub availability_by_date: Option<BTreeMap<Date, PublicDay>>,
    /// At level `summary`.
    #[schema(value_type = Option<BTreeMap<String, DayParts>>)]
    pub availability_summary: Option<BTreeMap<Date, DayParts>>,
    pub total_available_slots: usize,
    pub earliest_available_date: Option<Date>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicDay {
    pub date: Date,
    pub available_slots: Vec<PublicSlot>,
    pub is_blackout: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicSlot {
    pub start_time: WallTime,
    pub end_time: WallTime,
}

/// Whether anything is free before noon, before five, and after.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DayParts {
    pub date: Date,
    pub morning_available: bool,
    pub afternoon_available: bool,
    pub evening_available: bool,
    pub total_hours: f64,
}

const NOON: u16 = 12 * 60;
const EVENING: u16 = 17 * 60;

impl PublicDay {
    pub fn of(date: Date, day: &OpenDay) -> Self {
        let slots = day.windows.iter().map(|(start, end)| PublicSlot { start_time: *start, end_time: *end });
        Self { date, available_slots: slots.collect(), is_blackout: day.is_blackout }
    }
}

impl DayParts {
    pub fn of(date: Date, day: &OpenDay) -> Self {
        let touches = |from: u16, to: u16| day.windows.iter().any(|(a, b)| a.minutes() < to && from < b.minutes());
        let minutes: u32 = day.windows.iter().map(|(a, b)| u32::from(b.minutes() - a.minutes())).sum();
        Self {
            date,
            morning_available: touches(0, NOON),
            afternoon_available: touches(NOON, EVENING),
            evening_available: touches(EVENING, WallTime::END.minutes()),
            total_hours: f64::from(minutes) / 60.0,
        }
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NextAvailable {
    pub found: bool,
    pub date: Option<Date>,
    pub start_time: Option<WallTime>,
    pub end_time: Option<WallTime>,
    pub duration_minutes: u16,
    pub timezone: String,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarSettingsBody {
    #[schema(minimum = 10, maximum = 120)]
    pub non_travel_buffer_minutes: Option<u16>,
    #[schema(minimum = 30, maximum = 120)]
    pub travel_buffer_minutes: Option<u16>,
    pub overnight_protection_enabled: Option<bool>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CalendarSettingsView {
    pub non_travel_buffer_minutes: u16,
    pub travel_buffer_minutes: u16,
    pub overnight_protection_enabled: bool,
    pub calendar_settings_acknowledged_at: Option<Timestamp>,
}

impl From<CalendarSettings> for CalendarSettingsView {
    fn from(s: CalendarSettings) -> Self {
        Self {
            non_travel_buffer_minutes: s.non_travel_buffer_minutes,
            travel_buffer_minutes: s.travel_buffer_minutes,
            overnight_protection_enabled: s.overnight_protection_enabled,
            calendar_settings_acknowledged_at: s.acknowledged_at,
        }
    }
}
