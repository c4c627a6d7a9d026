//! Giving up teaching, and what is left of somebody who taught when their account is erased.

use crate::accounts::ops::roles;
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::instructors::parts::Instructors;
use crate::instructors::tables::{AREAS, PROFILES, must_profile, profile};
use crate::site::Site;
use crate::store::Tx;

use super::{offerings, revise};

/// The account becomes a student's. Offerings stay, inactive, for the lessons sold; the evidence of background checks
/// is kept by the trust flow (rule: 20§5 Deleting the instructor profile).
pub async fn drop_own(site: &Site, id: UserId) -> Outcome<()> {
    let parts = site.part::<Instructors>()?;
    site.write(move |tx| {
        must_profile(tx, id)?;
        if parts.has_lessons_ahead(tx, id, tx.now())? {
            return Err(Refusal::conflict(
                "HAS_FUTURE_BOOKINGS",
                "You still have lessons ahead. Teach or cancel them first.",
            ));
        }
        offerings::replace(tx, id, &[])?;
        tx.delete(&AREAS, &id)?;
        tx.delete(&PROFILES, &id)?;
        roles::exchange(tx, id, Role::Instructor, Role::Student)?;
        revise::changed(tx, id, "dropped")
    })
    .await
}

/// Erasing an account takes the words about the person and the addresses they taught at. The profile stays as a shell:
/// lessons sold lead to it, and the evidence of checks is kept. // rule: 20§5 Delete
pub fn erase(tx: &mut Tx, id: UserId) -> Outcome<()> {
    if profile(tx, id)?.is_none() {
        return Ok(());
    }
    revise::revise(tx, id, "erased", |profile| {
        profile.bio.clear();
        profile.languages.clear();
        profile.teaching_locations.clear();
        profile.public_spaces.clear();
        profile.identity.verified_first_name = None;
        profile.identity.verified_last_name = None;
        profile.identity.verified_dob = None;
        Ok(())
    })
    .map(drop)
}
