//! May this lesson be booked? The time part of the refusals of contract §7, judged in its order, first one wins.
//!
//! Check, create and reschedule all come through here; `bookings` adds what it knows about people, services and money.

use super::bits::SLOT_MINUTES;
use super::calendar::Terms;
use super::open::{Busy, DayFacts, Opening, STEP_MINUTES};
use super::spans::Spans;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{WallTime, fmt_clock, fmt_date};
use serde_json::json;

/// The longest lesson: a whole long day. Bounds how far back a lesson that still runs can have begun.
pub const MAX_LESSON_MINUTES: u16 = 1500;

/// Judges `start` + `minutes` on the date of `facts`. `student_busy` are the student's own lessons around that date.
pub fn check_slot(
    facts: &DayFacts<'_>,
    terms: &Terms,
    student_busy: &[Busy],
    start: WallTime,
    minutes: u16,
) -> Outcome<Opening> {
    let at = begins(facts, start, minutes)?;
    published(facts, terms, at, minutes)?;
    let slot = facts.opening(start, at, minutes);
    conflicts(facts, terms, student_busy, &slot)?;
    soon_enough(terms, &slot)?;
    Ok(slot)
}

/// The lesson stays in its day, its begin exists and lies on the grid.
fn begins(facts: &DayFacts<'_>, start: WallTime, minutes: u16) -> Outcome<u16> {
    let crosses = || {
        Refusal::bad_request(
            "CROSSES_MIDNIGHT",
            "A lesson has to end by midnight of its day. Choose an earlier start or a shorter lesson.",
        )
    };
    if start == WallTime::END || minutes > MAX_LESSON_MINUTES {
        return Err(crosses());
    }
    // rule: 30§1 a skipped hour; one that would also leave the day is refused for that first.
    let Some(at) = facts.line.minute_of(start) else {
        if u32::from(start.minutes()) + u32::from(minutes) > u32::from(WallTime::END.minutes()) {
            return Err(crosses());
        }
        let (time, date) = (fmt_clock(start), fmt_date(facts.line.date));
        let sentence = format!("{time} does not exist on {date}: the clocks go forward over it. Choose another time.");
        return Err(Refusal::unprocessable("NONEXISTENT_LOCAL_TIME", sentence));
    };
    if at + minutes > facts.line.minutes() {
        return Err(crosses());
    }
    if !start.minutes().is_multiple_of(STEP_MINUTES) {
        let sentence = "Lessons start on the quarter hour: :00, :15, :30 or :45.";
        return Err(Refusal::unprocessable("INVALID_START_TIME", sentence));
    }
    Ok(at)
}

/// Every slot is published, the day is not off, and the slots are offered for this kind of lesson.
fn published(facts: &DayFacts<'_>, terms: &Terms, at: u16, minutes: u16) -> Outcome<()> {
    let end = at + minutes.next_multiple_of(SLOT_MINUTES);
    let covers = |spans: &Spans| spans.covers(at, end.min(facts.line.minutes()));
    if facts.blackout || !covers(&facts.published(|_| true)) {
        let sentence = "The instructor does not teach at that time. Choose one of the open times.";
        return Err(Refusal::unprocessable("NOT_AVAILABLE", sentence));
    }
    if !covers(&facts.published(|tag| tag.allows(terms.place))) {
        let sentence = "That time is not offered for this kind of place. Choose another time or another place.";
        return Err(Refusal::unprocessable("FORMAT_TAG_INCOMPATIBLE", sentence));
    }
    Ok(())
}

/// Nobody is double-booked; the instructor's side also keeps its buffer (rule: 10§2.4 Conflicts).
fn conflicts(facts: &DayFacts<'_>, terms: &Terms, student_busy: &[Busy], slot: &Opening) -> Outcome<()> {
    let overlaps = |(from, to)| slot.start_utc < to && from < slot.end_utc;
    if facts.busy.iter().any(|b| b.blocks(terms.now) && overlaps(terms.widened(b))) {
        return Err(conflict("instructor", "Another lesson is too close to that time. Choose another time."));
    }
    if student_busy.iter().any(|b| b.blocks(terms.now) && overlaps((b.start_utc, b.end_utc))) {
        return Err(conflict("student", "You have another lesson at that time. Choose another time."));
    }
    Ok(())
}

fn conflict(scope: &str, sentence: &str) -> Refusal {
    Refusal::conflict("BOOKING_CONFLICT", sentence).details(json!({ "conflict_scope": scope }))
}

/// Notice in elapsed time, never the past, and protected mornings (rules: 10§2.4 Notice, 30§2.9).
fn soon_enough(terms: &Terms, slot: &Opening) -> Outcome<()> {
    if slot.start_utc < terms.earliest || slot.start_utc <= terms.now {
        let sentence = match terms.notice_minutes {
            minutes if minutes == 0 || slot.start_utc <= terms.now => {
                "That time has passed. Choose a later one.".to_owned()
            }
            minutes if minutes.is_multiple_of(60) => {
                let hours = crate::base::text::count(minutes as usize / 60, "hour", "hours");
                format!("This instructor needs {hours} of notice. Choose a later time.")
            }
            minutes => format!("This lesson needs {minutes} minutes of notice. Choose a later time."),
        };
        return Err(Refusal::unprocessable("NOTICE_TOO_SHORT", sentence));
    }
    if let Some(first) = terms.first_start_on(slot.date).filter(|first| slot.start < *first) {
        let sentence =
            format!("Overnight, that morning can be booked from {} on. Choose a later start.", fmt_clock(first));
        return Err(Refusal::unprocessable("OVERNIGHT_PROTECTION", sentence));
    }
    Ok(())
}
