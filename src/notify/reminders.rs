//! Reminders: timers at T−24 h and T−1 h of elapsed time. // rule: 00§4 reminders
//!
//! A timer asks the lesson again when it rings, so a cancelled or moved one stays silent. One that rings late (the
//! program was down) still tells, until the lesson starts.

use serde::{Deserialize, Serialize};

use crate::base::id::{BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp, plus_days, plus_hours, today_in, zone};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::tables::{load, with_status};
use crate::jobs::{self, Job, JobCall};
use crate::site::Site;
use crate::store::{Dir, ReadExt, Span, Tx};

use super::consumer::to_parties;
use super::letter::Sender;
use super::mails::lesson;
use super::ops;
use super::tables::BY_KEY;

pub const JOB: &str = "reminders";
const BOTH: [Side; 2] = [Side::Student, Side::Instructor];
/// Lessons of one day that can be reminded of at once.
const DAY_LESSONS: usize = 50_000;
/// Lessons of one write: some mails each, and a write has a size.
const LESSONS_AT_ONCE: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    Day,
    Hour,
}

#[derive(Serialize, Deserialize)]
struct Call {
    booking_id: BookingId,
    kind: Kind,
}

/// Sets the timers of a lesson promised at `now`; the first is left out when it was booked later than that.
pub fn plan(tx: &mut Tx, booking_id: BookingId, start: Timestamp, now: Timestamp) -> Outcome<()> {
    if start <= now {
        return Ok(());
    }
    for (kind, name, hours) in [(Kind::Day, "24h", 24), (Kind::Hour, "1h", 1)] {
        let due = plus_hours(start, -hours);
        if kind == Kind::Hour || due >= now {
            let call = Call { booking_id, kind };
            jobs::enqueue(tx, Job::new(JOB, format!("{booking_id}:{name}")).due(due).payload(&call)?)?;
        }
    }
    Ok(())
}

pub(super) async fn ring(site: Site, call: JobCall) -> Outcome<()> {
    let Call { booking_id, kind } = call.payload::<Call>()?;
    let sender = ops::sender(&site);
    site.write(move |tx| remind(tx, &sender, booking_id, kind)).await
}

fn remind(tx: &mut Tx, sender: &Sender, id: BookingId, kind: Kind) -> Outcome<()> {
    let booking = match load(tx, id) {
        Ok(booking) => booking,
        Err(Refusal { status: 404, .. }) => return Ok(()),
        Err(refusal) => return Err(refusal),
    };
    if booking.status != Status::Confirmed || tx.now() >= booking.start {
        return Ok(());
    }
    to_parties(tx, sender, id, &BOTH, |facts, side| {
        Some(match kind {
            Kind::Day => lesson::reminder_24h(sender, facts, side),
            Kind::Hour => lesson::reminder_1h(sender, facts, side),
        })
    })
}

/// Mails tomorrow's lessons that were not reminded of yet (`POST /bookings/send-reminders`); answers the lessons.
pub async fn send_tomorrows(site: &Site) -> Outcome<usize> {
    let now = site.now();
    let lessons = site.read(|r| with_status(r, Status::Confirmed, plus_hours(now, 72), DAY_LESSONS))?;
    let tomorrow = |booking: &&Booking| {
        let tz = zone(&booking.zone).unwrap_or(TimeZone::UTC);
        booking.start > now && booking.date == plus_days(today_in(now, &tz), 1)
    };
    let lessons: Vec<(BookingId, UserId)> = lessons.iter().filter(tomorrow).map(|b| (b.id, b.student_id)).collect();
    let mut reminded = 0;
    for some in lessons.chunks(LESSONS_AT_ONCE) {
        let (sender, some) = (ops::sender(site), some.to_vec());
        reminded += site.write(move |tx| remind_of(tx, &sender, &some)).await?;
    }
    Ok(reminded)
}

fn remind_of(tx: &mut Tx, sender: &Sender, lessons: &[(BookingId, UserId)]) -> Outcome<usize> {
    let mut reminded = 0;
    for (id, student) in lessons {
        let key = format!("booking:{id}:reminder_24h:{student}");
        if tx.index_keys(&BY_KEY, Span::prefix(&(key,)), 1, Dir::Up)?.is_empty() {
            remind(tx, sender, *id, Kind::Day)?;
            reminded += 1;
        }
    }
    Ok(reminded)
}

/// Whether a mail about a lesson still holds when it is about to leave.
pub(super) fn still_true(tx: &Tx, mail: &super::model::Mail) -> Outcome<bool> {
    let Some(id) = mail.booking_id else { return Ok(true) };
    let promises =
        matches!(mail.template.as_str(), "booking_confirmed" | "booking_rescheduled" | "reminder_24h" | "reminder_1h");
    if !promises {
        return Ok(true);
    }
    Ok(match load(tx, id) {
        Ok(booking) => !matches!(booking.status, Status::Cancelled | Status::PaymentFailed),
        Err(_) => false,
    })
}
