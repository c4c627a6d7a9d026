//! How lessons end: called off, taken place, or somebody did not come.

use super::{REASON, World};
use crate::app::demo::dice::Dice;
use crate::base::money::Cents;
use crate::base::time::plus_hours;
use crate::bookings::model::{Accused, Booking, Status};
use crate::bookings::ops::no_show::{self, Resolution};
use crate::bookings::ops::{cancel, complete};
use crate::reviews;
use crate::reviews::ops::NewReview;

impl World {
    fn ahead(&self, dice: &mut Dice) -> Option<Booking> {
        let now = self.clock.now();
        self.pick(dice, |b| matches!(b.status, Status::Pending | Status::Confirmed) && b.start > now)
    }

    fn begun(&self, dice: &mut Dice) -> Option<Booking> {
        let now = self.clock.now();
        self.pick(dice, |b| b.status == Status::Confirmed && b.start <= now)
    }

    pub(super) async fn student_cancels(&mut self, dice: &mut Dice) {
        let Some(booking) = self.ahead(dice) else { return };
        self.arm_meanwhile(dice, &booking);
        let ended = cancel::by_participant(&self.site, booking.id, booking.student_id, REASON).await;
        self.log.answered(&self.life, "student cancels", &ended);
    }

    pub(super) async fn instructor_cancels(&mut self, dice: &mut Dice) {
        let Some(booking) = self.ahead(dice) else { return };
        self.arm_meanwhile(dice, &booking);
        let ended = cancel::by_participant(&self.site, booking.id, booking.instructor_id, REASON).await;
        self.log.answered(&self.life, "instructor cancels", &ended);
    }

    pub(super) async fn admin_cancels(&mut self, dice: &mut Dice) {
        let Some(booking) = self.ahead(dice) else { return };
        let (admin, refund) = (self.admin(), dice.chance(50));
        self.arm_meanwhile(dice, &booking);
        let ended = cancel::by_admin(&self.site, booking.id, admin, refund).await;
        self.log.answered(&self.life, "admin cancels", &ended);
    }

    pub(super) async fn complete(&mut self, dice: &mut Dice) {
        let now = self.clock.now();
        let Some(booking) = self.pick(dice, |b| b.status == Status::Confirmed && b.end <= now) else { return };
        let done = match dice.chance(80) {
            true => complete::by_instructor(&self.site, booking.id, booking.instructor_id, None).await,
            false => complete::by_admin(&self.site, booking.id, self.admin()).await,
        };
        self.log.answered(&self.life, "complete", &done);
    }

    pub(super) async fn report(&mut self, dice: &mut Dice) {
        // Now and then an admin corrects what was said to be complete.
        let corrects = dice.chance(20);
        let completed = corrects.then(|| self.pick(dice, |b| b.status == Status::Completed)).flatten();
        let Some(booking) = completed.or_else(|| self.begun(dice)) else { return };
        let accused = match &booking.no_show {
            // Whoever was told no says it again.
            Some(report) if dice.chance(70) => report.accused,
            _ => dice.one([Accused::Student, Accused::Instructor]),
        };
        let other = match accused {
            Accused::Student => booking.instructor_id,
            Accused::Instructor => booking.student_id,
        };
        let by = match (dice.below(10), self.people.admin) {
            (_, Some(admin)) if corrects => (admin, true),
            (0, _) => (booking.student_id, false),
            (1..3, Some(admin)) => (admin, true),
            _ => (other, false),
        };
        let reported = no_show::report(&self.site, booking.id, by, accused, None).await;
        self.log.answered(&self.life, "report", &reported);
    }

    pub(super) async fn object(&mut self, dice: &mut Dice) {
        let Some(booking) = self.pick(dice, |b| b.status == Status::NoShow) else { return };
        self.object_to(dice, booking).await;
    }

    pub(super) async fn object_to(&mut self, dice: &mut Dice, booking: Booking) {
        let accused = booking.no_show.as_ref().map(|report| report.accused);
        let by = match (accused, dice.chance(85)) {
            (Some(Accused::Student), true) | (_, false) => booking.student_id,
            _ => booking.instructor_id,
        };
        let objected = no_show::dispute(&self.site, booking.id, by, REASON).await;
        self.log.answered(&self.life, "object", &objected);
    }

    pub(super) async fn decide(&mut self, dice: &mut Dice) {
        let open = |b: &Booking| {
            b.status == Status::NoShow && b.no_show.as_ref().is_some_and(|report| report.resolved_at.is_none())
        };
        let Some(booking) = self.pick(dice, open) else { return };
        let how = dice.one([
            Resolution::ConfirmedAfterReview,
            Resolution::DisputeUpheld,
            Resolution::Cancelled,
            Resolution::Mutual,
        ]);
        let decided = no_show::resolve(&self.site, booking.id, self.admin(), how).await;
        self.log.answered(&self.life, "decide", &decided);
    }

    /// An instructor contests that a lesson counts as complete.
    pub(super) async fn contest(&mut self, dice: &mut Dice) {
        let now = self.clock.now();
        let recent = |b: &Booking| b.end <= now && now < plus_hours(b.end, 26);
        let Some(booking) = self.pick(dice, recent) else { return };
        let by = if dice.chance(90) { booking.instructor_id } else { booking.student_id };
        let contested = no_show::dispute_completion(&self.site, booking.id, by, REASON).await;
        self.log.answered(&self.life, "contest", &contested);
    }

    pub(super) async fn review(&mut self, dice: &mut Dice) {
        let Some(booking) = self.pick(dice, |b| b.status == Status::Completed) else { return };
        let tip = dice.chance(70).then(|| Cents(dice.one([50, 500, 1500, 99_900])));
        let new = NewReview { booking_id: booking.id, rating: dice.between(1, 5) as u8, text: None, tip };
        self.arm_meanwhile(dice, &booking);
        let written = reviews::ops::write(&self.site, booking.student_id, new).await;
        if let Ok((_, Some(tip))) = &written {
            self.log.reach(format!("tip {}", tip.status.name()));
        }
        self.log.answered(&self.life, "review", &written);
    }
}
