//! Turns that mere chance brings together once in ten thousand days: who is in such a spot acts on it more often.

use super::World;
use crate::app::demo::dice::Dice;
use crate::base::time::plus_hours;
use crate::bookings::model::{Booking, Status};
use crate::payments::model::{BookingPayment, PaymentStatus};

impl World {
    /// Whether somebody did something seldom.
    pub(super) async fn act_that_is_seldom(&mut self, dice: &mut Dice) -> bool {
        if let Some(lesson) = self.moved_late(24, BookingPayment::in_review).filter(|_| dice.chance(15)) {
            self.move_this(dice, lesson).await;
            return true;
        }
        let locked = |payment: &BookingPayment| payment.status == PaymentStatus::Locked;
        if let Some(lesson) = self.moved_late(40, locked).filter(|_| dice.chance(4)) {
            let intent = self.life.witness().payments.get(&lesson.id).and_then(|payment| payment.intent.clone());
            if let Some(intent) = intent {
                self.dispute(&intent, "opened");
            }
            return true;
        }
        if let Some(report) = self.open_past_its_day().filter(|_| dice.chance(50)) {
            self.object_to(dice, report).await;
            return true;
        }
        false
    }

    /// A lesson that was moved late before, is 12 to so many hours away, and whose money is where it suits.
    fn moved_late(&self, hours: i64, suits: impl Fn(&BookingPayment) -> bool) -> Option<Booking> {
        let (now, witness) = (self.clock.now(), self.life.witness());
        let near = |b: &&Booking| b.start >= plus_hours(now, 12) && b.start < plus_hours(now, hours);
        let late = witness.bookings.values().map(|known| &known.booking).filter(|b| b.late_reschedule_used);
        let money = |b: &&Booking| witness.payments.get(&b.id).is_some_and(&suits);
        late.filter(|b| b.status == Status::Confirmed).filter(near).find(money).cloned()
    }

    /// Said not to have come more than a day ago, and nobody has decided it yet: the job is late.
    fn open_past_its_day(&self) -> Option<Booking> {
        let (now, witness) = (self.clock.now(), self.life.witness());
        let open = |b: &&Booking| {
            let report =
                b.no_show.as_ref().filter(|report| report.resolved_at.is_none() && report.disputed_at.is_none());
            b.status == Status::NoShow && report.is_some_and(|report| now > plus_hours(report.reported_at, 24))
        };
        witness.bookings.values().map(|known| &known.booking).find(open).cloned()
    }
}
