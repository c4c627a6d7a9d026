//! The operator's choices that bear on joining and on the door.

use crate::accounts::parts::Accounts;
use crate::accounts::rules::password;
use crate::base::refusal::Outcome;
use crate::site::{Setting, Site};
use crate::web::{Limiter, WindowRule};

pub static PASSWORD_MIN_LENGTH: Setting<usize> = Setting {
    key: "password.min_length",
    description: "Least characters of a password. Admins without a second factor need 15 in any case.",
    default: || password::MIN_DEFAULT,
    check: |n| if (8..=64).contains(n) { Ok(()) } else { Err("Between 8 and 64 characters.") },
};

pub static REGION_ZIP_ONLY: Setting<bool> = Setting {
    key: "signup.region_zip_only",
    description: "Only people with a ZIP code of the region may join.",
    default: || true,
    check: |_| Ok(()),
};

/// What bears on joining.
#[derive(Clone, Copy, Debug)]
pub struct JoiningRules {
    pub password_min: usize,
    pub region_zip_only: bool,
}

pub fn joining(site: &Site) -> Outcome<JoiningRules> {
    site.read(|r| {
        Ok(JoiningRules { password_min: PASSWORD_MIN_LENGTH.read(r)?, region_zip_only: REGION_ZIP_ONLY.read(r)? })
    })
}

/// What bears on the door; both can be switched in a sandbox.
#[derive(Clone, Copy, Debug)]
pub struct DoorRules {
    pub challenge: bool,
    pub windows: WindowRule,
}

pub fn door(site: &Site) -> Outcome<DoorRules> {
    let challenge = site.part::<Accounts>()?.switches.challenge();
    Ok(DoorRules { challenge, windows: site.part::<Limiter>()?.rule() })
}
