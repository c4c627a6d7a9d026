//! A day's hours as a line of text: "9–12, 14–18", "3-7pm", "10am–noon online", read and written.
//!
//! The way to edit a week without a mouse or a script, and with tags: `online` or `no travel` after a range.

use super::bits::{Day, SLOT_MINUTES, Tag, Window};
use crate::base::time::WallTime;

/// Ranges in one line.
const MAX_RANGES: usize = 48;

/// Reads a line; the error is a sentence that quotes what was not understood.
pub fn parse(text: &str) -> Result<Day, String> {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split([',', ';']).map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.len() > MAX_RANGES {
        return Err(format!("At most {MAX_RANGES} ranges a day."));
    }
    let mut day = Day::EMPTY;
    for part in parts {
        let window = range(part)?;
        day.open(window.start, window.end, window.tag);
    }
    Ok(day)
}

fn range(part: &str) -> Result<Window, String> {
    let (hours, tag) = tagged(part);
    let dashed = hours.replace(['–', '—'], "-").replace(" to ", "-");
    let Some((from, to)) = dashed.split_once('-') else {
        let wish = clock(hours, None).is_err().then(|| split_digits(hours)).flatten();
        return Err(match wish {
            Some(wish) => format!("“{hours}” is not a time. Write {wish}?"),
            None => format!("“{hours}” needs a start and an end, like 3–7pm."),
        });
    };
    let (from, to) = (from.trim(), to.trim());
    let end = clock(to, None)?;
    let start = match half_of(to).filter(|_| half_of(from).is_none()) {
        // "3–7pm" means the afternoon, "9–1pm" can only begin in the morning.
        Some(half) => match clock(from, Some(half)) {
            Ok(start) if start < end.as_end() => start,
            _ => clock(from, Some("am"))?,
        },
        None => clock(from, None)?,
    };
    let end = end.as_end();
    if start >= end {
        return Err(format!(
            "“{hours}” ends before it starts. For a night, write two lines: until midnight, and after."
        ));
    }
    Ok(Window { start, end, tag })
}

fn tagged(part: &str) -> (&str, Tag) {
    for (word, tag) in [("online only", Tag::OnlineOnly), ("online", Tag::OnlineOnly), ("no travel", Tag::NoTravel)] {
        if let Some(hours) = part.strip_suffix(word) {
            return (hours.trim(), tag);
        }
    }
    (part, Tag::Any)
}

fn half_of(text: &str) -> Option<&'static str> {
    let text = text.trim_end_matches('.');
    ["am", "pm"].into_iter().find(|half| text.ends_with(half) || text.ends_with(&half[..1]))
}

/// "9", "9:30", "9.30pm", "noon", "midnight"; `half` is used where the text names none.
fn clock(text: &str, half: Option<&str>) -> Result<WallTime, String> {
    let wrong = || match split_digits(text) {
        Some(wish) => format!("“{text}” is not a time. Write {wish}?"),
        None => format!("“{text}” is not a time."),
    };
    match text {
        "noon" => return Ok(WallTime::clamped(720)),
        "midnight" => return Ok(WallTime::START),
        _ => {}
    }
    let named = half_of(text);
    let figures = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == '.');
    let (hour, minute) = figures.split_once([':', '.']).unwrap_or((figures, "0"));
    let number = |t: &str| (t.len() <= 2).then(|| t.parse::<u16>().ok()).flatten().ok_or_else(wrong);
    let (hour, minute) = (number(hour.trim())?, number(minute)?);
    let hour = match named.or(half) {
        Some(_) if !(1..=12).contains(&hour) => return Err(wrong()),
        Some("am") => hour % 12,
        Some(_) => hour % 12 + 12,
        None => hour,
    };
    if minute > 59 || !minute.is_multiple_of(SLOT_MINUTES) {
        return Err(format!("“{text}”: times go in steps of {SLOT_MINUTES} minutes."));
    }
    WallTime::from_minutes(hour * 60 + minute).ok_or_else(wrong)
}

/// "26pm" was probably "2–6pm".
fn split_digits(text: &str) -> Option<String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let half = &text[digits.len()..];
    let (a, b) = (digits.get(..1)?, digits.get(1..2)?);
    (digits.len() == 2 && matches!(half, "am" | "pm") && a < b).then(|| format!("{a}–{b}{half}"))
}

/// "9am–noon, 3:30–7pm online": what [`parse`] reads back unchanged.
pub fn write(day: &Day) -> String {
    let ranges = day.windows().into_iter().map(|w| {
        let (from, to) = (figures(w.start), figures(w.end));
        let same_half = half_of(&to).is_some() && half_of(&from) == half_of(&to);
        let from = if same_half { &from[..from.len() - 2] } else { &from };
        let tag = match w.tag {
            Tag::OnlineOnly => " online",
            Tag::NoTravel => " no travel",
            Tag::Any | Tag::Blocked => "",
        };
        format!("{from}–{to}{tag}")
    });
    ranges.collect::<Vec<_>>().join(", ")
}

fn figures(wall: WallTime) -> String {
    let (hour, minute) = (wall.minutes() / 60, wall.minutes() % 60);
    let half = if hour < 12 { "am" } else { "pm" };
    let hour12 = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    match (hour, minute) {
        (24, _) | (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (_, 0) => format!("{hour12}{half}"),
        _ => format!("{hour12}:{minute:02}{half}"),
    }
}
