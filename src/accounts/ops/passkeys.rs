//! Passkeys: a key pair on somebody's device in place of a password, or as the second step after one.
//! // rule: 20§2 step-up, 20§16 passkeys
//!
//! Discoverable, with user verification, without attestation; several per person. A ceremony lives five minutes, is
//! found by the challenge the browser signed, and works once. A sign count that does not grow is a copied key and is
//! refused.

mod ceremony;

use serde_json::Value;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential, RegisterPublicKeyCredential};

use crate::accounts::events::PasskeyChanged;
use crate::accounts::model::{PasskeyCeremony, PasskeyPurpose, PasskeyRow, User};
use crate::accounts::rules::{sessions, sign_in as door};
use crate::accounts::tables::{
    LOGIN_CHALLENGES, PASSKEY_CEREMONIES, PASSKEYS, PASSKEYS_BY_CREDENTIAL, PASSKEYS_BY_OWNER, USERS, must_user,
};
use crate::base::access::{Actor, Role};
use crate::base::id::{PasskeyId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::text;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

use super::knock::Knock;
use super::second_step::{Passed, Way};
use super::{Visitor, second_step, sign_in};
pub use ceremony::page_origin;
use ceremony::{begin, kept, packed, refused, rp, unpacked};

/// Passkeys of one person.
pub const MOST: usize = 20;
const NAME_CHARS: usize = 60;

/// Somebody's passkeys, oldest first.
pub fn of(read: &dyn Read, owner: UserId) -> Outcome<Vec<PasskeyRow>> {
    let rows = read.by_index(&PASSKEYS, &PASSKEYS_BY_OWNER, Span::prefix(&(owner,)), MOST + 1, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What the browser is to make a key with.
pub async fn start_registration(site: &Site, actor: &Actor, name: &str) -> Outcome<Value> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let name = text::line("name", name, 1, NAME_CHARS)?;
    let (user, rows) = site.read(|r| Ok((must_user(r, actor.user_id)?, of(r, actor.user_id)?)))?;
    room_for_one_more(&rows)?;
    let known: Outcome<Vec<_>> =
        rows.iter().map(|row| Ok(unpacked::<Passkey>(&row.credential)?.cred_id().clone())).collect();
    let handle = ceremony::handle(user.id);
    let (mut options, state) =
        rp(site)?.start_passkey_registration(handle, &user.email, &user.full_name(), Some(known?)).map_err(refused)?;
    ceremony::must_be_discoverable(&mut options);
    let challenge = secret::token_text(options.public_key.challenge.as_ref());
    begin(site, &challenge, PasskeyPurpose::Register { user_id: user.id, name }, packed(&state)?).await?;
    serde_json::to_value(options).map_err(Refusal::internal)
}

fn room_for_one_more(rows: &[PasskeyRow]) -> Outcome<()> {
    if rows.len() >= MOST {
        let words = "You have twenty passkeys. Remove one you do not use any more.";
        return Err(Refusal::conflict("TOO_MANY_PASSKEYS", words));
    }
    Ok(())
}

/// Keeps the key the browser made, unless others begun at the same time took the last place.
pub async fn finish_registration(site: &Site, actor: &Actor, by: By, given: Value) -> Outcome<PasskeyRow> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let (key, ceremony) = kept(site, &given)?;
    let name = match &ceremony.purpose {
        PasskeyPurpose::Register { user_id, name } if *user_id == actor.user_id => name.clone(),
        _ => return Err(ceremony::gone()),
    };
    let given: RegisterPublicKeyCredential = serde_json::from_value(given).map_err(refused)?;
    let passkey = rp(site)?.finish_passkey_registration(&given, &unpacked(&ceremony.state)?).map_err(refused)?;
    let (user_id, credential) = (actor.user_id, packed(&passkey)?);
    let credential_id = secret::token_text(passkey.cred_id().as_ref());
    site.write(move |tx| {
        spend(tx, &key)?;
        room_for_one_more(&of(tx, user_id)?)?;
        if by_credential(tx, &credential_id)?.is_some() {
            return Err(Refusal::conflict("PASSKEY_KNOWN", "This passkey is registered already."));
        }
        let row = PasskeyRow {
            id: tx.new_id::<PasskeyId>(),
            user_id,
            name: name.clone(),
            credential_id: credential_id.clone(),
            credential: credential.clone(),
            created_at: tx.now(),
            last_used_at: None,
        };
        tx.put(&PASSKEYS, &row.id, &row)?;
        recount(tx, user_id)?;
        audit::record(tx, &by, Deed::on("user.passkey_add", "passkey", row.id))?;
        tx.emit(&PasskeyChanged { user_id, name: row.name.clone(), added: true })?;
        Ok(row)
    })
    .await
}

fn spend(tx: &mut Tx, key: &String) -> Outcome<()> {
    let now = tx.now();
    if tx.get(&PASSKEY_CEREMONIES, key)?.is_none_or(|c| c.expires_at <= now) {
        return Err(ceremony::gone());
    }
    tx.delete(&PASSKEY_CEREMONIES, key)
}

fn by_credential(read: &dyn Read, credential_id: &str) -> Outcome<Option<PasskeyRow>> {
    Ok(read.find(&PASSKEYS, &PASSKEYS_BY_CREDENTIAL, &(credential_id.to_owned(),))?.map(|(_, row)| row))
}

/// The person's row says how many there are, so that the door need not look.
pub(super) fn recount(tx: &mut Tx, user: UserId) -> Outcome<()> {
    let mut row = must_user(tx, user)?;
    row.passkeys = of(tx, user)?.len();
    row.updated_at = tx.now();
    tx.put(&USERS, &user, &row)
}

/// Takes a passkey away. An admin's last second factor stays until there is another.
pub async fn remove(site: &Site, actor: &Actor, by: By, id: PasskeyId) -> Outcome<()> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let user_id = actor.user_id;
    site.write(move |tx| {
        let own = tx.get(&PASSKEYS, &id)?.filter(|row| row.user_id == user_id);
        let row = own.ok_or_else(|| Refusal::not_found("PASSKEY_NOT_FOUND", "You have no such passkey."))?;
        let user = must_user(tx, user_id)?;
        if user.is(Role::Admin) && !user.totp_enabled && user.passkeys == 1 {
            return Err(Refusal::conflict(
                "LAST_SECOND_FACTOR",
                "An admin keeps one. Add another passkey or an authenticator first.",
            ));
        }
        tx.delete(&PASSKEYS, &id)?;
        recount(tx, user_id)?;
        audit::record(tx, &by, Deed::on("user.passkey_remove", "passkey", id))?;
        tx.emit(&PasskeyChanged { user_id, name: row.name, added: false })
    })
    .await
}

/// Opens a sign-in: for anybody, or as the second step that `temp_token` waits for.
pub async fn start_sign_in(site: &Site, temp_token: Option<&str>) -> Outcome<Value> {
    let (mut options, state) = rp(site)?.start_discoverable_authentication().map_err(refused)?;
    // The button asks at once; the browser's own list under the field is another way in.
    options.mediation = None;
    let purpose = match temp_token {
        None => PasskeyPurpose::Enter,
        Some(token) => {
            let (key, now) = (secret::sha256_hex(token), site.now());
            let (challenge, rows) = site.read(|r| {
                let open = r.get(&LOGIN_CHALLENGES, &key)?.filter(|c| second_step::is_open(c, now));
                let open = open.ok_or_else(second_step::invalid_token)?;
                Ok((key, of(r, open.user_id)?))
            })?;
            options.public_key.allow_credentials = ceremony::allowed(&rows)?;
            PasskeyPurpose::SecondStep { challenge }
        }
    };
    let challenge = secret::token_text(options.public_key.challenge.as_ref());
    begin(site, &challenge, purpose, packed(&state)?).await?;
    serde_json::to_value(options).map_err(Refusal::internal)
}

/// Signs in with what the browser signed.
pub async fn finish_sign_in(site: &Site, given: Value, visitor: Visitor, trust: bool) -> Outcome<Passed> {
    let (key, ceremony) = kept(site, &given)?;
    if matches!(ceremony.purpose, PasskeyPurpose::Register { .. }) {
        return Err(ceremony::gone());
    }
    let (row, used) = match verified(site, &ceremony, given) {
        Ok(found) => found,
        Err(refusal) => {
            failed(site, key, &ceremony.purpose, &visitor).await?;
            return Err(refusal);
        }
    };
    let purpose = ceremony.purpose;
    let owner = site.read(|r| must_user(r, row.user_id))?;
    let knock = Knock::of(site, &owner.email, &visitor)?;
    site.write(move |tx| {
        spend(tx, &key)?;
        note_use(tx, &row, &used)?;
        let user = must_user(tx, row.user_id)?;
        if !user.can_sign_in() {
            return Err(door::deactivated());
        }
        match &purpose {
            PasskeyPurpose::SecondStep { challenge } => {
                let way = Way { method: "passkey", trust };
                second_step::enter(tx, challenge, user.id, true, &visitor, &knock, way)?
            }
            _ => {
                let opened = sign_in::welcome(tx, &user, &visitor, &["passkey"], &knock)?;
                Ok(Passed { user, opened, device_token: None, browser: true })
            }
        }
    })
    .await
}

/// The stored key that fits, and the credential with its new sign count.
fn verified(site: &Site, ceremony: &PasskeyCeremony, given: Value) -> Outcome<(PasskeyRow, Passkey)> {
    let given: PublicKeyCredential = serde_json::from_value(given).map_err(refused)?;
    let found = site.read(|r| by_credential(r, &secret::token_text(given.get_credential_id())))?;
    let row = found.ok_or_else(|| refused("nobody registered this key"))?;
    let named = given.get_user_unique_id();
    let is_owner = named.is_some_and(|handle| handle == ceremony::handle(row.user_id).as_bytes());
    match &ceremony.purpose {
        PasskeyPurpose::SecondStep { challenge } => {
            let open = site.read(|r| r.get(&LOGIN_CHALLENGES, challenge))?.ok_or_else(second_step::invalid_token)?;
            if open.user_id != row.user_id || (named.is_some() && !is_owner) {
                return Err(refused("somebody else's key"));
            }
        }
        _ if !is_owner => return Err(refused("the key does not say whose it is")),
        _ => {}
    }
    let mut passkey: Passkey = unpacked(&row.credential)?;
    let state: DiscoverableAuthentication = unpacked(&ceremony.state)?;
    let result = rp(site)?.finish_discoverable_authentication_v2(&given, state, &passkey).map_err(refused)?;
    passkey.update_credential(&result);
    Ok((row, passkey))
}

/// A failed try ends its ceremony; as a second step it counts like a wrong code.
async fn failed(site: &Site, key: String, purpose: &PasskeyPurpose, visitor: &Visitor) -> Outcome<()> {
    site.write(move |tx| tx.delete(&PASSKEY_CEREMONIES, &key)).await?;
    let PasskeyPurpose::SecondStep { challenge } = purpose else { return Ok(()) };
    let challenge = challenge.clone();
    let owner: Option<User> = site
        .write(move |tx| {
            let Some(mut open) = tx.get(&LOGIN_CHALLENGES, &challenge)? else { return Ok(None) };
            open.attempts += 1;
            tx.put(&LOGIN_CHALLENGES, &challenge, &open)?;
            must_user(tx, open.user_id).map(Some)
        })
        .await?;
    match owner {
        Some(user) => Knock::of(site, &user.email, visitor)?.failed(site, "second step").await,
        None => Ok(()),
    }
}

fn note_use(tx: &mut Tx, row: &PasskeyRow, used: &Passkey) -> Outcome<()> {
    let mut kept = tx.get(&PASSKEYS, &row.id)?.ok_or_else(|| refused("the key was removed"))?;
    // Two sign-ins with one copy of a key: the count must still stand where it was read.
    if kept.credential != row.credential {
        return Err(refused("the key was used meanwhile"));
    }
    kept.credential = packed(used)?;
    kept.last_used_at = Some(tx.now());
    tx.put(&PASSKEYS, &kept.id, &kept)
}

pub(super) fn forget(tx: &mut Tx, owner: UserId) -> Outcome<()> {
    for (_, id) in tx.index_keys(&PASSKEYS_BY_OWNER, Span::prefix(&(owner,)), SCAN_ROWS, Dir::Up)? {
        tx.delete(&PASSKEYS, &id)?;
    }
    Ok(())
}
