//! A demo many times its size, for measuring: more people who teach, with offerings and published time, no lessons.

use super::cast::cast;
use super::dice::Dice;
use super::hours::Week;
use super::people::{Hashes, cover, profile};
use super::teacher::{Plan, plan};
use crate::accounts::ops::register::{self, NewPerson};
use crate::availability::model::PublishedDay;
use crate::availability::rules::week::wanted_days;
use crate::availability::tables::DAYS;
use crate::base::access::Role;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, monday_of, plus_days, today_in};
use crate::instructors::model::CheckStatus;
use crate::instructors::ops::{offerings, revise};
use crate::places::timezone_of_zip;
use crate::site::Site;
use crate::store::Tx;

/// Weeks of published time each copy has from this one on.
const WEEKS: i64 = 4;
/// People in one write: about 5 MB.
const BATCH: usize = 400;

/// Adds the roster's instructors `times` over, under other names and addresses.
pub async fn add(site: &Site, times: u32) -> Outcome<()> {
    let hashes = Hashes::new()?;
    let roster = cast().teachers.len();
    let plans = (0..roster).map(plan).collect::<Outcome<Vec<_>>>()?;
    let monday = monday_of(today_in(site.now(), &site.zone));
    let all: Vec<usize> = (0..roster * times as usize).collect();
    for batch in all.chunks(BATCH) {
        let people: Vec<(Plan, NewPerson)> = batch.iter().map(|n| double(&plans, *n, &hashes)).collect();
        site.write(move |tx| people.iter().try_for_each(|(plan, person)| enroll(tx, plan, person, monday))).await?;
    }
    Ok(())
}

/// The `n`-th copy: one person's profession under a first and a last name of two others.
fn double(plans: &[Plan], n: usize, hashes: &Hashes) -> (Plan, NewPerson) {
    let roster = plans.len();
    let mut dice = Dice::of(&format!("copy {n}"));
    let mut plan = plans[n % roster].clone();
    plan.person.first = cast().teachers[dice.below(roster)].person.first;
    plan.person.last = cast().teachers[dice.below(roster)].person.last;
    plan.email = plan.person.email().replace('@', &format!(".{}@", n + 1));
    plan.check = CheckStatus::Passed;
    plan.founding = false;
    plan.week = Week::drawn(&mut dice, "");
    for service in &mut plan.services {
        service.terms.hourly_rate.0 += dice.between(0, 4) * 500;
    }
    let person = NewPerson {
        email: plan.email.clone(),
        password_hash: hashes.of(Role::Instructor),
        first_name: plan.person.first.to_owned(),
        last_name: plan.person.last.to_owned(),
        phone: None,
        timezone: timezone_of_zip(&plan.zip).to_owned(),
        zip_code: plan.zip.clone(),
        role: Role::Instructor,
    };
    (plan, person)
}

fn enroll(tx: &mut Tx, plan: &Plan, person: &NewPerson, monday: Date) -> Outcome<()> {
    let user = register::add(tx, person)?.id;
    let mut profile = profile(user, plan, None, tx.now());
    profile.payouts.ready = true;
    offerings::replace(tx, user, &plan.services)?;
    cover(tx, user, plan)?;
    revise::save(tx, &mut profile, "live")?;
    for week in 0..WEEKS {
        let monday = plus_days(monday, week * 7);
        for (date, day) in wanted_days(monday, &plan.week.windows(monday), false, &Default::default())? {
            let row = PublishedDay { day, revision: 1, updated_at: tx.now(), booked: false };
            tx.put(&DAYS, &(user, date), &row)?;
        }
    }
    Ok(())
}
