//! Time: a clock that is handed down, instants in UTC, wall times with their zone, and how both are written.
//!
//! Elapsed arithmetic happens on [`Timestamp`], calendar arithmetic on [`Date`]; nobody adds hours to a zoned wall
//! clock (part 30 §1).

mod clock;
mod wall;
mod words;

pub use clock::Clock;
pub use jiff::civil::{Date, Weekday};
pub use jiff::tz::TimeZone;
pub use jiff::{SignedDuration, Span, Timestamp};
pub use wall::{Local, WallTime, local_to_utc, today_in, utc_to_local, zone};
pub use words::{fmt_clock, fmt_date, fmt_date_long, fmt_range, fmt_zone, rfc3339};

/// `at` plus whole seconds; stays at the ends of time instead of failing.
pub fn plus_seconds(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(at)
}

pub fn plus_minutes(at: Timestamp, minutes: i64) -> Timestamp {
    plus_seconds(at, minutes.saturating_mul(60))
}

pub fn plus_hours(at: Timestamp, hours: i64) -> Timestamp {
    plus_seconds(at, hours.saturating_mul(3600))
}

/// Calendar days later; stays at the ends of the calendar.
pub fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days.clamp(-4_000_000, 4_000_000)))
}

/// Every date from `from` to `to`, both included; it ends also at the end of the calendar, which no date passes.
pub fn dates(from: Date, to: Date) -> impl Iterator<Item = Date> {
    (0..=days_between(from, to)).map(move |n| plus_days(from, n))
}

/// Whole days from `a` to `b`.
pub fn days_between(a: Date, b: Date) -> i64 {
    a.until(b).map(|span| i64::from(span.get_days())).unwrap_or(0)
}

/// A date as the API takes it, `YYYY-MM-DD` and nothing else that could be read as one (contract §3).
pub fn dashed<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
    let whole = text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]);
    let date = if whole { text.parse().ok() } else { None };
    date.ok_or_else(|| serde::de::Error::custom("a date is YYYY-MM-DD"))
}

/// The same where it may be left out; with `#[serde(default)]`.
pub fn dashed_or_none<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Dashed(#[serde(deserialize_with = "dashed")] Date);
    let read: Option<Dashed> = serde::Deserialize::deserialize(from)?;
    Ok(read.map(|read| read.0))
}

/// The Monday of the week `date` lies in.
pub fn monday_of(date: Date) -> Date {
    plus_days(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_its_dashes() {
        #[derive(serde::Deserialize)]
        struct Asked {
            #[serde(deserialize_with = "dashed")]
            on: Date,
            #[serde(default, deserialize_with = "dashed_or_none")]
            until: Option<Date>,
        }
        let read = |text: &str| serde_json::from_str::<Asked>(text).map(|asked| (asked.on, asked.until)).ok();
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(read(r#"{"on":"2026-06-05"}"#), Some((day("2026-06-05"), None)));
        assert_eq!(
            read(r#"{"on":"2026-06-05","until":"2026-06-06"}"#),
            Some((day("2026-06-05"), Some(day("2026-06-06"))))
        );
        assert!(read(r#"{"on":"2026-06-05","until":null}"#).is_some());
        for wrong in ["20260605", "2026-6-05", "2026-06-05T10:00", "2026-02-30", "-002026-06-05", ""] {
            assert!(read(&format!(r#"{{"on":"{wrong}"}}"#)).is_none(), "{wrong}");
        }
    }

    #[test]
    fn dates_end_also_where_the_calendar_does() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let texts = |from, to| dates(day(from), day(to)).map(|date| date.to_string()).collect::<Vec<_>>();
        assert_eq!(texts("2028-02-28", "2028-03-01"), ["2028-02-28", "2028-02-29", "2028-03-01"]);
        assert_eq!(texts("9999-12-30", "9999-12-31"), ["9999-12-30", "9999-12-31"]);
        assert!(texts("2028-03-01", "2028-02-28").is_empty());
    }
}
