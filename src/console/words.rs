//! Instants, spans and states as the console says them.

use crate::base::text::count;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, utc_to_local};
use crate::bookings::model::{Booking, Status};
use crate::payments::model::{ActionKind, BookingPayment, PaymentStatus};

/// Instants in the marketplace's zone, short for today.
#[derive(Clone, Debug)]
pub struct Moments {
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl Moments {
    /// "today 4:30 pm", "Mon Nov 9, 4:30 pm"; the year only where it is another.
    pub fn at(&self, at: Timestamp) -> String {
        let ((date, wall), (today, _)) = (utc_to_local(at, &self.zone), utc_to_local(self.now, &self.zone));
        if date == today {
            format!("today {}", fmt_clock(wall))
        } else if date.year() == today.year() {
            format!("{}, {}", fmt_date(date), fmt_clock(wall))
        } else {
            format!("{}, {}", date.strftime("%b %-d, %Y"), fmt_clock(wall))
        }
    }

    /// "2:16:11 pm".
    pub fn second(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%-I:%M:%S %P").to_string()
    }

    /// "Nov 9, 2026".
    pub fn day(&self, at: Timestamp) -> String {
        utc_to_local(at, &self.zone).0.strftime("%b %-d, %Y").to_string()
    }

    /// "3 h 44 min ago", "in 2 days".
    pub fn distance(&self, at: Timestamp) -> String {
        if at > self.now { format!("in {}", span(self.now, at)) } else { format!("{} ago", span(at, self.now)) }
    }
}

/// "3 h 44 min", "12 min", "5 days"; rounded down.
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.duration_since(from).as_mins().max(0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, min) => format!("{min} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, min) => format!("{hours} h {min} min"),
        (days, ..) => count(usize::try_from(days).unwrap_or(usize::MAX), "day", "days"),
    }
}

/// How pressing a state is; pages give it a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Plain,
    Good,
    Wait,
    Bad,
}

/// How a lesson stands.
pub fn lesson_state(booking: &Booking, now: Timestamp) -> (Mood, &'static str) {
    match booking.status {
        Status::Pending => (Mood::Wait, "Held, not paid"),
        Status::Confirmed if now >= booking.end => (Mood::Plain, "Took place"),
        Status::Confirmed if now >= booking.start => (Mood::Plain, "Under way"),
        Status::Confirmed => (Mood::Plain, "Confirmed"),
        Status::Completed => (Mood::Plain, "Completed"),
        Status::Cancelled if booking.rescheduled_to.is_some() => (Mood::Plain, "Moved"),
        Status::Cancelled => (Mood::Plain, "Cancelled"),
        Status::NoShow if booking.no_show.as_ref().is_some_and(|report| report.resolved_at.is_some()) => {
            (Mood::Plain, "No-show")
        }
        Status::NoShow => (Mood::Wait, "No-show reported"),
        Status::PaymentFailed => (Mood::Plain, "Not paid in time"),
    }
}

/// Where a payment stands.
pub fn money_state(payment: &BookingPayment) -> (Mood, &'static str) {
    match payment.status {
        PaymentStatus::Scheduled | PaymentStatus::Authorized | PaymentStatus::Locked if payment.settling.is_some() => {
            (Mood::Plain, "Being settled")
        }
        PaymentStatus::Scheduled if !payment.promised => (Mood::Plain, "Nothing yet"),
        PaymentStatus::Scheduled => (Mood::Plain, "Scheduled"),
        PaymentStatus::Authorized => (Mood::Plain, "Authorised"),
        PaymentStatus::PaymentMethodRequired => (Mood::Bad, "Card needed"),
        PaymentStatus::Locked => (Mood::Plain, "Locked in"),
        PaymentStatus::ManualReview => (Mood::Wait, "Manual review"),
        PaymentStatus::Settled if payment.instructor_payout.is_positive() => (Mood::Plain, "Settled"),
        PaymentStatus::Settled if payment.refunded_to_card.is_positive() => (Mood::Plain, "Refunded"),
        PaymentStatus::Settled if payment.captured.is_positive() => (Mood::Plain, "Settled"),
        PaymentStatus::Settled => (Mood::Plain, "No charge"),
    }
}

/// What a call to the provider does, as a heading.
pub fn action_words(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Authorize { .. } => "Authorisation",
        ActionKind::Capture => "Charge",
        ActionKind::Release => "Release of the hold",
        ActionKind::Refund => "Refund",
        ActionKind::Transfer => "Payout",
        ActionKind::TopUp => "Payout from our own money",
        ActionKind::Reverse => "Payout taken back",
        ActionKind::Restore => "Payout made again",
        ActionKind::Tip => "Tip",
        ActionKind::TipTransfer => "Payout of the tip",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::zone;

    #[test]
    fn instants_are_short_for_today_and_long_for_another_year() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let times = Moments { now: at("2026-11-10T19:05:00Z"), zone: zone("America/New_York").unwrap() };
        assert_eq!(times.at(at("2026-11-10T21:30:00Z")), "today 4:30 pm");
        assert_eq!(times.at(at("2026-11-09T21:30:00Z")), "Mon Nov 9, 4:30 pm");
        assert_eq!(times.at(at("2025-11-09T21:30:00Z")), "Nov 9, 2025, 4:30 pm");
        assert_eq!(times.second(at("2026-11-10T19:16:11Z")), "2:16:11 pm");
        assert_eq!(times.distance(at("2026-11-10T22:49:00Z")), "in 3 h 44 min");
        assert_eq!(times.distance(at("2026-11-05T19:05:00Z")), "5 days ago");
    }
}
