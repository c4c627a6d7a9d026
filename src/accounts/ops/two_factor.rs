//! A second factor: setting it up, signing in with it, taking it away. // rule: 20§2 2FA

use crate::accounts::events::{BackupCodeUsed, TwoFactorChanged};
use crate::accounts::model::{BackupCode, LoginChallenge, PendingTwoFactor, TrustedDevice, TwoFactor, User};
use crate::accounts::parts::Accounts;
use crate::accounts::rules::password::MIN_ADMIN;
use crate::accounts::rules::{devices, sessions, totp};
use crate::accounts::tables::{
    DEVICES_BY_OWNER, LOGIN_CHALLENGES, PENDING_TWO_FACTORS, TRUSTED_DEVICES, TWO_FACTORS, USERS, must_user,
};
use crate::base::access::{Actor, Role};
use crate::base::id::{SessionId, TrustedDeviceId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::{SignedDuration, Timestamp, plus_hours, plus_seconds};
use crate::site::{Seal, Site};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

use super::session::{self, Opened};
use super::{Visitor, sign_in};

/// Where a secret is sealed for.
fn place(user: UserId) -> String {
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
pub async fn turn_on(site: &Site, actor: &Actor, code: &str, rotate: bool) -> Outcome<TurnedOn> {
    let (seal, user, current) = (site.part::<Seal>()?, actor.user_id, actor.session_id);
    let code = code.to_owned();
    // A wrong code is written down first: five spoil the set-up.
    site.write(move |tx| Ok(proven(tx, &seal, user, &code)?.map(drop))).await??;
    let (backup_codes, hashed) = new_backup_codes(site).await?;
    let rotated = site
        .write(move |tx| {
            let pending = tx.get(&PENDING_TWO_FACTORS, &user)?.ok_or_else(setup_gone)?;
            let now = tx.now();
            tx.delete(&PENDING_TWO_FACTORS, &user)?;
            let row = TwoFactor {
                sealed_secret: pending.sealed_secret,
                enabled_at: now,
                last_used_at: None,
                last_step: 0,
                backup_codes: hashed.clone(),
            };
            tx.put(&TWO_FACTORS, &user, &row)?;
            changed(tx, user, true)?;
            end_others(tx, user, current, rotate)
        })
        .await?;
    Ok(TurnedOn { backup_codes, rotated })
}

/// Whether a code fits the set-up under way.
fn proven(tx: &mut Tx, seal: &Seal, user: UserId, code: &str) -> Outcome<Outcome<u64>> {
    let now = tx.now();
    let pending = tx.get(&PENDING_TWO_FACTORS, &user)?;
    let Some(mut pending) = pending.filter(|p| p.expires_at > now && p.tries < totp::SETUP_TRIES) else {
        return Ok(Err(setup_gone()));
    };
    let secret = seal.open(&place(user), &pending.sealed_secret)?;
    if let Some(step) = totp::matching_step(&secret, code, now, 0) {
        return Ok(Ok(step));
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

fn changed(tx: &mut Tx, user: UserId, enabled: bool) -> Outcome<()> {
    let mut row = must_user(tx, user)?;
    row.totp_enabled = enabled;
    row.updated_at = tx.now();
    tx.put(&USERS, &user, &row)?;
    tx.emit(&TwoFactorChanged { user_id: user, enabled })
}

fn end_others(tx: &mut Tx, user: UserId, current: SessionId, rotate: bool) -> Outcome<Option<Opened>> {
    session::end_all(tx, user, Some(current), "two_factor_changed")?;
    if rotate { session::rotate(tx, current) } else { Ok(None) }
}

/// Turns it off with the password. Admins keep theirs unless the password alone is strong enough.
pub async fn turn_off(site: &Site, actor: &Actor, password: &str, rotate: bool) -> Outcome<Option<Opened>> {
    let (user, current) = (actor.user_id, actor.session_id);
    let row = site.read(|r| must_user(r, user))?;
    if !row.totp_enabled {
        return Err(Refusal::bad_request("TWO_FACTOR_NOT_ENABLED", "Your second step is not on."));
    }
    let wrong = Refusal::bad_request("CURRENT_PASSWORD_WRONG", "The password is not right; nothing was changed.")
        .field("current_password", "The password is not right.", "CURRENT_PASSWORD_WRONG");
    sign_in::own_password(site, &row, password, wrong).await?;
    if row.is(Role::Admin) && password.chars().count() < MIN_ADMIN {
        return Err(Refusal::conflict(
            "PASSWORD_TOO_SHORT",
            "Without a second step an admin's password needs 15 characters. Choose a longer one first.",
        ));
    }
    site.write(move |tx| {
        forget(tx, user)?;
        changed(tx, user, false)?;
        end_others(tx, user, current, rotate)
    })
    .await
}

/// Everything of a second factor: secret, recovery codes, set-up under way, trusted browsers.
pub(super) fn forget(tx: &mut Tx, user: UserId) -> Outcome<()> {
    tx.delete(&TWO_FACTORS, &user)?;
    tx.delete(&PENDING_TWO_FACTORS, &user)?;
    forget_devices(tx, user)
}

pub(super) fn forget_devices(tx: &mut Tx, user: UserId) -> Outcome<()> {
    for device in trusted(tx, user)? {
        tx.delete(&TRUSTED_DEVICES, &device.id)?;
    }
    Ok(())
}

/// Ten new recovery codes in place of all old ones.
pub async fn regenerate(site: &Site, actor: &Actor) -> Outcome<Vec<String>> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let (codes, hashed) = new_backup_codes(site).await?;
    let user = actor.user_id;
    site.write(move |tx| {
        let missing = || Refusal::bad_request("TWO_FACTOR_NOT_ENABLED", "Turn your second step on first.");
        let mut row = tx.get(&TWO_FACTORS, &user)?.ok_or_else(missing)?;
        row.backup_codes = hashed.clone();
        tx.put(&TWO_FACTORS, &user, &row)
    })
    .await?;
    Ok(codes)
}

pub fn status(site: &Site, user: UserId) -> Outcome<Option<TwoFactor>> {
    site.read(|r| r.get(&TWO_FACTORS, &user))
}

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
    site.read(|r| sign_in::unlocked(r, now, &user.email))?;
    let used_backup = match &proof {
        Proof::Backup(given) => Some(matching_backup(site, user.id, given).await?),
        Proof::Code(_) => None,
    };
    let seal = site.part::<Seal>()?;
    let email = user.email.clone();
    let passed = site
        .write(move |tx| {
            let fits = match (&proof, &used_backup) {
                (Proof::Code(code), _) => use_code(tx, &seal, user.id, code)?,
                (Proof::Backup(_), used) => use_backup(tx, user.id, used.as_ref().and_then(Option::as_ref))?,
            };
            enter(tx, &key, user.id, fits, &visitor, trust)
        })
        .await?;
    match passed {
        Ok(passed) => Ok(passed),
        Err(refusal) => {
            if refusal.code == WRONG_CODE {
                sign_in::note_failure(site, email).await?;
            }
            Err(refusal)
        }
    }
}

fn is_open(challenge: &LoginChallenge, now: Timestamp) -> bool {
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

fn use_code(tx: &mut Tx, seal: &Seal, user: UserId, code: &str) -> Outcome<bool> {
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

fn enter(
    tx: &mut Tx,
    key: &String,
    user: UserId,
    fits: bool,
    visitor: &Visitor,
    trust: bool,
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
    let user = must_user(tx, user)?;
    let opened = sign_in::welcome(tx, &user, visitor, &["password", "totp"])?;
    let device_token = if trust { Some(trust_device(tx, user.id, visitor)?) } else { None };
    Ok(Ok(Passed { user, opened, device_token, browser: challenge.browser }))
}

fn trust_device(tx: &mut Tx, user_id: UserId, visitor: &Visitor) -> Outcome<String> {
    let token = secret::token_text(&tx.random_bytes::<32>());
    let now = tx.now();
    let device = TrustedDevice {
        id: tx.new_id::<TrustedDeviceId>(),
        user_id,
        token_sha256: secret::sha256_hex(&token),
        name: devices::label(&visitor.user_agent),
        created_at: now,
        last_used_at: now,
        expires_at: plus_hours(now, totp::TRUST_DAYS * 24),
    };
    tx.put(&TRUSTED_DEVICES, &device.id, &device)?;
    Ok(token)
}

/// Whether this browser may skip the second step: same person, same kind of browser, not expired. A token that shows
/// up in another browser is burnt.
pub(super) fn is_trusted(tx: &mut Tx, user: UserId, token: &str, visitor: &Visitor) -> Outcome<bool> {
    let now = tx.now();
    let hash = secret::sha256_hex(token);
    let Some(mut device) = trusted(tx, user)?.into_iter().find(|d| d.token_sha256 == hash) else { return Ok(false) };
    if device.expires_at <= now || device.name != devices::label(&visitor.user_agent) {
        tx.delete(&TRUSTED_DEVICES, &device.id)?;
        return Ok(false);
    }
    device.last_used_at = now;
    tx.put(&TRUSTED_DEVICES, &device.id, &device)?;
    Ok(true)
}

/// Somebody's trusted browsers, oldest first.
pub fn trusted(read: &dyn Read, user: UserId) -> Outcome<Vec<TrustedDevice>> {
    let rows = read.by_index(&TRUSTED_DEVICES, &DEVICES_BY_OWNER, Span::prefix(&(user,)), 1000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, device)| device).collect())
}

pub async fn distrust(site: &Site, actor: &Actor, id: TrustedDeviceId) -> Outcome<()> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let user = actor.user_id;
    site.write(move |tx| {
        if tx.get(&TRUSTED_DEVICES, &id)?.is_none_or(|device| device.user_id != user) {
            return Err(Refusal::not_found("TRUSTED_DEVICE_NOT_FOUND", "You trust no such browser."));
        }
        tx.delete(&TRUSTED_DEVICES, &id)
    })
    .await
}

/// Removes what ended by itself (part of job `session_cleanup`).
pub(super) fn sweep(tx: &mut Tx, rows: usize) -> Outcome<()> {
    let now = tx.now();
    for (key, challenge) in tx.scan(&LOGIN_CHALLENGES, Span::all(), rows, Dir::Up)? {
        if challenge.expires_at <= now {
            tx.delete(&LOGIN_CHALLENGES, &key)?;
        }
    }
    for (user, pending) in tx.scan(&PENDING_TWO_FACTORS, Span::all(), rows, Dir::Up)? {
        if now.duration_since(pending.expires_at) > SignedDuration::ZERO {
            tx.delete(&PENDING_TWO_FACTORS, &user)?;
        }
    }
    for (id, device) in tx.scan(&TRUSTED_DEVICES, Span::all(), rows, Dir::Up)? {
        if device.expires_at <= now {
            tx.delete(&TRUSTED_DEVICES, &id)?;
        }
    }
    Ok(())
}

const WRONG_CODE: &str = "TWO_FACTOR_CODE_INVALID";

fn wrong_code() -> Refusal {
    Refusal::bad_request(WRONG_CODE, "This code is not right, or was used already. Wait for the next one.").field(
        "code",
        "This code is not right, or was used already.",
        WRONG_CODE,
    )
}

fn invalid_token() -> Refusal {
    Refusal::bad_request("TEMP_TOKEN_INVALID", "Invalid temp token")
}

fn setup_gone() -> Refusal {
    Refusal::bad_request("TWO_FACTOR_SETUP_EXPIRED", "This set-up is over. Start it again to get a new secret.")
}
