//! The second step of signing in: what comes between a right password and a session. // rule: 20§2 2FA

use crate::accounts::events::BackupCodeUsed;
use crate::accounts::model::{BackupCode, LoginChallenge, User};
use crate::accounts::parts::Accounts;
use crate::accounts::rules::totp;
use crate::accounts::tables::{LOGIN_CHALLENGES, TWO_FACTORS, must_user};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::{Timestamp, plus_seconds};
use crate::site::{Seal, Site};
use crate::store::{ReadExt, Tx};

use super::knock::Knock;
use super::session::Opened;
use super::two_factor::{WRONG_CODE, place, status, wrong_code};
use super::{Visitor, devices, recovery, sign_in};

/// Opens the second step after a right password; answers the token to come back with.
pub(super) fn challenge(tx: &mut Tx, user_id: UserId, browser: bool) -> Outcome<String> {
    let token = secret::token_text(&tx.random_bytes::<32>());
    let expires_at = plus_seconds(tx.now(), totp::LOGIN_SECONDS);
    tx.put(
        &LOGIN_CHALLENGES,
        &secret::sha256_hex(&token),
        &LoginChallenge { user_id, browser, expires_at, attempts: 0 },
    )?;
    Ok(token)
}

/// What is shown at the second step.
#[derive(Clone, Debug)]
pub enum Proof {
    Code(String),
    Backup(String),
}

/// A person who passed both steps; the device token if this browser is to be trusted.
#[derive(Debug)]
pub struct Passed {
    pub user: User,
    pub opened: Opened,
    pub device_token: Option<String>,
    /// Came through the browsers' door.
    pub browser: bool,
}

/// The second step. Five wrong tries end it, and each counts towards the account's lock.
pub async fn pass(site: &Site, temp_token: &str, proof: Proof, visitor: Visitor, trust: bool) -> Outcome<Passed> {
    let key = secret::sha256_hex(temp_token);
    let now = site.now();
    let open = site.read(|r| r.get(&LOGIN_CHALLENGES, &key))?.filter(|c| is_open(c, now)).ok_or_else(invalid_token)?;
    let user = site.read(|r| must_user(r, open.user_id))?;
    let knock = Knock::of(site, &user.email, &visitor)?;
    site.read(|r| knock.unlocked(r, now))?;
    let used_backup = match &proof {
        Proof::Backup(given) => Some(matching_backup(site, user.id, given).await?),
        Proof::Code(_) => None,
    };
    let seal = site.part::<Seal>()?;
    let at_door = knock.clone();
    let passed = site
        .write(move |tx| {
            let fits = match (&proof, &used_backup) {
                (Proof::Code(code), _) => use_code(tx, &seal, user.id, code)?,
                (Proof::Backup(_), used) => use_backup(tx, user.id, used.as_ref().and_then(Option::as_ref))?,
            };
            enter(tx, &key, user.id, fits, &visitor, &at_door, Way { method: "totp", trust })
        })
        .await?;
    match passed {
        Ok(passed) => Ok(passed),
        Err(refusal) => {
            if refusal.code == WRONG_CODE {
                knock.failed(site, "second step").await?;
            }
            Err(refusal)
        }
    }
}

pub(super) fn is_open(challenge: &LoginChallenge, now: Timestamp) -> bool {
    challenge.expires_at > now && challenge.attempts < totp::LOGIN_TRIES
}

/// The stored recovery code that fits, found by its first group: one hash per try.
async fn matching_backup(site: &Site, user: UserId, given: &str) -> Outcome<Option<BackupCode>> {
    let row = status(site, user)?;
    let found = totp::normal_backup(given).and_then(|normal| {
        let stored = row?.backup_codes.into_iter().find(|code| code.selector == totp::selector(&normal))?;
        Some((normal, stored))
    });
    let hasher = &site.part::<Accounts>()?.hasher;
    match found {
        Some((normal, stored)) => Ok(hasher.fits(&normal, Some(&stored.hash)).await?.then_some(stored)),
        None => {
            hasher.fits(given, None).await?;
            Ok(None)
        }
    }
}

pub(super) fn use_code(tx: &mut Tx, seal: &Seal, user: UserId, code: &str) -> Outcome<bool> {
    let Some(mut row) = tx.get(&TWO_FACTORS, &user)? else { return Ok(false) };
    let secret = seal.open(&place(user), &row.sealed_secret)?;
    let Some(step) = totp::matching_step(&secret, code, tx.now(), row.last_step) else { return Ok(false) };
    row.last_step = step;
    row.last_used_at = Some(tx.now());
    tx.put(&TWO_FACTORS, &user, &row)?;
    Ok(true)
}

fn use_backup(tx: &mut Tx, user: UserId, used: Option<&BackupCode>) -> Outcome<bool> {
    let (Some(mut row), Some(used)) = (tx.get(&TWO_FACTORS, &user)?, used) else { return Ok(false) };
    let before = row.backup_codes.len();
    row.backup_codes.retain(|code| code != used);
    if row.backup_codes.len() == before {
        return Ok(false);
    }
    row.last_used_at = Some(tx.now());
    tx.put(&TWO_FACTORS, &user, &row)?;
    tx.emit(&BackupCodeUsed { user_id: user, left: row.backup_codes.len() })?;
    Ok(true)
}

/// How the second step was taken, and whether this browser may skip it from now on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub method: &'static str,
    pub trust: bool,
}

/// Spends the challenge and opens the session, or counts a wrong try.
pub(super) fn enter(
    tx: &mut Tx,
    key: &String,
    user: UserId,
    fits: bool,
    visitor: &Visitor,
    knock: &Knock,
    way: Way,
) -> Outcome<Outcome<Passed>> {
    let now = tx.now();
    let Some(mut challenge) = tx.get(&LOGIN_CHALLENGES, key)?.filter(|c| is_open(c, now)) else {
        return Ok(Err(invalid_token()));
    };
    if !fits {
        challenge.attempts += 1;
        tx.put(&LOGIN_CHALLENGES, key, &challenge)?;
        return Ok(Err(wrong_code()));
    }
    tx.delete(&LOGIN_CHALLENGES, key)?;
    // Whoever still has a second factor needs no other way in, and does not want somebody else to have one.
    recovery::forget(tx, user)?;
    let user = must_user(tx, user)?;
    let opened = sign_in::welcome(tx, &user, visitor, &["password", way.method], knock)?;
    let device_token = if way.trust { Some(devices::trust(tx, user.id, visitor)?) } else { None };
    Ok(Ok(Passed { user, opened, device_token, browser: challenge.browser }))
}

pub(super) fn invalid_token() -> Refusal {
    Refusal::bad_request("TEMP_TOKEN_INVALID", "Invalid temp token")
}
