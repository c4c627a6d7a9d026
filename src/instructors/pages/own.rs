//! What every page of an instructor's own has at hand, and where the pages stand.

use crate::base::access::Actor;
use crate::base::money::Bp;
use crate::base::price::Floors;
use crate::base::refusal::Outcome;
use crate::instructors::model::Step;
use crate::instructors::ops::read;
use crate::instructors::parts::{Instructors, Pay};
use crate::instructors::rules::live::{is_through, missing};
use crate::instructors::view::Facts;
use crate::site::Site;
use crate::site::settings::PRICE_FLOORS;
use crate::web::Chrome;

/// Leads to the dashboard, or to the way in.
pub(super) const HOME: &str = "/instructor";
pub(super) const DASHBOARD: &str = "/instructor/dashboard";
/// What is still missing, and going live.
pub const WAY_IN: &str = "/instructor/onboarding/status";

/// The steps of going live: as [`missing`] calls them, as we say them, where they are done.
pub const STEPS: [(&str, &str, &str); 5] = [
    ("service_areas", "Say where you travel to", "/instructor/onboarding/account-setup"),
    ("skills", "Say what you teach and for how much", "/instructor/onboarding/skill-selection"),
    ("identity", "Prove who you are", "/instructor/onboarding/verification"),
    ("background_check", "Have a background check on file", "/instructor/onboarding/verification"),
    ("stripe_connect", "Say where your pay goes", "/instructor/onboarding/payment-setup"),
];

/// The same forms stand on the way in and in the profile that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Kept,
}

impl Way {
    pub fn of(chrome: &Chrome) -> Self {
        if chrome.path.starts_with("/instructor/onboarding/") { Self::In } else { Self::Kept }
    }
    pub fn about(self) -> &'static str {
        match self {
            Self::In => "/instructor/onboarding/account-setup",
            Self::Kept => "/instructor/profile",
        }
    }
    pub fn skills(self) -> &'static str {
        match self {
            Self::In => "/instructor/onboarding/skill-selection",
            Self::Kept => "/instructor/profile/skills",
        }
    }
}

pub(super) struct Own {
    pub facts: Facts,
    pub missing: Vec<&'static str>,
    pub pay: Pay,
    /// What the marketplace keeps of a lesson's price.
    pub share: Bp,
    pub floors: Floors,
    /// Nothing leads back to the way in.
    pub through: bool,
}

impl Own {
    pub fn load(site: &Site, actor: &Actor) -> Outcome<Self> {
        let (parts, now, id) = (site.part::<Instructors>()?, site.now(), actor.user_id);
        site.read(|r| {
            let facts = read::facts(site, r, id, None)?;
            Ok(Self {
                missing: missing(&facts.profile, &facts.offerings, &facts.areas, now),
                through: is_through(&facts.profile, now),
                pay: parts.pay(r, id)?,
                share: parts.share(r, id, now)?,
                floors: PRICE_FLOORS.read(r)?,
                facts,
            })
        })
    }

    pub fn lacks(&self, step: &str) -> bool {
        self.missing.contains(&step)
    }

    /// Whether the page about oneself was saved once, and nothing on it is missing.
    pub fn is_told(&self) -> bool {
        self.facts.profile.steps.contains_key(&Step::ProfileSubmitted) && !self.lacks("service_areas")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instructors::model::Areas;
    use crate::instructors::ops::create::blank;

    /// What going live asks for has a page where it is done.
    #[test]
    fn every_missing_step_has_its_page() {
        let now = "2026-11-10T19:00:00Z".parse().unwrap();
        let profile = blank(crate::base::id::UserId::of_name("sarah"), String::new(), now);
        for step in missing(&profile, &[], &Areas::default(), now) {
            assert!(STEPS.iter().any(|(name, _, _)| *name == step), "{step}");
        }
    }
}
