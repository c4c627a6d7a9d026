//! Wall times and their instants, across daylight-saving changes (part 30 §1).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};

use super::Timestamp;

/// Minutes after local midnight, 0..=1440; 1440 is the end of the day, written `24:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct WallTime(u16);

impl WallTime {
    pub const START: Self = Self(0);
    pub const END: Self = Self(1440);

    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= 1440).then_some(Self(minutes))
    }

    /// Clamped to the day.
    pub fn clamped(minutes: i64) -> Self {
        Self(minutes.clamp(0, 1440) as u16)
    }

    pub fn minutes(self) -> u16 {
        self.0
    }

    /// Midnight read as the end of a day: `00:00` and `24:00` both mean 1440 there.
    pub fn as_end(self) -> Self {
        if self.0 == 0 { Self::END } else { self }
    }

    /// This many minutes later, if that is still the same day (24:00 included).
    pub fn plus(self, minutes: u16) -> Option<Self> {
        self.0.checked_add(minutes).and_then(Self::from_minutes)
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
impl fmt::Debug for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for WallTime {
    type Err = BadWallTime;
    /// `HH:MM`, or `HH:MM:SS` with zero seconds; up to `24:00`.
    fn from_str(text: &str) -> Result<Self, BadWallTime> {
        let mut parts = text.split(':');
        let mut number = || -> Option<u16> {
            let part = parts.next()?;
            (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let (hours, minutes) = (number().ok_or(BadWallTime)?, number().ok_or(BadWallTime)?);
        let seconds = if text.len() > 5 { number().ok_or(BadWallTime)? } else { 0 };
        if parts.next().is_some() || minutes > 59 || seconds != 0 {
            return Err(BadWallTime);
        }
        Self::from_minutes(hours * 60 + minutes).ok_or(BadWallTime)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadWallTime;
impl fmt::Display for BadWallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time of day as HH:MM")
    }
}
impl std::error::Error for BadWallTime {}

impl Serialize for WallTime {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
impl utoipa::PartialSchema for WallTime {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$|^24:00(:00)?$"))
            .into()
    }
}
impl utoipa::ToSchema for WallTime {}

/// The zone of an IANA name, from the data inside the binary.
pub fn zone(name: &str) -> Option<TimeZone> {
    // "Local" and POSIX strings depend on the host or say nothing; only IANA names are zones here.
    (name == "UTC" || name.contains('/')).then(|| TimeZone::get(name).ok()).flatten()
}

/// Where a wall time lies on the line of instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// The instant; the first of two when the hour repeats.
    At(Timestamp),
    /// The clock jumps over it.
    Gap,
}

impl Local {
    pub fn instant(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Gap => None,
        }
    }
}

fn civil(date: Date, wall: WallTime) -> DateTime {
    let (date, minutes) = if wall.0 == 1440 { (super::plus_days(date, 1), 0) } else { (date, wall.0) };
    date.at((minutes / 60) as i8, (minutes % 60) as i8, 0, 0)
}

/// By the date's own rules: nonexistent times are a gap, ambiguous ones the first occurrence.
pub fn local_to_utc(date: Date, wall: WallTime, tz: &TimeZone) -> Local {
    let ambiguous = tz.to_ambiguous_timestamp(civil(date, wall));
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
        return Local::Gap;
    }
    match ambiguous.earlier() {
        Ok(at) => Local::At(at),
        Err(_) => Local::Gap,
    }
}

/// The local date and wall time (to the minute) of an instant.
pub fn utc_to_local(at: Timestamp, tz: &TimeZone) -> (Date, WallTime) {
    let local = tz.to_datetime(at);
    (local.date(), WallTime(local.hour() as u16 * 60 + local.minute() as u16))
}

pub fn today_in(now: Timestamp, tz: &TimeZone) -> Date {
    utc_to_local(now, tz).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ny() -> TimeZone {
        zone("America/New_York").unwrap()
    }

    #[test]
    fn wall_times_parse_and_print() {
        for (text, want) in [("09:05", "09:05"), ("24:00", "24:00"), ("00:00:00", "00:00")] {
            assert_eq!(text.parse::<WallTime>().unwrap().to_string(), want);
        }
        for bad in ["9:05", "24:01", "12:60", "12:00:30", "12:00:00:00", "ab:cd", "", "+1:00"] {
            assert!(bad.parse::<WallTime>().is_err(), "{bad}");
        }
    }

    #[test]
    fn gaps_and_repeats_of_new_york() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let wall = |text: &str| text.parse::<WallTime>().unwrap();
        assert_eq!(local_to_utc(date("2026-03-08"), wall("02:30"), &ny()), Local::Gap);
        let first = local_to_utc(date("2026-11-01"), wall("01:30"), &ny()).instant().unwrap();
        assert_eq!(first.to_string(), "2026-11-01T05:30:00Z");
        let ten = local_to_utc(date("2026-03-08"), wall("10:00"), &ny()).instant().unwrap();
        assert_eq!(ten.to_string(), "2026-03-08T14:00:00Z");
        let end = local_to_utc(date("2026-03-08"), WallTime::END, &ny()).instant().unwrap();
        assert_eq!(utc_to_local(end, &ny()), (date("2026-03-09"), WallTime::START));
    }

    #[test]
    fn only_iana_names_are_zones() {
        assert!(zone("Europe/Berlin").is_some());
        for bad in ["", "EST5EDT4", "Mars/Olympus", "local"] {
            assert!(zone(bad).is_none(), "{bad}");
        }
    }
}
