//! Background checks by an admin's hand: entering a clear result, taking it back.
//!
//! No provider is connected, so a check is made elsewhere and its result entered here by somebody who holds the report.
//! Who entered it and why stands in the audit trail. A result that is not clear cannot be entered: turning somebody down
//! takes the letters and the clock of part 20 §8.

use serde_json::{Value, json};

use super::revise;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::instructors::model::{Check, Profile, Step};
use crate::instructors::rules::check::{may_reset, passed};
use crate::instructors::tables::must_profile;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};

const PASS: &str = "instructor.approve";
const RESET: &str = "instructor.reset_bgc";

/// Enters a clear result that was completed at this instant. Entering the same once more is refused.
pub async fn pass(site: &Site, by: By, instructor: UserId, completed_at: Timestamp) -> Outcome<Profile> {
    let asker = by.clone();
    let env = if site.is_sandbox() { "sandbox" } else { "production" };
    let work = site.write(move |tx| {
        not_oneself(&by, instructor)?;
        let mut profile = must_profile(tx, instructor)?;
        let check = passed(&profile.check, completed_at, env, tx.now())?;
        let before = std::mem::replace(&mut profile.check, check);
        revise::reached(tx, &mut profile, Step::BgcCompleted)?;
        revise::save(tx, &mut profile, "trust")?;
        let deed = Deed::on(PASS, "instructor", instructor).change(told(&before), told(&profile.check));
        audit::record(tx, &by, deed)?;
        Ok(profile)
    });
    audit::watched(site, &asker, Deed::on(PASS, "instructor", instructor), work).await
}

/// Takes back what is on file, as if no check had been made. Not while it carries a live profile.
pub async fn reset(site: &Site, by: By, instructor: UserId) -> Outcome<()> {
    let asker = by.clone();
    let work = site.write(move |tx| {
        not_oneself(&by, instructor)?;
        let mut profile = must_profile(tx, instructor)?;
        may_reset(&profile)?;
        let before = std::mem::take(&mut profile.check);
        revise::save(tx, &mut profile, "trust")?;
        let deed = Deed::on(RESET, "instructor", instructor).change(told(&before), told(&profile.check));
        audit::record(tx, &by, deed)
    });
    audit::watched(site, &asker, Deed::on(RESET, "instructor", instructor), work).await
}

/// rule: 20§14 self-approve 403.
pub(super) fn not_oneself(by: &By, instructor: UserId) -> Outcome<()> {
    if by.actor == Some(instructor) {
        return Err(Refusal::forbidden("FORBIDDEN", "Nobody vouches for themselves."));
    }
    Ok(())
}

fn told(check: &Check) -> Value {
    json!({ "bgc_status": check.status, "completed_at": check.completed_at, "valid_until": check.valid_until })
}
