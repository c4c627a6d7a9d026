//! Back in without a lost second factor. // rule: 20§16 lost-factor recovery
//!
//! A right password opens it, Stripe's fresh check of a document decides, a day passes, and every step is mailed to the
//! owner with a link that stops it. Signing in with the second factor or setting a new password stops it too. No admin
//! has a hand in it. What opens in the end is the account as it was: authenticator, recovery codes, passkeys, trusted
//! browsers and sessions are gone, the password stays.

use crate::accounts::events::RecoveryMoved;
use crate::accounts::model::{Recovery, User};
use crate::accounts::rules::recovery::{self as rules, Stand};
use crate::accounts::tables::{LOGIN_CHALLENGES, RECOVERIES, RECOVERIES_BY_SESSION, RECOVERIES_BY_STOP, must_user};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::outside::stripe::{IdentitySession, Stripe, identity_refusal};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{ReadExt as _, Tx};

use super::knock::Knock;
use super::second_step::{self, Passed, Way};
use super::{Visitor, passkeys, session, two_factor};

/// Where Stripe sends people back to.
const BACK: &str = "/login/recover";

/// How far somebody has come, and where they go on.
#[derive(Clone, Debug)]
pub struct Standing {
    pub stand: Stand,
    /// Stripe's check, while it waits for a document; absent where nobody was asked.
    pub check: Option<IdentitySession>,
}

/// Whose second step this token waits for.
fn owner(site: &Site, temp_token: &str) -> Outcome<User> {
    let (key, now) = (secret::sha256_hex(temp_token), site.now());
    site.read(|r| {
        let open = r.get(&LOGIN_CHALLENGES, &key)?.filter(|challenge| second_step::is_open(challenge, now));
        must_user(r, open.ok_or_else(second_step::invalid_token)?.user_id)
    })
}

/// How it stands, without asking anybody; `None` where nothing was begun.
pub fn known(site: &Site, temp_token: &str) -> Outcome<Option<Stand>> {
    let (user, now) = (owner(site, temp_token)?, site.now());
    let row = site.read(|r| r.get(&RECOVERIES, &user.id))?.filter(|row| rules::is_live(row, now));
    Ok(row.map(|row| rules::stand(&row, now)))
}

/// Begins, or goes on with what was begun: opens Stripe's check, or looks at what came of it.
pub async fn go_on(site: &Site, temp_token: &str) -> Outcome<Standing> {
    let user = owner(site, temp_token)?;
    let id = user.id;
    let row = site.write(move |tx| begin(tx, id)).await?;
    look(site, row).await
}

fn begin(tx: &mut Tx, user_id: UserId) -> Outcome<Recovery> {
    let now = tx.now();
    if let Some(row) = tx.get(&RECOVERIES, &user_id)?.filter(|row| rules::is_live(row, now)) {
        return Ok(row);
    }
    let (opens_at, refused_at) = (None, None);
    let mut row =
        Recovery { user_id, asked_at: now, session: None, sessions_before: 0, opens_at, refused_at, stops: Vec::new() };
    moved(tx, &mut row)?;
    audit::record(tx, &By::person(user_id, None), Deed::on("user.2fa_recovery_ask", "user", user_id))?;
    Ok(row)
}

/// Keeps the row and mails its owner, with one more token that stops it.
fn moved(tx: &mut Tx, row: &mut Recovery) -> Outcome<()> {
    let token = secret::token_text(&tx.random_bytes::<32>());
    row.stops.push(secret::sha256_hex(&token));
    tx.put(&RECOVERIES, &row.user_id, row)?;
    let letter_id = super::leave_letter(tx, "", &token)?;
    tx.emit(&RecoveryMoved {
        user_id: row.user_id,
        letter_id,
        opens_at: row.opens_at,
        refused: row.refused_at.is_some(),
    })
}

/// Asks Stripe where it still decides; opens a check where there is none.
async fn look(site: &Site, row: Recovery) -> Outcome<Standing> {
    let stand = rules::stand(&row, site.now());
    if stand != Stand::Document {
        return Ok(Standing { stand, check: None });
    }
    let stripe = site.part::<Stripe>()?;
    let known = match &row.session {
        Some(session) => Some(stripe.identity(session).await.map_err(|fault| identity_refusal(&fault))?),
        None => None,
    };
    match known.filter(|check| check.status != "canceled") {
        Some(check) if check.status == "verified" => {
            let row = site.write(move |tx| read(tx, row.user_id, &check)).await?;
            Ok(Standing { stand: row.map_or(Stand::Document, |row| rules::stand(&row, site.now())), check: None })
        }
        Some(check) => Ok(Standing { stand, check: Some(check) }),
        None => {
            let before = row.sessions_before + u32::from(row.session.is_some());
            let (user, asked) = (row.user_id, row.asked_at.as_second());
            let key = format!("recovery_{user}_{asked}_{before}");
            let made = stripe.open_identity(&user.to_string(), &site.url(BACK), &key).await;
            let made = made.map_err(|fault| identity_refusal(&fault))?;
            let id = made.id.clone();
            site.write(move |tx| {
                let Some(mut row) = tx.get(&RECOVERIES, &user)? else { return Err(not_open()) };
                (row.session, row.sessions_before) = (Some(id.clone()), before);
                tx.put(&RECOVERIES, &user, &row)
            })
            .await?;
            Ok(Standing { stand, check: Some(made) })
        }
    }
}

/// Takes what Stripe read, once, from the session we opened.
fn read(tx: &mut Tx, user: UserId, check: &IdentitySession) -> Outcome<Option<Recovery>> {
    let now = tx.now();
    let Some(row) = tx.get(&RECOVERIES, &user)?.filter(|row| row.session.as_deref() == Some(&check.id)) else {
        return Ok(None);
    };
    if !rules::is_live(&row, now) || rules::stand(&row, now) != Stand::Document {
        return Ok(Some(row));
    }
    let owner = must_user(tx, user)?;
    let mut row = rules::read(&row, &owner, check.first_name.as_deref(), check.last_name.as_deref(), now);
    moved(tx, &mut row)?;
    let deed = Deed::on("user.2fa_recovery_identity", "user", user);
    let deed = if row.refused_at.is_some() { deed.failed() } else { deed };
    audit::record(tx, &By::person(user, None), deed)?;
    Ok(Some(row))
}

/// News about a check of Stripe's; answers whether it was opened here.
pub async fn hear(site: &Site, session: &str) -> Outcome<bool> {
    let found = site.read(|r| r.find(&RECOVERIES, &RECOVERIES_BY_SESSION, &(session.to_owned(),)))?;
    let Some((_, row)) = found.filter(|(_, row)| rules::is_live(row, site.now())) else { return Ok(false) };
    look(site, row).await?;
    Ok(true)
}

/// The wait is over: everything beside the password goes, and a session opens.
pub async fn finish(site: &Site, temp_token: &str, visitor: Visitor) -> Outcome<Passed> {
    let user = owner(site, temp_token)?;
    let knock = Knock::of(site, &user.email, &visitor)?;
    let (key, id) = (secret::sha256_hex(temp_token), user.id);
    site.write(move |tx| {
        let now = tx.now();
        knock.unlocked(tx, now)?;
        let row = tx.get(&RECOVERIES, &id)?.filter(|row| rules::is_live(row, now));
        if row.is_none_or(|row| rules::stand(&row, now) != Stand::Open) {
            return Err(not_open());
        }
        two_factor::forget(tx, id)?;
        passkeys::forget(tx, id)?;
        passkeys::recount(tx, id)?;
        let by = By::person(id, None);
        two_factor::changed(tx, &by, id, false)?;
        audit::record(tx, &by, Deed::on("user.2fa_recovery", "user", id))?;
        session::end_all(tx, id, None, "two_factor_recovered")?;
        second_step::enter(tx, &key, id, true, &visitor, &knock, Way { method: "recovery", trust: false })
    })
    .await?
}

/// Whether a mailed link still stops something.
pub fn can_stop(site: &Site, token: &str) -> Outcome<bool> {
    let key = (secret::sha256_hex(token),);
    Ok(site.read(|r| r.find(&RECOVERIES, &RECOVERIES_BY_STOP, &key))?.is_some())
}

/// The owner says no.
pub async fn stop(site: &Site, token: &str) -> Outcome<()> {
    let key = (secret::sha256_hex(token),);
    site.write(move |tx| {
        let Some((user, _)) = tx.find(&RECOVERIES, &RECOVERIES_BY_STOP, &key)? else {
            return Err(Refusal::bad_request(
                "RECOVERY_LINK_INVALID",
                "This link is used or too old: nothing is under way.",
            ));
        };
        forget(tx, user)?;
        audit::record(tx, &By::person(user, None), Deed::on("user.2fa_recovery_stop", "user", user))
    })
    .await
}

pub(super) fn forget(tx: &mut Tx, user: UserId) -> Outcome<()> {
    tx.delete(&RECOVERIES, &user)
}

fn not_open() -> Refusal {
    Refusal::conflict(
        "RECOVERY_NOT_OPEN",
        "It is not open yet: the proof of who you are or the day of waiting is missing.",
    )
}
