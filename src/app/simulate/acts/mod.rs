//! What people do in a simulated marketplace. Each act picks by dice what it is about, sensibly most of the time.

mod booking;
mod ending;
mod keeping;
mod overstepping;
mod paying;
mod seldom;
mod taking_back;

use super::life::Meanwhile;
use super::world::World;
use crate::app::demo::dice::Dice;
use crate::base::access::Role;
use crate::bookings::model::Booking;
use crate::bookings::ops::{cancel, complete, paying as pay};
use crate::site::audit::By;

const REASON: &str = "A reason that is long enough.";

impl World {
    /// One act of somebody.
    pub async fn act(&mut self, dice: &mut Dice) {
        if self.act_that_is_seldom(dice).await {
            return;
        }
        match dice.below(100) {
            0..24 => self.book_and_pay(dice).await,
            24..30 => drop(self.book(dice).await),
            30..34 => self.pay_for_one(dice).await,
            34..38 => self.prove_oneself(dice).await,
            38..41 => self.change_card(dice).await,
            41..44 => self.try_again(dice).await,
            44..50 => self.student_cancels(dice).await,
            50..53 => self.instructor_cancels(dice).await,
            53..56 => self.admin_cancels(dice).await,
            56..66 => self.move_lesson(dice).await,
            66..72 => self.complete(dice).await,
            72..77 => self.report(dice).await,
            77..79 => self.object(dice).await,
            79..82 => self.decide(dice).await,
            82..84 => self.contest(dice).await,
            84..88 => self.review(dice).await,
            88..91 => self.take_back(dice).await,
            91..93 => self.give_credit(dice).await,
            93..95 => self.keep_cards(dice).await,
            95 => self.change_terms(dice).await,
            96 => self.change_people(dice).await,
            97..99 => self.run_jobs_again(dice).await,
            _ if dice.chance(40) => self.strange_post(dice).await,
            _ => self.overstep(dice).await,
        }
    }

    /// A booking that suits, or now and then any.
    fn pick(&self, dice: &mut Dice, suits: impl Fn(&Booking) -> bool) -> Option<Booking> {
        let witness = self.life.witness();
        let all = || witness.bookings.values().map(|known| &known.booking);
        let suited: Vec<&Booking> = all().filter(|booking| suits(booking)).collect();
        if suited.is_empty() || dice.chance(8) {
            let any: Vec<&Booking> = all().collect();
            return dice.pick(&any).map(|booking| (*booking).clone());
        }
        // Mostly what is recent: the rest is settled long since.
        let recent = suited.len().saturating_sub(12);
        dice.pick(&suited[recent..]).map(|booking| (*booking).clone())
    }

    fn admin(&self) -> By {
        By { actor: self.people.admin, role: Some(Role::Admin), reason: Some(REASON.into()), ..By::default() }
    }

    /// Lets somebody else do something to the same booking while a call about it is on its way.
    pub fn arm_meanwhile(&mut self, dice: &mut Dice, booking: &Booking) {
        if !dice.chance(10) {
            return;
        }
        let (site, log, life) = (self.site.clone(), self.log.clone(), self.life.clone());
        let (id, student, instructor) = (booking.id, booking.student_id, booking.instructor_id);
        let (before, admin) = (dice.chance(50), self.admin());
        let what = dice.below(5);
        let deed = move || -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(async move {
                log.reach(if before { "fault meanwhile.before_call" } else { "fault meanwhile.after_call" });
                let by_card = |named: &str| pay::Payment { method: Some(named.into()), ..pay::Payment::default() };
                let answer = match what {
                    0 => cancel::by_participant(&site, id, student, REASON).await.map(drop),
                    1 => cancel::by_participant(&site, id, instructor, REASON).await.map(drop),
                    2 => cancel::by_admin(&site, id, admin, true).await.map(drop),
                    3 => pay::change_card(&site, id, student, by_card("pm_card_mastercard")).await.map(drop),
                    _ => complete::by_instructor(&site, id, instructor, None).await.map(drop),
                };
                log.answered(&life, "meanwhile", &answer);
            })
        };
        self.life.meanwhile(Some(Meanwhile { before, deed: Box::new(deed) }));
    }

    /// Nobody came between.
    pub fn disarm_meanwhile(&mut self) {
        if self.life.waits_for_a_call() {
            self.life.meanwhile(None);
        }
    }
}
