//! What is written down about a calendar: whose, what was open before and after, and what was left alone.
//! // rule: 30§2.1 AuditLog, 20§12

use serde_json::{Map, Value, json};

use super::week::Editor;
use crate::availability::model::CalendarSettings;
use crate::availability::rules::week::{Days, Plan};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, monday_of};
use crate::site::audit::{self, By, Deed};
use crate::store::Tx;

const ENTITY: &str = "availability";

/// Days that were written, under the week the change begins in.
pub(super) fn edited(
    tx: &mut Tx,
    editor: &Editor,
    action: &'static str,
    start: Date,
    (was, plan): (&Days, &Plan),
) -> Outcome<()> {
    let before = json!({ "windows": windows(was), "window_count": count(was) });
    let after = json!({
        "windows": windows(&plan.writes),
        "window_count": count(&plan.writes),
        "windows_created": plan.windows_created,
        "windows_removed": plan.windows_removed,
        "edited_dates": plan.writes.keys().collect::<Vec<_>>(),
        "skipped_dates": plan.skipped_dates,
    });
    let deed = Deed::on(action, ENTITY, week_id(editor.instructor, start)).change(before, after);
    audit::record(tx, &editor.by, deed)
}

/// Days taken off (`block_dates`) or given back (`unblock_date`).
pub(super) fn days_off(tx: &mut Tx, by: &By, who: UserId, action: &'static str, dates: &[Date]) -> Outcome<()> {
    let Some(first) = dates.first() else { return Ok(()) };
    let deed = Deed::on(action, ENTITY, week_id(who, *first)).change(Value::Null, json!({ "dates": dates }));
    audit::record(tx, by, deed)
}

pub(super) fn settings(
    tx: &mut Tx,
    by: &By,
    who: UserId,
    was: &CalendarSettings,
    now: &CalendarSettings,
) -> Outcome<()> {
    let told = |settings: &CalendarSettings| {
        json!({
            "non_travel_buffer_minutes": settings.non_travel_buffer_minutes,
            "travel_buffer_minutes": settings.travel_buffer_minutes,
            "overnight_protection_enabled": settings.overnight_protection_enabled,
        })
    };
    audit::record(tx, by, Deed::on("calendar_settings", ENTITY, who).change(told(was), told(now)))
}

fn week_id(who: UserId, date: Date) -> String {
    format!("{who}:{}", monday_of(date))
}

fn count(days: &Days) -> usize {
    days.values().map(|day| day.windows().len()).sum()
}

fn windows(days: &Days) -> Value {
    let said = |day: &crate::availability::rules::bits::Day| -> Value {
        day.windows().into_iter().map(|w| json!({ "start_time": w.start, "end_time": w.end })).collect()
    };
    Value::Object(days.iter().map(|(date, day)| (date.to_string(), said(day))).collect::<Map<_, _>>())
}
