//! Cards at work: checkout, another card, once more, proving oneself to the bank.

use super::World;
use crate::app::demo::dice::Dice;
use crate::base::money::Cents;
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::paying::{self, Payment};
use crate::payments::model::TipStatus;

/// Mostly cards that work.
const CARDS: [&str; 14] = [
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_amex",
    "pm_card_discover",
    "pm_card_visa_debit",
    "pm_card_chargeDeclined",
    "pm_card_chargeCustomerFail",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclinedExpiredCard",
    "pm_card_authenticationRequired",
    "pm_card_threeDSecure2Required",
    "pm_card_authenticationRequiredOnSetup",
];

pub(super) fn any_card(dice: &mut Dice) -> String {
    dice.one(CARDS).to_owned()
}

impl World {
    pub(super) async fn pay(&mut self, dice: &mut Dice, booking: &Booking) {
        let method = (!dice.chance(30)).then(|| any_card(dice));
        let credit = dice.chance(40).then(|| Cents(dice.one([500, 2000, 4500, 8000, 30_000])));
        let wish = Payment { method, credit, save: dice.chance(50), make_default: dice.chance(30), note: None };
        self.arm_meanwhile(dice, booking);
        let (id, student) = (booking.id, booking.student_id);
        let paid = match dice.below(10) {
            0 => paying::confirm_payment(&self.site, id, student, Payment { credit: None, ..wish }).await,
            1 => {
                // Somebody who presses the button twice.
                let first = paying::pay(&self.site, id, student, wish.clone()).await;
                self.log.answered(&self.life, "checkout", &first);
                paying::pay(&self.site, id, student, wish).await
            }
            _ => paying::pay(&self.site, id, student, wish).await,
        };
        self.log.answered(&self.life, "checkout", &paid);
    }

    pub(super) async fn pay_for_one(&mut self, dice: &mut Dice) {
        let Some(booking) = self.pick(dice, |booking| booking.status == Status::Pending) else { return };
        self.pay(dice, &booking).await;
    }

    pub(super) async fn change_card(&mut self, dice: &mut Dice) {
        let open = [Status::Pending, Status::Confirmed, Status::Completed];
        let Some(booking) = self.pick(dice, |booking| open.contains(&booking.status)) else { return };
        let wish = Payment { method: Some(any_card(dice)), make_default: dice.chance(50), ..Payment::default() };
        self.arm_meanwhile(dice, &booking);
        let changed = paying::change_card(&self.site, booking.id, booking.student_id, wish).await;
        self.log.answered(&self.life, "change card", &changed);
    }

    pub(super) async fn try_again(&mut self, dice: &mut Dice) {
        let open = [Status::Pending, Status::Confirmed, Status::Completed];
        let Some(booking) = self.pick(dice, |booking| open.contains(&booking.status)) else { return };
        let tried = paying::retry(&self.site, booking.id, booking.student_id).await;
        self.log.answered(&self.life, "retry payment", &tried);
    }

    /// Whoever was sent to the bank proves themselves, or does not, and perhaps comes back to say so.
    pub(super) async fn prove_oneself(&mut self, dice: &mut Dice) {
        let waiting: Vec<_> = {
            let witness = self.life.witness();
            let intents = |(id, payment): (&_, &crate::payments::model::BookingPayment)| {
                let tip = payment.tip.as_ref().filter(|tip| tip.status == TipStatus::RequiresAction);
                let intent = tip.and_then(|tip| tip.intent.clone());
                let intent = intent.or_else(|| payment.awaiting.as_ref().and(payment.intent.clone()));
                intent.map(|intent| (*id, payment.student_id, intent))
            };
            witness.payments.iter().filter_map(intents).collect()
        };
        let Some((id, student, intent)) = dice.pick(&waiting).cloned() else { return };
        let proved = dice.chance(70);
        if self.stand_in.finish_authentication(&intent, proved).is_ok() {
            self.log.reach(if proved { "deed authentication passed" } else { "deed authentication failed" });
        }
        if dice.chance(50) {
            let back = paying::returned(&self.site, id, student).await;
            self.log.answered(&self.life, "return from the bank", &back);
        }
    }
}
