//! The sandbox's clock across restarts: moved time stays moved, frozen time stays frozen, and time never goes back
//! behind what the journal has seen.

use serde::{Deserialize, Serialize};

use crate::base::refusal::Outcome;
use crate::base::time::{Clock, SignedDuration, Timestamp};
use crate::site::{Mode, Site};
use crate::store::{Dir, ReadExt, Span, Store, Table, journal};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptClock {
    /// Ahead of the machine's clock by so many milliseconds.
    offset_ms: i64,
    /// Where it stands, if frozen.
    frozen_at: Option<Timestamp>,
}

pub static CLOCK: Table<(), KeptClock> = Table::new(0x1D01, "unit_clock");

/// How far a machine's clock may be behind what was written before it is taken for wrong.
const CLOCK_ERROR: SignedDuration = SignedDuration::from_mins(5);

fn set_back(seen: Timestamp, machine: Timestamp) -> String {
    format!(
        "was last written at {seen}, but this machine's clock says {machine}. With a clock set back lessons and \
         payments would happen at wrong times. Nothing was changed; set the clock right and start again."
    )
}

/// The clock a store continues with.
pub fn restore(store: &Store, mode: Mode, start: Option<Timestamp>) -> Result<Clock, String> {
    let read = store.snapshot().map_err(|e| e.to_string())?;
    let kept = read.get(&CLOCK, &()).map_err(|e| e.to_string())?;
    let last = read.scan(&journal::JOURNAL, Span::all(), 1, Dir::Down).map_err(|e| e.to_string())?;
    let seen = last.first().map_or(Timestamp::MIN, |(_, event)| event.at);
    let machine = Clock::system().now();
    if mode == Mode::Live {
        return if seen > machine + CLOCK_ERROR { Err(set_back(seen, machine)) } else { Ok(Clock::system()) };
    }
    let clock = match (kept, start) {
        (Some(kept), _) => {
            let at = kept.frozen_at.unwrap_or(machine + SignedDuration::from_millis(kept.offset_ms));
            let clock = Clock::starting_at(at.max(seen));
            if kept.frozen_at.is_some() {
                clock.freeze(true);
            }
            clock
        }
        (None, Some(start)) => Clock::starting_at(start),
        (None, None) if seen > machine => Clock::starting_at(seen),
        (None, None) => Clock::system(),
    };
    Ok(clock)
}

/// Remembers where the clock stands.
pub async fn keep(site: &Site) -> Outcome<()> {
    if !site.is_sandbox() {
        return Ok(());
    }
    let offset_ms = i64::try_from(site.clock.offset_from_system().as_millis()).unwrap_or(0);
    let frozen_at = site.clock.is_frozen().then(|| site.now());
    site.write(move |tx| tx.put(&CLOCK, &(), &KeptClock { offset_ms, frozen_at })).await
}
