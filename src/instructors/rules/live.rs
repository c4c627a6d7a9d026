//! Who is shown, and what is missing before one can be (part 20 §8).

use serde_json::json;

use crate::accounts::model::{AccountStatus, User};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::instructors::model::{Areas, Offering, Profile};

/// rule: 20§8 Public = live ∧ valid pass ∧ active account. The only definition there is: lists, pages, search and
/// booking all ask here.
pub fn is_public(profile: &Profile, user: &User, now: Timestamp) -> bool {
    profile.is_live && profile.check.is_valid(now) && user.is_active && user.status == AccountStatus::Active
}

/// Whether the way in lies behind somebody: live, with a check that still counts. A pause does not lead back to it.
pub fn is_through(profile: &Profile, now: Timestamp) -> bool {
    profile.is_live && profile.check.is_valid(now)
}

/// What is still missing, in the order it is done (rule: 20§8 Go-live).
pub fn missing(profile: &Profile, offerings: &[Offering], areas: &Areas, now: Timestamp) -> Vec<&'static str> {
    let mut active = offerings.iter().filter(|o| o.is_active).peekable();
    let steps = [
        ("skills", active.peek().is_some()),
        ("identity", profile.identity.verified_at.is_some()),
        ("stripe_connect", profile.payouts.ready),
        ("background_check", profile.check.is_valid(now)),
        ("service_areas", !areas.neighborhoods.is_empty() || !active.any(|o| o.terms.travels())),
    ];
    steps.into_iter().filter(|(_, done)| !done).map(|(step, _)| step).collect()
}

/// Whether a profile may be published.
pub fn may_go_live(
    profile: &Profile,
    user: &User,
    offerings: &[Offering],
    areas: &Areas,
    now: Timestamp,
) -> Outcome<()> {
    let missing = missing(profile, offerings, areas, now);
    if !missing.is_empty() {
        return Err(Refusal::bad_request(
            "GO_LIVE_PREREQUISITES",
            "Some steps are still missing before your profile can be published.",
        )
        .details(json!({ "missing": missing })));
    }
    if profile.identity.name_mismatch || profile.check.name_mismatch {
        return Err(Refusal::bad_request(
            "name_mismatch_block",
            "The name on your identity document is not the name of your account. Write to support to have it cleared.",
        ));
    }
    if !user.is_active || user.status != AccountStatus::Active {
        return Err(Refusal::bad_request("ACCOUNT_NOT_ACTIVE", "Your account is paused. Resume it first."));
    }
    Ok(())
}
