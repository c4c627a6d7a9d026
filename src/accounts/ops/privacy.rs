//! What is held about a person: taking it along, and having it erased. // rule: 20§5 privacy

use serde_json::{Map, Value, json};

use crate::accounts::events::UserErased;
use crate::accounts::model::User;
use crate::accounts::parts::Accounts;
use crate::accounts::rules::lifecycle as rules;
use crate::accounts::rules::sessions::require_elevated;
use crate::accounts::tables::{KNOWN_DEVICES, TWO_FACTORS, USERS, must_user, sessions_of, users_with_role};
use crate::base::access::{Actor, Role};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Read, ReadExt, Tx};

use super::{api_keys, change_email, devices, knock, passkeys, password, session, sign_in, two_factor};

/// One's own data. Needs a fresh proof of identity.
pub async fn export_own(site: &Site, actor: &Actor, by: By) -> Outcome<Map<String, Value>> {
    require_elevated(actor.elevated_until, site.now())?;
    export(site, by, actor.user_id).await
}

/// Everything that is held about a person, by section; no secrets. That it was taken is written down.
pub async fn export(site: &Site, by: By, id: UserId) -> Outcome<Map<String, Value>> {
    let data = collect(site, id)?;
    site.write(move |tx| audit::record(tx, &by, Deed::on("user.export", "user", id))).await?;
    Ok(data)
}

fn collect(site: &Site, id: UserId) -> Outcome<Map<String, Value>> {
    let parts = site.part::<Accounts>()?;
    site.read(|r| {
        let user = must_user(r, id)?;
        let mut data = Map::new();
        data.insert("profile".into(), profile(&user));
        data.insert("sessions".into(), sessions(r, id)?);
        data.insert("devices".into(), known_devices(r, id)?);
        data.insert("sign_in".into(), ways_in(r, id)?);
        for section in &parts.personal {
            data.insert(section.name.into(), (section.read)(r, &user)?);
        }
        Ok(data)
    })
}

fn profile(user: &User) -> Value {
    json!({
        "id": user.id, "email": user.email, "first_name": user.first_name, "last_name": user.last_name,
        "phone": user.phone, "zip_code": user.zip_code, "timezone": user.timezone, "roles": user.roles,
        "account_status": user.status, "email_verified": user.email_verified,
        "created_at": user.created_at, "updated_at": user.updated_at,
    })
}

fn sessions(r: &dyn Read, id: UserId) -> Outcome<Value> {
    let rows = sessions_of(r, id)?.into_iter().map(|s| {
        json!({ "label": s.label, "ip": s.ip, "user_agent": s.user_agent, "created_at": s.created_at, "last_seen_at": s.last_seen_at })
    });
    Ok(rows.collect())
}

/// Browsers that were used before, and those that skip the second step.
fn known_devices(r: &dyn Read, id: UserId) -> Outcome<Value> {
    let known = r.get(&KNOWN_DEVICES, &id)?.unwrap_or_default();
    let seen: Vec<Value> = known.seen.iter().map(|d| json!({ "last_seen_at": d.last_seen_at })).collect();
    let trusted: Vec<Value> = devices::trusted(r, id)?
        .iter()
        .map(|d| json!({ "device_name": d.name, "user_agent": d.user_agent, "created_at": d.created_at, "last_used_at": d.last_used_at, "expires_at": d.expires_at }))
        .collect();
    Ok(json!({ "known": seen, "trusted": trusted }))
}

/// What opens the account beside the password: names and dates, never the secrets.
fn ways_in(r: &dyn Read, id: UserId) -> Outcome<Value> {
    let passkeys: Vec<Value> = passkeys::of(r, id)?
        .iter()
        .map(|p| json!({ "name": p.name, "created_at": p.created_at, "last_used_at": p.last_used_at }))
        .collect();
    let keys: Vec<Value> = api_keys::of(r, id)?
        .iter()
        .map(
            |k| json!({ "name": k.name, "scope": k.scope, "created_at": k.created_at, "last_used_at": k.last_used_at }),
        )
        .collect();
    let authenticator = r.get(&TWO_FACTORS, &id)?;
    let since = authenticator.map(|row| json!({ "enabled_at": row.enabled_at, "last_used_at": row.last_used_at }));
    Ok(json!({ "authenticator": since, "passkeys": passkeys, "api_keys": keys }))
}

/// Leaving by oneself takes a fresh proof, or the password beside the wish.
pub async fn leave(site: &Site, actor: &Actor, by: By, delete: bool, password: Option<&str>) -> Outcome<()> {
    match password {
        Some(password) => {
            let user = site.read(|r| must_user(r, actor.user_id))?;
            let wrong = Refusal::bad_request(
                "CURRENT_PASSWORD_WRONG",
                "The password is not right; nothing was erased.",
            )
            .field("current_password", "The password is not right.", "CURRENT_PASSWORD_WRONG");
            sign_in::own_password(site, &user, password, wrong).await?;
        }
        None => require_elevated(actor.elevated_until, site.now())?,
    }
    erase(site, by, actor.user_id, delete).await
}

/// Takes everything personal away and keeps what law and books need. There is no way back.
pub async fn erase(site: &Site, by: By, id: UserId, delete: bool) -> Outcome<()> {
    let parts = site.part::<Accounts>()?;
    site.write(move |tx| {
        let user = must_user(tx, id)?;
        let admins = users_with_role(tx, Role::Admin, 2)?.len();
        rules::may_leave(&user, parts.lessons_ahead(tx, id, tx.now())?, admins)?;
        for section in &parts.personal {
            (section.erase)(tx, &user)?;
        }
        forget_door(tx, &user)?;
        let mut left = rules::erased(&user, delete);
        left.updated_at = tx.now();
        tx.put(&USERS, &id, &left)?;
        for hook in &parts.on_status {
            hook(tx, &left)?;
        }
        let action = if delete { "user.delete" } else { "user.anonymize" };
        audit::record(tx, &by, Deed::on(action, "user", id))?;
        let letter_id = super::leave_letter(tx, &user.email, "")?;
        tx.emit(&UserErased { user_id: id, letter_id, deleted: delete })
    })
    .await
}

fn forget_door(tx: &mut Tx, user: &User) -> Outcome<()> {
    session::end_all(tx, user.id, None, "account_erased")?;
    two_factor::forget(tx, user.id)?;
    passkeys::forget(tx, user.id)?;
    api_keys::forget(tx, user.id)?;
    change_email::forget(tx, user.id)?;
    tx.delete(&KNOWN_DEVICES, &user.id)?;
    knock::forget(tx, user.id, &user.email)?;
    password::void_links(tx, user.id)
}
