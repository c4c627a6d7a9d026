//! How hard the door is being tried, by one network and by everybody: the answer to many addresses with one password
//! each, which no account's own count would notice. // rule: 20§14 stuffing, spraying

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;

const MINUTES: i64 = 60;
/// Failures of an hour from which work is asked of everybody in a network.
const NETWORK_WORK: u32 = 20;
/// And from which nothing more is let through from there.
const NETWORK_CLOSED: u32 = 100;
/// The same for the whole marketplace; it is never closed.
const ALL_WORK: u32 = 1000;

/// Failures by minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressure {
    by_minute: Vec<(i64, u32)>,
}

impl Pressure {
    #[must_use]
    pub fn with_one_more(mut self, now: Timestamp) -> Self {
        let minute = minute_of(now);
        self.by_minute.retain(|(at, _)| minute - at < MINUTES);
        match self.by_minute.iter_mut().find(|(at, _)| *at == minute) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.by_minute.push((minute, 1)),
        }
        self
    }

    pub fn of_the_hour(&self, now: Timestamp) -> u32 {
        let minute = minute_of(now);
        self.by_minute.iter().filter(|(at, _)| minute - at < MINUTES).map(|(_, count)| count).sum()
    }
}

fn minute_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(60)
}

/// What the pressure asks of a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    Nothing,
    Work,
    Closed,
}

pub fn demand(network: &Pressure, everybody: &Pressure, now: Timestamp) -> Demand {
    let here = network.of_the_hour(now);
    if here >= NETWORK_CLOSED {
        Demand::Closed
    } else if here >= NETWORK_WORK || everybody.of_the_hour(now) >= ALL_WORK {
        Demand::Work
    } else {
        Demand::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::plus_seconds;

    #[test]
    fn pressure_asks_for_work_then_closes_and_is_forgotten() {
        let at = |seconds| plus_seconds("2026-03-07T14:00:00Z".parse().unwrap(), seconds);
        let after = |n: i64| (0..n).fold(Pressure::default(), |p, i| p.with_one_more(at(i * 6)));
        let calm = Pressure::default();
        for (failures, want) in [(19, Demand::Nothing), (20, Demand::Work), (99, Demand::Work), (100, Demand::Closed)] {
            assert_eq!(demand(&after(failures), &calm, at(failures * 6)), want, "{failures}");
        }
        assert_eq!(demand(&after(100), &calm, at(3600 + 300)), Demand::Work);
        assert_eq!(demand(&after(100), &calm, at(7200 + 60)), Demand::Nothing);
        let many = (0..1000).fold(Pressure::default(), |p, i| p.with_one_more(at(i)));
        assert_eq!(demand(&calm, &many, at(1000)), Demand::Work);
        assert!(many.by_minute.len() <= 60);
    }
}
