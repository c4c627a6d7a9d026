//! What people want to be told about, by which way, and when not. // rule: 30§4.3
//!
//! Mails about security and money are never held back. Everything else follows the category it belongs to; what is not
//! urgent waits until the reader's quiet hours are over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, TimeZone, Timestamp, WallTime, local_to_utc, plus_days, utc_to_local};
use crate::store::{Read, ReadExt, Table, Tx};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationCategory)]
pub enum Category {
    LessonUpdates,
    Messages,
    Reviews,
    LearningTips,
    SystemUpdates,
    Promotional,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationChannel)]
pub enum Channel {
    Email,
    Push,
    Sms,
}

impl Category {
    pub const ALL: [Self; 6] = [
        Self::LessonUpdates,
        Self::Messages,
        Self::Reviews,
        Self::LearningTips,
        Self::SystemUpdates,
        Self::Promotional,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::LessonUpdates => "lesson_updates",
            Self::Messages => "messages",
            Self::Reviews => "reviews",
            Self::LearningTips => "learning_tips",
            Self::SystemUpdates => "system_updates",
            Self::Promotional => "promotional",
        }
    }

    /// As people read it.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::LessonUpdates => ("Lessons", "Booked, moved, cancelled, coming up, done."),
            Self::Messages => ("Messages", "Somebody wrote to you."),
            Self::Reviews => ("Reviews", "A review came in or was answered."),
            Self::LearningTips => ("Learning", "Badges and what others learn."),
            Self::SystemUpdates => ("Changes here", "New on this site."),
            Self::Promotional => ("Offers", "News about prices and offers."),
        }
    }

    /// The category of a mail; `None` for those that are always sent.
    pub fn of_template(template: &str) -> Option<Self> {
        Some(match template {
            "booking_confirmed"
            | "booking_cancelled"
            | "booking_rescheduled"
            | "reminder_24h"
            | "reminder_1h"
            | "lesson_completed" => Self::LessonUpdates,
            "message_received" => Self::Messages,
            "review_received" | "review_reply" => Self::Reviews,
            "badge_earned" | "badge_digest" | "demand_match" => Self::LearningTips,
            "referral_nudge" => Self::Promotional,
            _ => return None,
        })
    }

    /// Waits for the end of quiet hours, and for another day when two came already.
    pub fn can_wait(self) -> bool {
        self != Self::LessonUpdates
    }
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Email, Self::Push, Self::Sms];

    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Push => "push",
            Self::Sms => "sms",
        }
    }
}

fn default_of(category: Category, channel: Channel) -> bool {
    !matches!(
        (category, channel),
        (_, Channel::Sms)
            | (Category::Promotional, _)
            | (Category::Messages, Channel::Email)
            | (Category::SystemUpdates, Channel::Push)
    )
}

fn is_locked(category: Category, channel: Channel) -> bool {
    (category, channel) == (Category::Messages, Channel::Push)
}

/// What somebody chose; whatever is missing is as by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    /// Keys are `category:channel`.
    chosen: BTreeMap<String, bool>,
    pub quiet_from: WallTime,
    pub quiet_to: WallTime,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { chosen: BTreeMap::new(), quiet_from: WallTime::clamped(22 * 60), quiet_to: WallTime::clamped(8 * 60) }
    }
}

/// One switch as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Switch {
    pub category: Category,
    pub channel: Channel,
    pub enabled: bool,
    pub locked: bool,
}

impl Preferences {
    pub fn wants(&self, category: Category, channel: Channel) -> bool {
        let key = format!("{}:{}", category.name(), channel.name());
        self.chosen.get(&key).copied().unwrap_or_else(|| default_of(category, channel))
    }

    pub fn switch(&self, category: Category, channel: Channel) -> Switch {
        Switch { category, channel, enabled: self.wants(category, channel), locked: is_locked(category, channel) }
    }

    pub fn switches(&self) -> Vec<Switch> {
        let every = Category::ALL.into_iter().flat_map(|category| Channel::ALL.map(|channel| (category, channel)));
        every.map(|(category, channel)| self.switch(category, channel)).collect()
    }

    pub fn set(&mut self, category: Category, channel: Channel, enabled: bool) -> Outcome<()> {
        if self.wants(category, channel) == enabled {
            return Ok(());
        }
        if channel == Channel::Sms {
            return Err(Refusal::bad_request("CHANNEL_UNAVAILABLE", "Text messages are not offered here."));
        }
        if is_locked(category, channel) {
            return Err(Refusal::bad_request("PREFERENCE_LOCKED", "This one cannot be switched off."));
        }
        self.chosen.insert(format!("{}:{}", category.name(), channel.name()), enabled);
        Ok(())
    }

    /// When a mail of `template` may leave for a reader in `tz`: `None` if they do not want it.
    pub fn send_at(&self, template: &str, now: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        let Some(category) = Category::of_template(template) else { return Some(now) };
        if !self.wants(category, Channel::Email) {
            return None;
        }
        Some(if category.can_wait() { self.after_quiet(now, tz) } else { now })
    }

    /// The morning after a day that was full: when its quiet hours end.
    pub fn next_morning(&self, day: Date, tz: &TimeZone, otherwise: Timestamp) -> Timestamp {
        local_to_utc(plus_days(day, 1), self.quiet_to, tz).instant().unwrap_or(otherwise)
    }

    /// `now`, or the end of the quiet hours it lies in.
    fn after_quiet(&self, now: Timestamp, tz: &TimeZone) -> Timestamp {
        let (date, wall) = utc_to_local(now, tz);
        let (from, to) = (self.quiet_from, self.quiet_to);
        let over_midnight = from > to;
        let is_quiet = if over_midnight { wall >= from || wall < to } else { wall >= from && wall < to };
        if !is_quiet {
            return now;
        }
        let end_date = if over_midnight && wall >= from { plus_days(date, 1) } else { date };
        local_to_utc(end_date, to, tz).instant().unwrap_or(now)
    }
}

pub static PREFERENCES: Table<UserId, Preferences> = Table::new(0x1B04, "userid_preferences");

pub fn of(read: &dyn Read, user: UserId) -> Outcome<Preferences> {
    Ok(read.get(&PREFERENCES, &user)?.unwrap_or_default())
}

/// Changes some switches, the quiet hours, or both; all or nothing.
pub fn change(
    tx: &mut Tx,
    user: UserId,
    switches: &[(Category, Channel, bool)],
    quiet: Option<(WallTime, WallTime)>,
) -> Outcome<Preferences> {
    let mut preferences = of(tx, user)?;
    for (category, channel, enabled) in switches {
        preferences.set(*category, *channel, *enabled)?;
    }
    if let Some((from, to)) = quiet {
        preferences.quiet_from = if from == WallTime::END { WallTime::START } else { from };
        preferences.quiet_to = if to == WallTime::END { WallTime::START } else { to };
    }
    tx.put(&PREFERENCES, &user, &preferences)?;
    Ok(preferences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::zone;

    #[test]
    fn security_is_always_told_and_the_rest_as_chosen() {
        let ny = zone("America/New_York").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut preferences = Preferences::default();
        let (noon, night) = (at("2026-11-10T17:00:00Z"), at("2026-11-11T04:30:00Z"));
        let morning = at("2026-11-11T13:00:00Z");
        assert_eq!(preferences.send_at("password_changed", night, &ny), Some(night));
        assert_eq!(preferences.send_at("reminder_1h", night, &ny), Some(night), "lessons are urgent");
        assert_eq!(preferences.send_at("review_received", noon, &ny), Some(noon));
        assert_eq!(preferences.send_at("review_received", night, &ny), Some(morning), "waits for 8 am");
        assert_eq!(preferences.send_at("review_received", at("2026-11-11T12:59:00Z"), &ny), Some(morning));
        assert_eq!(preferences.send_at("message_received", noon, &ny), None, "off by default");
        preferences.set(Category::LessonUpdates, Channel::Email, false).unwrap();
        assert_eq!(preferences.send_at("reminder_1h", noon, &ny), None);
        assert_eq!(preferences.set(Category::Messages, Channel::Push, false).unwrap_err().code, "PREFERENCE_LOCKED");
        assert_eq!(preferences.set(Category::Reviews, Channel::Sms, true).unwrap_err().code, "CHANNEL_UNAVAILABLE");
        assert!(preferences.set(Category::Reviews, Channel::Sms, false).is_ok());
        assert_eq!(preferences.switches().len(), 18);
    }
}
