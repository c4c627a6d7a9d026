//! What nobody may do: other people's lessons and cards, wishes out of range. Each is refused and leaves no trace.

use super::{REASON, World};
use crate::app::demo::dice::Dice;
use crate::base::id::{AnyId as _, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::bookings::model::Booking;
use crate::bookings::ops::create::Ask;
use crate::bookings::ops::paying::{self, Payment};
use crate::bookings::ops::{cancel, complete, pricing};
use crate::payments;

impl World {
    pub(super) async fn overstep(&mut self, dice: &mut Dice) {
        let Some(booking) = self.pick(dice, |_| true) else { return };
        match dice.below(8) {
            0 => self.touch_a_strangers_lesson(&booking).await,
            1 => {
                let done = complete::by_instructor(&self.site, booking.id, booking.student_id, None).await;
                self.log.answered(&self.life, "complete as student", &done);
            }
            2 => self.pay_with_a_strangers_card(dice, &booking).await,
            3 => self.ask_for_negative_credit(&booking),
            4 => {
                let restored = payments::ops::restore_pricing(&self.site, self.admin(), 9_999).await;
                self.log.answered(&self.life, "restore prices", &restored);
            }
            5 => {
                let nobody = UserId::from_bits(7);
                let gift = payments::ops::Gift::of(Cents(500));
                let given = payments::ops::give_credit(&self.site, nobody, self.admin(), gift).await;
                self.log.answered(&self.life, "credit for nobody", &given);
            }
            6 => {
                let raised = payments::ops::instant_payout(&self.site, booking.student_id).await;
                self.log.answered(&self.life, "payout for a student", &raised);
            }
            _ => self.lift_a_bar(dice).await,
        }
    }

    fn stranger_to(&self, booking: &Booking) -> Option<UserId> {
        self.people.students.iter().copied().find(|other| *other != booking.student_id)
    }

    async fn touch_a_strangers_lesson(&mut self, booking: &Booking) {
        let Some(stranger) = self.stranger_to(booking) else { return };
        let ended = cancel::by_participant(&self.site, booking.id, stranger, REASON).await;
        if ended.is_ok() {
            self.log.lock().wrong.push(format!("a stranger cancelled {}", booking.id));
        }
        self.log.answered(&self.life, "cancel as stranger", &ended);
    }

    async fn pay_with_a_strangers_card(&mut self, dice: &mut Dice, booking: &Booking) {
        let Some(stranger) = self.stranger_to(booking) else { return };
        let cards = self.site.read(|r| payments::ops::cards(r, stranger)).unwrap_or_default();
        let Some(card) = dice.pick(&cards) else { return };
        let wish = Payment { method: Some(card.id.to_string()), ..Payment::default() };
        let paid = paying::change_card(&self.site, booking.id, booking.student_id, wish).await;
        if paid.is_ok() {
            self.log.lock().wrong.push(format!("{} was paid with a stranger's card", booking.id));
        }
        self.log.answered(&self.life, "pay as stranger", &paid);
    }

    fn ask_for_negative_credit(&self, booking: &Booking) {
        let ask = Ask {
            student: booking.student_id,
            instructor: booking.instructor_id,
            offering: booking.offering_id,
            date: booking.date,
            start: booking.start_time,
            minutes: booking.minutes,
            place: Some(Place::Remote),
            meeting_location: None,
            student_note: None,
        };
        let priced = pricing::preview(&self.site, &ask, -1);
        self.log.answered(&self.life, "preview", &priced);
    }

    /// An admin lets somebody book again, whether or not anything keeps them from it.
    async fn lift_a_bar(&mut self, dice: &mut Dice) {
        let Some(student) = dice.pick(&self.people.students).copied() else { return };
        let lifted = payments::ops::lift_bar(&self.site, student, self.admin()).await;
        self.log.answered(&self.life, "lift bar", &lifted);
    }
}
