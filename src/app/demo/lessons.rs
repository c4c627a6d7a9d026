//! Lessons of the demo from the wish to the review, each step at its own time through the operations of the product.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cast::{NAMED_TEACHERS, cast};
use super::dice::Dice;
use super::searches::{self, Search};
use super::season::{Fate, Wish};
use super::stage::Stage;
use super::words::{answer, one_of, review, stars, words};
use crate::availability::ops::blackouts::{self, NewBlackout};
use crate::availability::ops::{calendar_of, next_openings};
use crate::availability::rules::open::Opening;
use crate::base::access::Role;
use crate::base::id::{BookingId, ReviewId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, WallTime, days_between, plus_days, plus_hours, plus_minutes, today_in};
use crate::bookings::model::{Accused, Booking, Status};
use crate::bookings::ops::create::{Ask, create};
use crate::bookings::ops::paying::{Payment, pay};
use crate::bookings::ops::{cancel, complete, no_show};
use crate::bookings::tables::with_status;
use crate::instructors::active_offerings_of;
use crate::reviews::ops::NewReview;
use crate::site::audit::By;
use crate::store::Read;
use crate::{notify, payments, reviews};

/// The latest start that the named instructors' demo lessons have: their evenings stay free for whoever tries.
const NAMED_LATEST: u16 = 17 * 60 + 30;
/// Credit a student uses at most for one lesson.
const CREDIT_USED: Cents = Cents(2000);
const DECLINING_CARD: &str = "pm_card_chargeDeclined";

/// Who can be called on, by their places in the rosters.
#[derive(Clone, Debug, Default)]
pub struct Company {
    pub students: Vec<UserId>,
    pub teachers: Vec<UserId>,
}

/// Something that will happen, unless the play ends before.
#[derive(Clone, Debug)]
pub enum Act {
    Book(Wish),
    Cancel {
        booking: BookingId,
        by: UserId,
        reason: String,
    },
    Complete {
        booking: BookingId,
        by: UserId,
        notes: Option<String>,
    },
    /// Somebody did not come, says the other.
    Report {
        booking: BookingId,
        by: UserId,
        accused: Accused,
        reason: String,
    },
    Object {
        booking: BookingId,
        by: UserId,
        reason: String,
    },
    Review {
        booking: BookingId,
        student: UserId,
        rating: u8,
        text: Option<String>,
        tip: Option<Cents>,
        answer: Option<String>,
    },
    Answer {
        review: ReviewId,
        by: UserId,
        text: String,
    },
    DaysOff {
        by: UserId,
        new: NewBlackout,
    },
    Search(Search),
}

/// What is still to come, earliest first.
#[derive(Default)]
pub struct Agenda {
    order: BinaryHeap<Reverse<(Timestamp, usize)>>,
    acts: Vec<Act>,
}

impl Agenda {
    pub fn add(&mut self, at: Timestamp, act: Act) {
        self.order.push(Reverse((at, self.acts.len())));
        self.acts.push(act);
    }

    fn next(&mut self) -> Option<(Timestamp, Act)> {
        let Reverse((at, n)) = self.order.pop()?;
        Some((at, self.acts.get(n)?.clone()))
    }
}

/// Every third instructor takes a day or two off in the coming weeks.
pub fn days_off(company: &Company, live: &[usize], now: Timestamp, today: Date, agenda: &mut Agenda) {
    let mut dice = Dice::of("days off");
    for at in live.iter().filter(|at| **at >= NAMED_TEACHERS && **at % 3 == 0) {
        let Some(by) = company.teachers.get(*at).copied() else { continue };
        let date = plus_days(today, dice.between(4, 45));
        let end_date = dice.chance(50).then(|| plus_days(date, dice.between(1, 2)));
        let reason = Some(one_of(&mut dice, &words().lessons.days_off));
        agenda.add(
            plus_hours(now, -dice.between(20, 90)),
            Act::DaysOff { by, new: NewBlackout { date, end_date, reason } },
        );
    }
}

/// Plays the agenda up to `now`. What people may not do (the slot went meanwhile) does not happen.
pub async fn perform(stage: &Stage, company: &Company, mut agenda: Agenda, now: Timestamp) -> Outcome<()> {
    while let Some((at, act)) = agenda.next() {
        if at > now {
            continue;
        }
        stage.wait_until(at).await?;
        match act_out(stage, company, act, &mut agenda).await {
            Err(refusal) if refusal.status >= 500 => return Err(refusal),
            Err(refusal) => tracing::debug!(%refusal, "something did not happen in the demo"),
            Ok(()) => {}
        }
    }
    stage.wait_until(now).await?;
    searches::wait_for_somebody(stage, company).await?;
    remind(stage, now).await
}

async fn act_out(stage: &Stage, company: &Company, act: Act, agenda: &mut Agenda) -> Outcome<()> {
    let site = &stage.site;
    match act {
        Act::Book(wish) => book(stage, company, &wish, agenda).await,
        Act::Search(search) => searches::perform(stage, company, search).await,
        Act::Cancel { booking, by, reason } => cancel::by_participant(site, booking, by, &reason).await.map(drop),
        Act::Complete { booking, by, notes } => complete::by_instructor(site, booking, by, notes).await.map(drop),
        Act::Report { booking, by, accused, reason } => {
            no_show::report(site, booking, (by, false), accused, Some(reason)).await.map(drop)
        }
        Act::Object { booking, by, reason } => no_show::dispute(site, booking, by, &reason).await.map(drop),
        Act::Review { booking, student, rating, text, tip, answer } => {
            let new = NewReview { booking_id: booking, rating, text, tip };
            let (review, _) = reviews::ops::write(site, student, new).await?;
            if let Some(text) = answer {
                let act = Act::Answer { review: review.id, by: review.instructor_id, text };
                agenda.add(plus_hours(site.now(), 9), act);
            }
            Ok(())
        }
        Act::Answer { review, by, text } => {
            site.write(move |tx| reviews::ops::respond(tx, by, review, &text)).await.map(drop)
        }
        Act::DaysOff { by, new } => {
            site.write(move |tx| {
                let calendar = calendar_of(tx, by)?;
                blackouts::add(tx, &By::person(by, Some(Role::Instructor)), by, &calendar, &new).map(drop)
            })
            .await
        }
    }
}

async fn book(stage: &Stage, company: &Company, wish: &Wish, agenda: &mut Agenda) -> Outcome<()> {
    let site = &stage.site;
    let mut dice = Dice::of(&format!("wish {}", wish.number));
    let (Some(student), Some(teacher)) =
        (company.students.get(wish.student).copied(), company.teachers.get(wish.teacher).copied())
    else {
        return Ok(());
    };
    let found = site.read(|r| choose(r, site.now(), wish, student, teacher, &mut dice))?;
    let Some(ask) = found else { return Ok(()) };
    let booking = create(site, ask).await?;
    let with = |method: Option<&str>| Payment {
        method: method.map(str::to_owned),
        save: method.is_some_and(|card| card != DECLINING_CARD),
        make_default: method.is_some_and(|card| card != DECLINING_CARD),
        ..Payment::default()
    };
    let own_card = own_card(stage, student, wish.student)?;
    let credit = site.read(|r| payments::ops::holdings(r, student, site.now()))?.available.min(CREDIT_USED);
    let credit = credit.is_positive().then_some(credit);
    match wish.fate {
        Fate::Unpaid => return Ok(()),
        Fate::Declined => return pay(site, booking.id, student, with(Some(DECLINING_CARD))).await.map(drop),
        Fate::CardFailsLater => drop(pay(site, booking.id, student, with(Some(DECLINING_CARD))).await?),
        Fate::SecondCard => {
            drop(pay(site, booking.id, student, with(Some(DECLINING_CARD))).await?);
            drop(pay(site, booking.id, student, with(own_card)).await?);
        }
        _ => drop(pay(site, booking.id, student, Payment { credit, ..with(own_card) }).await?),
    }
    afterwards(&booking, wish, &mut dice, agenda);
    Ok(())
}

/// The token of the student's first card, until it is saved.
fn own_card(stage: &Stage, student: UserId, at: usize) -> Outcome<Option<&'static str>> {
    const CARDS: [&str; 5] =
        ["pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_discover", "pm_card_visa_debit"];
    let saved = stage.site.read(|r| payments::ops::cards(r, student))?;
    Ok(saved.is_empty().then(|| CARDS[at % CARDS.len()]))
}

/// A free time of the instructor's that suits the student, for one of the services.
fn choose(
    r: &dyn Read,
    now: Timestamp,
    wish: &Wish,
    student: UserId,
    teacher: UserId,
    dice: &mut Dice,
) -> Outcome<Option<Ask>> {
    let offerings = active_offerings_of(r, teacher)?;
    // Mostly what somebody is known for.
    let at = if dice.chance(75) { 0 } else { dice.below(offerings.len()) };
    let Some(offering) = offerings.get(at) else { return Ok(None) };
    let place = dice.pick(&offering.terms.places).copied();
    let usual = offering.terms.durations.contains(&60) && dice.chance(70);
    let minutes = if usual { Some(60) } else { dice.pick(&offering.terms.durations).copied() };
    let Some(minutes) = minutes else { return Ok(None) };
    let calendar = calendar_of(r, teacher)?;
    let (today, days) = (today_in(now, &calendar.zone), wish.lead_days + 8);
    let openings = next_openings(r, calendar, now, teacher, (place, minutes), days, 2000)?;
    let suits = |opening: &&Opening| {
        days_between(today, opening.date) >= wish.lead_days
            && opening.start.minutes().is_multiple_of(30)
            && (wish.teacher >= NAMED_TEACHERS || opening.start <= WallTime::clamped(i64::from(NAMED_LATEST)))
    };
    let suited: Vec<&Opening> = openings.iter().filter(suits).take(40).collect();
    let Some(opening) = dice.pick(&suited) else { return Ok(None) };
    let note = dice.chance(30).then(|| one_of(dice, &words().lessons.notes));
    Ok(Some(Ask {
        student,
        instructor: teacher,
        offering: offering.id,
        date: opening.date,
        start: opening.start,
        minutes,
        place,
        meeting_location: None,
        student_note: note,
    }))
}

/// What follows from a lesson that was booked.
fn afterwards(booking: &Booking, wish: &Wish, dice: &mut Dice, agenda: &mut Agenda) {
    let said = &words().lessons;
    // Nobody calls off what was booked a minute ago.
    let before = |hours: i64| plus_hours(booking.start, -hours).max(plus_minutes(booking.created_at, 40));
    match wish.fate {
        Fate::StudentCancels(hours) => {
            let reason = one_of(dice, &said.student_reasons);
            agenda.add(before(hours), Act::Cancel { booking: booking.id, by: booking.student_id, reason });
        }
        Fate::InstructorCancels(hours) => {
            let reason = one_of(dice, &said.instructor_reasons);
            agenda.add(before(hours), Act::Cancel { booking: booking.id, by: booking.instructor_id, reason });
        }
        Fate::CardFailsLater | Fate::Unpaid | Fate::Declined => {}
        Fate::StudentStaysAway => stayed_away(booking, Accused::Student, dice, agenda),
        Fate::InstructorStaysAway => stayed_away(booking, Accused::Instructor, dice, agenda),
        Fate::Kept | Fate::SecondCard => kept(booking, wish, dice, agenda),
    }
}

/// The one who came says so; now and then the other objects, and a person has to decide.
fn stayed_away(booking: &Booking, accused: Accused, dice: &mut Dice, agenda: &mut Agenda) {
    let said = &words().lessons;
    let (by, other, reasons) = match accused {
        Accused::Student => (booking.instructor_id, booking.student_id, &said.student_stayed_away),
        Accused::Instructor => (booking.student_id, booking.instructor_id, &said.instructor_stayed_away),
    };
    let at = plus_minutes(booking.start, dice.between(20, 45));
    agenda.add(at, Act::Report { booking: booking.id, by, accused, reason: one_of(dice, reasons) });
    if dice.chance(20) {
        let reason = one_of(dice, &said.objections);
        agenda.add(plus_hours(at, dice.between(2, 15)), Act::Object { booking: booking.id, by: other, reason });
    }
}

fn kept(booking: &Booking, wish: &Wish, dice: &mut Dice, agenda: &mut Agenda) {
    // The others are completed by themselves, a day after their end.
    if dice.chance(60) {
        let notes = dice.chance(40).then(|| one_of(dice, &words().lessons.instructor_notes));
        let act = Act::Complete { booking: booking.id, by: booking.instructor_id, notes };
        agenda.add(plus_minutes(booking.end, dice.between(5, 120)), act);
    }
    if dice.chance(55) {
        let first = cast().teachers.get(wish.teacher).map_or("", |teacher| teacher.person.first);
        let rating = stars(dice);
        let text = review(dice, rating, first, &booking.service_name);
        let answer = (text.is_some() && dice.chance(30)).then(|| answer(dice, rating));
        let tip = (rating == 5 && dice.chance(25)).then(|| Cents(dice.one([500, 1000, 1500, 2000])));
        let act = Act::Review { booking: booking.id, student: booking.student_id, rating, text, tip, answer };
        agenda.add(plus_hours(booking.end, dice.between(25, 90)), act);
    }
}

/// The letters of the past stay unwritten; reminders of lessons to come do not.
async fn remind(stage: &Stage, now: Timestamp) -> Outcome<()> {
    const MOST: usize = 10_000;
    stage
        .site
        .write(move |tx| {
            let confirmed = with_status(tx, Status::Confirmed, Timestamp::MAX, MOST)?;
            let mut ahead = confirmed.iter().filter(|booking| booking.start > now);
            ahead.try_for_each(|booking| notify::plan_reminders(tx, booking.id, booking.start, now))
        })
        .await
}
