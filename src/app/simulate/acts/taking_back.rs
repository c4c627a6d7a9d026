//! What comes after the end: refunds, disputes of banks and how they are judged, payouts at once.

use super::World;
use crate::app::demo::dice::Dice;
use crate::base::money::Cents;
use crate::bookings::model::Booking;
use crate::bookings::ops::refund::{Refund, refund, resume};
use crate::payments;
use crate::payments::model::BookingPayment;

impl World {
    pub(super) async fn take_back(&mut self, dice: &mut Dice) {
        match dice.below(10) {
            0..4 => self.admin_refunds(dice).await,
            4 => self.admin_resumes(dice).await,
            5 => self.pay_out_at_once(dice).await,
            _ => self.bank_disputes(dice),
        }
    }

    fn pick_paid(&self, dice: &mut Dice, suits: impl Fn(&BookingPayment) -> bool) -> Option<Booking> {
        let payments = self.life.witness().payments.clone();
        self.pick(dice, |booking| payments.get(&booking.id).is_some_and(&suits))
    }

    async fn admin_refunds(&mut self, dice: &mut Dice) {
        let Some(booking) = self.pick_paid(dice, |payment| payment.captured > payment.refunded_to_card) else { return };
        let amount = dice.chance(60).then(|| Cents(dice.between(1, 9000)));
        let ask = Refund { amount, reverse_payout: dice.chance(50), version: None };
        self.arm_meanwhile(dice, &booking);
        let refunded = refund(&self.site, booking.id, self.admin(), ask).await;
        self.log.answered(&self.life, "admin refunds", &refunded);
    }

    async fn admin_resumes(&mut self, dice: &mut Dice) {
        let Some(booking) = self.pick_paid(dice, BookingPayment::in_review) else { return };
        let resumed = resume(&self.site, booking.id, self.admin()).await;
        self.log.answered(&self.life, "admin resumes", &resumed);
    }

    async fn pay_out_at_once(&mut self, dice: &mut Dice) {
        let Some(teacher) = dice.pick(&self.people.teachers).cloned() else { return };
        let paid = payments::ops::instant_payout(&self.site, teacher.id).await;
        self.log.answered(&self.life, "instant payout", &paid);
    }

    /// The bank asks its card holder's money back, or judges what it asked; we hear of it by an event, some time.
    fn bank_disputes(&mut self, dice: &mut Dice) {
        let open: Vec<BookingPayment> = {
            let witness = self.life.witness();
            let payments = witness.payments.values();
            payments.filter(|p| p.captured > p.refunded_to_card && p.intent.is_some()).cloned().collect()
        };
        let Some(intent) = dice.pick(&open).and_then(|payment| payment.intent.clone()) else { return };
        self.dispute(&intent, dice.one(["opened", "won", "lost"]));
    }

    pub(super) fn dispute(&self, intent: &str, word: &str) {
        if self.stand_in.dispute(intent, word).is_ok() {
            self.log.reach(format!("deed dispute {word}"));
        }
    }
}
