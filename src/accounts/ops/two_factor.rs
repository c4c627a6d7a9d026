//! An authenticator as second factor: setting it up, its recovery codes, taking it away. // rule: 20§2 2FA

use crate::accounts::events::TwoFactorChanged;
use crate::accounts::model::{BackupCode, PendingTwoFactor, TwoFactor};
use crate::accounts::parts::Accounts;
use crate::accounts::rules::password::MIN_ADMIN;
use crate::accounts::rules::{sessions, totp};
use crate::accounts::tables::{PENDING_TWO_FACTORS, TWO_FACTORS, USERS, must_user};
use crate::base::access::{Actor, Role};
use crate::base::id::{SessionId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_seconds;
use crate::site::audit::{self, By, Deed};
use crate::site::{Seal, Site};
use crate::store::{ReadExt, Tx};

use super::session::{self, Opened};
use super::{devices, recovery, sign_in};

/// Where a secret is sealed for.
pub(super) fn place(user: UserId) -> String {
    format!("two_factors|{user}|secret")
}

/// A secret to be typed or scanned; nothing is on yet.
#[derive(Clone, Debug)]
pub struct Setup {
    pub secret: String,
    pub otpauth_url: String,
}

/// Draws a secret and keeps it apart until its first code proves that it arrived.
pub async fn initiate(site: &Site, actor: &Actor, brand: &str) -> Outcome<Setup> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let (seal, user, email) = (site.part::<Seal>()?, actor.user_id, actor.email.clone());
    let secret = site
        .write(move |tx| {
            if tx.has(&TWO_FACTORS, &user)? {
                return Err(Refusal::conflict(
                    "TWO_FACTOR_ENABLED",
                    "Your second step is on already; nothing was changed.",
                ));
            }
            let secret = tx.random_bytes::<{ totp::SECRET_BYTES }>();
            let sealed_secret = seal.seal(&place(user), &secret, tx.random_bytes())?;
            let expires_at = plus_seconds(tx.now(), totp::SETUP_SECONDS);
            tx.put(&PENDING_TWO_FACTORS, &user, &PendingTwoFactor { sealed_secret, expires_at, tries: 0 })?;
            Ok(secret)
        })
        .await?;
    Ok(shown(brand, &email, &secret))
}

fn shown(brand: &str, email: &str, secret: &[u8]) -> Setup {
    Setup { secret: totp::base32(secret), otpauth_url: totp::otpauth_url(brand, email, secret) }
}

/// The set-up under way, if there is one.
pub fn pending(site: &Site, actor: &Actor, brand: &str) -> Outcome<Option<Setup>> {
    let now = site.now();
    let row = site.read(|r| r.get(&PENDING_TWO_FACTORS, &actor.user_id))?;
    let Some(row) = row.filter(|p| p.expires_at > now && p.tries < totp::SETUP_TRIES) else { return Ok(None) };
    let secret = site.part::<Seal>()?.open(&place(actor.user_id), &row.sealed_secret)?;
    Ok(Some(shown(brand, &actor.email, &secret)))
}

/// What turning on gives: the recovery codes, told once, and the rotated session.
#[derive(Debug)]
pub struct TurnedOn {
    pub backup_codes: Vec<String>,
    pub rotated: Option<Opened>,
}

/// Turns the second factor on with the first code of its authenticator; other sessions end.
pub async fn turn_on(site: &Site, actor: &Actor, by: By, code: &str, rotate: bool) -> Outcome<TurnedOn> {
    let deed = Deed::on("user.2fa_enable", "user", actor.user_id);
    audit::watched(site, &by.clone(), deed, turned_on(site, actor, by, code, rotate)).await
}

async fn turned_on(site: &Site, actor: &Actor, by: By, code: &str, rotate: bool) -> Outcome<TurnedOn> {
    let (seal, user, current) = (site.part::<Seal>()?, actor.user_id, actor.session_id);
    let code = code.to_owned();
    // A wrong code is written down first: five spoil the set-up.
    let (last_step, sealed_secret) = site.write(move |tx| proven(tx, &seal, user, &code)).await??;
    let (backup_codes, hashed) = new_backup_codes(site).await?;
    let rotated = site
        .write(move |tx| {
            // Only what was proven is turned on, not a set-up begun anew in another window.
            let pending = tx.get(&PENDING_TWO_FACTORS, &user)?.filter(|p| p.sealed_secret == sealed_secret);
            let pending = pending.ok_or_else(setup_gone)?;
            let now = tx.now();
            tx.delete(&PENDING_TWO_FACTORS, &user)?;
            let row = TwoFactor {
                sealed_secret: pending.sealed_secret,
                enabled_at: now,
                last_used_at: None,
                // The code that turned it on signs nobody in.
                last_step,
                backup_codes: hashed.clone(),
            };
            tx.put(&TWO_FACTORS, &user, &row)?;
            changed(tx, &by, user, true)?;
            end_others(tx, user, current, rotate)
        })
        .await?;
    Ok(TurnedOn { backup_codes, rotated })
}

/// Whether a code fits the set-up under way: its step, and the secret it proves.
fn proven(tx: &mut Tx, seal: &Seal, user: UserId, code: &str) -> Outcome<Outcome<(u64, String)>> {
    let now = tx.now();
    let pending = tx.get(&PENDING_TWO_FACTORS, &user)?;
    let Some(mut pending) = pending.filter(|p| p.expires_at > now && p.tries < totp::SETUP_TRIES) else {
        return Ok(Err(setup_gone()));
    };
    let secret = seal.open(&place(user), &pending.sealed_secret)?;
    if let Some(step) = totp::matching_step(&secret, code, now, 0) {
        return Ok(Ok((step, pending.sealed_secret)));
    }
    pending.tries += 1;
    tx.put(&PENDING_TWO_FACTORS, &user, &pending)?;
    Ok(Err(wrong_code()))
}

async fn new_backup_codes(site: &Site) -> Outcome<(Vec<String>, Vec<BackupCode>)> {
    let hasher = &site.part::<Accounts>()?.hasher;
    let codes: Vec<String> = (0..totp::BACKUP_CODES).map(|_| totp::backup_code(site.entropy.bytes())).collect();
    let mut hashed = Vec::new();
    for code in &codes {
        let normal = code.replace('-', "");
        let hash = hasher.hash(&normal).await?;
        hashed.push(BackupCode { selector: totp::selector(&normal).to_owned(), hash });
    }
    Ok((codes, hashed))
}

pub(super) fn changed(tx: &mut Tx, by: &By, user: UserId, enabled: bool) -> Outcome<()> {
    let mut row = must_user(tx, user)?;
    row.totp_enabled = enabled;
    row.updated_at = tx.now();
    tx.put(&USERS, &user, &row)?;
    let action = if enabled { "user.2fa_enable" } else { "user.2fa_disable" };
    audit::record(tx, by, Deed::on(action, "user", user))?;
    tx.emit(&TwoFactorChanged { user_id: user, enabled })
}

fn end_others(tx: &mut Tx, user: UserId, current: SessionId, rotate: bool) -> Outcome<Option<Opened>> {
    session::end_all(tx, user, Some(current), "two_factor_changed")?;
    if rotate { session::rotate(tx, current) } else { Ok(None) }
}

/// Turns it off with the password. Admins keep theirs unless a passkey or a strong enough password is left.
pub async fn turn_off(site: &Site, actor: &Actor, by: By, password: &str, rotate: bool) -> Outcome<Option<Opened>> {
    let (user, current) = (actor.user_id, actor.session_id);
    let row = site.read(|r| must_user(r, user))?;
    if !row.totp_enabled {
        return Err(Refusal::bad_request("TWO_FACTOR_NOT_ENABLED", "Your second step is not on."));
    }
    let wrong = Refusal::bad_request("CURRENT_PASSWORD_WRONG", "The password is not right; nothing was changed.")
        .field("current_password", "The password is not right.", "CURRENT_PASSWORD_WRONG");
    sign_in::own_password(site, &row, password, wrong).await?;
    if row.is(Role::Admin) && row.passkeys == 0 && password.chars().count() < MIN_ADMIN {
        return Err(Refusal::conflict(
            "PASSWORD_TOO_SHORT",
            "Without a second step an admin's password needs 15 characters. Choose a longer one first.",
        ));
    }
    let actor = actor.clone();
    site.write(move |tx| {
        sign_in::still_stands(tx, &row, &actor)?;
        forget(tx, user)?;
        changed(tx, &by, user, false)?;
        end_others(tx, user, current, rotate)
    })
    .await
}

/// Everything of a second factor: secret, recovery codes, set-up under way, trusted browsers.
pub(super) fn forget(tx: &mut Tx, user: UserId) -> Outcome<()> {
    tx.delete(&TWO_FACTORS, &user)?;
    tx.delete(&PENDING_TWO_FACTORS, &user)?;
    recovery::forget(tx, user)?;
    devices::forget(tx, user)
}

/// Ten new recovery codes in place of all old ones.
pub async fn regenerate(site: &Site, actor: &Actor, by: By) -> Outcome<Vec<String>> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let (codes, hashed) = new_backup_codes(site).await?;
    let user = actor.user_id;
    site.write(move |tx| {
        let missing = || Refusal::bad_request("TWO_FACTOR_NOT_ENABLED", "Turn your second step on first.");
        let mut row = tx.get(&TWO_FACTORS, &user)?.ok_or_else(missing)?;
        row.backup_codes = hashed.clone();
        tx.put(&TWO_FACTORS, &user, &row)?;
        audit::record(tx, &by, Deed::on("user.backup_codes", "user", user))
    })
    .await?;
    Ok(codes)
}

pub fn status(site: &Site, user: UserId) -> Outcome<Option<TwoFactor>> {
    site.read(|r| r.get(&TWO_FACTORS, &user))
}

pub(super) const WRONG_CODE: &str = "TWO_FACTOR_CODE_INVALID";

pub(super) fn wrong_code() -> Refusal {
    Refusal::bad_request(WRONG_CODE, "This code is not right, or was used already. Wait for the next one.").field(
        "code",
        "This code is not right, or was used already.",
        WRONG_CODE,
    )
}

fn setup_gone() -> Refusal {
    Refusal::bad_request("TWO_FACTOR_SETUP_EXPIRED", "This set-up is over. Start it again to get a new secret.")
}
