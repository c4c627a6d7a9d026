//! Sentences that several pages of a booking share: deadlines, what is left, how things stand.

use maud::{Markup, html};

use crate::base::text::count;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, fmt_zone, utc_to_local, zone};
use crate::bookings::model::{Accused, Booking, Status};
use crate::web::components::{Tone, badge};

/// The zone a booking's wall times are in; every booking carries one that existed when it was made.
pub fn zone_of(name: &str) -> TimeZone {
    zone(name).unwrap_or(TimeZone::UTC)
}

/// "Wed Nov 11, 4:30 pm"
pub fn moment(at: Timestamp, tz: &TimeZone) -> String {
    let (date, wall) = utc_to_local(at, tz);
    format!("{}, {}", fmt_date(date), fmt_clock(wall))
}

/// A deadline in the lesson's zone, and in the reader's too when their clocks differ (part 50 §2 A5).
pub fn deadline(at: Timestamp, lesson: &TimeZone, reader: Option<&TimeZone>) -> Markup {
    let there = moment(at, lesson);
    let here = reader.map(|tz| (moment(at, tz), fmt_zone(at, tz))).filter(|(words, _)| *words != there);
    html! {
        time datetime=(at) { (there) }
        @if let Some((words, name)) = here { " " (fmt_zone(at, lesson)) ", " (words) " " (name) }
    }
}

/// "New York time": the zone as people call it.
pub fn zone_words(name: &str) -> String {
    let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    if city == "UTC" { city } else { format!("{city} time") }
}

/// "50 hours and 15 minutes", "40 minutes"; to the minute, rounded down.
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.duration_since(from).as_mins().max(0);
    let (hours, minutes) = ((minutes / 60) as usize, (minutes % 60) as usize);
    match (hours, minutes) {
        (0, minutes) => count(minutes, "minute", "minutes"),
        (hours, 0) => count(hours, "hour", "hours"),
        (hours, minutes) => {
            format!("{} and {}", count(hours, "hour", "hours"), count(minutes, "minute", "minutes"))
        }
    }
}

fn no_show(accused: Accused) -> &'static str {
    match accused {
        Accused::Student => "Student did not come",
        Accused::Instructor => "Instructor did not come",
    }
}

/// How a lesson stands, in a few words.
pub fn status_badge(booking: &Booking, card_needed: bool, now: Timestamp) -> Markup {
    let (tone, words) = match booking.status {
        Status::Pending => (Tone::Warn, "Held, not paid"),
        Status::Confirmed | Status::Completed if card_needed => (Tone::Warn, "Card needed"),
        Status::Confirmed if now >= booking.end => (Tone::Info, "Took place"),
        Status::Confirmed => (Tone::Ok, "Confirmed"),
        Status::Completed => (Tone::Ok, "Completed"),
        Status::Cancelled if booking.rescheduled_to.is_some() => (Tone::Plain, "Moved"),
        Status::Cancelled => (Tone::Plain, "Cancelled"),
        Status::NoShow => match &booking.no_show {
            Some(report) if report.resolved_at.is_some() => (Tone::Plain, no_show(report.accused)),
            Some(report) if report.disputed_at.is_some() => (Tone::Warn, "No-show disputed"),
            _ => (Tone::Warn, "No-show reported"),
        },
        Status::PaymentFailed => (Tone::Plain, "Not paid in time"),
    };
    badge(tone, words)
}
