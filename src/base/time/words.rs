//! Times and dates as people read them on our pages: "4:30 pm", "Thu Nov 12", "4:30 to 5:30 pm".

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Timestamp, WallTime};

/// "4:30 pm"; noon and midnight are named, so nobody has to think about 12.
pub fn fmt_clock(wall: WallTime) -> String {
    let (text, half) = halves(wall);
    format!("{text} {half}")
}

fn halves(wall: WallTime) -> (String, &'static str) {
    let minutes = wall.minutes() % 1440;
    let (hour, minute) = (minutes / 60, minutes % 60);
    let half = if hour < 12 { "am" } else { "pm" };
    (format!("{}:{minute:02}", if hour.is_multiple_of(12) { 12 } else { hour % 12 }), half)
}

/// "4:30 to 5:30 pm", "11:30 am to 12:30 pm".
pub fn fmt_range(start: WallTime, end: WallTime) -> String {
    let ((from, from_half), (to, to_half)) = (halves(start), halves(end));
    if from_half == to_half {
        format!("{from} to {to} {to_half}")
    } else {
        format!("{from} {from_half} to {to} {to_half}")
    }
}

/// "Thu Nov 12".
pub fn fmt_date(date: Date) -> String {
    date.strftime("%a %b %-d").to_string()
}

/// "Thursday, November 12, 2026".
pub fn fmt_date_long(date: Date) -> String {
    date.strftime("%A, %B %-d, %Y").to_string()
}

/// "EST" for the zone as it stands at `at`.
pub fn fmt_zone(at: Timestamp, tz: &TimeZone) -> String {
    tz.to_offset_info(at).abbreviation().to_owned()
}

/// RFC 3339 in UTC with `Z` (contract §3).
pub fn rfc3339(at: Timestamp) -> String {
    at.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_naturally() {
        let wall = |text: &str| text.parse::<WallTime>().unwrap();
        assert_eq!(fmt_clock(wall("16:30")), "4:30 pm");
        assert_eq!(fmt_clock(wall("00:15")), "12:15 am");
        assert_eq!(fmt_range(wall("16:30"), wall("17:30")), "4:30 to 5:30 pm");
        assert_eq!(fmt_range(wall("11:30"), wall("12:30")), "11:30 am to 12:30 pm");
        assert_eq!(fmt_date("2026-11-12".parse().unwrap()), "Thu Nov 12");
    }
}
