//! One seed from its first day to the quiet after its last.

use std::collections::BTreeSet;

use super::life::Death;
use super::world::World;
use crate::app::demo::dice::Dice;
use crate::app::rooms;
use crate::base::refusal::Outcome;
use crate::base::time::{SignedDuration, Timestamp, plus_hours, plus_minutes, plus_seconds};
use crate::outside::sandbox::stripe::FaultOrder;

/// Days on which runs begin, so that both changes of the clocks fall into some of them.
const BEGINNINGS: [&str; 4] =
    ["2026-02-20T15:00:00Z", "2026-10-15T15:00:00Z", "2027-03-20T09:30:00Z", "2026-06-01T22:45:00Z"];
/// After the last step nobody does anything for so long.
const QUIET_DAYS: i64 = 16;
/// A violation is told with so many of its findings, and the story of the bookings they name.
const FINDINGS_TOLD: usize = 8;

const OPERATIONS: [&str; 8] = [
    "payment_intents.confirm",
    "payment_intents.confirm",
    "payment_intents.capture",
    "payment_intents.cancel",
    "payment_intents.retrieve",
    "transfers.create",
    "refunds.create",
    "payment_methods.attach",
];
const ERRORS: [&str; 6] =
    ["card_declined", "insufficient_funds", "authentication_required", "api_error", "timeout", "timeout_after_success"];

/// What a run is given.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub seed: u64,
    pub days: i64,
    /// Only these steps are taken; all of them when absent.
    pub only: Option<BTreeSet<usize>>,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Ran {
    pub steps: usize,
    pub bookings: usize,
    pub commits: u64,
    pub calls: u64,
    pub digest: String,
    pub reached: BTreeSet<String>,
    /// The step at which something was wrong first, and what.
    pub failed: Option<(usize, Vec<String>)>,
}

pub(super) fn run(script: &Script) -> Ran {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    match runtime {
        Ok(runtime) => runtime.block_on(play(script)).unwrap_or_else(|refusal| Ran {
            failed: Some((0, vec![format!("the simulation itself failed: {refusal}")])),
            ..Ran::default()
        }),
        Err(error) => Ran { failed: Some((0, vec![error.to_string()])), ..Ran::default() },
    }
}

async fn play(script: &Script) -> Outcome<Ran> {
    let seed = script.seed;
    let begin: Timestamp = BEGINNINGS[(seed % 4) as usize].parse().map_err(crate::base::refusal::Refusal::internal)?;
    let mut world = World::open(seed, begin).await?;
    let end = plus_hours(begin, 24 * script.days);
    let mut step = 0;
    while world.clock.now() < end {
        let taken = script.only.as_ref().is_none_or(|only| only.contains(&step));
        if taken {
            take_step(&mut world, &mut Dice::of(&format!("step {seed} {step}"))).await?;
        } else if script.only.as_ref().is_some_and(|only| only.last().is_none_or(|last| *last < step)) {
            break;
        }
        step += 1;
        if !world.log.lock().wrong.is_empty() {
            return Ok(told(world, step - 1, step));
        }
    }
    quiet(&mut world, seed).await?;
    Ok(told(world, step, step))
}

fn told(world: World, at: usize, steps: usize) -> Ran {
    let (commits, calls) = world.life.figures();
    let mut log = world.log.lock();
    let mut wrong = std::mem::take(&mut log.wrong);
    wrong.truncate(FINDINGS_TOLD);
    let story = world.life.witness().story_of(&wrong);
    wrong.extend(story);
    let bookings = world.life.witness().bookings.len();
    world.site.store.close();
    Ran {
        steps,
        bookings,
        commits,
        calls,
        digest: world.life.digest(),
        reached: std::mem::take(&mut log.reached),
        failed: (!wrong.is_empty()).then_some((at, wrong)),
    }
}

async fn take_step(world: &mut World, dice: &mut Dice) -> Outcome<()> {
    hold_a_timer(world, dice).await?;
    let to = when(world, dice);
    if let Some((_, until)) = world.held.filter(|(_, until)| *until < to) {
        world.wait_until(until).await?;
        world.hold(None).await?;
    }
    arm(world, dice);
    world.wait_until(to).await?;
    world.bring_post(dice).await;
    if !world.life.is_dead() {
        world.act(dice).await;
    }
    world.disarm_meanwhile();
    if world.life.is_dead() {
        world.reopen().await?;
    }
    world.life.dies(None);
    if dice.chance(50) {
        world.bring_post(dice).await;
    }
    if dice.chance(50) {
        world.settle().await?;
    }
    note_faults(world);
    world.check_step();
    Ok(())
}

/// Now and then a kind of timer does not run for some hours; never for so long that a lesson begins meanwhile.
async fn hold_a_timer(world: &mut World, dice: &mut Dice) -> Outcome<()> {
    let now = world.clock.now();
    match world.held {
        Some((_, until)) if until <= now => world.hold(None).await,
        None if dice.chance(2) => {
            world.log.reach("fault job.held");
            let name = dice.one(["authorize", "authorize", "auth_retry", "capture", "capture_retry", "payment_health"]);
            world.hold(Some((name, plus_hours(now, dice.between(1, 10))))).await
        }
        _ => Ok(()),
    }
}

/// Some minutes, some hours, or right to where something changes for a lesson.
fn when(world: &World, dice: &mut Dice) -> Timestamp {
    let now = world.clock.now();
    let soon = plus_minutes(now, dice.between(0, 75));
    match dice.below(100) {
        0..50 => soon,
        50..62 => plus_minutes(now, dice.between(90, 480)),
        _ => {
            let witness = world.life.witness();
            let ahead: Vec<Timestamp> = witness
                .bookings
                .values()
                .filter(|known| !known.booking.status.is_terminal())
                .flat_map(|known| {
                    let (start, end) = (known.booking.start, known.booking.end);
                    [
                        plus_hours(start, -24),
                        plus_hours(start, -13),
                        plus_hours(start, -12),
                        start,
                        end,
                        plus_hours(end, 24),
                    ]
                })
                .filter(|at| *at > now && *at < plus_hours(now, 10))
                .collect();
            let off = dice.one([-1, 0, 1, 600, -600]);
            dice.pick(&ahead).map_or(soon, |at| plus_seconds(*at, off).max(now))
        }
    }
}

/// What goes wrong in this step, if anything.
fn arm(world: &mut World, dice: &mut Dice) {
    if dice.chance(12) {
        let death = Death { after: dice.below(14) as u32, effect_happens: dice.chance(50) };
        world.life.dies(Some(death));
    }
    if dice.chance(20) {
        let operation = dice.one(OPERATIONS);
        // Nobody is refused a look for lack of money.
        let error =
            if operation == "payment_intents.retrieve" { dice.one(["api_error", "timeout"]) } else { dice.one(ERRORS) };
        let times = if error.starts_with("timeout") || error == "api_error" { dice.one([1, 2, 2, 4]) } else { 1 };
        let order = FaultOrder { operation: operation.into(), error: error.into(), times, booking_id: None };
        drop(world.stand_in.order_fault(order));
    }
    if dice.chance(1) {
        // Stripe that takes no money for one lesson, until we give up; the card is not to blame.
        let ids = world.life.witness().with_status(&[crate::bookings::model::Status::Confirmed]);
        if let Some(id) = dice.pick(&ids) {
            let (operation, booking_id) = ("payment_intents.capture".into(), Some(id.to_string()));
            let error = dice.one(["api_error", "timeout"]).into();
            drop(world.stand_in.order_fault(FaultOrder { operation, error, times: 4000, booking_id }));
        }
    }
    if dice.chance(2) {
        // A card that gives nothing any more, for one lesson, until we give up.
        let ids = world.life.witness().with_status(&[crate::bookings::model::Status::Confirmed]);
        if let Some(id) = dice.pick(&ids) {
            for operation in ["payment_intents.capture", "payment_intents.confirm"] {
                let (operation, booking_id) = (operation.into(), Some(id.to_string()));
                let order = FaultOrder { operation, error: "card_declined".into(), times: 60, booking_id };
                drop(world.stand_in.order_fault(order));
            }
        }
    }
    let hours = match dice.below(400) {
        0..6 => Some(dice.between(1, 12)),
        6 => Some(7 * 24),
        7..10 => Some(40),
        _ => None,
    };
    if let Some(hours) = hours {
        world.life.stripe_down_until(Some(plus_hours(world.clock.now(), hours)));
        world.outage = if hours == 7 * 24 { "fault stripe_down.week" } else { "fault stripe_down.hours" };
    }
    world.faults_before = world.stand_in.faults();
}

fn note_faults(world: &World) {
    if world.life.outages_met() > 0 {
        world.log.reach(world.outage);
    }
    let left = world.stand_in.faults();
    for error in ERRORS {
        let count =
            |faults: &[FaultOrder]| -> u32 { faults.iter().filter(|f| f.error == error).map(|f| f.times).sum() };
        if count(&left) < count(&world.faults_before) {
            world.log.reach(format!("fault {error}"));
        }
    }
}

/// Everything works again and nobody does anything: whatever was begun comes to its end.
async fn quiet(world: &mut World, seed: u64) -> Outcome<()> {
    let mut dice = Dice::of(&format!("quiet {seed}"));
    world.hold(None).await?;
    world.life.stripe_down_until(None);
    for order in world.stand_in.faults() {
        drop(world.stand_in.order_fault(FaultOrder { times: 0, ..order }));
    }
    let end = world.clock.now().saturating_add(SignedDuration::from_hours(24 * QUIET_DAYS)).unwrap_or(Timestamp::MAX);
    while world.clock.now() < end && world.log.lock().wrong.is_empty() {
        world.bring_all_post(&mut dice).await;
        world.wait_until(plus_hours(world.clock.now(), 12)).await?;
        world.check_step();
    }
    world.bring_all_post(&mut dice).await;
    world.settle().await?;
    world.bring_all_post(&mut dice).await;
    world.check_step();
    let report = rooms::catalogue().verify(&world.site.store.snapshot()?)?;
    world.check_end(&report);
    Ok(())
}
