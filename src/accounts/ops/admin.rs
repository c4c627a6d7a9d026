//! Admins come from the command line, or through the one-time set-up link of an empty marketplace. // rule: 00§1

use crate::accounts::events::UserRegistered;
use crate::accounts::model::{SetupLink, User};
use crate::accounts::parts::Accounts;
use crate::accounts::rules::{password, person};
use crate::accounts::tables::{SETUP_LINKS, user_by_email, users_with_role};
use crate::base::access::Role;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::plus_minutes;
use crate::site::Site;
use crate::site::audit::By;
use crate::store::{Dir, ReadExt, Span, Tx};

use super::Visitor;
use super::register::{self, NewPerson};
use super::session::{self, Opened};
use super::{api_keys, devices, passkeys, two_factor};

crate::base::secret::silent!(NewAdmin);

const LINK_MINUTES: i64 = 30;

#[derive(Clone)]
pub struct NewAdmin {
    pub email: String,
    pub password: String,
    pub first_name: String,
    pub last_name: String,
}

/// `instainstru admin create`.
pub async fn create(site: &Site, given: NewAdmin) -> Outcome<User> {
    let person = judged(site, &given).await?;
    site.write(move |tx| add(tx, &person)).await
}

/// `instainstru admin reset`, the way back for an admin who is locked out: a new password, and nothing else that opened
/// the account does so any more, a second factor included.
pub async fn reset(site: &Site, email: &str, password: &str) -> Outcome<User> {
    let email = person::email(email)?;
    let found = site.read(|r| user_by_email(r, &email))?.filter(|user| user.is(Role::Admin));
    let user = found.ok_or_else(|| Refusal::not_found("ADMIN_NOT_FOUND", "No administrator has this address."))?;
    let owner = password::Owner { email: &email, first_name: &user.first_name, last_name: &user.last_name };
    super::password::accept(site, password, password::MIN_ADMIN, owner)?;
    let (id, hash) = (user.id, site.part::<Accounts>()?.hasher.hash(password).await?);
    site.write(move |tx| {
        let by = By::nobody();
        super::password::store_hash(tx, &by, id, &hash, true)?;
        two_factor::forget(tx, id)?;
        passkeys::forget(tx, id)?;
        passkeys::recount(tx, id)?;
        two_factor::changed(tx, &by, id, false)?;
        session::end_all(tx, id, None, "admin_reset")?;
        devices::forget(tx, id)?;
        api_keys::forget(tx, id)
    })
    .await?;
    Ok(user)
}

async fn judged(site: &Site, given: &NewAdmin) -> Outcome<NewPerson> {
    let email = person::email(&given.email)?;
    let first_name = person::name("first_name", &given.first_name)?;
    let last_name = person::name("last_name", &given.last_name)?;
    let owner = password::Owner { email: &email, first_name: &first_name, last_name: &last_name };
    super::password::accept(site, &given.password, password::MIN_ADMIN, owner)?;
    let password_hash = site.part::<Accounts>()?.hasher.hash(&given.password).await?;
    let timezone = site.part::<Accounts>()?.zips.timezone("");
    // Admins are not placed anywhere: they have no ZIP code until they give one.
    let zip_code = String::new();
    Ok(NewPerson { email, password_hash, first_name, last_name, phone: None, zip_code, timezone, role: Role::Admin })
}

fn add(tx: &mut Tx, person: &NewPerson) -> Outcome<User> {
    if user_by_email(tx, &person.email)?.is_some() {
        return Err(Refusal::conflict("EMAIL_TAKEN", "This address already has an account."));
    }
    let user = register::add(tx, person)?;
    tx.emit(&UserRegistered {
        user_id: user.id,
        role: Role::Admin,
        guest_session_id: None,
        invite_code: None,
        referral_code: None,
    })?;
    Ok(user)
}

/// A fresh set-up token if there is no admin yet; older links die.
pub async fn offer_setup(site: &Site) -> Outcome<Option<String>> {
    site.write(|tx| {
        if !users_with_role(tx, Role::Admin, 1)?.is_empty() {
            return Ok(None);
        }
        for (key, _) in tx.scan(&SETUP_LINKS, Span::all(), 100, Dir::Up)? {
            tx.delete(&SETUP_LINKS, &key)?;
        }
        let token = secret::token_text(&tx.random_bytes::<32>());
        let link = SetupLink { expires_at: plus_minutes(tx.now(), LINK_MINUTES) };
        tx.put(&SETUP_LINKS, &secret::sha256_hex(&token), &link)?;
        Ok(Some(token))
    })
    .await
}

/// Whether the link still opens.
pub fn setup_is_open(site: &Site, token: &str) -> Outcome<bool> {
    let now = site.now();
    let link = site.read(|r| r.get(&SETUP_LINKS, &secret::sha256_hex(token)))?;
    Ok(link.is_some_and(|link| link.expires_at > now))
}

/// Makes the first admin and signs them in; the link is spent.
pub async fn finish_setup(site: &Site, token: &str, given: NewAdmin, visitor: Visitor) -> Outcome<Opened> {
    if !setup_is_open(site, token)? {
        return Err(link_gone());
    }
    let person = judged(site, &given).await?;
    let key = secret::sha256_hex(token);
    site.write(move |tx| {
        let now = tx.now();
        if tx.get(&SETUP_LINKS, &key)?.is_none_or(|link| link.expires_at <= now) {
            return Err(link_gone());
        }
        tx.delete(&SETUP_LINKS, &key)?;
        let user = add(tx, &person)?;
        session::open(tx, &user, &visitor, &["password"])
    })
    .await
}

fn link_gone() -> Refusal {
    Refusal::new(
        410,
        "SETUP_LINK_GONE",
        "This set-up link is used or older than 30 minutes. Restart the server for a new one.",
    )
}
