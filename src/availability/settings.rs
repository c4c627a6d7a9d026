//! What a business person may change about calendars.

use crate::base::refusal::Outcome;
use crate::site::{Mode, Setting};
use crate::store::Read;

use super::rules::calendar::Platform;

/// `instructor`: each profile's own notice and buffer. `platform`: the marketplace's rules for all (rule: 00§4).
pub static BOOKING_MODE: Setting<String> = Setting {
    key: "booking_rules.mode",
    description: "Whose notice and buffer hold: each instructor's own (instructor) or the marketplace's (platform).",
    default: || "instructor".to_owned(),
    check: |mode| match mode.as_str() {
        "instructor" | "platform" => Ok(()),
        _ => Err("Either instructor or platform."),
    },
};

macro_rules! notices {
    ($($name:ident $key:literal $what:literal $default:ident),+) => {$(
        pub static $name: Setting<u16> = Setting {
            key: $key,
            description: concat!("Minutes of notice before ", $what, " in mode platform."),
            default: || Platform::default().$default,
            check: |minutes| if *minutes <= 1440 { Ok(()) } else { Err("Between 0 and 1440 minutes.") },
        };
    )+};
}
notices! {
    NOTICE_ONLINE "booking_rules.notice_minutes.online" "an online lesson" notice_online,
    NOTICE_STUDIO "booking_rules.notice_minutes.studio" "a lesson at the instructor's place" notice_studio,
    NOTICE_TRAVEL "booking_rules.notice_minutes.travel" "a lesson the instructor travels to" notice_travel
}

pub static ALLOW_PAST: Setting<bool> = Setting {
    key: "availability.allow_past",
    description: "Whether instructors may edit hours that have passed.",
    default: || true,
    check: |_| Ok(()),
};

/// Absent: 30 days in live mode, any age in the sandbox (rule: 30§2.4.4).
pub static PAST_EDIT_WINDOW_DAYS: Setting<Option<u32>> = Setting {
    key: "availability.past_edit_window_days",
    description: "How many days back hours can still be edited; 0 is any age, empty is 30 live and any age in sandbox.",
    default: || None,
    check: |days| if days.unwrap_or(0) <= 3660 { Ok(()) } else { Err("At most ten years.") },
};

/// Absent: yes in live mode, no in the sandbox (rule: 30§2.5).
pub static CLAMP_COPY_TO_FUTURE: Setting<Option<bool>> = Setting {
    key: "availability.clamp_copy_to_future",
    description: "Whether copying and repeating weeks leaves past dates alone; empty is yes live and no in sandbox.",
    default: || None,
    check: |_| Ok(()),
};

pub static RETENTION_ENABLED: Setting<bool> = Setting {
    key: "availability.retention_enabled",
    description: "Whether published days older than 180 days that never had a lesson are deleted every night.",
    default: || false,
    check: |_| Ok(()),
};

/// What instructors may touch of the past.
#[derive(Clone, Copy, Debug)]
pub struct EditPolicy {
    pub allow_past: bool,
    pub edit_window_days: u32,
    pub clamp_copy: bool,
    pub quiet_past: bool,
}

pub fn edit_policy(r: &dyn Read, mode: Mode) -> Outcome<EditPolicy> {
    let live = mode == Mode::Live;
    Ok(EditPolicy {
        allow_past: ALLOW_PAST.read(r)?,
        edit_window_days: PAST_EDIT_WINDOW_DAYS.read(r)?.unwrap_or(if live { 30 } else { 0 }),
        clamp_copy: CLAMP_COPY_TO_FUTURE.read(r)?.unwrap_or(live),
        quiet_past: live,
    })
}

/// The platform's rules, when they are the ones that hold.
pub fn platform(r: &dyn Read) -> Outcome<Option<Platform>> {
    if BOOKING_MODE.read(r)? != "platform" {
        return Ok(None);
    }
    Ok(Some(Platform {
        notice_online: NOTICE_ONLINE.read(r)?,
        notice_studio: NOTICE_STUDIO.read(r)?,
        notice_travel: NOTICE_TRAVEL.read(r)?,
        ..Platform::default()
    }))
}
