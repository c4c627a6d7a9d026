//! Wanting a lesson, and wanting it at another time.

use super::World;
use crate::app::demo::dice::Dice;
use crate::app::simulate::people::Teacher;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, WallTime, plus_days, plus_minutes, today_in, utc_to_local, zone};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::create::{Ask, check, create};
use crate::bookings::ops::reschedule::{Wish, reschedule};

impl World {
    pub(super) async fn book(&mut self, dice: &mut Dice) -> Option<Booking> {
        let ask = self.ask(dice)?;
        let asked = check(&self.site, &ask);
        self.log.answered(&self.life, "check", &asked);
        let made: Outcome<Booking> = create(&self.site, ask).await;
        self.log.answered(&self.life, "book", &made);
        if asked.is_err() && made.is_ok() {
            self.log.lock().wrong.push("a lesson was refused when asked about and granted at once after".into());
        }
        made.ok()
    }

    /// A wish as people have them, one in four of them odd.
    fn ask(&self, dice: &mut Dice) -> Option<Ask> {
        let teacher = dice.pick(&self.people.teachers)?.clone();
        let student = *dice.pick(&self.people.students)?;
        let (date, start) = self.time(dice, &teacher);
        let mut ask = Ask {
            student,
            instructor: teacher.id,
            offering: teacher.offerings[dice.below(2)],
            date,
            start,
            minutes: dice.one([30, 60, 60, 60, 90]),
            place: dice.one([None, Some(Place::Remote), Some(Place::StudentHome), Some(Place::Neutral)]),
            meeting_location: dice.chance(10).then(|| "Online, by video".to_owned()),
            student_note: None,
        };
        if dice.chance(25) {
            self.make_odd(dice, &mut ask, &teacher);
        }
        Some(ask)
    }

    /// Within five days, mostly in one of the windows that matter for money.
    fn time(&self, dice: &mut Dice, teacher: &Teacher) -> (Date, WallTime) {
        let minutes = match dice.below(10) {
            0..2 => dice.between(30, 12 * 60),
            2..4 => dice.between(12 * 60, 24 * 60),
            4..7 => dice.between(24 * 60, 40 * 60),
            _ => dice.between(40 * 60, 130 * 60),
        };
        let at = plus_minutes(self.clock.now(), minutes);
        let Some(zone) = zone(teacher.zone) else { return (Date::MIN, WallTime::END) };
        let (date, wall) = utc_to_local(at, &zone);
        // At night nobody teaches; most people know.
        let hour = if (5..23).contains(&(wall.minutes() / 60)) || dice.chance(4) {
            i64::from(wall.minutes()) / 15 * 15
        } else {
            dice.between(6 * 4, 22 * 4) * 15
        };
        (date, WallTime::clamped(hour))
    }

    fn make_odd(&self, dice: &mut Dice, ask: &mut Ask, teacher: &Teacher) {
        match dice.below(11) {
            0 => ask.offering = teacher.offerings[2],
            1 => {
                let other = self.people.teachers.iter().find(|other| other.id != teacher.id);
                ask.offering = other.map_or(ask.offering, |other| other.offerings[0]);
            }
            2 => ask.student = ask.instructor,
            3 => ask.place = Some(Place::InstructorLocation),
            4 => ask.minutes = 45,
            5 => (ask.start, ask.minutes) = (WallTime::clamped(22 * 60), 240),
            6 => ask.start = WallTime::clamped(i64::from(ask.start.minutes()) + 5),
            7 => ask.start = WallTime::clamped(3 * 60),
            8 => (ask.start, ask.place) = (WallTime::clamped(14 * 60), Some(Place::StudentHome)),
            9 => ask.date = plus_days(ask.date, -3),
            _ => self.at_skipped_hour(ask, teacher),
        }
    }

    /// The next time the clocks go forward over an hour where the instructor lives.
    fn at_skipped_hour(&self, ask: &mut Ask, teacher: &Teacher) {
        let Some(zone) = zone(teacher.zone) else { return };
        let today = today_in(self.clock.now(), &zone);
        let skipped = (0..200).map(|day| plus_days(today, day)).find(|date| {
            [60, 120].iter().any(|minutes| {
                crate::base::time::local_to_utc(*date, WallTime::clamped(*minutes), &zone).instant().is_none()
            })
        });
        if let Some(date) = skipped {
            let one = crate::base::time::local_to_utc(date, WallTime::clamped(60), &zone).instant();
            (ask.date, ask.start) = (date, WallTime::clamped(if one.is_none() { 60 } else { 120 }));
            ask.minutes = 30;
        }
    }

    pub(super) async fn book_and_pay(&mut self, dice: &mut Dice) {
        if let Some(booking) = self.book(dice).await {
            self.pay(dice, &booking).await;
        }
    }

    pub(super) async fn move_lesson(&mut self, dice: &mut Dice) {
        let now = self.clock.now();
        let Some(old) = self.pick(dice, |b| b.status == Status::Confirmed && b.start > now) else { return };
        self.move_this(dice, old).await;
    }

    pub(super) async fn move_this(&mut self, dice: &mut Dice, old: Booking) {
        let Some(teacher) = self.people.teachers.iter().find(|t| t.id == old.instructor_id).cloned() else { return };
        let (date, start) = self.time(dice, &teacher);
        let minutes = if dice.chance(80) { old.minutes } else { dice.one([30, 60, 90]) };
        let offering = dice.chance(10).then(|| teacher.offerings[dice.below(2)]);
        self.arm_meanwhile(dice, &old);
        let moved = reschedule(&self.site, old.id, old.student_id, Wish { date, start, minutes, offering }).await;
        self.log.answered(&self.life, "reschedule", &moved);
    }
}
