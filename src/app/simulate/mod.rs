//! `instainstru simulate`: weeks of a marketplace in milliseconds, with everything going wrong that can.
//!
//! Guarantees
//! - What runs is the product: its operations, jobs, store and adapter to Stripe, against the stand-in that the sandbox
//!   uses. Only the disk ([`life`]) and the people ([`acts`]) are simulated; the wire to Stripe has no network in it.
//! - After every step the books add up, ours and Stripe's to the cent; no two lessons overlap; every state and every
//!   move is one of [`law`], which was written from the specification and not from the code.
//! - After the last step and a while of quiet, everything that was begun has ended ([`checks`]).
//! - A seed replays exactly: same seed, same bytes committed. What fails is shrunk to the steps that matter.
//! - A run of many seeds fails as well when something that should be met never was ([`reach`]).
//!
//! Deliberately not here: pages, mails and search, which follow the journal and move no money; and threads of one
//! process racing each other, which `tests/it/race.rs` does over HTTP.

mod acts;
mod checks;
mod law;
mod life;
mod people;
mod post;
mod reach;
mod run;
mod shrink;
mod witness;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use run::{Ran, Script, run};

/// From so many seeds on, everything in [`reach`] has to be met.
const DEMANDING: u64 = 100;
/// Long runs say how far they are this often.
const NEWS_EVERY: Duration = Duration::from_secs(10);

#[derive(clap::Args, Clone, Debug)]
pub struct Flags {
    /// The first seed; the same seed gives the same run.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Simulated days of each run.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=60))]
    pub days: i64,
    /// How many seeds, one after another from the first.
    #[arg(long, default_value_t = 1)]
    pub seeds: u64,
    /// Take only these steps of the run (what a shrunk failure names).
    #[arg(long, value_delimiter = ',')]
    pub only: Option<Vec<usize>>,
    /// Seeds that run side by side; as many as there are cores when left out.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=256))]
    pub threads: Option<u64>,
}

/// What many seeds came to.
#[derive(Default)]
struct Tally {
    steps: usize,
    bookings: usize,
    commits: u64,
    calls: u64,
    digests: std::collections::BTreeMap<u64, String>,
    reached: BTreeSet<String>,
    failed: Vec<(u64, usize, Vec<String>)>,
}

/// Hears how a long run gets on: a line now and then, and each violation as soon as it is found.
pub type Listener<'a> = &'a (dyn Fn(&str) + Sync);

/// Runs the seeds on the cores it may use and tells what came of it; an error is a violation or something never met.
pub fn simulate(flags: &Flags, news: Listener<'_>) -> Result<String, String> {
    let began = Instant::now();
    let tally = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || all(flags, news));
    let told = tell(flags, &tally, began.elapsed().as_secs_f64());
    let (wanted, missing) = reach::missing(&tally.reached);
    let told =
        format!("{told}\nmet: {} of {wanted} that a long run has to meet{}", wanted - missing.len(), unmet(&missing));
    if let Some((seed, step, findings)) = tally.failed.iter().min() {
        let others = tally.failed.iter().filter(|(other, ..)| other != seed);
        let others: String = others.map(|(seed, step, f)| format!("seed {seed}, step {step}: {}\n", f[0])).collect();
        news("making the first violation smaller, for two minutes at most");
        return Err(format!("{told}\n{others}{}", tell_failure(flags, *seed, *step, findings)));
    }
    match missing.is_empty() || flags.seeds < DEMANDING {
        true => Ok(told),
        false => Err(told),
    }
}

fn unmet(missing: &[String]) -> String {
    match missing {
        [] => String::new(),
        _ => format!("; not in this run: {}", missing.join(", ")),
    }
}

fn all(flags: &Flags, news: Listener<'_>) -> Tally {
    let (next, tally) = (AtomicU64::new(flags.seed), Mutex::new(Tally::default()));
    let end = flags.seed.saturating_add(flags.seeds);
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let threads = flags.threads.unwrap_or(cores).min(flags.seeds).max(1);
    let (began, told) = (Instant::now(), Mutex::new(Instant::now()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let silent = tracing::subscriber::NoSubscriber::default();
                tracing::subscriber::with_default(silent, || {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= end {
                            return;
                        }
                        let ran = run(&script(flags, seed));
                        if let Some((step, findings)) = &ran.failed {
                            news(&format!("seed {seed}, step {step}:\n{}", list(findings)));
                        }
                        let mut tally = locked(&tally);
                        add(&mut tally, seed, ran);
                        let mut told = locked(&told);
                        if told.elapsed() > NEWS_EVERY {
                            *told = Instant::now();
                            news(&tell(flags, &tally, began.elapsed().as_secs_f64()));
                        }
                    }
                });
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn script(flags: &Flags, seed: u64) -> Script {
    let only = flags.only.as_ref().map(|steps| steps.iter().copied().collect());
    Script { seed, days: flags.days, only }
}

fn add(tally: &mut Tally, seed: u64, ran: Ran) {
    tally.steps += ran.steps;
    tally.bookings += ran.bookings;
    tally.commits += ran.commits;
    tally.calls += ran.calls;
    tally.digests.insert(seed, ran.digest);
    tally.reached.extend(ran.reached);
    tally.failed.extend(ran.failed.map(|(step, findings)| (seed, step, findings)));
}

fn tell(flags: &Flags, tally: &Tally, seconds: f64) -> String {
    let seeds = tally.digests.len();
    let days = seeds as f64 * flags.days as f64;
    let digest = tally.digests.values().fold(Sha256::new(), |hash, one| hash.chain_update(one)).finalize();
    format!(
        "{} seeds of {} days: {:.0} simulated days a minute ({seconds:.1} s), {} steps, {} bookings, {} commits, {} calls \
         to Stripe, {} violations\ndigest {}",
        seeds,
        flags.days,
        days / seconds * 60.0,
        tally.steps,
        tally.bookings,
        tally.commits,
        tally.calls,
        tally.failed.len(),
        &hex::encode(digest)[..16],
    )
}

fn list(findings: &[String]) -> String {
    findings.iter().map(|f| format!("  {f}\n")).collect()
}

fn tell_failure(flags: &Flags, seed: u64, step: usize, findings: &[String]) -> String {
    let mut told = format!("seed {seed}, step {step}:\n{}", list(findings));
    if flags.only.is_none() {
        let (steps, smaller) = shrink::shrink(&script(flags, seed), step);
        let numbers: Vec<String> = steps.iter().map(ToString::to_string).collect();
        told.push_str(&format!("shrunk to {} steps, which end in\n{}", steps.len(), list(&smaller)));
        let days = flags.days;
        told.push_str(&format!("again: instainstru simulate --seed {seed} --days {days} --only {}", numbers.join(",")));
    }
    told
}
