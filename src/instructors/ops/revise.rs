//! The one way a profile is saved: it keeps the invariants, notes first steps, and tells search.

use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::instructors::events::{InstructorChanged, InstructorStep};
use crate::instructors::model::{Profile, Step};
use crate::instructors::tables::{PROFILES, must_profile};
use crate::store::Tx;

/// Loads, changes and saves a profile. `what` names the change for the journal.
pub fn revise(
    tx: &mut Tx,
    id: UserId,
    what: &str,
    change: impl FnOnce(&mut Profile) -> Outcome<()>,
) -> Outcome<Profile> {
    let mut profile = must_profile(tx, id)?;
    change(&mut profile)?;
    save(tx, &mut profile, what)?;
    Ok(profile)
}

pub fn save(tx: &mut Tx, profile: &mut Profile, what: &str) -> Outcome<()> {
    let now = tx.now();
    // rule: 20§1 is_live ⇒ a pass valid now.
    profile.is_live &= profile.check.is_valid(now);
    profile.updated_at = now;
    tx.put(&PROFILES, &profile.user_id, profile)?;
    changed(tx, profile.user_id, what)
}

/// Marks a step of onboarding as reached, once. The caller saves the profile.
pub fn reached(tx: &mut Tx, profile: &mut Profile, step: Step) -> Outcome<()> {
    if profile.steps.contains_key(&step) {
        return Ok(());
    }
    profile.steps.insert(step, tx.now());
    tx.emit(&InstructorStep { instructor_id: profile.user_id, step })
}

/// Tells search that something it shows is different.
pub fn changed(tx: &mut Tx, id: UserId, what: &str) -> Outcome<()> {
    tx.emit(&InstructorChanged { instructor_id: id, what: what.to_owned() })
}

/// Notes that the instructor did something here (rule: 40§7 freshness). Called by rooms above in their own writes.
pub fn touch(tx: &mut Tx, id: UserId) -> Outcome<()> {
    let now = tx.now();
    match crate::instructors::tables::profile(tx, id)? {
        Some(mut profile) => {
            profile.last_active_at = now;
            tx.put(&PROFILES, &id, &profile)
        }
        None => Ok(()),
    }
}
