//! The machine the marketplace runs on: it can die between any two effects, and it sees every one.
//!
//! An effect is a commit of the store or a call to Stripe. From its death on the machine lets nothing out, whatever the
//! code in memory still tries; then the marketplace is opened anew over what was committed.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::witness::Witness;
use crate::base::time::{Clock, Timestamp};
use crate::outside::sandbox::stripe::StandIn;
use crate::outside::stripe::{Answered, Wire, WireCall};
use crate::store::StoreError;
use crate::store::engine::{Engine, EngineRead, Memory, Overlay};

/// Where the machine stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Death {
    /// Effects that still happen before.
    pub after: u32,
    /// The effect itself happens, but nobody hears of it.
    pub effect_happens: bool,
}

type Interruption = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Something another person does while a call is on its way.
pub(super) struct Meanwhile {
    /// Before Stripe has heard the call, or after it has acted on it.
    pub before: bool,
    pub deed: Box<dyn FnOnce() -> Interruption + Send>,
}

#[derive(Default)]
struct State {
    dead: bool,
    death: Option<Death>,
    /// What the fatal effect was.
    died_at: Option<&'static str>,
    stripe_down_until: Option<Timestamp>,
    outages_met: u32,
    meanwhile: Option<Meanwhile>,
    digest: Sha256,
    commits: u64,
    calls: u64,
}

pub(super) struct Life {
    memory: Memory,
    clock: Clock,
    state: Mutex<State>,
    witness: Mutex<Witness>,
}

/// Whether an effect happens, and whether anybody hears of it.
enum Verdict {
    Lives,
    LastWord,
    Dead,
}

impl Life {
    pub fn new(clock: Clock) -> Arc<Self> {
        let (state, witness) = (Mutex::default(), Mutex::default());
        Arc::new(Self { memory: Memory::default(), clock, state, witness })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn witness(&self) -> MutexGuard<'_, Witness> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn dies(&self, death: Option<Death>) {
        self.state().death = death;
    }

    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// The power is back; answers what kind of effect was the last.
    pub fn revive(&self) -> &'static str {
        let mut state = self.state();
        (state.dead, state.death, state.meanwhile) = (false, None, None);
        state.died_at.take().unwrap_or("nothing")
    }

    pub fn stripe_down_until(&self, until: Option<Timestamp>) {
        self.state().stripe_down_until = until;
    }

    /// Calls that found nobody since the last question.
    pub fn outages_met(&self) -> u32 {
        std::mem::take(&mut self.state().outages_met)
    }

    pub fn meanwhile(&self, deed: Option<Meanwhile>) {
        self.state().meanwhile = deed;
    }

    pub fn waits_for_a_call(&self) -> bool {
        self.state().meanwhile.is_some()
    }

    pub fn figures(&self) -> (u64, u64) {
        let state = self.state();
        (state.commits, state.calls)
    }

    /// A hash over every byte that was ever committed, in order.
    pub fn digest(&self) -> String {
        hex::encode(self.state().digest.clone().finalize())
    }

    fn effect(&self, commit: bool) -> Verdict {
        let mut state = self.state();
        if state.dead {
            return Verdict::Dead;
        }
        let Some(death) = state.death.as_mut() else { return Verdict::Lives };
        if death.after > 0 {
            death.after -= 1;
            return Verdict::Lives;
        }
        let happens = death.effect_happens;
        state.dead = true;
        state.died_at = Some(match (commit, happens) {
            (true, false) => "before_commit",
            (true, true) => "after_commit",
            (false, false) => "before_call",
            (false, true) => "after_call",
        });
        if happens { Verdict::LastWord } else { Verdict::Dead }
    }

    fn interruption(&self, before: bool) -> Option<Interruption> {
        let mut state = self.state();
        if state.meanwhile.as_ref().is_none_or(|m| m.before != before) {
            return None;
        }
        let deed = state.meanwhile.take()?.deed;
        drop(state);
        Some(deed())
    }

    fn is_stripe_down(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        let down = state.stripe_down_until.is_some_and(|until| now < until);
        state.outages_met += u32::from(down);
        down
    }
}

/// The disk of the machine.
pub(super) struct Disk(pub Arc<Life>);

impl Engine for Disk {
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError> {
        self.0.memory.snapshot()
    }

    fn commit(&self, changes: &Overlay) -> Result<(), StoreError> {
        let gone = || StoreError::io("the simulated disk", "the machine is dead");
        let verdict = self.0.effect(true);
        if matches!(verdict, Verdict::Dead) {
            return Err(gone());
        }
        self.0.memory.commit(changes)?;
        let mut state = self.0.state();
        state.commits += 1;
        for (key, value) in changes {
            state.digest.update((key.len() as u32).to_be_bytes());
            state.digest.update(key);
            state.digest.update(value.as_deref().unwrap_or(b"gone"));
        }
        drop(state);
        let after = self.0.memory.snapshot()?;
        self.0.witness().see(changes, after.as_ref(), self.0.clock.now());
        match verdict {
            Verdict::LastWord => Err(gone()),
            _ => Ok(()),
        }
    }
}

/// The line from the machine to Stripe.
pub(super) struct Cable {
    pub life: Arc<Life>,
    pub stand_in: StandIn,
}

impl Wire for Cable {
    fn call(&self, call: WireCall) -> Pin<Box<dyn Future<Output = Answered> + Send>> {
        let (life, stand_in) = (self.life.clone(), self.stand_in.clone());
        Box::pin(async move {
            life.state().calls += 1;
            if call.method == "POST"
                && let Some(deed) = life.interruption(true)
            {
                deed.await;
            }
            let verdict = life.effect(false);
            if matches!(verdict, Verdict::Dead) || life.is_stripe_down() {
                return None;
            }
            let moves = call.method == "POST";
            let answer = stand_in.call(call).await;
            if moves && let Some(deed) = life.interruption(false) {
                deed.await;
            }
            match verdict {
                Verdict::LastWord => None,
                _ => answer,
            }
        })
    }
}
