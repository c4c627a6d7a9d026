//! One lesson as a calendar file (RFC 5545): a stable UID, a sequence that rises with every change, a cancelled
//! status when the lesson is off.

use super::model::{Booking, Status};
use crate::base::time::Timestamp;

/// What the file says besides the booking's own facts.
pub struct Words<'a> {
    /// "Piano with Sarah C."
    pub title: &'a str,
    pub place: &'a str,
    pub url: &'a str,
    /// Makes the UID unique in the world.
    pub host: &'a str,
}

pub fn calendar(booking: &Booking, words: &Words<'_>, now: Timestamp) -> String {
    let cancelled = matches!(booking.status, Status::Cancelled | Status::PaymentFailed);
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//instainstru//lessons//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{}", if cancelled { "CANCEL" } else { "PUBLISH" }),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{}", booking.id, words.host),
        format!("SEQUENCE:{}", booking.version),
        format!("DTSTAMP:{}", stamp(now)),
        format!("DTSTART:{}", stamp(booking.start)),
        format!("DTEND:{}", stamp(booking.end)),
        format!("SUMMARY:{}", escaped(words.title)),
        format!("LOCATION:{}", escaped(words.place)),
        format!("DESCRIPTION:{}", escaped(&format!("Reference {}. {}", booking.reference(), words.url))),
        format!("URL:{}", words.url),
        format!("STATUS:{}", if cancelled { "CANCELLED" } else { "CONFIRMED" }),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Content lines are at most 75 bytes; the rest goes on after a line break and a space.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut bytes = 0;
    for c in line.chars() {
        if bytes + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            bytes = 1;
        }
        out.push(c);
        bytes += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}
