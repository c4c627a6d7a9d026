//! Stripe Identity: a session opened once and used again, its result taken only from the session we stored.
// rule: 20§8 Stripe Identity

use serde_json::json;

use super::check::not_oneself;
use super::revise;
use crate::accounts::must_user;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::instructors::model::{Profile, Step};
use crate::instructors::rules::check::may_clear_mismatch;
use crate::instructors::tables::{BY_SESSION, must_profile};
use crate::outside::stripe::{IdentitySession, Stripe, identity_refusal};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt as _, Span};

/// Where Stripe sends the instructor back to.
const BACK: &str = "/instructor/onboarding/verification?identity_return=true";

/// The check as it stands; `not_started` before any session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub status: &'static str,
    pub verified: bool,
}

/// Opens a session, or answers the one that is still open. Done is done (400).
pub async fn open(site: &Site, user: UserId) -> Outcome<IdentitySession> {
    let profile = site.read(|r| must_profile(r, user))?;
    if profile.identity.verified_at.is_some() {
        return Err(Refusal::bad_request("IDENTITY_ALREADY_VERIFIED", "Your identity is verified already."));
    }
    let stripe = site.part::<Stripe>()?;
    if let Some(known) = &profile.identity.session_id {
        let found = stripe.identity(known).await.map_err(|fault| identity_refusal(&fault))?;
        match found.status {
            "requires_input" | "processing" => return Ok(found),
            "verified" => {
                keep(site, user, &found).await?;
                return Err(Refusal::bad_request("IDENTITY_ALREADY_VERIFIED", "Your identity is verified already."));
            }
            _ => {}
        }
    }
    let key = format!("identity_{user}_{}", profile.identity.session_id.as_deref().unwrap_or("first"));
    let made = stripe
        .open_identity(&user.to_string(), &site.url(BACK), &key)
        .await
        .map_err(|fault| identity_refusal(&fault))?;
    let id = made.id.clone();
    site.write(move |tx| {
        revise::revise(tx, user, "identity", |profile| {
            profile.identity.session_id = Some(id.clone());
            Ok(())
        })
    })
    .await?;
    Ok(made)
}

/// Reads the stored session anew; touches nothing else.
pub async fn refresh(site: &Site, user: UserId) -> Outcome<Check> {
    let profile = site.read(|r| must_profile(r, user))?;
    if profile.identity.verified_at.is_some() {
        return Ok(Check { status: "verified", verified: true });
    }
    let Some(session) = profile.identity.session_id else {
        return Ok(Check { status: "not_started", verified: false });
    };
    let found = site.part::<Stripe>()?.identity(&session).await.map_err(|fault| identity_refusal(&fault))?;
    let verified = found.status == "verified";
    if verified {
        keep(site, user, &found).await?;
    }
    let status = if found.error.is_some() && !verified { "error" } else { found.status };
    Ok(Check { status, verified })
}

/// News about a session: taken only by the instructor who has it stored. Answers whether it is anybody's.
pub async fn hear(site: &Site, session: &str) -> Outcome<bool> {
    let Some(user) = site.read(|r| owner(r, session))? else { return Ok(false) };
    refresh(site, user).await?;
    Ok(true)
}

fn owner(r: &dyn Read, session: &str) -> Outcome<Option<UserId>> {
    let own = r.index_keys(&BY_SESSION, Span::prefix(&(session.to_owned(),)), 1, Dir::Up)?;
    Ok(own.first().map(|(_, user)| *user))
}

/// An admin has seen that both names are one person's. // rule: 20§8 blocks go-live until admin clears (audited)
pub async fn clear_mismatch(site: &Site, by: By, user: UserId) -> Outcome<()> {
    const DEED: &str = "instructor.clear_identity_mismatch";
    let asker = by.clone();
    let work = site.write(move |tx| {
        not_oneself(&by, user)?;
        may_clear_mismatch(&must_profile(tx, user)?)?;
        let cleared = |profile: &mut Profile| {
            profile.identity.name_mismatch = false;
            Ok(())
        };
        revise::revise(tx, user, "trust", cleared)?;
        let told = |mismatch: bool| json!({ "identity_name_mismatch": mismatch });
        audit::record(tx, &by, Deed::on(DEED, "instructor", user).change(told(true), told(false)))
    });
    audit::watched(site, &asker, Deed::on(DEED, "instructor", user), work).await
}

/// Stamps a verified identity, once. Another last name than the account's blocks going live until an admin clears it.
async fn keep(site: &Site, user: UserId, found: &IdentitySession) -> Outcome<Profile> {
    let found = found.clone();
    site.write(move |tx| {
        let account = must_user(tx, user)?;
        let mut profile = must_profile(tx, user)?;
        if profile.identity.verified_at.is_some() || profile.identity.session_id.as_deref() != Some(&found.id) {
            return Ok(profile);
        }
        let same = |name: &String| name.trim().to_lowercase() == account.last_name.trim().to_lowercase();
        profile.identity.verified_at = Some(tx.now());
        profile.identity.name_mismatch = found.last_name.as_ref().is_some_and(|name| !same(name));
        profile.identity.verified_first_name.clone_from(&found.first_name);
        profile.identity.verified_last_name.clone_from(&found.last_name);
        revise::reached(tx, &mut profile, Step::IdentityVerified)?;
        revise::save(tx, &mut profile, "identity")?;
        Ok(profile)
    })
    .await
}
