//! Taking a slot: judge, hold, open the payment, in one write. Of many who want the same time one gets it.

use crate::availability::model::Entry;
use crate::availability::ops::{Ask as SlotAsk, gate, occupy};
use crate::availability::rules::open::{Busy, Opening};
use crate::base::id::{BookingId, OfferingId, UserId};
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::text::clean_optional;
use crate::base::time::{Date, Timestamp, WallTime, plus_minutes};
use crate::bookings::events::{BookingCreated, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::holds::HOLD;
use crate::bookings::ops::{HOLD_MINUTES, facts, noted};
use crate::bookings::rules::create::{Choice, Wish, choose, price};
use crate::bookings::tables::BOOKINGS;
use crate::instructors::tables::must_profile;
use crate::jobs::{self, Job};
use crate::payments;
use crate::payments::model::PriceQuote;
use crate::places::Gazetteer;
use crate::site::Site;
use crate::store::{Read, Tx};

/// The lesson somebody asks for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub student: UserId,
    pub instructor: UserId,
    pub offering: OfferingId,
    pub date: Date,
    pub start: WallTime,
    pub minutes: u16,
    pub place: Option<Place>,
    pub meeting_location: Option<String>,
    pub student_note: Option<String>,
}

/// A lesson that may be booked: everything needed to write it.
pub struct Verdict {
    pub choice: Choice,
    pub slot: Opening,
    pub quote: PriceQuote,
    pub zone_name: String,
}

/// Judges without writing; check-availability, create and reschedule ask here. `without` is the booking being moved.
pub fn judge(r: &dyn Read, now: Timestamp, ask: &Ask, without: Option<BookingId>) -> Outcome<Verdict> {
    let choice = chosen(r, now, ask)?;
    let calendar = facts::calendar(r, ask.instructor)?;
    let zone_name = calendar.zone_name.clone();
    let slot_ask = SlotAsk {
        instructor: ask.instructor,
        student: Some(ask.student),
        date: ask.date,
        start: ask.start,
        minutes: ask.minutes,
        place: choice.place,
        without,
    };
    let slot = gate(r, calendar, now, &slot_ask)?;
    let quote = price(&choice, &facts::terms(r, now, ask.instructor)?)?;
    Ok(Verdict { choice, slot, quote, zone_name })
}

fn chosen(r: &dyn Read, now: Timestamp, ask: &Ask) -> Outcome<Choice> {
    let wish = Wish {
        student: ask.student,
        instructor: ask.instructor,
        minutes: ask.minutes,
        place: ask.place,
        meeting_location: ask.meeting_location.clone(),
    };
    let people = facts::people(r, now, ask.student, ask.instructor)?;
    choose(&wish, &people, facts::offer(r, ask.offering)?.as_ref())
}

/// What a choice would cost, whether or not its time is free.
pub fn quote(r: &dyn Read, now: Timestamp, ask: &Ask) -> Outcome<PriceQuote> {
    price(&chosen(r, now, ask)?, &facts::terms(r, now, ask.instructor)?)
}

/// Whether it could be booked now; reserves nothing.
pub fn check(site: &Site, ask: &Ask) -> Outcome<()> {
    let now = site.now();
    site.read(|r| judge(r, now, ask, None).map(drop))
}

pub async fn create(site: &Site, ask: Ask) -> Outcome<Booking> {
    let (ask, gazetteer) = (cleaned(ask)?, site.part::<Gazetteer>()?);
    site.write(move |tx| hold(tx, &ask, &gazetteer)).await
}

fn cleaned(mut ask: Ask) -> Outcome<Ask> {
    ask.student_note = clean_optional("student_note", ask.student_note.as_deref(), 1000)?;
    ask.meeting_location = clean_optional("meeting_location", ask.meeting_location.as_deref(), 255)?;
    Ok(ask)
}

fn hold(tx: &mut Tx, ask: &Ask, gazetteer: &Gazetteer) -> Outcome<Booking> {
    let now = tx.now();
    let verdict = judge(tx, now, ask, None)?;
    let hold_expires_at = hold_end(tx, verdict.slot.start_utc)?;
    let mut booking = draft(tx, ask, &verdict, hold_expires_at)?;
    booking.service_area = facts::service_area(tx, ask.instructor, gazetteer)?;
    tx.put(&BOOKINGS, &booking.id, &booking)?;
    occupy(tx, &entry(&booking))?;
    let sale = facts::sale(tx, &booking)?;
    payments::ops::open(tx, &sale)?;
    noted(tx, "booking.create", &booking, None)?;
    jobs::enqueue(tx, Job::new(HOLD, booking.id).due(hold_expires_at))?;
    tx.emit(&BookingCreated { lesson: Lesson::of(&booking), hold_expires_at })?;
    Ok(booking)
}

/// Until when the time is kept for somebody who has not paid: a lesson that has begun is not paid for any more.
pub fn hold_end(tx: &Tx, start: Timestamp) -> Outcome<Timestamp> {
    Ok(plus_minutes(tx.now(), HOLD_MINUTES.read(tx)?).min(start))
}

/// The booking as it begins: held, not paid.
pub fn draft(tx: &mut Tx, ask: &Ask, verdict: &Verdict, hold_expires_at: Timestamp) -> Outcome<Booking> {
    let Verdict { choice, slot, quote, zone_name } = verdict;
    Ok(Booking {
        id: tx.new_id(),
        student_id: ask.student,
        instructor_id: ask.instructor,
        offering_id: ask.offering,
        service_id: choice.service,
        service_name: choice.service_name.clone(),
        date: slot.date,
        start_time: slot.start,
        end_time: slot.end.as_end(),
        start: slot.start_utc,
        end: slot.end_utc,
        zone: zone_name.clone(),
        minutes: choice.minutes,
        place: choice.place,
        meeting_location: meeting_place(tx, ask, choice.place)?,
        service_area: None,
        hourly_rate: choice.hourly_rate,
        quote: *quote,
        student_note: ask.student_note.clone(),
        instructor_note: None,
        status: Status::Pending,
        created_at: tx.now(),
        confirmed_at: None,
        completed_at: None,
        cancelled_at: None,
        cancelled_by: None,
        cancellation_reason: None,
        rescheduled_from: None,
        rescheduled_to: None,
        late_reschedule_used: false,
        hold_expires_at: Some(hold_expires_at),
        holds_slot: true,
        no_show: None,
        contested: None,
        version: 1,
    })
}

/// Where to meet: as the student says, else the studio or the public place the instructor names.
fn meeting_place(r: &dyn Read, ask: &Ask, place: Place) -> Outcome<Option<String>> {
    if ask.meeting_location.is_some() {
        return Ok(ask.meeting_location.clone());
    }
    let profile = must_profile(r, ask.instructor)?;
    let named = match place {
        Place::InstructorLocation => profile.teaching_locations.first(),
        Place::Neutral => profile.public_spaces.first(),
        Place::StudentHome | Place::Remote => None,
    };
    Ok(named.map(|place| place.address.clone()))
}

/// The booking as it stands in both calendars. A confirmed lesson has no hold and blocks for good.
pub fn entry(booking: &Booking) -> Entry {
    Entry {
        busy: Busy {
            booking_id: booking.id,
            instructor_id: booking.instructor_id,
            student_id: booking.student_id,
            start_utc: booking.start,
            end_utc: booking.end,
            travels: booking.place.travels(),
            hold_expires_at: booking.hold_expires_at.filter(|_| booking.status == Status::Pending),
        },
        date: booking.date,
        start: booking.start_time,
        end: booking.end_time,
        place: booking.place,
        service_name: booking.service_name.clone(),
        area: booking.service_area.clone(),
        no_show: booking.status == Status::NoShow,
    }
}
