//! What goes on beside the lessons: credit, cards, prices, people's standing, jobs that run again.

use super::World;
use super::paying::any_card;
use crate::app::demo::dice::Dice;
use crate::availability::settings::BOOKING_MODE;
use crate::base::money::{Bp, Cents, Fraction};
use crate::base::refusal::Outcome;
use crate::base::time::plus_hours;
use crate::instructors::ops::revise::revise;
use crate::jobs::{self, JobRun};
use crate::payments;
use crate::payments::ops::{CardWish, PricingPatch};

/// Timers of single bookings: whoever runs one twice must find nothing left to do.
const TIMERS: [&str; 5] = ["authorize", "auth_retry", "capture", "capture_retry", "payment_health"];
const RUNS_LOOKED_AT: usize = 60;

impl World {
    pub(super) async fn give_credit(&mut self, dice: &mut Dice) {
        let Some(user) = dice.pick(&self.people.students).copied() else { return };
        let amount = Cents(dice.one([500, 1000, 2000, 4500, 12_000]));
        let soon = plus_hours(self.clock.now(), dice.between(5, 120));
        let expires = dice.chance(60).then_some(soon);
        let given =
            self.site.write(move |tx| payments::ops::issue(tx, user, amount, "admin", None, expires).map(drop)).await;
        self.log.answered(&self.life, "credit", &given);
    }

    pub(super) async fn keep_cards(&mut self, dice: &mut Dice) {
        let Some(user) = dice.pick(&self.people.students).copied() else { return };
        let cards = self.site.read(|r| payments::ops::cards(r, user)).unwrap_or_default();
        let answer: Outcome<()> = match (dice.below(3), dice.pick(&cards)) {
            (0, Some(card)) => payments::ops::remove_card(&self.site, user, card.id).await,
            (1, Some(card)) => payments::ops::make_default(&self.site, user, card.id).await.map(drop),
            _ => {
                let named = if dice.chance(10) { "pm_card_nobody_issued".to_owned() } else { any_card(dice) };
                let wish = CardWish { named: Some(named), save: true, make_default: dice.chance(50) };
                payments::ops::card_for(&self.site, user, wish).await.map(drop)
            }
        };
        self.log.answered(&self.life, "cards", &answer);
    }

    /// Prices change; what was sold stays as it was.
    pub(super) async fn change_terms(&mut self, dice: &mut Dice) {
        let fee = Fraction(Bp(dice.one([800, 1000, 1200, 1500])));
        let patch = PricingPatch { student_fee_pct: Some(fee), ..PricingPatch::default() };
        let changed = match dice.below(3) {
            0 => {
                let mode = if dice.chance(40) { "platform" } else { "instructor" };
                self.platform_rules_held |= mode == "platform";
                self.site.write(move |tx| BOOKING_MODE.write(tx, &mode.to_owned(), None)).await
            }
            1 => {
                let floor = Cents(dice.one([6000, 8000, 15_000]));
                let floors = payments::ops::FloorsIn { private_in_person: floor, private_remote: floor };
                let patch = PricingPatch { price_floor_cents: Some(floors), ..patch };
                payments::ops::change_pricing(&self.site, self.admin(), patch).await
            }
            _ => payments::ops::change_pricing(&self.site, self.admin(), patch).await,
        };
        self.log.answered(&self.life, "terms", &changed);
    }

    /// Instructors pause and come back; the one who had not finished with Stripe does.
    pub(super) async fn change_people(&mut self, dice: &mut Dice) {
        let Some(teacher) = dice.pick(&self.people.teachers).cloned() else { return };
        if dice.chance(40) {
            drop(self.stand_in.onboard(&teacher.account));
            let seen = payments::ops::refresh_account(&self.site, teacher.id).await;
            return self.log.answered(&self.life, "onboarding", &seen);
        }
        let live = dice.chance(70);
        let changed = self.site.write(move |tx| {
            revise(tx, teacher.id, "live", |p| {
                p.is_live = live;
                Ok(())
            })
        });
        let changed = changed.await;
        self.log.answered(&self.life, "pause", &changed);
    }

    /// A lease was lost, a hand was too quick: what has run runs once more.
    pub(super) async fn run_jobs_again(&mut self, dice: &mut Dice) {
        if dice.chance(40) {
            let sweeps = ["hold_sweep", "no_show", "tier_sweep", "credit_expiry"];
            let ran = self.runner.run_named(dice.one(sweeps), dice.chance(10)).await;
            self.log.reach("fault job.by_hand");
            return self.log.answered(&self.life, "sweep", &ran);
        }
        let runs: Vec<JobRun> = self.site.read(|r| jobs::last_runs(r, RUNS_LOOKED_AT)).unwrap_or_default();
        let timers: Vec<&JobRun> =
            runs.iter().filter(|run| !run.key.is_empty() && TIMERS.contains(&run.job.as_str())).collect();
        let Some(run) = dice.pick(&timers) else { return };
        let Ok(id) = run.key.parse() else { return };
        let again = match run.job.as_str() {
            "authorize" => payments::ops::authorize_due(&self.site, id).await,
            "auth_retry" => payments::ops::retry_authorization(&self.site, id).await,
            "capture" => payments::ops::capture_due(&self.site, id).await,
            "capture_retry" => payments::ops::retry_capture(&self.site, id).await,
            _ => payments::ops::repeat_pending(&self.site, id).await,
        };
        self.log.reach("fault job.again");
        self.log.answered(&self.life, "job again", &again);
    }
}
