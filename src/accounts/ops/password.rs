//! Changing a password: with the old one, or with a mailed link. // rule: 20§2 password reset

use crate::accounts::Leaked;
use crate::accounts::events::{PasswordChanged, PasswordResetRequested};
use crate::accounts::model::{PasswordReset, User};
use crate::accounts::parts::Accounts;
use crate::accounts::rules::password as rules;
use crate::accounts::rules::person;
use crate::accounts::tables::{PASSWORD_RESETS, RESETS_BY_USER, USERS, must_user, user_by_email};
use crate::accounts::windows;
use crate::base::access::{Actor, Role};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::text::masked_email;
use crate::base::time::plus_hours;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, ReadExt, Span, Tx};
use crate::web::limits;

use super::session::{self, Opened};
use super::{api_keys, devices, knock, recovery, settings, sign_in};

/// The least length for this person: admins without a second factor need more.
pub fn least_length(user: &User, setting: usize) -> usize {
    if user.is(Role::Admin) && !user.has_second_factor() { setting.max(rules::MIN_ADMIN) } else { setting }
}

fn check(site: &Site, user: &User, password: &str) -> Outcome<()> {
    let owner = rules::Owner { email: &user.email, first_name: &user.first_name, last_name: &user.last_name };
    accept(site, password, least_length(user, settings::joining(site)?.password_min), owner)
}

/// What every new password has to pass: the rules, and the operator's list of leaked ones where there is one.
pub(super) fn accept(site: &Site, password: &str, min: usize, owner: rules::Owner<'_>) -> Outcome<()> {
    rules::check(password, min, owner)?;
    match site.part::<Leaked>() {
        Ok(list) if list.holds(&rules::normal(password))? => Err(rules::among_the_first()),
        _ => Ok(()),
    }
}

/// Ends every other session. The current one goes on, under a new token if `rotate` (a program could not be told).
pub async fn change(site: &Site, actor: &Actor, by: By, old: &str, new: &str, rotate: bool) -> Outcome<Option<Opened>> {
    let (user, current) = (site.read(|r| must_user(r, actor.user_id))?, actor.session_id);
    let wrong = Refusal::bad_request("CURRENT_PASSWORD_WRONG", "The current password is not right.").field(
        "current_password",
        "The current password is not right.",
        "CURRENT_PASSWORD_WRONG",
    );
    sign_in::own_password(site, &user, old, wrong).await?;
    check(site, &user, new)?;
    let hash = site.part::<Accounts>()?.hasher.hash(new).await?;
    let actor = actor.clone();
    site.write(move |tx| {
        sign_in::still_stands(tx, &user, &actor)?;
        store_hash(tx, &by, user.id, &hash, false)?;
        session::end_all(tx, user.id, Some(current), "password_changed")?;
        if rotate { session::rotate(tx, current) } else { Ok(None) }
    })
    .await
}

pub(super) fn store_hash(tx: &mut Tx, by: &By, id: UserId, hash: &str, by_reset: bool) -> Outcome<()> {
    let mut user = must_user(tx, id)?;
    user.password_hash = hash.to_owned();
    user.updated_at = tx.now();
    tx.put(&USERS, &id, &user)?;
    knock::forget(tx, id, &user.email)?;
    recovery::forget(tx, id)?;
    void_links(tx, id)?;
    let action = if by_reset { "user.password_reset" } else { "user.password_change" };
    audit::record(tx, by, Deed::on(action, "user", id))?;
    tx.emit(&PasswordChanged { user_id: id, by_reset })
}

pub(super) fn void_links(tx: &mut Tx, user: UserId) -> Outcome<()> {
    for (_, key) in tx.index_keys(&RESETS_BY_USER, Span::prefix(&(user,)), 100, Dir::Up)? {
        tx.delete(&PASSWORD_RESETS, &key)?;
    }
    Ok(())
}

/// Has a link mailed if the address has an account that may sign in; says nothing either way.
pub async fn request_link(site: &Site, email: &str) -> Outcome<()> {
    let email = person::email(email)?;
    let standing = limits::WindowStanding::of(site)?;
    // The count is part of the write, so that there is one whether there is somebody to write to or not.
    let asked = site.write(move |tx| {
        limits::spend(tx, &windows::RESET_MAILS, &email, standing)?;
        match user_by_email(tx, &email)?.filter(User::can_sign_in) {
            Some(user) => mail_link(tx, &user),
            None => Ok(()),
        }
    });
    super::on_the_beat(asked).await
}

/// Leaves a link for the mail room; older ones are void.
pub(super) fn mail_link(tx: &mut Tx, user: &User) -> Outcome<()> {
    let token = secret::token_text(&tx.random_bytes::<32>());
    void_links(tx, user.id)?;
    let reset = PasswordReset { user_id: user.id, expires_at: plus_hours(tx.now(), 1) };
    tx.put(&PASSWORD_RESETS, &secret::sha256_hex(&token), &reset)?;
    let letter_id = super::leave_letter(tx, &user.email, &token)?;
    tx.emit(&PasswordResetRequested { user_id: user.id, letter_id })
}

/// The masked address a live link belongs to.
pub fn link_owner(site: &Site, token: &str) -> Outcome<Option<String>> {
    let now = site.now();
    site.read(|r| {
        let live = r.get(&PASSWORD_RESETS, &secret::sha256_hex(token))?.filter(|reset| reset.expires_at > now);
        let Some(reset) = live else { return Ok(None) };
        Ok(Some(masked_email(&must_user(r, reset.user_id)?.email)))
    })
}

/// Sets a new password and ends every session. It does not sign in and leaves a second factor as it is.
pub async fn confirm_link(site: &Site, token: &str, new: &str) -> Outcome<()> {
    let key = secret::sha256_hex(token);
    let now = site.now();
    let reset = site.read(|r| r.get(&PASSWORD_RESETS, &key))?.filter(|r| r.expires_at > now).ok_or_else(bad_link)?;
    let user = site.read(|r| must_user(r, reset.user_id))?;
    check(site, &user, new)?;
    let hash = site.part::<Accounts>()?.hasher.hash(new).await?;
    let by = By::person(user.id, user.roles.first().copied());
    site.write(move |tx| {
        let now = tx.now();
        if tx.get(&PASSWORD_RESETS, &key)?.is_none_or(|r| r.expires_at <= now) {
            return Err(bad_link());
        }
        store_hash(tx, &by, user.id, &hash, true)?;
        session::end_all(tx, user.id, None, "password_reset")?;
        devices::forget(tx, user.id)?;
        api_keys::forget(tx, user.id)
    })
    .await
}

fn bad_link() -> Refusal {
    Refusal::bad_request(
        "PASSWORD_RESET_INVALID",
        "This link is unknown, used or older than an hour. Ask for a new one.",
    )
}
