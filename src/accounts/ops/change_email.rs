//! Another address for an account: the new one is proven, the old one agrees, and may take it back for three days.
//! // rule: 20§10 change-email, 20§16
//!
//! Until those three days are over nobody else can join with the old address. Taking a change back treats the account
//! as stolen: sessions, keys, passkeys, the second step and trusted browsers end, for whoever changed the address could
//! have added them, and the password opens nothing until a new one is set by mail.

use crate::accounts::events::{EmailChangeAsked, EmailChangeUndone, EmailChanged};
use crate::accounts::model::{EmailChange, EmailChangeStage, User};
use crate::accounts::rules::{email_code, person, sessions};
use crate::accounts::tables::{
    CHANGES_BY_OLD, CHANGES_BY_OWNER, EMAIL_CHANGES, EMAIL_PROOFS, USERS, must_user, user_by_email,
};
use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::{Timestamp, plus_hours};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

use super::{api_keys, devices, knock, passkeys, password, session, two_factor};

const AGREE_HOURS: i64 = 24;
const UNDO_HOURS: i64 = 72;
/// Changes of one person that can be under way or undone at once.
const FEW: usize = 100;

/// Spends the new address's proof and asks the old one by mail. Nothing has changed yet.
pub async fn ask(site: &Site, actor: &Actor, by: By, new_email: &str, proof: &str) -> Outcome<()> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let (user_id, email) = (actor.user_id, person::email(new_email)?);
    let proof = Some(proof.trim()).filter(|proof| !proof.is_empty()).ok_or_else(email_code::missing)?;
    let proof = secret::sha256_hex(proof);
    site.write(move |tx| {
        let now = tx.now();
        let found = tx.get(&EMAIL_PROOFS, &proof)?;
        email_code::spend(found.as_ref(), &email, now)?;
        let user = must_user(tx, user_id)?;
        must_be_free(tx, &user, &email, now)?;
        tx.delete(&EMAIL_PROOFS, &proof)?;
        drop_asked(tx, user_id)?;
        let change = EmailChange {
            user_id,
            old_email: user.email.clone(),
            new_email: email.clone(),
            stage: EmailChangeStage::Asked,
            expires_at: plus_hours(now, AGREE_HOURS),
        };
        let token = keep(tx, &change)?;
        audit::record(tx, &by, Deed::on("user.email_change_ask", "user", user_id))?;
        let letter_id = super::leave_letter(tx, &user.email, &token)?;
        tx.emit(&EmailChangeAsked { user_id, letter_id })
    })
    .await
}

fn must_be_free(tx: &Tx, user: &User, email: &str, now: Timestamp) -> Outcome<()> {
    if user.email == email {
        return Err(Refusal::invalid("new_email", "This is your address already."));
    }
    let held = holder_of(tx, email, now)?.is_some_and(|holder| holder != user.id);
    if held || user_by_email(tx, email)?.is_some() {
        let words = "This address has an account of its own.";
        return Err(Refusal::conflict("EMAIL_TAKEN", words).field("new_email", words, "EMAIL_TAKEN"));
    }
    Ok(())
}

/// Whose address this was until lately, if they may still take it back.
pub fn holder_of(read: &dyn Read, email: &str, now: Timestamp) -> Outcome<Option<UserId>> {
    let rows = read.by_index(&EMAIL_CHANGES, &CHANGES_BY_OLD, Span::prefix(&(email.to_owned(),)), FEW, Dir::Up)?;
    let live = |change: &EmailChange| change.stage == EmailChangeStage::Done && change.expires_at > now;
    Ok(rows.into_iter().map(|(_, change)| change).find(live).map(|change| change.user_id))
}

fn keep(tx: &mut Tx, change: &EmailChange) -> Outcome<String> {
    let token = secret::token_text(&tx.random_bytes::<32>());
    tx.put(&EMAIL_CHANGES, &secret::sha256_hex(&token), change)?;
    Ok(token)
}

fn drop_asked(tx: &mut Tx, user: UserId) -> Outcome<()> {
    for (key, change) in changes_of(tx, user)? {
        if change.stage == EmailChangeStage::Asked {
            tx.delete(&EMAIL_CHANGES, &key)?;
        }
    }
    Ok(())
}

fn changes_of(read: &dyn Read, user: UserId) -> Outcome<Vec<(String, EmailChange)>> {
    read.by_index(&EMAIL_CHANGES, &CHANGES_BY_OWNER, Span::prefix(&(user,)), FEW, Dir::Up)
}

/// The address on its way, if the old one has not agreed yet.
pub fn waiting(site: &Site, user: UserId) -> Outcome<Option<String>> {
    let now = site.now();
    let rows = site.read(|r| changes_of(r, user))?;
    let asked = rows.into_iter().find(|(_, c)| c.stage == EmailChangeStage::Asked && c.expires_at > now);
    Ok(asked.map(|(_, change)| change.new_email))
}

/// What a mailed token is about, however old.
pub fn by_token(read: &dyn Read, token: &str) -> Outcome<Option<EmailChange>> {
    read.get(&EMAIL_CHANGES, &secret::sha256_hex(token))
}

/// What a link is about, if it still works.
pub fn of_link(site: &Site, token: &str) -> Outcome<EmailChange> {
    let now = site.now();
    site.read(|r| live(r, &secret::sha256_hex(token), now))
}

fn live(read: &dyn Read, key: &String, now: Timestamp) -> Outcome<EmailChange> {
    let change = read.get(&EMAIL_CHANGES, key)?.filter(|change| change.expires_at > now);
    change.ok_or_else(|| {
        Refusal::bad_request("EMAIL_CHANGE_INVALID", "This link is unknown, used or too old. Nothing was changed.")
    })
}

/// Follows a link: the old address agrees, or takes a change back. Answers what it was about.
pub async fn follow(site: &Site, token: &str, wanted: EmailChangeStage) -> Outcome<EmailChange> {
    let key = secret::sha256_hex(token);
    site.write(move |tx| {
        let change = live(tx, &key, tx.now())?;
        if change.stage != wanted {
            return Err(Refusal::bad_request("EMAIL_CHANGE_INVALID", "This link is for something else."));
        }
        tx.delete(&EMAIL_CHANGES, &key)?;
        match change.stage {
            EmailChangeStage::Asked => agree(tx, &change)?,
            EmailChangeStage::Done => undo(tx, &change)?,
        }
        Ok(change)
    })
    .await
}

fn agree(tx: &mut Tx, change: &EmailChange) -> Outcome<()> {
    let mut user = must_user(tx, change.user_id)?;
    must_be_free(tx, &user, &change.new_email, tx.now())?;
    move_to(tx, &mut user, &change.new_email)?;
    let expires_at = plus_hours(tx.now(), UNDO_HOURS);
    let token = keep(tx, &EmailChange { stage: EmailChangeStage::Done, expires_at, ..change.clone() })?;
    let letter_id = super::leave_letter(tx, &change.old_email, &token)?;
    audit::record(tx, &own(user.id), Deed::on("user.email_change", "user", user.id))?;
    tx.emit(&EmailChanged { user_id: user.id, letter_id })
}

fn move_to(tx: &mut Tx, user: &mut User, email: &str) -> Outcome<()> {
    knock::forget(tx, user.id, &user.email)?;
    password::void_links(tx, user.id)?;
    user.email = email.to_owned();
    user.email_verified = true;
    user.updated_at = tx.now();
    tx.put(&USERS, &user.id, user)
}

fn undo(tx: &mut Tx, change: &EmailChange) -> Outcome<()> {
    let mut user = must_user(tx, change.user_id)?;
    drop_asked(tx, user.id)?;
    // Later changes of the same account fall with this one: only the address that was there before them is trusted.
    for (key, _) in changes_of(tx, user.id)? {
        tx.delete(&EMAIL_CHANGES, &key)?;
    }
    user.password_hash = String::new();
    move_to(tx, &mut user, &change.old_email)?;
    session::end_all(tx, user.id, None, "email_change_undone")?;
    devices::forget(tx, user.id)?;
    api_keys::forget(tx, user.id)?;
    passkeys::forget(tx, user.id)?;
    passkeys::recount(tx, user.id)?;
    if user.totp_enabled {
        two_factor::changed(tx, &own(user.id), user.id, false)?;
    }
    two_factor::forget(tx, user.id)?;
    audit::record(tx, &own(user.id), Deed::on("user.email_change_undo", "user", user.id))?;
    password::mail_link(tx, &user)?;
    tx.emit(&EmailChangeUndone { user_id: user.id })
}

/// Whoever follows a mailed link acts as the account's owner.
fn own(user: UserId) -> By {
    By { actor: Some(user), ..By::default() }
}

/// Nothing of it is left when an account is erased.
pub(super) fn forget(tx: &mut Tx, user: UserId) -> Outcome<()> {
    for (key, _) in changes_of(tx, user)? {
        tx.delete(&EMAIL_CHANGES, &key)?;
    }
    Ok(())
}
