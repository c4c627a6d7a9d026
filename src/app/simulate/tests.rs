use super::run::{Script, run};
use super::*;

fn flags(seed: u64, days: i64, seeds: u64) -> Flags {
    Flags { seed, days, seeds, only: None, threads: None }
}

#[test]
fn a_few_seeds_break_nothing() {
    simulate(&flags(1, 6, 3), &|_| {}).unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn a_seed_replays_to_the_byte() {
    let digest = |seed| run(&Script { seed, days: 4, only: None }).digest;
    assert_eq!(digest(7), digest(7));
    assert_ne!(digest(7), digest(8));
}
