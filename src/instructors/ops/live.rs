//! Publishing a profile, and taking it back when the check runs out.

use crate::accounts::must_user;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::instructors::model::Step;
use crate::instructors::rules::live;
use crate::instructors::tables::{areas, must_profile, offerings_of};
use crate::site::Site;

use super::revise;

/// rule: 20§8 Go-live.
pub async fn go_live(site: &Site, instructor: UserId) -> Outcome<()> {
    site.write(move |tx| {
        let mut profile = must_profile(tx, instructor)?;
        let user = must_user(tx, instructor)?;
        let now = tx.now();
        live::may_go_live(&profile, &user, &offerings_of(tx, instructor)?, &areas(tx, instructor)?, now)?;
        if profile.is_live {
            return Ok(());
        }
        profile.is_live = true;
        profile.onboarding_completed_at.get_or_insert(now);
        profile.last_active_at = now;
        // rule: 20§8 the verified first name and birthday have served their purpose.
        profile.identity.verified_first_name = None;
        profile.identity.verified_dob = None;
        revise::reached(tx, &mut profile, Step::WentLive)?;
        revise::save(tx, &mut profile, "live")
    })
    .await
}
